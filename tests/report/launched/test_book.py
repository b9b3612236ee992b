"""The workbook of a launch."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from coplant import Launch
from coplant.launching.columns import COLUMNS


def test_a_sheet_for_each_table_holds_its_rows(valued: Launch, tmp_path: Path) -> None:
    valued.to_excel(tmp_path / "launched.xlsx")
    book = openpyxl.load_workbook(tmp_path / "launched.xlsx")
    assert book.sheetnames == ["overview", *COLUMNS, "columns", "launched"]
    for name in COLUMNS:
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == valued[name].columns
        assert len(rows) == 1 + valued[name].height
    rows = list(book["paths"].iter_rows(min_row=2, values_only=True))
    place = valued["paths"].columns.index("criticality")
    assert [row[place] for row in rows] == pytest.approx(valued["paths"]["criticality"].to_list())


def test_every_column_is_explained(valued: Launch, tmp_path: Path) -> None:
    valued.to_excel(tmp_path / "launched.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "launched.xlsx")["columns"]
    told = {row[:2]: row[2:] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(told) == {(name, column.name) for name, columns in COLUMNS.items() for column in columns}
    assert told["advice", "value"][0] == "EUR"


def test_the_overview_says_what_the_page_says(valued: Launch, tmp_path: Path) -> None:
    valued.to_excel(tmp_path / "launched.xlsx")
    book = openpyxl.load_workbook(tmp_path / "launched.xlsx")
    said = [cell for row in book["overview"].iter_rows(values_only=True) for cell in row if cell is not None]
    assert any(str(cell).startswith("“Lamps can be made”, with advice: by 30 April 2023") for cell in said)
    assert valued.samples in said
    facts = {row[1]: row[2] for row in book["launched"].iter_rows(min_row=2, values_only=True)}
    assert facts["seed"] == 0
    assert facts["digest"] == valued.case.digest


def test_a_launch_that_is_not_valued_has_no_sheets_of_values(bare: Launch, tmp_path: Path) -> None:
    bare.to_excel(tmp_path / "launched.xlsx")
    sheets = openpyxl.load_workbook(tmp_path / "launched.xlsx").sheetnames
    assert "start_values" not in sheets
    assert {"milestones", "causes"} <= set(sheets)
