"""Capacity: what resources and lanes can carry."""

from __future__ import annotations

import numpy as np

from coplant.network.activities import LANE
from coplant.planning.draft import Draft
from coplant.program import term


def capacity(draft: Draft) -> None:
    """Keep loads within capacity and overtime.

    ``capacity[r,n]``: sum_j R_{r,j} x_{j,n} - overtime_{r,n} <= capacity_{r,n}, with R the load per unit started
    [resource unit/unit] and overtime between 0 and its most, charged per resource unit. The dual is the value of one
    more unit of the resource.
    """
    network, program = draft.network, draft.program
    resources = network.resources
    axes = (resources.labels, draft.tree.labels)
    overtime = program.columns("overtime", axes, where=resources.overtime > 0.0, upper=resources.overtime)
    load = network.loads.tocoo()
    cell = draft.cells(len(resources.labels))
    loaded = np.zeros(cell.shape, dtype=bool)
    np.logical_or.at(loaded, load.row, draft.start.index[load.col] >= 0)
    program.rows(
        "capacity",
        axes,
        [term(cell[load.row], draft.start.index[load.col], load.data[:, None]), term(cell, overtime.index, -1.0)],
        upper=resources.capacity,
        where=loaded,
    )
    program.money(
        "overtime", overtime.index, -resources.overtime_cost, draft.nodes, tags={"site": resources.site[:, None]}
    )


def launch_gate(draft: Draft) -> None:
    """Let production rise from its start to the full rate.

    ``launch_gate[j,r,n]``: R_{r,j} x_{j,n} <= a_{j,n} (capacity_{r,n} + overtime_{r,n}) for each resource r that a
    route j loads, while the share a of the full rate, averaged over the days of the node, is below one. Before the
    start of production there is nothing to start. What an agreement reserves is gated in the same way by its clause.
    """
    network, program = draft.network, draft.program
    load = network.loads.tocoo()
    share = network.activities.open_share[load.col]
    rising = (share > 0.0) & (share < 1.0)
    if not rising.any():
        return
    labels = tuple(
        f"{network.activities.labels[j]},{network.resources.labels[r]}" for r, j in zip(load.row, load.col, strict=True)
    )
    cell = draft.cells(len(labels))
    overtime = program.column_blocks["overtime"].index[load.row]
    program.rows(
        "launch_gate",
        (labels, draft.tree.labels),
        [term(cell, draft.start.index[load.col], load.data[:, None]), term(cell, overtime, -share)],
        upper=share * network.resources.capacity[load.row],
        where=rising,
    )


def lane_capacity(draft: Draft) -> None:
    """Keep what leaves on a lane within its capacity, over all the items that it moves.

    ``lane_capacity[l,n]``: sum_{j of l} x_{j,n} <= capacity_{l,n} [unit].
    """
    network = draft.network
    lanes = network.lane_capacity
    limited = np.isfinite(lanes.quantity)
    if not limited.any():
        return
    moves = np.flatnonzero(network.activities.kind == LANE)
    cell = draft.cells(len(lanes.labels))
    draft.program.rows(
        "lane_capacity",
        (lanes.labels, draft.tree.labels),
        [term(cell[network.activities.row[moves]], draft.start.index[moves])],
        upper=lanes.quantity,
        where=limited,
    )
