"""Which rows an edit means, and what it makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import polars as pl

from coplant.case.cells import EXPECTED, as_series, filled, typed, value
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES, Table

Where = pl.Expr | Mapping[str, Any]

_MASK = "#mask"


def known_table(name: str) -> Table:
    """Return the table of a name, ``case`` too; CaseError if there is none."""
    if name not in TABLES:
        mend = did_you_mean(name, TABLES, f"Tables are {', '.join(TABLES)}")
        _refuse(name, None, None, "the name of a table of the schema", mend)
    return TABLES[name]


def check_columns(table: Table, names: Mapping[str, Any]) -> None:
    """Check that a table has columns of some names; CaseError if not."""
    otherwise = f"The columns of {table.name} are {', '.join(table.names)}"
    problems = [
        Problem(table.name, None, name, None, "the name of a column", did_you_mean(name, table.names, otherwise))
        for name in names
        if name not in table.names
    ]
    if problems:
        raise CaseError(problems, "the edit")


def where_of(table: Table, key: str | None) -> dict[str, str]:
    """Read which rows an edit means: values of key columns in their order, and of others as column=value.

    Parameters
    ----------
    table : Table
        The table.
    key : str or None
        Such as ``chips`` or ``chips, site=home``; None for all rows.

    Raises
    ------
    CaseError
        There are more values than columns, or a column is unknown or named twice.
    """
    where: dict[str, str] = {}
    order = [name for name in table.key if not (table.dated and name == "from")]
    for place, part in enumerate(key.split(",") if key is not None else ()):
        name, equals, given = (one.strip() for one in part.partition("="))
        if not equals:
            if place >= len(order):
                expected = f"values of {', '.join(order) or 'no column'}, in that order with commas between"
                mend = f"That is the key of {table.name}: leave the rest out, or write it as column=value"
                _refuse(table.name, None, key, expected, mend)
            name, given = order[place], name
        if name in where:
            _refuse(table.name, None, key, f"one value of {name}", "Leave out one of them")
        where[name] = given
    check_columns(table, where)
    return where


def matching(table: Table, frame: pl.DataFrame, where: Where | None) -> pl.Series:
    """Find the rows that a condition means.

    Parameters
    ----------
    table : Table
        The table.
    frame : DataFrame
        Its rows.
    where : expression, mapping or None
        As for `Case.edit`.

    Returns
    -------
    Series of bool
        As long as the frame.

    Raises
    ------
    CaseError
        The condition cannot be worked out, or no row matches.
    """
    if isinstance(where, Mapping):
        check_columns(table, where)
        condition = pl.all_horizontal(pl.lit(True), *(_is(table, name, given) for name, given in where.items()))
    else:
        condition = pl.lit(True) if where is None else where
    try:
        mask = frame.with_columns(condition.alias(_MASK))[_MASK]
    except pl.exceptions.PolarsError as error:
        _refuse_expression(table, "a condition on columns of the table", error)
    if mask.dtype != pl.Boolean:
        _refuse(table.name, None, str(where), "a condition, true or false for each row", "Compare the column")
    if frame.is_empty():
        _refuse(table.name, None, None, "rows to change", "The case has none in this table")
    if not mask.any():
        _refuse(table.name, None, _in_words(where), "a condition that some row matches", _nearest_cell(frame, where))
    return mask.fill_null(False)


def changed(table: Table, frame: pl.DataFrame, mask: pl.Series, changes: Mapping[str, Any]) -> pl.DataFrame:
    """Return a table with new values in some columns of some rows.

    Raises
    ------
    CaseError
        A column is unknown, a value is none of its column, or an expression cannot be worked out.
    """
    check_columns(table, changes)
    if not changes:
        _refuse(table.name, None, None, "at least one change", "Name a column and its new value")
    columns = []
    for name, change in changes.items():
        new = change if isinstance(change, pl.Expr) else _literal(table, name, change)
        columns.append(pl.when(mask).then(new).otherwise(pl.col(name)).alias(name))
    try:
        return frame.with_columns(columns)
    except pl.exceptions.PolarsError as error:
        _refuse_expression(table, "expressions of the table's columns", error)


def _literal(table: Table, name: str, given: Any) -> pl.Expr:
    """Return a value that was handed over, in the type of its column."""
    column = table.column(name)
    if isinstance(given, str):
        read, present = typed(column, given), given.strip() != ""
    else:
        raw = as_series([given], column).alias(name).to_frame()
        dtype = raw.schema[name]
        read, present = raw.select(value(column, dtype).alias("read"), filled(column, dtype).alias("present")).row(0)
    if present and read is None:
        _refuse(table.name, name, given, EXPECTED[column.type], column.description)
    return pl.lit(read, column.dtype)


def _is(table: Table, name: str, given: Any) -> pl.Expr:
    if given is None:
        return pl.col(name).is_null()
    if isinstance(given, (list, tuple, set, frozenset)):
        return pl.any_horizontal(pl.lit(False), *(_is(table, name, one) for one in given))
    return pl.col(name) == _literal(table, name, given)


def _in_words(where: Where | None) -> str:
    if isinstance(where, Mapping):
        return " and ".join(f"{name} = {given}" for name, given in where.items())
    return "any row" if where is None else str(where)


def _nearest_cell(frame: pl.DataFrame, where: Where | None) -> str:
    """Return the question about the first name in a condition that its column does not hold."""
    for name, given in where.items() if isinstance(where, Mapping) else ():
        cells = frame[name]
        if cells.dtype == pl.String and isinstance(given, str) and not (cells == given).any():
            return did_you_mean(given, cells.drop_nulls().unique().sort().to_list(), f"No row has this {name}")
    return "Look at the rows it should mean"


def _refuse(table: str, column: str | None, found: Any, expected: str, mend: str) -> NoReturn:
    raise CaseError([Problem(table, None, column, found, expected, mend)], "the edit")


def _refuse_expression(table: Table, expected: str, error: pl.exceptions.PolarsError) -> NoReturn:
    reason = str(error).partition("\n")[0]
    mend = "Mend the expression"
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        name = reason.partition(";")[0].rpartition(" ")[2].strip('"')
        reason, mend = name, did_you_mean(name, table.names, f"The columns are {', '.join(table.names)}")
    raise CaseError([Problem(table.name, None, None, reason, expected, mend)], "the edit") from error
