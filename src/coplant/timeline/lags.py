"""Lead times as lag matrices: when what is started in a bucket arrives."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from coplant.timeline.calendar import Days


def lag_matrix(bounds: Days, days: float, rule: str = "exact") -> sparse.csr_array:
    """Share of what starts in one bucket that arrives in another.

    With the rule ``exact`` starts are spread evenly over their bucket, so that
    L[t, u] = |[b_t + l, b_{t+1} + l) ∩ [b_u, b_{u+1})| / d_t: exact for buckets of any length, and the identity for a
    lead time of nothing. With the rule ``conservative`` the whole quantity arrives in the bucket of its last unit,
    so that a plan can be carried out day by day without running dry.

    Parameters
    ----------
    bounds : ndarray of datetime64[D], shape (T + 1,)
        First days of the buckets, and the day after the last.
    days : float
        Lead time l, not negative.
    rule : {"exact", "conservative"}
        How starts fall on buckets.

    Returns
    -------
    scipy.sparse.csr_array, shape (T, T)
        Upper triangular. A row sums to one, or to less where the rest arrives after the horizon.
    """
    edge = (bounds - bounds[0]).astype(np.float64)
    count = len(edge) - 1
    length = np.diff(edge)
    if rule == "conservative":
        # The last unit arrives just before edge[t + 1] + days.
        arrival = np.searchsorted(edge, edge[1:] + days, side="left") - 1
        start = np.flatnonzero(arrival < count)
        return sparse.csr_array((np.ones(len(start)), (start, arrival[start])), shape=(count, count))
    first = np.searchsorted(edge, edge[:-1] + days, side="right") - 1
    last = np.searchsorted(edge, edge[1:] + days, side="left")
    reach = np.maximum(np.minimum(last, count) - first, 0)
    start = np.repeat(np.arange(count), reach)
    arrival = first[start] + np.arange(len(start)) - np.repeat(np.cumsum(reach) - reach, reach)
    shared = np.minimum(edge[start + 1] + days, edge[arrival + 1]) - np.maximum(edge[start] + days, edge[arrival])
    return sparse.csr_array((shared / length[start], (start, arrival)), shape=(count, count))
