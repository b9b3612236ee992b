"""What statements show, held against what was settled."""

from __future__ import annotations

import string
from pathlib import Path

import openpyxl
import pytest
from settlement.sheet import Sheets

from coplant import Settlement
from coplant.report.settled.book import AMOUNT, HEADING, QUANTITY, rows_of, sheet_names
from coplant.report.settled.statements import Line, Statement, statements_of
from coplant.report.settled.view import SettledView
from coplant.report.words import LANGUAGES, words_of

OF_THE_LINE = {"quantity", "rate", "item", "part"}
"""What a text may name beside the operands."""


def lines(settlement: Settlement) -> list[Line]:
    view = SettledView(settlement, words_of("en"))
    return [line for statement in view.statements for line in rows_of(statement)]


def assert_told(settlement: Settlement) -> None:
    """Every line and account has words, which name every operand and nothing that the line has not."""
    for language in LANGUAGES:
        view = SettledView(settlement, words_of(language))
        for line in lines(settlement):
            assert view.arithmetic(line)
            assert view.what(line)
            text = view.words.texts[f"settle.words.{line.words}"]
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            counted = {f"{name}_counted" for name in line.operands}
            assert set(line.operands) <= named <= set(line.operands) | counted | OF_THE_LINE, (language, line.words)
            assert {f"{name}_counted" for name in line.counted} <= named, (language, line.words)
        assert all(view.account(account) for account in settlement["balances"]["account"])


def opened(settlement: Settlement, folder: Path, *, stored: bool = False) -> openpyxl.Workbook:
    settlement.to_excel(folder / "settled.xlsx")
    return openpyxl.load_workbook(folder / "settled.xlsx", data_only=stored)


def names_of(settlement: Settlement) -> list[tuple[str, Statement]]:
    statements = statements_of(settlement)
    taken = ["overview", *settlement.tables, "columns", "settled"]
    return list(zip(sheet_names(statements, taken), statements, strict=True))


def assert_works_out(settlement: Settlement, folder: Path) -> None:
    """Every formula comes to what is stored beside it, and every line, sum and account to what was settled."""
    book, stored = opened(settlement, folder), opened(settlement, folder, stored=True)
    sheets = Sheets(book)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    worked_out = sheets.value(sheet.title, cell.coordinate)
                    assert worked_out == pytest.approx(stored[sheet.title][cell.coordinate].value, abs=1e-6), cell
    for name, statement in names_of(settlement):
        for row, line in enumerate(rows_of(statement), start=HEADING + 2):
            quantity, amount = (book[name].cell(row, column + 1).coordinate for column in (QUANTITY, AMOUNT))
            assert sheets.value(name, quantity) == pytest.approx(line.quantity, rel=1e-9)
            assert sheets.value(name, amount) == pytest.approx(line.amount, abs=1e-9)
            assert (book[name][quantity].data_type == "f") == bool(line.formula)
            assert book[name][amount].value.startswith("=ROUND(")
    overview = {tuple(cell.value for cell in row[:2]): row for row in book["overview"].iter_rows(min_row=7)}
    for row in settlement["statements"].iter_rows(named=True):
        cells = overview[row["agreement"], f"{row['statement']:%Y-%m}"]
        told = [sheets.value("overview", cell.coordinate) for cell in cells[3:7]]
        assert told == pytest.approx([row[name] for name in ("charges", "corrections", "amount", "cumulative")])
