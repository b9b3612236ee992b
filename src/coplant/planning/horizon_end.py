"""The end of the horizon: what is left is valued."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft


def horizon_end(draft: Draft) -> None:
    """Value stock and goods under way at a share of their material cost, on the line ``stock_at_end``, which is not
    cash.

    For stock: value x end_value_share x I_leaf. For what is started and has not arrived: value x end_value_share of
    what it becomes x good units still under way. Money of the horizon's last day. Agreements that outlast the horizon
    add their remaining commitments in their clauses.
    """
    network, program, tree = draft.network, draft.program, draft.tree
    points = network.stock_points
    worth = points.value * points.end_value_share
    leaves = tree.leaves
    program.money(
        "stock_at_end",
        draft.stock.index[:, leaves],
        worth[:, None],
        leaves,
        cash=False,
        discount=draft.end_discount,
        tags=network.tags(points.item, points.site),
    )
    given = network.outputs.tocoo()
    lead_time = network.activities.lead_time[given.col]
    path = tree.path[leaves]
    for days in np.unique(lead_time[lead_time > 0.0]):
        lag = tree.lag(float(days), network.case.settings.lag_rule)
        which = np.flatnonzero((lead_time == days) & (worth[given.row] > 0.0))
        point, activity = given.row[which], given.col[which]
        for leaf, along in zip(leaves, path, strict=True):
            under_way = 1.0 - np.asarray(lag[along][:, along].sum(axis=1)).reshape(-1)
            late = np.flatnonzero(under_way > 1e-12)
            program.money(
                "stock_at_end",
                draft.start.index[activity][:, along[late]],
                (worth[point] * given.data[which])[:, None] * under_way[late],
                int(leaf),
                cash=False,
                discount=draft.end_discount,
                tags=network.tags(points.item[point], points.site[point]),
            )
