"""Tables of material that a host buys."""

from __future__ import annotations

import numpy as np

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow, lines_of_routes
from coplant.generate.places import Places
from coplant.generate.values import Table, money, named, text


def material_tables(places: Places, bill: Bill, flow: Flow, integers: bool) -> dict[str, Table]:
    """Say of some parts of each host's products who buys them, one part for each way there is."""
    modes = np.array(["consigned", "buy_sell", "directed", "turnkey"], dtype=object)
    line, taker = lines_of_routes(bill, flow.route_item)
    host = flow.route_host[taker]
    bought = (host >= 0) & (bill.component[line] >= bill.made)
    owner, part = np.unique(np.stack([host[bought], bill.component[line][bought]]), axis=1)
    number = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
    owner, part, number = (values[number < len(modes)] for values in (owner, part, number))
    mode = modes[number]
    # Where some routes waste more than is allowed for and others less, what is credited takes whole-number decisions.
    allowed = (mode == "consigned") & (owner == 0) & integers
    return {
        "materials": {
            "agreement": text(named("agreement", places.hosts)[owner]),
            "item": text(bill.names[part]),
            "mode": text(mode),
            "price": money(bill.value[part] * np.where(mode == "buy_sell", 1.4, 1.0)),
            "handling_share": np.where(mode == "consigned", 0.0, 0.03),
            "attrition_share": np.where(allowed, 0.02, 0.0),
        }
    }
