"""Experience curves in numbers from textbooks."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from small_case import START, SmallCase, money

from coplant.planning.learning import Curve, experience
from coplant.timeline import add_months


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _learner(quantities: list[float], **curve: object) -> SmallCase:
    """Months that each make exactly what they sell."""
    small = SmallCase(f"month:{len(quantities)}").item("car").route("car", learning="curve")
    small.add("learning", learning="curve", **{"rate": 0.8, "first_unit_cost": 100.0, **curve})
    small.add("resources", resource="line", site="works").add("loads", route="car", resource="line", quantity=1.0)
    for step, quantity in enumerate(quantities):
        first: datetime.date = add_months(np.datetime64(START), step).astype(object)
        small.demand("car", quantity, "month", least_fill=1.0, from_=first)
        small.add("resource_capacity", resource="line", quantity=quantity, per="month", from_=first)
    return small


@pytest.mark.parametrize(("unit", "cost"), [(1, 100.0), (2, 80.0), (4, 64.0), (8, 51.2), (100, 22.706)])
def test_each_doubling_costs_eighty_percent(unit: int, cost: float) -> None:
    """An 80 % curve from 100, unit convention (Crawford)."""
    assert Curve(0.8, 100.0, "unit").unit_cost(unit) == pytest.approx(cost, abs=5e-4)


def test_the_first_hundred_units_cost_their_sum() -> None:
    """The sum of the costs of units 1 to 100 on the same curve is 3,265.08, in one month or in three."""
    exact = 100.0 * sum(unit ** np.log2(0.8) for unit in range(1, 101))
    assert exact == pytest.approx(3_265.08, abs=5e-3)
    assert money(_learner([100]).plan(), "learning") == _near(-exact)
    assert money(_learner([20, 50, 30]).plan(), "learning") == _near(-exact)


def test_a_cumulative_average_curve_prices_the_mean_of_all_units() -> None:
    """Wright: the first 100 units cost 100 x 100 ** (log2 0.8 + 1), more apart from unit costs than they seem."""
    plan = _learner([100], convention="cumulative_average").plan()
    assert money(plan, "learning") == _near(-100 * 100 ** (np.log2(0.8) + 1))


def test_experience_carried_over_is_not_paid_again() -> None:
    """From 40 x 0.5 units of an older line 80 more cost units 21 to 100."""
    exact = 100.0 * sum(unit ** np.log2(0.8) for unit in range(21, 101))
    assert money(_learner([80], initial_units=40, transfer_share=0.5).plan(), "learning") == _near(-exact)


def test_experience_fades_month_by_month() -> None:
    """With 0.96 kept a month, 10, 10, 0, 0, 10 units leave 10, 19.6, 18.816, 18.0634, 27.3408."""
    levels = [10, 19.6, 18.816, 18.06336, 27.3408256]
    draft, solution = _learner([10, 10, 0, 0, 10], retention=0.96).solution()
    block = draft.program.column_blocks["experience/curve"]
    assert block.values(solution.columns) == pytest.approx(levels, rel=1e-6)
    assert experience(0.96, np.ones(5), np.array([10.0, 10, 0, 0, 10])) == pytest.approx(levels, rel=1e-9)
