"""Other agreements beside the plan."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.stressed.view import StressedView
from coplant.report.tabulate import Column, tabulate


def regret(view: StressedView) -> Section | None:
    """List what other agreements bring more than the plan in the same samples, and how far each is from the best."""
    words, table = view.words, view.stress["regret"]
    if table.height < 2:
        return None
    named = table.with_columns(policy=pl.Series([view.policy(name) for name in table["policy"]], dtype=pl.String))
    columns = [
        Column("policy", words("stressed.column.policy")),
        Column("more", words("stressed.column.more"), "brief"),
        Column("more_low", words("stressed.column.low"), "brief"),
        Column("more_high", words("stressed.column.high"), "brief"),
        Column("better", words("stressed.column.better"), "share"),
        Column("regret", words("stressed.column.regret"), "brief"),
        Column("regret_90", words("stressed.column.regret_90"), "brief"),
        Column("without_plan", words("stressed.column.without_plan"), "number"),
    ]
    caption = words("stressed.regret.title")
    shown = tabulate(view, named, columns, caption)
    return Section("regret", caption, [words("stressed.regret.lead")], blocks=[Block(table=shown)])
