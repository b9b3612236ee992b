"""How concentrated the revenue of each plan is."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, Series, lines
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate


def mix(view: ComparedView) -> Section | None:
    """Draw the concentration of revenue by year, and list the share of each line of business."""
    words = view.words
    table = view.comparison["revenues"]
    if table.is_empty():
        return None
    years = sorted(table["year"].unique().to_list())
    hhi = table.select("plan", "year", "hhi").unique()
    series = []
    for number, name in enumerate(view.names):
        of_year = dict(hhi.filter(pl.col("plan") == name).select("year", "hhi").iter_rows())
        series.append(Series(name, [of_year.get(year) for year in years], COLOURS[number], "line"))
    rows = table.sort("year", "family", "plan")
    columns = [
        Column("year", words("compared.column.year"), "year"),
        Column("family", words("column.family"), "family"),
        Column("plan", words("compared.column.plan")),
        Column("revenue", words("compared.column.revenue", currency=view.currency), "money"),
        Column("share", words("column.share"), "share"),
    ]
    title = words("compared.mix.title")
    chart = lines(
        view, [str(year) for year in years], series, words("compared.mix.hhi"), words("compared.mix.label"), share=False
    )
    return Section(
        "mix",
        title,
        [words("compared.mix.lead")],
        blocks=[Block(chart=chart, table=tabulate(view, rows, columns, title))],
    )
