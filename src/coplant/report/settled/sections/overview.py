"""What is owed in all, and under each agreement."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from coplant.report.blocks import Block, KeyFigure, Section
from coplant.report.settled.view import SettledView
from coplant.report.tabulate import Column, tabulate


def overview(view: SettledView) -> Iterator[Section]:
    """Say what is owed over all statements, and what each agreement comes to."""
    words, statements = view.words, view.settlement["statements"]
    title = words("settle.overview.title")
    if statements.is_empty():
        yield Section("overview", title, [_nothing(view)])
        return
    total = view.settlement.total
    lead = words(
        "settle.overview.lead" if total >= 0.0 else "settle.overview.credit",
        brand=view.brand, amount=view.exact(abs(total)),
        statements=words.counted("settle.statements", statements.height),
    )  # fmt: skip
    rows = statements.group_by("agreement", maintain_order=True).agg(
        pl.len().alias("statements"), pl.col("statement").first().alias("first"),
        pl.col("statement").last().alias("last"), pl.col("charges", "corrections", "amount").sum(),
    )  # fmt: skip
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("statements", words("settle.column.statements"), "number"),
        Column("first", words("settle.column.first"), "bucket"),
        Column("last", words("settle.column.last"), "bucket"),
        *(Column(name, words(f"settle.column.{name}", currency=view.currency), "exact")
          for name in ("charges", "corrections", "amount")),
    ]  # fmt: skip
    table = tabulate(view, rows, columns, words("settle.overview.table"))
    yield Section("overview", title, [lead], _figures(view), [Block(table=table)])


def _nothing(view: SettledView) -> str:
    """Say why there is no statement."""
    settlement, date = view.settlement, view.numbers.date
    if settlement.awaited is None:
        return view.words("settle.overview.nothing")
    return view.words("settle.overview.awaited", date=date(settlement.as_of), first=date(settlement.awaited))


def _figures(view: SettledView) -> list[KeyFigure]:
    words, settlement = view.words, view.settlement
    total = settlement.total
    figures = [KeyFigure(words("settle.overview.total"), view.headline(total), view.exact(total))]
    corrected = settlement["lines"].filter(kind="correction")
    if corrected.height:
        amount, count = float(corrected["amount"].sum()), words.counted("settle.lines", corrected.height)
        name = words("settle.overview.corrections")
        figures.append(KeyFigure(name, view.money(amount), view.exact(amount), count))
    months = sorted({one.month for one in view.statements if one.lines})
    if months:
        amount = sum(one.amount for one in view.statements if one.month == months[-1])
        name = words("settle.overview.last")
        figures.append(KeyFigure(name, view.money(amount), view.exact(amount), view.month(months[-1])))
    return figures
