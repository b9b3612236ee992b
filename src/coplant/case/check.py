"""The checks that the schema gives: names, types, limits, keys and references of every table.

They are compiled to polars expressions; a check that nothing fails costs one pass over its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from coplant.case.cells import EXPECTED, parse
from coplant.case.draft import ROW, Draft
from coplant.case.found import Fault, Found
from coplant.case.names import did_you_mean
from coplant.case.settings import Settings, joined, parse_buckets
from coplant.errors import Problem
from coplant.schema import TABLES, Column, Table

_HINTS = 25
"""How many misspelt names of a column get a suggestion; each takes a comparison with all names there are."""


def check_settings(found: Mapping[str, Any], rows: Mapping[str, int], draft: Draft) -> None:
    """Check the settings found, and set the draft's if there is no mistake in them.

    Parameters
    ----------
    found : mapping
        Settings by name.
    rows : mapping of int
        The line or row of each; empty where they have none.
    draft : Draft
        Takes the settings and the mistakes.
    """
    table = TABLES["case"]
    part = Draft()
    record = {name: joined(value) if name == "buckets" else value for name, value in found.items()}
    values = _typed(table, Found.of([record] if record else [dict.fromkeys(table.names)]), part).row(0, named=True)
    if values["buckets"] is not None:
        values["buckets"], mistakes = parse_buckets(values["buckets"], values["start"])
        part.add(*(Problem("case", 1, "buckets", *mistake) for mistake in mistakes))
    del values[ROW]
    draft.add(*(replace(problem, row=rows.get(problem.column or "")) for problem in part.problems))
    draft.settings = None if part.problems else Settings(**values)


def check_tables(found: Mapping[str, Found], draft: Draft) -> None:
    """Check all that the schema says about the tables found, and fill in the draft's tables.

    Parameters
    ----------
    found : mapping of Found
        The tables by name, ``case`` left out.
    draft : Draft
        Takes the typed tables and the mistakes.
    """
    names = [name for name in TABLES if name != "case"]
    unknown = [name for name in found if name not in names]
    for name in unknown:
        mend = did_you_mean(name, names, f"Tables are {', '.join(names)}")
        draft.add(Problem(name, None, None, None, "the name of a table of the schema", mend))
    for name in names:
        table = TABLES[name]
        if name in found:
            draft.add(*found[name].problems)
            draft.tables[name] = _typed(table, found[name], draft)
        else:
            draft.tables[name] = _empty(table)
            if unknown:
                draft.doubt(name)
        if table.required and draft[name].is_empty():
            columns = ", ".join(column.name for column in table.columns if column.required)
            mend = f"{table.description}. Give at least the columns {columns}"
            draft.add(Problem(name, None, None, None, "at least one row in this table", mend))
    for name in names:
        if not draft[name].is_empty():
            if not found[name].checked:
                _check_keys(TABLES[name], draft)
            _check_references(TABLES[name], draft)


@cache
def _empty(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema={**{column.name: column.dtype for column in table.columns}, ROW: pl.Int64})


def _typed(table: Table, found: Found, draft: Draft) -> pl.DataFrame:
    rows = found.rows.alias(ROW)
    if found.checked:
        return pl.DataFrame([*(pl.Series(found.columns[name]) for name in table.names), rows])
    for name in found.columns:
        if name not in table.names:
            mend = did_you_mean(name, table.names, f"The columns of {table.name} are {', '.join(table.names)}")
            draft.add(Problem(table.name, None, name, None, "the name of a column of this table", mend))
    series = [_typed_column(table, column, found, draft) for column in table.columns]
    frame = pl.DataFrame([*series, rows])
    limits = _limits(table)
    if limits:
        broken = frame.select(limit.broken.any().alias(limit.column.name) for limit in limits).row(0, named=True)
        for limit in limits:
            if broken[limit.column.name]:
                _report_limit(table, limit, frame, draft)
    return frame


def _typed_column(table: Table, column: Column, found: Found, draft: Draft) -> pl.Series:
    height = len(found.rows)
    raw = found.columns.get(column.name)
    if raw is None:
        if column.required and height:
            draft.add(Problem(table.name, None, column.name, None, "this column", f"Add it: {column.description}"))
        return pl.repeat(column.default, height, dtype=column.dtype, eager=True).alias(column.name)
    values, bad = parse(raw, column)
    empty = values.is_null()
    if bad.any():
        empty &= ~bad
        for index in bad.arg_true().to_list():
            value: Any = raw[index]
            expected, mend = EXPECTED[column.type], column.description
            if isinstance(value, Fault):
                value, expected, mend = value.content, value.expected, value.mend
            draft.add(Problem(table.name, found.rows[index], column.name, value, expected, mend))
    if empty.any():
        if column.required:
            for row in found.rows.filter(empty).to_list():
                draft.add(Problem(table.name, row, column.name, None, "a value", column.description))
        elif column.default is not None:
            values = values.set(empty, column.default)
    return values.alias(column.name)


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
    for row, value in frame.filter(limit.broken).select(ROW, column.name).iter_rows():
        expected, mend = allowed(column), column.description
        if column.choices:
            mend = did_you_mean(value, column.choices, mend)
        draft.add(Problem(table.name, row, column.name, value, expected, mend))


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
    frame, key = draft[table.name], list(table.key)
    cells = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    if not frame.select(cells.is_duplicated().any()).item():
        return
    filled = pl.all_horizontal(pl.col(name).is_not_null() for name in key if table.column(name).required)
    again = (
        frame.filter(filled)
        .select(ROW, *key, first=pl.col(ROW).first().over(key))
        .filter(pl.col(ROW) != pl.col("first"))
    )
    names = ", ".join(key)
    for row, *values, first in again.iter_rows():
        value: Any = ", ".join("empty" if one is None else str(one) for one in values) if values[1:] else values[0]
        expected = f"other values of {names} than in row {first}"
        mend = "Two rows have the same key: remove one, or change what tells them apart"
        draft.add(Problem(table.name, row, names, value, expected, mend))


def _check_references(table: Table, draft: Draft) -> None:
    for column in table.columns:
        if column.refers_to is None:
            continue
        there, name = column.refers_to
        target = draft[there]
        known = target[name]
        if column.refers_to == ("items", "family"):  # an item without a family is a family of its own
            known = known.fill_null(target["item"])
        known = known.drop_nulls().unique(maintain_order=True)
        dangling = draft[table.name].filter(~pl.col(column.name).is_in(known.implode()))
        if dangling.is_empty():
            continue
        names = known.to_list()
        expected = f"{'an' if name[0] in 'aeiou' else 'a'} {name} in {there}"
        otherwise = f"Add it to {there}, or name one that is there"
        hints: dict[str, str] = {}
        for row, value in dangling.select(ROW, column.name).iter_rows():
            if value not in hints:
                hints[value] = did_you_mean(value, names, otherwise) if len(hints) < _HINTS else otherwise
            draft.add(Problem(table.name, row, column.name, value, expected, hints[value]))
