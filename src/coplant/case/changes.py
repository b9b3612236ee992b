"""Changes to the rows of a case, one after the other, some of them from a day until another."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import polars as pl

from coplant.case.case import Case
from coplant.case.cells import typed
from coplant.case.draft import ROW
from coplant.case.edits import changed, check_columns, known_table, matching, where_of
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES, Column, Table

OPERATIONS = {"=": "set", "*=": "times", "+=": "plus", "-=": "minus"}
"""How a change is written, and what it does."""

_WRITTEN = re.compile(
    r"\s*(?P<table>\w+)\s*(?:\[(?P<key>[^]]*)\])?\s*\.\s*(?P<column>\w+)\s*(?P<sign>[*+-]?=)\s*(?P<value>.*?)"
    r"(?:\s+from\s+(?P<first>\d{4}-\d{2}(?:-\d{2})?))?(?:\s+until\s+(?P<until>\d{4}-\d{2}(?:-\d{2})?))?\s*"
)

_EXAMPLE = (
    "Write it like allotments[mcu].quantity *= 1.2, or like prices[car].price = 150000 from 2024-01 until 2025-01"
)


class Change(NamedTuple):
    """A change to a column of some rows of a table.

    Parameters
    ----------
    table : str
        The table; ``case`` for the settings.
    key : str or None
        Which rows: values of key columns in their order, and of others as column=value; all of them if None.
    column : str
        The column.
    operation : {"set", "times", "plus", "minus"}
        What is done to it.
    value : str or None
        What it becomes, or by what it is changed; None empties it.
    first, until : date, optional
        From which day on, and until which, where rows hold from a day.
    """

    table: str
    key: str | None
    column: str
    operation: str
    value: str | None
    first: datetime.date | None = None
    until: datetime.date | None = None

    @classmethod
    def read(cls, text: str) -> Change:
        """Read a change that is written as ``table[key].column *= value``.

        Raises
        ------
        CaseError
            It is not written so, or there is no such table or column, or no such value of it.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            _refuse(Problem("change", None, None, text, "a change such as table[key].column *= value", _EXAMPLE), text)
        table = known_table(found["table"])
        check_columns(table, {found["column"]: None})
        operation, value = OPERATIONS[found["sign"]], found["value"].strip("\"'") or None
        column = table.column(found["column"])
        if operation != "set":
            _check_number(table, column, value, text)
        first, until = (_day(found[name], text) for name in ("first", "until"))
        if (first or until) and not table.dated:
            expected = "no days: its rows hold on all days"
            _refuse(Problem(table.name, None, None, text, expected, "Leave out from and until"), text)
        if first and until and first >= until:
            _refuse(Problem(table.name, None, None, text, "a day until which that is after its first", ""), text)
        return cls(table.name, found["key"] or None, column.name, operation, value, first, until)

    def __str__(self) -> str:
        key = f"[{self.key}]" if self.key else ""
        sign = next(sign for sign, operation in OPERATIONS.items() if operation == self.operation)
        days = [f"{word} {day}" for word, day in (("from", self.first), ("until", self.until)) if day]
        return " ".join([f"{self.table}{key}.{self.column} {sign} {self.value or ''}".rstrip(), *days])

    @property
    def new(self) -> Any:
        """What the column becomes: a value, or an expression."""
        if self.operation == "set":
            return self.value
        by, column = float(str(self.value)), pl.col(self.column)
        # Minus zero becomes zero, as in a cell that is read.
        return {"times": column * by + 0.0, "plus": column + by, "minus": column - by}[self.operation]


@dataclass(frozen=True, eq=False)
class Changes:
    """Tables of a case as changes make them, one after the other.

    Parameters
    ----------
    case : Case
        The case.
    tables : dict of str to DataFrame
        The tables that have changed, with the row of its source of which each was made under `ROW`.
    """

    case: Case
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def make(self, change: Change) -> pl.Series:
        """Make a change, and return the rows that it means, as they stand in their source.

        Raises
        ------
        CaseError
            It means no row, or its value is none of the column.
        """
        table = TABLES[change.table]
        frame = self.tables.get(table.name)
        if frame is None:
            frame = self.case[table.name].with_columns(self.case.rows[table.name].alias(ROW))
        mask = matching(table, frame, where_of(table, change.key))
        if table.dated and (change.first or change.until):
            frame, mask = _between(table, frame, mask, change.first, change.until)
        self.tables[table.name] = changed(table, frame, mask, {change.column: change.new})
        return frame[ROW].filter(mask)

    def made(self) -> Case:
        """The case with the changes, checked.

        Raises
        ------
        CaseError
            They make mistakes of the case.
        """
        if not self.tables:
            return self.case
        return self.case.with_edited(
            {name: frame.drop(ROW) for name, frame in self.tables.items()},
            {name: frame[ROW] for name, frame in self.tables.items()},
        )


def with_changes(case: Case, changes: Sequence[Change | str]) -> Case:
    """Return the case with changes, one after the other.

    Parameters
    ----------
    case : Case
        The case.
    changes : sequence of Change or str
        The changes, or how they are written: ``allotments[mcu].quantity *= 1.2``.

    Raises
    ------
    CaseError
        A change cannot be read, or means no row; or the new case has mistakes.
    """
    read = [Change.read(change) if isinstance(change, str) else change for change in changes]
    settings = [change for change in read if change.table == "case"]
    made = Changes(case)
    for change in read:
        if change.table != "case":
            made.make(change)
    return _with_settings(made.made(), settings)


def _with_settings(case: Case, changes: Sequence[Change]) -> Case:
    for change in changes:
        value: Any = change.value
        if change.key:
            expected = "no key: the settings are one row"
            _refuse(Problem("case", None, change.column, change.key, expected, "Leave out the brackets"), str(change))
        if change.operation != "set":
            value = (
                pl.select(pl.lit(getattr(case.settings, change.column)).alias(change.column)).select(change.new).item()
            )
        case = case.edit("case", **{change.column: value})
    return case


def _check_number(table: Table, column: Column, value: str | None, text: str) -> None:
    """Check that a column is a number, and what it is changed by one."""
    if column.type not in ("number", "integer"):
        expected = f"{column.name} = ..., as it is no number"
        _refuse(Problem(table.name, None, column.name, text, expected, "Set it"), text)
    if value is None or typed(TABLES["branches"].column("probability"), value) is None:
        _refuse(Problem(table.name, None, column.name, value, "a number after the sign", _EXAMPLE), text)


def _day(text: str | None, whole: str) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        _refuse(Problem("change", None, None, text, "a day or a month, such as 2024-01-15 or 2024-01", ""), whole)


def _refuse(problem: Problem, text: str) -> NoReturn:
    raise CaseError([problem], f"the change {text!r}")


# -- rows that hold from a day until the next -------------------------------------------------------------------------


def _between(
    table: Table, frame: pl.DataFrame, mask: pl.Series, first: datetime.date | None, until: datetime.date | None
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
    first, until : date or None
        The two days; None for no beginning, or no end.

    Returns
    -------
    frame : DataFrame
        The rows, and those that begin anew.
    mask : Series of bool
        Those that are meant and hold between the two days.
    """
    whole = begun_anew(table, frame, mask, [day for day in (first, until) if day is not None])
    held = int((~mask).sum())
    inside = pl.lit(True)
    if first is not None:
        inside &= pl.col("from") >= first
    if until is not None:
        inside &= pl.col("from") < until
    meant = whole[held:].with_columns(inside.alias("inside"))["inside"]
    return whole, pl.concat([pl.repeat(False, held, eager=True), meant])


def begun_anew(table: Table, frame: pl.DataFrame, mask: pl.Series, days: Sequence[datetime.date]) -> pl.DataFrame:
    """Let rows that hold from a day until the next begin anew on some days.

    Parameters
    ----------
    table : Table
        The table.
    frame : DataFrame
        Its rows.
    mask : Series of bool
        The rows that are meant.
    days : sequence of date
        The days.

    Returns
    -------
    DataFrame
        The rows that are not meant, then those that are, and those that begin anew.
    """
    rest = [name for name in table.key if name != "from"]
    meant = frame.filter(mask)
    for day in days:
        before = meant.filter(pl.col("from") <= day)
        # A row that holds on the day, and began before it, begins anew.
        last = before.filter(pl.col("from") == pl.col("from").max().over(rest) if rest else pl.lit(True))
        anew = last.filter(pl.col("from") < day).with_columns(pl.lit(day).alias("from"))
        meant = pl.concat([meant, anew.select(meant.columns)])
    return pl.concat([frame.filter(~mask), meant])
