"""What each plan signs and reserves."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate


def decisions(view: ComparedView) -> Section | None:
    """List agreements that some plan need not sign, and what is reserved under them."""
    words = view.words
    table = view.comparison["decisions"]
    open_ = table.filter(status="option")["agreement"].unique().implode()
    rows = table.filter(pl.col("agreement").is_in(open_)).sort("agreement", maintain_order=True)
    if rows.is_empty():
        return None
    of_signed = ("sign_date", "reserved", "share_used")
    rows = rows.with_columns(pl.when("signed").then(pl.col(name)).alias(name) for name in of_signed)
    rates = [_rate(view, *row) for row in rows.select("reserved", "per").iter_rows()]
    rows = rows.with_columns(reserved=pl.Series(rates, dtype=pl.String))
    columns = [
        Column("agreement", words("compared.column.agreement"), "agreement"),
        Column("plan", words("compared.column.plan")),
        Column("signed", words("compared.column.signed"), "yes"),
        Column("sign_date", words("compared.column.sign_date"), "date"),
        Column("reserved", words("compared.column.reserved")),
        Column("share_used", words("compared.column.share_used"), "share"),
    ]
    caption = words("compared.decisions.title")
    return Section("decisions", caption, blocks=[Block(table=tabulate(view, rows, columns, caption))])


def _rate(view: ComparedView, rate: float | None, per: str | None) -> str | None:
    if rate is None:
        return None
    words = view.words
    return words("reservations.rate", rate=view.numbers.figure(rate), unit=words("unit.unit"), per=words(f"per.{per}"))
