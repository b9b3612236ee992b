"""When production starts under what is signed, and how output rises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.charts import COLOURS, Series, over_time
from coplant.report.numbers import DAYS_PER_MONTH
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import BOUND, View

RISEN = 0.95
"""Share of its highest monthly rate from which output counts as risen, where the highest itself comes later."""


def launch(view: View) -> Section | None:
    """Show when production can start, the first unit and the rise of output under each option that is signed."""
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
    rate = pl.col("rate")
    summary = (
        rates.group_by("agreement", maintain_order=True)
        .agg(
            first=pl.col("bucket").min(),
            risen=pl.col("bucket").filter(rate >= RISEN * rate.max()).first(),
            risen_rate=rate.filter(rate >= RISEN * rate.max()).first(),
            top=pl.col("bucket").filter(rate >= (1.0 - BOUND) * rate.max()).first(),
            peak=rate.max(),
            good=pl.col("good").sum(),
        )
        .join(signed.select("agreement", "sign_date", "starts"), on="agreement")
        .join(_starts_of_production(view), on="agreement")
        .with_columns(wait=(pl.col("first") - pl.col("sign_date")).dt.total_days() / DAYS_PER_MONTH)
        .sort("first", "agreement")
    )
    names = summary["agreement"].to_list()
    series = [
        Series(view.title("agreement", name), _rates(view, rates, name), COLOURS[number % len(COLOURS)], "line")
        for number, name in enumerate(names)
    ]
    lead = [_risen(view, row) for row in summary.iter_rows(named=True)]
    products = [item for name in names for item in view.plan.products(name)]
    unit = words("per_month", unit=view.items_unit(products))
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("sign_date", words("column.sign_date"), "date"),
        Column("starts", words("column.starts"), "date"),
        Column("opens", words("column.start_of_production"), "date"),
        Column("first", words("column.first_unit"), "bucket"),
        Column("peak", words("column.highest_rate"), "number"),
        Column("top", words("column.top"), "bucket"),
        Column("risen", words("column.risen", share=view.numbers.share(RISEN, 0)), "bucket"),
        Column("risen_rate", words("column.rate"), "number"),
        Column("good", words("column.good"), "number"),
    ]
    block = Block(
        chart=over_time(view, series, unit, words("launch.label")),
        table=tabulate(view, summary, columns, words("launch.table")),
    )
    output = Block(words("launch.by_bucket"), table=_by_bucket(view, rates), collapsed=True)
    return Section("launch", title, lead, blocks=[block, output])


def _starts_of_production(view: View) -> pl.DataFrame:
    """First day on which any route of each agreement can be started."""
    agreements = view.plan.case["agreements"].select("agreement", "starts")
    routes = (
        view.plan.case["routes"].join(agreements, on="agreement").join(view.plan["starts"], on="milestone", how="left")
    )
    return routes.group_by("agreement").agg(opens=pl.max_horizontal(pl.coalesce("from", "day"), "starts").min())


def _risen(view: View, row: Mapping[str, Any]) -> str:
    """When production can start under an agreement, when it does, and how far output rises."""
    words, numbers = view.words, view.numbers
    risen = words(
        "launch.risen",
        share=numbers.share(RISEN, 0),
        rate=numbers.number(row["risen_rate"]),
        bucket=view.bucket(row["risen"]),
    )
    return words(
        "launch.lead",
        agreement=words("quoted", text=view.title("agreement", row["agreement"])),
        opens=numbers.date(row["opens"]),
        first=view.bucket(row["first"]),
        months=words.counted("months", round(row["wait"])),
        rate=numbers.number(row["peak"]),
        unit=view.items_unit(view.plan.products(row["agreement"])),
        top=view.bucket(row["top"]),
        risen=risen if row["risen"] < row["top"] else "",
    )


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
