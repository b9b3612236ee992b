"""A comparison as a workbook: the answer, a sheet for each table, and what their columns are."""

from __future__ import annotations

import io

from coplant.insight.columns import COLUMNS
from coplant.insight.comparison import Comparison
from coplant.planning.columns import COLUMNS as PLANNED
from coplant.report.compared.sections.answer import answer_lines
from coplant.report.compared.view import ComparedView
from coplant.report.sheets import meanings, workbook, write_overview, write_table
from coplant.report.words import LANGUAGES, words_of

OVERVIEW, COLUMN_SHEET = "overview", "columns"
"""Sheets beside the tables."""


def book_of(comparison: Comparison) -> bytes:
    """Return the workbook.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = ComparedView(comparison, words_of(LANGUAGES[0]))
    tables = dict(comparison.tables)
    columns = {name: list(COLUMNS[name]) for name in tables}
    # What each column is, is told alike in every workbook.
    head = PLANNED[COLUMN_SHEET]
    tables[COLUMN_SHEET] = meanings(columns, view.currency, [column.name for column in head])
    columns[COLUMN_SHEET] = list(head)
    exact = {"currency": view.currency} | {name: plan.objective for name, plan in comparison.plans.items()}
    content = io.BytesIO()
    with workbook(content, view.name, view.case.digest) as (book, formats):
        write_overview(book.add_worksheet(OVERVIEW), view.name, answer_lines(view), [], exact, formats)
        for name, table in tables.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
    return content.getvalue()
