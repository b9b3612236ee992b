"""Planning for more futures than fit into one program: what comes before a day, and after it in each group of futures.

What is decided before is put to all groups, which answer how much they then earn and what a unit of each decision is
worth to them; see `coplant.program.lshaped`. It begins with a sketch: a few futures that stand for all, solved as one
program. Where there are many groups some lead: most of the time only these are asked, and the others are limited by
the prices of the one that they are most like.
"""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from coplant.program.dive import ANY
from coplant.program.lshaped import Answer, Decomposed, Master, decompose
from coplant.program.money import Floats, Integers
from coplant.program.recourse import Cut, Held, Limit, Start
from coplant.program.rough import Rough
from coplant.program.search import whole_from
from coplant.workers import Workers
from coplant.workers.workers import Result

EARLY = 20_000
"""Columns of early decisions up to which their number does not matter."""

SKETCH = 8
"""Futures of the first sketch, unless more are needed so that all that can be told apart early has one."""

FINER = 24
"""Futures of those that are drawn with decisive decisions held."""

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
    def leaders(self) -> Integers:
        """Groups that lead, shape (L,)."""
        return np.searchsorted(self.first, self.spread(self.first, self.chance, LEADERS))

    @cached_property
    def led_by(self) -> Integers:
        """Place among those that lead of the group that each group is most like, shape (G,); of its own if it leads."""
        return self.most_like(self.first, self.first[self.leaders])

    @cached_property
    def led(self) -> Integers:
        """Future in the same place of the group that leads, for each, shape (K,)."""
        led = np.empty(len(self.outlook.futures), dtype=np.int64)
        for members, leader in zip(self.groups, self.leaders[self.led_by], strict=True):
            leading = self.groups[leader]
            led[members] = leading[np.minimum(np.arange(len(members)), len(leading) - 1)]
        return led

    @cached_property
    def before(self) -> Integers:
        """First of the futures that each cannot be told apart from early, shape (K,)."""
        return np.asarray(self.outlook.futures.told_apart(self.outlook.timeline)[:, self.split - 1])

    def spread(self, futures: Integers, chance: Floats, count: int) -> Integers:
        """About so many of some futures, evenly between them, and one of each that can be told apart early."""
        place = (np.arange(count) + 0.5) / count * chance.sum()
        between = np.minimum(np.searchsorted(np.cumsum(chance), place), len(chance) - 1)
        needed = futures[np.unique(self.before[futures], return_index=True)[1]]
        return np.union1d(needed, futures[between] if len(futures) > count else futures)

    def most_like(self, futures: Integers, chosen: Integers) -> Integers:
        """Place among the chosen of that which has most outcomes in common with each of some futures.

        It is one that cannot be told from it early. An outcome counts the less, the more its branch has: of many,
        neighbours are alike.
        """
        every = self.outlook.futures.outcomes
        outcomes = [{(one.branch, one.outcome) for one in future} for future in every]
        ways = Counter(branch for branch, _ in set().union(*outcomes))

        def common(future: int, other: int) -> float:
            return math.fsum(1.0 / ways[branch] for branch, _ in outcomes[future] & outcomes[other])

        these = chosen.tolist()
        return np.array(
            [
                max(
                    (place for place, other in enumerate(these) if self.before[other] == self.before[future]),
                    key=lambda place: (common(future, these[place]), -abs(future - these[place])),
                )
                for future in futures.tolist()
            ]
        )


@dataclass(frozen=True, eq=False)
class Sketch:
    """A few futures that stand for all.

    Parameters
    ----------
    parts : Parts
        All of them.
    futures : ndarray of int, shape (S,)
        Those few.
    """

    parts: Parts
    futures: Integers

    @classmethod
    def of(cls, parts: Parts, count: int) -> Sketch:
        """Let about so many of groups that lead stand for all."""
        chance: Floats = np.bincount(parts.led, parts.outlook.futures.probability).astype(float)
        leading = np.unique(parts.led)
        return cls(parts, parts.spread(leading, chance[leading], count))

    @cached_property
    def outlook(self) -> Outlook:
        """These futures, each as likely as those for which it stands."""
        every = self.parts.outlook.futures
        weight = np.zeros(len(self.futures))
        np.add.at(weight, self.parts.most_like(self.parts.led, self.futures), every.probability)
        outlook = self.parts.outlook.only(self.futures, weight)
        outlook.weigh(every.case.settings.risk_weight)
        return outlook

    @cached_property
    def like(self) -> Integers:
        """Place among them of that which each group is most like, shape (G,): the same as that which leads it."""
        return self.parts.most_like(self.parts.first[self.parts.leaders], self.futures)[self.parts.led_by]

    @cached_property
    def early(self) -> Integers:
        """Columns that are decided early, shape (E,)."""
        program = self.outlook.program
        return np.flatnonzero(nodes_before(self.outlook.tied, self.parts.split)[program.column_node])

    @cached_property
    def place(self) -> Integers:
        """Place of each column among those, shape (N,); -1 of a late one."""
        place = np.full(self.outlook.program.column_count, -1)
        place[self.early] = np.arange(len(self.early))
        return place

    @cached_property
    def own(self) -> list[Integers]:
        """Places among early columns of those of each group, in the order of a group's own."""
        return [self.place[early_columns(self.outlook, k, self.parts.split)] for k in self.like]

    def in_order_of(self, other: Sketch) -> Integers:
        """Columns that are decided early, in the order in which another sketch has them."""
        order = np.empty_like(other.early)
        for mine, theirs in zip(self.own, other.own, strict=True):
            order[theirs] = self.early[mine]
        return order


class Drawn(NamedTuple):
    """What is decided in a sketch."""

    sketch: Sketch
    rough: Rough
    x: Floats
    """Early decisions, in the order of the first sketch."""


Key = tuple[int, bytes]
"""A group, and what is held of its early decisions."""


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
        self.sketch = Sketch.of(parts, SKETCH)
        finer = Sketch.of(parts, FINER)
        self.finer = finer if len(finer.futures) > len(self.sketch.futures) else self.sketch
        self.early, self.own = self.sketch.early, self.sketch.own
        early, program = self.sketch.early, self.sketch.outlook.program
        of_kind = [self.own[leader] for leader in parts.leaders]
        self.master = Master(program, early, paid_early(self.sketch.outlook, split)[early], of_kind)
        self.decisive = self.master.integer[self.master.decisive]
        self.drawn: dict[bytes, Drawn | None] = {}
        """Sketches by the decisive early decisions in them."""
        self.weighed: dict[bytes, float] = {}
        """What is earned at the most with some decisive early decisions."""
        self.closed: set[bytes] = set()
        """Those with which too little is earned."""
        self.tried: set[bytes] = set()
        """Decisive early decisions that were put to the groups as they were drawn."""
        self.outlooks = [outlook.only(members) for members in parts.groups]
        self.starts: list[Start | None] = [None] * len(parts.groups)
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
        self.say(f"sketching {len(self.outlook.futures):,} futures by {len(self.sketch.futures)}")
        sketch = self.sketch.outlook
        rough = groups.draw(Drawing(sketch, np.empty(0, np.int64), np.empty(0), self.options))
        if rough is None:
            # That says what is wrong, if something is.
            told = sketch.solve(self.options, self.say, sketch.program.relaxed())
            rough = Rough(told.columns, told.row_dual)
        self.first = drawn = Drawn(self.sketch, rough, rough.columns[self.early])
        decided = drawn.x[self.decisive]
        if np.abs(decided - np.rint(decided)).max(initial=0.0) <= ANY:
            key = self._decided(drawn.x).tobytes()
            self.drawn[key], self.weighed[key] = drawn, np.inf
        looks = list(self._map(groups.look, self._questions(drawn.x)))
        self._check(looks)
        self._begin(drawn)
        self._limit(drawn)
        if not self.master.limited:
            # What is fair keeps all groups together within limits.
            self._note(self._map(groups.limit, self._questions(drawn.x)))
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
            self.weighed |= {values.tobytes(): most for values, most in zip(wanted, self._weigh(wanted), strict=True)}
        poor = [key for key, most in self.weighed.items() if most <= least and key not in self.closed]
        for key in poor:
            self.master.close(np.frombuffer(key), self.weighed[key])
        self.closed.update(poor)
        return bool(poor)

    def _weigh(self, wanted: list[Floats]) -> list[float]:
        """What is earned at the most with decisive early decisions, for each of some ways to take them."""
        slopes, keys = self._thought(self.first), list[list[Key]]()
        asked: dict[Key, Question] = {}
        for values in wanted:
            decided = np.full(len(self.first.x), np.nan)
            decided[self.decisive] = values
            keys.append([])
            for group, own in enumerate(self.own):
                places = np.flatnonzero(~np.isnan(decided[own]))
                held = Held(places, decided[own][places])
                key = (group, held.values.tobytes())
                keys[-1].append(key)
                if key not in asked:
                    asked[key] = self._question(self.first.x, group)._replace(slope=slopes[group], held=held)
        # All that is asked of a group at a time: where there is no room to keep its program that is written once.
        limits = self._led(groups.limit, dict(sorted(asked.items())))
        worth = self.master.paid.copy()
        for own, slope in zip(self.own, slopes, strict=True):
            worth[own] += slope
        return [
            self._most([limits[key] for key in own], worth, values) for own, values in zip(keys, wanted, strict=True)
        ]

    def _most(self, limits: Sequence[Limit | None], worth: Floats, values: Floats) -> float:
        """What is earned at the most with limits on groups, and what a unit of each early decision is worth in all."""
        if any(limit is not None and not limit.cut.of_money for limit in limits):
            return -np.inf
        return self.master.most(worth, values) + sum(np.inf if one is None else one.cut.constant for one in limits)

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
        order = self.finer.in_order_of(self.sketch)
        self.say(f"sketching {len(wanted)} ways to decide what decides the most, by {len(self.finer.futures)} futures")
        tasks = [Drawing(self.finer.outlook, order[self.decisive], values, self.options) for values in wanted]
        for values, rough in zip(wanted, self.workers.map(groups.draw, tasks), strict=True):
            drawn = None if rough is None else Drawn(self.finer, rough, rough.columns[order])
            self.drawn[values.tobytes()] = drawn
            if drawn is not None:
                self._limit(drawn)

    def _early_of(self, drawn: Drawn) -> Floats | None:
        """Early decisions near to those of a sketch, whole numbers whole, if that can be."""
        program, columns = drawn.sketch.outlook.program, drawn.rough.columns.copy()
        integer = np.flatnonzero(program.integer)
        columns[integer] = whole_from(program, columns, program.lower[integer], program.upper[integer])
        return self.master.nearest(drawn.x, columns[drawn.sketch.in_order_of(self.sketch)])

    def _thought(self, drawn: Drawn) -> list[Floats]:
        """What a unit of each early decision is thought to be worth to each group later on, from a sketch."""
        sketch, worth = drawn.sketch, _worth_later(drawn)
        chance = sketch.outlook.futures.probability
        return [
            worth[k][own] * share / chance[k]
            for k, own, share in zip(sketch.like, sketch.own, self.parts.chance, strict=True)
        ]

    # -- groups --------------------------------------------------------------------------------------------------

    def _question(self, x: Floats, group: int) -> Question:
        return Question(
            self.name, group, self.outlooks[group], self.split, self.options, x[self.own[group]], self.starts[group]
        )

    def _questions(self, x: Floats) -> list[Question]:
        return [self._question(x, group) for group in range(len(self.outlooks))]

    def _begin(self, drawn: Drawn) -> None:
        """Find where to start from: in one place for all groups that are like the same sketched future."""
        like, slopes = drawn.sketch.like.tolist(), self._thought(drawn)
        first = {k: g for g, k in reversed(list(enumerate(like)))}
        asked = [self._question(drawn.x, group)._replace(slope=slopes[group]) for group in first.values()]
        found = dict(zip(first, self._map(groups.limit, asked), strict=True))
        self._go_on_from([first[k] for k in like], [found[k] for k in like])

    def _limit(self, drawn: Drawn) -> None:
        """Limit all groups by what a sketch says, and let them go on from where those that lead reach their limits."""
        self.say(f"limiting what {len(self.outlooks):,} groups earn by what the sketch says")
        slopes = self._thought(drawn)
        asked = [
            question._replace(slope=slope) for question, slope in zip(self._questions(drawn.x), slopes, strict=True)
        ]
        limits = self._all_led(groups.limit, asked)
        leader = self.parts.leaders[self.parts.led_by].tolist()
        self._go_on_from(leader, [limits[one] for one in leader])
        self._note(limits)

    def _go_on_from(self, others: Sequence[int], limits: Sequence[Limit | None]) -> None:
        """Let each group start from where a limit of another one, or of its own, is reached."""
        chance = self.parts.chance
        for group, (other, limit) in enumerate(zip(others, limits, strict=True)):
            if limit is not None and limit.start is not None:
                slope = limit.start.slope * (chance[group] / chance[other])
                self.starts[group] = limit.start._replace(slope=slope)

    def _led(
        self, ask: Callable[[Question], Limit | None], questions: Mapping[Key, Question]
    ) -> dict[Key, Limit | None]:
        """Ask groups that lead, and then those that they lead with prices of theirs."""
        leader = self.parts.leaders[self.parts.led_by].tolist()
        leading = {key: question for key, question in questions.items() if leader[key[0]] == key[0]}
        found = dict(zip(leading, self._map(ask, leading.values()), strict=True))
        led = {}
        for (group, held), question in questions.items():
            if leader[group] != group:
                by = found[leader[group], held]
                led[group, held] = question._replace(prices=by and by.prices)
        return found | dict(zip(led, self._map(ask, led.values()), strict=True))

    def _all_led(self, ask: Callable[[Question], Limit | None], questions: Iterable[Question]) -> list[Limit | None]:
        """The same for all groups, each asked once."""
        found = self._led(ask, {(question.number, b""): question for question in questions})
        return [limit for _, limit in sorted(found.items(), key=lambda one: one[0])]

    def _map(self, ask: Callable[[Question], Result], questions: Iterable[Question]) -> Iterator[Result]:
        """Put questions to workers, each group's to the same."""
        asked = list(questions)
        return self.workers.map(ask, asked, [question.number for question in asked])

    def _note(self, limits: Iterable[Limit | None]) -> None:
        """Let the master know of limits on all groups."""
        for kind, cuts in enumerate(self._by_kind([one and one.cut for one in limits])):
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
        limits = self._all_led(groups.after, self._questions(x))
        self._go_on_from(range(len(limits)), limits)
        return [Answer(cuts, None) for cuts in self._by_kind([one and one.cut for one in limits])]

    def _decide(self, x: Floats, whole: bool) -> Sequence[Answer]:
        """Let all groups decide."""
        asked = [question._replace(whole=whole) for question in self._questions(x)]
        self.say(f"letting {len(asked):,} groups decide")
        decisions = list(self._map(groups.decide, asked))
        self._go_on_from(range(len(decisions)), [one.limit for one in decisions])
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
        sketch, split = self.sketch, self.split
        alike = {
            k: Group(sketch.outlook.only(np.array([k])), split, self.options).fingerprint for k in set(sketch.like)
        }
        for group, look in enumerate(looks):
            if look.fingerprint != alike[sketch.like[group]]:
                pair = [sketch.futures[sketch.like[group]], self.parts.first[group]]
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
        sketch = self.sketch.outlook
        before = sketch.program
        marginal = np.zeros(before.row_count)
        marginal[self.master.rows] = self.master.worth_of_rows(x)
        solutions = [decision.solution for decision in decisions if decision.solution is not None]
        solver = f"{solutions[0].solver}; L-shaped, {len(self.parts.groups):,} groups, {found.rounds} rounds"
        status = "optimal" if found.gap <= self.options["gap"] else "feasible"
        if found.learnt and status == "feasible":
            solver += ", the gap left in whole numbers that are decided later"
        tasks = []
        for question, decided, k in zip(self._questions(x), solutions, self.sketch.like, strict=True):
            rows = early_rows(sketch, k, self.split)
            chance = np.ones(before.row_count)
            chance[sketch.tied.rows[k]] = sketch.tied.chances[k]
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


def _worth_later(drawn: Drawn) -> list[Floats]:
    """What a unit of each early decision is worth later on to each of the sketched futures, as their sketch has it.

    That is what it adds to later money, less what it takes of what is short later.
    """
    sketch, place, split = drawn.sketch.outlook, drawn.sketch.place, drawn.sketch.parts.split
    worth, weight = [], sketch.program.money_weight
    for future, draft in enumerate(sketch.drafts):
        program, columns = draft.program, sketch.tied.columns[future]
        chance, row = float(sketch.futures.probability[future]), sketch.tied.rows[future]
        late = ~program_nodes(program, split)
        dual, there = np.zeros(program.row_count), row >= 0
        dual[there] = drawn.rough.row_dual[row[there]] * chance / sketch.tied.chances[future][there]
        dual[program.entries_in(late[program.column_node]) == 0] = 0.0
        total = weight * chance * program.worth(late) - program.matrix().T @ dual
        if len(sketch.risk_column):
            dear = drawn.rough.row_dual[sketch.program.row_blocks["worst"].index[future]]
            total -= dear * sketch.tied.worth[future]
        of_early = np.zeros(int((place >= 0).sum()))
        mine = np.flatnonzero(place[columns] >= 0)
        of_early[place[columns[mine]]] = total[mine]
        if len(sketch.risk_column):
            of_early[place[sketch.risk_column]] = dear
        worth.append(of_early)
    return worth
