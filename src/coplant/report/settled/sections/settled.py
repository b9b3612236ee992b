"""How it was settled, so that it can be settled again."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.settled.view import SettledView


def settled(view: SettledView) -> Iterator[Section]:
    """List what was settled, the digest of the case and the versions."""
    words, settlement = view.words, view.settlement
    told = {
        words("settle.settled.basis"): view.basis,
        words("settle.settled.digest"): settlement.case.digest,
        **settlement.versions,
    }
    heads = [(words("column.what"), False), (words("column.value"), False)]
    caption = words("settle.settled.table")
    table = Table(caption, heads, [(Cell(name), Cell(value)) for name, value in told.items()])
    yield Section("settled", words("settle.settled.title"), blocks=[Block(table=table)], collapsed=True)
