"""Tables of parties and sites."""

from __future__ import annotations

import numpy as np

from coplant.generate.places import Places
from coplant.generate.values import Table, named, text


def site_tables(places: Places) -> dict[str, Table]:
    """Tables of parties and sites."""
    hosts, markets = places.hosts, len(places.markets)
    suppliers = named("supplier", 12)
    sites = np.concatenate([places.plants, places.warehouses, places.markets])
    country = np.array(["north", "south", "east", "west"], dtype=object)
    market_number = np.arange(markets)
    return {
        "parties": {
            "party": text(np.concatenate([["brand"], named("host", hosts), suppliers])),
            "role": ["brand"] + ["host"] * hosts + ["supplier"] * len(suppliers),
        },
        "sites": {
            "site": text(sites),
            "party": text(
                np.concatenate(
                    [["brand"] * places.own, named("host", hosts), ["brand"] * (len(places.warehouses) + markets)]
                )
            ),
            "kind": ["plant"] * len(places.plants) + ["warehouse"] * len(places.warehouses) + ["market"] * markets,
            "country": text(
                np.concatenate(
                    [
                        country[np.arange(len(places.plants)) % 4],
                        country[np.arange(len(places.warehouses)) % 4],
                        country[market_number % 4],
                    ]
                )
            ),
        },
    }
