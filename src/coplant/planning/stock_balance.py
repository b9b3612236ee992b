"""Stock balances: what comes in, goes out and stays at every stock point."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import Term, term


def stock_balance(draft: Draft) -> None:
    """Close the balance of every stock point s at every node n.

    ``stock_balance[s,n]``:

        I_{s,a(n)} + sum_j sum_{m on path(n)} L_j[t(m),t(n)] E_{s,j} x_{j,m} + receipts_{s,n}
        - sum_j U_{s,j} x_{j,n} - sum_{d at s} sold_{d,n} - scrapped_{s,n} - I_{s,n} = 0

    with I stock [unit], x units started, E units given per unit started (good share), U units taken per unit started,
    L the lag matrix of the activity's lead time [share], a(n) the node before. The dual is the value of one more unit
    in stock at the node.
    """
    network, program, tree = draft.network, draft.program, draft.tree
    points = network.stock_points
    cell = draft.cells(len(points))
    known = points.receipts.copy()
    root = np.flatnonzero(tree.parent < 0)
    known[:, root] += points.opening[:, None]
    later = np.flatnonzero(tree.parent >= 0)
    sold_at = network.demands.stock_point
    terms = [
        term(cell[:, later], draft.stock.index[:, tree.parent[later]]),
        *arrivals(draft),
        departures(draft),
        term(cell[sold_at], draft.sold.index, -1.0),
        term(cell, draft.scrapped.index, -1.0),
        term(cell, draft.stock.index, -1.0),
    ]
    program.rows("stock_balance", (points.labels, tree.labels), terms, lower=-known, upper=-known)
    _hold(draft)


def arrivals(draft: Draft) -> list[Term]:
    """What activities give to stock points, one term for each lead time."""
    network, tree = draft.network, draft.tree
    given = network.outputs.tocoo()
    cell = draft.cells(len(network.stock_points))
    lead_time = network.activities.lead_time[given.col]
    terms = []
    for days in np.unique(lead_time):
        lag = tree.lag(float(days), network.case.settings.lag_rule).tocoo()
        which = np.flatnonzero(lead_time == days)
        point, activity = given.row[which], given.col[which]
        terms.append(
            term(
                cell[point][:, lag.col],
                draft.start.index[activity[:, None], lag.row],
                given.data[which][:, None] * lag.data,
            )
        )
    return terms


def departures(draft: Draft) -> Term:
    """What activities take from stock points as they start."""
    taken = draft.network.inputs.tocoo()
    return term(
        draft.cells(len(draft.network.stock_points))[taken.row],
        draft.start.index[taken.col],
        -taken.data[:, None],
    )


def _hold(draft: Draft) -> None:
    """Charge holding on the mean of opening and closing stock: value x rate x years x (I_{a(n)} + I_n) / 2."""
    network, tree = draft.network, draft.tree
    points = network.stock_points
    rate = (points.value * points.holding_rate)[:, None] * tree.timeline.years[tree.bucket] / 2.0
    tags = network.tags(points.item, points.site)
    later = np.flatnonzero(tree.parent >= 0)
    root = np.flatnonzero(tree.parent < 0)
    draft.program.money("holding", draft.stock.index, -rate, draft.nodes, tags=tags)
    draft.program.money("holding", draft.stock.index[:, tree.parent[later]], -rate[:, later], later, tags=tags)
    if (points.opening[:, None] * rate).any():
        opening = -points.opening[:, None] * rate[:, root]
        draft.program.money("holding", draft.program.constant(), opening, root, tags=tags)
