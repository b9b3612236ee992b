"""The pages of answers say what their tables do, in both languages."""

from __future__ import annotations

import datetime
import html
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from insight.test_frontier import three_families
from insight.test_pegging import two_products
from insight.test_why_signed import two_hosts
from small_case import SmallCase

import coplant
from coplant.insight.frontier import concentration_frontier, share_frontier
from coplant.planning.result import Plan
from coplant.report.answered import write_flows, write_frontier, write_tornado, write_worth
from coplant.report.numbers import Numbers
from coplant.report.words import LANGUAGES, words_of


def told(page: str, language: str) -> str:
    """What a page says in a language."""
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


def figure(page: str, name: str, language: str = "en") -> dict[str, Any]:
    """A figure of a page."""
    found = re.search(r'<script[^>]*id="figures"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    drawn: dict[str, Any] = json.loads(found[1])[language][name]
    return drawn


@pytest.fixture(scope="module")
def hosts() -> Plan:
    return two_hosts(33.0).plan()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tornado_tells_its_figures_and_what_turns(hosts: Plan, language: str, tmp_path: Path) -> None:
    table = hosts.tornado(15.0)
    write_tornado(hosts, table, 15.0, tmp_path / "tornado.html")
    page = (tmp_path / "tornado.html").read_text(encoding="utf-8")
    text, numbers = told(page, language), Numbers(words_of(language))
    for row in table.iter_rows(named=True):
        assert row["input"] in text
    first = numbers.money(table["higher"][0], "EUR", 4)
    assert " ".join(first.split()) in text
    turned = table.filter(input="processing_fees[far].fee")["turned_by_lower"].item()
    assert turned == "far, near"
    assert {"en": "lower: far and near", "fr": "plus bas : far et near"}[language] in text


def test_a_tornado_draws_both_sides_of_what_matters(hosts: Plan, tmp_path: Path) -> None:
    table = hosts.tornado(15.0)
    write_tornado(hosts, table, 15.0, tmp_path / "tornado.html")
    traces = figure((tmp_path / "tornado.html").read_text(encoding="utf-8"), "tornado-1")["data"]
    matters = table.filter(pl.max_horizontal(pl.col("lower", "higher").abs()) > 1e-3)
    for trace, side in zip(traces, ("lower", "higher"), strict=True):
        assert trace["x"] == pytest.approx(matters[side].to_list())


def test_flows_carry_as_much_as_comes_in(tmp_path: Path) -> None:
    plan = two_products().plan()
    table = plan.pegged(item="chip")
    write_flows(plan, table, "chip", tmp_path / "flows.html")
    page = (tmp_path / "flows.html").read_text(encoding="utf-8")
    trace = figure(page, "flows-1")["data"][0]
    node, link = trace["node"], trace["link"]
    into, out = ([0.0] * len(node["label"]) for _ in range(2))
    for start, end, value in zip(link["source"], link["target"], link["value"], strict=True):
        out[start] += value
        into[end] += value
    total = float(table["quantity"].sum())
    first, last = set(link["source"]) - set(link["target"]), set(link["target"]) - set(link["source"])
    for place in set(link["source"]) & set(link["target"]):
        assert into[place] == pytest.approx(out[place])
    assert sum(out[place] for place in first) == pytest.approx(total)
    assert sum(into[place] for place in last) == pytest.approx(total)
    sold = table.filter(end="sold").group_by("end_item").agg(pl.col("quantity").sum())
    for item, quantity in sold.iter_rows():
        assert Numbers(words_of("en")).number(quantity, 0).split(".")[0] in told(page, "en"), item


def test_flows_beyond_what_can_be_told_apart_share_a_bar(tmp_path: Path) -> None:
    plan = two_products().plan()
    table = plan.pegged(item="chip")
    many = pl.concat(
        [table.head(1).with_columns(end_item=pl.lit(f"toy-{number}"), quantity=pl.lit(100.0 - number))
         for number in range(14)]
    )  # fmt: skip
    write_flows(plan, many, "chip", tmp_path / "flows.html")
    trace = figure((tmp_path / "flows.html").read_text(encoding="utf-8"), "flows-1")["data"][0]
    link = trace["link"]
    middle = [trace["node"]["label"][place] for place in set(link["source"]) & set(link["target"])]
    assert len(middle) == 9
    assert "6 others" in middle
    assert sum(trace["link"]["value"]) == pytest.approx(2.0 * float(many["quantity"].sum()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["share", "concentration"])
def test_a_frontier_marks_the_plan_as_it_is(kind: str, language: str, tmp_path: Path) -> None:
    plan = three_families().plan()
    held, table = (
        share_frontier(plan, "phones", 2023, [0.7, 0.5])
        if kind == "share"
        else concentration_frontier(plan, 2023, [0.5, 0.4])
    )
    write_frontier(plan, held, table, tmp_path / "frontier.html")
    page = (tmp_path / "frontier.html").read_text(encoding="utf-8")
    curve, mark = figure(page, "frontier-1", language)["data"]
    assert mark["x"] == [pytest.approx(held.now)]
    assert mark["y"][0] == pytest.approx(plan.objective, rel=1e-9) or mark["y"][0] * 1e3 == pytest.approx(
        plan.objective, rel=1e-9
    )
    assert sorted(curve["x"]) == pytest.approx(sorted([*table["value"], held.now]))
    costs = Numbers(words_of(language)).money(table["costs"].max(), "EUR", 4)
    assert " ".join(costs.split()) in told(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_worth_marks_the_plan_on_the_frontier_of_care(language: str, tmp_path: Path) -> None:
    found = coplant.worth(uncertain().case(), weights=[0.0, 0.5, 0.75])
    write_worth(found, tmp_path / "worth.html")
    page = (tmp_path / "worth.html").read_text(encoding="utf-8")
    curve, mark = figure(page, "care-1", language)["data"]
    frontier = found["frontier"]
    assert frontier.height > 1
    for scaled, amounts in ((curve["x"], frontier["worst"]), (curve["y"], frontier["expected"])):
        assert {round(value * 1e3, 3) for value in scaled} == {round(value, 3) for value in amounts}
    assert (mark["x"][0] * 1e3, mark["y"][0] * 1e3) == (pytest.approx(found.worst), pytest.approx(found.expected))
    text, numbers = told(page, language), Numbers(words_of(language))
    for name, worth in found["knowing"].select("branch", "worth").iter_rows():
        assert {"everything": {"en": "everything", "fr": "tout"}[language]}.get(name, name) in text
        assert numbers.number(worth, 1).rstrip("0").rstrip(".,") in text


def uncertain() -> SmallCase:
    """Chips are ordered two months ahead for phones; a deal may halve demand, a weak market the price."""
    case = SmallCase("month:6", risk_share=0.5).item("phone").item("chip").route("phone", bom={"chip": 1.0})
    case.offer("chip", 10.0, allotment="granted", lead_time=61.0)
    case.since("allotments", allotment="granted", quantity=100.0, per="month")
    case.demand("phone", 80.0, "month", price=30.0)
    case.branch("deal", datetime.date(2023, 3, 1), {"announced": 0.6, "denied": 0.4})
    case.branch("market", datetime.date(2023, 4, 1), {"strong": 0.5, "weak": 0.5})
    for outcome, table, column, share in (
        ("denied", "demand", "quantity", 0.5), ("weak", "demand", "quantity", 0.7), ("weak", "prices", "price", 0.4),
    ):  # fmt: skip
        case.add("edits", outcome=outcome, table=table, key="phone", column=column, operation="times", value=f"{share}")
    return case
