"""What is uncertain: the ways in which things can turn out, and what is known of them when.

A future is one way in which all branches that arise turn out. It has a case of its own: that which was read, with what
its outcomes change. Two futures cannot be told apart in a bucket as long as no outcome by which they differ is known.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import TopologicalSorter
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.rules.futures import LUCK
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES
from coplant.timeline import Timeline
from coplant.timeline.calendar import Days, Floats
from coplant.tree.editing import Edit, edited, edits_of
from coplant.tree.scenario import Integers
from coplant.tree.words import joined

_START = "start {level} of {levels}"
"""What the levels of the launch programme's luck are called."""


class Outcome(NamedTuple):
    """How a branch turns out."""

    branch: str
    outcome: str
    probability: float
    """Where it is open how the branch turns out."""
    known: np.datetime64
    """First day on which it is known."""


@dataclass(frozen=True, eq=False)
class Futures:
    """The K ways in which things can turn out.

    Parameters
    ----------
    case : Case
        The case whose branches they are.
    outcomes : tuple of tuple of Outcome, length K
        How the branches that arise turn out in each, by the day on which that is known.
    foreseen : frozenset of str
        Branches of which it is known from the first day how they turn out.
    """

    case: Case
    outcomes: tuple[tuple[Outcome, ...], ...]
    foreseen: frozenset[str] = frozenset()
    given: Floats | None = None
    """Probability of each where it is not what that of its outcomes comes to, shape (K,)."""

    @classmethod
    def of(cls, case: Case, foreseen: Collection[str] = ()) -> Futures:
        """Read what is uncertain in a case; a case without branches has one future.

        Parameters
        ----------
        case : Case
            The case.
        foreseen : collection of str
            Branches of which it is known from the first day how they turn out.

        Raises
        ------
        ValueError
            There is no branch of such a name.
        """
        known = {*case["branches"]["branch"], *([LUCK] if case.settings.start_levels > 1 else [])}
        unknown = set(foreseen) - known
        if unknown:
            raise ValueError(f"there is no branch {', '.join(sorted(unknown))}")
        after = dict(case["branches"].select("branch", "after").rows())
        every: list[tuple[Outcome, ...]] = [()]
        for branch in _in_order(after, dict(case["branches"].select("outcome", "branch").rows())):
            ways, raised_by = _ways(case, branch), after[branch]
            every = [
                (*future, *way)
                for future in every
                for way in (ways if raised_by is None or raised_by in _names(future) else [()])
            ]
        outcomes = tuple(tuple(sorted(future, key=lambda one: one.known)) for future in every)
        return cls(case, outcomes, frozenset(foreseen))

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def branches(self) -> tuple[str, ...]:
        """Branches that arise in any of them."""
        return tuple(dict.fromkeys(one.branch for future in self.outcomes for one in future))

    def only(self, members: Integers, probability: Floats | None = None) -> Futures:
        """Some of them.

        Parameters
        ----------
        members : ndarray of int, shape (M,)
            Which.
        probability : ndarray, shape (M,), optional
            Their probabilities, if other than what they are.
        """
        given = self.probability[members] if probability is None else probability
        return Futures(self.case, tuple(self.outcomes[k] for k in members), self.foreseen, given)

    def in_pairs(self) -> Integers:
        """Find some futures in which every two outcomes that can come together do.

        Returns
        -------
        ndarray of int, shape (M,)
            Which; the first in which two outcomes come together is one of them.
        """
        seen: set[tuple[tuple[str, str], ...]] = set()
        found = []
        for number, future in enumerate(self.outcomes):
            names = sorted(map(_key, future))
            pairs = {*itertools.combinations(names, 2), *((name,) for name in names)}
            if not pairs <= seen:
                seen |= pairs
                found.append(number)
        return np.array(found, dtype=np.int64)

    def with_luck(self, probability: Sequence[Floats], known: Sequence[Days]) -> Futures:
        """Let the launch programme of each future turn out with more or less luck.

        A level of luck is known once production starts on it: by then it can be told from all that start later.

        Parameters
        ----------
        probability : sequence of ndarray, length K
            For each future the probabilities of its levels; one level is no luck.
        known : sequence of ndarray of datetime64[D], length K
            Day on which production starts on each of them.

        Returns
        -------
        Futures
            For each future so far, one for each of its levels, in order.
        """
        outcomes = [
            (*future, Outcome(LUCK, _START.format(level=level + 1, levels=len(days)), chance, day))
            if len(days) > 1
            else future
            for future, chances, days in zip(self.outcomes, probability, known, strict=True)
            for level, (chance, day) in enumerate(zip(chances.tolist(), days, strict=True))
        ]
        return Futures(self.case, tuple(tuple(sorted(one, key=lambda it: it.known)) for one in outcomes), self.foreseen)

    @cached_property
    def probability(self) -> Floats:
        """Probability of each, shape (K,)."""
        if self.given is not None:
            return self.given
        return np.array([np.prod([one.probability for one in future]) for future in self.outcomes])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each is called: its outcomes, as they become known; the case's own name where there is one future."""
        return tuple(joined(_names(future)) or self.case.settings.name for future in self.outcomes)

    def titled(self, outcomes: Iterable[str]) -> str:
        """Titles of outcomes, or their names where they have none, with commas between."""
        return joined(self._titles.get(outcome) or outcome for outcome in outcomes)

    @cached_property
    def _titles(self) -> dict[str, str | None]:
        return dict(self.case["branches"].select("outcome", "title").iter_rows())

    @cached_property
    def likeliest(self) -> int:
        """The future in which every branch turns out as is most likely; the first in the table where some are alike."""
        most: dict[str, Outcome] = {}
        for future in self.outcomes:
            for one in future:
                if one.branch not in most or one.probability > most[one.branch].probability:
                    most[one.branch] = one
        return next(k for k, future in enumerate(self.outcomes) if all(most[one.branch] == one for one in future))

    @property
    def known_dates(self) -> Days:
        """Days on which anything becomes known, luck included, ascending."""
        return np.unique(np.array([one.known for future in self.outcomes for one in future], dtype="datetime64[D]"))

    @property
    def reveal_dates(self) -> Days:
        """Days on which outcomes of the case's branches become known, ascending."""
        days = [one.known for future in self.outcomes for one in future if one.branch != LUCK]
        return np.unique(np.array(days, dtype="datetime64[D]"))

    def told_apart(self, timeline: Timeline) -> Integers:
        """See which futures cannot be told apart yet.

        Parameters
        ----------
        timeline : Timeline
            Buckets; what becomes known within one is known from its start, but nothing is in the first.

        Returns
        -------
        ndarray of int64, shape (K, T)
            For each future and bucket the first of those that it cannot be told from in it.
        """
        place = {key: number for number, key in enumerate(sorted({_key(one) for f in self.outcomes for one in f}))}
        branches = sorted({one.branch for future in self.outcomes for one in future})
        # How each branch turns out and from which bucket on that is known; nothing where it does not arise.
        turned = np.full((len(self), len(branches)), -1)
        known = np.full((len(self), len(branches)), len(timeline))
        for number, future in enumerate(self.outcomes):
            for one in future:
                column = branches.index(one.branch)
                turned[number, column] = place[_key(one)]
                known[number, column] = self._step(one, timeline)
        first = np.empty((len(self), len(timeline)), dtype=np.int64)
        for step in range(len(timeline)):
            seen = np.where(known <= step, turned, -1)
            _, index, inverse = np.unique(seen, axis=0, return_index=True, return_inverse=True)
            first[:, step] = index[inverse.reshape(-1)]
        return first

    def _step(self, outcome: Outcome, timeline: Timeline) -> int:
        """Bucket from which on an outcome is known."""
        return 0 if outcome.branch in self.foreseen else max(timeline.bucket_of(outcome.known), 1)

    def known(self, timeline: Timeline) -> list[list[str]]:
        """What is known of each future in each bucket: its outcomes by then, with commas between.

        Parameters
        ----------
        timeline : Timeline
            Buckets; what becomes known within one is known from its start.
        """
        step = {one: self._step(one, timeline) for future in self.outcomes for one in future}
        return [
            [joined(one.outcome for one in future if step[one] <= bucket) for bucket in range(len(timeline))]
            for future in self.outcomes
        ]

    def edits_apart(self, one: int, other: int) -> list[Edit]:
        """Edits of the outcomes by which two futures differ; of tables whose rows hold on all days if there are such.

        Parameters
        ----------
        one, other : int
            The two futures.
        """
        names = set(_names(self.outcomes[one])) ^ set(_names(self.outcomes[other]))
        edits = [edit for outcome, its in edits_of(self.case).items() if outcome in names for edit in its]
        return [edit for edit in edits if not TABLES[edit["table"]].dated] or edits

    def cases(self) -> Iterator[Case]:
        """Each future's case, one after another: nothing in it is uncertain, so that it has no branches and no edits.

        Raises
        ------
        CaseError
            What outcomes change makes mistakes of the case: all of them, each with the first future in which it is one
            and the edits that it comes from.
        """
        certain, edits = self.case.as_it_stands(), edits_of(self.case)
        # Futures that differ only by what changes nothing have the same case.
        changing = [
            tuple((one.outcome, one.known) for one in future if one.branch != LUCK and one.outcome in edits)
            for future in self.outcomes
        ]
        first: dict[tuple[tuple[str, np.datetime64], ...], str] = {}
        for way, name in zip(changing, self.names, strict=True):
            first.setdefault(way, name)
        made: dict[tuple[tuple[str, np.datetime64], ...], Case] = {}
        wrong: dict[str, CaseError] = {}
        for way, name in first.items():
            try:
                made[way] = edited(certain, edits, way, name)
            except CaseError as error:
                wrong[name] = error
        if wrong:
            every = _all_of(wrong, certain.settings.name)
            raise CaseError(self.case.placed(every.problems), every.origin)
        return iter([made[way] for way in changing])


def started(outcome: str) -> dict[str, int]:
    """Read of an outcome of the launch programme's luck which ``level`` it is, of how many ``levels``."""
    _, level, _, levels = outcome.split()
    return {"level": int(level), "levels": int(levels)}


def _names(future: tuple[Outcome, ...]) -> list[str]:
    return [one.outcome for one in future]


def _key(outcome: Outcome) -> tuple[str, str]:
    return outcome.branch, outcome.outcome


def _all_of(wrong: dict[str, CaseError], name: str) -> CaseError:
    """The mistakes of several futures as one error."""
    if len(wrong) == 1:
        return next(iter(wrong.values()))
    first: dict[tuple[object, ...], tuple[Problem, str]] = {}
    for future, error in wrong.items():
        for problem in error.problems:
            # Where other outcomes change the same number it is another mistake of the same cell.
            told = problem.value if problem.row is None else None
            place = (problem.table, problem.row, problem.column, problem.expected, told)
            first.setdefault(place, (problem, future))
    problems = [replace(problem, expected=f"{problem.expected}, if {future}") for problem, future in first.values()]
    return CaseError(problems, name)


def _ways(case: Case, branch: str) -> list[tuple[Outcome]]:
    """The ways in which a branch can turn out."""
    rows = case["branches"].filter(pl.col("branch") == branch)
    share = rows["probability"] / rows["probability"].sum()
    known = rows["reveal_date"].to_numpy().astype("datetime64[D]")
    return [
        (Outcome(branch, outcome, probability, day),)
        for outcome, probability, day in zip(rows["outcome"], share, known, strict=True)
        if probability > 0.0
    ]


def _in_order(after: dict[str, str | None], branch_of: dict[str, str]) -> list[str]:
    """Branches, each after that whose outcome raises its question."""
    before = {branch: {branch_of[outcome]} if outcome is not None else set() for branch, outcome in after.items()}
    return list(TopologicalSorter(before).static_order())
