"""What a week of an earlier start is worth, and what advice is."""

from __future__ import annotations

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import weeks
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def worth(view: LaunchedView) -> Section | None:
    """Show the value of a week for each milestone and that of advice; nothing where they are not worked out."""
    words = view.words
    if not view.valued:
        return None
    alone = len(view.valued) == 1
    blocks = [
        Block(view.title("milestone", name), chart=weeks(view, name), table=_weeks(view, name), wide=alone)
        for name in view.valued
    ]
    if view.launch["advice"].height:
        blocks.append(Block(words("launched.weeks.advice"), [words("launched.weeks.advice_lead")], table=_advice(view)))
    return Section("worth", words("launched.weeks.title"), [words("launched.weeks.lead")], blocks=blocks, grid=True)


def _weeks(view: LaunchedView, milestone: str) -> Table:
    words, rows = view.words, view.launch["start_values"].filter(milestone=milestone).sort("day")
    columns = [
        Column("day", words("launched.column.start"), "date"),
        Column("npv", words("launched.column.npv", currency=view.currency), "money"),
        Column("week", words("launched.column.week", currency=view.currency), "money"),
    ]
    return tabulate(view, rows, columns, words("launched.weeks.table", milestone=view.title("milestone", milestone)))


def _advice(view: LaunchedView) -> Table:
    words = view.words
    columns = [
        Column("milestone", words("launched.column.milestone"), "milestone"),
        Column("agreement", words("launched.column.adviser"), "agreement"),
        Column("days", words("launched.column.days"), "number"),
        *(Column(name, words(f"launched.column.{name}", currency=view.currency), "money")
          for name in ("value", "standard_error", "low", "high", "cost", "net")),
    ]  # fmt: skip
    return tabulate(view, view.launch["advice"], columns, words("launched.weeks.advice"))
