"""Allotments: what suppliers grant."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import term


def allotment(draft: Draft) -> None:
    """Keep orders within what suppliers grant; offers of one allotment share it.

    ``allotment[o,n]``: sum_{j in o} x_{j,n} <= quantity_{o,n} [unit]. The dual is the value of one more unit granted.
    """
    network = draft.network
    granted = network.allotments
    if not granted.labels:
        return
    orders = np.flatnonzero(network.activities.allotment >= 0)
    cell = draft.cells(len(granted.labels))
    draft.program.rows(
        "allotment",
        (granted.labels, draft.tree.labels),
        [term(cell[network.activities.allotment[orders]], draft.start.index[orders])],
        upper=granted.quantity,
        where=np.isfinite(granted.quantity),
    )
