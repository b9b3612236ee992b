"""The case of a future: what its outcomes change."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.draft import ROW
from coplant.case.edits import changed, matching, where_of
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES, Table
from coplant.timeline.calendar import Days

Edit = dict[str, Any]
"""A row of the table ``edits``, with its place in what was read under `ROW`."""


class _Made(NamedTuple):
    """What an edit did."""

    edit: Edit
    meant: pl.Series
    """The rows of the table that it changed, as they stand in what was read."""


def edits_of(case: Case) -> dict[str, list[Edit]]:
    """What each outcome of a case changes."""
    edits: dict[str, list[Edit]] = {}
    for edit in case["edits"].with_columns(case.rows["edits"].alias(ROW)).iter_rows(named=True):
        edits.setdefault(edit["outcome"], []).append(edit)
    return edits


def edited(
    case: Case, edits: Mapping[str, Sequence[Edit]], outcomes: Sequence[tuple[str, np.datetime64]], name: str
) -> Case:
    """Change a case as some outcomes do.

    Parameters
    ----------
    case : Case
        The case, of which all is certain.
    edits : mapping of sequence of dict
        What each outcome changes.
    outcomes : sequence of (str, datetime64[D])
        The outcomes in the order in which they become known, each with that day.
    name : str
        What such a future is called.

    Returns
    -------
    Case
        A new case, checked.

    Raises
    ------
    CaseError
        An edit means no row, or the new case has mistakes; says in which future, and which edits they come from.
    """
    tables: dict[str, pl.DataFrame] = {}
    made: list[_Made] = []
    origin = f"{case.settings.name}, if {name}"
    for outcome, known in outcomes:
        for edit in edits.get(outcome, ()):
            table = TABLES[edit["table"]]
            frame = tables.get(table.name)
            if frame is None:
                frame = case[table.name].with_columns(case.rows[table.name].alias(ROW))
            try:
                mask = matching(table, frame, where_of(table, edit["key"]))
                if table.dated:
                    first = edit["from"] or known.astype(datetime.date)
                    frame, mask = _cut(table, frame, mask, first, edit["until"])
                tables[table.name] = changed(table, frame, mask, {edit["column"]: _new(edit)})
            except CaseError as error:
                found = error.problems[0]
                problem = Problem("edits", edit[ROW], "key", edit["key"], found.expected, found.mend)
                raise CaseError([problem], origin) from None
            made.append(_Made(edit, frame[ROW].filter(mask)))
    if not tables:
        return case
    try:
        return case.with_edited(
            {name: frame.drop(ROW) for name, frame in tables.items()},
            {name: frame[ROW] for name, frame in tables.items()},
        )
    except CaseError as error:
        raise CaseError([_explained(problem, made) for problem in error.problems], origin) from None


def _explained(problem: Problem, made: Sequence[_Made]) -> Problem:
    """Let a mistake of a future say which edits it comes from: those of its cell; else it may be any of them."""
    of_cell = [
        one
        for one in made
        if (one.edit["table"], one.edit["column"]) == (problem.table, problem.column)
        and (problem.row is None or problem.row in one.meant)
    ]
    *rows, last = sorted({one.edit[ROW] for one in of_cell or made})
    places = f"rows {', '.join(map(str, rows))} and {last}" if rows else f"row {last}"
    return dataclasses.replace(problem, mend=f"{problem.mend}. It comes from {places} of edits".removeprefix(". "))


def _new(edit: Edit) -> object:
    """What a column becomes."""
    if edit["operation"] == "set":
        return edit["value"]
    by = float(str(edit["value"]))
    column = pl.col(str(edit["column"]))
    # Minus zero becomes zero, as in a cell that is read.
    return column * by + 0.0 if edit["operation"] == "times" else column + by


def _cut(
    table: Table, frame: pl.DataFrame, mask: pl.Series, first: datetime.date, until: datetime.date | None
) -> tuple[pl.DataFrame, pl.Series]:
    """Let rows that hold from a day until the next begin anew at two days, and find those between.

    Parameters
    ----------
    table : Table
        The table.
    frame : DataFrame
        Its rows.
    mask : Series of bool
        The rows that are meant.
    first, until : date
        The two days; None for no end.

    Returns
    -------
    frame : DataFrame
        The rows, and those that begin anew.
    mask : Series of bool
        Those that are meant and hold between the two days.
    """
    days = [first] if until is None else [first, until]
    whole = begun_anew(table, frame, mask, np.array(days, dtype="datetime64[D]"))
    held = int((~mask).sum())
    inside = pl.col("from") >= first
    if until is not None:
        inside &= pl.col("from") < until
    meant = whole[held:].select(inside).to_series()
    return whole, pl.concat([pl.repeat(False, held, eager=True), meant])


def begun_anew(table: Table, frame: pl.DataFrame, mask: pl.Series, days: Days) -> pl.DataFrame:
    """Let rows that hold from a day until the next begin anew on some days.

    Parameters
    ----------
    table : Table
        The table.
    frame : DataFrame
        Its rows.
    mask : Series of bool
        The rows that are meant.
    days : ndarray of datetime64[D]
        The days.

    Returns
    -------
    DataFrame
        The rows that are not meant, then those that are, and those that begin anew.
    """
    rest = [name for name in table.key if name != "from"]
    meant = frame.filter(mask)
    for day in days.tolist():
        before = meant.filter(pl.col("from") <= day)
        # A row that holds on the day, and began before it, begins anew.
        last = before.filter(pl.col("from") == pl.col("from").max().over(rest) if rest else pl.lit(True))
        anew = last.filter(pl.col("from") < day).with_columns(pl.lit(day).alias("from"))
        meant = pl.concat([meant, anew.select(meant.columns)])
    return pl.concat([frame.filter(~mask), meant])
