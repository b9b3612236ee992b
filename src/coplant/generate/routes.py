"""Tables of routes, their parts and their resources."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow, lines_of_routes
from coplant.generate.horizon import WEEK, Horizon
from coplant.generate.places import Places
from coplant.generate.values import Table, dates, money, named, text


def route_tables(
    draw: np.random.Generator, horizon: Horizon, places: Places, bill: Bill, flow: Flow, integers: bool
) -> dict[str, Table]:
    """Tables of routes, bills, resources, loads, ramps and learning."""
    count = len(flow.route_item)
    product = flow.route_item < bill.products
    hosted = flow.route_host >= 0
    names = route_names(bill, flow)
    agreements = named("agreement", places.hosts)
    # Lines: one per family in each plant for products, one per plant for subassemblies, one test bench per plant.
    family = bill.family[flow.route_item]
    line = np.where(product, family, -1)
    keys, line_of_route = np.unique(np.stack([flow.route_plant, line], axis=1), axis=0, return_inverse=True)
    line_of_route = line_of_route.reshape(-1)
    line_names = np.array(
        [f"{places.plants[plant]}-{'assembly' if group < 0 else places.families[group]}-line" for plant, group in keys],
        dtype=object,
    )
    hours = money(draw.lognormal(-1.2, 0.4, count), 3)
    test_hours = money(draw.lognormal(-2.0, 0.3, count), 3)
    load = np.bincount(line_of_route, hours * flow.route_rate, minlength=len(keys))
    test_load = np.bincount(
        flow.route_plant[product], (test_hours * flow.route_rate)[product], minlength=len(places.plants)
    )
    resources = np.concatenate([line_names, [f"{plant}-test" for plant in places.plants]])
    resource_site = np.concatenate([places.plants[keys[:, 0]], places.plants])
    # The peak of a season is a third above its mean, so lines of the size of the mean are short for half the year.
    capacity = np.concatenate([load, test_load]) * draw.uniform(0.9, 1.3, len(resources)) * WEEK
    steps = horizon.steps(9)
    growth = 1.0 + 0.08 * np.arange(len(steps))[None, :] * (draw.random((len(resources), 1)) < 0.5)
    quantity = money(capacity[:, None] * growth, 3)
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
    bill_line, taker = lines_of_routes(bill, flow.route_item)
    tables: dict[str, Table] = {
        "resources": {"resource": text(resources), "site": text(resource_site)},
        "resource_capacity": {
            "resource": text(np.repeat(resources, len(steps))),
            "from": dates(np.tile(steps, len(resources))),
            "quantity": quantity.reshape(-1),
            "per": ["week"] * quantity.size,
            "overtime_quantity": np.round(0.15 * quantity, 3).reshape(-1),
            "overtime_cost": np.repeat(money(draw.uniform(20, 60, len(resources))), len(steps)),
        },
        "routes": {
            "route": text(names),
            "item": text(bill.names[flow.route_item]),
            "site": text(places.plants[flow.route_plant]),
            "agreement": text([agreements[host] if host >= 0 else None for host in flow.route_host]),
            "lead_time": draw.choice([0.0, 1.0, 3.0, 7.0, 14.0], count),
            "yield": np.round(draw.uniform(0.95, 1.0, count), 3),
            "cost": np.where(learned, 0.0, money(bill.value[flow.route_item] * draw.uniform(0.03, 0.08, count))),
            "least_lot": least_lot,
            "multiple": pl.Series(multiple).fill_nan(None),
            "from": dates(starts),
            "ramp": text(["launch" if rises else None for rises in rising]),
            "learning": text(["first-host" if learns else None for learns in learned]),
        },
        "bom": {
            "route": text(names[taker]),
            "item": text(bill.names[bill.component[bill_line]]),
            "quantity": bill.quantity[bill_line],
        },
        "loads": {
            "route": text(np.concatenate([names, names[product]])),
            "resource": text(
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


def route_names(bill: Bill, flow: Flow) -> NDArray[np.object_]:
    """Names of routes: of their item and plant."""
    return np.array(
        [
            f"make-{bill.names[item]}" + (f"-at-host-{host + 1}" if host >= 0 else "")
            for item, host in zip(flow.route_item, flow.route_host, strict=True)
        ],
        dtype=object,
    )
