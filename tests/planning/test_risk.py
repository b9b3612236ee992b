"""The worst futures, and what it is worth to know which it will be."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import SmallCase

import coplant
from coplant.planning.risk import worst_mean
from coplant.templates import start

LATER = datetime.date(2023, 1, 8)


@pytest.mark.parametrize(("share", "loss"), [(0.0, 11.0), (0.6, 30.0), (0.7, 100.0 / 3.0), (0.8, 40.0)])
def test_the_mean_of_the_worst_losses(share: float, loss: float) -> None:
    gain = -np.array([0.0, 40.0, -10.0, 5.0, 20.0])
    assert worst_mean(gain, np.full(5, 0.2), share) == pytest.approx(-loss)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 9)), min_size=1, max_size=9), st.floats(0.0, 0.99))
def test_the_worst_mean_is_the_highest_bound_of_its_kind(drawn: list[tuple[float, int]], share: float) -> None:
    value = np.array([one for one, _ in drawn])
    chance = np.array([weight for _, weight in drawn], dtype=float)
    chance /= chance.sum()
    # Rockafellar and Uryasev: the highest of eta - E[max(eta - value, 0)] / (1 - share) is met at one of the values.
    highest = max(eta - chance @ np.maximum(eta - value, 0.0) / (1.0 - share) for eta in value)
    assert worst_mean(value, chance, share) == pytest.approx(highest, rel=1e-9, abs=1e-3)


def _boxes(**settings: Any) -> SmallCase:
    """Boxes are made for 4 before it is known whether a hundred of them are wanted for 10, or none."""
    small = SmallCase("week:2", **settings).item("box").route("box", lead_time=7, cost=4.0)
    small.line("box", 500.0, "week").demand("box", 100.0, "week", 10.0, from_=LATER)
    for outcome in ("none", "wanted"):
        small.add("branches", branch="market", outcome=outcome, probability=0.5, reveal_date=LATER)
    return small.add("edits", outcome="none", table="demand", key="box", column="quantity", value="0")


@pytest.mark.parametrize(("weight", "made"), [(0.0, 100.0), (0.1, 100.0), (0.3, 0.0), (1.0, 0.0)])
def test_weight_on_the_worst_futures_makes_the_plan_careful(weight: float, made: float) -> None:
    hedge = coplant.hedge(_boxes(risk_share=0.5, risk_weight=weight).case())
    # A box earns 1 in the mean and loses 4 at worst.
    assert hedge["made"]["started"].sum() / 2 == pytest.approx(made, abs=1e-6)
    assert hedge.expected == pytest.approx(made)
    assert hedge.worst == pytest.approx(-4.0 * made)
    assert hedge.objective == pytest.approx((1.0 - weight) * hedge.expected + weight * hedge.worst)


@pytest.mark.parametrize("unit", [1.0, 1e-4], ids=["large money", "small money"])
def test_with_all_weight_on_the_worst_futures_the_others_still_earn_what_they_can(unit: float) -> None:
    """A box costs 4 and brings 10; what is wanted is sold in each future, though the worst is as bad without."""
    small = SmallCase("week:2", risk_share=0.5, risk_weight=1.0).item("box").offer("box", 4.0 * unit)
    small.demand("box", 100.0, "week", 10.0 * unit, from_=LATER)
    small.branch("market", LATER, {"none": 0.5, "wanted": 0.5})
    small.add("edits", outcome="none", table="demand", key="box", column="quantity", value="0")
    hedge = small.hedge()
    assert (hedge.expected, hedge.worst) == (pytest.approx(300.0 * unit), pytest.approx(0.0, abs=1e-6 * unit))


def test_a_careful_plan_with_whole_numbers_reaches_its_gap(tmp_path: Path) -> None:
    start("firm-plus-options", tmp_path / "season")
    outcomes = {"boom": "1.4", "normal": "1", "bust": "0.6"}
    day = datetime.date(2026, 3, 1)
    case = coplant.read(tmp_path / "season").edit("case", risk_weight=0.99).replace(
        {
            "branches": [
                {"branch": "trend", "outcome": name, "probability": chance, "reveal_date": day}
                for name, chance in zip(outcomes, (0.3, 0.4, 0.3), strict=True)
            ],
            "edits": [
                {
                    "outcome": name, "table": "demand", "key": "city-buyers", "column": "quantity",
                    "operation": "times", "value": share,
                }
                for name, share in outcomes.items() if name != "normal"
            ],
        }
    )  # fmt: skip
    assert coplant.hedge(case).gap <= 1e-4


def test_a_share_of_nothing_looks_at_all_futures() -> None:
    careful, plain = (coplant.hedge(_boxes(risk_share=0.0, risk_weight=weight).case()) for weight in (1.0, 0.0))
    assert careful.objective == pytest.approx(plain.objective)
    assert careful.worst == pytest.approx(careful.expected)


def test_knowing_the_market_saves_what_is_made_in_vain() -> None:
    worth = coplant.worth(_boxes().case(), weights=())["knowing"]
    # Who knows makes a hundred in one case of two, and earns 600 then.
    assert worth.rows() == [("market", pytest.approx(200.0), pytest.approx(200.0), pytest.approx(200.0))]


def test_knowing_one_of_two_things_is_worth_no_more_than_knowing_both() -> None:
    small = _boxes()
    for outcome in ("cheap", "dear"):
        small.add("branches", branch="price", outcome=outcome, probability=0.5, reveal_date=LATER)
    small.since("prices", demand="box", price=10.0, from_=LATER)
    small.add("edits", outcome="cheap", table="prices", key="box", column="price", operation="times", value="0.6")
    case = small.case()
    worth = dict(coplant.worth(case, weights=())["knowing"].select("branch", "worth").rows())
    # Nothing is earned in the mean: 0.5 x 8 - 4 = 0. Who knows the market earns 0.5 x (8 - 4) a box, and who knows the
    # price 0.5 x (5 - 4).
    assert worth == pytest.approx({"market": 200.0, "price": 50.0, "everything": 200.0})


def test_an_unknown_branch_cannot_be_foreseen() -> None:
    with pytest.raises(ValueError, match="weather"):
        coplant.hedge(_boxes().case(), foreseen=["weather"])
