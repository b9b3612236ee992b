"""Planning for more futures than fit into one program: what comes before a day, and after it in each group of futures.

Futures that cannot be told apart on that day are a group. What is decided before is put to all groups, which answer how
much they then earn and what a unit of each decision is worth to them; see `coplant.program.lshaped`. It begins with a
sketch: a few futures that stand for all, solved as one program.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from coplant.planning.formulation import in_words
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.result import Plan
from coplant.program import LinearProgram, ScalingReport, Solution
from coplant.program.corner import Basis, Prices
from coplant.program.dive import ANY
from coplant.program.lshaped import Answer, Decomposed, Master, decompose
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.recourse import Cut, Limit, Recourse
from coplant.program.rough import Rough, roughly
from coplant.program.search import whole_from
from coplant.program.tying import Tied, row_nodes
from coplant.workers import Workers

EARLY = 20_000
"""Columns of early decisions up to which their number does not matter."""

SKETCH = 8
"""Futures of a sketch, unless more are needed so that all that can be told apart early has one."""

DRAWN = 2
"""Sketches that are drawn at once."""


@dataclass(frozen=True, eq=False)
class Group:
    """Futures that cannot be told apart when what comes before a bucket is decided.

    Parameters
    ----------
    outlook : Outlook
        These futures.
    split : int
        That bucket.
    options : dict
        How to solve programs.
    """

    outlook: Outlook
    split: int
    options: dict[str, Any]

    @cached_property
    def early(self) -> Integers:
        """Columns decided before, in the order that all programs of these futures have them in."""
        self.outlook.weigh(self.outlook.futures.case.settings.risk_weight)
        return early_columns(self.outlook, 0, self.split)

    @cached_property
    def recourse(self) -> Recourse:
        """What is left to decide once they are."""
        early, program = self.early, self.outlook.program
        options = {name: self.options[name] for name in ("gap", "solver", "seed")}
        return Recourse(program, early, paid_early(self.outlook, self.split)[early], options)

    @cached_property
    def fair(self) -> Floats:
        """What a unit of each early decision has to bring in later, if the group pays its part of it early."""
        slope = -self.recourse.paid
        slope[len(slope) - len(self.outlook.risk_column) :] *= self.outlook.futures.probability.sum()
        return slope

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all that is decided, asked and paid before, by which groups that differ too early are told."""
        program = self.outlook.drafts[0].program
        node, matrix = program.column_node, program.matrix()
        before = node < self.split
        rows = np.flatnonzero(program.entries_in(~before) == 0)
        parts = (
            program.lower[before], program.upper[before], program.row_lower[rows], program.row_upper[rows],
            matrix[rows].data, node[matrix[rows].indices], program.worth(program_nodes(program, self.split))[before],
        )  # fmt: skip
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def program_nodes(program: LinearProgram, split: int) -> Booleans:
    """Which nodes of a future's own program come before a bucket."""
    return np.arange(len(program.probability)) < split


def early_columns(outlook: Outlook, future: int, split: int) -> Integers:
    """Columns of the one program that a future has before a bucket, in the order of its own, and then that of risk."""
    node = outlook.drafts[future].program.column_node
    own = np.argsort(node, kind="stable")
    columns = outlook.tied.columns[future][own[node[own] < split]]
    return np.append(columns, outlook.risk_column)


def early_rows(outlook: Outlook, future: int, split: int) -> Integers:
    """Rows of the one program that a future has before a bucket, in the order of its own."""
    program = outlook.drafts[future].program
    node = row_nodes(program.matrix(), program.column_node)
    own = np.argsort(node, kind="stable")
    return outlook.tied.rows[future][own[(node[own] >= 0) & (node[own] < split)]]


def nodes_before(tied: Tied, split: int) -> Booleans:
    """Which nodes of the one program come before a bucket."""
    before = np.zeros(len(tied.program.probability), dtype=bool)
    before[tied.nodes[:, :split]] = True
    return before


def paid_early(outlook: Outlook, split: int) -> Floats:
    """What a unit of each column of the one program adds to the objective before a bucket, its early columns at least.

    What the column of risk adds is all early.
    """
    program = outlook.program
    paid = program.money_weight * program.worth(nodes_before(outlook.tied, split))
    paid[outlook.risk_column] = program.objective()[outlook.risk_column]
    return paid


# -- what workers do --------------------------------------------------------------------------------------------------


class Question(NamedTuple):
    """What a group is asked."""

    asked_by: str
    """Name of the decomposition."""
    number: int
    """Number of the group."""
    outlook: Outlook
    split: int
    x: Floats
    """Early decisions."""
    basis: Basis | None
    """A corner to start from."""
    options: dict[str, Any]
    slope: Floats | None = None
    """What a unit of each is thought to be worth later, where a limit is asked for."""
    prices: Prices | None = None
    """Prices by which a group that is like it is limited so."""
    whole: bool = False
    """Whether the answer is to mind whole numbers."""


class Drawing(NamedTuple):
    """What a sketch is to be drawn of."""

    sketch: Outlook
    held: Integers
    """Columns of decisive decisions."""
    values: Floats
    """What they are."""
    options: dict[str, Any]


class Limited(NamedTuple):
    """What a group earns at the most, whatever is decided early."""

    limit: Limit | None
    whole: bool
    """Whether whole numbers are left to decide later, so that what its cuts say is not all."""
    fingerprint: str


class Reply(NamedTuple):
    """What a group answers of early decisions."""

    cut: Cut
    basis: Basis | None
    """The corner that was found."""
    whole: bool
    """As of `Limited`."""


class Decision(NamedTuple):
    """What a group then decides."""

    value: float
    """What that earns later."""
    solution: Solution
    size: dict[str, int]
    """How large what is decided later is."""


class Reading(NamedTuple):
    """Plans of a group that are to be read back."""

    question: Question
    solution: Solution
    early_dual: Floats
    """What a unit more is worth in each early row, once it is known to be that group."""
    scaling: ScalingReport
    options: dict[str, Any]
    size: dict[str, int]
    timings: dict[str, float]


_AT_HAND = 4_000_000
"""Columns of programs that a worker keeps for the next time it is asked; beyond that it writes them again."""

_at_hand: dict[tuple[str, int], Group] = {}


def _group(question: Question) -> Group:
    """The group that is asked, written unless it is at hand; whichever it is, its answer is the same."""
    key = (question.asked_by, question.number)
    if key in _at_hand:
        return _at_hand[key]
    if any(asked_by != question.asked_by for asked_by, _ in _at_hand):
        _at_hand.clear()
    # What is worked out of an outlook stays with it: a copy can be forgotten.
    group = Group(question.outlook.only(np.arange(len(question.outlook.cases))), question.split, question.options)
    kept = sum(other.recourse.program.column_count for other in _at_hand.values())
    if kept + group.recourse.program.column_count <= _AT_HAND:
        _at_hand[key] = group
    return group


def draw(drawing: Drawing) -> Rough | None:
    """Draw a sketch with some decisions held; None if nothing keeps the rules with them.

    What it is worth to each future is best known where nothing else has to be whole; the master sees to that.
    """
    sketch = drawing.sketch
    sketch.weigh(sketch.futures.case.settings.risk_weight)
    program = sketch.program.hold(drawing.held, drawing.values) if len(drawing.held) else sketch.program
    return roughly(program, drawing.options["solver"], drawing.options["seed"])


def limit(question: Question) -> Limited:
    """Limit a group by the prices of one like it, where they do, or else by what early decisions are thought to be
    worth; what nothing is thought of is fair if the group pays its part of it.
    """
    group = _group(question)
    recourse = group.recourse
    cut = None if question.prices is None else recourse.priced(question.prices)
    if cut is not None:
        assert question.prices is not None
        found: Limit | None = Limit(cut, question.prices, None)
    else:
        found = recourse.at_most(group.fair if question.slope is None else question.slope, question.basis)
    return Limited(found, recourse.whole, group.fingerprint)


def reply(question: Question) -> Reply:
    """Answer for a group."""
    recourse = _group(question).recourse
    with in_words():
        cut, basis = recourse.after(question.x, question.basis)
        if question.whole and cut.of_money:
            # As steep as where it is reached, and as low as whole numbers let it be.
            cut = recourse.at_most_whole(cut.slope) or cut
    return Reply(cut, basis, recourse.whole)


def decide(question: Question) -> Decision | None:
    """Decide all for a group."""
    group = _group(question)
    recourse = group.recourse
    with in_words():
        solution = recourse.decided(question.x, question.basis)
    if solution is None:
        return None
    return Decision(solution.objective - float(recourse.paid @ question.x), solution, recourse.size)


def read_back(reading: Reading) -> list[Plan]:
    """Read the plans of a group's futures."""
    group = _group(reading.question)
    outlook = group.outlook
    dual = reading.solution.row_dual.copy()
    dual[early_rows(outlook, 0, group.split)] = reading.early_dual * outlook.futures.probability.sum()
    solution = dataclasses.replace(reading.solution, row_dual=dual)
    plans = outlook.plans(solution, reading.scaling, reading.options, reading.size, reading.timings)
    # Read now: the programs of a group are forgotten once it is done.
    return [dataclasses.replace(plan, tables=dict(plan.tables)) for plan in plans]


# -- the whole --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Parts:
    """An outlook in parts.

    Parameters
    ----------
    outlook : Outlook
        All futures.
    split : int
        Bucket before which decisions are early.
    groups : tuple of ndarray of int, length G
        Futures of each group.
    """

    outlook: Outlook
    split: int
    groups: tuple[Integers, ...]

    @classmethod
    def of(cls, outlook: Outlook, split: int) -> Parts:
        """Divide futures at a bucket."""
        apart = outlook.futures.told_apart(outlook.timeline)[:, split]
        return cls(outlook, split, tuple(np.flatnonzero(apart == first) for first in np.unique(apart)))

    @cached_property
    def chance(self) -> Floats:
        """Probability of each group, shape (G,)."""
        return np.array([self.outlook.futures.probability[members].sum() for members in self.groups])

    @cached_property
    def sketched(self) -> Integers:
        """Futures that stand for all in a sketch: one of each that can be told apart early, others evenly between."""
        before = self.outlook.futures.told_apart(self.outlook.timeline)[:, self.split - 1]
        needed = np.unique(before)
        chance = self.outlook.futures.probability
        place = (np.arange(SKETCH) + 0.5) / SKETCH * chance.sum()
        spread = np.searchsorted(np.cumsum(chance), place)
        return np.union1d(needed, np.minimum(spread, len(chance) - 1))

    @cached_property
    def stands_for(self) -> Integers:
        """Place among the sketched futures of that which stands for each future: the one with most outcomes in common.

        It is one that cannot be told from it early.
        """
        futures, before = (
            self.outlook.futures,
            self.outlook.futures.told_apart(self.outlook.timeline)[:, self.split - 1],
        )
        outcomes = [{(one.branch, one.outcome) for one in future} for future in futures.outcomes]
        return np.array(
            [
                max(
                    (k for k, other in enumerate(self.sketched) if before[other] == before[future]),
                    key=lambda k: (len(outcomes[future] & outcomes[self.sketched[k]]), -abs(future - self.sketched[k])),
                )
                for future in range(len(futures))
            ]
        )

    @cached_property
    def sketch(self) -> Outlook:
        """The futures that stand for all."""
        weight = np.zeros(len(self.sketched))
        np.add.at(weight, self.stands_for, self.outlook.futures.probability)
        return self.outlook.only(self.sketched, weight)


class Decomposition:
    """An outlook on its way to plans, in parts.

    Parameters
    ----------
    outlook : Outlook
        The futures.
    split : int
        Bucket before which decisions are early.
    options : dict
        How to solve programs.
    workers : Workers
        Who asks the groups.
    progress : callable
        Is told what is going on.
    """

    def __init__(
        self, outlook: Outlook, split: int, options: dict[str, Any], workers: Workers, progress: Progress
    ) -> None:
        self.outlook, self.split, self.options = outlook, split, options
        self.workers, self.say = workers, progress
        self.parts = parts = Parts.of(outlook, split)
        self.name = str(uuid.uuid4())
        self.sketch = parts.sketch
        self.sketch.weigh(outlook.futures.case.settings.risk_weight)
        program = self.sketch.program
        self.early = np.flatnonzero(nodes_before(self.sketch.tied, split)[program.column_node])
        self.place = np.full(program.column_count, -1)
        self.place[self.early] = np.arange(len(self.early))
        self.like = [int(parts.stands_for[members[0]]) for members in parts.groups]
        """Sketched future that each group cannot be told from early."""
        self.own = [self.place[early_columns(self.sketch, k, split)] for k in self.like]
        self.master = Master(program, self.early, paid_early(self.sketch, split)[self.early], self.own)
        self.decisive = self.master.integer[self.master.decisive]
        self.drawn: dict[bytes, Rough | None] = {}
        """Sketches by the decisive early decisions in them."""
        self.tried: set[bytes] = set()
        """Decisive early decisions that were put to the groups as they were drawn."""
        self.outlooks = [outlook.only(members) for members in parts.groups]
        self.bases: list[Basis | None] = [None] * len(parts.groups)
        self.asked = False
        self.whole = True
        self.made: tuple[Floats, list[Decision]] | None = None

    def solve(self, until: float) -> Decomposed:
        """Decide early.

        Parameters
        ----------
        until : float
            Time of the performance counter at which to stop.

        Raises
        ------
        CaseError
            An outcome changes what happens before it is known.
        InfeasibleError, SolverError
            As for `hedge`.
        """
        self.say(f"sketching {len(self.outlook.futures):,} futures by {len(self.parts.sketched)}")
        program = self.sketch.program
        drawn = draw(Drawing(self.sketch, np.empty(0, np.int64), np.empty(0), self.options))
        if drawn is None:
            # That says what is wrong, if something is.
            told = self.sketch.solve(self.options, self.say, program.relaxed())
            drawn = Rough(told.columns, told.row_dual)
        decided = drawn.columns[self.early[self.decisive]]
        if np.abs(decided - np.rint(decided)).max(initial=0.0) <= ANY:
            self.drawn[np.rint(decided).tobytes()] = drawn
        limits = self._limit(drawn)
        self.whole = any(limited.whole for limited in limits)
        self._check(limits)
        if not self.master.limited:
            # What is fair keeps all groups together within limits.
            self._note(self.workers.map(limit, self._questions(drawn.columns[self.early])))
        return decompose(self.master, self._ask, self._suggest, self.options["gap"], until, self.say)

    def _suggest(self, x: Floats, least: float) -> Floats | None:
        """Early decisions that are best with the decisive ones among some others, unless they were tried.

        Sketches of those that promise the most, and more than so much, are drawn.
        """
        key = np.rint(x[self.decisive]).tobytes()
        if key in self.tried:
            return None
        self.tried.add(key)
        if key not in self.drawn:
            wanted = [np.rint(x[self.decisive])]
            while len(wanted) < DRAWN:
                known = [np.frombuffer(other) for other in self.drawn]
                other = self.master.beyond([*known, *wanted], self.options["gap"])
                if other is None or other[0] <= least:
                    break
                wanted.append(np.rint(other[1][self.decisive]))
            self._draw(wanted)
        drawn = self.drawn[key]
        return None if drawn is None else self._early_of(drawn)

    def _draw(self, wanted: list[Floats]) -> None:
        """Draw sketches with decisive early decisions held, and limit the groups by what they say."""
        held = self.early[self.decisive]
        self.say(f"sketching {len(wanted)} ways to decide what decides the most")
        tasks = [Drawing(self.sketch, held, values, self.options) for values in wanted]
        for values, drawn in zip(wanted, self.workers.map(draw, tasks), strict=True):
            self.drawn[values.tobytes()] = drawn
            if drawn is not None:
                self._limit(drawn)

    def _early_of(self, drawn: Rough) -> Floats:
        """Early decisions near to those of a sketch, whole numbers whole if that can be."""
        program, columns = self.sketch.program, drawn.columns.copy()
        integer = np.flatnonzero(program.integer)
        columns[integer] = whole_from(program, columns, program.lower[integer], program.upper[integer])
        near = self.master.nearest(drawn.columns[self.early], columns[self.early])
        return drawn.columns[self.early] if near is None else near

    def _questions(self, x: Floats) -> list[Question]:
        return [
            Question(self.name, g, outlook, self.split, x[own], basis, self.options)
            for g, (outlook, own, basis) in enumerate(zip(self.outlooks, self.own, self.bases, strict=True))
        ]

    def _ask(self, x: Floats, least: float, whole: bool) -> Sequence[Answer]:
        """What groups say of early decisions, and of those that promise more than so much what they then earn."""
        replies = self._replies(x, whole)
        self.bases = [answer.basis or basis for answer, basis in zip(replies, self.bases, strict=True)]
        cuts = [answer.cut for answer in replies]
        values: Sequence[float | None] = [None] * len(cuts)
        of_early = x[self.master.integer]
        if all(cut.of_money for cut in cuts) and np.array_equal(of_early, np.rint(of_early)):
            relaxed = [cut.at(x[own]) for cut, own in zip(cuts, self.own, strict=True)]
            if float(self.master.paid @ x) + sum(relaxed) > least:
                values = self._decided(x) if self.whole else relaxed
        return [Answer(cut, value, answer.whole) for cut, value, answer in zip(cuts, values, replies, strict=True)]

    def _replies(self, x: Floats, whole: bool) -> list[Reply]:
        """Replies of all groups; at first those that lead come first, and the others start from their corners."""
        questions = [question._replace(whole=whole) for question in self._questions(x)]
        if self.asked:
            return list(self.workers.map(reply, questions))
        self.asked = True
        leader, following = self._leaders()
        leading = dict(zip(leader, self.workers.map(reply, [questions[g] for g in leader.values()]), strict=True))
        led = [questions[g]._replace(basis=leading[self.like[g]].basis) for g in following]
        by_group = dict(zip(following, self.workers.map(reply, led), strict=True))
        by_group |= {leader[k]: answer for k, answer in leading.items()}
        return [by_group[g] for g in range(len(questions))]

    def _limit(self, drawn: Rough) -> list[Limited]:
        """Limit all groups by what a sketch says."""
        questions = [
            question._replace(slope=slope)
            for question, slope in zip(self._questions(drawn.columns[self.early]), self._thought(drawn), strict=True)
        ]
        # The others try the prices of those that lead.
        leader, following = self._leaders()
        leading = dict(zip(leader, self.workers.map(limit, [questions[g] for g in leader.values()]), strict=True))
        led = []
        for group in following:
            by = leading[self.like[group]].limit
            led.append(questions[group]._replace(prices=by and by.prices, basis=by and by.basis))
        by_group = dict(zip(following, self.workers.map(limit, led), strict=True))
        by_group |= {leader[k]: limited for k, limited in leading.items()}
        limits = [by_group[g] for g in range(len(questions))]
        if not self.asked:
            found = [limits[leader[k]].limit for k in self.like]
            self.bases = [by and by.basis for by in found]
        self._note(limits)
        return limits

    def _leaders(self) -> tuple[dict[int, int], list[int]]:
        """The first group like each sketched future, and all others."""
        leader = {k: g for g, k in reversed(list(enumerate(self.like)))}
        return leader, [g for g, k in enumerate(self.like) if leader[k] != g]

    def _note(self, limits: Iterable[Limited]) -> None:
        """Let the master know of limits."""
        for group, limited in enumerate(limits):
            if limited.limit is not None:
                self.master.add(group, limited.limit.cut)

    def _decided(self, x: Floats) -> Sequence[float | None]:
        """What groups earn, whole numbers whole."""
        found = list(self.workers.map(decide, self._questions(x)))
        decisions = [decision for decision in found if decision is not None]
        everywhere = len(decisions) == len(found)
        if everywhere and (self.made is None or self._earned(x, decisions) > self._earned(*self.made)):
            self.made = (x, decisions)
        return [None if decision is None else decision.value for decision in found]

    def _earned(self, x: Floats, decisions: list[Decision]) -> float:
        return float(self.master.paid @ x) + sum(decision.value for decision in decisions)

    def _thought(self, drawn: Rough) -> list[Floats]:
        """What a unit of each early decision is thought to be worth to each group later on, from the sketch."""
        worth, chance = _worth_later(self.sketch, self.split, drawn, self.place), self.sketch.futures.probability
        # Of the sketched futures that the group cannot be told from early it is most like the one that stands for it.
        return [
            worth[k][own] * share / chance[k]
            for k, own, share in zip(self.like, self.own, self.parts.chance, strict=True)
        ]

    def _check(self, limits: list[Limited]) -> None:
        """Refuse groups that differ where they cannot be told apart."""
        alike = {
            k: Group(self.sketch.only(np.array([k])), self.split, self.options).fingerprint for k in set(self.like)
        }
        for group, limited in enumerate(limits):
            if limited.fingerprint != alike[self.like[group]]:
                pair = [self.parts.sketched[self.like[group]], self.parts.groups[group][0]]
                self.outlook.only(np.array(pair)).tied  # noqa: B018

    def plans(self, found: Decomposed, scaling: ScalingReport, timings: Mapping[str, float]) -> list[Plan]:
        """Read the plan of every future back.

        Parameters
        ----------
        found : Decomposed
            What was decided early.
        scaling : ScalingReport
            How far the numbers of the sketch lie apart.
        timings : mapping of str to float
            Seconds of each stage.

        Returns
        -------
        list of Plan, length K
        """
        if self.made is None or self.made[0] is not found.x:
            self._decided(found.x)
        assert self.made is not None
        decisions = self.made[1]
        sizes = [self.master.size, *(decision.size for decision in decisions)]
        size = {name: sum(part[name] for part in sizes) for name in self.master.size}
        before = self.sketch.program
        marginal = np.zeros(before.row_count)
        marginal[self.master.rows] = self.master.worth_of_rows(found.x)
        solver = f"{decisions[0].solution.solver}; L-shaped, {len(self.parts.groups):,} groups, {found.rounds} rounds"
        status = "optimal" if found.gap <= self.options["gap"] else "feasible"
        tasks = []
        for question, decision, k in zip(self._questions(found.x), decisions, self.like, strict=True):
            rows = early_rows(self.sketch, k, self.split)
            chance = np.ones(before.row_count)
            chance[self.sketch.tied.rows[k]] = self.sketch.tied.chances[k]
            each = marginal[rows] / chance[rows]
            solution = dataclasses.replace(
                decision.solution, status=status, bound=found.bound, gap=found.gap, solver=solver
            )
            tasks.append(Reading(question, solution, each, scaling, self.options, size, dict(timings)))
        plans: dict[int, Plan] = {}
        for members, its in zip(self.parts.groups, self.workers.map(read_back, tasks), strict=True):
            plans |= dict(zip(members.tolist(), its, strict=True))
        _at_hand.clear()
        return [plans[k] for k in range(len(plans))]


def split_of(outlook: Outlook) -> int | None:
    """Choose the bucket before which decisions are early.

    Of those at whose start something becomes known it is the one after which the largest group of futures is smallest,
    as long as what comes before it is a program that is soon solved again and again.

    Parameters
    ----------
    outlook : Outlook
        The futures.

    Returns
    -------
    int or None
        The bucket; None where nothing becomes known after the first.
    """
    apart = outlook.futures.told_apart(outlook.timeline)
    new = apart == np.arange(len(apart))[:, None]
    of_node = outlook.estimated_columns / new.sum()
    splits = [step for step in range(1, len(outlook.timeline)) if (apart[:, step] != apart[:, step - 1]).any()]
    early = {split: int(new[:, :split].sum() * of_node) for split in splits}
    largest = {split: int(np.bincount(apart[:, split], new[:, split:].sum(axis=1)).max()) for split in splits}
    return min(splits, key=lambda split: (max(early[split], EARLY), largest[split], split), default=None)


def _worth_later(sketch: Outlook, split: int, drawn: Rough, place: Integers) -> list[Floats]:
    """What a unit of each early decision is worth later on to each of the sketched futures, as the sketch has it.

    That is what it adds to later money, less what it takes of what is short later.
    """
    worth, weight = [], sketch.program.money_weight
    for future, draft in enumerate(sketch.drafts):
        program, columns = draft.program, sketch.tied.columns[future]
        chance, row = float(sketch.futures.probability[future]), sketch.tied.rows[future]
        late = ~program_nodes(program, split)
        dual, there = np.zeros(program.row_count), row >= 0
        dual[there] = drawn.row_dual[row[there]] * chance / sketch.tied.chances[future][there]
        dual[program.entries_in(late[program.column_node]) == 0] = 0.0
        total = weight * chance * program.worth(late) - program.matrix().T @ dual
        if len(sketch.risk_column):
            dear = drawn.row_dual[sketch.program.row_blocks["worst"].index[future]]
            total -= dear * sketch.tied.worth[future]
        of_early = np.zeros(int((place >= 0).sum()))
        mine = np.flatnonzero(place[columns] >= 0)
        of_early[place[columns[mine]]] = total[mine]
        if len(sketch.risk_column):
            of_early[place[sketch.risk_column]] = dear
        worth.append(of_early)
    return worth
