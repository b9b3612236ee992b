"""Plans of scarce parts and scarce capacity whose numbers can be worked out by hand."""

from __future__ import annotations

import datetime

import pytest
from small_case import START, SmallCase, money, worth

import coplant
from coplant import Plan

DAY = datetime.timedelta(days=1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _scarce_chip(least_fill: float = 0.0) -> Plan:
    small = SmallCase("day:1").item("phone").item("watch").item("chip")
    small.route("phone", bom={"chip": 3.0}).route("watch", bom={"chip": 1.0})
    small.offer("chip", 0.0, allotment="chips").since("allotments", allotment="chips", quantity=350, per="day")
    small.demand("phone", 100, "day", 30_000, least_fill=least_fill).demand("watch", 200, "day", 12_000)
    return small.plan()


def _sold(plan: Plan) -> dict[str, float]:
    return dict(plan["sold"].select("item", "sold").iter_rows())


def test_scarce_chips_go_to_the_product_that_earns_most_per_chip() -> None:
    """Margins 30,000 and 12,000, 3 chips and 1, 350 chips: a chip more goes to the phone and earns 30,000 / 3."""
    plan = _scarce_chip()
    assert _sold(plan) == {"phone": _near(50), "watch": _near(200)}
    assert plan.objective == _near(3_900_000)
    assert worth(plan, "allotment", "chips") == [_near(10_000)]


def test_a_promised_share_moves_the_worth_of_a_chip_to_the_other_product() -> None:
    """With at least 60 phones 180 chips are spoken for; a chip more makes a watch, a phone more costs 3 x 12,000."""
    plan = _scarce_chip(least_fill=0.6)
    assert _sold(plan) == {"phone": _near(60), "watch": _near(170)}
    assert plan.objective == _near(3_840_000)
    assert worth(plan, "allotment", "chips") == [_near(12_000)]
    assert worth(plan, "least_fill", "phone") == [_near(30_000 - 36_000)]


def _capacitated(**overtime: float) -> Plan:
    """Demand 80, 120, 130, capacity 100 a day; holding 2 a unit and day, a lost sale 50."""
    small = SmallCase("day:3").item("car", value=2 * 365.25, holding_rate=1.0).route("car")
    small.line("car", 100, "day", **overtime)
    for day, quantity in enumerate((80, 120, 130)):
        small.demand("car", quantity, "day", lost_penalty=50, from_=START + day * DAY)
    return small.plan()


def test_capacity_is_used_early_and_the_rest_is_lost() -> None:
    """Cost 40 for holding 20 over one close and 1,500 for 30 lost; capacity on a day saves 50 less holding until day 3.

    Holding is charged on the mean of opening and closing stock, which for stock held from one close to the next and
    then sold is once.
    """
    plan = _capacitated()
    assert plan.objective == _near(-1_540)
    assert plan["sold"]["lost"].to_list() == [_near(0), _near(0), _near(30)]
    assert money(plan, "holding") == _near(-40)
    assert worth(plan, "capacity", "line") == [_near(46), _near(48), _near(50)]


def test_overtime_takes_the_place_of_lost_sales() -> None:
    """Overtime of 20 a day at 15: 10 on day 2 and 20 on day 3; its full use on day 3 leaves capacity worth 17 there."""
    plan = _capacitated(overtime_quantity=20, overtime_cost=15)
    assert plan.objective == _near(-510)
    assert plan["loads"]["overtime"].to_list() == [_near(0), _near(10), _near(20)]
    assert money(plan, "overtime") == _near(-450)
    assert worth(plan, "capacity", "line") == [_near(13), _near(15), _near(17)]


@pytest.mark.parametrize(("more", "value"), [(1, 10_000.0), (150, 10_000.0), (151, 10_000.0 - 10_000.0 / 151)])
def test_the_worth_of_a_chip_holds_until_demand_is_met(more: float, value: float) -> None:
    """150 chips more fill the demand for phones (500 in all); beyond that they earn nothing."""
    plan = _scarce_chip()
    richer = plan.case.edit("allotments", quantity=350 + more)
    assert (coplant.plan(richer).objective - plan.objective) / more == _near(value)
