"""Tables of lanes."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow
from coplant.generate.horizon import WEEK
from coplant.generate.places import Places
from coplant.generate.values import Table, money, text


def lane_tables(draw: np.random.Generator, places: Places, bill: Bill, flow: Flow) -> dict[str, Table]:
    """Table of lanes from plants over warehouses to markets."""
    families = np.arange(len(places.families))
    warehouses = len(places.warehouses)
    product = flow.route_item < bill.products
    built = np.unique(np.stack([bill.family[flow.route_item], flow.route_plant], axis=1)[product], axis=0)
    sold = np.unique(np.stack([bill.family[flow.demand_item], flow.demand_market], axis=1), axis=0)
    # Every plant of a family supplies every warehouse; a market is served by one.
    outward = np.repeat(built, warehouses, axis=0)
    gate = np.tile(np.arange(warehouses), len(built))
    # Some families can also fly from the home plant straight to the first market, at a price.
    flown = families[(families % 3 == 0) & np.isin(families, sold[sold[:, 1] == 0, 0])]
    # Subassemblies go from the home plant of their family to wherever else they are needed.
    handed = flow.need_item < bill.made
    handed &= flow.need_plant != places.home[bill.family[flow.need_item]]
    handed_item, handed_plant = flow.need_item[handed], flow.need_plant[handed]

    family = np.concatenate([outward[:, 0], sold[:, 0], flown])
    products = np.bincount(bill.family[: bill.products], minlength=len(families))
    mean_value = np.bincount(bill.family[: bill.products], bill.value[: bill.products], len(families)) / products
    volume = np.bincount(bill.family[flow.demand_item], flow.demand_rate, len(families)) * WEEK
    share_of_value = np.repeat([0.01, 0.005, 0.06], [len(outward), len(sold), len(flown)])
    cost = mean_value[family] * share_of_value * draw.uniform(0.5, 1.5, len(family))
    passage = [flow.passage[outward[:, 0], 0] + gate, flow.passage[sold[:, 0], 1], np.full(len(flown), 2.0)]
    capacity: list[float | None] = [None] * (len(outward) + len(sold))
    capacity += [*money(volume[flown] * 0.1, 1).tolist(), *[None] * len(handed_item)]
    from_site = np.concatenate(
        [
            places.plants[outward[:, 1]],
            places.warehouses[sold[:, 1] % warehouses],
            places.plants[places.home[flown]],
            places.plants[places.home[bill.family[handed_item]]],
        ]
    )
    to_site = np.concatenate(
        [
            places.warehouses[gate],
            places.markets[sold[:, 1]],
            np.repeat(places.markets[:1], len(flown)),
            places.plants[handed_plant],
        ]
    )
    moved = np.concatenate([places.families[family], bill.names[handed_item]])
    return {
        "lanes": {
            "lane": text([f"{a}-from-{b}-to-{c}" for a, b, c in zip(moved, from_site, to_site, strict=True)]),
            "item": text([*[None] * len(family), *bill.names[handed_item]]),
            "family": text([*places.families[family], *[None] * len(handed_item)]),
            "from_site": text(from_site),
            "to_site": text(to_site),
            "lead_time": np.concatenate([*passage, draw.integers(1, 10, len(handed_item)).astype(np.float64)]),
            "cost": np.concatenate([money(cost), money(bill.value[handed_item] * 0.01)]),
            "capacity": pl.Series(capacity, dtype=pl.Float64),
            "per": text([None if most is None else "week" for most in capacity]),
        }
    }
