"""A plan as a workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.planning.columns import COLUMNS
from coplant.report.sections.decision import decision_lines, key_figures
from coplant.report.sections.money import LINES
from coplant.report.sections.volumes import quoted
from coplant.report.sheets import MOST_TEXT, Formats, meanings, workbook, write_cell, write_facts, write_table
from coplant.report.view import View
from coplant.report.words import LANGUAGES, words_of
from coplant.results import Column
from coplant.settlement.quotes import TOTALS

if TYPE_CHECKING:
    from coplant.planning import Plan


def workbook_of(plan: Plan) -> bytes:
    """Return the workbook: the decision, money by year, what rivals cost, each table, columns, and how it was solved.

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
    with workbook(content, view.name, plan.digest) as (book, formats):
        _decision(book.add_worksheet("decision"), view, formats)
        sheets = {"money by year": money_by_year(view), "quotes": quotes(plan)}
        sheets |= {name: _sorted(name, plan[name]) for name in COLUMNS if name in plan.tables}
        columns = {name: _columns(name, table) for name, table in sheets.items()}
        head = [column.name for column in COLUMNS["columns"]]
        sheets["columns"] = meanings(columns, view.currency, head)
        columns["columns"] = list(COLUMNS["columns"])
        for name, table in sheets.items():
            write_table(book.add_worksheet(name), table, columns[name], view.currency, formats)
        write_facts(book.add_worksheet("solved"), plan.facts(), formats)
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


def quotes(plan: Plan) -> pl.DataFrame:
    """What rival agreements cost at the volumes that the page shows; no rows in a case without rivals."""
    groups = [one.totals for one in quoted(plan)]
    return pl.concat([pl.DataFrame(schema=TOTALS), *groups]).sort("group", "agreement", "volume", maintain_order=True)


def _sorted(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order of the key."""
    return table.sort([column.name for column in COLUMNS[name] if column.key], maintain_order=True)


def _columns(sheet: str, table: pl.DataFrame) -> list[Column]:
    """What each column of a sheet is."""
    known = {column.name: column for column in COLUMNS[sheet]}
    return [known.get(name) or known["each year"]._replace(name=name) for name in table.columns]


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
        write_cell(sheet, row, 1, value, formats, "whole")
        row += 1
