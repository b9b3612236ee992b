"""A stress test as a workbook: the answer, a sheet for each table, what their columns are, and how it was drawn."""

from __future__ import annotations

import io

from coplant.planning.columns import COLUMNS as PLANNED
from coplant.report.sheets import meanings, workbook, write_facts, write_overview, write_table
from coplant.report.stressed.sections.answer import answer_lines, key_figures
from coplant.report.stressed.view import StressedView
from coplant.report.words import LANGUAGES, words_of
from coplant.stressing.columns import COLUMNS
from coplant.stressing.result import Stress

OVERVIEW, COLUMN_SHEET, FACTS = "overview", "columns", "stressed"
"""Sheets beside the tables."""


def book_of(stress: Stress) -> bytes:
    """Return the workbook.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = StressedView(stress, words_of(LANGUAGES[0]))
    tables = {name: stress[name] for name in COLUMNS}
    columns = {name: list(COLUMNS[name]) for name in tables}
    # What each column is, is told alike in every workbook.
    head = PLANNED[COLUMN_SHEET]
    tables[COLUMN_SHEET] = meanings(columns, view.currency, [column.name for column in head])
    columns[COLUMN_SHEET] = list(head)
    exact = {
        "case": stress.case.settings.name,
        "currency": view.currency,
        "promised": stress.promised,
        "samples": stress.samples,
        "seed": stress.seed,
        "digest": stress.case.digest,
    }
    figures = [(figure.name, figure.value, figure.note) for figure in key_figures(view)]
    content = io.BytesIO()
    with workbook(content, view.name, stress.case.digest) as (book, formats):
        write_overview(book.add_worksheet(OVERVIEW), view.name, answer_lines(view), figures, exact, formats)
        for name, table in tables.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
        write_facts(book.add_worksheet(FACTS), stress.facts(), formats)
    return content.getvalue()
