"""Titles of limits: of allotments, resources, lanes, agreements and streams of demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import polars as pl

from coplant.report.view import View

DEMAND = ("sales", "least_fill")
"""Limits that customers set, ranked apart from those that can be bought, built or negotiated."""


def limit_namer(view: View) -> Callable[[str, str], str]:
    """Titles of what limits are on: of streams, parts and lanes by what they are of, of the rest their own."""
    case = view.plan.case
    streams = {
        name: f"{view.title('item', item)}, {view.title('site', site)}"
        for name, item, site in case["demand"].select("demand", "item", "site").unique().iter_rows()
    }
    allotments = allotment_titles(view)
    lanes = {
        name: view.words(
            "scarce.lane",
            moved=view.title("item", item) if item else family,
            start=view.title("site", start),
            end=view.title("site", end),
        )
        for name, item, family, start, end in case["lanes"]
        .select("lane", "item", "family", "from_site", "to_site")
        .iter_rows()
    }
    made = dict(case["routes"].select("route", "item").iter_rows())
    standing = dict(case["resources"].select("resource", "site").iter_rows())

    def resource(name: str) -> str:
        return f"{view.title('resource', name)}, {view.title('site', standing[name])}"

    def name(kind: str, thing: str) -> str:
        if kind == "allotment":
            return allotments[thing]
        if kind in DEMAND:
            return streams[thing]
        if kind == "lane_capacity":
            return lanes[thing]
        if kind == "launch_gate":
            route, _, gated = thing.rpartition(",")
            return f"{view.title('item', made[route])}, {resource(gated)}"
        return resource(thing) if kind == "capacity" else view.title("agreement", thing.partition(", ")[0])

    return name


def allotment_titles(view: View) -> dict[str, str]:
    """Titles of allotments: the parts they grant, and whose they are where several grant the same."""
    offers = view.plan.case["offers"].filter(pl.col("allotment").is_not_null())
    granted = offers.group_by("allotment").agg(pl.col("item", "supplier").unique().drop_nulls().sort())
    parts, whose, named = {}, {}, {}
    for name, items, suppliers in granted.iter_rows():
        parts[name] = view.list([view.title("item", item) for item in items])
        whose[name] = ", ".join([parts[name], *(view.title("party", supplier) for supplier in suppliers)])
        named[name] = f"{parts[name]} ({name})"
    # The shortest that no other allotment has.
    ways = [(titles, Counter(titles.values())) for titles in (parts, whose, named)]
    return {name: next(titles[name] for titles, count in ways if count[titles[name]] == 1) for name in parts}


def limit_unit(view: View, kind: str, thing: str) -> str:
    """Word for what a limit is counted in."""
    case = view.plan.case
    if kind == "capacity":
        return view.unit(case["resources"].filter(resource=thing)["unit"].item())
    if kind == "lane_capacity":
        return view.items_unit(case["lanes"].filter(lane=thing)["item"].drop_nulls())
    return view.items_unit(case["offers"].filter(allotment=thing)["item"] if kind == "allotment" else ())
