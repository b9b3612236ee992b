from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from coplant import Plan
from coplant.report import write_excel
from coplant.report.excel import workbook_of


def opened(plan: Plan, folder: Path) -> openpyxl.Workbook:
    write_excel(plan, folder / "plan.xlsx")
    return openpyxl.load_workbook(folder / "plan.xlsx")


def test_there_is_a_sheet_for_the_decision_and_for_every_table(made_up: Plan, tmp_path: Path) -> None:
    book = opened(made_up, tmp_path)

    assert book.sheetnames == ["decision", "money by year", *made_up.tables, "solved"]
    assert "Sign" in str(book["decision"]["A3"].value)


def test_sheets_hold_the_tables_of_the_plan_by_type(made_up: Plan, tmp_path: Path) -> None:
    book = opened(made_up, tmp_path)

    for name, table in made_up.tables.items():
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == table.columns
        assert len(rows) == table.height + 1
        for given, found in zip(table.head(5).iter_rows(), rows[1:6], strict=True):
            for one, other in zip(given, found, strict=True):
                if isinstance(one, datetime.date):
                    assert isinstance(other, datetime.datetime)
                    assert other.date() == one
                elif isinstance(one, float):
                    assert other == pytest.approx(one)
                else:
                    assert (other or None) == (one or None)


def test_headers_stay_in_sight_and_can_be_filtered(made_up: Plan, tmp_path: Path) -> None:
    sheet = opened(made_up, tmp_path)["sold"]

    assert isinstance(sheet, Worksheet)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:K{made_up['sold'].height + 1}"
    assert sheet.column_dimensions["A"].width > len("product-1-in-market-1")


def test_dates_and_shares_look_like_dates_and_shares(made_up: Plan, tmp_path: Path) -> None:
    book = opened(made_up, tmp_path)
    reserved = book["reserved"]

    assert reserved.cell(2, 2).number_format == "yyyy-mm-dd"
    assert reserved.cell(2, 10).number_format == "0.0%"


def test_texts_are_never_formulas_or_links(hostile: Plan, tmp_path: Path) -> None:
    book = opened(hostile, tmp_path)

    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1<b>" for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_money_by_year_adds_up_to_the_objective(made_up: Plan, tmp_path: Path) -> None:
    rows = list(opened(made_up, tmp_path)["money by year"].iter_rows(values_only=True))
    head, lines = rows[0], rows[1:]

    assert head[:2] == ("line", "cash")
    assert sum(line[-1] for line in lines) == pytest.approx(made_up.objective)  # type: ignore[misc]
    years = slice(2, len(head) - 2)
    for line in lines:
        assert sum(line[years]) == pytest.approx(line[-2])  # type: ignore[arg-type]


def test_how_it_was_solved_is_told(smallest: Plan, tmp_path: Path) -> None:
    told = {row[1]: row[2] for row in opened(smallest, tmp_path)["solved"].iter_rows(values_only=True) if not row[0]}

    assert told["status"] == "optimal"
    assert told["digest"] == smallest.digest
    assert told["objective"] == pytest.approx(smallest.objective)


def test_the_same_plan_gives_the_same_workbook(smallest: Plan) -> None:
    assert workbook_of(smallest) == workbook_of(smallest)


def test_a_plan_of_several_branches_is_refused(smallest: Plan) -> None:
    branched = {**smallest.tables, "made": smallest["made"].with_columns(node=pl.lit(0))}

    with pytest.raises(ValueError, match="one branch"):
        workbook_of(dataclasses.replace(smallest, tables=branched))
