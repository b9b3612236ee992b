"""Moving weighted average cost on chains worked out by hand."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from small_case import START, SmallCase

from coplant.network import Network
from coplant.planning.costing import average_cost
from coplant.timeline import Timeline
from coplant.tree import Tree

DAY = datetime.timedelta(days=1)


def test_cost_follows_goods_from_part_to_market() -> None:
    """A chip in stock at its value of 2 and one bought at 4 cost 3; two to a phone, conversion 10 and transport 1."""
    small = SmallCase("day:2").add("sites", site="shop", kind="market").item("chip", value=2.0).item("phone")
    small.offer("chip", 4.0).route("phone", bom={"chip": 2.0}, cost=10.0, **{"yield": 0.5})
    small.add("lanes", lane="truck", item="phone", from_site="works", to_site="shop", lead_time=1, cost=1.0)
    small.add("stock", item="chip", site="works", quantity=20).demand("phone", 10, "day", price=1_000, site="shop")
    small.since("allotments", allotment="few", quantity=20, per="day")
    small.tables["offers"][0]["allotment"] = "few"
    draft, solution = small.solution()
    values = {name: draft.program.column_blocks[name].values(solution.columns) for name in ("start", "stock")}
    network = draft.network
    cost = average_cost(network, values["start"], network.activities.cost, values["stock"])
    place = {label: number for number, label in enumerate(network.stock_points.labels)}
    # 20 of 40 chips are old: 3 each on the first day. A phone started takes two and 10; every second one is good.
    assert cost[place["chip@works"], 0] == pytest.approx(3.0)
    assert cost[place["phone@works"], 0] == pytest.approx((2 * 3.0 + 10.0) / 0.5)
    assert cost[place["phone@shop"], 1] == pytest.approx(33.0)
    row = small.plan()["revenue"].row(0, named=True)
    assert (row["revenue"], row["cost"]) == (pytest.approx(10_000), pytest.approx(330.0))


def test_stock_brought_forward_keeps_its_cost_and_mixes_with_what_comes() -> None:
    """5 left over at 10 and 5 bought at 20 cost 15; what leaves takes the mean with it."""
    small = (
        SmallCase("day:2")
        .item("chip")
        .offer("chip", 10.0)
        .since("offer_prices", offer="chip", price=20.0, from_=START + DAY)
    )
    for day, quantity in enumerate((5, 10)):
        small.demand("chip", quantity, "day", price=100, from_=START + day * DAY)
    small.since("allotments", allotment="few", quantity=10, per="day")
    small.since("allotments", allotment="few", quantity=5, per="day", from_=START + DAY)
    small.tables["offers"][0]["allotment"] = "few"
    row = small.plan()["revenue"].row(0, named=True)
    assert row["revenue"] == pytest.approx(1_500)
    assert row["cost"] == pytest.approx(5 * 10 + 10 * 15)


def test_fees_and_learning_are_part_of_what_goods_cost() -> None:
    small = SmallCase("day:1").host(term=1).item("car").route("car", site="host", agreement="deal", cost=3.0)
    small.add("processing_fees", agreement="deal", fee=7.0).demand("car", 5, "day", price=50, site="host")
    row = small.plan()["revenue"].row(0, named=True)
    assert (row["cost"], row["margin"], row["share"]) == (pytest.approx(50), pytest.approx(200), pytest.approx(1.0))


def test_nothing_available_costs_its_value() -> None:
    small = SmallCase("day:1").item("car", value=8.0).route("car").demand("car", 0, "day")
    case = small.case()
    network = Network.of(case, Tree.line(Timeline.of(case.settings.start, case.settings.buckets)))
    nothing = 0.0 * network.activities.cost
    assert average_cost(network, nothing, nothing, 0.0 * network.stock_points.target).tolist() == [[8.0]]


def test_each_of_several_curves_costs_its_own_goods() -> None:
    """What is sold as it is made costs what its family's curve is charged, though a curve is shared by two items."""
    small = SmallCase("month:2")
    for family, items, first in (("wheels", ("car", "van"), 8.0), ("water", ("boat", "ship"), 80.0)):
        small.add("learning", learning=family, rate=0.8, first_unit_cost=first, segments=3, initial_units=0)
        for item in items:
            small.item(item, family=family).route(item, learning=family).demand(item, 10, "month", price=1_000)
    plan = small.plan()
    cost = dict(plan["revenue"].select("family", "cost").iter_rows())
    charged = plan["money"].filter(line="learning").group_by("family").agg(-pl.col("amount").sum())
    assert cost == {family: pytest.approx(amount, rel=1e-9) for family, amount in charged.iter_rows()}
    assert cost["water"] == pytest.approx(10.0 * cost["wheels"], rel=1e-6)
