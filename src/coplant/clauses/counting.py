"""Counting within a basis: what has been counted so far at each node, or in each part of a statement."""

from __future__ import annotations

import numpy as np

from coplant.program.money import Floats, Integers
from coplant.timeline.calendar import Days
from coplant.tree import Tree, Windows


def running(windows: Windows) -> Windows:
    """Windows that close at every node on the way to a window's close: the count so far, one for each node."""
    order = np.lexsort((windows.node, windows.window))
    window, node, share = windows.window[order], windows.node[order], windows.share[order]
    keys, place = np.unique(np.stack([windows.span[window], node]), axis=1, return_index=True)
    starts = np.searchsorted(window, window[place], side="left")
    count = place - starts + 1
    member = np.repeat(np.arange(len(place)), count)
    entry = starts[member] + np.arange(len(member)) - np.repeat(np.cumsum(count) - count, count)
    return Windows(keys[0], keys[1], member, node[entry], share[entry])


def node_before(tree: Tree, counted: Windows) -> Integers:
    """The count at the node before in the same basis, -1 where a basis begins."""
    place = {(int(s), int(n)): k for k, (s, n) in enumerate(zip(counted.span, counted.closing, strict=True))}
    parent = tree.parent[counted.closing]
    return np.array(
        [place.get((int(s), int(p)), -1) for s, p in zip(counted.span, parent, strict=True)], dtype=np.int64
    )


def labels(tree: Tree, counted: Windows) -> tuple[str, ...]:
    """Names of counts: their node, with a number where it has several, as a quarter has of the basis month."""
    return tuple(f"{tree.labels[node]}{_ordinal(number, counted)}" for number, node in enumerate(counted.closing))


def _ordinal(number: int, counted: Windows) -> str:
    same = np.flatnonzero(counted.closing == counted.closing[number])
    return "" if len(same) == 1 else f".{int(np.flatnonzero(same == number)[0]) + 1}"


def counted_before(quantity: Floats, begin: Days, cells: Days) -> Floats:
    """What was counted before each cell within its basis.

    Parameters
    ----------
    quantity : ndarray, shape (C,)
        What is counted in each cell.
    begin : ndarray of datetime64[D]
        First day of each basis.
    cells : ndarray of datetime64[D], shape (C,)
        First day of each cell.
    """
    base = np.searchsorted(begin, cells, side="right")
    before = np.cumsum(quantity) - quantity
    return np.asarray(before - before[np.searchsorted(base, base, side="left")])
