"""The distribution of the start of production as a few levels of luck that a plan can decide on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.network.starts import Starts
from coplant.timeline.calendar import Days, Floats

TAIL = 0.1
"""Probability of the most and of the least lucky level, where there are three or more."""


@dataclass(frozen=True, eq=False)
class Levels:
    """L levels of luck: on each the day of every milestone.

    A level is a part of the samples: for every milestone those between the same two probabilities. It stands for their
    mean, so that the mean of a milestone's day is kept whatever L; the earliest and the latest level are a tenth of the
    samples each, so that the tails are kept apart. Milestones share their luck.

    Parameters
    ----------
    probability : ndarray, shape (L,)
        Probability of each.
    starts : tuple of Starts, length L
        First day after each milestone, the earliest first.
    known : ndarray of datetime64[D], shape (L,)
        The first of these days that comes by luck.
    """

    probability: Floats
    starts: tuple[Starts, ...]
    known: Days

    @classmethod
    def of(cls, case: Case, drawn: Mapping[str, Days], count: int) -> Levels:
        """Cut the samples of a launch.

        Parameters
        ----------
        case : Case
            The case.
        drawn : mapping of str to ndarray of datetime64[D], shape (N,)
            First day after each milestone that matters in each sample; at least one.
        count : int
            How many levels.

        Raises
        ------
        ValueError
            There are no levels, or more than samples.
        """
        samples = min(map(len, drawn.values()))
        if not 1 <= count <= samples:
            raise ValueError(f"levels are {count}; there can be 1 to {samples}, one for each sample at most")
        inner = [(1.0 - 2 * TAIL) / (count - 2)] * (count - 2) if count > 2 else []
        probability = np.array([TAIL, *inner, TAIL] if inner else [1.0 / count] * count)
        cuts = np.rint(np.cumsum(probability) * samples).astype(np.int64)[:-1]
        levels = {milestone: _means(days, cuts) for milestone, days in drawn.items()}
        dated = Starts.dated(case).day
        starts = tuple(Starts({**dated, **{name: day[k] for name, day in levels.items()}}) for k in range(count))
        return cls(probability, starts, np.min(np.stack(list(levels.values())), axis=0))


def _means(days: Days, cuts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Days:
    """Mean day of each part of some days in order."""
    parts = np.split(np.sort(days).astype(np.int64), cuts)
    return np.array([np.rint(part.mean()) for part in parts]).astype(np.int64).astype("datetime64[D]")
