"""Where the rows of the programme come from, and the calendars it is worked by."""

from __future__ import annotations

import dataclasses

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.launched.view import LaunchedView
from coplant.report.sections.assumptions import assumptions as assumed
from coplant.report.tabulate import Column, tabulate

PROGRAMME = (
    "activities", "links", "calendars", "holidays", "teams", "assignments", "drivers", "driven", "events",
    "observations", "know_how", "advisory_effects", "acceleration", "milestones",
)  # fmt: skip
"""Tables of a programme."""


def assumptions(view: LaunchedView) -> Section:
    """Count rows by table and source, list what is noted on those assumed, and list the calendars."""
    section = assumed(view, PROGRAMME, "launched.assumed")
    if view.case["calendars"].is_empty():
        return section
    return dataclasses.replace(section, blocks=[*section.blocks, _calendars(view)])


def _calendars(view: LaunchedView) -> Block:
    words = view.words
    exceptions = view.case["holidays"].group_by("calendar").agg(rows=pl.len())
    used = view.case["activities"].group_by("calendar").agg(activities=pl.len())
    rows = (
        view.case["calendars"]
        .join(used, on="calendar", how="left", maintain_order="left")
        .join(exceptions, on="calendar", how="left", maintain_order="left")
        .with_columns(pl.col("activities", "rows").fill_null(0))
    )
    days = [", ".join(words(f"launched.weekday.{day}") for day in text.split()) for text in rows["days"].to_list()]
    columns = [
        Column("calendar", words("launched.column.calendar"), "calendar"),
        Column("worked", words("launched.column.worked")),
        Column("rows", words("launched.column.exceptions"), "number"),
        Column("activities", words("launched.column.activities"), "number"),
    ]
    table = tabulate(view, rows.with_columns(worked=pl.Series(days, dtype=pl.String)), columns,
                     words("launched.calendars"))  # fmt: skip
    return Block(words("launched.calendars"), table=table, collapsed=True)
