"""What a plan pays for building less than was forecast, and what it may not build."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from laws.test_settling_a_plan import assert_settled_as_planned
from small_case import SmallCase, money

import coplant

JANUARY, FEBRUARY, MARCH = (datetime.date(2023, month, 1) for month in (1, 2, 3))
BEFORE = datetime.date(2022, 12, 10)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _forecast(
    *buckets: str, wanted: float = 10.0, cost: float = 0.0, start: datetime.date = JANUARY, **terms: Any
) -> SmallCase:
    """A host builds the only car, too dear to be kept; 100 were forecast for February in December, no other month."""
    small = SmallCase(*buckets, start=start).item("car", value=100.0, holding_rate=1.0)
    small.host(**{"term": 12.0, "starts": datetime.date(2022, 12, 1), **terms.pop("host", {})})
    small.route("car", site="host", agreement="deal", cost=cost).demand("car", wanted, "month", price=9.0, site="host")
    row = {"months_ahead": 0, "up_share": 0.1, "down_share": 0.2, "binding_share": 0.5, "price": 4.0}
    small.add("flexibility", agreement="deal", **(row | terms))
    return small.add("forecasts", agreement="deal", item="car", published=BEFORE, month=FEBRUARY, quantity=100)


def test_a_cut_is_paid_when_it_is_published() -> None:
    """10 of the 80 that are the least: 70 are cancelled, of which half is owed at 4, in January."""
    plan = _forecast("month:3", cost=5.0).plan()
    assert plan["made"]["good"].to_list() == [_near(10)] * 3
    assert [money(plan, "cancellation", month) for month in (JANUARY, FEBRUARY, MARCH)] == [_near(-140), 0.0, 0.0]
    assert plan["money"].filter(line="cancellation")["item"].to_list() == ["car"]
    assert plan.objective == _near(3 * 10 * (9 - 5) - 140)
    assert_settled_as_planned(plan)


@pytest.mark.parametrize(("cost", "built"), [(1.9, 80.0), (2.1, 10.0)])
def test_building_for_nothing_is_weighed_against_cancelling(cost: float, built: float) -> None:
    """A unit cancelled costs 2; what is built for nothing is scrapped."""
    plan = _forecast("month:2", cost=cost).plan()
    assert plan["made"].filter(bucket=FEBRUARY)["good"].item() == _near(built)


def test_a_host_builds_no_more_than_its_band() -> None:
    plan = _forecast("month:3", wanted=500.0, cost=1.0).plan()
    assert plan["made"]["good"].to_list() == [_near(500), _near(110), _near(500)]
    assert money(plan, "cancellation") == 0.0


def test_without_a_limit_a_host_builds_what_is_wanted() -> None:
    plan = _forecast("month:3", wanted=500.0, cost=1.0, up_share=None).plan()
    assert plan["made"]["good"].to_list() == [_near(500)] * 3


def test_the_last_forecast_before_the_horizon_is_what_counts() -> None:
    """In late December 60 of the 100 are cancelled already; of the 40 that are left 32 are the least."""
    small = _forecast("month:3", cost=5.0)
    for published, units in ((datetime.date(2022, 12, 20), 40), (JANUARY, 1_000), (datetime.date(2023, 1, 20), 1_000)):
        small.add("forecasts", agreement="deal", item="car", published=published, month=FEBRUARY, quantity=units)
    assert money(small.plan(), "cancellation") == _near(-(32 - 10) * 2)


def test_the_band_against_the_original_is_what_earlier_moves_left_of_it() -> None:
    """20 of 100 may go, of which 15 have gone: 80 is the least, and 85 + 10 the most."""
    small = _forecast("month:3", cost=5.0, method="original")
    small.add("forecasts", agreement="deal", item="car", published=datetime.date(2022, 12, 20), month=FEBRUARY,
              quantity=85)  # fmt: skip
    assert money(small.plan(), "cancellation") == _near(-(80 - 10) * 2)
    more = small.case().edit("demand", quantity=500.0)
    assert coplant.plan(more)["made"].filter(bucket=FEBRUARY)["good"].item() == _near(95)


def test_the_fence_is_that_of_the_first_day_of_the_horizon() -> None:
    small = _forecast("month:3", cost=5.0)
    small.add("flexibility", agreement="deal", months_ahead=1, down_share=0.5, binding_share=0.25, price=4.0)
    assert money(small.plan(), "cancellation") == _near(-(50 - 10) * 1)


def test_a_quarter_is_held_month_by_month() -> None:
    """Of 90 built in the quarter 28 of 90 days are February's; 100 were forecast for it and 40 for March."""
    small = _forecast("quarter:1", wanted=30.0, cost=5.0)
    small.add("forecasts", agreement="deal", item="car", published=BEFORE, month=MARCH, quantity=40)
    plan = small.plan()
    built = plan["made"]["good"].item()
    owed = sum(max(0.0, least - built * days / 90) for least, days in ((80, 28), (32, 31)))
    assert built > 90.0 - 1e-6
    assert money(plan, "cancellation") == _near(-2 * owed)
    assert_settled_as_planned(plan)


def test_a_month_that_the_horizon_cuts_is_free() -> None:
    """From 10 January to 20 February: of February it has a part only."""
    small = _forecast("day:42", cost=5.0, start=datetime.date(2023, 1, 10))
    small.add("forecasts", agreement="deal", item="car", published=BEFORE, month=JANUARY, quantity=100)
    plan = small.plan()
    assert money(plan, "cancellation") == 0.0
    assert_settled_as_planned(plan)


def test_an_agreement_that_is_not_in_force_yet_binds_nobody() -> None:
    plan = _forecast("month:3", cost=5.0, host={"starts": datetime.date(2023, 1, 2)}).plan()
    assert money(plan, "cancellation") == 0.0
    assert_settled_as_planned(plan)


def test_under_an_option_that_is_not_signed_nothing_is_cancelled() -> None:
    small = _forecast("month:3", cost=5.0, host={"status": "option"})
    plan = small.plan()
    assert (plan["signed"]["signed"].item(), plan.objective) == (False, _near(0))
    better = coplant.plan(plan.case.edit("prices", price=100.0))
    assert better["signed"]["signed"].item()
    assert money(better, "cancellation") == _near(-140)


def test_leaving_before_a_month_begins_cancels_nothing_of_it() -> None:
    """Leaving in February costs 100, and staying 140 for what is not built; what sells in two months is worth 80."""
    small = _forecast("month:3", cost=5.0).add("exit_terms", agreement="deal", fee=50.0)
    plan = small.plan()
    assert plan["left"]["bucket"].to_list() == [FEBRUARY]
    assert money(plan, "cancellation") == 0.0
    assert_settled_as_planned(plan)


def test_a_tree_pays_what_is_expected() -> None:
    """On both branches 50 of the least, 80, are built: 30 are cancelled with a chance of a quarter and of the rest."""
    small = _forecast("month:3", wanted=50.0, cost=5.0)
    plain = small.plan()
    small.branch("weather", FEBRUARY, {"fair": 0.25, "foul": 0.75})
    hedge = small.hedge()
    assert [money(plan, "cancellation", JANUARY) for plan in hedge.plans] == [_near(-2 * 30)] * 2
    assert hedge.expected == _near(plain.objective)
