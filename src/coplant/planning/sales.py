"""Sales: what is sold of what is asked for, who waits and who is lost."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import term


def sales(draft: Draft) -> None:
    """Account for every customer.

    ``sales[d,n]``: sold_{d,n} + waiting_{d,n} + lost_{d,n} - w_{d,n} waiting_{d,a(n)} = wanted_{d,n} + sum_i
    wanted_{d,i,n} o_{d,i}, with w the share of those who waited that still do [share: wait_share to the power of the
    node's months], and o_{d,i} one for the start of sale that starts sales (see `diffusion`). Those who stop waiting,
    and those who still wait at the end of the horizon, are charged as lost too. ``least_fill[d,n]``: sold_{d,n} >=
    least_fill x what is wanted in all. The dual of ``sales`` is the value of one more customer.

    Revenue is price x sold; a lost sale costs its penalty on the line ``lost_sale``, which is not cash.
    """
    network, program, tree = draft.network, draft.program, draft.tree
    demands = network.demands
    axes = (demands.labels, tree.labels)
    cell = draft.cells(len(demands))
    later = np.flatnonzero(tree.parent >= 0)
    parent = tree.parent[later]
    waited = draft.waiting.index[:, parent]
    asked = draft.sold.index >= 0
    starts = demands.diffusions
    spread = cell[starts.demand]
    opened = np.broadcast_to(draft.opened.index[:, None], spread.shape)
    program.rows(
        "sales",
        axes,
        [
            term(cell, draft.sold.index),
            term(cell, draft.waiting.index),
            term(cell, draft.lost.index),
            term(cell[:, later], waited, -demands.stay_share[:, later]),
            term(spread, opened, -starts.wanted),
        ],
        lower=demands.wanted,
        upper=demands.wanted,
        where=asked,
    )
    if (demands.least_fill > 0.0).any():
        program.rows(
            "least_fill",
            axes,
            [
                term(cell, draft.sold.index),
                term(spread, opened, -(demands.least_fill[starts.demand] * starts.wanted)),
            ],
            lower=demands.least_fill * demands.wanted,
            where=asked & (demands.least_fill * demands.most_wanted > 0.0),
        )
    tags = network.tags(demands.item, demands.site)
    program.money("revenue", draft.sold.index, demands.price, draft.nodes, tags=tags)
    program.money("lost_sale", draft.lost.index, -demands.lost_penalty, draft.nodes, cash=False, tags=tags)
    gone = (1.0 - demands.stay_share[:, later]) * demands.lost_penalty[:, later]
    program.money("lost_sale", waited, -gone, later, cash=False, tags=tags)
    still_there = draft.waiting.index[:, tree.leaves]
    end = -demands.lost_penalty[:, tree.leaves]
    program.money("lost_sale", still_there, end, tree.leaves, cash=False, tags=tags)
