"""Shares, margins and present values in numbers worked out by hand."""

from __future__ import annotations

import datetime

import pytest
from small_case import SmallCase

from coplant import Plan


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("revenue", "hhi"),
    [((113.8, 43.8, 16.0, 1.3), 0.4945), ((152.2, 67.4, 23.8, 2.5), 0.4677)],
)
def test_concentration_is_the_sum_of_squared_shares(revenue: tuple[float, ...], hhi: float) -> None:
    small = SmallCase("year:1")
    for number, amount in enumerate(revenue):
        small.item(f"item{number}", family=f"family{number}").route(f"item{number}")
        small.demand(f"item{number}", 1, "year", price=amount)
    row = small.plan()["concentration"].row(0, named=True)
    assert row["year"] == 2023
    assert row["revenue"] == _near(sum(revenue))
    assert row["hhi"] == pytest.approx(hhi, abs=5e-5)
    assert row["hhi"] == _near(sum(amount**2 for amount in revenue) / sum(revenue) ** 2)


def _squeezed(dearer: float, passed_on: float) -> Plan:
    """Revenue 100 and a margin of 11.9; 30 % of the cost is of parts that become dearer."""
    cost = 88.1
    small = SmallCase("year:1").item("phone").item("chip").item("rest")
    small.route("phone", bom={"chip": 1.0, "rest": 1.0})
    small.offer("chip", 0.3 * cost * (1 + dearer)).offer("rest", 0.7 * cost)
    return small.demand("phone", 1, "year", price=100 + passed_on * dearer * 0.3 * cost).plan()


@pytest.mark.parametrize(("dearer", "passed_on", "margin"), [(0, 0, 0.119), (0.1, 0, 0.0926), (0.1, 0.5, 0.1044)])
def test_a_shortage_squeezes_the_margin(dearer: float, passed_on: float, margin: float) -> None:
    """Gross margin 11.9 %; parts of 30 % of the cost 10 % dearer: 9.26 %, and 10.44 % with half of it passed on."""
    row = _squeezed(dearer, passed_on)["revenue"].row(0, named=True)
    assert row["margin"] / row["revenue"] == pytest.approx(margin, abs=5e-5)
    assert row["margin"] == _near(row["revenue"] - 88.1 * (1 + 0.3 * dearer))


def test_later_money_is_worth_less_by_the_middle_of_its_bucket() -> None:
    """100 in each of two years at 10 %: the middles lie 182.5 and 547.5 of 365.25 days away (2023 and 2024)."""
    small = SmallCase("year:2", discount_rate=0.1).item("car").route("car").demand("car", 1, "year", price=100)
    plan = small.plan()
    middles = (365 / 2 / 365.25, (365 + 366 / 2) / 365.25)
    assert plan["money"]["amount"].to_list() == [_near(100), _near(100)]
    assert plan["money"]["present_value"].to_list() == [_near(100 * 1.1**-middle) for middle in middles]
    assert plan.objective == _near(sum(100 * 1.1**-middle for middle in middles))


def test_a_month_is_the_calendar_month() -> None:
    """120 a month from 20 February: 9 of 28 days of February 2023, then all of March; 10 a week is 31 / 7 x 10."""
    small = SmallCase("month:3").item("car").route("car").item("seat").route("seat")
    small.demand("car", 120, "month", price=1, from_=datetime.date(2023, 2, 20))
    small.demand("seat", 10, "week", price=1)
    sold = small.plan()["sold"]
    assert sold.filter(item="car")["wanted"].to_list() == [_near(120 * 9 / 28), _near(120)]
    assert sold.filter(item="seat")["sold"].to_list() == [_near(310 / 7), _near(40), _near(310 / 7)]
