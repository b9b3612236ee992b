"""What is decided before anything is known."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.hedged.sections.answer import now_lines
from coplant.report.hedged.view import HedgedView
from coplant.report.tabulate import Column, tabulate


def now(view: HedgedView) -> Section:
    """List what all plans share: agreements, what is ordered, made and moved, and what is paid for agreements."""
    words, rows = view.words, view.hedge["now"]
    if not view.common:
        return Section("now", words("hedged.now.title"), [words("hedged.now.at_once")])
    lead = [words("hedged.now.lead", date=view.numbers.date(view.last_common_day)), *now_lines(view)]
    started = rows.filter(pl.col("decision").is_in(["order", "make", "move"]))
    paid = rows.filter(pl.col("decision") == "pay")
    blocks = []
    if started.height:
        blocks.append(Block(words("hedged.now.started"), table=_started(view, started)))
    if paid.height:
        blocks.append(Block(words("hedged.now.paid"), table=_paid(view, paid)))
    if rows.is_empty():
        lead.append(words("hedged.answer.nothing_now"))
    return Section("now", words("hedged.now.title"), lead, blocks=blocks)


def _started(view: HedgedView, rows: pl.DataFrame) -> Table:
    """What is ordered, made and moved, a row for each way of doing it."""
    words = view.words
    table = rows.group_by("decision", "thing", "item", "site", "unit", maintain_order=True).agg(
        pl.col("quantity").sum(),
        pl.when(pl.col("cost").is_not_null().any()).then(pl.col("cost").sum()).alias("cost"),
        pl.col("bucket").min(),
        pl.col("bucket").max().alias("last"),
        pl.col("day").min(),
    )
    order = pl.col("decision").replace_strict(["order", "make", "move"], [0, 1, 2], return_dtype=pl.Int64)
    table = table.sort(order, "cost", "quantity", descending=[False, True, True], nulls_last=True, maintain_order=True)
    table = table.with_columns(
        decision=pl.Series([words(f"hedged.now.{name}") for name in table["decision"]], dtype=pl.String),
        unit=pl.Series([view.unit(name) for name in table["unit"]], dtype=pl.String),
    )
    columns = [
        Column("item", words("hedged.column.item"), "item"),
        Column("decision", words("hedged.column.what")),
        Column("thing", words("hedged.column.by")),
        Column("site", words("column.site"), "site"),
        Column("quantity", words("hedged.column.quantity"), "number"),
        Column("unit", words("column.unit")),
        Column("cost", words("hedged.column.cost", currency=view.currency), "money"),
        Column("bucket", words("hedged.column.first"), "bucket"),
        Column("last", words("hedged.column.last"), "bucket"),
        Column("day", words("hedged.column.arrives"), "date"),
    ]
    return tabulate(view, table, columns, words("hedged.now.started"))


def _paid(view: HedgedView, rows: pl.DataFrame) -> Table:
    """What is paid because of each agreement, line by line."""
    words = view.words
    table = rows.group_by("thing", "line", maintain_order=True).agg(pl.col("cost").sum(), pl.col("bucket").min())
    table = table.sort("cost", descending=True, maintain_order=True).with_columns(
        line=pl.Series([view.line(name) for name in table["line"]], dtype=pl.String)
    )
    columns = [
        Column("thing", words("column.agreement"), "agreement"),
        Column("line", words("column.line")),
        Column("cost", words("hedged.column.cost", currency=view.currency), "money"),
        Column("bucket", words("hedged.column.first"), "bucket"),
    ]
    return tabulate(view, table, columns, words("hedged.now.paid"))
