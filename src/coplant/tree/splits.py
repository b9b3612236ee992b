"""Where futures part: what becomes known on a day, and in which ways that can turn out."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from coplant.timeline.calendar import Days, Floats
from coplant.tree.futures import Futures, Outcome
from coplant.tree.scenario import Integers


class Way(NamedTuple):
    """One way in which things turn out on a day."""

    outcomes: tuple[Outcome, ...]
    """What becomes known; nothing where none of what others learn."""
    share: float
    """Its probability where it is open."""
    futures: Integers
    """The futures in which it is so."""
    then: Split | None
    """Where these part next."""


class Split(NamedTuple):
    """Where futures that could not be told apart part."""

    day: np.datetime64
    """First day on which they can be told apart, or on which something more is known of all of them."""
    ways: tuple[Way, ...]
    """The ways in which things turn out."""


def first_split(futures: Futures) -> Split | None:
    """Return where the futures of a case part first; nothing where there is one of which nothing becomes known.

    Parameters
    ----------
    futures : Futures
        The futures.
    """
    days = futures.known_dates
    place = {day: step for step, day in enumerate(days)}
    known = np.zeros((len(futures), len(days)), dtype=np.int64)
    news: dict[tuple[Outcome, ...], int] = {(): 0}
    for number, future in enumerate(futures.outcomes):
        for day, outcomes in itertools.groupby(future, key=lambda one: one.known):
            known[number, place[day]] = news.setdefault(tuple(outcomes), len(news))
    return _Parting(futures.probability, days, known, tuple(news)).split(np.arange(len(futures)), 0)


class _Parting(NamedTuple):
    """What it takes to part futures."""

    probability: Floats
    days: Days
    """Days on which anything becomes known."""
    known: Integers
    """What becomes known in each future on each of them, by its place in the news."""
    news: tuple[tuple[Outcome, ...], ...]

    def split(self, members: Integers, step: int) -> Split | None:
        """Where some futures part, from one of the days on."""
        if step == len(self.days):
            return None
        known = self.known[members, step]
        ways, first, way = np.unique(known, return_index=True, return_inverse=True)
        if len(ways) == 1 and not ways[0]:
            return self.split(members, step + 1)
        total = self.probability[members].sum()
        parts = [(self.news[ways[k]], members[way == k]) for k in np.argsort(first)]
        return Split(
            self.days[step],
            tuple(
                Way(outcomes, float(self.probability[its].sum() / total), its, self.split(its, step + 1))
                for outcomes, its in parts
            ),
        )
