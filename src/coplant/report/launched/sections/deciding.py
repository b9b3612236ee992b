"""What decides when each milestone is reached: how each activity bears on it."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate

_SHOWN = 10
"""Activities that are shown at once."""


def deciding(view: LaunchedView) -> Section:
    """List the activities that bear on each milestone, the most decisive first."""
    words = view.words
    blocks = []
    for milestone in view.milestones:
        for advice in view.variants(milestone):
            head = view.headed(milestone, advice)
            rows = _rows(view, milestone, advice)
            if advice == view.usual(milestone):
                blocks.append(
                    Block(head, table=_table(view, rows.head(_SHOWN), words("launched.deciding.first", of=head)))
                )
            caption = words("launched.deciding.all", of=head)
            blocks.append(Block(caption, table=_table(view, rows, caption), collapsed=True))
    if view.launch["most_lags"].height:
        lead = [words("launched.most_lags.lead")]
        blocks.append(Block(words("launched.most_lags.title"), lead, table=_most_lags(view), collapsed=True))
    return Section("deciding", words("launched.deciding.title"), [words("launched.deciding.lead")], blocks=blocks)


def _rows(view: LaunchedView, milestone: str, advice: str | None) -> pl.DataFrame:
    phases = view.case["activities"].select("activity", phase=pl.col("phase").fill_null(""))
    rows = view.at("paths", milestone, advice).join(phases, on="activity", how="left", maintain_order="left")
    order = ["sensitivity", "criticality", "activity"]
    return rows.with_columns(critical=pl.col("critical") == "yes").sort(order, descending=[True, True, False])


def _table(view: LaunchedView, rows: pl.DataFrame, caption: str) -> Table:
    words = view.words
    columns = [
        Column("activity", words("launched.column.activity"), "activity"),
        Column("phase", words("launched.column.phase")),
        Column("sensitivity", words("launched.column.sensitivity"), "index"),
        Column("criticality", words("launched.column.criticality"), "share"),
        Column("cruciality", words("launched.column.cruciality"), "index"),
        Column("total_float", words("launched.column.total_float"), "number"),
        Column("critical", words("launched.column.critical"), "yes"),
    ]
    return tabulate(view, rows, columns, caption, 2 * MOST_ROWS)


def _most_lags(view: LaunchedView) -> Table:
    """How often the most time between two activities cannot be kept."""
    words, rows = view.words, view.launch["most_lags"].sort("broken", "predecessor", descending=[True, False])
    types = [words(f"launched.link.{one}") for one in rows["type"].to_list()]
    columns = [
        Column("predecessor", words("launched.column.predecessor"), "activity"),
        Column("successor", words("launched.column.successor"), "activity"),
        Column("link", words("launched.column.link")),
        Column("advice", words("launched.column.advice"), "agreement"),
        Column("broken", words("launched.column.broken"), "share"),
    ]
    linked = rows.with_columns(link=pl.Series(types, dtype=pl.String))
    return tabulate(view, linked, columns, words("launched.most_lags.title"))
