"""Accounts that run along: banks of units, and money unpaid."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.settled.view import SettledView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate


def accounts(view: SettledView) -> Iterator[Section]:
    """List every change of every account; nothing where none moved."""
    words = view.words
    moved = pl.any_horizontal(pl.col("added", "used", "lapsed") != 0.0)
    balances = view.settlement["balances"].filter(moved)
    if balances.is_empty():
        return
    rows = balances.with_columns(
        account=pl.Series([view.account(name) for name in balances["account"].to_list()], dtype=pl.String)
    )
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("account", words("settle.column.account")),
        Column("part", words("settle.column.part")),
        Column("day", words("settle.column.day"), "date"),
        *(Column(name, words(f"settle.column.{name}"), "figure")
          for name in ("opening", "added", "used", "lapsed", "closing")),
    ]  # fmt: skip
    table = tabulate(view, rows, columns, words("settle.accounts.table"), 10 * MOST_ROWS)
    lead = [words("settle.accounts.lead")]
    yield Section("accounts", words("settle.accounts.title"), lead, blocks=[Block(table=table)])
