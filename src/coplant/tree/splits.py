"""Where futures part: what becomes known on a day, and in which ways that can turn out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

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
    return _split(futures, np.arange(len(futures)), 0)


def _split(futures: Futures, members: Integers, step: int) -> Split | None:
    """Where some futures part, from one of the days on which anything becomes known."""
    days = futures.known_dates
    if step == len(days):
        return None
    known = [tuple(one for one in futures.outcomes[k] if one.known == days[step]) for k in members]
    ways = list(dict.fromkeys(known))
    if len(ways) == 1 and not ways[0]:
        return _split(futures, members, step + 1)
    total = futures.probability[members].sum()
    parts = [(way, members[[one == way for one in known]]) for way in ways]
    return Split(
        days[step],
        tuple(
            Way(way, float(futures.probability[its].sum() / total), its, _split(futures, its, step + 1))
            for way, its in parts
        ),
    )
