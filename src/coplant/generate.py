"""Made-up cases of any size, shaped like real networks, for tests and measurements.

Parts are bought, assembled into subassemblies, and these into products, at the brand's own plants and at hosts'
plants under agreements. Products move by lanes of their family over warehouses to markets. Sharing of parts is
skewed: a few are in nearly everything, and their supply is scarce. Everything is drawn from one seed, and every case
has a plan: what cannot be made is a lost sale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coplant.case import Case

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Days = NDArray[np.datetime64]

_MONTH = 365.25 / 12
_WEEK = 7.0
_FIRST_MONTH = np.datetime64("2027-01-01")
"""Where buckets of days and weeks end and calendar buckets begin."""


def generate(
    items: int, buckets: int | Sequence[tuple[str, int]], hosts: int, seed: int, integers: bool = True
) -> Case:
    """Make up a case.

    Parameters
    ----------
    items : int
        Number of items, at least 3: about one in twelve is a product, one in eight a subassembly, the rest are parts.
    buckets : int or sequence of (kind, count)
        Buckets of the horizon. A number above 8 gives two thirds of weeks, then months; a smaller one months.
    hosts : int
        Number of hosts, each with a plant and an agreement. Every third one is signed, the others are options, two
        and two alternatives of each other.
    seed : int
        Where the draws start; the same arguments give the same case.
    integers : bool
        Whether the case may need whole-number decisions: options, lots, tiers of fees, learning. Without
        them its plan is a pure linear program.

    Returns
    -------
    Case
        A checked case. Its plan has about T · (stock points + routes + lanes + offers + 3 · streams of demand)
        variables, which is 250 to 350 · T for 100 items.

    Raises
    ------
    ValueError
        Fewer than 3 items, no buckets, or a negative number of hosts.
    """
    kinds = _kinds(buckets)
    if items < 3 or hosts < 0 or sum(count for _, count in kinds) < 1:
        raise ValueError("a generated case needs at least 3 items, 1 bucket and 0 hosts")
    draw = np.random.Generator(np.random.Philox(seed))
    horizon = _Horizon.of(kinds)
    places = _Places.of(items, hosts)
    bill = _Bill.of(draw, items, places)
    flow = _Flow.of(draw, places, bill)
    tables = {
        **_site_tables(places),
        **_item_tables(draw, bill),
        **_route_tables(draw, horizon, places, bill, flow, integers),
        **_lane_tables(draw, places, bill, flow),
        **_offer_tables(draw, horizon, places, bill, flow, integers),
        **_demand_tables(draw, horizon, places, bill, flow),
        **_stock_tables(draw, horizon, places, bill, flow),
        **_agreement_tables(draw, horizon, places, bill, flow, integers),
        **_material_tables(places, bill, flow, integers),
    }
    settings = {
        "name": f"generated-{items}-{len(horizon.bounds) - 1}-{hosts}-{seed}",
        "title": f"Made-up network of {items} items and {hosts} hosts",
        "currency": "EUR",
        "start": horizon.bounds[0].item(),
        "buckets": [f"{kind}:{count}" for kind, count in kinds],
        "discount_rate": 0.08,
        "lag_rule": "exact",
    }
    return Case.from_tables(settings, {name: pl.DataFrame(table) for name, table in tables.items() if _filled(table)})


Table = dict[str, Any]


def _filled(table: Table) -> bool:
    return len(next(iter(table.values()))) > 0


def _kinds(buckets: int | Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    if not isinstance(buckets, int):
        return [(kind, count) for kind, count in buckets if count]
    weeks = 2 * buckets // 3 if buckets > 8 else 0
    return [(kind, count) for kind, count in (("week", weeks), ("month", buckets - weeks)) if count]


def _named(prefix: str, count: int) -> NDArray[np.object_]:
    width = len(str(count))
    return np.array([f"{prefix}-{number:0{width}d}" for number in range(1, count + 1)], dtype=object)


def _text(values: NDArray[np.object_] | list[str | None]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _dates(values: Days) -> pl.Series:
    return pl.Series(values.astype("datetime64[D]")).cast(pl.Date)


def _money(values: NDArray[np.floating[Any]], digits: int = 2) -> Floats:
    return np.asarray(np.maximum(np.round(values, digits), 10.0**-digits), dtype=np.float64)


@dataclass(frozen=True)
class _Horizon:
    """First days of the buckets and the day after the last."""

    bounds: Days

    @classmethod
    def of(cls, kinds: list[tuple[str, int]]) -> _Horizon:
        """Lay buckets so that the first calendar bucket starts a month."""
        fixed = {"day": 1, "week": 7}
        months = {"month": 1, "quarter": 3, "year": 12}
        lead = 0
        for kind, count in kinds:
            if kind not in fixed:
                break
            lead += fixed[kind] * count
        edges = [_FIRST_MONTH - np.timedelta64(lead, "D")]
        for kind, count in kinds:
            for _ in range(count):
                if kind in fixed:
                    edges.append(edges[-1] + np.timedelta64(fixed[kind], "D"))
                else:
                    month = edges[-1].astype("datetime64[M]")
                    # Days after a calendar bucket need not start a month; the day of the month is kept.
                    within = edges[-1] - month.astype("datetime64[D]")
                    edges.append((month + np.timedelta64(months[kind], "M")).astype("datetime64[D]") + within)
        return cls(np.array(edges, dtype="datetime64[D]"))

    @property
    def start(self) -> np.datetime64:
        return np.datetime64(self.bounds[0])

    @property
    def days(self) -> float:
        return float((self.bounds[-1] - self.bounds[0]).astype(np.int64))

    def at(self, share: float) -> np.datetime64:
        """Day after a share of the horizon."""
        return np.datetime64(self.start + np.timedelta64(round(share * self.days), "D"))

    def steps(self, months: int) -> Days:
        """Give the start, and every so many months the first day of a month until the horizon ends."""
        first = self.start.astype("datetime64[M]") + np.timedelta64(months, "M")
        later = np.arange(first, self.bounds[-1].astype("datetime64[M]"), np.timedelta64(months, "M"))
        return np.concatenate([self.bounds[:1], later.astype("datetime64[D]")])


@dataclass(frozen=True)
class _Places:
    """Sites: own plants, then hosts' plants, warehouses and markets; and which family is made and sold where."""

    plants: NDArray[np.object_]
    warehouses: NDArray[np.object_]
    markets: NDArray[np.object_]
    families: NDArray[np.object_]
    own: int
    """Number of own plants; they come first in `plants`."""
    home: Integers
    """Own plant of each family."""
    hosted: Integers
    """Family that each host builds."""

    @classmethod
    def of(cls, items: int, hosts: int) -> _Places:
        own = min(6, 1 + items // 200)
        families = min(12, max(1, items // 20))
        host = np.arange(hosts)
        return cls(
            plants=np.concatenate([_named("plant", own), _named("host-plant", hosts)]),
            warehouses=_named("warehouse", min(4, 1 + items // 400)),
            markets=_named("market", min(8, max(1, items // 30))),
            families=_named("family", families),
            own=own,
            home=np.arange(families) % own,
            # Hosts that are alternatives of each other build the same family.
            hosted=(host // 3 * 2 + (host % 3 > 0)) % families,
        )

    @property
    def hosts(self) -> int:
        return len(self.plants) - self.own

    def plant_of_host(self, host: Integers) -> Integers:
        return self.own + host


@dataclass(frozen=True)
class _Bill:
    """Items and what goes into them. Items are numbered products first, then subassemblies, then parts."""

    names: NDArray[np.object_]
    products: int
    subassemblies: int
    family: Integers
    """Family of each item; of a part, the family that it was first designed for."""
    parent: Integers
    """Item made, one entry per line of a bill."""
    component: Integers
    """Item taken."""
    quantity: Floats
    value: Floats
    """Material cost of each item."""

    @property
    def made(self) -> int:
        return self.products + self.subassemblies

    @classmethod
    def of(cls, draw: np.random.Generator, items: int, places: _Places) -> _Bill:
        products = max(1, items // 12)
        subassemblies = max(1, items // 8)
        parts = items - products - subassemblies
        made = products + subassemblies
        families = len(places.families)
        family = np.concatenate([np.arange(count) % families for count in (products, subassemblies, parts)])
        names = np.concatenate([_named("product", products), _named("assembly", subassemblies), _named("part", parts)])
        parent, component = _lines_of_bills(draw, family, products, made, items)
        quantity = np.where(
            component < made, draw.choice([1.0, 1.0, 2.0], len(parent)), draw.choice([1.0, 1.0, 2.0, 4.0], len(parent))
        )
        value = np.zeros(items)
        value[made:] = _money(draw.lognormal(0.5, 1.1, parts))
        for stage in (parent >= products, parent < products):
            np.add.at(value, parent[stage], value[component[stage]] * quantity[stage])
        return cls(names, products, subassemblies, family, parent, component, quantity, np.round(value, 2))


def _lines_of_bills(
    draw: np.random.Generator, family: Integers, products: int, made: int, items: int
) -> tuple[Integers, Integers]:
    """Draw who takes what: everything is used once in its family, and popular parts in many places beside."""
    subassemblies, parts = np.arange(products, made), np.arange(made, items)
    makers = np.arange(made)
    lines = [
        (_peer(draw, family, subassemblies, np.arange(products)), subassemblies),
        (_peer(draw, family, parts, makers), parts),
    ]
    # Popularity falls with rank as in Zipf's law; ranks are scattered over the parts.
    popularity = 1.0 / (1.0 + draw.permutation(len(parts))) ** 0.9
    taker = np.repeat(makers, np.where(makers < products, 3, 4))
    lines.append((taker, draw.choice(parts, len(taker), p=popularity / popularity.sum())))
    extra = np.repeat(np.arange(products), 2)
    shared = _peer(draw, family, extra, subassemblies)
    lines.append((extra, shared))
    pairs = np.unique(np.concatenate([np.stack(line, axis=1) for line in lines]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _peer(draw: np.random.Generator, family: Integers, asking: Integers, among: Integers) -> Integers:
    """Draw for each item asking one of the same family; any of them where the family has none."""
    ordered = among[np.argsort(family[among], kind="stable")]
    begin = np.searchsorted(family[ordered], family[asking], side="left")
    end = np.searchsorted(family[ordered], family[asking], side="right")
    lonely = begin == end
    begin, end = np.where(lonely, 0, begin), np.where(lonely, len(ordered), end)
    return np.asarray(ordered[begin + np.floor(draw.random(len(asking)) * (end - begin)).astype(np.int64)])


@dataclass(frozen=True)
class _Flow:
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
    def of(cls, draw: np.random.Generator, places: _Places, bill: _Bill) -> _Flow:
        product = np.arange(bill.products)
        markets = len(places.markets)
        reach = draw.random((bill.products, markets)) < 0.45
        reach[product, product % markets] = True
        demand_item, demand_market = np.nonzero(reach)
        weekly = draw.lognormal(3.5, 0.7, len(demand_item))
        demand_rate = weekly / _WEEK
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
        line, taker = _lines_of_routes(bill, route_item)
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


def _lines_of_routes(bill: _Bill, route_item: Integers) -> tuple[Integers, Integers]:
    """Lay the bill of the item made under each route: pairs of a line of the bills and a route."""
    order = np.argsort(bill.parent, kind="stable")
    begin = np.searchsorted(bill.parent[order], route_item, side="left")
    count = np.searchsorted(bill.parent[order], route_item, side="right") - begin
    route = np.repeat(np.arange(len(route_item)), count)
    entry = begin[route] + np.arange(len(route)) - np.repeat(np.cumsum(count) - count, count)
    return order[entry], route


def _site_tables(places: _Places) -> dict[str, Table]:
    hosts, markets = places.hosts, len(places.markets)
    suppliers = _named("supplier", 12)
    sites = np.concatenate([places.plants, places.warehouses, places.markets])
    country = np.array(["north", "south", "east", "west"], dtype=object)
    market_number = np.arange(markets)
    return {
        "parties": {
            "party": _text(np.concatenate([["brand"], _named("host", hosts), suppliers])),
            "role": ["brand"] + ["host"] * hosts + ["supplier"] * len(suppliers),
        },
        "sites": {
            "site": _text(sites),
            "party": _text(
                np.concatenate(
                    [["brand"] * places.own, _named("host", hosts), ["brand"] * (len(places.warehouses) + markets)]
                )
            ),
            "kind": ["plant"] * len(places.plants) + ["warehouse"] * len(places.warehouses) + ["market"] * markets,
            "country": _text(
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


def _item_tables(draw: np.random.Generator, bill: _Bill) -> dict[str, Table]:
    count = len(bill.names)
    families = [f"family-{number + 1:0{len(str(bill.family.max() + 1))}d}" for number in bill.family[: bill.products]]
    return {
        "items": {
            "item": _text(bill.names),
            "family": _text([*families, *[None] * (count - bill.products)]),
            "value": bill.value,
            "holding_rate": np.round(draw.uniform(0.1, 0.3, count), 3),
            "end_value_share": np.round(draw.uniform(0.3, 0.6, count), 2),
        }
    }


def _route_tables(
    draw: np.random.Generator, horizon: _Horizon, places: _Places, bill: _Bill, flow: _Flow, integers: bool
) -> dict[str, Table]:
    count = len(flow.route_item)
    product = flow.route_item < bill.products
    hosted = flow.route_host >= 0
    names = _route_names(bill, flow)
    agreements = _named("agreement", places.hosts)
    # Lines: one per family in each plant for products, one per plant for subassemblies, one test bench per plant.
    family = bill.family[flow.route_item]
    line = np.where(product, family, -1)
    keys, line_of_route = np.unique(np.stack([flow.route_plant, line], axis=1), axis=0, return_inverse=True)
    line_of_route = line_of_route.reshape(-1)
    line_names = np.array(
        [f"{places.plants[plant]}-{'assembly' if group < 0 else places.families[group]}-line" for plant, group in keys],
        dtype=object,
    )
    hours = _money(draw.lognormal(-1.2, 0.4, count), 3)
    test_hours = _money(draw.lognormal(-2.0, 0.3, count), 3)
    load = np.bincount(line_of_route, hours * flow.route_rate, minlength=len(keys))
    test_load = np.bincount(
        flow.route_plant[product], (test_hours * flow.route_rate)[product], minlength=len(places.plants)
    )
    resources = np.concatenate([line_names, [f"{plant}-test" for plant in places.plants]])
    resource_site = np.concatenate([places.plants[keys[:, 0]], places.plants])
    # The peak of a season is a third above its mean, so lines of the size of the mean are short for half the year.
    capacity = np.concatenate([load, test_load]) * draw.uniform(0.9, 1.3, len(resources)) * _WEEK
    steps = horizon.steps(9)
    growth = 1.0 + 0.08 * np.arange(len(steps))[None, :] * (draw.random((len(resources), 1)) < 0.5)
    quantity = _money(capacity[:, None] * growth, 3)
    # A tenth of the products is new: it starts a little into the horizon, a few along a ramp.
    new = product & ~hosted & (flow.route_item % 10 == 7)
    starts = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    starts[new] = horizon.at(0.1)
    option = hosted & (flow.route_host % 3 > 0)
    starts[option] = horizon.at(0.2)
    rising = option | (new & (flow.route_item % 20 == 7))
    learned = hosted & (flow.route_host == 0) & integers
    in_lots = np.flatnonzero(product & ~hosted)[: 3 if integers else 0]
    least_lot, multiple = np.zeros(count), np.full(count, np.nan)
    least_lot[in_lots] = np.maximum(1, np.round(flow.route_rate[in_lots] * 2))
    multiple[in_lots[1:2]] = 5.0
    bill_line, taker = _lines_of_routes(bill, flow.route_item)
    tables: dict[str, Table] = {
        "resources": {"resource": _text(resources), "site": _text(resource_site)},
        "resource_capacity": {
            "resource": _text(np.repeat(resources, len(steps))),
            "from": _dates(np.tile(steps, len(resources))),
            "quantity": quantity.reshape(-1),
            "per": ["week"] * quantity.size,
            "overtime_quantity": np.round(0.15 * quantity, 3).reshape(-1),
            "overtime_cost": np.repeat(_money(draw.uniform(20, 60, len(resources))), len(steps)),
        },
        "routes": {
            "route": _text(names),
            "item": _text(bill.names[flow.route_item]),
            "site": _text(places.plants[flow.route_plant]),
            "agreement": _text([agreements[host] if host >= 0 else None for host in flow.route_host]),
            "lead_time": draw.choice([0.0, 1.0, 3.0, 7.0, 14.0], count),
            "yield": np.round(draw.uniform(0.95, 1.0, count), 3),
            "cost": np.where(learned, 0.0, _money(bill.value[flow.route_item] * draw.uniform(0.03, 0.08, count))),
            "least_lot": least_lot,
            "multiple": pl.Series(multiple).fill_nan(None),
            "from": _dates(starts),
            "ramp": _text(["launch" if rises else None for rises in rising]),
            "learning": _text(["first-host" if learns else None for learns in learned]),
        },
        "bom": {
            "route": _text(names[taker]),
            "item": _text(bill.names[bill.component[bill_line]]),
            "quantity": bill.quantity[bill_line],
        },
        "loads": {
            "route": _text(np.concatenate([names, names[product]])),
            "resource": _text(
                np.concatenate(
                    [line_names[line_of_route], [f"{places.plants[p]}-test" for p in flow.route_plant[product]]]
                )
            ),
            "quantity": np.concatenate([hours, test_hours[product]]),
        },
        "ramps": {"ramp": ["launch"] * 4, "month": [0.0, 1.0, 2.0, 4.0], "share": [0.2, 0.5, 0.8, 1.0]},
    }
    if learned.any():
        tables["learning"] = {
            "learning": ["first-host"],
            "rate": [0.85],
            "first_unit_cost": [round(float(bill.value[flow.route_item[learned]].mean()) * 0.15, 2)],
            "initial_units": [round(float(flow.route_rate[learned].sum()) * 30) + 1.0],
            "transfer_share": [0.5],
            "segments": [4],
        }
    return tables


def _route_names(bill: _Bill, flow: _Flow) -> NDArray[np.object_]:
    return np.array(
        [
            f"make-{bill.names[item]}" + (f"-at-host-{host + 1}" if host >= 0 else "")
            for item, host in zip(flow.route_item, flow.route_host, strict=True)
        ],
        dtype=object,
    )


def _lane_tables(draw: np.random.Generator, places: _Places, bill: _Bill, flow: _Flow) -> dict[str, Table]:
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
    volume = np.bincount(bill.family[flow.demand_item], flow.demand_rate, len(families)) * _WEEK
    share_of_value = np.repeat([0.01, 0.005, 0.06], [len(outward), len(sold), len(flown)])
    cost = mean_value[family] * share_of_value * draw.uniform(0.5, 1.5, len(family))
    passage = [flow.passage[outward[:, 0], 0] + gate, flow.passage[sold[:, 0], 1], np.full(len(flown), 2.0)]
    capacity: list[float | None] = [None] * (len(outward) + len(sold))
    capacity += [*_money(volume[flown] * 0.1, 1).tolist(), *[None] * len(handed_item)]
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
            "lane": _text([f"{a}-from-{b}-to-{c}" for a, b, c in zip(moved, from_site, to_site, strict=True)]),
            "item": _text([*[None] * len(family), *bill.names[handed_item]]),
            "family": _text([*places.families[family], *[None] * len(handed_item)]),
            "from_site": _text(from_site),
            "to_site": _text(to_site),
            "lead_time": np.concatenate([*passage, draw.integers(1, 10, len(handed_item)).astype(np.float64)]),
            "cost": np.concatenate([_money(cost), _money(bill.value[handed_item] * 0.01)]),
            "capacity": pl.Series(capacity, dtype=pl.Float64),
            "per": _text([None if most is None else "week" for most in capacity]),
        }
    }


def _offer_tables(
    draw: np.random.Generator, horizon: _Horizon, places: _Places, bill: _Bill, flow: _Flow, integers: bool
) -> dict[str, Table]:
    part = flow.need_item >= bill.made
    item, plant, rate = flow.need_item[part], flow.need_plant[part], flow.need_rate[part]
    second = draw.random(len(item)) < 0.1
    source = np.concatenate([np.arange(len(item)), np.flatnonzero(second)])
    dear = np.arange(len(source)) >= len(item)
    offered = item[source]
    parts = len(bill.names) - bill.made
    supplier = _named("supplier", 12)
    names = np.array(
        [
            f"{bill.names[i]}-{'spot' if late else 'contract'}-{p + 1}"
            for i, p, late in zip(offered, plant[source], dear, strict=True)
        ],
        dtype=object,
    )
    # Popular parts are the scarce ones: one in twenty, and at least one, draws on one allotment in all plants.
    use = np.bincount(item - bill.made, minlength=parts)
    total = np.bincount(item - bill.made, rate, minlength=parts)
    scarce = np.argsort(-use, kind="stable")[: max(1, parts // 20)] + bill.made
    rank = np.full(len(bill.names), -1)
    rank[scarce] = np.arange(len(scarce))
    allotments = np.array([f"{bill.names[number]}-allotment" for number in scarce], dtype=object)
    steps = horizon.steps(3)
    relief = np.linspace(0.0, 0.4, len(steps))[None, :]
    granted = total[scarce - bill.made, None] * _MONTH * (draw.uniform(0.7, 1.05, (len(scarce), len(steps))) + relief)
    price_steps = horizon.steps(6)
    drift = 1.0 + np.clip(np.cumsum(draw.normal(0.0, 0.03, (len(source), len(price_steps))), axis=1), -0.12, 0.2)
    price = bill.value[offered, None] * drift * np.where(dear, 1.35, 1.0)[:, None]
    in_lots = np.flatnonzero(~dear & (rank[offered] < 0))[: 3 if integers else 0]
    moq, multiple = np.zeros(len(source)), np.full(len(source), np.nan)
    moq[in_lots] = np.maximum(1, np.round(rate[source[in_lots]] * 10))
    multiple[in_lots[1:2]] = 100.0
    return {
        "offers": {
            "offer": _text(names),
            "item": _text(bill.names[offered]),
            "site": _text(places.plants[plant[source]]),
            "supplier": _text(supplier[(offered + dear) % len(supplier)]),
            "lead_time": np.where(dear, np.round(flow.lead[offered] / 3), flow.lead[offered]),
            "moq": moq,
            "multiple": pl.Series(multiple).fill_nan(None),
            "allotment": _text(
                [allotments[r] if r >= 0 and not late else None for r, late in zip(rank[offered], dear, strict=True)]
            ),
        },
        "offer_prices": {
            "offer": _text(np.repeat(names, len(price_steps))),
            "from": _dates(np.tile(price_steps, len(source))),
            "price": _money(price.reshape(-1)),
        },
        "allotments": {
            "allotment": _text(np.repeat(allotments, len(steps))),
            "from": _dates(np.tile(steps, len(scarce))),
            "quantity": np.round(granted.reshape(-1), 1),
            "per": ["month"] * granted.size,
        },
    }


def _margins(draw: np.random.Generator, flow: _Flow, bill: _Bill) -> Floats:
    """Price of each stream of demand at the start, as a multiple of the material cost: thin margins and fat ones."""
    family = draw.uniform(1.25, 1.9, int(bill.family.max()) + 1)
    return np.asarray(bill.value[flow.demand_item] * family[bill.family[flow.demand_item]])


def _demand_tables(
    draw: np.random.Generator, horizon: _Horizon, places: _Places, bill: _Bill, flow: _Flow
) -> dict[str, Table]:
    count = len(flow.demand_item)
    names = np.array(
        [
            f"{bill.names[item]}-in-{places.markets[market]}"
            for item, market in zip(flow.demand_item, flow.demand_market, strict=True)
        ],
        dtype=object,
    )
    family = bill.family[flow.demand_item]
    steps = horizon.steps(2)
    month = steps.astype("datetime64[M]").astype(np.int64) % 12
    years = (steps - steps[0]).astype(np.float64) / 365.25
    peak = draw.integers(0, 12, len(places.families))
    swing = draw.uniform(0.05, 0.35, len(places.families))
    growth = draw.uniform(-0.1, 0.2, len(places.families))
    season = 1.0 + swing[family, None] * np.cos((month[None, :] - peak[family, None]) * np.pi / 6)
    noise = draw.lognormal(0.0, 0.1, (count, len(steps)))
    rate = flow.demand_rate[:, None] * season * (1.0 + growth[family, None]) ** years[None, :] * noise
    by_week = draw.random(count) < 0.5
    quantity = np.round(rate * np.where(by_week, _WEEK, _MONTH)[:, None], 1)
    wait_share = draw.choice([0.0, 0.3, 0.7, 1.0], count)
    first_price = _margins(draw, flow, bill)
    price_steps = horizon.steps(6)
    price = first_price[:, None] * (1.0 - 0.03) ** np.arange(len(price_steps))[None, :]
    sold_family = np.flatnonzero(np.bincount(family, minlength=len(places.families)))
    tables: dict[str, Table] = {
        "demand": {
            "demand": _text(np.repeat(names, len(steps))),
            "item": _text(np.repeat(bill.names[flow.demand_item], len(steps))),
            "site": _text(np.repeat(places.markets[flow.demand_market], len(steps))),
            "from": _dates(np.tile(steps, count)),
            "quantity": quantity.reshape(-1),
            "per": _text(np.repeat(np.where(by_week, "week", "month"), len(steps))),
            "wait_share": np.repeat(wait_share, len(steps)),
            "lost_penalty": np.repeat(_money(first_price * draw.uniform(0.0, 0.05, count)), len(steps)),
        },
        "prices": {
            "demand": _text(np.repeat(names, len(price_steps))),
            "from": _dates(np.tile(price_steps, count)),
            "price": _money(price.reshape(-1)),
        },
        "annuities": {
            "annuity": ["service"],
            "item": [bill.names[0]],
            "family": ["services"],
            "amount": [round(float(first_price[0]) * 0.01, 2)],
            "cost": [round(float(first_price[0]) * 0.004, 2)],
            "months": [18.0],
            "retention": [0.97],
            "opening_units": [round(float(flow.demand_rate[0]) * 365.0)],
        },
    }
    if len(sold_family) > 1:
        # No sale is ever forced, so a ceiling on one family's share can always be kept.
        year = int(horizon.at(0.5).astype("datetime64[Y]").astype(np.int64)) + 1970
        tables["mix"] = {
            "family": [places.families[sold_family[-1]]],
            "year": [year],
            "most_share": [0.9 / len(sold_family)],
        }
    return tables


def _stock_tables(
    draw: np.random.Generator, horizon: _Horizon, places: _Places, bill: _Bill, flow: _Flow
) -> dict[str, Table]:
    """Lay out opening stock and goods under way so that the first weeks run before anything ordered arrives."""
    family = bill.family[flow.demand_item]
    cover = flow.passage[family, 1] + draw.uniform(7, 21, len(family))
    store = flow.demand_market % len(places.warehouses)
    kept, keeper = np.unique(np.stack([flow.demand_item, store], axis=1), axis=0, return_inverse=True)
    kept_rate = np.bincount(keeper.reshape(-1), flow.demand_rate, minlength=len(kept))
    kept_cover = flow.passage[bill.family[kept[:, 0]], 0] + 14.0
    need_cover = np.where(flow.need_item < bill.made, 20.0, np.minimum(flow.lead[flow.need_item], 14.0) + 10.0)
    # Parts of a long lead time are under way already, a delivery every two weeks.
    deliveries = np.ceil(np.maximum(flow.lead[flow.need_item], 0.0) / 14.0).astype(np.int64)
    pair = np.repeat(np.arange(len(deliveries)), deliveries)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(deliveries) - deliveries, deliveries)
    day = horizon.start + (7 + 14 * number).astype("timedelta64[D]")
    inside = day < horizon.bounds[-1]
    pair, day = pair[inside], day[inside]
    item = np.concatenate([flow.demand_item, kept[:, 0], flow.need_item])
    site = np.concatenate(
        [places.markets[flow.demand_market], places.warehouses[kept[:, 1]], places.plants[flow.need_plant]]
    )
    quantity = np.concatenate([flow.demand_rate * cover, kept_rate * kept_cover, flow.need_rate * need_cover])
    guarded = draw.random(len(flow.demand_item)) < 0.6
    kept_guarded = draw.random(len(kept)) < 0.5
    target: list[float | None] = [*[None] * int(guarded.sum())]
    target += np.round(kept_rate[kept_guarded] * 7.0, 1).tolist()
    days = [*np.round(draw.uniform(4, 15, int(guarded.sum()))).tolist(), *[None] * int(kept_guarded.sum())]
    safe_item = np.concatenate([flow.demand_item[guarded], kept[kept_guarded, 0]])
    return {
        "stock": {"item": _text(bill.names[item]), "site": _text(site), "quantity": np.round(quantity, 1)},
        "receipts": {
            "item": _text(bill.names[flow.need_item[pair]]),
            "site": _text(places.plants[flow.need_plant[pair]]),
            "date": _dates(day),
            "quantity": np.round(flow.need_rate[pair] * 14.0, 1),
        },
        "safety_stock": {
            "item": _text(bill.names[safe_item]),
            "site": _text(
                np.concatenate([places.markets[flow.demand_market[guarded]], places.warehouses[kept[kept_guarded, 1]]])
            ),
            "from": _dates(np.full(len(safe_item), horizon.start)),
            "quantity": pl.Series(target, dtype=pl.Float64),
            "days": pl.Series(days, dtype=pl.Float64),
            "penalty": _money(bill.value[safe_item] * 0.04),
        },
    }


def _agreement_tables(
    draw: np.random.Generator, horizon: _Horizon, places: _Places, bill: _Bill, flow: _Flow, integers: bool
) -> dict[str, Table]:
    """Write one agreement with each host: a reservation, fees, a charge, tooling, and for most a least quantity."""
    host = np.arange(places.hosts)
    if not len(host):
        return {}
    names = _named("agreement", len(host))
    option = (host % 3 > 0) & integers
    hosted = flow.route_host >= 0
    monthly = np.bincount(flow.route_host[hosted], flow.route_rate[hosted], minlength=len(host)) * _MONTH
    worth = (flow.route_rate * bill.value[flow.route_item])[hosted]
    value = np.bincount(flow.route_host[hosted], worth, minlength=len(host)) * _MONTH / monthly
    starts = np.where(host % 3 > 0, horizon.at(0.15), horizon.start)
    horizon_months = horizon.days / _MONTH
    term = np.round(horizon_months * np.where(host % 2 == 0, 0.75, 1.2)) + 1.0
    hourly = host % 4 == 3
    # An hours basis: so many an hour, at so many hours that the line runs in a year.
    hours = 4000.0
    most = np.where(hourly, monthly * 12 / hours, monthly * 1.3)
    fee = np.asarray(value * 0.05, dtype=np.float64)
    tiered = np.flatnonzero(host % 4 != 1)
    # Which tier a unit falls in is a whole-number decision.
    tiers = 3 if integers else 1
    steps, factor = np.array([0.0, 0.35, 0.7])[:tiers], np.array([1.0, 0.9, 0.8])[:tiers]
    basis = np.where(host % 2 == 0, "year", "cumulative")
    counted = monthly * np.where(host % 2 == 0, np.minimum(12.0, horizon_months), horizon_months)
    method = np.where((host % 4 == 2) & integers, "all_units", "incremental")
    flat = np.flatnonzero(hosted & (flow.route_host % 4 == 1))
    payment = np.array(["up_front", "per_unit", "annuity"], dtype=object)[host % 3]
    tool = np.round(monthly * value * 0.2)
    bound = np.flatnonzero(host % 3 != 2)
    covered = np.flatnonzero(host % 3 == 2)
    return {
        "agreements": {
            "agreement": _text(names),
            "host": _text(_named("host", len(host))),
            "site": _text(places.plants[places.plant_of_host(host)]),
            "status": _text(list(np.where(option, "option", "signed"))),
            "sign_from": _dates(np.where(host % 3 > 0, horizon.at(0.05), horizon.start)),
            "starts": _dates(starts),
            "term": term,
            "group": _text(
                [f"alternatives-{h // 3 + 1}" if chosen else None for h, chosen in zip(host, option, strict=True)]
            ),
        },
        "reservations": {
            "agreement": _text(names),
            "least": np.round(most * 0.2, 3),
            "most": _money(most, 3),
            "per": _text(list(np.where(hourly, "hour", "month"))),
            "hours_per_year": pl.Series([hours if by_hour else None for by_hour in hourly], dtype=pl.Float64),
            "fee": _money(value * draw.uniform(0.01, 0.03, len(host))),
            "kind": _text(list(np.where(host % 2 == 1, "deductible", "plain"))),
        },
        "processing_fees": {
            "agreement": _text(np.concatenate([np.repeat(names[tiered], tiers), names[flow.route_host[flat]]])),
            "item": _text([*[None] * (tiers * len(tiered)), *bill.names[flow.route_item[flat]]]),
            "above": np.concatenate([np.round(counted[tiered, None] * steps).reshape(-1), np.zeros(len(flat))]),
            "fee": _money(
                np.concatenate([np.outer(fee[tiered], factor).reshape(-1), bill.value[flow.route_item[flat]] * 0.05])
            ),
            "basis": _text([*np.repeat(basis[tiered], tiers), *["cumulative"] * len(flat)]),
            "method": _text([*np.repeat(method[tiered], tiers), *["incremental"] * len(flat)]),
        },
        "fixed_charges": {
            "agreement": _text(names),
            "charge": ["depreciation"] * len(host),
            "amount": _money(monthly * value * 0.01),
            "per": ["month"] * len(host),
        },
        "take_or_pay": {
            "agreement": _text(names[bound]),
            "quantity": np.round(monthly[bound] * 12 * 0.5),
            "share": np.full(len(bound), 0.8),
            "price": _money(fee[bound]),
        },
        "loss_cover": {
            "agreement": _text(names[covered]),
            "months": np.full(len(covered), 9.0),
            "fixed_cost": _money(monthly[covered] * value[covered] * 0.02),
            "per": ["month"] * len(covered),
            "margin": _money(value[covered] * 0.02),
            # What is left of a cap is a whole-number decision.
            "cap": pl.Series(
                _money(monthly[covered] * value[covered] * 0.03) if integers else [None] * len(covered),
                dtype=pl.Float64,
            ),
        },
        "advisory": {
            "agreement": _text(names[option]),
            "service": ["launch"] * int(option.sum()),
            "valid_from": _dates(np.full(int(option.sum()), horizon.at(0.1))),
            "fee": _money(monthly[option] * value[option] * 0.002),
            "hours": np.full(int(option.sum()), 160.0),
            "hourly_rate": np.full(int(option.sum()), 0.5),
            "cap": _money(monthly[option] * value[option] * 0.02),
        },
        "licences": {
            "agreement": _text(names[covered]),
            "holder": ["brand"] * len(covered),
            "royalty": _money(value[covered] * 0.01),
        },
        "credits": {
            "agreement": _text(names[bound]),
            "credit": ["emission"] * len(bound),
            "price": _money(value[bound] * 0.02),
            "brand_share": np.full(len(bound), 0.5),
        },
        "exclusivity": {
            "agreement": _text(names[covered]),
            "months_after": np.full(len(covered), 2.0),
        },
        "tooling": {
            "agreement": _text(names),
            "tool": ["moulds"] * len(host),
            "amount": tool,
            "payment": _text(payment),
            "units": pl.Series(
                [
                    units if kind == "per_unit" else None
                    for units, kind in zip(np.round(monthly * 6) + 1.0, payment, strict=True)
                ],
                dtype=pl.Float64,
            ),
            "months": pl.Series([None if kind == "up_front" else 12.0 for kind in payment], dtype=pl.Float64),
            "rate": [0.05 if kind == "annuity" else 0.0 for kind in payment],
        },
        "security": _securities(
            names, np.asarray(tool, dtype=np.float64), np.asarray(monthly * horizon_months), integers, horizon.at(0.4)
        ),
    }


def _securities(names: NDArray[np.object_], tool: Floats, units: Floats, integers: bool, day: np.datetime64) -> Table:
    """Write a deposit with each host; with every other one a prepayment and a tranche that vests, else a guarantee."""
    first = np.arange(len(names)) % 2 == 0
    kind = np.concatenate([
        np.full(len(names), "deposit"), np.where(first, "prepayment", "guarantee"), np.full(first.sum(), "vesting")
    ])  # fmt: skip
    owner = np.concatenate([np.arange(len(names)), np.arange(len(names)), np.flatnonzero(first)])
    amount = np.repeat([0.2, 0.3, 0.1], [len(names), len(names), first.sum()]) * tool[owner]
    expected = units[owner]
    prepaid, vests = kind == "prepayment", kind == "vesting"
    # To be built up to a milestone is a whole-number decision; the first host's tranche vests on a day.
    by_units = vests & integers & (owner > 0)

    def only(where: NDArray[np.bool_], values: NDArray[np.floating[Any]] | float) -> pl.Series:
        spread = np.broadcast_to(values, kind.shape)
        return pl.Series([float(value) if here else None for here, value in zip(where, spread, strict=True)])

    return {
        "agreement": _text(names[owner]),
        "security": _text(list(kind)),
        "kind": _text(list(kind)),
        "amount": _money(amount),
        "draw_per_unit": only(prepaid, _money(amount / (0.6 * expected))),
        "fee_rate": only(kind == "guarantee", 0.02),
        "milestone_date": _dates(np.where(vests & ~by_units, day, np.datetime64("NaT", "D"))),
        "milestone_units": only(by_units, np.maximum(np.round(0.4 * expected), 1.0)),
        "forfeited_share": np.where(np.isin(kind, ["deposit", "prepayment"]), 0.5, 0.0),
    }


def _material_tables(places: _Places, bill: _Bill, flow: _Flow, integers: bool) -> dict[str, Table]:
    """Say of some parts of each host's products who buys them, one part for each way there is."""
    modes = np.array(["consigned", "buy_sell", "directed", "turnkey"], dtype=object)
    line, taker = _lines_of_routes(bill, flow.route_item)
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
            "agreement": _text(_named("agreement", places.hosts)[owner]),
            "item": _text(bill.names[part]),
            "mode": _text(mode),
            "price": _money(bill.value[part] * np.where(mode == "buy_sell", 1.4, 1.0)),
            "handling_share": np.where(mode == "consigned", 0.0, 0.03),
            "attrition_share": np.where(allowed, 0.02, 0.0),
        }
    }
