"""Cash of each plan."""

from __future__ import annotations

from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, Series, over_time
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate


def cash(view: ComparedView) -> Section | None:
    """Draw the cash of each plan summed since the start, over the buckets of the first."""
    words, names = view.words, view.names
    curves = view.comparison["cash_curves"].pivot(on="plan", index="bucket", values="cumulative")
    table = view.buckets.select("bucket").join(curves, on="bucket", how="left", maintain_order="left")
    series = [Series(name, table[name].to_list(), COLOURS[place], "line") for place, name in enumerate(names)]
    title = words("compared.cash.title")
    columns = [Column("bucket", words("column.bucket"), "bucket"), *(Column(name, name, "money") for name in names)]
    chart = over_time(view, series, view.currency, title)
    return Section("cash", title, blocks=[Block(chart=chart, table=tabulate(view, table, columns, title))])
