"""A plan as a workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.planning.columns import COLUMNS
from coplant.report.sections.decision import decision_lines, key_figures
from coplant.report.sections.money import LINES
from coplant.report.sections.volumes import quoted
from coplant.report.sheets import Formats, meanings, workbook, write_facts, write_overview, write_table
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
        The plan.

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
    exact = {
        "objective": view.plan.objective,
        "bound": view.plan.bound,
        "currency": view.currency,
        "case": view.plan.settings.name,
        "start": view.plan.settings.start,
        "until": view.plan.settings.until,
        "digest": view.plan.digest,
    }
    figures = [(figure.name, figure.value, figure.note) for figure in key_figures(view)]
    write_overview(sheet, view.name, decision_lines(view), figures, exact, formats)
