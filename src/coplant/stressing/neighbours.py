"""Which samples are alike, so that each is soon solved from where another ended."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special, stats

from coplant.program.money import Floats, Integers
from coplant.stressing.drawing import Draws

_APART = 10.0
"""How far apart, in standard deviations of a factor, futures of the tree are."""


def places_of(draws: Draws, future: Integers) -> Floats:
    """Places of samples, those that are alike near to each other: normal scores of what was drawn, by rank.

    Parameters
    ----------
    draws : Draws
        The N samples, of F factors.
    future : ndarray of int, shape (N,)
        The future of the tree that each draws.

    Returns
    -------
    ndarray, shape (N, F + 2)
        What is expected is at zero.
    """
    drawn = np.column_stack([draws.averages(), draws.luck])
    rank = stats.rankdata(drawn, axis=0)
    return np.column_stack([special.ndtri((rank - 0.5) / len(drawn)), _APART * future])


def neighbourhoods(places: Floats, size: int) -> list[Integers]:
    """Part points into groups of neighbours, by halves across the axis on which they differ most (Bentley, 1975).

    Parameters
    ----------
    places : ndarray, shape (N, D)
        Where the points are.
    size : int
        Points of a group; the last may have fewer.

    Returns
    -------
    list of ndarray of int
        Numbers of the points of each group.
    """

    def parted(points: Integers) -> Iterator[Integers]:
        if len(points) <= size:
            yield points
            return
        axis = int(np.argmax(places[points].var(axis=0)))
        points = points[np.argsort(places[points, axis], kind="stable")]
        half = -(-len(points) // size) // 2 * size
        yield from parted(points[:half])
        yield from parted(points[half:])

    return list(parted(np.arange(len(places))))


def nearest_first(places: Floats) -> list[tuple[int, int | None]]:
    """Put points into an order in which each is as near as can be to one before it (Prim, 1957).

    Parameters
    ----------
    places : ndarray, shape (N, D)
        Where the points are. The first is that which is nearest to zero.

    Returns
    -------
    list of (int, int or None)
        Number of each point, and of that before it to which it is nearest; the first has none.
    """
    first = int(np.argmin((places**2).sum(axis=1)))
    order: list[tuple[int, int | None]] = [(first, None)]
    open_ = np.ones(len(places), dtype=bool)
    nearest, distance = np.full(len(places), first), np.full(len(places), np.inf)
    for _ in range(len(places) - 1):
        last = order[-1][0]
        open_[last] = False
        away = ((places - places[last]) ** 2).sum(axis=1)
        nearest = np.where(away < distance, last, nearest)
        distance = np.minimum(distance, away)
        following = int(np.argmin(np.where(open_, distance, np.inf)))
        order.append((following, int(nearest[following])))
    return order
