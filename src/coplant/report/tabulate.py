"""Tables of figures as tables of the page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from coplant.report.blocks import Cell, Table
from coplant.report.numbers import SPACE, column_digits
from coplant.report.view import CaseView

MOST_ROWS = 60
"""Rows of a table that the page shows; the workbook has all."""

NUMERIC = ("number", "money", "exact", "figure", "brief", "share", "index", "year")


@dataclass(frozen=True)
class Column:
    """A column of a table to show.

    Parameters
    ----------
    name : str
        Column of the data.
    title : str
        Its heading.
    kind : str
        ``text``, ``number``, ``money`` (in full), ``exact`` (money to its smallest unit), ``figure`` (with
        the decimals that it has), ``brief`` (money in three figures, the full figure in the title),
        ``share``, ``index`` (three decimals), ``year``, ``date``, ``until`` (the day before, the last one),
        ``bucket``, ``yes`` (yes or no), or what is titled: ``agreement``, ``item``, ``family``, ``party``,
        ``resource``, ``site``.
    """

    name: str
    title: str
    kind: str = "text"


def tabulate(
    view: CaseView, data: pl.DataFrame, columns: Sequence[Column], caption: str, most: int = MOST_ROWS
) -> Table:
    """Turn data into a table of the page.

    Parameters
    ----------
    view : View
        The result in a language.
    data : DataFrame
        What to show, in order.
    columns : sequence of Column
        Which columns, and how.
    caption : str
        What the table lists.
    most : int
        Rows shown; how many are left out is said.
    """
    shown = data.head(most)
    cells = [
        [_writer(view, column, shown[column.name])(value) for value in shown[column.name].to_list()]
        for column in columns
    ]
    left_out = ""
    if data.height > most:
        left_out = view.words("table.left_out", shown=view.numbers.number(most), all=view.numbers.number(data.height))
    heads = [(column.title, column.kind in NUMERIC) for column in columns]
    return Table(caption, heads, [list(row) for row in zip(*cells, strict=True)], left_out)


def _writer(view: CaseView, column: Column, values: pl.Series) -> Callable[[object], Cell]:
    """How the values of a column are written."""
    numbers, kind = view.numbers, column.kind
    if kind in ("number", "money"):
        digits = column_digits(values.cast(pl.Float64).to_list())
        return lambda value: Cell(numbers.number(_float(value), digits))
    if kind == "exact":
        return lambda value: Cell(numbers.number(_float(value), view.digits))
    if kind == "figure":
        return lambda value: Cell(numbers.figure(_float(value)))
    if kind == "brief":
        return lambda value: Cell(view.money(_float(value)), view.full_money(_float(value)))
    if kind == "share":
        return lambda value: Cell(numbers.share(_float(value)))
    if kind == "index":
        return lambda value: Cell(numbers.number(_float(value), 3))
    if kind == "date":
        return lambda value: Cell(numbers.day(_day(value)))
    if kind == "until":
        return lambda value: Cell(numbers.day(_last_before(_day(value))))
    if kind == "bucket":
        return lambda value: Cell(view.bucket(_day(value)).replace(" ", SPACE))
    if kind == "yes":
        return lambda value: Cell(view.words("yes" if value else "no"))
    if kind in ("text", "year"):
        return lambda value: Cell("" if value is None else str(value))
    return lambda value: Cell("" if value is None else view.title(kind, str(value)))


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _last_before(until: datetime.date | None) -> datetime.date | None:
    return None if until is None else until - datetime.timedelta(days=1)


def _day(value: object) -> datetime.date | None:
    return value if isinstance(value, datetime.date) else None
