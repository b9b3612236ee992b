"""What flows through a made-up network: rates of demand, routes and parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.generate.bill import Bill
from coplant.generate.horizon import WEEK
from coplant.generate.places import Places
from coplant.generate.values import Floats, Integers


@dataclass(frozen=True)
class Flow:
    """How much of what is expected to run where; the base of capacities, stocks and reservations."""

    route_item: Integers
    route_plant: Integers
    route_host: Integers
    """Host of each route, -1 where the brand builds."""
    route_rate: Floats
    """Units started per day."""
    demand_item: Integers
    demand_market: Integers
    demand_rate: Floats
    """Units per day."""
    need_item: Integers
    """Item of each pair of component and plant."""
    need_plant: Integers
    need_rate: Floats
    """Units per day."""
    lead: Floats
    """Days from order to arrival of each part; zero for what is made."""
    passage: Floats
    """Days from plant to warehouse and from warehouse to market, shape (families, 2)."""

    @classmethod
    def of(cls, draw: np.random.Generator, places: Places, bill: Bill) -> Flow:
        """Draw who asks for what, and what that takes of routes and parts."""
        product = np.arange(bill.products)
        markets = len(places.markets)
        reach = draw.random((bill.products, markets)) < 0.45
        reach[product, product % markets] = True
        demand_item, demand_market = np.nonzero(reach)
        weekly = draw.lognormal(3.5, 0.7, len(demand_item))
        demand_rate = weekly / WEEK
        wanted = np.bincount(demand_item, demand_rate, minlength=bill.products)
        # A host builds most products of its family, and takes up to a third of what the market wants of each.
        host, hosted = np.nonzero(
            (bill.family[None, : bill.products] == places.hosted[:, None])
            & ((draw.random((places.hosts, bill.products)) < 0.7) | (product < len(places.families))[None, :])
        )
        share = np.minimum(0.35, 0.7 / np.maximum(1, np.bincount(hosted, minlength=bill.products)))
        taken = np.bincount(hosted, share[hosted], minlength=bill.products)
        made = np.arange(bill.made)
        home = places.home[bill.family[: bill.made]]
        route_item = np.concatenate([made, hosted])
        route_plant = np.concatenate([home, places.plant_of_host(host)])
        route_host = np.concatenate([np.full(bill.made, -1), host])
        rate = np.concatenate([wanted * (1 - taken), np.zeros(bill.subassemblies), share[hosted] * wanted[hosted]])
        # Hosts take finished subassemblies, so these are made at home only; parts are bought where they are used.
        handed = (bill.parent < bill.products) & (bill.component < bill.made)
        np.add.at(rate, bill.component[handed], wanted[bill.parent[handed]] * bill.quantity[handed])
        line, taker = lines_of_routes(bill, route_item)
        pairs, pair = np.unique(
            np.stack([bill.component[line], route_plant[taker]], axis=1), axis=0, return_inverse=True
        )
        need = np.bincount(pair.reshape(-1), bill.quantity[line] * rate[taker], minlength=len(pairs))
        lead = np.zeros(len(bill.names))
        lead[bill.made :] = np.round(np.clip(draw.lognormal(3.3, 0.8, len(bill.names) - bill.made), 3, 182))
        passage = np.stack(
            [draw.integers(2, 40, len(places.families)), draw.integers(1, 7, len(places.families))], axis=1
        )
        return cls(
            route_item, route_plant, route_host, rate, demand_item, demand_market, demand_rate,
            pairs[:, 0], pairs[:, 1], np.asarray(need, dtype=np.float64), lead, passage.astype(np.float64),
        )  # fmt: skip


def lines_of_routes(bill: Bill, route_item: Integers) -> tuple[Integers, Integers]:
    """Lay the bill of the item made under each route: pairs of a line of the bills and a route."""
    order = np.argsort(bill.parent, kind="stable")
    begin = np.searchsorted(bill.parent[order], route_item, side="left")
    count = np.searchsorted(bill.parent[order], route_item, side="right") - begin
    route = np.repeat(np.arange(len(route_item)), count)
    entry = begin[route] + np.arange(len(route)) - np.repeat(np.cumsum(count) - count, count)
    return order[entry], route


def margins(draw: np.random.Generator, flow: Flow, bill: Bill) -> Floats:
    """Price of each stream of demand at the start, as a multiple of the material cost: thin margins and fat ones."""
    family = draw.uniform(1.25, 1.9, int(bill.family.max()) + 1)
    return np.asarray(bill.value[flow.demand_item] * family[bill.family[flow.demand_item]])
