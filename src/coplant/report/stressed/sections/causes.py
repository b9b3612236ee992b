"""What matters most of what was sampled."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.stressed.view import StressedView
from coplant.report.tabulate import Column, tabulate


def causes(view: StressedView) -> Section | None:
    """List what was sampled by how the value of the plan goes with it."""
    words, table = view.words, view.stress["influences"]
    if not table.height:
        return None
    causes = [view.cause(name, kind) for name, kind in table.select("cause", "kind").iter_rows()]
    named = table.with_columns(cause=pl.Series(causes, dtype=pl.String))
    columns = [
        Column("cause", words("stressed.column.cause")),
        Column("correlation", words("stressed.column.correlation"), "index"),
        Column("low", words("stressed.column.low"), "index"),
        Column("high", words("stressed.column.high"), "index"),
        Column("where_low", words("stressed.column.where_low"), "brief"),
        Column("where_high", words("stressed.column.where_high"), "brief"),
    ]
    caption = words("stressed.causes.title")
    made = tabulate(view, named, columns, caption)
    return Section("causes", caption, [words("stressed.causes.lead")], blocks=[Block(table=made)])
