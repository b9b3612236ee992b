"""Outlook: a program for each future of a case, and all of them tied together as one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coplant.case import Case
from coplant.case.draft import ROW
from coplant.case.reads import Kept
from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.bounds import Room
from coplant.planning.draft import Draft
from coplant.planning.formulation import formulate, in_words
from coplant.planning.plan import PROGRAMME, Progress, awaited, check_sellable
from coplant.planning.reader import Reader
from coplant.planning.result import Plan
from coplant.planning.risk import WorstFutures
from coplant.planning.words import in_words as rule_in_words
from coplant.program import LinearProgram, ScalingReport, Solution, solve
from coplant.program.money import Floats, Integers
from coplant.program.tying import Tied, ToldTooEarlyError, tie
from coplant.schema import TABLES
from coplant.timeline import Timeline
from coplant.tree import Tree
from coplant.tree.futures import Futures

if TYPE_CHECKING:
    from coplant.launching import Levels

_TINY = 250
"""Columns of a future's program up to which the dual simplex solves thousands of them, tied together, sooner than an
interior point: there is little that hangs together."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """All futures of a case, and the program of each.

    Parameters
    ----------
    futures : Futures
        The K ways in which things can turn out.
    timeline : Timeline
        The buckets; one begins on each day on which something becomes known.
    cases : tuple of Case, length K
        The case of each.
    starts : tuple of Starts or None, length K
        When routes that wait for milestones start in each.
    room : Room
        Bounds by which binaries are sized in all of them.
    target : tuple of ndarray, length K
        Safety stock that is aimed at in each, shape (S, T). Where it covers demand that hangs on what is not known
        yet, it is the mean of the futures that cannot be told apart.
    """

    futures: Futures
    timeline: Timeline
    cases: tuple[Case, ...]
    starts: tuple[Starts | None, ...]
    room: Room
    target: tuple[Floats, ...]

    @classmethod
    def of(cls, case: Case, foreseen: Collection[str] = (), progress: Progress | None = None) -> Outlook:
        """Lay out the futures of a case.

        Parameters
        ----------
        case : Case
            The case.
        foreseen : collection of str
            Branches of which it is known from the first day how they turn out.
        progress : callable, optional
            Is told, in a line of text, what is going on.

        Raises
        ------
        CaseError
            Nothing could be sold, or an outcome makes a mistake of the case.
        """
        check_sellable(case)
        say, settings = progress or (lambda _: None), case.settings
        branches = Futures.of(case, foreseen)
        say(f"laying out {len(branches):,} ways in which things can turn out")
        futures, cases, starts = launched(branches, say)
        timeline = Timeline.of(settings.start, settings.buckets).split(futures.reveal_dates)
        networks = _networks(cases, starts, timeline)
        target = _expected([network.stock_points.target for network in networks], futures, timeline)
        networks = _aiming(networks, target)
        alike = Kept()
        room = Room.widest(Room.of(network, alike) for network in networks)
        made = cls(futures, timeline, cases, starts, room, target)
        vars(made)["networks"] = networks
        return made

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The network of each future, length K."""
        return _aiming(_networks(self.cases, self.starts, self.timeline), self.target)

    @cached_property
    def drafts(self) -> tuple[Draft, ...]:
        """The program of each future as if it were the only one, length K."""
        alike = Kept()
        with in_words():
            return tuple(formulate(network, self.room, alike) for network in self.networks)

    @cached_property
    def tied(self) -> Tied:
        """The programs as one.

        Raises
        ------
        CaseError
            An outcome changes what happens before it is known.
        """
        return _tied(self.futures, self.drafts, self.timeline)

    def foreseeing(self, branches: Collection[str]) -> Outlook:
        """The same futures, told apart from the first day as far as some branches tell them apart.

        Parameters
        ----------
        branches : collection of str
            The branches.
        """
        other = dataclasses.replace(self, futures=dataclasses.replace(self.futures, foreseen=frozenset(branches)))
        vars(other)["drafts"] = self.drafts
        return other

    def only(self, members: Integers, probability: Floats | None = None) -> Outlook:
        """Some of the futures.

        Parameters
        ----------
        members : ndarray of int, shape (M,)
            Which.
        probability : ndarray, shape (M,), optional
            Their probabilities; by default what they are, though they add up to less than one.
        """
        some = dataclasses.replace(
            self,
            futures=self.futures.only(members, probability),
            cases=tuple(self.cases[k] for k in members),
            starts=tuple(self.starts[k] for k in members),
            target=tuple(self.target[k] for k in members),
        )
        if "networks" in vars(self):
            vars(some)["networks"] = tuple(self.networks[k] for k in members)
        return some

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: not what it can work out there."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def draft_of(self, case: Case) -> Draft:
        """Write another case, of which all is certain, on the same buckets; production starts at the mean.

        Parameters
        ----------
        case : Case
            The case.
        """
        waited = awaited(case)
        starts = _levels(case, waited, 1).starts[0] if waited else None
        network = Network.of(case.known(), Tree.line(self.timeline), starts)
        with in_words():
            return formulate(network, Room.widest([self.room, Room.of(network)]))

    @cached_property
    def estimated_columns(self) -> int:
        """About how many columns the one program has: those of the first future's, once for each node of the tree."""
        apart = self.futures.told_apart(self.timeline)
        nodes = int((apart == np.arange(len(apart))[:, None]).sum())
        with in_words():
            one = formulate(self.networks[0], self.room).program
        return round(one.column_count / len(self.timeline) * nodes)

    @property
    def program(self) -> LinearProgram:
        """The one program."""
        return self.tied.program

    @cached_property
    def first(self) -> Integers:
        """Buckets in which nothing is known yet that tells any two futures apart."""
        return np.flatnonzero((self.futures.told_apart(self.timeline) == 0).all(axis=0))

    def decided_first(self, program: LinearProgram) -> Integers:
        """Columns of a future's program that are decided before anything is known."""
        return np.flatnonzero(np.isin(program.column_node, self.first))

    @cached_property
    def _worst(self) -> WorstFutures:
        return WorstFutures.of(self.tied, self.futures.probability, self.futures.case.settings.risk_share)

    @property
    def risk_column(self) -> Integers:
        """The column of what the worst futures earn at most, where risk counts; none else."""
        return self._worst.column[:1] if "_worst" in vars(self) else np.empty(0, dtype=np.int64)

    def weigh(self, weight: float) -> None:
        """Let the mean over the worst futures count beside the mean over all, in place of what counted before.

        Parameters
        ----------
        weight : float
            Its weight, in [0, 1].
        """
        # Rows of all that is paid in a future are long: they are written only where they are needed.
        if weight > 0.0 or "_worst" in vars(self):
            self._worst.weigh(weight)

    def solve(self, options: dict[str, Any], progress: Progress, program: LinearProgram | None = None) -> Solution:
        """Solve the one program, or another that was made of it or of one of its futures.

        Raises
        ------
        InfeasibleError, NumericalError, SolverError
            As for `plan`.
        """
        asked = program or self.program
        tiny = all(draft.program.column_count <= _TINY for draft in self.drafts)
        if tiny and options["solver"] == "auto" and not asked.integer.any():
            options = {**options, "solver": "simplex"}
        with in_words():
            return solve(asked, **options, progress=progress)

    def values(self, solution: Solution) -> Floats:
        """Present value of each future's money, shape (K,)."""
        return np.array(
            [
                worth @ solution.columns[columns]
                for worth, columns in zip(self.tied.worth, self.tied.columns, strict=True)
            ]
        )

    def of_future(self, solution: Solution, future: int) -> Solution:
        """What was solved, of one future; marginal values as they are once it is known to be it."""
        tied, program = self.tied, self.drafts[future].program
        columns, row = solution.columns[tied.columns[future]], tied.rows[future]
        there, dual = row >= 0, np.zeros(len(row))
        dual[there] = solution.row_dual[row[there]] / tied.chances[future][there]
        return dataclasses.replace(
            solution,
            objective=float(tied.worth[future] @ columns),
            columns=columns,
            row_activity=program.matrix() @ columns,
            row_dual=dual,
            corner=None,
            leaves=None,
        )

    def plans(
        self,
        solution: Solution,
        scaling: ScalingReport,
        options: Mapping[str, Any],
        size: Mapping[str, int],
        timings: Mapping[str, float],
    ) -> list[Plan]:
        """Say how the plan of each future is read back.

        Parameters
        ----------
        solution : Solution
            What was solved.
        scaling, options, size, timings
            As for `Plan.of`.

        Returns
        -------
        list of Plan, length K
        """
        return [
            Plan.of(case, Reader(draft, self.of_future(solution, number)), scaling, options, size, timings, name)
            for number, (name, case, draft) in enumerate(zip(self.futures.names, self.cases, self.drafts, strict=True))
        ]

    def signed(self, solution: Solution) -> dict[str, float]:
        """Agreements that are signed in some future though they need not be, each with the probability of that."""
        chance: dict[str, float] = {}
        for draft, columns, probability in zip(
            self.drafts, self.tied.columns, self.futures.probability.tolist(), strict=True
        ):
            option = (draft.network.case["agreements"]["status"] == "option").to_numpy()
            taken = option & (draft.signed.values(solution.columns[columns]) > 0.5)
            for place in np.flatnonzero(taken):
                name = draft.network.agreements[place]
                chance[name] = chance.get(name, 0.0) + probability
        return chance


def _tied(futures: Futures, drafts: tuple[Draft, ...], timeline: Timeline) -> Tied:
    """The programs of all futures as one."""
    apart = futures.told_apart(timeline)
    known = futures.known(timeline)
    new = apart == np.arange(len(futures))[:, None]
    nodes = tuple(
        f"{timeline.labels[step]}{', if ' + known[future][step] if known[future][step] else ''}"
        for future, step in np.argwhere(new).tolist()
    )
    try:
        return tie([draft.program for draft in drafts], apart, futures.probability, nodes)
    except ToldTooEarlyError as error:
        problems = futures.case.placed([_too_early(futures, error)])
        raise CaseError(problems, futures.case.settings.name) from None


def _too_early(futures: Futures, error: ToldTooEarlyError) -> Problem:
    """Say which edits change what happens before it is known, and what that is."""
    rule = rule_in_words(error.name)
    edits = futures.edits_apart(error.other, error.future)
    # The rule names the tables that it hangs on.
    edits = [edit for edit in edits if re.search(rf"\b{edit['table']}\b", rule)] or edits
    places = [edit[ROW] for edit in edits]
    told = [f"{edit['column']} of {edit['table']}" for edit in edits]
    if len(edits) > 1:
        told = [f"{what} (row {place})" for what, place in zip(told, places, strict=True)]
    started = re.fullmatch(r"start\[(.*),(.*)\]", error.name)
    differs = f"what is started of {started[1]} in {started[2]}, or what that costs: {error.name}" if started else rule
    mine, other = futures.names[error.future], futures.names[error.other]
    undated = sorted({edit["table"] for edit in edits if not TABLES[edit["table"]].dated})
    if undated:
        mend = (
            f"Rows of {' and '.join(undated)} hold on all days: change only what comes later, or a table whose rows"
            " hold from a day until the next"
        )
    else:
        mend = "Let the change hold from a later day (edits.from, branches.reveal_date)"
    return Problem(
        "edits",
        places[0] if len(places) == 1 else None,
        None,
        ", ".join(told) or None,
        f"what changes nothing as long as {other} and {mine} cannot be told apart; they differ in this: {differs}",
        mend,
    )


def _networks(cases: tuple[Case, ...], starts: tuple[Starts | None, ...], timeline: Timeline) -> tuple[Network, ...]:
    """Networks of similar cases, which share what is the same in them."""
    line, kept = Tree.line(timeline), Kept()
    return tuple(Network.of(case.known(), line, start, kept) for case, start in zip(cases, starts, strict=True))


def _expected(targets: list[Floats], futures: Futures, timeline: Timeline) -> tuple[Floats, ...]:
    """Targets as far as they can be known: in each bucket the mean of the futures that cannot be told apart in it."""
    first = targets[0]
    if all(target is first or np.array_equal(target, first) for target in targets):
        return tuple(targets)
    apart, chance = futures.told_apart(timeline), futures.probability
    every = np.stack(targets)
    mean = np.empty_like(every)
    for step in range(len(timeline)):
        of_class = apart[:, step]
        total = np.zeros((len(every), every.shape[1]))
        np.add.at(total, of_class, chance[:, None] * every[:, :, step])
        weight = np.bincount(of_class, chance, minlength=len(every))
        mean[:, :, step] = total[of_class] / weight[of_class][:, None]
    return tuple(mean)


def _aiming(networks: tuple[Network, ...], target: tuple[Floats, ...]) -> tuple[Network, ...]:
    """Networks with other safety stocks to aim at."""
    return tuple(
        network
        if network.stock_points.target is its
        else dataclasses.replace(network, stock_points=dataclasses.replace(network.stock_points, target=its))
        for network, its in zip(networks, target, strict=True)
    )


def launched(futures: Futures, say: Progress) -> tuple[Futures, tuple[Case, ...], tuple[Starts | None, ...]]:
    """Let the launch programmes of futures turn out with more or less luck.

    Parameters
    ----------
    futures : Futures
        The ways in which branches of the case can turn out.
    say : callable
        Is told what is going on.

    Returns
    -------
    futures : Futures
        The same with the luck of their launch programmes, K in all.
    cases : tuple of Case, length K
        The case of each.
    starts : tuple of Starts or None, length K
        When routes that wait for milestones start in it.

    Raises
    ------
    CaseError
        An outcome makes a mistake of the case.
    """
    drawn: dict[str, Levels] = {}
    levels, before = [], tuple(futures.cases())
    for case in before:
        waited = awaited(case)
        programme = case.digest_of(*PROGRAMME) if waited else ""
        if waited and programme not in drawn:
            say("drawing the start of production")
            drawn[programme] = _levels(case, waited, futures.case.settings.start_levels)
        levels.append(drawn[programme] if waited else None)
    luck = [its.starts if its else (None,) for its in levels]
    starts = tuple(start for its in luck for start in its)
    cases = tuple(case for case, its in zip(before, luck, strict=True) for _ in its)
    never = np.array(["NaT"], dtype="datetime64[D]")
    probability = [its.probability if its else np.ones(1) for its in levels]
    return futures.with_luck(probability, [its.known if its else never for its in levels]), cases, starts


def _levels(case: Case, waited: list[str], count: int) -> Levels:
    """Levels of luck of a launch programme."""
    # What it is compiled with takes a second to load.
    from coplant.launching import Levels, drawn_starts

    return Levels.of(case, drawn_starts(case, waited), count)
