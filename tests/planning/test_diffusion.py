"""Sales of a new product start with the first start of production, and spread from then on."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import START, SmallCase, money

import coplant
from coplant import CaseError, Plan
from coplant.demand import adopted
from coplant.network.market import Market
from coplant.timeline.calendar import Days

P, Q, M = 0.1, 0.5, 1_000.0
YEAR_END = datetime.date(2024, 1, 1)


def _day(month: int, day: int = 1) -> datetime.date:
    return datetime.date(2023, month, day)


def _bought(start: datetime.date, first: datetime.date = START, until: datetime.date = YEAR_END) -> float:
    """Units asked for between two days, by the formula of Bass."""
    years = np.array([(day - start).days / 365.25 for day in (first, until)])
    return float(M * np.diff(adopted(years, P, Q))[0])


def _car(**row: Any) -> SmallCase:
    """A car that sells for 10 from the first start of production on."""
    return SmallCase("month:12").item("car").demand("car", 0.0, "month", 10.0, **row)


def _spreads(small: SmallCase, **start: Any) -> SmallCase:
    return small.add("diffusion", demand="car", innovation=P, imitation=Q, potential=M, **start)


def _host(small: SmallCase, name: str, reached: datetime.date, cost: float, **agreement: Any) -> SmallCase:
    """A host that builds the car once its milestone is reached."""
    small.host(name, site=name, **{"status": "option", "starts": START, "term": 12, "group": "plant", **agreement})
    small.add("milestones", milestone=f"{name}-sop", date=reached)
    small.route("car", route=name, site=name, agreement=name, cost=cost, milestone=f"{name}-sop")
    small.add("lanes", lane=name, item="car", from_site=name, to_site="works")
    return _spreads(small, milestone=f"{name}-sop")


def _two(early_cost: float, late_cost: float, **agreement: Any) -> SmallCase:
    """An early host, from 1 March, and a late one, from 16 June."""
    small = _host(_car(), "early", _day(2, 28), early_cost, **agreement)
    return _host(small, "late", _day(6, 15), late_cost, **agreement)


def _asked(plan: Plan) -> dict[datetime.date, float]:
    return dict(plan["sold"].filter(demand="car").select("bucket", "wanted").rows())


def _signed(plan: Plan) -> list[str]:
    return plan["signed"].filter(signed=True)["agreement"].to_list()


def test_with_a_later_host_sales_start_later() -> None:
    plan = _two(8.0, 5.0).plan()
    assert _signed(plan) == ["late"]
    assert plan.objective == pytest.approx(5.0 * _bought(_day(6, 16)))
    assert list(_asked(plan)) == [_day(month) for month in range(6, 13)]
    assert _asked(plan)[_day(8)] == pytest.approx(_bought(_day(6, 16), _day(8), _day(9)))


def test_a_later_host_has_to_be_cheaper_by_what_is_sold_until_then() -> None:
    """The late host is the better one if (10 - cost) times what it sells is more: up to a cost of 10 - 2 a / b."""
    even = 10.0 - 2.0 * _bought(_day(3)) / _bought(_day(6, 16))
    for cost, signed, start in ((even + 0.01, "early", _day(3)), (even - 0.01, "late", _day(6, 16))):
        plan = _two(8.0, cost).plan()
        assert _signed(plan) == [signed]
        assert sum(_asked(plan).values()) == pytest.approx(_bought(start))


def test_of_two_that_are_signed_the_first_start_of_production_starts_sales() -> None:
    plan = _two(8.0, 5.0, status="signed", group=None).plan()
    assert sum(_asked(plan).values()) == pytest.approx(_bought(_day(3)))
    # Until the late host can build, the early one does.
    until, then = _bought(_day(3), START, _day(6)), _bought(_day(3), _day(6))
    assert money(plan, "conversion") == pytest.approx(-8.0 * until - 5.0 * then)


def test_sales_start_even_where_that_costs_more_than_it_brings() -> None:
    """Who is signed starts sales: a plan cannot keep the product back to be spared those it would lose."""
    small = _two(8.0, 5.0, status="signed", group=None)
    small.tables["demand"][0]["lost_penalty"] = 100.0
    for host in ("early", "late"):
        small.line(host, 0.0, "month", resource=host, site=host)
    plan = small.plan()
    assert money(plan, "lost_sale") == pytest.approx(-100.0 * _bought(_day(3)))


def test_where_no_agreement_is_signed_nobody_asks() -> None:
    small = _two(8.0, 5.0)
    small.tables["demand"][0]["lost_penalty"] = 100.0
    small.tables["prices"][0]["price"] = 4.0
    plan = small.plan()
    assert _signed(plan) == []
    assert plan.objective == 0.0
    assert _asked(plan) == {}


@pytest.mark.parametrize("left", [True, False])
def test_an_agreement_that_is_left_before_production_starts_starts_no_sales(left: bool) -> None:
    small = _host(_car(lost_penalty=100.0), "early", _day(6, 15), 8.0, status="signed")
    small.line("early", 0.0, "month", site="early")
    small.add("exit_terms", agreement="early", fee=1_000.0 if left else 1e6)
    plan = small.plan()
    assert plan["left"].height == left
    assert sum(_asked(plan).values()) == pytest.approx(0.0 if left else _bought(_day(6, 16)))


def test_production_starts_where_agreement_and_licence_let_it() -> None:
    small = _host(_car(), "early", _day(2, 28), 8.0, starts=_day(4), term=9, status="signed")
    assert sum(_asked(small.plan()).values()) == pytest.approx(_bought(_day(4)))
    small.add("licences", agreement="early", holder="early", valid_from=_day(5, 10), fee=0.0)
    assert sum(_asked(small.plan()).values()) == pytest.approx(_bought(_day(5, 10)))


@pytest.mark.parametrize("start", [datetime.date(2021, 5, 3), _day(3, 10)])
def test_sales_may_start_on_a_day_also_before_the_horizon(start: datetime.date) -> None:
    small = _car(from_=datetime.date(2020, 1, 1)).route("car", cost=8.0)
    plan = _spreads(small, from_=start).plan()
    assert plan.objective == pytest.approx(2.0 * _bought(start))
    assert sum(_asked(plan).values()) == pytest.approx(_bought(start))


def test_a_milestone_of_the_brands_own_plant_starts_sales_whatever_is_signed() -> None:
    small = _host(_car(), "early", _day(2, 28), 8.0, group=None)
    small.add("milestones", milestone="own", date=_day(4, 30))
    small.route("car", route="own", milestone="own", cost=9.5)
    _spreads(small, milestone="own")
    assert small.plan().objective == pytest.approx(2.0 * _bought(_day(3)))
    small.tables["routes"][0]["cost"] = 9.9
    plan = small.plan()
    # The host is signed for the two months in which nobody else builds, but would then not be spared the rest.
    assert _signed(plan) == ["early"]
    assert plan.objective == pytest.approx(0.1 * _bought(_day(3), START, _day(5)) + 0.5 * _bought(_day(3), _day(5)))
    small.tables["agreements"][0]["status"] = "ended"
    plan = small.plan()
    assert plan.objective == pytest.approx(0.5 * _bought(_day(5)))
    assert sum(_asked(plan).values()) == pytest.approx(_bought(_day(5)))


def test_nobody_buys_before_the_first_row_of_the_stream() -> None:
    small = _host(_car(from_=_day(5, 5)), "early", _day(2, 28), 8.0, status="signed")
    plan = small.plan()
    assert sum(_asked(plan).values()) == pytest.approx(_bought(_day(5, 5)))


def test_what_rows_ask_for_counts_as_well() -> None:
    small = _two(8.0, 5.0)
    small.tables["demand"][0]["quantity"] = 7.0
    plan = small.plan()
    assert _asked(plan)[_day(1)] == pytest.approx(7.0)
    assert sum(_asked(plan).values()) == pytest.approx(12 * 7.0 + _bought(_day(6, 16)))


@pytest.mark.parametrize("wait", [0.0, 1.0])
def test_wants_spread_whatever_is_delivered_and_who_is_not_served_waits_or_is_lost(wait: float) -> None:
    small = _host(_car(wait_share=wait), "early", _day(2, 28), 8.0, status="signed")
    small.line("early", 0.0, "month", site="early")
    small.since("resource_capacity", resource="line", quantity=1_000.0, per="month", from_=_day(9))
    plan = small.plan()
    assert sum(_asked(plan).values()) == pytest.approx(_bought(_day(3)))
    served = _bought(_day(3)) if wait else _bought(_day(3), _day(9))
    assert plan["sold"]["sold"].sum() == pytest.approx(served)
    assert plan["sold"]["lost"].sum() == pytest.approx(_bought(_day(3)) - served)


def test_a_least_fill_is_of_what_is_asked_for_in_all() -> None:
    small = _host(_car(least_fill=0.5), "early", _day(2, 28), 12.0, status="signed")
    plan = small.plan()
    assert plan.objective == pytest.approx(-2.0 * 0.5 * _bought(_day(3)))


def test_a_start_after_the_horizon_starts_nothing() -> None:
    small = _host(_car(lost_penalty=1.0), "early", datetime.date(2024, 2, 1), 8.0, status="signed", term=24)
    assert _asked(small.plan()) == {}


def _late_in(outcome_day: datetime.date) -> SmallCase:
    """The early host may turn out to be late, which is known on a day."""
    small = _host(_car(), "early", _day(3, 31), 8.0, status="signed")
    for outcome in ("in time", "late"):
        small.add("branches", branch="start", outcome=outcome, probability=0.5, reveal_date=outcome_day)
    return small.add("edits", outcome="late", table="milestones", key="early-sop", column="date", value="2023-07-20")


def test_sales_start_in_each_future_when_its_production_does() -> None:
    hedge = coplant.hedge(_late_in(_day(3, 20)).case(), gap=1e-9)
    values = dict(hedge["futures"].select("future", "present_value").rows())
    expected = {"in time": 2.0 * _bought(_day(4)), "late": 2.0 * _bought(_day(7, 21))}
    assert values == pytest.approx(expected)
    assert hedge.expected == pytest.approx(sum(expected.values()) / 2.0)


def test_a_start_that_differs_before_that_is_known_is_refused() -> None:
    with pytest.raises(CaseError, match="cannot be told apart"):
        coplant.hedge(_late_in(_day(4, 20)).case())


def test_which_host_starts_sales_is_decided_before_the_deal_is_known() -> None:
    """Of two hosts one can be signed; the early one only in February, when it is known whether there is a deal."""
    small = _two(8.0, 5.0)
    small.tables["agreements"][0] |= {"sign_from": _day(2, 1), "starts": _day(2, 1), "term": 11}
    small.tables["routes"][0]["cost"] = 5.0
    for outcome, probability in (("real", 0.5), ("denied", 0.5)):
        small.add("branches", branch="deal", outcome=outcome, probability=probability, reveal_date=_day(2))
    small.add("edits", outcome="denied", table="agreements", key="early", column="status", value="ended")
    early, late = 5.0 * _bought(_day(3)), 5.0 * _bought(_day(6, 16))
    assert early / 2.0 < late
    hedge = coplant.hedge(small.case(), gap=1e-9)
    assert [_signed(plan) for plan in hedge.plans] == [["late"], ["late"]]
    assert hedge.objective == pytest.approx(late)
    # Who may wait for the news signs the early one if it is real.
    small.tables["agreements"][1] |= {"sign_from": _day(2, 1), "starts": _day(2, 1), "term": 11}
    hedge = coplant.hedge(small.case(), gap=1e-9)
    assert sorted(map(_signed, hedge.plans)) == [["early"], ["late"]]
    assert hedge.objective == pytest.approx((early + late) / 2.0)


def test_sales_start_with_the_luck_of_the_launch() -> None:
    small = _car().route("car", milestone="ready", cost=8.0)
    small.add("activities", activity="tools", distribution="uniform", low=60, high=240, range="limits")
    small.add("milestones", milestone="ready", activity="tools")
    _spreads(small, milestone="ready")
    plan = small.plan()
    assert sum(_asked(plan).values()) == pytest.approx(_bought(plan["starts"]["day"].item()))
    small.settings["start_levels"] = 3
    starts = []
    for level in small.hedge().plans:
        starts.append(level["starts"]["day"].item())
        assert sum(_asked(level).values()) == pytest.approx(_bought(starts[-1]))
    assert starts[0] < starts[1] < starts[2]


def test_a_later_start_of_production_is_worth_less_by_those_who_want_nothing_yet() -> None:
    small = _car().route("car", milestone="ready", cost=8.0)
    small.add("activities", activity="tools", distribution="uniform", low=60, high=240, range="limits")
    small.add("milestones", milestone="ready", activity="tools")
    launched = coplant.launch(_spreads(small, milestone="ready").case(), 200)
    values = coplant.value_of_start(launched, gap=1e-9)["start_values"]
    assert values["npv"].to_list() == pytest.approx([2.0 * _bought(day) for day in values["day"]])
    assert (values["week"].drop_nulls() > 0.0).all()


def _market(days: Days, start: np.datetime64) -> np.ndarray:
    one = np.ones(1)
    return Market.of(_car().route("car").case(), days).spread(
        np.zeros(1, np.int64), np.array([start]), P * one, Q * one, M * one
    )[0]


starts = st.integers(-2_000, 2_000).map(lambda days: np.datetime64("2023-01-01") + days)


@given(starts, st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_split_buckets_ask_for_the_same(start: np.datetime64, lengths: list[int]) -> None:
    days = np.datetime64("2023-01-01") + np.cumsum([0, *lengths])
    halves = np.union1d(days, days[:-1] + np.array(lengths) // 2)
    split, whole = _market(halves, start), _market(days, start)
    assert np.cumsum(split)[np.searchsorted(halves, days[1:]) - 1] == pytest.approx(np.cumsum(whole), abs=1e-9)


@given(starts)
def test_over_an_endless_horizon_all_buy(start: np.datetime64) -> None:
    days = np.array([start, start + 300, start + 100_000])
    assert _market(days, start).sum() == pytest.approx(M)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 364))
def test_the_later_sales_start_the_less_is_asked_for_within_the_horizon(later: int) -> None:
    days = np.array(["2023-01-01", "2024-01-01"], dtype="datetime64[D]")
    assert _market(days, days[0] + later).sum() < _market(days, days[0]).sum()
