"""Cells to typed columns: what text, numbers and dates of a source mean in a column of the schema."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Integral, Real
from typing import Any

import polars as pl

from coplant.case.found import Fault, Raw
from coplant.schema import Column

FIRST_DATE = datetime.date(1900, 3, 1)
"""Dates of a case lie on or after this day; workbooks count the days before it wrongly."""

# A workbook can hold none of these. Text may hold the tab and the line feed; a name may not.
_CONTROL = "[\x00-\x1f\x7f-\x9f\ufffe\uffff]"
_CONTROL_IN_TEXT = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]"
_UNREADABLE = "\x00"
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_LARGEST_INTEGER = 2**53

EXPECTED = {
    "id": "a name: text in one line, without control characters",
    "choice": "text in one line, without control characters",
    "text": "text without control characters",
    "number": "a number such as 1200.5, without unit or thousands separator",
    "integer": "a whole number",
    "date": "a date written as YYYY-MM-DD, from 1900-03-01 on",
}
"""What a cell of each type must hold, in words."""


def as_series(raw: Raw, column: Column) -> pl.Series:
    """Return cells as a series of text or of the column's own type, to be read by `value`.

    A cell that the column cannot hold, such as a date in a column of numbers, becomes text that `value` cannot read.
    """
    if not isinstance(raw, pl.Series):
        return _from_objects(raw, column)
    dtype = raw.dtype
    if dtype in (pl.String, column.dtype):
        return raw
    if dtype == pl.Null or isinstance(dtype, (pl.Categorical, pl.Enum)):
        return raw.cast(pl.String)
    if dtype.is_integer() and column.type != "date":
        return raw.cast(pl.Float64 if column.type == "number" else pl.String)
    if dtype.is_numeric() and column.type == "number":
        return raw.cast(pl.Float64)
    return _from_objects(raw.to_list(), column)


def value(column: Column, dtype: pl.DataType) -> pl.Expr:
    """Return the expression that reads the cells of a column; null where they are empty or bad.

    Parameters
    ----------
    column : Column
        What they should be.
    dtype : DataType
        What they are: text, or the column's own type.
    """
    cell = pl.col(column.name)
    if dtype != pl.String:
        if column.type == "number":
            return _finite(cell)
        return pl.when(cell >= FIRST_DATE).then(cell) if column.type == "date" else cell
    text = cell.str.strip_chars()
    if column.type == "number":
        return _finite(text.cast(pl.Float64, strict=False))
    if column.type == "integer":
        number = text.cast(pl.Float64, strict=False)
        whole = (number == number.floor()) & (number.abs() < _LARGEST_INTEGER)
        return pl.when(whole).then(number).cast(pl.Int64)
    if column.type == "date":
        day = text.str.to_date("%Y-%m-%d", strict=False)
        return pl.when(text.str.contains(_ISO_DATE), day >= FIRST_DATE).then(day)
    if column.type == "text":
        text = text.str.replace_all("\r\n?", "\n")
        return pl.when(text != "", ~text.str.contains(_CONTROL_IN_TEXT)).then(text)
    return pl.when(text != "", ~text.str.contains(_CONTROL)).then(text)


@lru_cache(maxsize=100_000)
def typed(column: Column, text: str) -> Any:
    """Read one cell that is written as text; None where it is empty, or nothing that the column can hold."""
    return pl.DataFrame({column.name: [text]}).select(value(column, pl.String())).item()


def _finite(number: pl.Expr) -> pl.Expr:
    return pl.when(number.is_finite()).then(number + 0.0)  # minus zero becomes zero


def filled(column: Column, dtype: pl.DataType) -> pl.Expr:
    """Return the expression that says which cells of a column are not empty."""
    cell = pl.col(column.name)
    if dtype != pl.String:
        return cell.is_not_null()
    return cell.is_not_null() & (cell.str.strip_chars() != "")


def _from_objects(raw: Sequence[Any], column: Column) -> pl.Series:
    kinds = set(map(type, raw))
    if kinds <= {str, type(None)}:
        return pl.Series(column.name, raw, dtype=pl.String)
    own = {"number": float, "date": datetime.date}.get(column.type)
    if own and kinds <= {own, str, type(None)}:
        cells = [None if one == "" else one for one in raw] if str in kinds else raw
        if str not in set(map(type, cells)):
            return pl.Series(column.name, cells, dtype=column.dtype)
    return pl.Series(column.name, [_text(one, column.type) for one in raw], dtype=pl.String)


def _text(cell: Any, kind: str) -> str | None:
    """Return a cell as a CSV file would have it."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, Fault):
        return _UNREADABLE
    if hasattr(cell, "item"):  # a number or a date of numpy
        cell = cell.item()
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if kind == "date":
        return cell.isoformat() if type(cell) is datetime.date else _UNREADABLE
    if isinstance(cell, bool):
        return str(cell).upper() if kind == "text" else _UNREADABLE
    if isinstance(cell, (Integral, Decimal)):
        return str(cell)
    if isinstance(cell, Real):
        number = float(cell)
        return str(int(number)) if kind != "number" and number.is_integer() else repr(number)
    return str(cell) if kind == "text" else _UNREADABLE
