"""Workbooks, as Excel and other programs write them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import coplant
from coplant.schema import TABLES

Put = Callable[[Mapping[str, str]], Path]
Change = Callable[[openpyxl.Workbook], None]


SHEETS = (
    "case",
    "parties",
    "sites",
    "items",
    "ramps",
    "routes",
    "bom",
    "offers",
    "offer_prices",
    "stock",
    "demand",
    "prices",
    "annuities",
    "mix",
)


@pytest.fixture
def case(files: dict[str, str], put: Put) -> coplant.Case:
    """A part of the case, as a workbook of many sheets takes its time."""
    files["routes"] = files["routes"].replace("deal", "").replace("curve", "")
    files["offers"] = files["offers"].replace("grant", "")
    files["demand"] = files["demand"].replace("china", "plant")
    return coplant.read(put({name: files[name] for name in SHEETS}))


@pytest.fixture
def book(case: coplant.Case, tmp_path: Path) -> Path:
    """The case as a workbook, with a note for each item."""
    path = tmp_path / "car.xlsx"
    case.edit("items", note="as bought").write(path)
    return path


def changed(path: Path, change: Change) -> Path:
    """Change cells of a workbook by a program other than the one that wrote it."""
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return path


def problems(path: Path) -> list[coplant.Problem]:
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(path)
    return caught.value.problems


def places(path: Path) -> list[tuple[str, int | None, str | None]]:
    return [(one.table, one.row, one.column) for one in problems(path)]


def column(sheet: Any, name: str) -> str:
    """Letter of the column under a name."""
    return next(str(cell.column_letter) for cell in sheet[1] if cell.value == name)


def setting(table: str, row: int, name: str, value: Any) -> Change:
    def change(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[table]
        cell = sheet[f"{column(sheet, name)}{row}"]
        cell.number_format = "General"
        cell.value = value

    return change


def test_a_workbook_saved_by_another_program_is_the_same_case(book: Path) -> None:
    case = coplant.read(book)
    assert coplant.read(changed(book, lambda _: None)) == case


def test_a_row_is_the_row_of_the_sheet(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["items"]
        sheet.insert_rows(3, 2)
        sheet[f"{column(sheet, 'value')}6"] = "dear"

    assert places(changed(book, change)) == [("items", 6, "value")]


def test_blank_sheets_rows_and_columns_are_passed_over(book: Path) -> None:
    case = coplant.read(book)

    def change(workbook: openpyxl.Workbook) -> None:
        workbook.create_sheet("Sheet1")
        workbook.create_sheet("note", 0)
        workbook.create_chartsheet("chart")
        workbook["items"].insert_cols(2)
        workbook["items"]["B9"].number_format = "0.00"

    assert coplant.read(changed(book, change)) == case


def test_a_sheet_that_is_no_table_is_told(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook["stock"].title = "stocks"
        workbook.create_sheet("thoughts")["A1"] = "why not"
        workbook["thoughts"].sheet_state = "hidden"

    told = problems(changed(book, change))
    assert [(one.table, one.row) for one in told] == [("stocks", None), ("thoughts", None)]
    mend = "Rename the sheet, delete it, or move it to another workbook"
    assert (
        str(told[0]) == f'stocks: expected a sheet that is called like a table of a case. Did you mean "stock"? {mend}'
    )
    assert str(told[1]) == f"thoughts: expected a sheet that is called like a table of a case. {mend}"


def test_a_sheet_of_remarks_is_not_taken_for_a_table(book: Path) -> None:
    """It is like none that is missing, and not enough like one that is there."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook.create_sheet("Notes")["A1"] = "why not"
        workbook.create_sheet("price")["A1"] = "of what"
        del workbook["annuities"]

    assert not any("Did you mean" in str(one) for one in problems(changed(book, change)))


@pytest.mark.parametrize(("sheet", "kind"), [("decision", "plan"), ("statements", "settlement")])
def test_the_workbook_of_a_result_is_told_once(sheet: str, kind: str, book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook["case"].title = sheet
        workbook["items"].title = "columns"

    with pytest.raises(coplant.FileError) as caught:
        coplant.read(changed(book, change))
    mend = "Name the workbook or the folder of the case it came from"
    assert str(caught.value) == f"{book} is the workbook of a {kind}, not of a case. {mend}"


def test_a_misspelt_sheet_of_settings_is_told(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook["case"].title = "Case"

    assert any('Did you mean "case"?' in str(one) for one in problems(changed(book, change)))


@pytest.mark.parametrize(("table", "name"), [("prices", "from"), ("case", "start")])
def test_a_date_that_is_shown_as_a_number_is_told(table: str, name: str, book: Path) -> None:
    told = problems(changed(book, setting(table, 2, name, 46023)))
    mine = [str(one) for one in told if (one.table, one.row, one.column) == (table, 2, name)]
    assert ["Format the cell as a date" in one and "46023" in one for one in mine] == [True]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("007", "007"),
        ("000", "000"),
        (3.0, "3"),
        (3, "3"),
        (2.5, "2.5"),
        (1e15, "1000000000000000"),
        (" foam ", "foam"),
    ],
)
def test_names_that_look_like_numbers_are_kept(value: Any, name: str, book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["items"]
        sheet.append([value])

    assert name in coplant.read(changed(book, change))["items"]["item"].to_list()


@pytest.mark.parametrize(
    ("table", "name", "value", "expected"),
    [
        ("items", "item", datetime.date(2021, 4, 1), "a name"),
        ("items", "item", True, "a name"),
        ("items", "value", datetime.date(2021, 4, 1), "a number"),
        ("items", "value", True, "a number"),
        ("items", "value", "12 CNY", "a number"),
        ("mix", "year", 2023.5, "a whole number"),
        ("prices", "from", 44287, "a date"),
        ("prices", "from", datetime.datetime(2023, 1, 1, 6), "a date"),
        ("prices", "from", datetime.time(6), "a date"),
        ("prices", "from", "1.1.2023", "a date"),
        ("sites", "kind", datetime.timedelta(hours=30), "text"),
    ],
)
def test_a_cell_of_the_wrong_kind_is_told(table: str, name: str, value: Any, expected: str, book: Path) -> None:
    told = problems(changed(book, setting(table, 2, name, value)))
    mine = [one for one in told if (one.table, one.row, one.column) == (table, 2, name)]
    assert [one.expected.startswith(expected) for one in mine] == [True], told
    assert type(mine[0].value) is (float if isinstance(value, int) and value > 1 else type(value))


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("prices", "from", datetime.datetime(2023, 3, 1)),
        ("prices", "from", "2023-03-01"),
        ("prices", "price", "500"),
        ("mix", "year", "2023"),
        ("items", "value", 100),
    ],
)
def test_other_ways_to_say_the_same_are_taken(table: str, name: str, value: Any, book: Path) -> None:
    case = coplant.read(book)
    assert coplant.read(changed(book, setting(table, 2, name, value))) == case


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (True, "TRUE"),
        (datetime.date(2021, 4, 1), "2021-04-01"),
        (datetime.datetime(2021, 4, 1, 6), "2021-04-01 06:00:00"),
    ],
)
def test_text_takes_any_cell(value: Any, text: str, book: Path) -> None:
    case = coplant.read(changed(book, setting("items", 2, "note", value)))
    assert case["items"]["note"][0] == text


def test_dates_of_the_1904_system_are_read(book: Path) -> None:
    case = coplant.read(book)

    def change(workbook: openpyxl.Workbook) -> None:
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    assert coplant.read(changed(book, change)) == case


def test_a_formula_counts_by_the_value_it_had(tmp_path: Path, case: coplant.Case) -> None:
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for table in SHEETS:
            frame = case[table]
            sheet = workbook.add_worksheet(table)
            for place, series in enumerate(frame.iter_columns()):
                sheet.write(0, place, series.name)
                for row, cell in enumerate(series.to_list(), start=1):
                    if cell is not None:
                        value = cell.isoformat() if isinstance(cell, datetime.date) else cell
                        sheet.write_formula(row, place, "=A1", None, value)
    assert coplant.read(path) == case


def test_a_formula_without_a_value_is_told(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        setting("items", 2, "value", "=50+50")(workbook)
        setting("items", 2, "note", "=A1")(workbook)
        setting("prices", 2, "from", "=TODAY()")(workbook)
        workbook["stock"]["F9"] = "=1+1"

    told = problems(changed(book, change))
    assert [(one.table, one.row, one.column, one.value) for one in told] == [
        ("items", 2, "value", "=50+50"),
        ("items", 2, "note", "=A1"),
        ("stock", 9, None, "=1+1"),
        ("stock", 9, "item", None),
        ("stock", 9, "site", None),
        ("stock", 9, "quantity", None),
        ("prices", 2, "from", "=TODAY()"),
    ]
    assert "let it calculate" in str(told[0])


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_an_error_is_told(error: str, tmp_path: Path, case: coplant.Case) -> None:
    path = tmp_path / "errors.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for table in SHEETS:
            sheet = workbook.add_worksheet(table)
            for place, series in enumerate(case[table].iter_columns()):
                sheet.write(0, place, series.name)
                for row, cell in enumerate(series.to_list(), start=1):
                    sheet.write(row, place, cell.isoformat() if isinstance(cell, datetime.date) else cell)
                    if (table, row, series.name) == ("items", 2, "family"):
                        sheet.write_formula(row, place, "=Z99", None, error)
    (told,) = problems(path)
    assert (told.table, told.row, told.column, told.value) == ("items", 3, "family", error)
    assert told.expected == "a value, not an error"


def test_merged_cells_are_told(book: Path) -> None:
    told = problems(changed(book, lambda workbook: workbook["bom"].merge_cells("A2:A3")))
    assert [(one.table, one.row, one.column, one.value) for one in told] == [
        ("bom", 2, "route", "A2:A3"),
        ("bom", 3, "route", None),
    ]
    assert "Unmerge" in str(told[0])


def test_a_column_without_a_name_and_one_named_twice_are_told(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["items"]
        sheet["L2"] = "astray"
        sheet["K1"], sheet["K2"] = "value", 3

    told = problems(changed(book, change))
    assert [(one.table, one.row, one.column) for one in told] == [("items", 1, "value"), ("items", 2, None)]
    assert str(told[1]) == (
        'items, row 2: "astray"; expected a name above every column. Name column L in the first row, or clear it'
    )


def test_the_case_has_one_row_of_settings(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook["case"].append(["another"])
        setting("case", 2, "buckets", "month:12 quater:4")(workbook)

    told = problems(changed(book, change))
    assert [(one.table, one.row, one.column) for one in told] == [("case", 2, "buckets"), ("case", 3, None)]
    assert '"quarter"?' in str(told[0])


def test_a_workbook_without_settings_is_told(book: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        del workbook["case"]

    assert {one.column for one in problems(changed(book, change))} == {"name", "currency", "start", "buckets"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"item,value\ncar,1\n", "is not a workbook that can be read"),
        (b"PK\x03\x04 cut short", "is not a workbook that can be read"),
    ],
)
def test_what_is_no_workbook_is_told(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "car.xlsx"
    path.write_bytes(content)
    with pytest.raises(coplant.FileError, match=words):
        coplant.read(path)


def test_cells_are_written_with_their_types(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    items, prices, case = workbook["items"], workbook["prices"], workbook["case"]
    assert workbook.sheetnames == [name for name in TABLES if name in SHEETS]
    assert [cell.value for cell in items[1]] == list(TABLES["items"].names)
    assert items["A2"].data_type == "s"
    assert items[f"{column(items, 'value')}2"].value == 100
    assert prices["B2"].value == datetime.datetime(2023, 3, 1)
    assert prices["B2"].number_format == "yyyy-mm-dd"
    assert case["A2"].value == "car"
    assert items.freeze_panes == "A2"


def test_headers_explain_their_columns(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    routes = workbook["routes"]
    told = routes[f"{column(routes, 'yield')}1"].comment.text
    assert "number, share; a number above 0 and at most 1; 1 where empty" in told
    assert "Good units per unit started" in told
    assert "from ramps.ramp" in routes[f"{column(routes, 'ramp')}1"].comment.text


def test_choices_are_a_list_to_choose_from(book: Path) -> None:
    (validation,) = openpyxl.load_workbook(book)["parties"].data_validations.dataValidation
    assert validation.formula1 == '"brand,host,supplier,customer"'
    assert str(validation.sqref) == "C2:C1048576"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "@now", "-1", "http://x.y", "'quoted", "_x0041_", "007", "#REF!", "TRUE"]
)
def test_text_stays_text(text: str, case: coplant.Case, tmp_path: Path) -> None:
    case = case.edit("items", note=text)
    case.write(tmp_path / "out.xlsx")
    assert coplant.read(tmp_path / "out.xlsx") == case
    items = openpyxl.load_workbook(tmp_path / "out.xlsx")["items"]
    assert items[f"{column(items, 'note')}2"].data_type == "s"


def test_numbers_keep_all_their_digits(case: coplant.Case, tmp_path: Path) -> None:
    for number in (0.1 + 0.2, 5e-324, 1.7976931348623157e308, 123456789.123456789, 1 / 3):
        edited = case.edit("items", value=number)
        edited.write(tmp_path / "out.xlsx")
        assert coplant.read(tmp_path / "out.xlsx")["items"]["value"].to_list() == [number] * 3


def test_the_same_case_gives_the_same_file(case: coplant.Case, tmp_path: Path) -> None:
    case.write(tmp_path / "one.xlsx")
    case.write(tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_what_a_workbook_cannot_hold_is_refused(
    case: coplant.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(coplant.FileError, match=r"cannot hold items: note has more than 32,767 characters"):
        case.edit("items", note="x" * 32_768).write(tmp_path / "out.xlsx")
    monkeypatch.setattr("coplant.case.workbook._ROWS", 3)
    with pytest.raises(coplant.FileError, match=r"cannot hold .*: . rows. Write the case to a folder"):
        case.write(tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
