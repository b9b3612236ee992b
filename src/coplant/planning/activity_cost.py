"""What activities cost: material bought, conversion, transport."""

from __future__ import annotations

import numpy as np

from coplant.network.activities import LANE, OFFER, ROUTE
from coplant.planning.draft import Draft

LINES = {ROUTE: "conversion", LANE: "transport", OFFER: "material"}
"""Money line of each kind of activity."""


def activity_cost(draft: Draft) -> None:
    """Charge the cost of every unit started, at the node at which it starts."""
    network = draft.network
    activities = network.activities
    for kind, line in LINES.items():
        of_kind = np.flatnonzero(activities.kind == kind)
        draft.program.money(
            line,
            draft.start.index[of_kind],
            -activities.cost[of_kind],
            draft.nodes,
            tags=network.tags(activities.item[of_kind], activities.site[of_kind])
            | {"agreement": activities.agreement[of_kind][:, None]},
        )
