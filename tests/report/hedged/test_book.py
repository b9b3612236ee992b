"""The workbook of several futures."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from coplant import Hedge
from coplant.planning.columns import COLUMNS
from coplant.planning.hedge import OWN
from coplant.report.hedged.book import MOST_FUTURES


def opened(hedge: Hedge, folder: Path) -> openpyxl.Workbook:
    hedge.to_excel(folder / "hedge.xlsx")
    return openpyxl.load_workbook(folder / "hedge.xlsx")


def test_there_is_a_sheet_for_the_decision_and_for_every_table(hedged: Hedge, tmp_path: Path) -> None:
    book = opened(hedged, tmp_path)
    assert book.sheetnames == ["decision", *hedged.tables, "columns", "solved"]
    for name, table in hedged.tables.items():
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == table.columns
        assert len(rows) == 1 + table.height


def test_rows_of_a_future_stand_together_in_the_order_of_their_keys(hedged: Hedge, tmp_path: Path) -> None:
    rows = list(opened(hedged, tmp_path)["sold"].iter_rows(min_row=2, values_only=True))
    assert list(dict.fromkeys(row[0] for row in rows)) == list(hedged.futures.names)
    one = [(row[1], row[6]) for row in rows if row[0] == hedged.futures.names[0]]
    assert one == sorted(one)
    place = hedged["sold"].columns.index("sold")
    assert sum(row[place] for row in rows) == pytest.approx(hedged["sold"]["sold"].sum())


def test_every_column_is_explained(hedged: Hedge, tmp_path: Path) -> None:
    sheet = opened(hedged, tmp_path)["columns"]
    told = {row[:2]: row[2:] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(told) == {(name, column) for name, table in hedged.tables.items() for column in table.columns}
    assert told["now", "cost"][0] == "EUR"
    assert told["sold", "future"][1]
    assert {name: [column.name for column in COLUMNS[name]] for name in OWN} == {
        name: hedged[name].columns for name in OWN
    }


def test_the_decision_says_what_the_page_says(hedged: Hedge, tmp_path: Path) -> None:
    book = opened(hedged, tmp_path)
    said = [cell for row in book["decision"].iter_rows(values_only=True) for cell in row if cell is not None]
    assert "Now: sign “A trial of phones” with host on 1 January 2023." in said
    assert hedged.expected in said
    assert hedged.worst in said
    facts = {(row[0] or "", row[1]): row[2] for row in book["solved"].iter_rows(min_row=2, values_only=True)}
    assert facts["", "status"] == "optimal"
    assert facts["", "digest"] == hedged.case.digest
    largest = max(plan.violations["row_relative"] for plan in hedged.plans)
    # A workbook holds sixteen digits.
    assert facts["violations", "row_relative"] == pytest.approx(largest, rel=1e-15)


def test_of_many_futures_some_have_rows_and_that_is_said(crowd: Hedge, tmp_path: Path) -> None:
    book = opened(crowd, tmp_path)
    assert book["futures"].max_row == 1_001
    named = list(dict.fromkeys(row[0] for row in book["cash"].iter_rows(min_row=2, values_only=True)))
    assert len(named) == MOST_FUTURES
    assert (named[0], named[-1]) == ("way 0000", "way 0999")
    said = [str(row[0]) for row in book["decision"].iter_rows(values_only=True)]
    assert any(
        text.startswith("The tables from buckets on hold the plans of some futures: way 0000, ") for text in said
    )
