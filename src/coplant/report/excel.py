"""A plan as a workbook."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter

from coplant.errors import FileError
from coplant.report.sections.decision import decision_lines, key_figures
from coplant.report.view import View
from coplant.report.words import LANGUAGES, words_of

if TYPE_CHECKING:
    from coplant.planning import Plan

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading."""

MOST_TEXT = 32_767
"""Characters of a cell."""

FORMATS = {
    "heading": {"bold": True, "bg_color": "#EEF1F5", "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 15},
    "strong": {"bold": True},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.00"},
    "fine": {"num_format": "0.000000"},
    "share": {"num_format": "0.0%"},
    "small": {"num_format": "0.00E+00"},
    "plain": {"num_format": "0"},
}
"""Number formats and looks, by what they are for."""

SHARES = {"share", "share_used"}
FINE = {"hhi"}
PLAIN = {"year"}

Formats = Mapping[str, Any]


def workbook_of(plan: Plan) -> bytes:
    """Return the workbook: the decision, each table, money by line and year, and how the plan was solved.

    Parameters
    ----------
    plan : Plan
        The plan; of one branch.

    Raises
    ------
    FileError
        A table has more rows than a sheet holds.
    """
    view = View(plan, words_of(LANGUAGES[0]))
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        # One date for the file itself, so that the same plan gives the same workbook.
        book.set_properties(
            {"title": view.name, "created": datetime.datetime(2000, 1, 1), "comments": f"Case {plan.digest}"}
        )
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        _decision(book.add_worksheet("decision"), view, formats)
        _table(book.add_worksheet("money by year"), money_by_year(view), formats)
        for name, table in plan.tables.items():
            _table(book.add_worksheet(name), table, formats)
        _solved(book.add_worksheet("solved"), plan, formats)
    return content.getvalue()


def money_by_year(view: View) -> pl.DataFrame:
    """Undiscounted money by line and calendar year, with sums and present value."""
    money = view.plan["money"]
    years = view.by_year(money, "line", "cash")
    names = sorted(set(years["year"].to_list()))
    present = money.group_by("line", "cash").agg(pl.col("present_value").sum())
    wide = years.pivot("year", index=["line", "cash"], values="amount", aggregate_function="sum").join(
        present, on=["line", "cash"]
    )
    columns = [pl.col(str(year)).fill_null(0.0) for year in names]
    return wide.select(
        "line",
        "cash",
        *columns,
        pl.sum_horizontal(*columns).alias("all years") if columns else pl.lit(0.0),
        "present_value",
    ).sort("present_value", "line", descending=[True, False])


def _decision(sheet: Any, view: View, formats: Formats) -> None:
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 60)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, view.name[:MOST_TEXT], formats["title"])
    row = 2
    for line in decision_lines(view):
        sheet.merge_range(row, 0, row, 2, "", formats["wrapped"])
        sheet.write_string(row, 0, line[:MOST_TEXT], formats["wrapped"])
        sheet.set_row(row, 15.0 * (1 + len(line) // 110))
        row += 1
    row += 1
    for figure in key_figures(view):
        sheet.write_string(row, 0, figure.name, formats["strong"])
        sheet.write_string(row, 1, figure.value)
        sheet.write_string(row, 2, figure.note)
        row += 1
    row += 1
    exact = {
        "objective": view.plan.objective,
        "bound": view.plan.bound,
        "currency": view.currency,
        "case": view.plan.settings.name,
        "start": view.plan.settings.start,
        "until": view.plan.settings.until,
        "digest": view.plan.digest,
    }
    for name, value in exact.items():
        sheet.write_string(row, 0, name, formats["strong"])
        _cell(sheet, row, 1, value, formats, "whole")
        row += 1


def _table(sheet: Any, table: pl.DataFrame, formats: Formats) -> None:
    """Write a table: heading, typed columns, a filter, and widths that suit."""
    if table.height > MOST_ROWS:
        raise FileError(
            f"The table {sheet.get_name()} has {table.height:,} rows and a sheet holds {MOST_ROWS:,}. "
            "Write the plan to a folder instead"
        )
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(table.columns):
        values = table[name]
        _column(sheet, column, name, values, formats)
    if table.width:
        sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)


def _column(sheet: Any, column: int, name: str, values: pl.Series, formats: Formats) -> None:
    look = _look(name, values)
    sheet.set_column(column, column, _width(name, values, look), formats.get(look))
    sheet.write_string(0, column, name, formats["heading"])
    write = _writer(sheet, column, values.dtype, formats.get(look))
    for row, value in enumerate(values.to_list(), start=1):
        if value is not None:
            write(row, value)


def _writer(sheet: Any, column: int, dtype: pl.DataType, look: Any) -> Callable[[int, Any], object]:
    if dtype == pl.Boolean:
        return lambda row, value: sheet.write_boolean(row, column, value, look)
    if dtype == pl.Date:
        return lambda row, value: sheet.write_datetime(row, column, value, look)
    if dtype.is_numeric():
        return lambda row, value: sheet.write_number(row, column, value, look) if math.isfinite(value) else None
    return lambda row, value: sheet.write_string(row, column, str(value)[:MOST_TEXT], look)


def _look(name: str, values: pl.Series) -> str:
    """Choose the format of a column."""
    if values.dtype == pl.Date:
        return "date"
    if not values.dtype.is_numeric():
        return ""
    if name in SHARES | FINE | PLAIN:
        return "share" if name in SHARES else "fine" if name in FINE else "plain"
    largest = values.cast(pl.Float64).abs().max()
    whole = values.dtype.is_integer() or (isinstance(largest, float) and largest >= 10_000.0)
    return "whole" if whole else "decimal"


def _width(name: str, values: pl.Series, look: str) -> float:
    """Width in characters: that of the heading, or of the longest of its values as they are shown."""
    if look == "date":
        shown = 10
    elif look:
        largest = values.cast(pl.Float64).abs().max()
        size = float(largest) if isinstance(largest, (int, float)) and math.isfinite(largest) else 0.0
        shown = len(f"{size:,.0f}") + (1 if look == "whole" else 4)
    else:
        longest = values.cast(pl.String).str.len_chars().max()
        shown = longest if isinstance(longest, int) else 0
    # The button of the filter covers three characters of the heading.
    return float(min(max(shown, len(name) + 3, 6) + 1, 60))


def _solved(sheet: Any, plan: Plan, formats: Formats) -> None:
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 70)
    for column, name in enumerate(("part", "name", "value")):
        sheet.write_string(0, column, name, formats["heading"])
    sheet.freeze_panes(1, 0)
    facts = plan.facts()
    rows: list[tuple[str, str, object]] = []
    for part, value in facts.items():
        if isinstance(value, Mapping):
            rows += [(part, str(name), one) for name, one in value.items()]
        else:
            rows.append(("", part, value))
    for row, (part, name, value) in enumerate(rows, start=1):
        sheet.write_string(row, 0, part)
        sheet.write_string(row, 1, name)
        _cell(sheet, row, 2, value, formats, "")
    sheet.autofilter(0, 0, max(len(rows), 1), 2)


def _cell(sheet: Any, row: int, column: int, value: object, formats: Formats, look: str) -> None:
    """Write a single value by its type."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, (int, float)) and math.isfinite(value):
        small = isinstance(value, float) and 0.0 < abs(value) < 1e-3
        chosen = look or ("whole" if float(value).is_integer() else "small" if small else "fine")
        sheet.write_number(row, column, value, formats[chosen])
    elif value is not None:
        text = _joined(value) if isinstance(value, (Mapping, Sequence)) and not isinstance(value, str) else str(value)
        sheet.write_string(row, column, text[:MOST_TEXT])


def _joined(value: Mapping[Any, Any] | Sequence[Any]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return "; ".join(map(str, value))
