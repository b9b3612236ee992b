"""Frontiers: what a share of revenue, its concentration, or what is reserved costs when it is held."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import CaseError
from coplant.insight.frontier import concentration_frontier, reservation_frontier, share_frontier


def three_families() -> SmallCase:
    """Three products on one line of 100 hours: what is earned in an hour is 10, 6 and 3; 80 of each are wanted."""
    case = SmallCase("month:1")
    case.add("resources", resource="line", site="works").since(
        "resource_capacity", resource="line", quantity=100.0, per="month"
    )
    for name, price in (("phones", 10.0), ("cars", 6.0), ("scooters", 3.0)):
        case.item(name, family=name).route(name).add("loads", route=name, resource="line", quantity=1.0)
        case.demand(name, 80.0, "month", price=price)
    return case


def test_a_share_that_is_held_costs_what_is_then_earned_less() -> None:
    plan = three_families().plan()
    # 80 phones and 20 cars: phones are 800 of 920.
    _, table = share_frontier(plan, "phones", 2023, [800 / 920, 0.5])
    assert table["costs"][0] == pytest.approx(0.0, abs=1e-6)
    # Half of revenue: 10 p = 6 c with p + c = 100.
    phones = 600.0 / 16.0
    assert table["present_value"][1] == pytest.approx(2.0 * 10.0 * phones)
    assert table["value"][1] == pytest.approx(0.5)


def test_shares_are_tried_from_what_it_is_down_to_nothing() -> None:
    _, table = share_frontier(three_families().plan(), "phones", 2023)
    assert table["at"].is_sorted(descending=True)
    assert table["at"][-1] == pytest.approx(0.0)
    assert table["costs"].is_sorted()


def test_concentration_is_held_by_the_best_plan_that_keeps_it() -> None:
    plan = three_families().plan()
    _, table = concentration_frontier(plan, 2023, [0.5, 0.36])
    for row in table.iter_rows(named=True):
        assert row["value"] <= row["at"] * (1.0 + 1e-4)
        assert row["present_value"] == pytest.approx(_best(row["at"]), rel=2e-3)


def _best(most: float) -> float:
    """Most that can be earned at a concentration, by trying."""
    step = np.arange(0.0, 80.01, 0.25)
    phones, cars = np.meshgrid(step, step)
    scooters = np.minimum(100.0 - phones - cars, 80.0)
    # What is left of the line need not be used.
    best = 0.0
    for share in np.linspace(0.0, 1.0, 21):
        money = np.stack([10.0 * phones, 6.0 * cars, 3.0 * scooters * share])
        total = money.sum(axis=0)
        fits = (scooters >= 0.0) & ((money**2).sum(axis=0) <= most * total**2)
        best = max(best, float(total[fits].max(initial=0.0)))
    return best


def test_what_cannot_be_held_has_no_plan() -> None:
    case = three_families()
    case.tables["demand"] = [
        row | {"least_fill": 0.5 if row["demand"] == "phones" else 0.0} for row in case.tables["demand"]
    ]
    _, table = share_frontier(case.plan(), "phones", 2023, [0.1])
    assert table["present_value"].to_list() == [None]
    assert concentration_frontier(case.plan(), 2023, [0.2])[1]["present_value"].to_list() == [None]


def reserving() -> coplant.Plan:
    """An agreement under which from 10 to 100 units a month are reserved for 2 each; 50 are wanted."""
    case = (
        SmallCase("month:1")
        .host(status="option", term=1.0)
        .item("car")
        .demand("car", 50.0, "month", price=5.0, site="host")
    )
    case.route("car", site="host", agreement="deal")
    return case.add("reservations", agreement="deal", least=10.0, most=100.0, per="month", fee=2.0).plan()


def test_what_is_reserved_is_swept_from_least_to_most() -> None:
    _, table = reservation_frontier(reserving(), "deal", [10.0, 50.0, 100.0])
    assert table["value"].to_list() == [pytest.approx(rate) for rate in (10.0, 50.0, 100.0)]
    assert table["present_value"].to_list() == [pytest.approx(worth) for worth in (30.0, 150.0, 50.0)]
    assert table["costs"].to_list() == [pytest.approx(cost, abs=1e-9) for cost in (120.0, 0.0, 100.0)]
    assert reservation_frontier(reserving(), "deal")[1]["at"].to_list() == pytest.approx(
        np.linspace(10.0, 100.0, 6).tolist()
    )


def test_questions_about_nothing_are_refused() -> None:
    plan = three_families().plan()
    with pytest.raises(CaseError, match='Did you mean "phones"'):
        share_frontier(plan, "phone", 2023)
    with pytest.raises(CaseError, match="from 2023 to 2023"):
        share_frontier(plan, "phones", 2031)
    with pytest.raises(CaseError, match="from 2023 to 2023"):
        concentration_frontier(plan, 2031)
    with pytest.raises(CaseError, match="an agreement with one reservation"):
        reservation_frontier(plan, "deal")


def test_a_frontier_keeps_what_the_case_says_of_the_other_years() -> None:
    case = three_families().add("mix", family="cars", year=2023, least_share=0.2)
    plan = case.plan()
    _, table = share_frontier(plan, "phones", 2023, [0.5])
    mix = {"family": ["cars", "phones"], "year": [2023, 2023], "least_share": [0.2, 0.0], "most_share": [1.0, 0.5]}
    changed = plan.case.replace({"mix": pl.DataFrame(mix)})
    assert table["present_value"].item() == pytest.approx(coplant.plan(changed, gap=1e-9).objective)


def test_no_mix_is_less_concentrated_than_equal_parts() -> None:
    _, table = concentration_frontier(three_families().plan(), 2023, [0.3])
    assert table["present_value"].to_list() == [None]
