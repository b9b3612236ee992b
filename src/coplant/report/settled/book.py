"""A settlement as a workbook: an overview, a sheet for each statement, and the tables.

Every figure that follows from others is a formula, so that a reader sees how, and can try another figure. What it comes
to is stored beside it for programs that do not recalculate.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from coplant.report.settled.statements import Line, Statement
from coplant.report.settled.view import SettledView
from coplant.report.sheets import MOST_TEXT, Formats, meanings, workbook, write_facts, write_table
from coplant.report.words import LANGUAGES, words_of
from coplant.settlement import Settlement
from coplant.settlement.columns import COLUMNS

OVERVIEW, COLUMN_SHEET, FACTS = "overview", "columns", "settled"
"""Sheets beside the statements and the tables."""

MOST_NAME = 31
"""Characters of the name of a sheet."""

NUMBER, CLAUSE, PART, KIND, ITEM, MONTH, ARITHMETIC, QUANTITY, RATE, AMOUNT, OPERANDS = range(11)
"""Columns of the lines of a statement; from the last on a name and a figure for each operand."""

HEADING = 8
"""Row of the headings of the lines."""

_NAME = re.compile(r"[A-Za-z_]\w*")
_FUNCTIONS = {"max": "MAX", "min": "MIN"}


def book_of(settlement: Settlement) -> bytes:
    """Return the workbook.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = SettledView(settlement, words_of(LANGUAGES[0]))
    tables = {name: settlement[name] for name in COLUMNS if name in settlement.tables}
    names = sheet_names(view.statements, [OVERVIEW, *tables, COLUMN_SHEET, FACTS])
    content = io.BytesIO()
    with workbook(content, view.name, settlement.case.digest) as (book, formats):
        looks = _Looks.of(book, formats, view.digits)
        overview = book.add_worksheet(OVERVIEW)
        written = [
            _statement(book.add_worksheet(name), view, statement, looks)
            for name, statement in zip(names, view.statements, strict=True)
        ]
        _overview(overview, view, names, written, looks)
        columns = {name: list(COLUMNS[name]) for name in tables}
        tables[COLUMN_SHEET] = meanings(columns, view.currency, [column.name for column in COLUMNS[COLUMN_SHEET]])
        columns[COLUMN_SHEET] = list(COLUMNS[COLUMN_SHEET])
        for name, table in tables.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
        write_facts(book.add_worksheet(FACTS), settlement.facts(), formats)
    return content.getvalue()


def sheet_names(statements: Iterable[Statement], taken: Iterable[str]) -> list[str]:
    """Name a sheet for each statement: the agreement, cut short where it must be, and the month.

    Names are legal, and differ from each other and from those that are taken whatever the case of their letters.
    """
    used = {name.casefold() for name in taken}
    names = []
    for statement in statements:
        # A spreadsheet allows neither these characters nor an apostrophe at either end.
        head = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", statement.agreement).strip("'")
        month, number = f" {statement.month:%Y-%m}", 1
        name = head[: MOST_NAME - len(month)] + month
        while name.casefold() in used:
            number += 1
            tail = f" ({number}){month}"
            name = head[: MOST_NAME - len(tail)] + tail
        used.add(name.casefold())
        names.append(name)
    return names


def rows_of(statement: Statement) -> list[Line]:
    """Lines of a statement in their rows; what is due under a correction follows it."""
    return [row for line in statement.lines for row in (line, *line.due)]


def formula_of(formula: str, cells: dict[str, str]) -> str:
    """Write a formula of a line as a spreadsheet does, with the cells of its operands.

    Examples
    --------
    >>> formula_of("max(0, agreed - built)", {"agreed": "L9", "built": "N9"})
    '=MAX(0, L9 - N9)'
    """
    return "=" + _NAME.sub(lambda name: _FUNCTIONS.get(name[0]) or cells[name[0]], formula)


@dataclass(frozen=True)
class _Looks:
    """Formats of a statement."""

    formats: Formats
    money: Any
    total: Any
    corrected: Any
    corrected_money: Any
    due: Any
    due_money: Any
    figure: Any
    link: Any

    @classmethod
    def of(cls, book: Any, formats: Formats, digits: int) -> _Looks:
        """Make the formats of a workbook whose money has so many decimals."""
        money = "#,##0" + ("." + "0" * digits if digits else "")
        mark = {"bg_color": "#FFF3D6"}
        return cls(
            formats,
            book.add_format({"num_format": money}),
            book.add_format({"num_format": money, "bold": True, "top": 1}),
            book.add_format(mark),
            book.add_format(mark | {"num_format": money}),
            book.add_format({"italic": True, "indent": 1}),
            book.add_format({"italic": True, "num_format": money}),
            book.add_format({"num_format": "#,##0.00####"}),
            book.add_format({"font_color": "#0B5CAD", "underline": 1}),
        )

    def number(self, value: float) -> Any:
        """Format of a figure: with decimals where it has any."""
        return self.formats["whole"] if float(value).is_integer() else self.figure


@dataclass(frozen=True)
class _Written:
    """Cells of a statement's sums on its sheet."""

    charges: str
    corrections: str
    amount: str


def _statement(sheet: Any, view: SettledView, statement: Statement, looks: _Looks) -> _Written:
    _head(sheet, view, statement, looks)
    rows = rows_of(statement)
    first, last = HEADING + 1, HEADING + max(len(rows), 1)
    for row, line in enumerate(rows, start=first):
        _line(sheet, row, view, line, looks)
    sums = _sums(sheet, view, statement, first, last, looks)
    _accounts(sheet, last + 6, view, statement, looks)
    return sums


def _head(sheet: Any, view: SettledView, statement: Statement, looks: _Looks) -> None:
    words, formats = view.words, looks.formats
    sheet.hide_gridlines(2)
    sheet.freeze_panes(HEADING + 1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for column, width in ((NUMBER, 14), (CLAUSE, 18), (PART, 16), (KIND, 11), (ITEM, 16), (MONTH, 9), (ARITHMETIC, 58)):
        sheet.set_column(column, column, width)
    sheet.set_column(QUANTITY, AMOUNT, 16)
    title = f"{view.title('agreement', statement.agreement)}, {view.month(statement.month)}"
    sheet.write_string(0, 0, title[:MOST_TEXT], formats["title"])
    sheet.write_url(0, AMOUNT, f"internal:'{OVERVIEW}'!A1", looks.link, words("settle.sheet.back"))
    facts = {
        "agreement": statement.agreement,
        "host": view.title("party", view.hosts[statement.agreement]),
        "brand": view.brand,
        "month": view.month(statement.month),
        "issued": statement.issued,
        "currency": f"{view.currency}. {words('settle.sheet.tax')}",
    }
    for row, (name, value) in enumerate(facts.items(), start=1):
        sheet.write_string(row, 0, words(f"settle.sheet.{name}"), formats["strong"])
        if isinstance(value, str):
            sheet.write_string(row, 1, value[:MOST_TEXT])
        else:
            sheet.write_datetime(row, 1, value, formats["date"])
    names = ("number", "clause", "part", "kind", "item", "month", "arithmetic", "quantity", "rate", "amount")
    heads = [words(f"settle.column.{name}", currency=view.currency) for name in names]
    most = max((len(line.operands) for line in rows_of(statement)), default=0)
    heads += [words("settle.column.operand"), *[""] * (2 * most - 1)] if most else []
    for column, text in enumerate(heads):
        sheet.write_string(HEADING, column, text, formats["heading"])
    # The accounts below use the first two of these columns.
    sheet.set_column(OPERANDS, OPERANDS + 2 * max(most, 1) - 1, 14)


def _line(sheet: Any, row: int, view: SettledView, line: Line, looks: _Looks) -> None:
    formats = looks.formats
    due = line.kind == "due"
    text, money = (
        (looks.due, looks.due_money) if due
        else (looks.corrected, looks.corrected_money) if line.correction else (None, looks.money)
    )  # fmt: skip
    if not due:
        sheet.write_number(row, NUMBER, line.number, text)
    told = {
        CLAUSE: view.clause(line.clause),
        PART: view.part(line.clause, line.part),
        KIND: view.words(f"settle.kind.{line.kind}"),
        ITEM: view.item(line.item),
        MONTH: f"{line.month:%Y-%m}",
    }
    for column, shown in told.items():
        sheet.write_string(row, column, shown[:MOST_TEXT], text)
    sheet.write_string(row, ARITHMETIC, view.arithmetic(line)[:MOST_TEXT], formats["wrapped"])
    cells = {}
    for place, (name, value) in enumerate(line.operands.items()):
        column = OPERANDS + 2 * place
        sheet.write_string(row, column, name)
        if name == "due" and line.due:
            amounts = f"{xl_rowcol_to_cell(row + 1, AMOUNT)}:{xl_rowcol_to_cell(row + len(line.due), AMOUNT)}"
            formula = f"=ROUND(SUM({amounts}),{view.digits})"
            sheet.write_formula(row, column + 1, formula, looks.number(value), value)
        else:
            sheet.write_number(row, column + 1, value, looks.number(value))
        cells[name] = xl_rowcol_to_cell(row, column + 1)
    if line.formula:
        formula = formula_of(line.formula, cells)
        sheet.write_formula(row, QUANTITY, formula, looks.number(line.quantity), line.quantity)
    else:
        sheet.write_number(row, QUANTITY, line.quantity, looks.number(line.quantity))
    sheet.write_number(row, RATE, line.rate, formats["price"])
    product = f"{xl_rowcol_to_cell(row, QUANTITY)}*{xl_rowcol_to_cell(row, RATE)}"
    sheet.write_formula(row, AMOUNT, f"=ROUND({product},{view.digits})", money, line.amount)


def _sums(sheet: Any, view: SettledView, statement: Statement, first: int, last: int, looks: _Looks) -> _Written:
    words = view.words
    kinds, amounts = (
        f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(last, column)}" for column in (KIND, AMOUNT)
    )
    # What is told and not paid in money is in neither sum.
    sums = [f'SUMIF({kinds},"{words(f"settle.kind.{kind}")}",{amounts})' for kind in ("charge", "correction")]
    rows = (
        ("charges", f"={sums[0]}", statement.charges, looks.money),
        ("corrections", f"={sums[1]}", statement.corrections, looks.money),
        ("total", "=" + "+".join(sums), statement.amount, looks.total),
    )
    for row, (name, formula, value, look) in enumerate(rows, start=last + 2):
        sheet.write_string(row, RATE, words(f"settle.sheet.{name}"), looks.formats["strong"])
        sheet.write_formula(row, AMOUNT, formula, look, value)
    return _Written(*(xl_rowcol_to_cell(row, AMOUNT) for row in range(last + 2, last + 5)))


def _accounts(sheet: Any, row: int, view: SettledView, statement: Statement, looks: _Looks) -> None:
    """Write the accounts after the month: what changed last, and what each holds."""
    if not statement.accounts:
        return
    words, formats = view.words, looks.formats
    sheet.write_string(row, 0, words("settle.sheet.accounts"), formats["strong"])
    names = ("account", "part", "day", "opening", "added", "used", "lapsed", "closing")
    for column, name in zip(_ACCOUNT_COLUMNS, names, strict=True):
        sheet.write_string(row + 1, column, words(f"settle.column.{name}"), formats["heading"])
    for place, account in enumerate(statement.accounts, start=row + 2):
        sheet.write_string(place, _ACCOUNT_COLUMNS[0], view.account(account.account))
        sheet.write_string(place, _ACCOUNT_COLUMNS[1], account.part[:MOST_TEXT])
        sheet.write_datetime(place, _ACCOUNT_COLUMNS[2], account.day, formats["date"])
        moved = (account.opening, account.added, account.used, account.lapsed)
        for column, value in zip(_ACCOUNT_COLUMNS[3:], moved, strict=False):
            sheet.write_number(place, column, value, looks.number(value))
        opening, added, used, lapsed = (xl_rowcol_to_cell(place, column) for column in _ACCOUNT_COLUMNS[3:7])
        closing = f"={opening}+{added}-{used}-{lapsed}"
        sheet.write_formula(place, _ACCOUNT_COLUMNS[7], closing, looks.number(account.closing), account.closing)


_ACCOUNT_COLUMNS = (CLAUSE, PART, ITEM, *range(QUANTITY, OPERANDS + 2))
"""Columns of the accounts of a statement: those of its lines that are wide enough."""


def _overview(sheet: Any, view: SettledView, names: Sequence[str], written: Sequence[_Written], looks: _Looks) -> None:
    """Write a row for each statement whose amounts are those of its sheet."""
    words, formats = view.words, looks.formats
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, view.name[:MOST_TEXT], formats["title"])
    facts = {"basis": view.basis, "currency": f"{view.currency}. {words('settle.sheet.tax')}",
             "digest": view.settlement.case.digest}  # fmt: skip
    for row, (name, value) in enumerate(facts.items(), start=1):
        sheet.write_string(row, 0, words(f"settle.sheet.{name}"), formats["strong"])
        sheet.write_string(row, 1, value[:MOST_TEXT])
    heads = [words("column.agreement"), *(words(f"settle.column.{name}", currency=view.currency) for name in (
        "month", "issued", "charges", "corrections", "amount", "cumulative", "sheet"))]  # fmt: skip
    head, first = 5, 6
    for column, text in enumerate(heads):
        sheet.write_string(head, column, text, formats["heading"])
    sheet.freeze_panes(first, 0)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 2, 14)
    sheet.set_column(3, 6, 18)
    sheet.set_column(7, 7, 32)
    before: str | None = None
    for row, (name, statement, cells) in enumerate(zip(names, view.statements, written, strict=True), start=first):
        sheet.write_string(row, 0, view.title("agreement", statement.agreement)[:MOST_TEXT])
        sheet.write_string(row, 1, f"{statement.month:%Y-%m}")
        sheet.write_datetime(row, 2, statement.issued, formats["date"])
        quoted = "'" + name.replace("'", "''") + "'!"
        sheet.write_formula(row, 3, f"={quoted}{cells.charges}", looks.money, statement.charges)
        sheet.write_formula(row, 4, f"={quoted}{cells.corrections}", looks.money, statement.corrections)
        sheet.write_formula(row, 5, f"={quoted}{cells.amount}", looks.money, statement.amount)
        # What was billed before the first statement that is shown stands in the formula as it is.
        earlier = round(statement.cumulative - statement.amount, view.digits)
        start = xl_rowcol_to_cell(row - 1, 6) if before == statement.agreement else f"{earlier!r}"
        sheet.write_formula(row, 6, f"={start}+{xl_rowcol_to_cell(row, 5)}", looks.money, statement.cumulative)
        sheet.write_url(row, 7, f"internal:{quoted}A1", looks.link, name)
        before = statement.agreement
    last = first + max(len(written), 1) - 1
    sheet.write_string(last + 1, 0, words("settle.total"), formats["strong"])
    for column, name in ((3, "charges"), (4, "corrections"), (5, "amount")):
        cells_of = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(last, column)}"
        total = float(view.settlement["statements"][name].sum())
        sheet.write_formula(last + 1, column, f"=SUM({cells_of})", looks.total, total)
