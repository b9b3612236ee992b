"""How the activities that matter most hang together."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import network as chart_of
from coplant.report.launched.network import LEAST, drawn, links_between
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate


def network(view: LaunchedView) -> Section | None:
    """Draw the network of the activities that the path to each milestone most often leads through."""
    words = view.words
    charts = {name: chart_of(view, name) for name in view.milestones}
    blocks = [
        Block(view.headed(name, view.usual(name)), chart=chart, table=_table(view, name))
        for name, chart in charts.items()
        if chart is not None
    ]
    if not blocks:
        return None
    lead = words("launched.network.lead", least=view.numbers.share(LEAST, 0))
    return Section("network", words("launched.network.title"), [lead], blocks=blocks, grid=True)


def _table(view: LaunchedView, milestone: str) -> Table:
    words = view.words
    rows = links_between(drawn(view.at("paths", milestone, view.usual(milestone))), view.case["links"])
    types = [words(f"launched.link.{one}") for one in rows["type"].to_list()]
    columns = [
        Column("predecessor", words("launched.column.predecessor"), "activity"),
        Column("successor", words("launched.column.successor"), "activity"),
        Column("kind", words("launched.column.link")),
        Column("lag", words("launched.column.lag"), "number"),
    ]
    caption = words("launched.network.table", milestone=view.title("milestone", milestone))
    return tabulate(view, rows.with_columns(kind=pl.Series(types, dtype=pl.String)), columns, caption, 2 * MOST_ROWS)
