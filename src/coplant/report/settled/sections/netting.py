"""Call-offs net of what came."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.blocks import Block, Section
from coplant.report.settled.view import SettledView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate


def netting(view: SettledView) -> Iterator[Section]:
    """List running sums of what was called off, received and under way; nothing without call-offs."""
    words, table = view.words, view.settlement["netting"]
    if table.is_empty():
        return
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("item", words("settle.column.item"), "item"),
        Column("month", words("settle.column.month"), "bucket"),
        *(Column(name, words(f"settle.column.{name}"), "number")
          for name in ("required", "received", "in_transit", "net")),
    ]  # fmt: skip
    block = Block(table=tabulate(view, table, columns, words("settle.netting.table"), 10 * MOST_ROWS))
    yield Section("netting", words("settle.netting.title"), [words("settle.netting.lead")], blocks=[block])
