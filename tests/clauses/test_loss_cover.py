"""Losses of a host's plant that the brand covers."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import numpy as np
import pytest
from small_case import SmallCase, money

import coplant
from coplant import Plan

MONTHS = tuple(datetime.date(2023, month, 1) for month in (1, 2, 3))
JANUARY, FEBRUARY, MARCH = MONTHS


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _covered(*buckets: str, wanted: float = 10.0, cost: float = 0.0, term: float = 3.0, **cover: Any) -> SmallCase:
    """A host builds the only car as it is asked for; its plant costs 120 a month, to which a car contributes 2."""
    small = SmallCase(*buckets).host(term=term).item("car").route("car", site="host", agreement="deal", cost=cost)
    small.add("loss_cover", **{"agreement": "deal", "fixed_cost": 120.0, "per": "month", "margin": 2.0, **cover})
    small.line("car", wanted, "month", site="host")
    return small.demand("car", wanted, "month", price=10.0, site="host")


def _paid(plan: Plan) -> list[float]:
    return [-money(plan, "loss_cover", bucket) for bucket in plan["buckets"]["bucket"]]


def test_a_month_costs_what_its_units_leave_of_the_fixed_cost() -> None:
    """10 cars contribute 20 of 120."""
    assert _paid(_covered("month:3").plan()) == [_near(100)] * 3


def test_a_loss_is_never_negative() -> None:
    """100 cars in January contribute 200; the other 80 are not set against February, in which none is asked for."""
    small = _covered("month:2", wanted=100.0, cost=3.0, term=2.0)
    small.demand("car", 0, "month", site="host", from_=FEBRUARY)
    assert _paid(small.plan()) == [0.0, _near(120)]


def test_a_cover_ends_so_many_months_after_its_first_day() -> None:
    """From 11 January for 1.5 months, to 25 February: 21 of 31 days and 24 of 28, of which nothing is built."""
    small = _covered("month:3", wanted=0.0, valid_from=datetime.date(2023, 1, 11), months=1.5, fixed_cost=310)
    assert _paid(small.plan()) == [_near(210), _near(310 * 24 / 28), 0.0]


def test_months_in_one_quarter_are_counted_apart() -> None:
    """Of 90 units in 90 days January makes 31 and February 28: 120 - 62, 120 - 56, 120 - 62."""
    assert _paid(_covered("quarter:1", wanted=30.0).plan()) == [_near(58 + 64 + 58)]


@pytest.mark.parametrize(("cap", "paid"), [(150, [100, 50, 0]), (100, [100, 0, 0]), (0, [0, 0, 0]), (900, [100] * 3)])
def test_a_cap_is_what_is_paid_in_all(cap: float, paid: list[float]) -> None:
    assert _paid(_covered("month:3", cap=cap).plan()) == [_near(one) for one in paid]


@pytest.mark.parametrize(("cap", "owed"), [(None, 4 * 120), (250, 50), (150, 0)])
def test_what_is_left_of_the_cap_is_owed_after_the_horizon(cap: float | None, owed: float) -> None:
    """Two months cost 100 each; in the four after the horizon nothing is built."""
    plan = _covered("month:2", term=6.0, cap=cap).plan()
    assert money(plan, "remaining_commitments") == _near(-owed)


def test_what_is_not_signed_is_not_covered() -> None:
    small = _covered("month:3", cap=150.0)
    small.tables["agreements"][0]["status"] = "option"
    small.tables["demand"][0]["quantity"] = 1
    plan = small.plan()
    assert plan["signed"]["signed"].to_list() == [False]
    assert plan.objective == _near(0)


def test_an_exit_ends_the_cover() -> None:
    """Leaving at the start of March costs 5 and saves the 120 of March and of the three months after the horizon."""
    small = _covered("month:3", wanted=0.0, term=6.0, cap=500.0).add("exit_terms", agreement="deal", fee=5, notice=2)
    plan = small.plan()
    assert _paid(plan) == [_near(120), _near(120), 0.0]
    assert money(plan, "remaining_commitments") == _near(0)
    assert plan["left"]["bucket"].to_list() == [MARCH]


def test_cars_are_built_at_a_loss_while_that_lessens_what_is_covered() -> None:
    """A car costs 1 more than it sells for and contributes 2: 60 cars a month and no more are worth building."""
    plan = _covered("month:2", wanted=100.0, cost=11.0, term=2.0).plan()
    assert plan["made"]["started"].to_list() == [_near(60), _near(60)]
    assert plan.objective == _near(-120)


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_is_the_best_of_all_ways_to_build(seed: int) -> None:
    """Against every number of cars in each of three months; all corners of the problem are whole numbers."""
    draw = np.random.default_rng(seed)
    margin, room = float(draw.choice([-1.5, -0.5, 1.0])), draw.integers(4, 14, 3).tolist()
    cap, fixed = 2.0 * int(draw.integers(5, 30)), 20.0
    small = _covered("month:3", cost=10.0 - margin, fixed_cost=fixed, cap=cap)
    for table in ("demand", "resource_capacity"):
        row = small.tables[table][0]
        small.tables[table] = [
            row | {"from": month, "quantity": most} for month, most in zip(MONTHS, room, strict=True)
        ]

    def worth(built: tuple[int, ...]) -> float:
        left, total = cap, 0.0
        for units in built:
            paid = min(left, max(0.0, fixed - 2 * units))
            left -= paid
            total += units * margin - paid
        return total

    best = max(worth(built) for built in itertools.product(*(range(most + 1) for most in room)))
    assert small.plan().objective == _near(best)


def test_a_statement_covers_losses_until_the_cap_and_closes_its_account() -> None:
    """30, 80 and no cars: 60, nothing, and the 90 that are left of 150; then the agreement ends."""
    small = _covered("month:1", cap=150.0)
    small.settings["start"] = datetime.date(2024, 1, 1)
    for month, built in ((JANUARY, 30), (FEBRUARY, 80)):
        until = month.replace(month=month.month + 1)
        small.add("actuals", agreement="deal", measure="good", item="car", from_=month, until=until, quantity=built)
    settlement = coplant.settle(small.case())
    lines = settlement["lines"]
    assert lines.select("statement", "amount").rows() == [(JANUARY, 60.0), (MARCH, 90.0)]
    assert lines["formula"].unique().to_list() == ["min(max(0, fixed - margin * good), left)"]
    left = settlement["balances"].filter(account="cap_left")["closing"].to_list()
    assert left == [150.0, 90.0, 90.0, 0.0]


def test_what_is_left_of_a_cap_lapses_with_an_exit() -> None:
    """Left in mid-February: half of its 28 days."""
    small = _covered("month:1", cap=900.0, term=12.0).add("exit_terms", agreement="deal")
    small.settings["start"] = datetime.date(2024, 1, 1)
    middle = datetime.date(2023, 2, 15)
    small.add("exits", agreement="deal", notice=JANUARY, exit=middle, by="brand")
    settlement = coplant.settle(small.case())
    assert settlement["lines"]["amount"].to_list() == [120.0, 60.0]
    account = settlement["balances"].filter(account="cap_left").row(-1, named=True)
    assert (account["used"], account["lapsed"], account["closing"]) == (60.0, 720.0, 0.0)
