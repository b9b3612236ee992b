from __future__ import annotations

import datetime
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from small_case import SmallCase

import coplant
from coplant import Plan
from coplant.planning.columns import COLUMNS
from coplant.report import write_excel
from coplant.report.excel import money_by_year, quotes, workbook_of
from coplant.report.view import View
from coplant.report.words import words_of


def opened(plan: Plan, folder: Path) -> openpyxl.Workbook:
    write_excel(plan, folder / "plan.xlsx")
    return openpyxl.load_workbook(folder / "plan.xlsx")


def test_there_is_a_sheet_for_the_decision_and_for_every_table(made_up: Plan, tmp_path: Path) -> None:
    book = opened(made_up, tmp_path)

    assert book.sheetnames == ["decision", "money by year", "quotes", *made_up.tables, "columns", "solved"]
    assert "Sign" in str(book["decision"]["A3"].value)


def test_sheets_hold_the_tables_of_the_plan_by_type(made_up: Plan, tmp_path: Path) -> None:
    book = opened(made_up, tmp_path)

    for name, table in made_up.tables.items():
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == table.columns
        assert len(rows) == table.height + 1
        table = table.sort([column.name for column in COLUMNS[name] if column.key])
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


@pytest.mark.parametrize(
    ("sheet", "column", "number_format"),
    [
        ("reserved", "from", "yyyy-mm-dd"),
        ("reserved", "share_used", "0.0%"),
        ("reserved", "reserved", "#,##0.0#"),
        ("reserved", "fee", "#,##0.00##"),
        ("sold", "price", "#,##0.00##"),
        ("bought", "price", "#,##0.00##"),
        ("marginal_values", "value", "#,##0.00##"),
        ("revenue", "year", "0"),
        ("concentration", "hhi", "0.0000"),
    ],
)
def test_columns_have_the_format_of_what_they_are(
    book: openpyxl.Workbook, sheet: str, column: str, number_format: str
) -> None:
    place = [cell.value for cell in book[sheet][1]].index(column) + 1

    assert book[sheet].cell(2, place).number_format == number_format


def test_headings_say_unit_and_meaning(book: openpyxl.Workbook) -> None:
    headings = {cell.value: cell.comment.text for cell in book["marginal_values"][1]}
    years = [cell.comment.text for cell in book["money by year"][1][2:-2]]
    told = {row[:2]: row[2:] for row in book["columns"].iter_rows(min_row=2, values_only=True)}

    assert headings["value"] == "EUR/unit\npresent value that one more unit adds"
    assert all(text.startswith("EUR\nincome is positive") for text in years)
    assert told["marginal_values", "value"] == ("EUR/unit", False, "present value that one more unit adds")
    assert told["made", "route"][1] is True
    assert all(cell.comment for sheet in book.worksheets[1:-1] for cell in sheet[1])


def test_rows_stand_in_the_order_of_a_key_that_no_two_share(made_up: Plan) -> None:
    for name, table in made_up.tables.items():
        key = [column.name for column in COLUMNS[name] if column.key]
        assert not table.select(key).is_duplicated().any(), name


@pytest.fixture(scope="module")
def book(made_up: Plan, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return opened(made_up, tmp_path_factory.mktemp("book"))


def test_sheets_that_compare_cell_by_cell_keep_their_rows(
    made_up: Plan, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    """When everything is worth a third nothing is signed, and most of what was made is not."""
    cheaper = coplant.plan(made_up.case.edit("prices", price=pl.col("price") / 3.0), gap=1e-2)
    other = opened(cheaper, tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "spreadsheet.md").read_text(encoding="utf-8")
    promised = re.findall("`([^`]+)`", page.split("have the same rows in the same order")[0].rsplit("\n\n", 1)[1])

    assert promised == ["money by year", "buckets", "signed", "reserved", "cash"]
    for name in promised:
        keys = [column.name for column in COLUMNS[name] if column.key]
        places = [place for place, cell in enumerate(book[name][1]) if cell.value in keys]
        rows, others = ([[row[place] for place in places] for row in one[name].values] for one in (book, other))
        assert rows == others, name
    assert list(book["made"].values) != list(other["made"].values)


def test_the_formula_of_the_documentation_matches_by_key() -> None:
    names = [column.name for column in COLUMNS["made"]]

    assert {letter: names[ord(letter) - ord("A")] for letter in "AEF"} == {"A": "route", "E": "bucket", "F": "started"}
    assert [column.name for column in COLUMNS["made"] if column.key] == ["route", "bucket"]
    assert len(names) < ord("H") - ord("A") + 1


def test_texts_are_never_formulas_or_links(hostile: Plan, tmp_path: Path) -> None:
    book = opened(hostile, tmp_path)

    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1<b>" for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_money_by_year_has_every_line_of_the_model_in_its_order(smallest: Plan) -> None:
    table = money_by_year(View(smallest, words_of("en")))
    page = (Path(__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")
    lines = page.split("| line | is |")[1].split("\n\n")[0]
    not_cash = re.findall(r"^\| `(\w+)` \|.* not cash \|$", lines, re.MULTILINE)

    assert set(table["line"]) == set(re.findall("`([^`]+)`", lines))
    assert set(table.filter(~pl.col("cash"))["line"]) == set(not_cash)
    assert table["line"].to_list()[:3] == ["revenue", "annuity", "annuity_cost"]
    assert table["cash"].to_list() == sorted(table["cash"], reverse=True)
    assert table.filter(line="tooling").row(0)[2:] == (0.0,) * (table.width - 2)


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


def test_what_rivals_cost_at_several_volumes_is_a_sheet(smallest: Plan, tmp_path: Path) -> None:
    assert quotes(smallest).is_empty()
    small = SmallCase("month:2").item("car")
    for name, fee in (("near", 10), ("far", 4)):
        small.host(name=name, site=f"{name}-plant", status="option", term=12.0, group="cars")
        small.route("car", route=name, site=f"{name}-plant", agreement=name)
        small.add("reservations", agreement=name, most=100, per="month", fee=0)
        small.add("processing_fees", agreement=name, fee=fee)
    plan = small.demand("car", 60, "month", price=100.0, site="near-plant").plan()
    rows = list(opened(plan, tmp_path)["quotes"].values)
    assert rows[0] == tuple(column.name for column in COLUMNS["quotes"])
    assert rows[1][:6] == ("cars", "far", 100, True, False, 100)
    assert rows[1][6:] == (pytest.approx(400), pytest.approx(400), pytest.approx(4), True)
    assert [row[1:3] for row in rows[1:]] == [(name, 100 * n) for name in ("far", "near") for n in range(1, 13)]
