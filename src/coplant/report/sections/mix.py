"""Revenue by family and year, how concentrated it is, and what it earns."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, MOST_SERIES, Series, by_category, lines, split
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View, largest

NOISE = 1e-9
"""Share of the largest revenue below which a family's is what the solver left of nothing."""


def mix(view: View) -> Section | None:
    """Show the revenue mix over the years, its HHI, and the margin of each family."""
    words = view.words
    size = pl.max_horizontal(pl.col("revenue").abs(), pl.col("cost").abs())
    revenue = view.plan["revenue"].filter(size > NOISE * size.max())
    if revenue.is_empty():
        return None
    years = sorted(set(revenue["year"].to_list()))
    names = [str(year) for year in years]
    series = split(view, revenue, "family", "revenue", "year", years, lambda name: view.title("family", name))
    columns = [
        Column("year", words("column.year"), "year"),
        Column("family", words("column.family"), "family"),
        Column("revenue", words("column.revenue", currency=view.currency), "money"),
        Column("share", words("column.share"), "share"),
        Column("cost", words("column.goods_cost", currency=view.currency), "money"),
        Column("margin", words("column.margin", currency=view.currency), "money"),
        Column("rate", words("column.margin_rate"), "share"),
    ]
    rates = revenue.with_columns(
        rate=pl.when(pl.col("revenue") > 0.0).then(pl.col("margin") / pl.col("revenue")).otherwise(None)
    )
    figure = Block(
        words("mix.revenue"),
        chart=by_category(view, names, series, view.currency, words("mix.label")),
        table=tabulate(view, rates, columns, words("mix.table")),
        wide=True,
    )
    return Section(
        "mix",
        words("mix.title"),
        [words("mix.lead")],
        blocks=[figure, _concentration(view), _margins(view, rates, years, names)],
        grid=True,
    )


def _concentration(view: View) -> Block:
    words, table = view.words, view.plan["concentration"].sort("year")
    series = [Series(words("mix.hhi"), table["hhi"].to_list(), "c1", "line")]
    names = [str(year) for year in table["year"].to_list()]
    columns = [
        Column("year", words("column.year"), "year"),
        Column("hhi", words("mix.hhi"), "index"),
        Column("revenue", words("column.revenue", currency=view.currency), "money"),
    ]
    return Block(
        words("mix.hhi"),
        chart=lines(view, names, series, words("mix.hhi"), words("mix.hhi_label"), share=False),
        table=tabulate(view, table, columns, words("mix.hhi_label")),
    )


def _margins(view: View, rates: pl.DataFrame, years: list[int], names: list[str]) -> Block:
    words = view.words
    families = largest(rates, "family", "revenue", MOST_SERIES + 1)
    by_place = {(family, year): rate for family, year, rate in rates.select("family", "year", "rate").iter_rows()}
    series = [
        Series(view.title("family", name), [by_place.get((name, year)) for year in years], COLOURS[number], "line")
        for number, name in enumerate(families)
    ]
    columns = [
        Column("year", words("column.year"), "year"),
        *(Column(name, view.title("family", name), "share") for name in families),
    ]
    rows = {name: pl.Series(list(one.values), dtype=pl.Float64) for name, one in zip(families, series, strict=True)}
    table = pl.DataFrame({"year": years} | rows)
    return Block(
        words("mix.margin"),
        [words("mix.margin_lead")],
        lines(view, names, series, words("mix.margin_rate"), words("mix.margin_label"), share=True),
        tabulate(view, table, columns, words("mix.margin_label")),
    )
