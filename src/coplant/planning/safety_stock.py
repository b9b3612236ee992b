"""Safety stock: what should be in stock when a node closes."""

from __future__ import annotations

from coplant.planning.draft import Draft
from coplant.program import term


def safety_stock(draft: Draft) -> None:
    """Price stock below its target.

    ``safety_stock[s,n]``: I_{s,n} + below_{s,n} >= target_{s,n}, with below >= 0 [unit] charged at the penalty
    [money/unit/month] for the months of the node on the line ``below_safety_stock``, which is not cash.
    """
    network, program = draft.network, draft.program
    points = network.stock_points
    wanted = points.target > 0.0
    if not wanted.any():
        return
    axes = (points.labels, draft.tree.labels)
    below = program.columns("below", axes, where=wanted)
    cell = draft.cells(len(points))
    program.rows(
        "safety_stock",
        axes,
        [term(cell, draft.stock.index), term(cell, below.index)],
        lower=points.target,
        where=wanted,
    )
    program.money(
        "below_safety_stock",
        below.index,
        -points.penalty,
        draft.nodes,
        cash=False,
        tags=network.tags(points.item, points.site),
    )
