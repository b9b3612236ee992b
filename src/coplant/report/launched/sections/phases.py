"""When each activity is worked on, phase by phase."""

from __future__ import annotations

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import marks_of_phases, phase
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def phases(view: LaunchedView) -> Section:
    """Draw a chart of bars for each phase, all over the same days; what is drawn is told once, above."""
    words = view.words
    drawn = marks_of_phases(view)
    blocks = [
        Block(view.phase(name), chart=phase(view, name), table=_table(view, name)) for name in view.phases
    ]  # fmt: skip
    lead = [words("launched.phases.lead")]
    return Section("phases", words("launched.phases.title"), lead, blocks=blocks, grid=True, legend=drawn)


def _table(view: LaunchedView, name: str) -> Table:
    words = view.words
    rows = view.activities.filter(phase=name)
    columns = [
        Column("activity", words("launched.column.activity"), "activity"),
        Column("critical", words("launched.column.critical"), "yes"),
        Column("planned", words("launched.column.likely"), "number"),
        Column("mean", words("launched.column.mean_work"), "number"),
        Column("early_start", words("launched.column.early_start"), "date"),
        Column("early_finish", words("launched.column.early_finish"), "date"),
        *(Column(f"finish_{one}", words(f"launched.column.finish_{one}"), "date") for one in ("p10", "p50", "p90")),
        Column("free_float", words("launched.column.free_float"), "number"),
    ]
    return tabulate(view, rows, columns, words("launched.phases.table", phase=view.phase(name)), rows.height)
