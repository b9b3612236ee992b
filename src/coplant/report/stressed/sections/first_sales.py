"""By when what waits for the launch is sold."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.stressed.view import StressedView
from coplant.report.tabulate import Column, tabulate


def first_sales(view: StressedView) -> Section | None:
    """List the chance that each item is sold by the end of each year in which that is open."""
    words, table = view.words, view.stress["first_sales"]
    # Years in which it is certain for all, or out of the question, say nothing.
    telling = pl.col("chance").max().over("item", "year") > 0.0
    shown = table.filter(telling, (pl.col("chance") < 1.0).any().over("item", "year"))
    if not shown.height:
        return None
    named = shown.with_columns(policy=pl.Series([view.policy(name) for name in shown["policy"]], dtype=pl.String))
    columns = [
        Column("policy", words("stressed.column.policy")),
        Column("item", words("stressed.column.item"), "item"),
        Column("year", words("column.year"), "year"),
        Column("chance", words("stressed.column.chance"), "share"),
        Column("low", words("stressed.column.low"), "share"),
        Column("high", words("stressed.column.high"), "share"),
    ]
    caption = words("stressed.first_sales.title")
    made = tabulate(view, named, columns, caption)
    return Section("first_sales", caption, [words("stressed.first_sales.lead")], blocks=[Block(table=made)])
