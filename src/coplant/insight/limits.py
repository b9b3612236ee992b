"""Limits of a plan that somebody could move: what each is on, its rows, and how a unit more of it moves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.network.activities import LANE
from coplant.planning.draft import Draft
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


def _named(draft: Draft, name: str) -> Iterator[tuple[int, str, Integers]]:
    """Number, label and rows at each node of each thing of a block; none where there is no such block."""
    block = draft.program.row_blocks.get(name)
    if block is None:
        return
    for number, label in enumerate(block.axes[0]):
        rows = block.index[number]
        if (rows >= 0).any():
            yield number, label, rows


def _allotments(draft: Draft) -> Iterator[Limit]:
    for number, name, rows in _named(draft, "allotment"):
        yield Limit("allotment", name, draft.network.activities.allotment == number, rows)


def _resources(draft: Draft) -> Iterator[Limit]:
    """Resources; a unit more of one lets the routes on it rise with it where they still rise."""
    network, loads = draft.network, draft.network.loads.tocoo()
    gates = {number: rows for number, _, rows in _named(draft, "launch_gate")}
    for number, name, rows in _named(draft, "capacity"):
        on = np.flatnonzero(loads.row == number)
        activities = np.zeros(len(network.activities), dtype=bool)
        activities[loads.col[on]] = True
        rising = [(gates[k], network.activities.open_share[loads.col[k]]) for k in on.tolist() if k in gates]
        yield Limit("capacity", name, activities, rows, tuple(rising))


def _ramps(draft: Draft) -> Iterator[Limit]:
    every, route = np.arange(len(draft.network.activities)), draft.network.loads.tocoo().col
    for number, name, rows in _named(draft, "launch_gate"):
        yield Limit("launch_gate", name, every == route[number], rows)


def _lanes(draft: Draft) -> Iterator[Limit]:
    activities = draft.network.activities
    for number, name, rows in _named(draft, "lane_capacity"):
        yield Limit("lane_capacity", name, (activities.kind == LANE) & (activities.row == number), rows)


def _agreements(draft: Draft) -> Iterator[Limit]:
    """What is reserved under agreements, or whether they are signed where nothing is."""
    activities, one = draft.network.activities, np.ones(len(draft.tree))
    for number, name in enumerate(draft.network.agreements):
        mine = activities.agreement == number
        reserved = draft.program.row_blocks.get(f"reservation/{name}")
        if reserved is not None:
            ramps = tuple((rows, one) for _, _, rows in _named(draft, f"reservation_ramp/{name}"))
            yield Limit("reservation", name, mine, reserved.index, ramps)
        for _, route, rows in _named(draft, f"signed_only/{name}"):
            this = np.arange(len(mine)) == activities.labels.index(route)
            yield Limit("signed_only", f"{name}, {route}", this, rows)


SET_IN = {
    "allotment": ("allotments", "allotment"),
    "capacity": ("resource_capacity", "resource"),
    "lane_capacity": ("lanes", "lane"),
    "launch_gate": ("routes", "route"),
    "reservation": ("reservations", "agreement"),
    "signed_only": ("agreements", "agreement"),
}
"""Table in which each kind of limit is set, and the column that names what it is on."""


def set_in(case: Case, constraint: str, thing: str) -> str:
    """Say in which rows of which table a limit is set, as changes of a case name them: ``allotments[mcu]``.

    Parameters
    ----------
    case : Case
        The case.
    constraint, thing : str
        Kind of limit, and what it is on.
    """
    table, column = SET_IN[constraint]
    # A ramp is on a route and a resource, and a signature on an agreement and a route.
    name = thing.rpartition(",")[0] if constraint == "launch_gate" else thing.partition(", ")[0]
    return f"{table}[{name}]" if (case[table][column] == name).any() else table
