"""What drivers and events cost."""

from __future__ import annotations

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import causes_of, tornado
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def causes(view: LaunchedView) -> Section | None:
    """Draw by how many days each milestone would be earlier without each; nothing where there are none."""
    words = view.words
    if view.launch["causes"].is_empty():
        return None
    blocks = [Block(view.headed(name, view.usual(name)), chart=tornado(view, name), table=_table(view, name))
              for name in view.milestones]  # fmt: skip
    return Section("causes", words("launched.causes.title"), [words("launched.causes.lead")], blocks=blocks, grid=True)


def _table(view: LaunchedView, milestone: str) -> Table:
    words = view.words
    columns = [
        Column("title", words("launched.column.cause")),
        Column("word", words("launched.column.kind")),
        Column("mean", words("launched.column.cause_mean"), "number"),
        Column("p90", words("launched.column.cause_p90"), "number"),
        Column("chance", words("launched.column.cause_chance"), "share"),
    ]
    caption = words("launched.causes.table", milestone=view.title("milestone", milestone))
    return tabulate(view, causes_of(view, milestone), columns, caption)
