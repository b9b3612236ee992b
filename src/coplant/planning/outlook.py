"""Outlook: a program for each future of a case, and all of them tied together as one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coplant.case import Case
from coplant.case.reads import Kept
from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.bounds import Room
from coplant.planning.draft import Draft
from coplant.planning.formulation import formulate, in_words
from coplant.planning.plan import Progress, awaited, check_sellable
from coplant.planning.risk import WorstFutures
from coplant.program import LinearProgram, Solution, solve
from coplant.program.money import Floats, Integers
from coplant.program.tying import Tied, ToldTooEarlyError, tie
from coplant.timeline import Timeline
from coplant.tree import Tree
from coplant.tree.futures import Futures

PROGRAMME = (
    "calendars", "holidays", "activities", "links", "observations", "drivers", "driven", "events", "know_how", "teams",
    "assignments", "milestones", "advisory_effects", "agreements", "advisory", "routes", "case",
)  # fmt: skip
"""Tables on which the start of production hangs."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """All futures of a case, written as programs.

    Parameters
    ----------
    futures : Futures
        The K ways in which things can turn out.
    timeline : Timeline
        The buckets; one begins on each day on which something becomes known.
    cases : tuple of Case, length K
        The case of each.
    drafts : tuple of Draft, length K
        The program of each, as if it were the only one.
    room : Room
        Bounds by which binaries are sized in all of them.
    tied : Tied
        The programs as one.
    starts_of : callable
        When milestones are reached in the mean, in a case.
    """

    futures: Futures
    timeline: Timeline
    cases: tuple[Case, ...]
    drafts: tuple[Draft, ...]
    room: Room
    tied: Tied
    starts_of: Callable[[Case], Starts | None]

    @classmethod
    def of(cls, case: Case, foreseen: Collection[str] = (), progress: Progress | None = None) -> Outlook:
        """Write the futures of a case as programs.

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
            Nothing could be sold, an outcome makes a mistake of the case, or one changes what happens before it is
            known.
        """
        check_sellable(case)
        say = progress or (lambda _: None)
        futures, starts_of = Futures.of(case, foreseen), _mean_starts(say)
        settings = case.settings
        timeline = Timeline.of(settings.start, settings.buckets).split(futures.reveal_dates)
        say(f"laying out {len(futures):,} futures")
        cases, line, kept = tuple(futures.cases()), Tree.line(timeline), Kept()
        networks = [Network.of(its.known(), line, starts_of(its), kept) for its in cases]
        room = Room.widest(map(Room.of, networks))
        say("writing the program")
        with in_words():
            drafts = tuple(formulate(network, room) for network in networks)
        return cls(futures, timeline, cases, drafts, room, _tied(futures, drafts, timeline), starts_of)

    def foreseeing(self, branches: Collection[str]) -> Outlook:
        """The same futures, told apart from the first day as far as some branches tell them apart.

        Parameters
        ----------
        branches : collection of str
            The branches.
        """
        futures = Futures.of(self.futures.case, branches)
        return dataclasses.replace(self, futures=futures, tied=_tied(futures, self.drafts, self.timeline))

    def draft_of(self, case: Case) -> Draft:
        """Write another case, of which all is certain, on the same buckets.

        Parameters
        ----------
        case : Case
            The case.
        """
        network = Network.of(case.known(), Tree.line(self.timeline), self.starts_of(case))
        with in_words():
            return formulate(network, Room.widest([self.room, Room.of(network)]))

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
        programs = [draft.program for draft in self.drafts]
        return WorstFutures.of(self.tied, programs, self.futures.probability, self.futures.case.settings.risk_share)

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
        with in_words():
            return solve(program or self.program, **options, progress=progress)

    def values(self, solution: Solution) -> Floats:
        """Present value of each future's money, shape (K,)."""
        return np.array(
            [
                draft.program.worth() @ solution.columns[columns]
                for draft, columns in zip(self.drafts, self.tied.columns, strict=True)
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
            objective=float(program.worth() @ columns),
            columns=columns,
            row_activity=program.matrix() @ columns,
            row_dual=dual,
        )

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
        mine, other = futures.names[error.future], futures.names[error.other]
        expected = f"the same if {other} and if {mine}, as long as the two cannot be told apart"
        mend = "Let what an outcome changes hold from the day on which it is known (edits.from, branches.reveal_date)"
        raise CaseError(
            [Problem("edits", None, None, error.name, expected, mend)], futures.case.settings.name
        ) from None


def _mean_starts(say: Progress) -> Callable[[Case], Starts | None]:
    """When milestones are reached in the mean; drawn once for cases with the same programme."""
    drawn: dict[str, Starts] = {}

    def starts_of(case: Case) -> Starts | None:
        waited = awaited(case)
        if not waited:
            return None
        # What it is compiled with takes a second to load.
        from coplant.launching import Branches, drawn_starts

        programme = case.digest_of(*PROGRAMME)
        if programme not in drawn:
            say("drawing the start of production")
            drawn[programme] = Branches.of(case, drawn_starts(case, waited), 1).starts
        return drawn[programme]

    return starts_of
