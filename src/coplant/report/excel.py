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
from coplant.planning.columns import COLUMNS, Column
from coplant.report.sections.decision import decision_lines, key_figures
from coplant.report.sections.money import LINES
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
    "price": {"num_format": "#,##0.00##"},
    "rate": {"num_format": "#,##0.0#"},
    "index": {"num_format": "0.0000"},
    "fine": {"num_format": "0.000000"},
    "share": {"num_format": "0.0%"},
    "small": {"num_format": "0.00E+00"},
    "plain": {"num_format": "0"},
}
"""Number formats and looks, by what they are for."""

LOOKS = {
    "share": "share",
    "money/unit": "price",
    "unit/period": "rate",
    "0 to 1": "index",
    "days": "plain",
    "": "plain",
}
"""Format of numbers by their unit; money and quantities have decimals where all of a column are small."""

DECIMALS = {"decimal": 3, "price": 5, "rate": 3}
"""Characters that a format needs behind the whole number."""

Formats = Mapping[str, Any]


def workbook_of(plan: Plan) -> bytes:
    """Return the workbook: the decision, money by line and year, each table, what columns mean, and how it was solved.

    Rows stand in the order of their keys, so that the same row is found again in the workbook of another plan.

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
        sheets = {"money by year": money_by_year(view)}
        sheets |= {name: _sorted(name, plan[name]) for name in COLUMNS if name in plan.tables}
        sheets["columns"] = _meanings(view, sheets)
        for name, table in sheets.items():
            _table(book.add_worksheet(name), view, table, formats)
        _solved(book.add_worksheet("solved"), plan, formats)
    return content.getvalue()


def money_by_year(view: View) -> pl.DataFrame:
    """Undiscounted money by line and calendar year, with sums and present value.

    Every line and every year is there, in the order of the waterfall, so that rows of any two plans agree.
    """
    money = view.plan["money"]
    years = sorted(set(view.yearly["year"].to_list()))
    in_year = view.by_year(money, "line").group_by("line")
    yearly = in_year.agg(pl.col("amount").filter(pl.col("year") == year).sum().alias(str(year)) for year in years)
    present = money.group_by("line").agg(pl.col("present_value").sum())
    others = money.select("line", "cash").unique().filter(~pl.col("line").is_in(list(LINES))).sort("line")
    lines = pl.DataFrame({"line": list(LINES), "cash": list(LINES.values())})
    return (
        pl.concat([lines, others])
        .join(yearly, on="line", how="left", maintain_order="left")
        .join(present, on="line", how="left", maintain_order="left")
        .with_columns(pl.exclude("line", "cash").fill_null(0.0))
        .select(
            "line", "cash", *map(str, years), pl.sum_horizontal(map(str, years)).alias("all years"), "present_value"
        )
    )


def _sorted(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order of the key."""
    return table.sort([column.name for column in COLUMNS[name] if column.key], maintain_order=True)


def _columns(sheet: str, table: pl.DataFrame) -> list[Column]:
    """What each column of a sheet is."""
    known = {column.name: column for column in COLUMNS[sheet]}
    return [known.get(name) or known["each year"]._replace(name=name) for name in table.columns]


def _meanings(view: View, sheets: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """List every column of some sheets."""
    rows = [
        (sheet, column.name, _unit(view, column), column.key, _plain(column.meaning))
        for sheet, table in sheets.items()
        for column in _columns(sheet, table)
    ]
    return pl.DataFrame(rows, schema=[column.name for column in COLUMNS["columns"]], orient="row")


def _unit(view: View, column: Column) -> str:
    """Unit of a column in the currency of the case."""
    return column.unit.replace("money", view.currency)


def _plain(text: str) -> str:
    return text.replace("`", "")


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


def _table(sheet: Any, view: View, table: pl.DataFrame, formats: Formats) -> None:
    """Write a table: headings that say what they are, columns by type and unit, a filter, and widths that suit."""
    if table.height > MOST_ROWS:
        raise FileError(
            f"The table {sheet.get_name()} has {table.height:,} rows and a sheet holds {MOST_ROWS:,}. "
            "Write the plan to a folder instead"
        )
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(_columns(sheet.get_name(), table)):
        told = f"{_unit(view, column)}\n{_plain(column.meaning)}".strip()
        sheet.write_comment(0, place, told, {"x_scale": 2, "author": "Coplant"})
        _column(sheet, place, table[column.name], column.unit, formats)
    if table.width:
        sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)


def _column(sheet: Any, place: int, values: pl.Series, unit: str, formats: Formats) -> None:
    look = _look(unit, values)
    sheet.set_column(place, place, _width(values, look), formats.get(look))
    sheet.write_string(0, place, values.name, formats["heading"])
    write = _writer(sheet, place, values.dtype, formats.get(look))
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


def _look(unit: str, values: pl.Series) -> str:
    """Choose the format of a column."""
    if values.dtype == pl.Date:
        return "date"
    if not values.dtype.is_numeric():
        return ""
    return LOOKS.get(unit) or ("whole" if _largest(values) >= 10_000.0 else "decimal")


def _width(values: pl.Series, look: str) -> float:
    """Width in characters: that of the heading, or of the longest of its values as they are shown."""
    if look == "date":
        shown = 10
    elif look:
        shown = len(f"{_largest(values):,.0f}") + 1 + DECIMALS.get(look, 0)
    else:
        longest = values.cast(pl.String).str.len_chars().max()
        shown = longest if isinstance(longest, int) else 0
    # The button of the filter covers three characters of the heading.
    return float(min(max(shown, len(values.name) + 3, 6) + 1, 60))


def _largest(values: pl.Series) -> float:
    largest = values.cast(pl.Float64).abs().max()
    return float(largest) if isinstance(largest, (int, float)) and math.isfinite(largest) else 0.0


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
