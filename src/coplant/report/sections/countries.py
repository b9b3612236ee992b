"""Revenue by country."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import by_category, split
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import REVENUE, View


def countries(view: View) -> Section | None:
    """Show revenue by country and year; nothing where no site has a country."""
    words = view.words
    money = view.plan["money"].filter(pl.col("line").is_in(REVENUE))
    if money["country"].null_count() == money.height:
        return None
    by_year = view.by_year(money.with_columns(pl.col("country").fill_null(words("countries.unknown"))), "country")
    years = sorted(set(by_year["year"].to_list()))
    series = split(view, by_year, "country", "amount", "year", years)
    table = by_year.with_columns(share=pl.col("amount") / pl.col("amount").sum().over("year"))
    columns = [
        Column("year", words("column.year"), "year"),
        Column("country", words("column.country")),
        Column("amount", words("column.revenue", currency=view.currency), "money"),
        Column("share", words("column.share"), "share"),
    ]
    block = Block(
        chart=by_category(view, [str(year) for year in years], series, view.currency, words("countries.label")),
        table=tabulate(view, table, columns, words("countries.table")),
    )
    return Section("countries", words("countries.title"), blocks=[block])
