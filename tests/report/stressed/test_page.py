"""The page and the workbook of a stress test say what its tables do."""

from __future__ import annotations

import datetime
import html
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import Stress
from coplant.report.numbers import Numbers
from coplant.report.stressed.book import book_of
from coplant.report.stressed.page import page_of
from coplant.report.stressed.sections.spread import spread
from coplant.report.stressed.view import StressedView
from coplant.report.words import LANGUAGES, words_of
from coplant.stressing.columns import COLUMNS
from coplant.stressing.question import PLANNED


@pytest.fixture(scope="module")
def stress() -> Stress:
    small = SmallCase("month:6", review_months=2).item("box")
    for name, cost in (("dear", 3.0), ("cheap", 1.0)):
        small.host(name, title=f"The {name} works", site=f"{name}-plant", status="option", term=6, group="plants")
        small.route("box", f"{name}-plant", route=name, agreement=name, cost=cost)
        small.add("lanes", lane=name, item="box", from_site=f"{name}-plant", to_site="works", lead_time=0)
    small.demand("box", 100.0, "month", 10.0)
    small.add(
        "factors", factor="fashion", title="Whim & fashion", distribution="uniform", low=0.5, high=1.5, range="limits"
    )
    small.add("factor_effects", factor="fashion", table="demand", key="box", column="quantity")
    small.branch("market", datetime.date(2023, 3, 1), {"open": 0.5, "shut": 0.5})
    small.add("edits", outcome="shut", table="prices", key="box", column="price", value="6")
    return coplant.stress(small.case(), 12)


def _told(page: str, language: str) -> str:
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_the_figures_of_the_tables(stress: Stress, language: str) -> None:
    told, numbers = _told(page_of(stress), language), Numbers(words_of(language))
    own = stress["distributions"].filter(policy=PLANNED, measure="present_value").row(0, named=True)
    assert " ".join(numbers.money(own["mean"], "EUR", 4).split()) in told
    branch = {"en": "market, by its outcome", "fr": "market, selon son issue"}[language]
    for name in ("The dear works", "Whim & fashion", branch):
        assert name in told
    dear = stress["regret"].row(by_predicate=pl.col("policy") == "dear", named=True)
    assert " ".join(numbers.money(dear["regret"], "EUR").split()) in told


def test_a_curve_for_each_choice_ascends_to_all_samples(stress: Stress) -> None:
    section = spread(StressedView(stress, words_of("en")))
    (chart,) = [block.chart for block in section.blocks if block.chart]
    assert [mark.name for mark in chart.legend] == ["As planned", "The dear works", "Nothing signed"]
    for trace in chart.figure["data"]:
        assert trace["x"] == sorted(trace["x"])
        assert (trace["y"][0], trace["y"][-1]) == (0.0, 1.0)


def test_the_workbook_has_a_sheet_for_each_table(stress: Stress, tmp_path: Path) -> None:
    (tmp_path / "stress.xlsx").write_bytes(book_of(stress))
    book = openpyxl.load_workbook(tmp_path / "stress.xlsx", read_only=True)
    assert book.sheetnames == ["overview", *COLUMNS, "columns", "stressed"]
    assert book["results"].max_row >= stress["results"].height
