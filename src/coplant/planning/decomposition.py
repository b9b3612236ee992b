"""Planning for more futures than fit into one program: what comes before a day, and after it in each group of futures.

What is decided before is put to all groups, which answer how much they then earn and what a unit of each decision is
worth to them; see `coplant.program.lshaped`. It begins with a sketch: a few futures that stand for all, solved as one
program. Where there are many groups some lead: most of the time only these are asked, and the others are limited by
the prices of the one that they are most like.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from coplant.planning import groups
from coplant.planning.groups import (
    Decision,
    Drawing,
    Group,
    Look,
    Question,
    Reading,
    early_columns,
    early_rows,
    nodes_before,
    paid_early,
    program_nodes,
)
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.result import Plan
from coplant.program import ScalingReport
from coplant.program.corner import Basis
from coplant.program.dive import ANY
from coplant.program.lshaped import Answer, Decomposed, Master, decompose
from coplant.program.money import Floats, Integers
from coplant.program.recourse import Cut, Held, Limit
from coplant.program.rough import Rough
from coplant.program.search import whole_from
from coplant.workers import Workers

EARLY = 20_000
"""Columns of early decisions up to which their number does not matter."""

SKETCH = 8
"""Futures of a sketch, unless more are needed so that all that can be told apart early has one."""

WEIGHED = 16
"""Ways to decide what is decisive early that are weighed before one is tried."""

DRAWN = 2
"""Sketches that are drawn at once."""

LEADERS = 64
"""Groups that lead, unless more are needed so that all that can be told apart early has one."""


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
    def first(self) -> Integers:
        """First future of each group, shape (G,)."""
        return np.array([members[0] for members in self.groups])

    @cached_property
    def sketched(self) -> Integers:
        """Futures that stand for all in a sketch, shape (S,)."""
        return self._spread(np.arange(len(self.outlook.futures)), self.outlook.futures.probability, SKETCH)

    @cached_property
    def like(self) -> Integers:
        """Place among the sketched futures of that which each future is most like, shape (K,)."""
        return self._most_like(np.arange(len(self.outlook.futures)), self.sketched)

    @cached_property
    def leaders(self) -> Integers:
        """Groups that lead, shape (L,)."""
        return np.searchsorted(self.first, self._spread(self.first, self.chance, LEADERS))

    @cached_property
    def led_by(self) -> Integers:
        """Place among those that lead of the group that each group is most like, shape (G,); of its own if it leads."""
        return self._most_like(self.first, self.first[self.leaders])

    @cached_property
    def _before(self) -> Integers:
        """First of the futures that each cannot be told apart from early, shape (K,)."""
        return np.asarray(self.outlook.futures.told_apart(self.outlook.timeline)[:, self.split - 1])

    def _spread(self, futures: Integers, chance: Floats, count: int) -> Integers:
        """About so many of some futures, evenly between them, and one of each that can be told apart early."""
        place = (np.arange(count) + 0.5) / count * chance.sum()
        between = np.minimum(np.searchsorted(np.cumsum(chance), place), len(chance) - 1)
        needed = futures[np.unique(self._before[futures], return_index=True)[1]]
        return np.union1d(needed, futures[between] if len(futures) > count else futures)

    def _most_like(self, futures: Integers, chosen: Integers) -> Integers:
        """Place among the chosen of that which has most outcomes in common with each of some futures.

        It is one that cannot be told from it early.
        """
        outcomes = [{(one.branch, one.outcome) for one in future} for future in self.outlook.futures.outcomes]
        return np.array(
            [
                max(
                    (place for place, other in enumerate(chosen) if self._before[other] == self._before[future]),
                    key=lambda place: (len(outcomes[future] & outcomes[chosen[place]]), -abs(future - chosen[place])),
                )
                for future in futures
            ]
        )

    @cached_property
    def sketch(self) -> Outlook:
        """The futures that stand for all."""
        weight = np.zeros(len(self.sketched))
        np.add.at(weight, self.like, self.outlook.futures.probability)
        return self.outlook.only(self.sketched, weight)


class Made(NamedTuple):
    """A plan for all futures."""

    x: Floats
    """Early decisions."""
    value: float
    """What it earns."""
    decisions: list[Decision]
    """Those of each group."""


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
        self.like = parts.like[parts.first].tolist()
        """Sketched future that each group is most like."""
        self.own = [self.place[early_columns(self.sketch, k, split)] for k in self.like]
        of_kind = [self.own[leader] for leader in parts.leaders]
        self.master = Master(program, self.early, paid_early(self.sketch, split)[self.early], of_kind)
        self.decisive = self.master.integer[self.master.decisive]
        self.drawn: dict[bytes, Rough | None] = {}
        """Sketches by the decisive early decisions in them."""
        self.weighed: dict[bytes, float] = {}
        """What is earned at the most with some decisive early decisions."""
        self.closed: set[bytes] = set()
        """Those with which too little is earned."""
        self.weights: dict[tuple[int, bytes], Limit | None] = {}
        """Limits on groups with those of them that are a group's own."""
        self.tried: set[bytes] = set()
        """Decisive early decisions that were put to the groups as they were drawn."""
        self.outlooks = [outlook.only(members) for members in parts.groups]
        self.bases: list[Basis | None] = [None] * len(parts.groups)
        self.made: Made | None = None

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
        drawn = groups.draw(Drawing(self.sketch, np.empty(0, np.int64), np.empty(0), self.options))
        if drawn is None:
            # That says what is wrong, if something is.
            told = self.sketch.solve(self.options, self.say, program.relaxed())
            drawn = Rough(told.columns, told.row_dual)
        decided = drawn.columns[self.early[self.decisive]]
        if np.abs(decided - np.rint(decided)).max(initial=0.0) <= ANY:
            key = self._decided(drawn.columns[self.early]).tobytes()
            self.drawn[key], self.weighed[key] = drawn, np.inf
        looks = list(self.workers.map(groups.look, self._questions(drawn.columns[self.early]).values()))
        self._check(looks)
        self._begin(drawn)
        self._limit(drawn)
        self.first = drawn
        if not self.master.limited:
            # What is fair keeps all groups together within limits.
            asked = self._questions(drawn.columns[self.early])
            self._note(dict(zip(asked, self.workers.map(groups.limit, asked.values()), strict=True)))
        whole = any(look.whole for look in looks)
        return decompose(
            self.master,
            self._ask,
            self._decide,
            self._close,
            self._suggest,
            whole,
            self.options["gap"],
            until,
            self.say,
        )

    # -- sketches ------------------------------------------------------------------------------------------------

    def _decided(self, x: Floats) -> Floats:
        """What is decisive of early decisions, whole and without noughts that are less than nothing."""
        return np.rint(x[self.decisive]) + 0.0

    def _close(self, x: Floats, least: float) -> bool:
        """Weigh decisive early decisions that promise the most, and close those with which too little is earned.

        Says whether any were closed.
        """
        key = self._decided(x).tobytes()
        if key not in self.weighed:
            self.say("weighing ways to decide what decides the most")
            wanted = [self._decided(x)]
            while len(wanted) < WEIGHED:
                known = [np.frombuffer(other) for other in self.weighed]
                other = self.master.beyond([*known, *wanted], self.options["gap"])
                if other is None or other[0] <= least:
                    break
                wanted.append(self._decided(other[1]))
            for values in wanted:
                self.weighed[values.tobytes()] = self._most_with(values)
        poor = [key for key, most in self.weighed.items() if most <= least and key not in self.closed]
        for key in poor:
            self.master.close(np.frombuffer(key), self.weighed[key])
        self.closed.update(poor)
        return bool(poor)

    def _most_with(self, values: Floats) -> float:
        """What is earned at the most with some decisive early decisions."""
        early, slopes = self.first.columns[self.early], self._thought(self.first)
        decided = np.full(len(self.early), np.nan)
        decided[self.decisive] = values
        keys, asked = [], {}
        for group, own in enumerate(self.own):
            places = np.flatnonzero(~np.isnan(decided[own]))
            held = Held(places, decided[own][places])
            keys.append((group, held.values.tobytes()))
            if keys[-1] not in self.weights:
                asked[group] = self._question(early, group)._replace(slope=slopes[group], held=held)
        self.weights |= {keys[group]: limit for group, limit in self._led(groups.limit, asked).items()}
        limits = [self.weights[key] for key in keys]
        if any(limit is not None and not limit.cut.of_money for limit in limits):
            return -np.inf
        worth = self.master.paid.copy()
        for own, slope in zip(self.own, slopes, strict=True):
            worth[own] += slope
        most = self.master.most(worth, values)
        return most + sum(np.inf if limit is None else limit.cut.constant for limit in limits)

    def _suggest(self) -> Floats | None:
        """Early decisions to try: the best, by a sketch, with the decisive ones that weigh most of those not tried."""
        open_ = self.weighed.keys() - self.tried - self.closed
        # Of those of which equally much is thought first the one that decides least.
        order = sorted(open_, key=lambda key: (-self.weighed[key], np.frombuffer(key).sum(), key))
        if not order:
            return None
        self.tried.add(order[0])
        if order[0] not in self.drawn:
            self._draw([np.frombuffer(other) for other in order if other not in self.drawn][:DRAWN])
        drawn = self.drawn[order[0]]
        return None if drawn is None else self._early_of(drawn)

    def _draw(self, wanted: list[Floats]) -> None:
        """Draw sketches with decisive early decisions held, and limit the groups by what they say."""
        held = self.early[self.decisive]
        self.say(f"sketching {len(wanted)} ways to decide what decides the most")
        tasks = [Drawing(self.sketch, held, values, self.options) for values in wanted]
        for values, drawn in zip(wanted, self.workers.map(groups.draw, tasks), strict=True):
            self.drawn[values.tobytes()] = drawn
            if drawn is not None:
                self._limit(drawn)

    def _early_of(self, drawn: Rough) -> Floats | None:
        """Early decisions near to those of a sketch, whole numbers whole, if that can be."""
        program, columns = self.sketch.program, drawn.columns.copy()
        integer = np.flatnonzero(program.integer)
        columns[integer] = whole_from(program, columns, program.lower[integer], program.upper[integer])
        return self.master.nearest(drawn.columns[self.early], columns[self.early])

    def _thought(self, drawn: Rough) -> list[Floats]:
        """What a unit of each early decision is thought to be worth to each group later on, from a sketch."""
        worth, chance = _worth_later(self.sketch, self.split, drawn, self.place), self.sketch.futures.probability
        return [
            worth[k][own] * share / chance[k]
            for k, own, share in zip(self.like, self.own, self.parts.chance, strict=True)
        ]

    # -- groups --------------------------------------------------------------------------------------------------

    def _question(self, x: Floats, group: int) -> Question:
        return Question(
            self.name, group, self.outlooks[group], self.split, self.options, x[self.own[group]], self.bases[group]
        )

    def _questions(self, x: Floats) -> dict[int, Question]:
        return {group: self._question(x, group) for group in range(len(self.outlooks))}

    def _begin(self, drawn: Rough) -> None:
        """Find corners to start from: one for all groups that are like the same sketched future."""
        first = {k: g for g, k in reversed(list(enumerate(self.like)))}
        slopes, early = self._thought(drawn), drawn.columns[self.early]
        asked = [self._question(early, group)._replace(slope=slopes[group]) for group in first.values()]
        found = dict(zip(first, self.workers.map(groups.limit, asked), strict=True))
        self.bases = [by and by.basis for by in (found[k] for k in self.like)]

    def _limit(self, drawn: Rough) -> None:
        """Limit all groups by what a sketch says."""
        slopes, early = self._thought(drawn), drawn.columns[self.early]
        asked = {group: self._question(early, group)._replace(slope=slope) for group, slope in enumerate(slopes)}
        self._note(self._led(groups.limit, asked))

    def _led(
        self, ask: Callable[[Question], Limit | None], questions: Mapping[int, Question]
    ) -> dict[int, Limit | None]:
        """Ask groups that lead, and then those that they lead with prices of theirs."""
        leaders = [g for g in self.parts.leaders.tolist() if g in questions]
        found = dict(zip(leaders, self.workers.map(ask, [questions[g] for g in leaders]), strict=True))
        led = [g for g in questions if g not in found]
        by = [found[self.parts.leaders[self.parts.led_by[g]]] for g in led]
        asked = [questions[g]._replace(prices=one and one.prices) for g, one in zip(led, by, strict=True)]
        return found | dict(zip(led, self.workers.map(ask, asked), strict=True))

    def _note(self, limits: Mapping[int, Limit | None]) -> None:
        """Let the master know of limits on all groups."""
        for kind, cuts in enumerate(self._by_kind([one and one.cut for _, one in sorted(limits.items())])):
            for cut in cuts:
                self.master.add(kind, cut)

    def _by_kind(self, cuts: Sequence[Cut | None]) -> list[list[Cut]]:
        """What holds for all groups that one leads; nothing where one of them has no limit."""
        kinds: list[list[Cut | None]] = [[] for _ in self.parts.leaders]
        for kind, cut in zip(self.parts.led_by, cuts, strict=True):
            kinds[kind].append(cut)
        return [_sum(kind) for kind in kinds]

    def _ask(self, x: Floats) -> Sequence[Answer]:
        """Limit all groups by what early decisions leave to those that lead."""
        limits = [limit for _, limit in sorted(self._led(groups.after, self._questions(x)).items())]
        self.bases = [(one and one.basis) or basis for one, basis in zip(limits, self.bases, strict=True)]
        return [Answer(cuts, None) for cuts in self._by_kind([one and one.cut for one in limits])]

    def _decide(self, x: Floats, whole: bool) -> Sequence[Answer]:
        """Let all groups decide."""
        asked = [question._replace(whole=whole) for question in self._questions(x).values()]
        decisions = list(self.workers.map(groups.decide, asked))
        self.bases = [one.limit.basis or basis for one, basis in zip(decisions, self.bases, strict=True)]
        value = [one.value for one in decisions]
        cuts = self._by_kind([one.limit.cut for one in decisions])
        if any(one is None for one in value):
            return [Answer(its, None) for its in cuts]
        made = Made(x, float(self.master.paid @ x) + sum(one.value or 0.0 for one in decisions), decisions)
        if self.made is None or made.value > self.made.value:
            self.made = made
        total = np.bincount(self.parts.led_by, np.array(value, dtype=float), len(cuts))
        return [Answer(its, one) for its, one in zip(cuts, total.tolist(), strict=True)]

    def _check(self, looks: list[Look]) -> None:
        """Refuse groups that differ where they cannot be told apart."""
        alike = {
            k: Group(self.sketch.only(np.array([k])), self.split, self.options).fingerprint for k in set(self.like)
        }
        for group, look in enumerate(looks):
            if look.fingerprint != alike[self.like[group]]:
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
        assert self.made is not None
        x, decisions = self.made.x, self.made.decisions
        sizes = [self.master.size, *(decision.size for decision in decisions)]
        size = {name: sum(part[name] for part in sizes) for name in self.master.size}
        before = self.sketch.program
        marginal = np.zeros(before.row_count)
        marginal[self.master.rows] = self.master.worth_of_rows(x)
        solutions = [decision.solution for decision in decisions if decision.solution is not None]
        solver = f"{solutions[0].solver}; L-shaped, {len(self.parts.groups):,} groups, {found.rounds} rounds"
        status = "optimal" if found.gap <= self.options["gap"] else "feasible"
        tasks = []
        for question, decided, k in zip(self._questions(x).values(), solutions, self.like, strict=True):
            rows = early_rows(self.sketch, k, self.split)
            chance = np.ones(before.row_count)
            chance[self.sketch.tied.rows[k]] = self.sketch.tied.chances[k]
            each = marginal[rows] / chance[rows]
            solution = dataclasses.replace(decided, status=status, bound=found.bound, gap=found.gap, solver=solver)
            tasks.append(Reading(question, solution, each, scaling, self.options, size, dict(timings)))
        plans: dict[int, Plan] = {}
        for members, its in zip(self.parts.groups, self.workers.map(groups.read_back, tasks), strict=True):
            plans |= dict(zip(members.tolist(), its, strict=True))
        groups.forget()
        return [plans[k] for k in range(len(plans))]


def _sum(cuts: list[Cut | None]) -> list[Cut]:
    """What holds for groups together: conditions if there are any, or else a limit if each of them has one."""
    known = [cut for cut in cuts if cut is not None]
    conditions = [cut for cut in known if not cut.of_money]
    if conditions or len(known) < len(cuts):
        return conditions
    return [Cut(sum(cut.constant for cut in known), np.sum([cut.slope for cut in known], axis=0), True)]


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
