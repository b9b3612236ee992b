"""Sheets of a workbook: formats, tables whose headings say what they are, and lists of facts."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import xlsxwriter

from coplant.errors import FileError
from coplant.results import Column

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading."""

MOST_TEXT = 32_767
"""Characters of a cell."""

FORMATS = {
    "heading": {"bold": True, "bg_color": "#EEF1F5", "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 15},
    "strong": {"bold": True},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.00"},
    "price": {"num_format": "#,##0.00##"},
    "rate": {"num_format": "#,##0.0#"},
    "index": {"num_format": "0.0000"},
    "fine": {"num_format": "0.000000"},
    "share": {"num_format": "0.0%"},
    "small": {"num_format": "0.00E+00"},
    "plain": {"num_format": "0"},
}
"""Number formats and looks, by what they are for."""

LOOKS = {
    "share": "share",
    "money/unit": "price",
    "unit/period": "rate",
    "0 to 1": "index",
    "days": "plain",
    "": "plain",
}
"""Format of numbers by their unit; money and quantities have decimals where all of a column are small."""

DECIMALS = {"decimal": 3, "price": 5, "rate": 3}
"""Characters that a format needs behind the whole number."""

Formats = Mapping[str, Any]


@contextmanager
def workbook(content: io.BytesIO, title: str, digest: str) -> Iterator[tuple[Any, Formats]]:
    """Open a workbook in which texts of a case are never formulas, links or numbers.

    Parameters
    ----------
    content : BytesIO
        Where it is written when it is closed.
    title : str
        Title of the case.
    digest : str
        Digest of the case.

    Yields
    ------
    (workbook, formats)
    """
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        # One date for the file itself, so that the same result gives the same workbook.
        book.set_properties({"title": title, "created": datetime.datetime(2000, 1, 1), "comments": f"Case {digest}"})
        yield book, {name: book.add_format(look) for name, look in FORMATS.items()}


def meanings(sheets: Mapping[str, Sequence[Column]], currency: str, head: Sequence[str]) -> pl.DataFrame:
    """List every column of some sheets, under the names of the sheet that lists them."""
    rows = [
        (sheet, column.name, unit_of(column, currency), column.key, _plain(column.meaning))
        for sheet, columns in sheets.items()
        for column in columns
    ]
    types = (pl.String, pl.String, pl.String, pl.Boolean, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(head, types, strict=True)), orient="row")


def unit_of(column: Column, currency: str) -> str:
    """Unit of a column in the currency of the case."""
    return column.unit.replace("money", currency)


def _plain(text: str) -> str:
    return text.replace("`", "")


def write_table(sheet: Any, table: pl.DataFrame, columns: Sequence[Column], currency: str, formats: Formats) -> None:
    """Write a table: headings that say what they are, columns by type and unit, a filter, and widths that suit."""
    if table.height > MOST_ROWS:
        raise FileError(
            f"The table {sheet.get_name()} has {table.height:,} rows and a sheet holds {MOST_ROWS:,}. "
            "Write the tables to a folder instead"
        )
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        told = f"{unit_of(column, currency)}\n{_plain(column.meaning)}".strip()
        sheet.write_comment(0, place, told, {"x_scale": 2, "author": "Coplant"})
        _column(sheet, place, table[column.name], column.unit, formats)
    if table.width:
        sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)


def _column(sheet: Any, place: int, values: pl.Series, unit: str, formats: Formats) -> None:
    look = _look(unit, values)
    sheet.set_column(place, place, _width(values, look), formats.get(look))
    sheet.write_string(0, place, values.name, formats["heading"])
    write = _writer(sheet, place, values.dtype, formats.get(look))
    for row, value in enumerate(values.to_list(), start=1):
        if value is not None:
            write(row, value)


def _writer(sheet: Any, column: int, dtype: pl.DataType, look: Any) -> Callable[[int, Any], object]:
    if dtype == pl.Boolean:
        return lambda row, value: sheet.write_boolean(row, column, value, look)
    if dtype == pl.Date:
        return lambda row, value: sheet.write_datetime(row, column, value, look)
    if dtype.is_numeric():
        return lambda row, value: sheet.write_number(row, column, value, look) if math.isfinite(value) else None
    return lambda row, value: sheet.write_string(row, column, str(value)[:MOST_TEXT], look)


def _look(unit: str, values: pl.Series) -> str:
    """Choose the format of a column."""
    if values.dtype == pl.Date:
        return "date"
    if not values.dtype.is_numeric():
        return ""
    return LOOKS.get(unit) or ("whole" if _largest(values) >= 10_000.0 else "decimal")


def _width(values: pl.Series, look: str) -> float:
    """Width in characters: that of the heading, or of the longest of its values as they are shown."""
    if look == "date":
        shown = 10
    elif look:
        shown = len(f"{_largest(values):,.0f}") + 1 + DECIMALS.get(look, 0)
    else:
        longest = values.cast(pl.String).str.len_chars().max()
        shown = longest if isinstance(longest, int) else 0
    # The button of the filter covers three characters of the heading.
    return float(min(max(shown, len(values.name) + 3, 6) + 1, 60))


def _largest(values: pl.Series) -> float:
    largest = values.cast(pl.Float64).abs().max()
    return float(largest) if isinstance(largest, (int, float)) and math.isfinite(largest) else 0.0


def write_overview(
    sheet: Any,
    title: str,
    lines: Sequence[str],
    figures: Sequence[tuple[str, str, str]],
    exact: Mapping[str, object],
    formats: Formats,
) -> None:
    """Write the first sheet: a title, sentences, figures with a name and a note, and values to their last digit."""
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 60)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title[:MOST_TEXT], formats["title"])
    row = 2
    for line in lines:
        sheet.merge_range(row, 0, row, 2, "", formats["wrapped"])
        sheet.write_string(row, 0, line[:MOST_TEXT], formats["wrapped"])
        sheet.set_row(row, 15.0 * (1 + len(line) // 110))
        row += 1
    row += 1
    for name, value, note in figures:
        sheet.write_string(row, 0, name[:MOST_TEXT], formats["strong"])
        sheet.write_string(row, 1, value)
        sheet.write_string(row, 2, note[:MOST_TEXT])
        row += 1
    row += 1
    for name, fact in exact.items():
        sheet.write_string(row, 0, name, formats["strong"])
        write_cell(sheet, row, 1, fact, formats, "whole")
        row += 1


def write_facts(sheet: Any, facts: Mapping[str, Any], formats: Formats) -> None:
    """Write a list of facts: which part, which of it, the value."""
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 70)
    for column, name in enumerate(("part", "name", "value")):
        sheet.write_string(0, column, name, formats["heading"])
    sheet.freeze_panes(1, 0)
    rows: list[tuple[str, str, object]] = []
    for part, value in facts.items():
        if isinstance(value, Mapping):
            rows += [(part, str(name), one) for name, one in value.items()]
        else:
            rows.append(("", part, value))
    for row, (part, name, value) in enumerate(rows, start=1):
        sheet.write_string(row, 0, part)
        sheet.write_string(row, 1, name)
        write_cell(sheet, row, 2, value, formats, "")
    sheet.autofilter(0, 0, max(len(rows), 1), 2)


def write_cell(sheet: Any, row: int, column: int, value: object, formats: Formats, look: str) -> None:
    """Write a single value by its type."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, (int, float)) and math.isfinite(value):
        small = isinstance(value, float) and 0.0 < abs(value) < 1e-3
        chosen = look or ("whole" if float(value).is_integer() else "small" if small else "fine")
        sheet.write_number(row, column, value, formats[chosen])
    elif value is not None:
        text = _joined(value) if isinstance(value, (Mapping, Sequence)) and not isinstance(value, str) else str(value)
        sheet.write_string(row, column, text[:MOST_TEXT])


def _joined(value: Mapping[Any, Any] | Sequence[Any]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return "; ".join(map(str, value))
