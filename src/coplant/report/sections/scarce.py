"""Scarce parts: who gets them, and what one more is worth."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, Series, Step, over_time, ranking, split
from coplant.report.limits import DEMAND, allotment_titles, limit_namer
from coplant.report.sections.users import end_products
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import BOUND, View

MOST_PARTS, MOST_RANKED = 6, 10

VALUES = {
    "constraint": pl.String,
    "thing": pl.String,
    "bucket": pl.Date,
    "unit": pl.String,
    "value": pl.Float64,
    "used": pl.Float64,
    "limit": pl.Float64,
    "one_percent": pl.Float64,
}


def scarce(view: View) -> Section | None:
    """Show each allotment that binds, and rank all limits by what one percent more of them is worth."""
    words = view.words
    values = view.plan["marginal_values"]
    values = values if values.width else pl.DataFrame(schema=VALUES)
    demand = pl.col("constraint").is_in(DEMAND)
    ranked = [
        _ranked(view, values.filter(~demand), "limits"),
        _ranked(view, values.filter(demand), "customers"),
    ]
    blocks = [block for block in ranked if block is not None]
    parts = _binding(view, values)
    for items, allotments in list(parts.items())[:MOST_PARTS]:
        blocks += _part(view, items, allotments, values)
    if blocks:
        lead = "scarce.lead" if parts else "scarce.nothing" if view.plan["allotted"].height else None
        lines = [words(lead)] if lead else []
        return Section("scarce", words("scarce.title"), lines, blocks=blocks, grid=True)
    if view.plan["allotted"].is_empty():
        return None
    return Section("scarce", words("scarce.title"), [words("scarce.nothing")])


def _binding(view: View, values: pl.DataFrame) -> dict[tuple[str, ...], list[str]]:
    """Allotments used up in some bucket by the items they grant, those worth most first."""
    worth = (
        values.filter(pl.col("constraint") == "allotment").group_by(allotment="thing").agg(pl.col("one_percent").sum())
    )
    used_up = (
        view.plan["allotted"]
        .filter(pl.col("ordered") > 0.0, pl.col("ordered") >= pl.col("quantity") * (1.0 - BOUND))
        .select("allotment")
        .unique()
        .join(worth, on="allotment", how="left")
        .sort(pl.col("one_percent").fill_null(0.0), "allotment", descending=[True, False])
    )
    offers = view.plan.case["offers"].group_by("allotment").agg(pl.col("item").unique().sort())
    items = {name: tuple(granted) for name, granted in offers.iter_rows() if name is not None}
    parts: dict[tuple[str, ...], list[str]] = {}
    for name in used_up["allotment"].to_list():
        parts.setdefault(items[name], []).append(name)
    return parts


def _part(view: View, items: tuple[str, ...], allotments: list[str], values: pl.DataFrame) -> list[Block]:
    """Who takes some parts, and what one more of them is worth."""
    parts = view.list([view.title("item", item) for item in items])
    unit = view.items_unit(items)
    users = _users(view, items, parts, unit)
    return [*([users] if users else []), _worth(view, allotments, parts, unit, values)]


def _users(view: View, items: tuple[str, ...], parts: str, unit: str) -> Block | None:
    words = view.words
    users = end_products(view.plan, items).join(view.buckets, on="bucket", maintain_order="left")
    if users.is_empty():
        return None
    users = users.with_columns(rate=pl.col("quantity") * pl.col("per_month"))
    series = split(
        view,
        users,
        "product",
        "rate",
        "bucket",
        view.buckets["bucket"].to_list(),
        lambda item: view.title("item", item),
        _optional_products(view),
    )
    totals = (
        users.group_by("product")
        .agg(pl.col("quantity").sum(), first=pl.col("bucket").min(), last=pl.col("bucket").max())
        .with_columns(
            share=pl.col("quantity") / pl.col("quantity").sum(),
            family=pl.col("product").replace(dict(view.families)),
        )
        .sort("quantity", "product", descending=[True, False])
    )
    columns = [
        Column("product", words("column.product"), "item"),
        Column("family", words("column.family"), "family"),
        Column("quantity", words("column.quantity_of", unit=unit), "number"),
        Column("share", words("column.share"), "share"),
        Column("first", words("column.first_use"), "bucket"),
        Column("last", words("column.last_use"), "bucket"),
    ]
    title = words("scarce.users", name=parts)
    chart = over_time(view, series, words("per_month", unit=unit), title)
    return Block(title, chart=chart, table=tabulate(view, totals, columns, title))


def _optional_products(view: View) -> set[str]:
    """What the decision is about: the products of agreements that may be signed, few units though they be."""
    options = view.plan["signed"].filter(pl.col("status") == "option")["agreement"].to_list()
    return {item for name in options for item in view.plan.products(name)}


def _worth(view: View, allotments: list[str], parts: str, unit: str, values: pl.DataFrame) -> Block:
    words = view.words
    value = values.filter(pl.col("constraint") == "allotment").select("bucket", "value", allotment="thing")
    granted = (
        view.buckets.join(pl.DataFrame({"allotment": allotments}), how="cross")
        .join(view.plan["allotted"], on=["bucket", "allotment"], how="left")
        .join(value, on=["bucket", "allotment"], how="left")
        .with_columns(
            pl.col("ordered").fill_null(0.0) * pl.col("per_month"),
            pl.col("quantity") * pl.col("per_month"),
            pl.col("value").fill_null(0.0),
            order=pl.col("allotment").replace_strict(allotments, range(len(allotments))),
        )
        .sort("order", "bucket")
    )
    titles = allotment_titles(view)
    granted = granted.with_columns(title=pl.col("allotment").replace_strict(titles, return_dtype=pl.String))
    series = [
        Series(titles[name], mine["value"].to_list(), COLOURS[number % len(COLOURS)], "line")
        for number, name in enumerate(allotments)
        if (mine := granted.filter(pl.col("allotment") == name)).height
    ]
    columns = [
        Column("title", words("column.allotment")),
        Column("bucket", words("column.bucket"), "bucket"),
        Column("ordered", words("column.ordered_per_month", unit=unit), "number"),
        Column("quantity", words("column.granted_per_month", unit=unit), "number"),
        Column("value", words("column.one_more", currency=view.currency), "number"),
    ]
    title = words("scarce.worth", name=parts)
    per_unit = words("money_per", currency=view.currency, unit=words("unit.one") if unit == view.unit("unit") else unit)
    return Block(title, chart=over_time(view, series, per_unit, title), table=tabulate(view, granted, columns, title))


def _ranked(view: View, values: pl.DataFrame, what: str) -> Block | None:
    """Limits by what one percent more of each, in every bucket, adds to the objective."""
    words = view.words
    ranked = (
        values.group_by("constraint", "thing", maintain_order=True)
        .agg(pl.col("one_percent").sum(), buckets=pl.len(), first=pl.col("bucket").min(), last=pl.col("bucket").max())
        .filter(pl.col("one_percent") > 0.0)
        .sort("one_percent", "thing", descending=[True, False])
    )
    if ranked.is_empty():
        return None
    name = limit_namer(view)
    pairs = list(ranked.select("constraint", "thing").iter_rows())
    ranked = ranked.with_columns(
        kind=pl.Series([words.known(f"constraint.{kind}", kind) for kind, _ in pairs], dtype=pl.String),
        name=pl.Series([name(kind, thing) for kind, thing in pairs], dtype=pl.String),
    )
    colour = "c1" if what == "limits" else "c3"
    top = ranked.head(MOST_RANKED).select("name", "one_percent")
    steps = [Step(label, value, colour) for label, value in top.iter_rows()]
    columns = [
        Column("name", words(f"column.{what}")),
        Column("kind", words("column.kind")),
        Column("one_percent", words("column.one_percent", currency=view.currency), "money"),
        Column("buckets", words("column.buckets_binding"), "number"),
        Column("first", words("column.from"), "bucket"),
        Column("last", words("column.to"), "bucket"),
    ]
    title = words(f"scarce.{what}")
    return Block(
        title,
        [words(f"scarce.{what}_lead")],
        ranking(view, steps, view.currency, title),
        tabulate(view, ranked, columns, title),
    )
