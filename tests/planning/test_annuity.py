"""Revenue that follows a sale, against slow integration over the lives of units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import SmallCase, money

from coplant.planning.annuity import active_months, opening_months

STEPS = 400
RETENTION = st.sampled_from([1.0, 0.97, 0.5])
CLOCKS = st.lists(st.sampled_from([0.25, 1.0, 3.0]), min_size=1, max_size=5).map(
    lambda lengths: np.concatenate([[7.0], 7.0 + np.cumsum(lengths)])
)


def _middles(low: float, high: float) -> np.ndarray:
    return low + (np.arange(STEPS) + 0.5) / STEPS * (high - low)


@given(CLOCKS, st.sampled_from([0.5, 1.0, 2.5, 12.0]), RETENTION)
def test_active_months_are_the_integral_over_sales_and_lives(
    clock: np.ndarray, months: float, retention: float
) -> None:
    """A unit sold at any moment of bucket t is worth retention ** age in bucket u until it is `months` old."""
    got = active_months(clock, months, retention)
    for t in range(len(clock) - 1):
        for u in range(len(clock) - 1):
            sold = _middles(clock[t], clock[t + 1])[:, None]
            age = _middles(clock[u], clock[u + 1])[None, :] - sold
            alive = np.where((age >= 0) & (age < months), retention ** np.maximum(age, 0.0), 0.0)
            assert got[t, u] == pytest.approx(alive.mean() * (clock[u + 1] - clock[u]), abs=0.02)


@given(CLOCKS, st.sampled_from([0.5, 2.5, 12.0]), RETENTION)
def test_units_sold_before_have_ages_spread_over_their_lives(
    clock: np.ndarray, months: float, retention: float
) -> None:
    start = clock - clock[0]
    got = opening_months(start, months, retention)
    left = months - _middles(0.0, months)[:, None]
    for u in range(len(clock) - 1):
        since = _middles(start[u], start[u + 1])[None, :]
        alive = np.where(since < left, retention**since, 0.0)
        assert got[u] == pytest.approx(alive.mean() * (start[u + 1] - start[u]), abs=0.02)


def test_all_months_of_a_life_are_counted_in_and_after_the_horizon() -> None:
    """Ten units sold over January earn 2 and cost 0.5 a month for 4 months: half a month each falls into January."""
    small = SmallCase("month:3").item("phone").item("service").route("phone")
    small.demand("phone", 10, "month", price=100)
    small.add("annuities", annuity="cloud", item="phone", family="services", amount=2.0, cost=0.5, months=4.0)
    plan = small.plan()
    lived = [10 * 0.5, 10 * 1.5, 10 * 2.5]
    in_horizon = plan["money"].filter(line="annuity").sort("bucket")
    assert in_horizon["amount"].to_list() == [pytest.approx(2 * months) for months in lived]
    assert set(in_horizon["family"]) == {"services"}
    assert money(plan, "annuity_cost") == pytest.approx(-0.5 * sum(lived))
    assert money(plan, "annuity_after_end") == pytest.approx(1.5 * (3 * 10 * 4 - sum(lived)))
    assert not plan["money"].filter(line="annuity_after_end")["cash"].any()


def test_units_active_at_the_start_earn_what_is_left_of_their_lives() -> None:
    """100 units with ages spread over 4 months have 2 months left on average: 87.5 + 62.5 + 37.5 + 12.5 a month."""
    small = SmallCase("month:2").item("phone").route("phone").demand("phone", 0, "month")
    small.add("annuities", annuity="cloud", item="phone", amount=2.0, months=4.0, opening_units=100)
    plan = small.plan()
    assert plan["money"].filter(line="annuity").sort("bucket")["amount"].to_list() == [
        pytest.approx(2 * 87.5),
        pytest.approx(2 * 62.5),
    ]
    assert money(plan, "annuity_after_end") == pytest.approx(2 * 50.0)


def test_a_sale_is_worth_its_annuity() -> None:
    """A phone sold at a loss of 5 pays if it earns more afterwards."""
    for earns, sold in ((1.0, 0.0), (1.5, 10.0)):
        small = SmallCase("month:1").item("phone").route("phone", cost=25.0).demand("phone", 10, "month", price=20)
        small.add("annuities", annuity="cloud", item="phone", amount=earns, months=4.0)
        assert small.plan()["sold"]["sold"].sum() == pytest.approx(sold)
