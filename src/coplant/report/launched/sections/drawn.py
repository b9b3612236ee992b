"""How the launch was drawn, so that it can be drawn again."""

from __future__ import annotations

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.launched.view import LaunchedView


def drawn(view: LaunchedView) -> Section:
    """List samples, seed, first day, digest and versions."""
    words, launch = view.words, view.launch
    told = {
        words("launched.drawn.samples"): view.numbers.number(launch.samples),
        words("launched.drawn.seed"): str(launch.seed),
        words("launched.drawn.first"): view.numbers.date(launch.first),
        words("launched.drawn.digest"): launch.case.digest,
        **launch.versions,
    }
    heads = [(words("column.what"), False), (words("column.value"), False)]
    caption = words("launched.drawn.table")
    table = Table(caption, heads, [(Cell(name), Cell(value)) for name, value in told.items()])
    return Section("drawn", words("launched.drawn.title"), blocks=[Block(table=table)], collapsed=True)
