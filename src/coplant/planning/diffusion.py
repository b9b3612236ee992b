"""Diffusion: sales of a new product start with the first start of production that comes about."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import term


def diffusion(draft: Draft) -> None:
    """Let the first start of sale whose agreement runs on its day be that of its stream.

    With o_{d,i} the share of stream d that starts with its i-th start (columns `opened`), k its agreement and r_{k,n}
    one if that runs on its day (always one where a start hangs on no agreement):

    - ``opened_only[d,i]``: o_{d,i} <= r_{k,n};
    - ``opened_first[d,i]``: sum_{j <= i} o_{d,j} >= r_{k,n};
    - ``opened_once[d,i]``: sum_{j <= i} o_{d,j} <= 1.

    So o_{d,i} is one for the first start whose r is, and nothing for the others: it follows from the signatures and
    needs no whole number. What is asked for is in `sales`.
    """
    starts, program = draft.network.demands.diffusions, draft.program
    if not len(starts):
        return
    every, hangs = np.arange(len(starts)), starts.agreement >= 0
    runs = np.full(len(starts), -1, dtype=np.int64)
    for place in np.flatnonzero(hangs):
        scope = draft.scopes[draft.network.agreements[starts.agreement[place]]]
        runs[place] = scope.running[starts.node[place]]
    opened = draft.opened.index
    by = np.nonzero((starts.demand[:, None] == starts.demand) & (every[:, None] >= every))
    until = term(by[0], opened[by[1]])
    axes = (starts.labels,)
    program.rows("opened_only", axes, [term(every, opened), term(every, runs, -1.0)], upper=0.0, where=hangs)
    program.rows("opened_first", axes, [until, term(every, runs, -1.0)], lower=np.where(hangs, 0.0, 1.0))
    program.rows("opened_once", axes, [until], upper=1.0)
