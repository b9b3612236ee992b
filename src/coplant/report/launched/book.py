"""A launch as a workbook: the answer, a sheet for each table, what their columns are, and how it was drawn."""

from __future__ import annotations

import io

from coplant.launching.columns import COLUMNS
from coplant.launching.result import Launch
from coplant.planning.columns import COLUMNS as PLANNED
from coplant.report.launched.sections.answer import answer_lines, key_figures
from coplant.report.launched.view import LaunchedView
from coplant.report.sheets import meanings, workbook, write_facts, write_overview, write_table
from coplant.report.words import LANGUAGES, words_of

OVERVIEW, COLUMN_SHEET, FACTS = "overview", "columns", "launched"
"""Sheets beside the tables."""


def book_of(launch: Launch) -> bytes:
    """Return the workbook.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = LaunchedView(launch, words_of(LANGUAGES[0]))
    tables = {name: launch[name] for name in COLUMNS if name in launch.tables}
    columns = {name: list(COLUMNS[name]) for name in tables}
    # What each column is, is told alike in every workbook.
    head = PLANNED[COLUMN_SHEET]
    tables[COLUMN_SHEET] = meanings(columns, view.currency, [column.name for column in head])
    columns[COLUMN_SHEET] = list(head)
    exact = {
        "case": launch.case.settings.name,
        "currency": view.currency,
        "first": launch.first,
        "samples": launch.samples,
        "seed": launch.seed,
        "digest": launch.case.digest,
    }
    figures = [(figure.name, figure.value, figure.note) for figure in key_figures(view)]
    content = io.BytesIO()
    with workbook(content, view.name, launch.case.digest) as (book, formats):
        write_overview(book.add_worksheet(OVERVIEW), view.name, answer_lines(view), figures, exact, formats)
        for name, table in tables.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
        write_facts(book.add_worksheet(FACTS), launch.facts(), formats)
    return content.getvalue()
