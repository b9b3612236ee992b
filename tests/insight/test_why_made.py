"""Why an item is made where it is: what a unit more or less of each way would lose."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight.test_why_signed import two_hosts
from small_case import SmallCase

import coplant
from coplant import CaseError
from coplant.insight.why_made import CLOSED, DEARER, FULL, UNSIGNED, USED


def three_lines() -> SmallCase:
    """Fifty cars: a line for 30 of them at 10 each, another at 14, a third at 19."""
    case = SmallCase("month:2").item("car")
    for name, cost in (("near", 10.0), ("far", 14.0), ("old", 19.0)):
        case.route("car", route=name, cost=cost)
    case.line("near", 30.0, "month")
    return case.demand("car", 50.0, "month", price=100.0)


def test_each_way_says_what_a_unit_more_or_less_of_it_would_lose() -> None:
    why = three_lines().plan().why_made("car", "2023-01")
    rows = {row["by"]: row for row in why.table.iter_rows(named=True)}
    assert (rows["near"]["status"], rows["far"]["status"], rows["old"]["status"]) == (USED, USED, DEARER)
    assert (rows["near"]["quantity"], rows["far"]["quantity"]) == (pytest.approx(30.0), pytest.approx(20.0))
    # One less of the cheap line costs the difference, for all thirty; one more is not possible.
    assert rows["near"]["less"] == pytest.approx(4.0)
    assert rows["near"]["less_until"] == pytest.approx(30.0)
    assert rows["near"]["more"] is None
    assert rows["far"]["less"] == pytest.approx(5.0)
    assert rows["old"]["more"] == pytest.approx(5.0)
    assert rows["old"]["more_until"] == pytest.approx(20.0)
    told = why.text().replace("\N{NO-BREAK SPACE}", " ")
    assert "works (old): not taken. Each would lose 5.00 EUR" in told
    assert "5,00 EUR" in why.text("fr").replace("\N{NO-BREAK SPACE}", " ")


def test_what_cannot_be_is_told_from_what_is_dearer() -> None:
    plan = two_hosts(33.0).plan()
    rows = {row["by"]: row for row in plan.why_made("car", "2023-01").table.iter_rows(named=True)}
    assert (rows["car-far"]["status"], rows["car-far"]["agreement"]) == (UNSIGNED, "far")
    case = three_lines().route("car", route="new", from_=datetime.date(2023, 2, 1))
    rows = {row["by"]: row for row in case.plan().why_made("car", "2023-01").table.iter_rows(named=True)}
    assert rows["new"]["status"] == CLOSED


def test_a_part_that_is_bought_has_its_offers_compared() -> None:
    case = SmallCase("month:1").item("car").item("chip").route("car", bom={"chip": 1.0})
    case.offer("chip", 3.0, allotment="granted").since("allotments", allotment="granted", quantity=10.0, per="month")
    case.add("offers", offer="broker", item="chip", site="works")
    case.since("offer_prices", offer="broker", price=8.0)
    plan = case.demand("car", 25.0, "month", price=100.0).plan()
    rows = {row["by"]: row for row in plan.why_made("chip", "2023-01").table.iter_rows(named=True)}
    assert rows["chip"]["less"] == pytest.approx(5.0)
    assert rows["chip"]["more"] is None
    assert rows["broker"]["quantity"] == pytest.approx(15.0)
    assert rows["broker"]["more"] == pytest.approx(5.0)
    assert rows["broker"]["less"] == pytest.approx(92.0)


def test_a_way_that_nothing_makes_possible_is_said_to_be_so() -> None:
    case = three_lines().item("frame").route("car", route="framed", bom={"frame": 1.0})
    rows = {row["by"]: row for row in case.plan().why_made("car", "2023-01").table.iter_rows(named=True)}
    assert rows["framed"]["status"] == FULL


@given(costs=st.lists(st.integers(5, 40), min_size=3, max_size=3, unique=True), most=st.integers(10, 60))
def test_a_way_that_is_cheaper_by_what_it_loses_is_as_good(costs: list[int], most: int) -> None:
    case = SmallCase("month:1").item("car")
    for number, cost in enumerate(costs):
        case.route("car", route=f"way-{number}", cost=float(cost))
    case.line("way-0", float(most), "month")
    plan = case.demand("car", 50.0, "month", price=100.0).plan()
    for row in plan.why_made("car", "2023-01").table.filter(status=DEARER).iter_rows(named=True):
        for less, better in ((row["more"] - 1e-3, False), (row["more"] + 1e-3, True)):
            edited = plan.case.edit("routes", where={"route": row["by"]}, cost=costs[int(row["by"][-1])] - less)
            assert (coplant.plan(edited).objective > plan.objective + 1e-6) is better


@pytest.mark.parametrize(("item", "at"), [("cart", "2023-01"), ("car", "2031"), ("car", "2023-02-31")])
def test_a_question_about_nothing_is_refused(item: str, at: str) -> None:
    with pytest.raises(CaseError):
        three_lines().plan().why_made(item, at)
