"""The distribution of the start of production as a few branches that a plan can decide on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.network.starts import Starts
from coplant.timeline import Timeline
from coplant.timeline.calendar import Days, Floats
from coplant.tree import Tree

TAIL = 0.1
"""Probability of the earliest and of the latest branch, where there are three or more."""


@dataclass(frozen=True, eq=False)
class Branches:
    """K levels of luck: on each the day of every milestone.

    A level is a part of the samples: for every milestone those between the same two probabilities. It stands for their
    mean, so that the mean of a milestone's day is kept whatever K; the earliest and the latest level are a tenth of the
    samples each, so that the tails are kept apart. Milestones share their luck.

    Parameters
    ----------
    probability : ndarray, shape (K,)
        Probability of each.
    starts : Starts
        First day after each milestone, ascending.
    """

    probability: Floats
    starts: Starts

    @classmethod
    def of(cls, case: Case, drawn: Mapping[str, Days], count: int) -> Branches:
        """Cut the samples of a launch.

        Parameters
        ----------
        case : Case
            The case.
        drawn : mapping of str to ndarray of datetime64[D], shape (N,)
            First day after each milestone that matters in each sample; those with a date are the same on all branches.
        count : int
            How many branches.

        Raises
        ------
        ValueError
            There are no branches, or more than samples.
        """
        samples = min(map(len, drawn.values()))
        if not 1 <= count <= samples:
            raise ValueError(f"branches is {count}; there can be 1 to {samples}, one for each sample at most")
        inner = [(1.0 - 2 * TAIL) / (count - 2)] * (count - 2) if count > 2 else []
        probability = np.array([TAIL, *inner, TAIL] if inner else [1.0 / count] * count)
        cuts = np.rint(np.cumsum(probability) * samples).astype(np.int64)[:-1]
        levels = {milestone: _levels(days, cuts) for milestone, days in drawn.items()}
        return cls(probability, Starts({**Starts.dated(case).day, **levels}))

    def on(self, timeline: Timeline) -> tuple[Tree, Starts]:
        """Let the branches part when production starts on them.

        A branch parts from later ones at the start of the bucket in which the first of its milestones falls. In the
        first bucket nothing is known, so that nothing starts in it on one branch only.

        Returns
        -------
        tree : Tree
            The tree.
        starts : Starts
            When routes start on each of its branches.
        """
        count = len(self.probability)
        if count == 1:
            return Tree.line(timeline), self.starts
        later = {name: np.maximum(day, timeline.bounds[1]) if len(day) == count else day
                 for name, day in self.starts.day.items()}  # fmt: skip
        first = np.min(np.stack([day for day in later.values() if len(day) == count]), axis=0)
        buckets = [max(timeline.bucket_of(day), 1) for day in first[:-1]]
        return Tree.revealing(timeline, buckets, self.probability.tolist()), Starts(later)


def _levels(days: Days, cuts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Days:
    """Mean day of each part of some days in order."""
    parts = np.split(np.sort(days).astype(np.int64), cuts)
    return np.array([np.rint(part.mean()) for part in parts]).astype(np.int64).astype("datetime64[D]")
