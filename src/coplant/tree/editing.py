"""The case of a future: what its outcomes change."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.changes import Change, Changes
from coplant.case.draft import ROW
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES

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
    changes = Changes(case)
    made: list[_Made] = []
    origin = f"{case.settings.name}, if {name}"
    for outcome, known in outcomes:
        for edit in edits.get(outcome, ()):
            dated = TABLES[edit["table"]].dated
            first = edit["from"] or known.astype(datetime.date) if dated else None
            change = Change(edit["table"], edit["key"], edit["column"], edit["operation"], edit["value"], first,
                            edit["until"])  # fmt: skip
            try:
                made.append(_Made(edit, changes.make(change)))
            except CaseError as error:
                found = error.problems[0]
                problem = Problem("edits", edit[ROW], "key", edit["key"], found.expected, found.mend)
                raise CaseError([problem], origin) from None
    try:
        return changes.made()
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
