"""Lines that correct earlier statements."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.settled.view import SettledView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate

_LINE = ("agreement", "statement", "number")


def corrections(view: SettledView) -> Iterator[Section]:
    """List what was billed for an earlier month and what is due for it; nothing where all was known in time."""
    words, settlement = view.words, view.settlement
    lines = settlement["lines"].filter(kind="correction")
    if lines.is_empty():
        return
    figures = settlement["operands"].join(lines, on=_LINE, how="semi").pivot("operand", index=_LINE, values="value")
    rows = lines.join(figures, on=_LINE, maintain_order="left").with_columns(
        clause=pl.Series([view.clause(name) for name in lines["clause"].to_list()], dtype=pl.String),
        part=pl.Series([view.part(*row) for row in lines.select("clause", "part").iter_rows()], dtype=pl.String),
    )
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("statement", words("settle.column.statement"), "bucket"),
        Column("month", words("settle.column.month"), "bucket"),
        Column("clause", words("settle.column.clause")),
        Column("part", words("settle.column.part")),
        Column("item", words("settle.column.item"), "item"),
        *(Column(name, words(f"settle.column.{name}", currency=view.currency), "exact")
          for name in ("due", "billed", "amount")),
    ]  # fmt: skip
    table = tabulate(view, rows, columns, words("settle.corrections.table"), 10 * MOST_ROWS)
    lead = [words("settle.corrections.lead")]
    yield Section("corrections", words("settle.corrections.title"), lead, blocks=[Block(table=table)])
