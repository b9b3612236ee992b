"""Production against what is reserved and what plants can do."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import Series, over_time
from coplant.report.sections.cash import run_down
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View
from coplant.timeline import periods

MOST_AGREEMENTS, MOST_RESOURCES = 6, 8
"""Figures drawn; the table of resources lists the rest."""


def production(view: View) -> Section | None:
    """Show what is made under agreements against reservations, and loads against capacity, per month."""
    words = view.words
    blocks = _reserved(view)
    loads = _loads(view)
    if loads.height:
        blocks += _resources(view, loads)
    if not blocks:
        return None
    lead = [words("production.lead"), *run_down(view, "production")]
    return Section("production", words("production.title"), lead, blocks=blocks, grid=True)


def _reserved(view: View) -> list[Block]:
    words = view.words
    reserved = view.plan["reserved"].filter(pl.col("units") > 0.0)
    totals = (
        reserved.group_by("agreement").agg(pl.col("units").sum()).sort("units", "agreement", descending=[True, False])
    )
    blocks = []
    for name in totals["agreement"].head(MOST_AGREEMENTS).to_list():
        made = view.plan["made"].filter(pl.col("agreement") == name).group_by("bucket").agg(pl.col("started").sum())
        windows = reserved.filter(pl.col("agreement") == name)
        table = view.buckets.join(made, on="bucket", how="left", maintain_order="left").with_columns(
            started=pl.col("started").fill_null(0.0) * pl.col("per_month"),
            reserved=reserved_in_buckets(view, windows) * pl.col("per_month"),
        )
        series = [
            Series(words("production.started"), table["started"].to_list(), "c1"),
            Series(words("production.reserved"), table["reserved"].to_list(), "c2", "line"),
        ]
        title = view.title("agreement", name)
        unit = words("per_month", unit=view.items_unit(view.plan.products(name)))
        columns = [
            Column("bucket", words("column.bucket"), "bucket"),
            Column("started", words("column.started_per_month"), "number"),
            Column("reserved", words("column.reserved_per_month"), "number"),
        ]
        caption = words("production.of", name=title)
        blocks.append(
            Block(title, chart=over_time(view, series, unit, caption), table=tabulate(view, table, columns, caption))
        )
    return blocks


def reserved_in_buckets(view: View, windows: pl.DataFrame) -> pl.Series:
    """Units reserved in each bucket, counted as the plan counts them: an hour's rate by the days of each year."""
    first, last = (view.buckets[side].to_numpy() for side in ("bucket", "until"))
    units = np.zeros(len(first))
    for row in windows.iter_rows(named=True):
        clock, rate = ("year", row["yearly"]) if row["per"] == "hour" else (row["per"], row["reserved"])
        begin, end = np.datetime64(row["from"]), np.datetime64(row["until"])
        units += rate * (periods(np.clip(last, begin, end), clock) - periods(np.clip(first, begin, end), clock))
    return pl.Series(units)


def _loads(view: View) -> pl.DataFrame:
    """Loads and capacities per month, with how full each resource is at its fullest."""
    full = pl.when(pl.col("capacity") > 0.0).then(pl.col("load") / pl.col("capacity")).otherwise(None)
    return (
        view.plan["loads"]
        .filter((pl.col("load") > 0.0).any().over("resource"))
        .join(view.buckets, on="bucket", maintain_order="left")
        .with_columns(full=full, most=pl.col("capacity") + pl.col("overtime_most"))
        .with_columns(pl.col("load", "capacity", "most") * pl.col("per_month"))
    )


def _resources(view: View, loads: pl.DataFrame) -> list[Block]:
    words = view.words
    units = dict(view.plan.case["resources"].select("resource", "unit").iter_rows())
    summary = (
        loads.group_by("resource", "site")
        .agg(
            peak=pl.col("full").max(),
            average=(pl.col("load") * pl.col("days")).sum() / (pl.col("capacity") * pl.col("days")).sum(),
            overtime=pl.col("overtime").sum(),
        )
        .sort("average", "peak", "resource", descending=[True, True, False])
    )
    summary = summary.with_columns(
        unit=pl.Series([view.unit(units.get(name)) for name in summary["resource"].to_list()], dtype=pl.String)
    )
    blocks = [
        _resource(view, loads, row)
        for row in summary.head(MOST_RESOURCES).select("resource", "site", "unit").iter_rows()
    ]
    columns = [
        Column("resource", words("column.resource"), "resource"),
        Column("site", words("column.site"), "site"),
        Column("average", words("column.average_load"), "share"),
        Column("peak", words("column.peak_load"), "share"),
        Column("overtime", words("column.overtime"), "number"),
        Column("unit", words("column.unit")),
    ]
    lines = []
    if summary.height > MOST_RESOURCES:
        lines.append(
            words(
                "production.fullest", shown=view.numbers.number(MOST_RESOURCES), all=view.numbers.number(summary.height)
            )
        )
    blocks.append(
        Block(
            words("production.resources"), lines, table=tabulate(view, summary, columns, words("production.resources"))
        )
    )
    return blocks


def _resource(view: View, loads: pl.DataFrame, row: tuple[str, str, str]) -> Block:
    words = view.words
    resource, site, unit = row
    mine = loads.filter(pl.col("resource") == resource).select("bucket", "load", "capacity", "most")
    table = view.buckets.join(mine, on="bucket", how="left", maintain_order="left").with_columns(
        pl.col("load", "capacity", "most").fill_null(0.0)
    )
    series = [
        Series(words("production.load"), table["load"].to_list(), "c3"),
        Series(words("production.capacity"), table["capacity"].to_list(), "c2", "line"),
    ]
    if (table["most"] > table["capacity"] * (1.0 + 1e-9)).any():
        series.append(Series(words("production.with_overtime"), table["most"].to_list(), "c4", "dash"))
    title = f"{view.title('resource', resource)}, {view.title('site', site)}"
    caption = words("production.of", name=title)
    columns = [
        Column("bucket", words("column.bucket"), "bucket"),
        Column("load", words("column.load_per_month", unit=unit), "number"),
        Column("capacity", words("column.capacity_per_month", unit=unit), "number"),
        Column("most", words("column.most_per_month", unit=unit), "number"),
    ]
    chart = over_time(view, series, words("per_month", unit=unit), caption)
    return Block(title, chart=chart, table=tabulate(view, table, columns, caption))
