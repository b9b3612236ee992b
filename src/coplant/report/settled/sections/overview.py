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
        yield Section("overview", title, [words("settle.overview.nothing")])
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


def _figures(view: SettledView) -> list[KeyFigure]:
    words, settlement = view.words, view.settlement
    total, statements = settlement.total, settlement["statements"]
    corrected = settlement["lines"].filter(kind="correction")
    corrections = float(corrected["amount"].sum())
    billed = statements.filter(pl.col("amount") != 0.0)
    figures = [
        KeyFigure(words("settle.overview.total"), view.headline(total), view.exact(total)),
        KeyFigure(
            words("settle.overview.corrections"),
            view.money(corrections),
            view.exact(corrections),
            words.counted("settle.lines", corrected.height),
        ),
    ]
    if billed.height:
        last = billed["statement"].max()
        amount = float(billed.filter(pl.col("statement") == last)["amount"].sum())
        latest = KeyFigure(
            words("settle.overview.last"), view.money(amount), view.exact(amount), view.month(last)  # type: ignore[arg-type]
        )  # fmt: skip
        figures.append(latest)
    return figures
