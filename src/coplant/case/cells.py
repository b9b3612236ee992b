"""Cells to typed columns: what text, numbers and dates of a source mean in a column of the schema."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, NamedTuple

import polars as pl

from coplant.case.found import Fault
from coplant.schema import Column

FIRST_DATE = datetime.date(1900, 3, 1)
"""Dates of a case lie on or after this day; workbooks count the days before it wrongly."""

# Not the line feed and the tab, which text may hold; a workbook can hold none of these.
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]"
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

EXPECTED = {
    "id": "a name: text without control characters",
    "choice": "text without control characters",
    "text": "text without control characters",
    "number": "a number such as 1200.5, without unit or thousands separator",
    "integer": "a whole number",
    "date": "a date written as YYYY-MM-DD, from 1900-03-01 on",
}
"""What a cell of each type must hold, in words."""


class Cells(NamedTuple):
    """The cells of one column."""

    values: pl.Series
    """Typed; null where a cell is empty or bad."""
    bad: pl.Series
    """Boolean: where a cell holds something that the column cannot."""


def parse(raw: pl.Series | Sequence[Any], column: Column) -> Cells:
    """Read the cells of a column.

    Parameters
    ----------
    raw : Series or sequence
        Cells as found.
    column : Column
        What they should be.

    Returns
    -------
    Cells
        As long as `raw`.
    """
    if not isinstance(raw, pl.Series):
        return _from_objects(raw, column)
    dtype = raw.dtype
    if dtype == pl.String:
        return _from_text(raw, column)
    if dtype == pl.Null:
        return Cells(raw.cast(column.dtype), _none(raw))
    if isinstance(dtype, (pl.Categorical, pl.Enum)):
        return _from_text(raw.cast(pl.String), column)
    if column.type == "number" and dtype.is_numeric():
        return _finite(raw.cast(pl.Float64), raw)
    if column.type == "integer" and dtype.is_integer():
        values = raw.cast(pl.Int64, strict=False)
        return Cells(values, raw.is_not_null() & values.is_null())
    if column.type == "date" and dtype == pl.Date:
        return _late_enough(raw, raw)
    if column.type in ("id", "text", "choice") and dtype.is_integer():
        return _from_text(raw.cast(pl.String), column)
    return _from_objects(raw.to_list(), column)


def _none(raw: pl.Series) -> pl.Series:
    return pl.repeat(False, len(raw), dtype=pl.Boolean, eager=True)


def _finite(values: pl.Series, raw: pl.Series) -> Cells:
    good = values.is_finite().fill_null(False)
    bad = raw.is_not_null() & ~good
    if bad.any():
        values = values.set(bad, None)
    return Cells(values + 0.0, bad)  # minus zero becomes zero


def _late_enough(values: pl.Series, raw: pl.Series) -> Cells:
    bad = raw.is_not_null() & (values >= FIRST_DATE).fill_null(False).not_()
    if bad.any():
        values = values.set(bad, None)
    return Cells(values, bad)


def _from_text(raw: pl.Series, column: Column) -> Cells:
    if column.type == "text":
        text = raw.str.replace_all("\r\n|\r", "\n") if raw.str.contains("\r", literal=True).any() else raw
    else:
        text = raw.str.strip_chars()
    text = text.set(text == "", None)
    if column.type == "number":
        return _finite(text.cast(pl.Float64, strict=False), text)
    if column.type == "integer":
        number = text.cast(pl.Float64, strict=False)
        bad = text.is_not_null() & ((number == number.floor()) & (number.abs() < 2**53)).fill_null(False).not_()
        return Cells(number.set(bad, None).cast(pl.Int64), bad)
    if column.type == "date":
        iso = text.set(~text.str.contains(_ISO_DATE), None)
        return _late_enough(iso.str.to_date("%Y-%m-%d", strict=False), text)
    bad = text.str.contains(_CONTROL).fill_null(False)
    if bad.any():
        text = text.set(bad, None)
    return Cells(text, bad)


def _from_objects(raw: Sequence[Any], column: Column) -> Cells:
    kinds = set(map(type, raw))
    if kinds <= {str, type(None)}:
        return _from_text(pl.Series(raw, dtype=pl.String), column)
    if column.type == "number" and kinds <= {float, str, type(None)} and not any(raw[i] for i in _texts(raw, kinds)):
        values = pl.Series([None if one == "" else one for one in raw] if str in kinds else raw, dtype=pl.Float64)
        return _finite(values, values)
    texts = [_text(one, column.type) for one in raw]
    refused = [text is None and one is not None for text, one in zip(texts, raw, strict=True)]
    values, bad = _from_text(pl.Series(texts, dtype=pl.String), column)
    return Cells(values, bad | pl.Series(refused, dtype=pl.Boolean))


def _texts(raw: Sequence[Any], kinds: set[type]) -> list[int]:
    return [i for i, one in enumerate(raw) if type(one) is str] if str in kinds else []


def _text(value: Any, kind: str) -> str | None:
    """Text of one cell as a file would have it; None if a column of this type cannot hold it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Fault):
        return None
    if hasattr(value, "item"):  # a number or date of numpy
        value = value.item()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if kind == "date":
        return (
            value.isoformat() if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime) else None
        )
    if isinstance(value, bool):
        return str(value).upper() if kind == "text" else None
    if isinstance(value, (Integral, Decimal)):
        return str(value)
    if isinstance(value, Real):
        number = float(value)
        return str(int(number)) if kind != "number" and number.is_integer() else repr(number)
    return str(value) if kind == "text" else None
