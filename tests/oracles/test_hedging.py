"""Plans for several futures of which the best is known from elsewhere, entered as tables."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import Hedge, Worth

LATER = datetime.date(2023, 1, 8)


def _farmer() -> SmallCase:
    """The farmer of Birge and Louveaux (2011, section 1.1): fields are planted before it is known what they yield.

    A unit of a route is a tonne at the best yield.
    """
    small = SmallCase("week:2")
    small.add("resources", resource="land", site="works")
    small.since("resource_capacity", resource="land", quantity=500, per="week")
    small.since("resource_capacity", resource="land", quantity=0, per="week", from_=LATER)
    for crop, tonnes, planting in (("wheat", 3.0, 150.0), ("corn", 3.6, 230.0), ("beets", 24.0, 260.0)):
        small.item(crop)
        small.route(crop, cost=planting / tonnes, lead_time=7, **{"yield": 1.0})
        small.add("loads", route=crop, resource="land", quantity=1.0 / tonnes)
    for crop, need, buy, sell in (("wheat", 200.0, 238.0, 170.0), ("corn", 240.0, 210.0, 150.0)):
        small.offer(crop, buy)
        small.demand(crop, need, "week", demand=f"{crop} fed", from_=LATER, least_fill=1.0)
        small.demand(crop, 1e5, "week", sell, demand=f"{crop} sold", from_=LATER)
    small.demand("beets", 6_000.0, "week", 36.0, demand="beets within the quota", from_=LATER)
    small.demand("beets", 1e5, "week", 10.0, demand="beets beyond", from_=LATER)
    for outcome, share in (("good", 1.0), ("fair", 2.5 / 3.0), ("bad", 2.0 / 3.0)):
        small.add("branches", branch="weather", outcome=outcome, probability=1.0 / 3.0, reveal_date=LATER)
        small.add("edits", outcome=outcome, table="routes", column="yield", value=repr(share))
    return small


def _planted(hedge: Hedge, future: str) -> dict[str, float]:
    made = hedge["made"].filter(future=future, bucket=datetime.date(2023, 1, 1))
    acres = {"wheat": 3.0, "corn": 3.6, "beets": 24.0}
    return {row["item"]: row["started"] / acres[row["item"]] for row in made.iter_rows(named=True)}


def test_the_farmer_hedges_between_years() -> None:
    hedge = coplant.hedge(_farmer().case())
    assert hedge.objective == pytest.approx(108_390, abs=0.5)
    for future in ("good", "fair", "bad"):
        assert _planted(hedge, future) == pytest.approx({"wheat": 170, "corn": 80, "beets": 250})
    earned = dict(hedge["futures"].select("future", "present_value").rows())
    assert earned == pytest.approx({"good": 167_000, "fair": 109_350, "bad": 48_820}, abs=0.5)


def test_who_knows_the_weather_earns_more() -> None:
    hedge = coplant.hedge(_farmer().case())
    known = [coplant.plan(plan.case).objective for plan in hedge.plans]
    assert sum(known) / 3.0 == pytest.approx(115_405.56, abs=0.5)


@pytest.fixture(scope="module")
def farmed() -> Worth:
    return coplant.worth(_farmer().case(), weights=())


def test_perfect_information_is_worth_7_015_56_to_the_farmer(farmed: Worth) -> None:
    assert farmed["knowing"].rows() == [("weather", *[pytest.approx(7_015.56, abs=0.005)] * 3)]


def test_the_stochastic_solution_is_worth_1_150_to_the_farmer(farmed: Worth) -> None:
    """In a mean year 118,600 are promised, and what is planted for it earns 107,240 in the mean."""
    row = farmed["hedging"].row(by_predicate=pl.col("plan") == "mean", named=True)
    assert row["promised"] == pytest.approx(118_600, abs=0.5)
    assert row["expected"] == pytest.approx(107_240, abs=0.5)
    assert row["worth"] == pytest.approx(1_150, abs=0.5)


def _power() -> SmallCase:
    """Power plants are built within a budget before it is known how high the load is at its peak.

    The model of Louveaux and Smeers (1988) with three outcomes. A unit of capacity is an item of which each mode of the
    load takes one; at least 12 units need not be asked for, as the highest load is as much.
    """
    small = SmallCase("week:2")
    small.add("resources", resource="budget", site="works")
    small.since("resource_capacity", resource="budget", quantity=120.0, per="week")
    for mode, load in (("peak", 5.0), ("day", 3.0), ("base", 2.0)):
        small.item(mode).demand(mode, load, "week", from_=LATER, least_fill=1.0)
    running = {"1": (40.0, 24.0, 4.0), "2": (45.0, 27.0, 4.5), "3": (32.0, 19.2, 3.2), "4": (55.0, 33.0, 5.5)}
    for plant, cost in (("1", 10.0), ("2", 7.0), ("3", 16.0), ("4", 6.0)):
        capacity = f"capacity {plant}"
        small.item(capacity).route(capacity, cost=cost, lead_time=7)
        small.add("loads", route=capacity, resource="budget", quantity=cost)
        for mode, each in zip(("peak", "day", "base"), running[plant], strict=True):
            small.route(mode, route=f"{mode} by {plant}", cost=each, bom={capacity: 1.0})
    for outcome, probability, load in (("low", 0.3, "3"), ("middle", 0.4, "5"), ("high", 0.3, "7")):
        small.add("branches", branch="load", outcome=outcome, probability=probability, reveal_date=LATER)
        small.add("edits", outcome=outcome, table="demand", key="peak", column="quantity", value=load)
    return small


def test_power_plants_are_built_for_a_load_that_is_not_known() -> None:
    hedge = coplant.hedge(_power().case())
    assert hedge.objective == pytest.approx(-381.853333, abs=1e-6)
    built = hedge["made"].filter(future="low", bucket=datetime.date(2023, 1, 1))
    capacity = {f"capacity {plant}": units for plant, units in zip("1234", (8 / 3, 4.0, 10 / 3, 2.0), strict=True)}
    assert dict(built.select("item", "started").rows()) == pytest.approx(capacity)


def test_plants_for_the_mean_load_are_too_few_for_the_highest() -> None:
    """With 10 units the load of 12 is not met: beside such a plan the hedge is worth more than any amount."""
    worth = coplant.worth(_power().case(), weights=())
    assert worth["hedging"].select("plan", "expected", "worth", "without_plan").rows() == [
        ("mean", None, None, "high"),
        ("likeliest", None, None, "high"),
    ]
    assert "no limit  beside the plan for the likeliest (middle): no plan then if high" in worth.summary()


def _lines(flexible: float | None) -> SmallCase:
    """Two products, each wanted 50 or 100 times; lines for them are reserved before that is known.

    A line for one of them costs 24 a unit. If a price is given, there is one line instead, for both of them.
    """
    small = SmallCase("month:2")
    for name, products, fee in (
        [("first", ("first",), 24.0), ("second", ("second",), 24.0)]
        if flexible is None
        else [("flexible", ("first", "second"), flexible)]
    ):
        small.host(name, name, sign_from=datetime.date(2023, 1, 1), starts=datetime.date(2023, 2, 1), term=1.0)
        small.add("reservations", agreement=name, least=0.0, most=1_000.0, per="month", fee=fee)
        for product in products:
            small.item(product).route(product, site=name, agreement=name, cost=60.0)
            small.demand(product, 0.0, "month", 100.0, site=name, from_=datetime.date(2023, 2, 1))
    for product in ("first", "second"):
        for quantity in (50, 100):
            outcome = f"{quantity} of {product}"
            small.add("branches", branch=product, outcome=outcome, probability=0.5,
                      reveal_date=datetime.date(2023, 2, 1))  # fmt: skip
            small.add("edits", outcome=outcome, table="demand", key=product, column="quantity", value=str(quantity))
    return small


@pytest.mark.parametrize(("flexible", "profit"), [(None, 1_600.0), (25.0, 1_750.0), (26.0, 1_600.0)])
def test_a_flexible_line_is_worth_two_more_a_unit(flexible: float | None, profit: float) -> None:
    """As Van Mieghem (1998) shows: at 25 one for both earns more than two at 24, at 26 as much."""
    hedge = coplant.hedge(_lines(flexible).case(), gap=1e-9)
    assert hedge.objective == pytest.approx(profit)
    reserved = hedge["reserved"].filter(future="50 of first, 50 of second")["reserved"].to_list()
    assert reserved == pytest.approx([50.0, 50.0] if flexible is None else [150.0])


@pytest.mark.parametrize(("share", "loss"), [(0.0, 11.0), (0.6, 30.0), (0.7, 100.0 / 3.0), (0.8, 40.0)])
def test_the_worst_futures_of_a_plan(share: float, loss: float) -> None:
    """Losses of -10, 0, 5, 20 and 40, each as likely: the mean over the worst is known (CVaR)."""
    small = SmallCase("week:2", risk_share=share, risk_weight=1.0).item("box")
    # Nobody buys before the price is known.
    small.offer("box", 1_000.0).since("offer_prices", offer="box", price=100.0, from_=LATER)
    small.demand("box", 1.0, "week", 100.0, from_=LATER, least_fill=1.0)
    for lost in (-10.0, 0.0, 5.0, 20.0, 40.0):
        small.add("branches", branch="price", outcome=f"lose {lost:g}", probability=0.2, reveal_date=LATER)
        small.add("edits", outcome=f"lose {lost:g}", table="offer_prices", key="box", column="price", operation="plus",
                  value=repr(lost))  # fmt: skip
    hedge = coplant.hedge(small.case())
    assert hedge.objective == pytest.approx(-loss)
    assert hedge.worst == pytest.approx(-loss)
    assert hedge.expected == pytest.approx(-11.0)
