"""Regulatory credits that a built product earns."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase, money

import coplant

JANUARY, FEBRUARY, MARCH = (datetime.date(2023, month, 1) for month in (1, 2, 3))


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _credited(*buckets: str, cost: float = 0.0, **row: Any) -> SmallCase:
    """Of 20 cars started 10 are good, which earn 2 credits of 3 each; half of that is the brand's."""
    small = SmallCase(*buckets).host(term=3.0).item("car")
    small.route("car", site="host", agreement="deal", cost=cost, **{"yield": 0.5}).line("car", 20, "month", site="host")
    small.demand("car", 10, "month", price=4.0, site="host")
    credit = {"agreement": "deal", "credit": "emission", "quantity": 2.0, "price": 3.0, "brand_share": 0.5}
    return small.add("credits", **credit | row)


def test_the_brand_receives_its_share_for_good_units() -> None:
    plan = _credited("month:2").plan()
    assert plan["money"].filter(line="credit", item="car")["amount"].to_list() == [_near(30), _near(30)]
    assert money(plan, "credit") == _near(60)


def test_credits_are_earned_while_the_clause_holds() -> None:
    """January has 31 days: 17 of them from the 15th on."""
    plan = _credited("month:2", valid_from=datetime.date(2023, 1, 15), valid_until=FEBRUARY).plan()
    assert money(plan, "credit") == _near(30 * 17 / 31)


@pytest.mark.parametrize(("cost", "made"), [(3.4, 20.0), (3.6, 0.0)])
def test_credits_count_in_what_is_worth_building(cost: float, made: float) -> None:
    """A good car takes two starts, sells for 4 and earns 3."""
    assert _credited("month:1", cost=cost).plan()["made"]["started"].sum() == _near(made)


def test_credits_for_every_product_are_earned_by_each() -> None:
    small = _credited("month:1").item("van").route("van", site="host", agreement="deal")
    small.demand("van", 10, "month", price=4.0, site="host")
    assert money(small.plan(), "credit") == _near(60)


def test_a_statement_credits_the_brand() -> None:
    small = _credited("month:1")
    small.settings["start"] = datetime.date(2024, 1, 1)
    small.add("actuals", agreement="deal", measure="good", item="car", from_=FEBRUARY, until=MARCH, quantity=8)
    settlement = coplant.settle(small.case())
    row = settlement["lines"].row(0, named=True)
    assert (row["statement"], row["quantity"], row["rate"], row["amount"]) == (FEBRUARY, -8.0, 3.0, -24.0)
    operands = dict(settlement["operands"].select("operand", "value").iter_rows())
    assert (row["formula"], operands) == ("-share * credits * good", {"share": 0.5, "credits": 2.0, "good": 8.0})
