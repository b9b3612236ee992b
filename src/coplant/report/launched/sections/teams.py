"""Who takes the teams that can be short, when, and what waits for them."""

from __future__ import annotations

from typing import Any

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def teams(view: LaunchedView) -> Section | None:
    """List who takes a team that can be short, with advice and without; nothing where none is short."""
    words, made = view.words, view.launch["bounds"].reverse()
    if made.is_empty():
        return None
    blocks = [_block(view, row, alone=made.height == 1) for row in made.iter_rows(named=True)]
    return Section("teams", words("launched.teams.title"), [words("launched.teams.lead")], blocks=blocks)


def _block(view: LaunchedView, made: dict[str, Any], *, alone: bool) -> Block:
    """The schedule of a variant, and how near to the best it is."""
    words, numbers, advice = view.words, view.numbers, made["advice"]
    on = pl.col("advice").is_null() if advice is None else pl.col("advice") == advice
    rows = view.launch["schedule"].filter(on).sort("start", "finish", "activity")
    columns = [
        Column("activity", words("launched.column.activity"), "activity"),
        Column("start", words("launched.column.early_start"), "date"),
        Column("finish", words("launched.column.early_finish"), "date"),
        Column("waited", words("launched.column.waited"), "number"),
        Column("team", words("launched.column.team"), "team"),
    ]
    if alone:
        title = ""
    elif advice is None:
        title = words("launched.without_advice")
    else:
        title = words("launched.with_advice_of", agreement=view.title("agreement", advice))
    milestone = view.case["milestones"].filter(activity=made["activity"])["milestone"][0]
    how_good = words(
        f"launched.teams.{made['status']}",
        milestone=words("quoted", text=view.title("milestone", milestone)),
        finish=numbers.date(made["finish"]),
        bound=numbers.date(made["bound"]),
    )
    table = tabulate(view, rows, columns, words("launched.teams.table"))
    return Block(title[:1].upper() + title[1:], [how_good], table=table)
