"""Plans for several futures as a workbook."""

from __future__ import annotations

import io

import polars as pl

from coplant.planning import Hedge
from coplant.planning.columns import COLUMNS
from coplant.planning.hedge import OWN
from coplant.report.hedged.sections.answer import answer_lines, key_figures
from coplant.report.hedged.view import HedgedView
from coplant.report.sheets import meanings, workbook, write_facts, write_overview, write_table
from coplant.report.words import LANGUAGES, words_of
from coplant.results import Column

MOST_FUTURES = 12
"""Futures whose plans have rows in the tables; the sheets of what is decided and of the futures have all."""


def book_of(hedge: Hedge) -> bytes:
    """Return the workbook: the answer, the futures, what is decided now and then, the plans, and how they were found.

    Rows stand in the order of their keys.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = HedgedView(hedge, words_of(LANGUAGES[0]))
    shown = view.chosen(MOST_FUTURES)
    names = [hedge.futures.names[number] for number in sorted(shown)]
    (future,) = (column for column in COLUMNS["futures"] if column.name == "future")
    tables = {name: hedge[name] for name in OWN}
    columns: dict[str, list[Column]] = {name: list(COLUMNS[name]) for name in OWN}
    for name in hedge.plans[0].tables:
        columns[name] = [future, *COLUMNS[name]]
        rows = hedge[name].filter(pl.col("future").is_in(names))
        keys = [column.name for column in COLUMNS[name] if column.key]
        order = pl.col("future").replace_strict(names, range(len(names)), return_dtype=pl.Int64)
        tables[name] = rows.sort(order, *keys, maintain_order=True)
    tables["columns"] = meanings(columns, view.currency, [column.name for column in COLUMNS["columns"]])
    columns["columns"] = list(COLUMNS["columns"])
    lines = answer_lines(view)
    if len(shown) < len(hedge.plans):
        lines.append(view.words("hedged.book.shown", told=view.told(len(shown)), names=view.list(names)))
    figures = [(figure.name, figure.value, figure.note) for figure in key_figures(view)]
    exact = {
        "expected": hedge.expected,
        "worst": hedge.worst,
        "objective": hedge.objective,
        "bound": hedge.bound,
        "currency": view.currency,
        "case": hedge.case.settings.name,
        "futures": len(hedge.plans),
        "digest": hedge.case.digest,
    }
    content = io.BytesIO()
    with workbook(content, view.name, hedge.case.digest) as (book, formats):
        write_overview(book.add_worksheet("decision"), view.name, lines, figures, exact, formats)
        for name, table in tables.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
        write_facts(book.add_worksheet("solved"), _facts(hedge), formats)
    return content.getvalue()


def _facts(hedge: Hedge) -> dict[str, object]:
    """How the plans were found, what they share said once."""
    own = hedge.facts()
    own.pop("plans")
    shared = hedge.plans[0].facts()
    worst = {name: max(plan.violations[name] for plan in hedge.plans) for name in shared["violations"]}
    kept = ("options", "versions", "solver", "size", "scaling", "timings")
    return own | {"digest": hedge.case.digest} | {name: shared[name] for name in kept} | {"violations": worst}
