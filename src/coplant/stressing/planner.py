"""A planner who does not see the whole future at once, in one sample after another.

He starts with a plan. At each review he knows what has happened by then, expects of the rest what can be expected, and
plans it anew; until the next review his decisions are carried out, as far as they can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coplant.case import Case
from coplant.case.reads import Kept
from coplant.errors import InfeasibleError, SolverError
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.draft import Draft
from coplant.planning.formulation import formulate, in_words
from coplant.planning.plan import PROGRAMME, awaited
from coplant.program import LinearProgram
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.relay import Anchor, Layout, Relay, matching
from coplant.stressing.drawing import Draws
from coplant.stressing.sampled import Template
from coplant.timeline import Timeline
from coplant.timeline.calendar import Days
from coplant.tree import Tree
from coplant.tree.futures import Futures

_AGREED = ("leave/", "reserved/")
"""Blocks of columns, beside ``sign``, in which is decided what an agreement is to be."""


class Policy(NamedTuple):
    """What is signed.

    Parameters
    ----------
    name : str
        What it is called.
    signed : ndarray of bool, shape (K, agreements)
        For each future of the tree, whether each agreement is signed in it.
    """

    name: str
    signed: Booleans


class Carried(NamedTuple):
    """A plan that is being carried out: the layout of the program in which it was made, and its columns."""

    layout: Layout
    columns: Floats


class Awaited(NamedTuple):
    """Days after milestones that routes of a future wait for."""

    dated: Mapping[str, np.datetime64]
    """Of those that have a date."""
    drawn: Mapping[str, Days]
    """Of the others as many as the launch has samples, ascending."""


class Lived(NamedTuple):
    """What became of plans in a sample."""

    draft: Draft
    """The program of all that happened."""
    columns: dict[str, Floats | None]
    """Values of its columns for each policy; None where nothing keeps the rules."""
    anchors: tuple[Anchor, ...]
    """Corners from which a sample like it is soon solved, by review and then the horizon's end."""


@dataclass(frozen=True, eq=False)
class Horizon:
    """Futures of a case on a timeline, and when a plan for them is reviewed.

    Parameters
    ----------
    case : Case
        The case.
    futures : Futures
        The K ways in which its branches can turn out; luck of the launch is drawn by itself.
    timeline : Timeline
        The T buckets.
    reviews : tuple of int
        Buckets at whose start the plan is reviewed, ascending; the first is above 0.
    """

    case: Case
    futures: Futures
    timeline: Timeline
    reviews: tuple[int, ...]

    @classmethod
    def of(cls, case: Case) -> Horizon:
        """Lay out the futures of a case, and the reviews: days on which something is known, and each so many months."""
        futures, settings = Futures.of(case), case.settings
        timeline = Timeline.of(settings.start, settings.buckets).split(futures.reveal_dates)
        begins = timeline.bounds[:-1]
        months = (begins.astype("datetime64[M]") - begins[0].astype("datetime64[M]")).astype(np.int64)
        passed = months // settings.review_months
        regular = np.flatnonzero(np.diff(passed, prepend=0) > 0)
        known = np.searchsorted(begins, futures.reveal_dates)
        reviews = np.union1d(regular, known)
        return cls(case, futures, timeline, tuple(int(one) for one in reviews if 0 < one < len(timeline)))

    @property
    def stages(self) -> tuple[int, ...]:
        """The reviews, and the horizon's end."""
        return (*self.reviews, len(self.timeline))

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The case of each future, length K."""
        return tuple(self.futures.cases())

    @cached_property
    def _known(self) -> Integers:
        """For each future and bucket the first of those that it cannot be told from in it, shape (K, T)."""
        return self.futures.told_apart(self.timeline)

    def believed(self, future: int, known: int) -> int:
        """The future that a planner counts on: the likeliest of those still possible when some buckets have passed.

        Parameters
        ----------
        future : int
            That which comes.
        known : int
            How many buckets have passed; what becomes known at the start of the next is known.
        """
        if known >= len(self.timeline):
            return future
        possible = np.flatnonzero(self._possible(future, known))
        return int(possible[np.argmax(self.futures.probability[possible])])

    def reveals(self, future: int, before: int, known: int) -> bool:
        """Whether fewer futures are possible when some buckets have passed than when fewer of them had."""
        return known < len(self.timeline) and bool(
            (self._possible(future, before) != self._possible(future, known)).any()
        )

    def _possible(self, future: int, known: int) -> Booleans:
        """Futures that are still possible when some buckets have passed, shape (K,)."""
        return np.asarray(self._known[:, known] == self._known[future, known])


@dataclass(frozen=True, eq=False)
class Planner:
    """Who carries a plan through the samples.

    Parameters
    ----------
    horizon : Horizon
        Futures, timeline and reviews.
    draws : Draws
        The samples.
    seed : int
        Seed of the solver's tie-breaking.
    """

    horizon: Horizon
    draws: Draws
    seed: int
    _kept: Kept = field(default_factory=Kept)
    _template: dict[int, Template] = field(default_factory=dict)
    _drawn: dict[str, dict[str, Days]] = field(default_factory=dict)
    _awaited: dict[int, Awaited | None] = field(default_factory=dict)
    _starts: dict[tuple[object, ...], Starts] = field(default_factory=dict)
    _led_to: dict[int, Booleans] = field(default_factory=dict)

    # -- programs -----------------------------------------------------------------------------------------------------

    def draft(self, future: int, factor: Floats, starts: Starts | None, sample: str | None = None) -> Draft:
        """Write the program of a future.

        Parameters
        ----------
        future : int
            The future of the tree.
        factor : ndarray, shape (F, T)
            Factors in each bucket.
        starts : Starts or None
            When routes that wait for milestones start.
        sample : str, optional
            What the sample is called, if all of it has come to pass; its case is then checked.
        """
        template = self._of(future)
        case = template.unchecked(factor) if sample is None else template.checked(factor, sample)
        network = Network.of(case.known(), self._line, starts, self._kept)
        with in_words():
            return formulate(network, kept=self._kept)

    def _of(self, future: int) -> Template:
        if future not in self._template:
            moving = tuple(self.draws.processes)
            case = self.horizon.cases[future]
            self._template[future] = Template.of(case, self.horizon.timeline, self.draws.factors, moving)
        return self._template[future]

    @cached_property
    def _line(self) -> Tree:
        return Tree.line(self.horizon.timeline)

    def seen(self, sample: int, future: int, known: int) -> Floats:
        """Factors of a sample as far as they are known, and as they are expected from then on, shape (F, T).

        Parameters
        ----------
        sample : int
            Number of the sample.
        future : int
            The future of the tree.
        known : int
            How many buckets have passed. What is drawn once is known as soon as something that it multiplies has come.
        """
        return self.draws.seen(sample, known, self._of(future).shown)

    def unseen(self, network: Network, future: int, believed: int, passed: tuple[int, int]) -> Booleans:
        """Where between two reviews the planner could not know all that he knows at the later one.

        Parameters
        ----------
        network : Network
            That of the future that is believed in, J activities.
        future, believed : int
            The future of the tree that comes, and that which is believed in at the later review.
        passed : (int, int)
            How many buckets have passed at each of the reviews.

        Returns
        -------
        ndarray of bool, shape (J, T)
            For each activity and bucket.
        """
        before, known = passed
        bucket = np.arange(len(self.horizon.timeline))
        between = (bucket >= before) & (bucket < known)
        if self.horizon.reveals(future, before, known):
            return np.broadcast_to(between, (len(network.activities), len(bucket)))
        template = self._of(believed)
        if believed not in self._led_to:
            self._led_to[believed] = template.led_to(network)
        waiting = (template.shown < known)[:, None] & (bucket < template.shown[:, None])
        return np.asarray((self._led_to[believed].T.astype(np.int64) @ waiting > 0) & between)

    def starts(self, future: int, luck: float | None, known: int) -> Starts | None:
        """When routes that wait for milestones start, as far as that is known.

        Parameters
        ----------
        future : int
            The future of the tree.
        luck : float or None
            Which share of the samples of the launch are earlier than what comes; None for the mean of all.
        known : int
            How many buckets have passed. A milestone that has not been reached by then is expected at the mean of the
            samples that are later still.
        """
        if future not in self._awaited:
            self._awaited[future] = self._awaited_in(future)
        found = self._awaited[future]
        if found is None:
            return None
        now = self.horizon.timeline.bounds[known]
        day = {**found.dated, **{name: _day(days, luck, now) for name, days in found.drawn.items()}}
        # What hangs on them is known again by the object.
        return self._starts.setdefault(tuple(day.items()), Starts(day))

    def _awaited_in(self, future: int) -> Awaited | None:
        case = self.horizon.cases[future]
        waited = awaited(case)
        if not waited:
            return None
        programme = case.digest_of(*PROGRAMME)
        if programme not in self._drawn:
            # What it is compiled with takes a second to load.
            from coplant.launching import drawn_starts

            self._drawn[programme] = {name: np.sort(days) for name, days in drawn_starts(case, waited).items()}
        return Awaited(Starts.dated(case).day, self._drawn[programme])

    # -- plans --------------------------------------------------------------------------------------------------------

    def first(self, policies: Mapping[str, Policy], planned: Mapping[str, Mapping[str, Floats]]) -> dict[str, Carried]:
        """Make the plans with which policies start: what is given, and the best for what is expected.

        Parameters
        ----------
        policies : mapping of str to Policy
            What is signed.
        planned : mapping of str to mapping of str to ndarray
            For some of them, by block, what is started at the most before the first review, and what is agreed.
        """
        future, program = self.horizon.futures.likeliest, self.expected.program
        nothing = np.zeros(program.column_count)
        relay = Relay(program, nothing > 0.0, None, self.seed)
        node = program.column_node
        until = self.horizon.stages[0]
        made = {}
        for policy in policies.values():
            lower, upper = program.lower, program.upper
            given: list[tuple[Integers, Floats]] = []
            for name, values in planned.get(policy.name, {}).items():
                block = program.column_blocks[name]
                cells = block.index >= 0
                index = block.index[cells]
                early = node[index] < until
                index, value = index[early], np.broadcast_to(values, block.index.shape)[cells][early]
                most = np.maximum(value, lower[index])
                upper[index] = np.minimum(upper[index], most + relay.margin(value, index))
                given.append((index, value))
                if name != "start":
                    lower[index] = upper[index] = np.clip(value, lower[index], upper[index])
            _sign(program, policy, future, lower, upper)
            columns = relay.solve(lower, upper, nothing)
            # The likeliest future alone may need less of what is started for all; it is started all the same.
            for index, value in given:
                columns[index] = value
            made[policy.name] = Carried(relay.layout, columns)
        return made

    @cached_property
    def expected(self) -> Draft:
        """The program of what is expected before anything is known."""
        future = self.horizon.futures.likeliest
        return self.draft(future, self.seen(0, future, 0), self.starts(future, None, 0))

    def anchors(self, policy: Policy, plans: Mapping[str, Carried]) -> tuple[Anchor, ...]:
        """Find corners to start from at every review: those of a sample in which all comes as expected.

        Parameters
        ----------
        policy : Policy
            What is signed.
        plans : mapping of str to Carried
            The plans that are started with: its own, and those with which others start.

        Returns
        -------
        tuple of Anchor
            By review, and for the horizon's end.
        """
        future = self.horizon.futures.likeliest
        expected = self.seen(0, future, 0)
        found: list[Anchor] = []
        carried, before = plans[policy.name], 0
        for known in self.horizon.stages:
            draft = self.draft(future, expected, self.starts(future, 0.5, known))
            relay = self._relay(draft.program, plans.values(), (before, known), found[-1] if found else None)
            unseen = self.unseen(draft.network, future, future, (before, known))
            columns = _review(relay, draft.network, policy, future, carried, (before, known), unseen)
            carried, before = Carried(relay.layout, columns), known
            assert relay.anchor is not None
            found.append(relay.anchor)
        return tuple(found)

    def live(
        self,
        sample: int,
        future: int,
        policies: Mapping[str, tuple[Policy, Carried]],
        anchors: tuple[Anchor, ...],
    ) -> Lived:
        """Carry plans through a sample.

        Parameters
        ----------
        sample : int
            Number of the sample.
        future : int
            The future of the tree that comes.
        policies : mapping of str to (Policy, Carried)
            What is signed, and the plan that is started with.
        anchors : tuple of Anchor
            Where to start from at each review, and at the horizon's end.

        Returns
        -------
        Lived

        Raises
        ------
        CaseError
            A factor makes a mistake of the case.
        SolverError
            What can be earned has no limit; names the sample.
        """
        carried: dict[str, Carried] = {name: plan for name, (_, plan) in policies.items()}
        luck = float(self.draws.luck[sample])
        before = 0
        ended: list[Anchor] = []
        for anchor, known in zip(anchors, self.horizon.stages, strict=True):
            believed = self.horizon.believed(future, known)
            name_of = f"sample {sample + 1}" if known == len(self.horizon.timeline) else None
            factor = self.seen(sample, believed, known)
            draft = self.draft(believed, factor, self.starts(believed, luck, known), name_of)
            unseen = self.unseen(draft.network, future, believed, (before, known))
            relay = self._relay(draft.program, carried.values(), (before, known), anchor)
            for name, plan in list(carried.items()):
                try:
                    policy = policies[name][0]
                    columns = _review(relay, draft.network, policy, believed, plan, (before, known), unseen)
                except InfeasibleError:
                    del carried[name]
                    continue
                except SolverError as error:
                    raise SolverError(f"in sample {sample + 1}: {error}") from None
                carried[name] = Carried(relay.layout, columns)
            ended.append(relay.anchor or anchor)
            before = known
        return Lived(
            draft, {name: carried[name].columns if name in carried else None for name in policies}, tuple(ended)
        )

    def _relay(
        self, program: LinearProgram, plans: Iterable[Carried], passed: tuple[int, int], anchor: Anchor | None
    ) -> Relay:
        """What is left to decide of a program when some buckets have passed since the last review."""
        before, known = passed
        node = program.column_node
        idle = np.zeros(len(node), dtype=bool)
        if not before:
            # All samples start with the same plans, of one layout: what none of them starts is left out of all alike.
            layouts, columns = zip(*plans, strict=True)
            most = np.max(columns, axis=0)
            found = matching(program, layouts[0])
            start = _columns_of(program, "start")
            start = start[node[start] < known]
            idle[start] = (most if found is None else found.values(most))[start] <= 0.0
        return Relay(program, node < before, anchor, self.seed, idle)


def _review(
    relay: Relay,
    network: Network,
    policy: Policy,
    believed: int,
    plan: Carried,
    passed: tuple[int, int],
    unseen: Booleans,
) -> Floats:
    """Carry a plan out up to a review, and plan anew from then on."""
    program, columns = relay.program, relay.values(*plan)
    node = program.column_node
    lived = (node >= passed[0]) & (node < passed[1])
    lower, upper = program.lower, program.upper
    # No more is started than was planned; less is where parts, capacity or customers are fewer than expected.
    block = program.column_blocks["start"]
    present = block.index >= 0
    start = block.index[present]
    start = start[lived[start]]
    most = np.maximum(columns[start], 0.0)
    margin = relay.margin(most, start)
    upper[start] = np.minimum(upper[start], most + margin)
    for name in program.column_blocks:
        if name.startswith(_AGREED):
            agreed = _columns_of(program, name)
            agreed = agreed[lived[agreed]]
            lower[agreed] = upper[agreed] = np.clip(columns[agreed], lower[agreed], upper[agreed])
    _sign(program, policy, believed, lower, upper)
    committed = np.zeros(len(columns))
    committed[block.index[present]] = _committed(network, block.values(columns), unseen)[present]
    if committed.any():
        held = lower.copy()
        held[start] = np.clip(committed[start] - margin, lower[start], upper[start])
        try:
            return relay.solve(held, upper, columns)
        except InfeasibleError:
            # Another rule is in the way of what was ordered: as much of it as can be.
            pass
    return relay.solve(lower, upper, columns)


def _committed(network: Network, started: Floats, unseen: Booleans) -> Floats:
    """What has to be started although nobody wants it any more, as not all could be known.

    That is what was ordered, and what was to be made of nothing that is in stock: as much of it as allotments and
    capacity let through, and a lot as a whole or not at all.

    Parameters
    ----------
    network : Network
        What came, J activities and N nodes.
    started : ndarray, shape (J, N)
        What was planned.
    unseen : ndarray of bool, shape (J, N)
        Where that is.

    Returns
    -------
    ndarray, shape (J, N)
    """
    activities, resources, allotments = network.activities, network.resources, network.allotments
    share = np.ones_like(started)
    granted = np.flatnonzero(activities.allotment >= 0)
    ordered = np.zeros_like(allotments.quantity)
    np.add.at(ordered, activities.allotment[granted], started[granted])
    share[granted] = _let_through(allotments.quantity, ordered)[activities.allotment[granted]]
    load, room = network.loads.tocoo(), resources.capacity + resources.overtime
    np.minimum.at(share, load.col, _let_through(room, network.loads @ started)[load.row])
    gated = activities.open_share[load.col] * room[load.row]
    np.minimum.at(share, load.col, _let_through(gated, load.data[:, None] * started[load.col]))
    lots = (activities.least > 0.0) | np.isfinite(activities.multiple)
    share[lots] = np.floor(share[lots])
    takes = np.diff(network.inputs.tocsc().indptr) > 0
    return np.where(takes[:, None] | ~unseen, 0.0, share * started)


def _let_through(room: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that there is room for."""
    return np.minimum(1.0, np.divide(room, wanted, out=np.ones_like(wanted), where=wanted > 0.0))


def _sign(program: LinearProgram, policy: Policy, future: int, lower: Floats, upper: Floats) -> None:
    sign = program.column_blocks["sign"].index
    lower[sign] = upper[sign] = policy.signed[future]


def _columns_of(program: LinearProgram, name: str) -> Integers:
    index = program.column_blocks[name].index
    return index[index >= 0]


def _day(days: Days, luck: float | None, now: np.datetime64) -> np.datetime64:
    """The day on which a milestone is reached, or is expected: of its samples in order."""
    if luck is not None:
        comes = days[int(luck * len(days))]
        if comes <= now:
            return np.datetime64(comes)
        days = days[days > now]
    return np.datetime64(int(np.rint(days.astype(np.int64).mean())), "D")
