"""When production starts under what is signed, and how output rises."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.charts import COLOURS, Series, over_time
from coplant.report.numbers import DAYS_PER_MONTH
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import BOUND, View

FULL = 0.95
"""Share of its highest monthly rate from which output counts as risen."""


def launch(view: View) -> Section | None:
    """Show the first unit and the rise of output under each option that is signed."""
    words, plan = view.words, view.plan
    options = plan["signed"].filter(pl.col("status") == "option")
    if options.is_empty():
        return None
    title = words("launch.title")
    signed = options.filter("signed")
    rates = (
        plan["made"]
        .filter(pl.col("agreement").is_in(signed["agreement"].to_list()))
        .group_by("agreement", "bucket")
        .agg(pl.col("good").sum())
        .join(view.buckets, on="bucket")
        .with_columns(rate=pl.col("good") * pl.col("per_month"))
        .sort("agreement", "bucket")
    )
    if rates.is_empty():
        return Section("launch", title, [words("launch.nothing")])
    peak = pl.col("rate").max().over("agreement")
    rates = rates.filter(pl.col("rate") > BOUND * peak)
    summary = (
        rates.with_columns(full=pl.col("bucket").filter(pl.col("rate") >= FULL * peak).min().over("agreement"))
        .group_by("agreement")
        .agg(
            first=pl.col("bucket").min(),
            full=pl.col("full").first(),
            peak=pl.col("rate").max(),
            good=pl.col("good").sum(),
        )
        .join(signed.select("agreement", "sign_date", "starts"), on="agreement")
        .with_columns(wait=(pl.col("first") - pl.col("sign_date")).dt.total_days() / DAYS_PER_MONTH)
        .sort("first", "agreement")
    )
    names = summary["agreement"].to_list()
    series = [
        Series(view.title("agreement", name), _rates(view, rates, name), COLOURS[number % len(COLOURS)], "line")
        for number, name in enumerate(names)
    ]
    lead = [
        words(
            "launch.lead",
            agreement=words("quoted", text=view.title("agreement", row["agreement"])),
            first=view.bucket(row["first"]),
            months=words.counted("months", round(row["wait"])),
            rate=view.numbers.number(row["peak"]),
            unit=view.items_unit(view.plan.products(row["agreement"])),
            full=view.bucket(row["full"]),
        )
        for row in summary.iter_rows(named=True)
    ]
    products = [item for name in names for item in view.plan.products(name)]
    unit = words("per_month", unit=view.items_unit(products))
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("sign_date", words("column.sign_date"), "date"),
        Column("starts", words("column.starts"), "date"),
        Column("first", words("column.first_unit"), "bucket"),
        Column("full", words("column.full_rate"), "bucket"),
        Column("peak", words("column.highest_rate"), "number"),
        Column("good", words("column.good"), "number"),
    ]
    block = Block(
        chart=over_time(view, series, unit, words("launch.label")),
        table=tabulate(view, summary, columns, words("launch.table")),
    )
    output = Block(words("launch.by_bucket"), table=_by_bucket(view, rates), collapsed=True)
    return Section("launch", title, lead, blocks=[block, output])


def _rates(view: View, rates: pl.DataFrame, agreement: str) -> list[float]:
    made = dict(rates.filter(pl.col("agreement") == agreement).select("bucket", "rate").iter_rows())
    return [float(made.get(bucket, 0.0)) for bucket in view.buckets["bucket"].to_list()]


def _by_bucket(view: View, rates: pl.DataFrame) -> Table:
    words = view.words
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("bucket", words("column.bucket"), "bucket"),
        Column("good", words("column.good"), "number"),
        Column("rate", words("column.rate"), "number"),
    ]
    return tabulate(view, rates, columns, words("launch.by_bucket"))
