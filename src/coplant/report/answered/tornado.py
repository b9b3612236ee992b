"""Which inputs matter most: a bar for each to either side of the plan."""

from __future__ import annotations

import polars as pl

from coplant.report.answered.charts import tornado
from coplant.report.answered.inputs import input_title
from coplant.report.answered.page import texts
from coplant.report.blocks import Block, Section
from coplant.report.charts import Series
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View

MOST_BARS = 15
"""Inputs that are drawn; the table has all."""

_NOTHING = 1e-6
"""Share of the present value below which an input makes no difference."""

_SIDES = (("lower", "c2"), ("higher", "c1"))


def tornado_section(view: View, table: pl.DataFrame, by: float) -> Section:
    """Say which inputs matter most, and draw and list them.

    Parameters
    ----------
    view : View
        The plan in a language.
    table : DataFrame
        What was found.
    by : float
        Per cent by which inputs are lower and higher.
    """
    words = texts(view)
    percent = view.numbers.exact_share(by / 100.0)
    titles = pl.Series("title", [input_title(view, name) for name in table["input"]], dtype=pl.String)
    named = table.with_columns(titles)
    least = _NOTHING * max(abs(view.plan.objective), 1.0)
    matters = named.filter(pl.max_horizontal(pl.col("lower", "higher").abs()) > least).head(MOST_BARS)
    title = words("tornado.title")
    chart = None
    if matters.height:
        series = [Series(words(f"tornado.{side}", by=percent), matters[side].to_list(), colour)
                  for side, colour in _SIDES]  # fmt: skip
        chart = tornado(view, matters["title"].to_list(), series, view.currency, words("tornado.label"))
    sides = [
        Column(
            side, words("tornado.column", side=words(f"tornado.{side}", by=percent), currency=view.currency), "money"
        )
        for side, _ in _SIDES
    ]
    columns = [
        Column("title", words("tornado.input")),
        *sides,
        Column("turns", words("tornado.turns")),
        Column("input", words("tornado.written")),
    ]
    turns = pl.Series([_turns(view, row) for row in named.iter_rows(named=True)], dtype=pl.String)
    shown = named.with_columns(turns=turns)
    lead = [*_lead(view, matters, percent), words("tornado.lead", by=percent)]
    block = Block(chart=chart, table=tabulate(view, shown, columns, title))
    return Section("tornado", title, lead, blocks=[block])


def _lead(view: View, matters: pl.DataFrame, percent: str) -> list[str]:
    words = texts(view)
    if matters.is_empty():
        return [words("tornado.none", by=percent)]
    first = matters.row(0, named=True)
    told = {side: words("no_plan") if first[side] is None else view.gain(first[side]) for side, _ in _SIDES}
    return [words("tornado.first", input=first["title"], by=percent, **told)]


def _turns(view: View, row: dict[str, object]) -> str:
    """Agreements about which another decision is made, lower and higher."""
    words = texts(view)
    told = []
    for side, _ in _SIDES:
        if row[side] is None:
            told.append(words(f"tornado.no_plan_{side}"))
        elif row[f"turned_by_{side}"]:
            names = [view.title("agreement", name) for name in str(row[f"turned_by_{side}"]).split(", ")]
            told.append(words(f"tornado.if_{side}", names=view.list(names)))
    return "; ".join(told)
