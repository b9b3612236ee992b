"""The cash curve and its lowest point."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import running
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View


def cash(view: View) -> Section | None:
    """Show money paid and received, summed from the start of the horizon."""
    words, table = view.words, view.plan["cash"]
    if table.is_empty():
        return None
    values = table["cumulative"].to_list()
    least = table.row(min(range(len(values)), key=lambda index: values[index]), named=True)
    if least["cumulative"] < 0.0:
        place, amount = view.bucket(least["bucket"]), view.money(least["cumulative"])
        lead = words("cash.lead", money=amount, bucket=place, end=view.money(values[-1]))
        lowest = words("cash.lowest", bucket=place)
    else:
        lead, lowest = words("cash.never", end=view.money(values[-1])), words("cash.lowest_start")
    columns = [
        Column("bucket", words("column.bucket"), "bucket"),
        Column("amount", words("column.cash_in_bucket", currency=view.currency), "money"),
        Column("cumulative", words("column.cumulative", currency=view.currency), "money"),
    ]
    chart = running(view, values, view.currency, words("cash.label"), words("cash.cumulative"), lowest)
    block = Block(chart=chart, table=tabulate(view, table, columns, words("cash.table")))
    return Section("cash", words("cash.title"), [lead, *run_down(view, "cash")], blocks=[block])


def run_down(view: View, where: str) -> list[str]:
    """Say by how much the end of the horizon runs stock down, which flatters the last buckets; nothing if it does not.

    Parameters
    ----------
    view : View
        The plan in a language.
    where : {"production", "cash"}
        Section that says it.
    """
    value = view.plan.case["items"].select("item", "value")
    last = view.plan["stock"].filter(pl.col("bucket") == view.buckets["bucket"].max())
    start, end = (
        float(held.join(value, on="item").select((pl.col(quantity) * pl.col("value")).sum()).item())
        for held, quantity in ((view.plan.case["stock"], "quantity"), (last, "stock"))
    )
    return [view.words(f"{where}.run_down", start=view.money(start), end=view.money(end))] if end < start else []
