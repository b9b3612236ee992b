"""The chance that each milestone is reached by each day."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import curve
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate

SHARES = (0.01, 0.05, *(step / 10 for step in range(1, 10)), 0.95, 0.99)
"""Probabilities of the table; the workbook has every hundredth."""


def curves(view: LaunchedView) -> Section:
    """Draw a curve for each milestone, its target marked."""
    words = view.words
    blocks = [Block(view.title("milestone", name), chart=curve(view, name), table=_table(view, name))
              for name in view.milestones]  # fmt: skip
    return Section("dates", words("launched.dates.title"), [words("launched.dates.lead")], blocks=blocks, grid=True)


def _table(view: LaunchedView, milestone: str) -> Table:
    """Day by probability, a column with and one without advice."""
    words = view.words
    rows = pl.DataFrame({"share": list(SHARES)})
    columns = [Column("share", words("launched.column.share"), "share")]
    for number, advice in enumerate(view.variants(milestone)):
        days = view.at("dates", milestone, advice).select(pl.col("share").round(3), pl.col("day").alias(str(number)))
        rows = rows.join(days, on="share", how="left", maintain_order="left")
        head = view.advised(milestone, advice) or words("launched.column.day")
        columns.append(Column(str(number), head[0].upper() + head[1:], "date"))
    return tabulate(view, rows, columns, words("launched.dates.table", milestone=view.title("milestone", milestone)))
