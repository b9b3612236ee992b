"""What rows that reach into other tables must say of the rows that they reach: which, and from when until when."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.edits import matching, where_of
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES


def meant(name: str, allowed: Collection[str], known: Collection[str], otherwise: str) -> str:
    """Ask which allowed name was meant by another; of one that is known and not allowed, say what is."""
    return otherwise if name in known else did_you_mean(name, allowed, otherwise)


def key_means_rows(draft: Draft, name: str) -> None:
    """Check that the key in each row of a table means some rows of the table that it names."""
    for record in draft[name].iter_rows(named=True):
        table = TABLES[record["table"]]
        if not draft.sound((table.name,)):
            continue
        try:
            matching(table, draft[table.name], where_of(table, record["key"]))
        except CaseError as error:
            found = error.problems[0]
            draft.add(Problem(name, record[ROW], "key", record["key"], found.expected, found.mend))


def days_are_of_dated_rows(draft: Draft, name: str) -> None:
    """Check that each row of a table gives days only where rows hold from a day, in order and within the horizon."""
    for record in draft[name].iter_rows(named=True):
        for column in ("from", "until"):
            if record[column] is not None and not TABLES[record["table"]].dated:
                expected = f"nothing, as rows of {record['table']} do not hold from a day until the next"
                draft.add(Problem(name, record[ROW], column, record[column], expected, "Leave it empty"))
    rows = draft[name].filter(pl.col("until") <= pl.col("from"))
    draft.report(name, rows, "until", "a day after {from}, its from", "Mend one of the two days")
    if draft.settings is not None:
        late = draft[name].filter(pl.col("from") >= draft.settings.until)
        expected = f"a day before {draft.settings.until}, the end of the horizon"
        draft.report(
            name, late, "from", expected, "What changes later changes nothing: mend the day, or leave the row out"
        )
