"""The page and the workbook of a comparison say what its tables do."""

from __future__ import annotations

import html
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from insight.test_why_signed import two_hosts

from coplant.case.changes import with_changes
from coplant.insight.columns import COLUMNS
from coplant.insight.comparison import Comparison
from coplant.planning.plan import plan
from coplant.report.compared.page import page_of
from coplant.report.compared.sections.bridge import bridge
from coplant.report.compared.view import ComparedView
from coplant.report.numbers import Numbers
from coplant.report.words import LANGUAGES, words_of


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    case = two_hosts(33.0).case()
    changed = {
        "far & <cheap>": ["processing_fees[far].fee = 25"],
        "busy": ["demand.quantity *= 0.5", "routes.cost += 1"],
    }
    plans = {"as it is": plan(case)} | {name: plan(with_changes(case, changes)) for name, changes in changed.items()}
    return Comparison.of(plans)


def _told(page: str, language: str) -> str:
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_the_figures_of_the_tables(comparison: Comparison, language: str) -> None:
    told, numbers = _told(page_of(comparison), language), Numbers(words_of(language))
    for name, made in comparison.plans.items():
        assert name in told
        assert " ".join(numbers.money(made.objective, "EUR", 4).split()) in told
    more = comparison["plans"].filter(plan="far & <cheap>")["more"].item()
    assert " ".join(numbers.money(more, "EUR", 4).split()) in told


def test_the_waterfall_ends_at_the_difference(comparison: Comparison) -> None:
    section = bridge(ComparedView(comparison, words_of("en")))
    assert section is not None
    assert len(section.blocks) == 2
    for block, name in zip(section.blocks, list(comparison.plans)[1:], strict=True):
        assert block.chart is not None
        trace = block.chart.figure["data"][0]
        more = comparison["plans"].filter(plan=name)["more"].item()
        # It is drawn in thousands.
        assert trace["x"][-1] * 1_000.0 == pytest.approx(more)
        # The steps before it lead there.
        assert sum(trace["x"][:-1]) == pytest.approx(trace["x"][-1])


def test_the_workbook_has_every_table(comparison: Comparison, tmp_path: Path) -> None:
    comparison.to_excel(tmp_path / "compared.xlsx")
    book = openpyxl.load_workbook(tmp_path / "compared.xlsx", read_only=True)
    assert book.sheetnames == ["overview", *comparison.tables, "columns"]
    for name, table in comparison.tables.items():
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == [column.name for column in COLUMNS[name]] == table.columns
        assert len(rows) == table.height + 1


def test_differences_are_told_for_each_plan(comparison: Comparison) -> None:
    lines = comparison.summary().splitlines()
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == ["far & <cheap>", "busy"]
    assert "  far is signed, and was not signed" in lines
    bridges = comparison["bridge"].group_by("plan").agg(pl.col("difference").sum())
    more = dict(comparison["plans"].select("plan", "more").iter_rows())
    for name, total in bridges.iter_rows():
        assert total == pytest.approx(more[name], abs=1e-6)


def test_a_plan_and_what_becomes_of_it_are_called_so_in_each_language() -> None:
    page = page_of(two_hosts(33.0).plan().what_if("demand.quantity *= 0.5").comparison)
    assert "From the plan to the changed plan" in _told(page, "en")
    assert "the plan" not in _told(page, "fr")
    assert "le plan" in _told(page, "fr")
