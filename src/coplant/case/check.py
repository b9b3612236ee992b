"""The checks that the schema gives: names, types, limits, keys and references of every table.

They are compiled to polars expressions; a check that nothing fails costs one pass over its column.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from coplant.case.cells import EXPECTED, as_series, filled, value
from coplant.case.draft import ROW, Draft
from coplant.case.found import Fault, Found
from coplant.case.names import did_you_mean
from coplant.case.settings import Settings, joined, parse_buckets
from coplant.errors import Problem
from coplant.schema import TABLES, Column, Table

_HINTS = 25
"""How many misspelt names of a column get a suggestion; each takes a comparison with all names there are."""


_STRAY = {
    "sheet": (
        "a sheet that is called like a table of a case",
        "Rename the sheet, delete it, or move it to another workbook",
    ),
    "file": (
        "a file that is called like a table of a case",
        "Rename the file, or move it out of the folder",
    ),
    "table": ("the name of a table of a case", "`coplant schema` lists them"),
}
"""What is expected of a table, by what it was found as, and how to mend it if it is none."""


def check_settings(
    found: Mapping[str, Any], rows: Mapping[str, int], draft: Draft, files: Mapping[str, str] | None = None
) -> None:
    """Check the settings found, and set the draft's if there is no mistake in them.

    Parameters
    ----------
    found : mapping
        Settings by name.
    rows : mapping of int
        The line or row of each; empty where they have none.
    draft : Draft
        Takes the settings and the mistakes.
    files : mapping of str, optional
        The file of each that is not of the folder that was read.
    """
    table = TABLES["case"]
    part = Draft()
    record = {name: joined(value) if name == "buckets" else value for name, value in found.items()}
    frame = _typed(table, Found.of([record or dict.fromkeys(table.names)]), part)
    settings = frame.drop(ROW).row(0, named=True)
    if settings["buckets"] is not None:
        settings["buckets"], mistakes = parse_buckets(settings["buckets"], settings["start"])
        part.add(*(Problem("case", 1, "buckets", *mistake) for mistake in mistakes))
    for problem in part.problems:
        name = problem.column or ""
        draft.add(replace(problem, row=rows.get(name), file=(files or {}).get(name)))
    draft.settings = None if part.problems else Settings(**settings)


def check_tables(found: Mapping[str, Found], draft: Draft, kept: Mapping[str, pl.DataFrame] | None = None) -> None:
    """Check all that the schema says about the tables found, and fill in the draft's tables.

    Parameters
    ----------
    found : mapping of Found
        The tables by name, ``case`` left out.
    draft : Draft
        Takes the typed tables and the mistakes.
    kept : mapping of DataFrame, optional
        Tables of a draft without mistakes, which stand where none was found. Only what was found, and what refers to
        it, is checked.
    """
    names = [name for name in TABLES if name != "case"]
    there = {*found, *(name for name, frame in (kept or {}).items() if frame.height)}
    unknown = [name for name in found if name not in names]
    for name in unknown:
        expected, mend = _STRAY[found[name].origin]
        tables = {
            "sheet": [one for one in TABLES if one not in found],  # the settings are a sheet too
            "file": [one for one in names if one not in found],
            "table": names,  # one that is handed over takes the place of one that is there
        }
        near = did_you_mean(name, tables[found[name].origin])
        draft.add(Problem(name, None, None, None, expected, f"{near} {mend}".lstrip()))
    # A programme by itself can be launched, and lacks nothing that a plan needs.
    draft.tables = typed = dict[str, pl.DataFrame]()
    planned = "activities" not in there or not there.isdisjoint(("items", "demand", "routes", "offers"))
    for name in names:
        table = TABLES[name]
        if name in found:
            draft.add(*found[name].problems)
            typed[name] = _typed(table, found[name], draft)
        elif kept is not None:
            typed[name] = kept[name]
        else:
            typed[name] = _empty(table)
            if unknown:
                draft.doubt(name)
        if table.required and planned and draft[name].is_empty():
            columns = ", ".join(column.name for column in table.columns if column.required)
            mend = f"{table.description}. Give at least the columns {columns}"
            draft.add(Problem(name, None, None, None, "at least one row in this table", mend))
    known: dict[tuple[str, str], pl.Series] = {}
    filled_names = [name for name in names if not draft[name].is_empty()]
    for name in filled_names:
        if kept is None or name in found or not _referred_to(TABLES[name]).isdisjoint(found):
            _check_references(TABLES[name], draft, known)
    for name in filled_names:
        if name in found and not found[name].checked:
            _check_keys(TABLES[name], draft)


@cache
def _referred_to(table: Table) -> frozenset[str]:
    """Tables that a table refers to."""
    return frozenset(column.refers_to[0] for column in table.columns if column.refers_to)


@cache
def _empty(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema={**{column.name: column.dtype for column in table.columns}, ROW: pl.Int64})


def _typed(table: Table, found: Found, draft: Draft) -> pl.DataFrame:
    rows = found.rows.alias(ROW)
    if found.checked:
        return pl.DataFrame([*(pl.Series(found.columns[name]) for name in table.names), rows])
    if found.typed and not _doubtful(table, found):
        cells = pl.DataFrame([*(pl.Series(found.columns[name]) for name in table.names), rows])
        return _within_limits(table, cells, draft)
    for name in found.columns:
        if name not in table.names:
            mend = did_you_mean(name, table.names, f"The names are {', '.join(table.names)}")
            expected = f"the name of a {'setting' if table.name == 'case' else 'column of this table'}"
            draft.add(Problem(table.name, None, name, None, expected, mend))
    raw = [
        as_series(found.columns[name], table.column(name)).alias(name) for name in table.names if name in found.columns
    ]
    values: list[pl.Expr] = []
    for column in table.columns:
        if column.name in found.columns:
            continue
        if column.required and rows.len():
            expected = f"this {'setting' if table.name == 'case' else 'column'}"
            draft.add(Problem(table.name, None, column.name, None, expected, f"Add it: {column.description}"))
        values.append(pl.lit(column.default, column.dtype).alias(column.name))
    cells = pl.DataFrame([*raw, rows])
    here = [(table.column(one.name), one.dtype) for one in raw]
    values += [value(column, dtype).alias(column.name) for column, dtype in here]
    frame = cells.select(*values, ROW)
    empty = frame.null_count().row(0, named=True)
    with_empty = [(column, dtype) for column, dtype in here if empty[column.name]]
    if with_empty:
        frame = _without_empty(table, found, cells, frame, with_empty, draft)
    return _within_limits(table, frame.select(*table.names, ROW), draft)


def _doubtful(table: Table, found: Found) -> bool:
    """Whether cells are empty that are needed or have a default, or numbers may have no end."""
    return any(
        ((column.required or column.default is not None) and cells.null_count() > 0)
        or (cells.dtype == pl.Float64 and not math.isfinite(cells.sum()))
        for column in table.columns
        for cells in [pl.Series(found.columns[column.name])]
    )


def _within_limits(table: Table, frame: pl.DataFrame, draft: Draft) -> pl.DataFrame:
    """Report the cells that are beyond the limits of their columns; the rows in the order of their keys."""
    limits = _limits(table)
    broken = frame.select(limit.broken.any().alias(limit.column.name) for limit in limits).row(0) if limits else ()
    for limit, one in zip(limits, broken, strict=True):
        if one:
            _report_limit(table, limit, frame, draft)
    key = list(table.key)
    return frame.sort(key, maintain_order=True) if frame.height > 1 and key else frame


def _without_empty(
    table: Table,
    found: Found,
    cells: pl.DataFrame,
    frame: pl.DataFrame,
    columns: list[tuple[Column, pl.DataType]],
    draft: Draft,
) -> pl.DataFrame:
    """Report the cells of some columns that are bad or missing, and fill in defaults."""
    masks = cells.select(filled(column, dtype).alias(column.name) for column, dtype in columns)
    bad = masks.select(pl.col(name) & frame[name].is_null() for name in masks.columns)
    for column, _ in columns:
        if bad[column.name].any():
            raw = found.columns[column.name]
            for index in bad[column.name].arg_true().to_list():
                content: Any = raw[index]
                expected, mend = EXPECTED[column.type], column.description
                if isinstance(content, Fault):
                    content, expected, mend = content.content, content.expected, content.mend
                draft.add(Problem(table.name, found.rows[index], column.name, content, expected, mend))
        if column.required and not masks[column.name].all():
            for row in found.rows.filter(~masks[column.name]).to_list():
                draft.add(Problem(table.name, row, column.name, None, "a value", column.description))
    defaults = [
        pl.when(masks[column.name]).then(column.name).otherwise(pl.lit(column.default)).alias(column.name)
        for column, _ in columns
        if column.default is not None
    ]
    return frame.with_columns(defaults)


class _Limit(NamedTuple):
    column: Column
    broken: pl.Expr


@cache
def _limits(table: Table) -> list[_Limit]:
    """Conditions that say where the range or the choices of each column are broken."""
    limits: list[_Limit] = []
    for column in table.columns:
        cell, bounds = pl.col(column.name), column.bounds
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
    for row, cell in frame.filter(limit.broken).select(ROW, column.name).iter_rows():
        mend = did_you_mean(cell, column.choices, column.description) if column.choices else column.description
        if column.unit.startswith("share") and cell > 1:
            mend += f"; {_in_per_cent(column, cell)}"
        draft.add(Problem(table.name, row, column.name, cell, allowed(column), mend))


def _in_per_cent(column: Column, cell: float) -> str:
    """Say what a share is in per cent, so that it is seen which of the two was meant."""
    if beyond(column, cell / 100):
        return "1 is 100 %"
    told = f"{cell:g} % is {cell / 100:g}"
    # Who writes 15 means 15 %; who writes 1.5 may mean either.
    return told if cell >= 2 else f"{cell:g} is {100 * cell:g} %, and {told}"


def beyond(column: Column, cell: Any) -> bool:
    """Whether a value is none that the range or the choices of a column allow."""
    bounds = column.bounds
    if column.choices:
        return cell not in column.choices
    return bounds is not None and not (
        (bounds.low is None or (cell > bounds.low if bounds.low_open else cell >= bounds.low))
        and (bounds.high is None or (cell < bounds.high if bounds.high_open else cell <= bounds.high))
    )


def allowed(column: Column) -> str:
    """Say in words which values the range or the choices of a column allow."""
    if column.choices:
        return f"one of {', '.join(column.choices)}"
    words = []
    if column.bounds and column.bounds.low is not None:
        words.append(f"{'above' if column.bounds.low_open else 'at least'} {column.bounds.low:g}")
    if column.bounds and column.bounds.high is not None:
        words.append(f"{'below' if column.bounds.high_open else 'at most'} {column.bounds.high:g}")
    return f"a number {' and '.join(words)}" if words else EXPECTED[column.type]


def _check_keys(table: Table, draft: Draft) -> None:
    frame, key = draft[table.name], list(table.key)  # sorted by key
    if (
        not key
        or not frame.select(pl.all_horizontal(pl.col(key).eq_missing(pl.col(key).shift(1))).slice(1).any()).item()
    ):
        return
    present = pl.all_horizontal(pl.col(name).is_not_null() for name in key if table.column(name).required)
    again = (
        frame.filter(present)
        .select(ROW, *key, first=pl.col(ROW).first().over(key))
        .filter(pl.col(ROW) != pl.col("first"))
    )
    names = ", ".join(key)
    for row, *values, first in again.iter_rows():
        content: Any = ", ".join("empty" if one is None else str(one) for one in values) if values[1:] else values[0]
        expected = f"other values of {names} than in row {first}"
        mend = "Two rows have the same key: remove one, or change what tells them apart"
        draft.add(Problem(table.name, row, names, content, expected, mend))


def _check_references(table: Table, draft: Draft, known: dict[tuple[str, str], pl.Series]) -> None:
    """Check that what a table refers to is there; `known` keeps the names looked up for other tables."""
    references = [
        (column.name, column.refers_to)
        for column in table.columns
        if column.refers_to and draft.sound((".".join(column.refers_to),))
    ]
    for _, place in references:
        if place not in known:
            names = draft[place[0]][place[1]]
            if place == ("items", "family"):  # an item without a family is a family of its own
                names = names.fill_null(draft["items"]["item"])
            known[place] = names.drop_nulls() if names.null_count() else names
    if not references:
        return
    dangling = draft[table.name].select(
        (~pl.col(name).is_in(known[place].implode())).any().alias(name) for name, place in references
    )
    for name, place in references:
        if dangling[name].item():
            _report_dangling(table, name, place, known[place], draft)


def _report_dangling(table: Table, column: str, place: tuple[str, str], known: pl.Series, draft: Draft) -> None:
    rows = draft[table.name].filter(~pl.col(column).is_in(known.implode()))
    names = known.unique().sort().to_list()
    expected = f"{'an' if place[1][0] in 'aeiou' else 'a'} {place[1]} in {place[0]}"
    otherwise = f"Add it to {place[0]}, or name one that is there"
    hints: dict[str, str] = {}
    for row, name in rows.select(ROW, column).iter_rows():
        if name not in hints:
            hints[name] = did_you_mean(name, names, otherwise) if len(hints) < _HINTS else otherwise
        draft.add(Problem(table.name, row, column, name, expected, hints[name]))
