"""Limits of a plan that somebody could move: what each is on, its rows, and how a unit more of it moves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coplant.network.activities import LANE
from coplant.planning.draft import Draft
from coplant.program.linear import Rows
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.ranging import Move


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit on some activities, with a row for each node in which it counts.

    Parameters
    ----------
    constraint : str
        Family of its rows: ``allotment``, ``capacity``, ``lane_capacity``, ``launch_gate``, ``reservation`` or
        ``signed_only``.
    thing : str
        The allotment, resource, lane, agreement, or route and resource that it is on.
    activities : ndarray of bool, shape (J,)
        What it limits.
    rows : ndarray of int, shape (N,)
        Its row at each node, -1 where there is none.
    with_it : tuple of (ndarray of int, ndarray), each shape (N,)
        Rows that move with it at each node, and by how much for a unit.
    """

    constraint: str
    thing: str
    activities: Booleans
    rows: Integers
    with_it: tuple[tuple[Integers, Floats], ...] = ()

    def move(self, by: Floats) -> Move:
        """Move it at some nodes.

        Parameters
        ----------
        by : ndarray, shape (N,)
            By how much for a unit of the move.
        """
        every = [(self.rows, np.ones(len(by))), *self.with_it]
        rows = np.concatenate([row for row, _ in every])
        amounts = np.concatenate([by * share for _, share in every])
        kept = (rows >= 0) & (amounts != 0.0)
        return Move.of_rows(rows[kept], amounts[kept])

    @property
    def all_rows(self) -> Integers:
        """Its rows and those that move with it, at all nodes."""
        rows = np.concatenate([self.rows, *(row for row, _ in self.with_it)])
        return rows[rows >= 0]


def limits_of(draft: Draft) -> list[Limit]:
    """Every limit of a draft that somebody could move."""
    return [*_allotments(draft), *_resources(draft), *_ramps(draft), *_lanes(draft), *_agreements(draft)]


def _rows(draft: Draft, name: str) -> Rows | None:
    return draft.program.row_blocks.get(name)


def _allotments(draft: Draft) -> Iterator[Limit]:
    block = _rows(draft, "allotment")
    for number, name in enumerate(block.axes[0] if block else ()):
        yield Limit("allotment", name, draft.network.activities.allotment == number, block.index[number])


def _resources(draft: Draft) -> Iterator[Limit]:
    """Resources; a unit more of one lets the routes on it rise with it where they still rise."""
    network, block, gates = draft.network, _rows(draft, "capacity"), _rows(draft, "launch_gate")
    loads = network.loads.tocoo()
    for number, name in enumerate(block.axes[0] if block else ()):
        on = np.flatnonzero(loads.row == number)
        activities = np.zeros(len(network.activities), dtype=bool)
        activities[loads.col[on]] = True
        rising = [(gates.index[k], network.activities.open_share[loads.col[k]]) for k in on] if gates else []
        yield Limit("capacity", name, activities, block.index[number], tuple(rising))


def _ramps(draft: Draft) -> Iterator[Limit]:
    network, block = draft.network, _rows(draft, "launch_gate")
    loads = network.loads.tocoo()
    for number, name in enumerate(block.axes[0] if block else ()):
        if (block.index[number] >= 0).any():
            activities = np.arange(len(network.activities)) == loads.col[number]
            yield Limit("launch_gate", name, activities, block.index[number])


def _lanes(draft: Draft) -> Iterator[Limit]:
    network, block = draft.network, _rows(draft, "lane_capacity")
    moves = network.activities.kind == LANE
    for number, name in enumerate(block.axes[0] if block else ()):
        if (block.index[number] >= 0).any():
            yield Limit("lane_capacity", name, moves & (network.activities.row == number), block.index[number])


def _agreements(draft: Draft) -> Iterator[Limit]:
    """What is reserved under agreements, or whether they are signed where nothing is."""
    network = draft.network
    for number, name in enumerate(network.agreements):
        activities = network.activities.agreement == number
        reserved, ramp, only = (_rows(draft, f"{clause}/{name}") for clause in _OF_AGREEMENT)
        if reserved is not None:
            one = np.ones(len(draft.tree))
            rising = tuple((row, one) for row in ramp.index) if ramp is not None else ()
            yield Limit("reservation", name, activities, reserved.index, rising)
        elif only is not None:
            for route, row in zip(only.axes[0], only.index, strict=True):
                place = network.activities.labels.index(route)
                yield Limit("signed_only", f"{name}, {route}", np.arange(len(activities)) == place, row)


_OF_AGREEMENT = ("reservation", "reservation_ramp", "signed_only")
