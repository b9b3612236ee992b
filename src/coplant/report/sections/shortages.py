"""What customers want and do not get."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import Series, over_time, with_panel
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View

MOST_FIGURES = 6
LEAST = 1e-6
"""Share of what is wanted above which a shortage counts."""


def shortages(view: View) -> Section | None:
    """Show wanted, sold, waiting and lost by product and market, over time for those that lose most money."""
    words = view.words
    sold = view.plan["sold"]
    if sold.is_empty():
        return None
    summary = (
        view.plan.unserved("item", "site")
        .join(sold.group_by("item", "site").agg(pl.col("waiting").max()), on=["item", "site"])
        .with_columns(served=pl.when(pl.col("wanted") > 0.0).then(pl.col("sold") / pl.col("wanted")).otherwise(None))
        .sort("missed", "waiting", "item", "site", descending=[True, True, False, False])
    )
    short = summary.filter((pl.col("lost") > LEAST * pl.col("wanted")) | (pl.col("waiting") > LEAST * pl.col("wanted")))
    if short.is_empty():
        return Section("shortages", words("shortages.title"), [words("shortages.nothing")])
    columns = [
        Column("item", words("column.product"), "item"),
        Column("site", words("column.market"), "site"),
        Column("wanted", words("column.wanted"), "number"),
        Column("sold", words("column.sold"), "number"),
        Column("served", words("column.served"), "share"),
        Column("lost", words("column.lost"), "number"),
        Column("waiting_at_end", words("column.waiting_at_end"), "number"),
        Column("waiting", words("column.waiting"), "number"),
        Column("missed", words("column.missed", currency=view.currency), "money"),
    ]
    blocks = [Block(table=tabulate(view, short, columns, words("shortages.table")))]
    for item, site in short.filter(pl.col("missed") > 0.0).head(MOST_FIGURES).select("item", "site").iter_rows():
        blocks.append(_over_time(view, item, site))
    lead = words(
        "shortages.lead",
        money=view.money(float(short["missed"].sum())),
        count=view.numbers.number(short.height),
        all=view.numbers.number(summary.height),
    )
    awaited = float(short["awaited"].sum())
    lines = [lead, *([words("shortages.awaited", money=view.money(awaited))] if awaited > 0.0 else [])]
    return Section("shortages", words("shortages.title"), lines, blocks=blocks, grid=True)


def _over_time(view: View, item: str, site: str) -> Block:
    words = view.words
    rows = (
        view.plan["sold"]
        .filter(pl.col("item") == item, pl.col("site") == site)
        .group_by("bucket")
        .agg(pl.col("wanted", "sold", "waiting", "lost").sum())
    )
    table = view.buckets.join(rows, on="bucket", how="left", maintain_order="left").with_columns(
        pl.col("wanted", "sold", "lost").fill_null(0.0) * pl.col("per_month"), pl.col("waiting").fill_null(0.0)
    )
    series = [
        Series(words("shortages.sold"), table["sold"].to_list(), "c3"),
        Series(words("shortages.lost"), table["lost"].to_list(), "c2"),
        Series(words("shortages.wanted"), table["wanted"].to_list(), "ink", "line"),
    ]
    unit = view.items_unit([item])
    title = words("shortages.of", item=view.title("item", item), site=view.title("site", site))
    columns = [
        Column("bucket", words("column.bucket"), "bucket"),
        Column("wanted", words("column.wanted_per_month"), "number"),
        Column("sold", words("column.sold_per_month"), "number"),
        Column("lost", words("column.lost_per_month"), "number"),
        Column("waiting", words("column.waiting_end"), "number"),
    ]
    chart = over_time(view, series, words("per_month", unit=unit), title)
    if (table["waiting"] > 0.0).any():
        chart = with_panel(view, chart, Series(words("shortages.waiting"), table["waiting"].to_list(), "c5"), unit)
    return Block(title, chart=chart, table=tabulate(view, table, columns, title))
