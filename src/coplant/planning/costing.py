"""Costing: what goods cost, by moving weighted average."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from coplant.network import Network
from coplant.program.money import Floats


def average_cost(network: Network, started: Floats, extra: Floats, stock: Floats) -> Floats:
    """Moving weighted average cost of a unit at every stock point and node.

    What is available at a stock point in a node (stock brought forward, receipts, arrivals) costs what it cost to bring
    it there: material, conversion, fees per unit, transport. What leaves takes the mean cost with it. Opening stock and
    receipts count at the item's value. Stock points that feed each other within one node are solved together.

    Parameters
    ----------
    network : Network
        The network.
    started : ndarray, shape (J, N)
        Units started.
    extra : ndarray, shape (J, N)
        Money added per unit started: the activity's own cost and the fees that follow it.
    stock : ndarray, shape (S, N)
        Units in stock when each node closes.

    Returns
    -------
    ndarray, shape (S, N)
        Money per unit; the item's value where nothing is available.
    """
    tree, points, activities = network.tree, network.stock_points, network.activities
    count = len(points)
    cost = np.zeros((count, len(tree)))
    value_in, quantity_in = np.zeros((count, len(tree))), np.zeros((count, len(tree)))
    given = network.outputs.tocoo()
    point = np.zeros(len(activities), dtype=np.int64)
    point[given.col] = given.row
    days, which_lag = np.unique(activities.lead_time, return_inverse=True)
    lags = [tree.lag(float(one), network.case.settings.lag_rule).tocsr() for one in days]
    # Share of what is started at each node that arrives at it.
    at_once = np.stack([lag.diagonal() for lag in lags]) if lags else np.empty((0, len(tree)))
    inputs = network.inputs.T.tocsr()
    takes = np.diff(inputs.indptr) > 0
    identity = np.ones(count)
    for node in range(len(tree)):
        parent = int(tree.parent[node])
        forward = points.opening if parent < 0 else stock[:, parent]
        worth = points.value if parent < 0 else cost[:, parent]
        quantity = quantity_in[:, node] + forward + points.receipts[:, node]
        value = value_in[:, node] + forward * worth + points.receipts[:, node] * points.value
        active = np.flatnonzero(started[:, node] > 0.0)
        same = at_once[which_lag[active], node]
        here = active[same > 0.0]
        arriving = started[here, node] * same[same > 0.0]
        np.add.at(quantity, point[here], arriving * activities.good_share[here])
        np.add.at(value, point[here], arriving * extra[here, node])
        full = quantity > 1e-9 * max(float(quantity.max(initial=0.0)), 1.0)
        each, total = np.where(full, quantity, identity), np.where(full, value, points.value)
        if takes[here].any():
            passing = sparse.csr_array((arriving, (point[here], np.arange(len(here)))), shape=(count, len(here)))
            fed = sparse.diags_array(full.astype(np.float64)) @ (passing @ inputs[here])
            cost[:, node] = spsolve((sparse.diags_array(each) - fed).tocsc(), total)
        else:
            cost[:, node] = total / each
        batch = started[active, node] * ((inputs @ cost[:, node])[active] + extra[active, node])
        for number in np.unique(which_lag[active]):
            lag = lags[number]
            entries = slice(lag.indptr[node], lag.indptr[node + 1])
            later = lag.indices[entries] != node
            arrival, share = lag.indices[entries][later], lag.data[entries][later]
            hit = np.flatnonzero(which_lag[active] == number)
            where = (point[active[hit]][:, None], arrival)
            np.add.at(value_in, where, batch[hit][:, None] * share)
            good = started[active[hit], node] * activities.good_share[active[hit]]
            np.add.at(quantity_in, where, good[:, None] * share)
    return cost
