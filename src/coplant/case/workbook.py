"""A case as an Excel workbook: one sheet for each table."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import python_calamine as calamine

from coplant.case.cells import EXPECTED
from coplant.case.check import allowed
from coplant.case.files import read_bytes, written_whole
from coplant.case.folder import Source
from coplant.case.found import Fault, Found, Raw
from coplant.errors import FileError, Problem
from coplant.schema import TABLES, Column, Table

_ROWS = 1_048_576
_LETTERS = 32_767
_SUSPECT = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'")
"""What the XML of a sheet with a formula or an error holds."""

# -- reading ---------------------------------------------------------------------------------------------------------


def read_workbook(path: Path) -> Source:
    """Find the settings and tables of a workbook.

    Raises
    ------
    FileError
        The file cannot be read, or is not a workbook.
    """
    content = read_bytes(path)
    try:
        workbook = calamine.load_workbook(io.BytesIO(content))
        sheets = [
            workbook.get_sheet_by_name(sheet.name)
            for sheet in workbook.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        parts = _parts(content)
    except calamine.PasswordError as error:
        raise FileError(f"{path} is locked by a password. Save it without one") from error
    except (calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError) as error:
        raise FileError(f"{path} is not a workbook that can be read: {error}. Save it as .xlsx") from error
    tables: dict[str, Found] = {}
    problems: list[Problem] = []
    settings: Mapping[str, Any] = {}
    setting_rows: dict[str, int] = {}
    for sheet in sheets:
        found = _read_sheet(sheet, parts.get(sheet.name, b""))
        if found is None:
            continue
        if sheet.name == "case":
            settings, setting_rows = _one_record(found)
            problems += found.problems
        else:
            tables[sheet.name] = found
            found.origin = "sheet"
    return Source(settings, setting_rows, tables, problems)


def _read_sheet(sheet: calamine.CalamineSheet, xml: bytes) -> Found | None:
    """Find the table on a sheet; None on a blank sheet."""
    records: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (row, column), fault in _faults(xml).items():
        _grow(records, row, column)
        records[row][column] = fault
    if not records:
        return Found({}, pl.Series([], dtype=pl.Int64)) if sheet.name in TABLES else None
    header, width = records[0], len(records[0])
    filled = [(row, record) for row, record in enumerate(records[1:], start=2) if record.count("") < width]
    columns = list(zip(*(record for _, record in filled), strict=True)) or [()] * width
    rows = pl.Series([row for row, _ in filled], dtype=pl.Int64)
    found = Found.under(sheet.name, header, columns, rows, lambda place: _letters(place - 1))
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        cells = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
        name = str(header[left]) if left < width and header[left] else None
        mend = "Unmerge them, and write the value in each"
        found.problems.append(Problem(sheet.name, top + 1, name, cells, "cells that are not merged", mend))
    if sheet.name in TABLES:
        dates = {column.name for column in TABLES[sheet.name].columns if column.type == "date"}
        found.columns = {name: _dates(raw) if name in dates else raw for name, raw in found.columns.items()}
    return found


def _dates(cells: Raw) -> list[Any]:
    """Return the cells of a column of dates; a number may be one that is not shown as such."""
    expected, mend = EXPECTED["date"], "Format the cell as a date"
    return [Fault(cell, expected, mend) if type(cell) in (int, float) else cell for cell in cells]


def _one_record(found: Found) -> tuple[dict[str, Any], dict[str, int]]:
    if len(found.rows) == 0:
        return {}, {}
    for row in found.rows[1:].to_list():
        expected, mend = "one row of settings", "Remove the row: a case has one horizon and one currency"
        found.problems.append(Problem("case", row, None, None, expected, mend))
    settings = {name: None if column[0] == "" else column[0] for name, column in found.columns.items()}
    return settings, dict.fromkeys([*settings, *TABLES["case"].names], found.rows[0])


def _grow(records: list[list[Any]], row: int, column: int) -> None:
    """Make room for a cell in the last row or column, which calamine leaves out if nothing in it has a value."""
    width = max([column + 1, *(len(record) for record in records[:1])])
    records.extend([] for _ in range(row + 1 - len(records)))
    if width > len(records[0]) or not records[-1]:
        for record in records:
            record.extend([""] * (width - len(record)))


def _parts(content: bytes) -> dict[str, bytes]:
    """XML of each worksheet by the sheet's name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        main = "xl/workbook.xml"
        for relation in ElementTree.fromstring(archive.read("_rels/.rels")):
            if relation.get("Type", "").endswith("/officeDocument"):
                main = relation.get("Target", main).lstrip("/")
        folder, _, name = main.rpartition("/")
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"))
        }
        parts: dict[str, bytes] = {}
        for element in ElementTree.fromstring(archive.read(main)).iter():
            if _tag(element) == "sheet":
                key = next((value for name, value in element.items() if name.endswith("}id")), None)
                target = targets.get(key, "")
                file = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
                parts[element.get("name", "")] = archive.read(file)
        return parts


def _faults(xml: bytes) -> dict[tuple[int, int], Fault]:
    """Cells, as (row, column) from 0, that hold an error or a formula without a value; both read as if empty."""
    faults: dict[tuple[int, int], Fault] = {}
    if not any(mark in xml for mark in _SUSPECT):
        return faults
    for _, cell in ElementTree.iterparse(io.BytesIO(xml)):
        if _tag(cell) != "c":
            continue
        children = {_tag(child): child.text or "" for child in cell}
        kind = cell.get("t")
        place = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r", ""))
        if place is None:
            continue
        if kind == "e":
            fault = Fault(children.get("v", ""), "a value, not an error", "Mend the formula, or write the value")
        elif "f" in children and not children.get("v") and kind not in ("str", "inlineStr"):
            mend = "Open the workbook in Excel or LibreOffice, let it calculate, and save it; or write the value"
            fault = Fault(f"={children['f']}", "a formula with a stored value", mend)
        else:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        faults[int(place[2]) - 1, column - 1] = fault
        cell.clear()
    return faults


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# -- writing ---------------------------------------------------------------------------------------------------------


class _Exact(float):
    """A number that XlsxWriter writes with all its digits; by itself it keeps sixteen, which may read back changed."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def write_workbook(tables: Mapping[str, pl.DataFrame], path: Path) -> None:
    """Write a case as a workbook, a sheet for each table with rows.

    Text is written as text, whatever it looks like. Header cells carry a comment with type, unit and description, and
    columns of choices a list to choose from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Every table, ``case`` too.
    path : Path
        The workbook.

    Raises
    ------
    FileError
        The file cannot be written, or a table is beyond what a workbook holds.
    """
    for name, frame in tables.items():
        if frame.height >= _ROWS:
            raise FileError(f"{path} cannot hold {name}: {frame.height:,} rows. Write the case to a folder")
        for text in frame.select(pl.col(pl.String)).iter_columns():
            if (text.str.len_chars() > _LETTERS).any():
                most = f"more than {_LETTERS:,} characters"
                raise FileError(f"{path} cannot hold {name}: {text.name} has {most}. Write the case to a folder")
    filled = {name: frame for name, frame in tables.items() if frame.height}
    with written_whole(path) as temporary:
        temporary.write_bytes(_workbook(filled))


def write_template(path: Path) -> None:
    """Write a workbook with a sheet for every table of the schema, and no rows."""
    empty = {
        name: pl.DataFrame(schema={column.name: column.dtype for column in table.columns})
        for name, table in TABLES.items()
    }
    with written_whole(path) as temporary:
        temporary.write_bytes(_workbook(empty))


def _workbook(tables: Mapping[str, pl.DataFrame]) -> bytes:
    import xlsxwriter  # slow to load

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(1980, 1, 1)})  # the same case gives the same file
        formats = {
            "required": workbook.add_format({"bold": True, "bottom": 1}),
            "optional": workbook.add_format({"bottom": 1}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "text": workbook.add_format({"num_format": "@"}),
        }
        for name, frame in tables.items():
            _write_sheet(workbook.add_worksheet(name), TABLES[name], frame, formats)
    return content.getvalue()


def _write_sheet(sheet: Any, table: Table, frame: pl.DataFrame, formats: Mapping[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, formats["required" if column.required else "optional"])
        sheet.write_comment(0, place, description(column), {"x_scale": 2.5, "author": "Coplant"})
        style = {"date": formats["date"], "id": formats["text"], "text": formats["text"]}.get(column.type)
        sheet.set_column(place, place, max(12, len(column.name) + 2), style)
        if column.choices:
            choose = {"validate": "list", "source": list(column.choices)}
            sheet.data_validation(1, place, _ROWS - 1, place, choose)
        _write_cells(sheet, place, column, frame[column.name].to_list(), formats)


def _write_cells(sheet: Any, place: int, column: Column, cells: Sequence[Any], formats: Mapping[str, Any]) -> None:
    for row, cell in enumerate(cells, start=1):
        if cell is None:
            continue
        if isinstance(cell, str):
            sheet.write_string(row, place, cell, formats["text"] if column.type != "choice" else None)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, formats["date"])
        else:
            sheet.write_number(row, place, _Exact(cell) if isinstance(cell, float) else cell)


def description(column: Column) -> str:
    """Return what a planner needs to know of a column: type, unit, limits, default and meaning."""
    facts = [column.type if not column.unit else f"{column.type}, {column.unit}"]
    if column.choices or column.range:
        facts.append(allowed(column))
    if column.refers_to:
        facts.append(f"from {column.refers_to[0]}.{column.refers_to[1]}")
    if column.required:
        facts.append("required")
    elif column.default is not None:
        facts.append(
            f"{column.default:g} where empty" if isinstance(column.default, float) else f"{column.default} where empty"
        )
    return f"{'; '.join(facts)}\n{column.description}"
