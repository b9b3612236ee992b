"""The checks that the schema gives: names, types, limits, keys and references of every table.

They are compiled to polars expressions; a check that nothing fails costs one pass over its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from coplant.case.cells import EXPECTED, parse
from coplant.case.found import Found
from coplant.case.names import did_you_mean
from coplant.case.settings import Settings
from coplant.errors import Problem
from coplant.schema import TABLES, Column, Table

ROW = "#row"
"""Hidden column of a draft's frames: the row as a planner sees it."""

_HINTS = 25


@dataclass
class Draft:
    """Typed tables on their way to a case.

    Attributes
    ----------
    settings : Settings or None
        None if they have problems.
    frames : dict of DataFrame
        Every table but ``case``, with all columns of the schema and `ROW`, in the order found; bad cells are
        null.
    problems : list of Problem
        What is wrong so far.
    """

    settings: Settings | None
    frames: dict[str, pl.DataFrame]
    problems: list[Problem]

    def report(self, table: str, rows: pl.DataFrame, column: str, expected: str, mend: str) -> None:
        """Report the same mistake in a column of some rows of a table."""
        for row, value in zip(rows[ROW].to_list(), rows[column].to_list(), strict=True):
            self.problems.append(Problem(table, row, column, value, expected, mend))

    def unsound(self) -> set[str]:
        """Tables with problems so far."""
        return {problem.table for problem in self.problems}


def empty_frame(table: Table) -> pl.DataFrame:
    """Return a table without rows."""
    return pl.DataFrame(schema={column.name: column.dtype for column in table.columns})


def check_tables(found: Mapping[str, Found], settings: Settings | None, problems: list[Problem]) -> Draft:
    """Check all that the schema says about the tables found.

    Parameters
    ----------
    found : mapping of Found
        The tables by name, ``case`` left out.
    settings : Settings or None
        The checked settings; None if they have problems.
    problems : list of Problem
        What is wrong so far; takes all further mistakes.
    """
    draft = Draft(settings, {}, problems)
    names = [name for name in TABLES if name != "case"]
    for name in found:
        if name not in names:
            otherwise = f"Tables are {', '.join(names)}"
            problems.append(Problem(name, None, None, None, "a table of a case", did_you_mean(name, names, otherwise)))
    for name in names:
        table = TABLES[name]
        if name in found:
            problems += found[name].problems
            draft.frames[name] = _typed(table, found[name], draft)
        else:
            draft.frames[name] = empty_frame(table).with_columns(pl.Series(ROW, [], dtype=pl.Int64))
        if table.required and draft.frames[name].is_empty():
            mend = f"Add it, with the columns {', '.join(c.name for c in table.columns if c.required)}"
            problems.append(Problem(name, None, None, None, "at least one row in this table", mend))
    for name, frame in draft.frames.items():
        if not frame.is_empty():
            _keys(TABLES[name], draft)
            _references(TABLES[name], draft)
    return draft


def _typed(table: Table, found: Found, draft: Draft) -> pl.DataFrame:
    height = len(found.rows)
    for name in found.columns:
        if name not in table.names:
            otherwise = f"The columns of {table.name} are {', '.join(table.names)}"
            mend = did_you_mean(name, table.names, otherwise)
            draft.problems.append(Problem(table.name, None, name, None, "a column of this table", mend))
    series: list[pl.Series] = []
    for column in table.columns:
        raw = found.columns.get(column.name)
        if raw is None:
            if column.required and height:
                problem = Problem(table.name, None, column.name, None, "this column", f"Add it: {column.description}")
                draft.problems.append(problem)
            value = column.default
            series.append(pl.repeat(value, height, dtype=column.dtype, eager=True).alias(column.name))
            continue
        cells = parse(raw, column)
        values = cells.values.alias(column.name)
        missing = values.is_null() & ~cells.bad
        if cells.bad.any():
            for index in cells.bad.arg_true().to_list():
                problem = Problem(
                    table.name, found.rows[index], column.name, raw[index], EXPECTED[column.type], column.description
                )
                draft.problems.append(problem)
        if column.required and missing.any():
            for row in found.rows.filter(missing).to_list():
                draft.problems.append(Problem(table.name, row, column.name, None, "a value", column.description))
        if column.default is not None and missing.any():
            values = values.set(missing, column.default)
        series.append(values)
    frame = pl.DataFrame([*series, found.rows.cast(pl.Int64).alias(ROW)])
    limits = _limits(table)
    if limits:
        flags = frame.select(limit.broken.any().alias(limit.column.name) for limit in limits).row(0, named=True)
        for limit in limits:
            if flags[limit.column.name]:
                _report_limit(table, limit, frame, draft)
    return frame


@dataclass(frozen=True)
class _Limit:
    column: Column
    broken: pl.Expr


@cache
def _limits(table: Table) -> list[_Limit]:
    """Conditions that say where the range or the choices of each column are broken."""
    limits: list[_Limit] = []
    for column in table.columns:
        cell = pl.col(column.name)
        bounds = column.bounds
        if bounds:
            broken = pl.lit(False)
            if bounds.low is not None:
                broken |= cell <= bounds.low if bounds.low_open else cell < bounds.low
            if bounds.high is not None:
                broken |= cell >= bounds.high if bounds.high_open else cell > bounds.high
            limits.append(_Limit(column, broken))
        elif column.choices:
            limits.append(_Limit(column, ~cell.is_in(column.choices)))
    return limits


def _report_limit(table: Table, limit: _Limit, frame: pl.DataFrame, draft: Draft) -> None:
    column = limit.column
    for row, value in frame.filter(limit.broken).select(ROW, column.name).iter_rows():
        if column.choices:
            expected, mend = (
                f"one of {', '.join(column.choices)}",
                did_you_mean(value, column.choices, column.description),
            )
        else:
            expected, mend = range_in_words(column), column.description
        draft.problems.append(Problem(table.name, row, column.name, value, expected, mend))


def range_in_words(column: Column) -> str:
    """Return the limits of a number in words."""
    bounds = column.bounds
    if bounds is None:
        return "a number"
    words = []
    if bounds.low is not None:
        words.append(f"{'above' if bounds.low_open else 'at least'} {bounds.low:g}")
    if bounds.high is not None:
        words.append(f"{'below' if bounds.high_open else 'at most'} {bounds.high:g}")
    return f"a number {' and '.join(words)}"


def _keys(table: Table, draft: Draft) -> None:
    if not table.key:
        return
    frame = draft.frames[table.name]
    key = list(table.key)
    required = [name for name in key if table.column(name).required]
    if not frame.select(pl.struct(key).is_duplicated().any()).item():
        return
    known = frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in required))
    first = pl.col(ROW).first().over(key)
    again = known.with_columns(first.alias("#first")).filter(pl.col(ROW) != pl.col("#first"))
    for record in again.select(ROW, "#first", *key).iter_rows():
        row, earlier, *values = record
        value: Any = (
            values[0] if len(values) == 1 else ", ".join(str(one) if one is not None else "empty" for one in values)
        )
        expected = f"{', '.join(key)} other than in row {earlier}"
        mend = "Two rows have the same key: remove one, or change what tells them apart"
        draft.problems.append(
            Problem(table.name, row, key[0] if len(key) == 1 else ", ".join(key), value, expected, mend)
        )


def _references(table: Table, draft: Draft) -> None:
    frame = draft.frames[table.name]
    for column in table.columns:
        if column.refers_to is None:
            continue
        there, name = column.refers_to
        target = draft.frames[there]
        known = target.select(pl.coalesce(name, "item") if (there, name) == ("items", "family") else pl.col(name))
        values = known.to_series().drop_nulls()
        dangling = frame.filter(~pl.col(column.name).is_in(values.unique().implode()))
        if dangling.is_empty():
            continue
        candidates = values.unique(maintain_order=True).to_list()
        hints: dict[str, str] = {}
        for row, value in dangling.select(ROW, column.name).iter_rows():
            if value not in hints:
                otherwise = f"Add it to {there}, or name one that is there"
                hints[value] = did_you_mean(value, candidates, otherwise) if len(hints) < _HINTS else otherwise
            draft.problems.append(Problem(table.name, row, column.name, value, f"a {name} of {there}", hints[value]))
