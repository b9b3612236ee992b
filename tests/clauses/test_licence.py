"""Licences: from when a product may be built, and what that costs."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase, money

import coplant

JANUARY, FEBRUARY, MARCH = (datetime.date(2023, month, 1) for month in (1, 2, 3))


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _licensed(*buckets: str, yield_: float = 1.0, **row: Any) -> SmallCase:
    """A host builds at most 10 cars a month, and vans without a licence."""
    small = SmallCase(*buckets).host(term=3.0).item("car").item("van")
    small.route("car", site="host", agreement="deal", **{"yield": yield_}).route("van", site="host", agreement="deal")
    small.line("car", 10, "month", site="host")
    for item in ("car", "van"):
        small.demand(item, 10, "month", price=100.0, site="host")
    return small.add("licences", **{"agreement": "deal", "item": "car", "holder": "brand"} | row)


def _made(small: SmallCase, item: str = "car") -> list[float]:
    plan = small.plan()
    made = dict(plan["made"].filter(item=item).select("bucket", "started").iter_rows())
    return [made.get(bucket, 0.0) for bucket in plan["buckets"]["bucket"]]


def test_nothing_is_built_before_a_licence_holds_or_after() -> None:
    small = _licensed("month:3", valid_from=FEBRUARY, valid_until=MARCH)
    assert _made(small) == [0.0, _near(10), 0.0]


def test_a_product_without_a_licence_needs_none() -> None:
    assert _made(_licensed("month:1", valid_from=FEBRUARY), "van") == [_near(10)]


def test_a_licence_for_every_product_binds_every_product() -> None:
    """Who asked for a van in January waits."""
    assert _made(_licensed("month:2", item=None, valid_from=FEBRUARY), "van") == [0.0, _near(20)]


def test_one_licence_that_holds_is_enough() -> None:
    """January under one for the car, February under one for all, both in the days between; none in March."""
    middle = datetime.date(2023, 1, 20)
    small = _licensed("month:3", valid_until=datetime.date(2023, 2, 10))
    small.add("licences", agreement="deal", holder="host", valid_from=middle, valid_until=MARCH)
    assert _made(small) == [_near(10), _near(10), 0.0]


def test_part_of_a_month_builds_its_share() -> None:
    """From 17 January on: 15 of 31 days."""
    assert _made(_licensed("month:1", valid_from=datetime.date(2023, 1, 17))) == [_near(10 * 15 / 31)]


def test_a_ramp_goes_on_while_no_licence_holds() -> None:
    """Half the rate in January, the full rate from February on, when the licence begins."""
    small = _licensed("month:2", valid_from=FEBRUARY)
    small.tables["routes"][0] |= {"from": JANUARY, "ramp": "slow"}
    small.add("ramps", ramp="slow", month=0, share=0.5).add("ramps", ramp="slow", month=1, share=1)
    assert _made(small) == [0.0, _near(10)]


def test_a_licence_costs_a_fee_and_a_royalty_on_good_units() -> None:
    """20 a month, and 3 on each of the 5 cars of 10 that are good; the third month lies beyond the horizon."""
    plan = _licensed("month:2", yield_=0.5, fee=20, royalty=3).plan()
    assert money(plan, "licence") == _near(-2 * (20 + 15))
    assert money(plan, "remaining_commitments") == _near(-20)
    of_car = plan["money"].filter(line="licence", item="car")
    assert -of_car["amount"].sum() == _near(30)


def test_a_royalty_is_part_of_what_a_car_costs() -> None:
    row = _licensed("month:1", royalty=3).plan()["revenue"].filter(family="car").row(0, named=True)
    assert row["cost"] == _near(30)


def test_an_exit_ends_a_licence() -> None:
    small = _licensed("month:3", fee=500).add("exit_terms", agreement="deal", notice=1)
    small.tables["demand"] = [row | {"quantity": 2} for row in small.tables["demand"]]
    plan = small.plan()
    assert plan["left"]["bucket"].to_list() == [FEBRUARY]
    assert money(plan, "licence") == _near(-500)


def test_a_known_exit_ends_what_would_hold_longer() -> None:
    small = _licensed("month:3", fee=20, valid_until=MARCH).add("exit_terms", agreement="deal")
    small.add("exits", agreement="deal", notice=JANUARY, exit=FEBRUARY, by="host")
    assert money(small.plan(), "licence") == _near(-20)


def test_a_statement_bills_fee_and_royalty() -> None:
    small = _licensed("month:1", fee=20, royalty=3, valid_from=FEBRUARY)
    small.settings["start"] = datetime.date(2024, 1, 1)
    small.add("actuals", agreement="deal", measure="good", item="car", from_=FEBRUARY, until=MARCH, quantity=8)
    lines = coplant.settle(small.case())["lines"]
    assert lines.select("statement", "words", "amount").rows() == [
        (FEBRUARY, "licence.fee.month", 20.0), (FEBRUARY, "licence.royalty", 24.0), (MARCH, "licence.fee.month", 20.0),
    ]  # fmt: skip
