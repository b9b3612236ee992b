"""The workbook of a settlement: its formulas work out what was settled."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from settlement.every_line import day, hosted, left_late, settlements, taken_or_paid
from settlement.sheet import Sheets
from settlement.shown import assert_works_out, names_of, opened

import coplant
from coplant import Settlement
from coplant.report.settled.book import HEADING, book_of, rows_of, sheet_names
from coplant.report.settled.statements import Statement
from coplant.settlement.columns import COLUMNS

HOSTILE = "=1+1"


@pytest.fixture(scope="module")
def every() -> list[Settlement]:
    return list(settlements())


def test_formulas_work_out_every_line(every: list[Settlement], tmp_path: Path) -> None:
    for settlement in every:
        assert_works_out(settlement, tmp_path)


def test_a_statement_has_its_parties_its_days_and_its_corrections(every: list[Settlement], tmp_path: Path) -> None:
    book = opened(every[0], tmp_path)
    sheet = book["deal 2023-05"]
    head = {row[0]: row[1] for row in sheet.iter_rows(max_row=7, max_col=2, values_only=True)}
    assert (head["Agreement"], head["From"], head["To"]) == ("deal", "host", "brand")
    assert (head["Month"], head["Drawn up on"]) == ("May 2023", datetime.datetime(2023, 6, 11))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADING + 2)]
    place = next(number for number, row in enumerate(rows) if row[3] == "correction")
    corrected, due = rows[place : place + 2]
    row = HEADING + 2 + place
    assert corrected[5] == "2023-02"
    assert corrected[10:14] == ["due", f"=ROUND(SUM(J{row + 1}:J{row + 1}),2)", "billed", pytest.approx(123.45)]
    assert Sheets(book).value(sheet.title, f"L{row}") == pytest.approx(160.49)
    assert "due by what is known now" in corrected[6]
    assert (due[0], due[3], due[6], due[7]) == (None, "due now", "13 good units × 12.345\N{NO-BREAK SPACE}EUR", 13)


def test_what_is_due_under_a_correction_is_in_no_sum_of_the_sheet(tmp_path: Path) -> None:
    settlement = coplant.settle(left_late().case())
    assert_works_out(settlement, tmp_path)
    name, one = next((name, one) for name, one in names_of(settlement) if any(line.due for line in one.lines))
    assert [line.kind for line in rows_of(one)].count("due") == sum(len(line.due) for line in one.lines) > 0
    assert Sheets(opened(settlement, tmp_path)).value("overview", "F20") == pytest.approx(one.amount), name


def test_accounts_stand_as_they_are_after_the_month(tmp_path: Path) -> None:
    settlement = coplant.settle(taken_or_paid().case(), first=day("2024-03-01"))
    book = opened(settlement, tmp_path)
    sheets = Sheets(book)

    def closing(name: str) -> list[float]:
        cells = [row[11] for row in book[name].iter_rows(min_row=HEADING + 3) if row[1].value == "Units to be made up"]
        return [sheets.value(name, cell.coordinate) for cell in cells]

    assert [closing(f"deal {month}") for month in ("2024-03", "2024-12", "2025-01")] == [[100.0], [0.0], []]


def test_what_was_billed_before_the_first_sheet_is_in_the_running_sum(tmp_path: Path) -> None:
    settlement = coplant.settle(taken_or_paid().case(), first=day("2024-12-01"))
    assert_works_out(settlement, tmp_path)
    assert settlement["statements"]["cumulative"][0] == 300.0 - 300.0


def test_every_table_has_a_sheet_with_its_columns(every: list[Settlement], tmp_path: Path) -> None:
    settlement = every[5]
    book = opened(settlement, tmp_path)
    names = [name for name, _ in names_of(settlement)]
    assert book.sheetnames == ["overview", *names, *settlement.tables, "columns", "settled"]
    for name, table in settlement.tables.items():
        assert [cell.value for cell in book[name][1]] == table.columns
        assert book[name].max_row == table.height + 1
    told = {row[:2]: row[3] for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert [column for (sheet, column), key in told.items() if sheet == "lines" and key] == [
        column.name for column in COLUMNS["lines"] if column.key
    ]


def test_titles_and_names_are_never_formulas(tmp_path: Path) -> None:
    small = hosted(agreement=HOSTILE, title=HOSTILE)
    small.tables["routes"][0]["agreement"] = HOSTILE
    small.tables["parties"][0]["title"] = HOSTILE
    small.add("fixed_charges", agreement=HOSTILE, charge=HOSTILE, amount=7, per="month")
    small.add("tooling", agreement=HOSTILE, tool=HOSTILE, amount=70, payment="up_front")
    book = opened(coplant.settle(small.case()), tmp_path)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert sum(cell.value == HOSTILE and cell.data_type == "s" for cell in cells) > 50
    formulas = {str(cell.value) for cell in cells if cell.data_type == "f"}
    own = r"=(ROUND|SUM|SUMIF)\(.*\)|='[^']+'![A-Z]+\d+|=[-\d.A-Z+]+"
    assert [formula for formula in formulas if not re.fullmatch(own, formula) or formula == HOSTILE] == []


def statement(agreement: str, month: str) -> Statement:
    first = day(f"{month}-01")
    return Statement(agreement, first, first, first, 0.0, 0.0, 0.0, 0.0, (), ())


def test_names_of_sheets_are_legal_and_differ() -> None:
    long = "the agreement of the year about cars"
    names = sheet_names(
        [statement(name, "2023-01") for name in (long, long.upper(), f"{long} too", "a/b:c*?[d]\\", "'it'", "lines")],
        ["overview", "lines 2023-01"],
    )
    assert names == [
        "the agreement of the ye 2023-01",
        "THE AGREEMENT OF TH (2) 2023-01",
        "the agreement of th (3) 2023-01",
        "a-b-c---d-- 2023-01",
        "it 2023-01",
        "lines (2) 2023-01",
    ]
    assert all(len(name) <= 31 for name in names)


def test_many_statements_have_a_sheet_each(tmp_path: Path) -> None:
    """Two agreements of twenty-five years."""
    small = hosted(term=300.0).host("other", site="host", starts=day("2023-01-01"), term=300.0)
    for name in ("deal", "other"):
        small.add("fixed_charges", agreement=name, charge="rent", amount=100.5, per="month")
    small.settings["start"] = day("2048-01-01")
    for rows in small.tables.values():
        for row in rows:
            row.update({"from": day("2048-01-01")} if row.get("from") == day("2026-01-01") else {})
    settlement = coplant.settle(small.case())
    assert settlement["statements"].height == 600
    book = opened(settlement, tmp_path)
    assert len(book.sheetnames) == 600 + 3 + len(settlement.tables)
    assert Sheets(book).value("overview", "F607") == pytest.approx(600 * 100.5)


def test_the_same_settlement_gives_the_same_workbook(every: list[Settlement]) -> None:
    assert book_of(every[1]) == book_of(every[1])


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("KWD", 3)])
def test_money_has_the_decimals_of_its_currency(currency: str, digits: int, tmp_path: Path) -> None:
    small = hosted()
    small.settings["currency"] = currency
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100 / 7, per="month")
    settlement = coplant.settle(small.case())
    assert_works_out(settlement, tmp_path)
    assert settlement["lines"]["amount"][0] == round(100 / 7, digits)
