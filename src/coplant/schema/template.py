"""The empty workbook: every table as a sheet with its headings, and what each column means."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlsxwriter

from coplant.schema import TABLES, Column, Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

_LAST_ROW = 1_048_575
"""Last row of a sheet, counted from 0."""

_MOST_CHOICES = 255
"""Longest list of choices that a cell can offer, in characters."""


def empty_workbook() -> bytes:
    """Make a workbook without rows.

    Each table is a sheet. A heading that must be filled in is dark, and a note on each heading says what the column
    means. Cells offer their choices and hold dates as dates.

    Returns
    -------
    bytes
        The content of an ``.xlsx`` file.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        formats = _formats(book)
        for table in TABLES.values():
            _sheet(book, table, formats)
    return content.getvalue()


def _formats(book: Workbook) -> dict[str, Format]:
    heading = {"bold": True, "bottom": 1, "valign": "top"}
    return {
        "needed": book.add_format({**heading, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}),
        "optional": book.add_format({**heading, "bg_color": "#DCE6F1", "font_color": "#1F3A5F"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format(),
    }


def _sheet(book: Workbook, table: Table, formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    if table.required:
        sheet.set_tab_color("#1F3A5F")
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, formats["needed" if column.required else "optional"])
        sheet.write_comment(0, place, _note(column), {"x_scale": 2.2, "y_scale": 1.4})
        kind = {"date": "date", "number": "number", "integer": "number"}.get(column.type, "text")
        sheet.set_column(place, place, max(len(column.name) + 2, 11), formats[kind])
        if column.choices and len(",".join(column.choices)) <= _MOST_CHOICES:
            rule: dict[str, Any] = {"validate": "list", "source": list(column.choices)}
            sheet.data_validation(1, place, _LAST_ROW, place, rule)


def _note(column: Column) -> str:
    lines = [column.description]
    if column.choices:
        lines.append(f"One of: {', '.join(column.choices)}")
    elif column.refers_to:
        lines.append(f"One of the names in {column.refers_to[0]}, column {column.refers_to[1]}")
    elif column.type in {"number", "integer", "date"}:
        lines.append(f"A {column.type} {column.range}".strip() + (f", in {column.unit}" if column.unit else ""))
    if column.default is not None:
        lines.append(f"Where empty: {str(column.default).removesuffix('.0')}")
    lines.append("Needed" if column.required else "May be empty")
    return "\n".join(lines)
