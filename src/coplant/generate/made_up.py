"""Making up a case: the table of contents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.generate.agreements import agreement_tables
from coplant.generate.bill import Bill
from coplant.generate.demand import demand_tables
from coplant.generate.flow import Flow
from coplant.generate.horizon import Horizon, bucket_kinds
from coplant.generate.items import item_tables
from coplant.generate.lanes import lane_tables
from coplant.generate.materials import material_tables
from coplant.generate.offers import offer_tables
from coplant.generate.places import Places
from coplant.generate.routes import route_tables
from coplant.generate.sites import site_tables
from coplant.generate.stock import stock_tables
from coplant.generate.values import filled


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
    kinds = bucket_kinds(buckets)
    if items < 3 or hosts < 0 or sum(count for _, count in kinds) < 1:
        raise ValueError("a generated case needs at least 3 items, 1 bucket and 0 hosts")
    draw = np.random.Generator(np.random.Philox(seed))
    horizon = Horizon.of(kinds)
    places = Places.of(items, hosts)
    bill = Bill.of(draw, items, places)
    flow = Flow.of(draw, places, bill)
    tables = {
        **site_tables(places),
        **item_tables(draw, bill),
        **route_tables(draw, horizon, places, bill, flow, integers),
        **lane_tables(draw, places, bill, flow),
        **offer_tables(draw, horizon, places, bill, flow, integers),
        **demand_tables(draw, horizon, places, bill, flow),
        **stock_tables(draw, horizon, places, bill, flow),
        **agreement_tables(draw, horizon, places, bill, flow, integers),
        **material_tables(places, bill, flow, integers),
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
    return Case.from_tables(settings, {name: pl.DataFrame(table) for name, table in tables.items() if filled(table)})
