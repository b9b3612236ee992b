"""Who buys and owns a part, what of it is charged, and what is credited."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import polars as pl
import pytest
from small_case import SmallCase, money

import coplant
from coplant import Plan
from coplant.settlement import pro_forma

APRIL = datetime.date(2023, 4, 1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _hosted(*buckets: str, good: float = 0.8, wanted: float = 8.0, **material: Any) -> SmallCase:
    """A host starts ten cars a month of two seats each, a share of which is good."""
    small = SmallCase(*(buckets or ("month:2",)), start=APRIL).host(term=2.0).item("car").item("seat")
    small.route("car", site="host", agreement="deal", bom={"seat": 2.0}, **{"yield": good})
    small.line("car", 10, "month", site="host")
    small.add("materials", **{"agreement": "deal", "item": "seat", **material})
    return small.demand("car", wanted, "month", price=1_000, site="host")


def _by_bucket(plan: Plan, line: str) -> list[float]:
    return [money(plan, line, bucket) for bucket in plan["buckets"]["bucket"]]


def _billed(plan: Plan) -> dict[str, float]:
    """What the plan's statements come to by money line."""
    return dict(pro_forma(plan)["lines"].group_by("line").agg(pl.col("amount").sum()).iter_rows())


def test_what_the_host_buys_is_charged_by_the_standard_of_good_units() -> None:
    """8 good cars take 16 seats at 30 and 5 %, whatever the 2 that are scrap take."""
    plan = _hosted(mode="turnkey", price=30, handling_share=0.05).plan()
    assert _by_bucket(plan, "material_turnkey") == [_near(-16 * 31.5)] * 2
    assert _billed(plan) == {"material_turnkey": _near(2 * 16 * 31.5)}


def test_what_the_host_buys_need_not_be_brought() -> None:
    plan = _hosted(mode="turnkey", price=30).plan()
    assert plan["uses"].is_empty()
    assert money(plan, "material") == 0.0
    with pytest.raises(coplant.CaseError, match='needs "seat" at host'):
        _hosted(mode="directed", price=30).case()


def test_what_another_host_buys_is_still_brought_to_this_one() -> None:
    small = _hosted(mode="turnkey", price=30).host("other", "elsewhere", term=2.0)
    small.route("car", route="second", site="elsewhere", agreement="other", bom={"seat": 2.0})
    small.offer("seat", 10.0, site="elsewhere").demand("car", 4, "month", price=1_000, site="elsewhere", demand="more")
    plan = small.plan()
    assert plan["uses"]["route"].unique().to_list() == ["second"]
    assert money(plan, "material") == _near(-160)


def test_what_is_sold_to_the_host_comes_back_in_the_good_units() -> None:
    """10 are started: 20 seats bought at 10 are sold at 30; 16 come back at 31.5. Scrap of 4 is at the host's cost."""
    plan = _hosted(mode="buy_sell", price=30, handling_share=0.05).offer("seat", 10.0, site="host").plan()
    assert _by_bucket(plan, "material") == [_near(-200)] * 2
    assert _by_bucket(plan, "material_sold") == [_near(600)] * 2
    assert _by_bucket(plan, "material_bought") == [_near(-504)] * 2
    assert _billed(plan) == {"material_sold": _near(-1_200), "material_bought": _near(1_008)}


def test_what_the_brand_directs_is_handled() -> None:
    plan = _hosted(mode="directed", price=10, handling_share=0.05).offer("seat", 10.0, site="host").plan()
    assert _by_bucket(plan, "material") == [_near(-200)] * 2
    assert _by_bucket(plan, "material_handling") == [_near(-8)] * 2
    assert _billed(plan) == {"material_handling": _near(16)}


@pytest.mark.parametrize(("allowance", "credit"), [(0.0, 4.0), (0.1, 2.4), (0.25, 0.0), (0.3, 0.0)])
def test_what_is_used_beyond_the_allowance_is_credited(allowance: float, credit: float) -> None:
    """20 seats are used for 8 good cars: 4 more than the 16 they should take."""
    small = _hosted(mode="consigned", price=30, attrition_share=allowance).offer("seat", 10.0, site="host")
    plan = small.plan()
    assert _by_bucket(plan, "material_credit") == [_near(30 * credit)] * 2
    assert _billed(plan) == ({"material_credit": _near(-60 * credit)} if credit else {})


def test_nothing_of_a_consigned_part_without_a_price_is_settled() -> None:
    plan = _hosted(mode="consigned").offer("seat", 10.0, site="host").plan()
    assert set(plan["money"]["line"]) == {"revenue", "material"}
    assert _billed(plan) == {}


def test_a_price_holds_for_the_units_of_its_days() -> None:
    """From 16 April: 15 of April's 30 days at 30, and all of May."""
    small = _hosted(mode="consigned", price=30, valid_from=datetime.date(2023, 4, 16))
    plan = small.offer("seat", 10.0, site="host").plan()
    assert _by_bucket(plan, "material_credit") == [_near(60), _near(120)]


def test_parts_of_a_host_belong_to_the_cost_of_what_is_sold() -> None:
    plan = _hosted(mode="turnkey", price=30).plan()
    assert plan["revenue"].select("family", "cost", "margin").row(0) == ("car", _near(960), _near(15_040))


def _two_ways(price: float) -> SmallCase:
    """Two weeks of one month; one way wastes nothing, the other half, and an allowance of 0.2 counts both together."""
    small = SmallCase("week:2", start=APRIL).host(term=1.0).item("car").item("seat").offer("seat", 10.0, site="host")
    for route, good, cost in (("clean", 1.0, 43.0), ("coarse", 0.5, 1.0)):
        small.route("car", route=route, site="host", agreement="deal", bom={"seat": 1.0}, cost=cost, **{"yield": good})
        small.line(route, 4, "week", resource=route, site="host")
    small.add("materials", agreement="deal", item="seat", mode="consigned", price=price, attrition_share=0.2)
    small.since("demand", demand="car", item="car", site="host", quantity=99, per="week")
    return small.since("prices", demand="car", price=50).since("prices", demand="car", price=18,
                                                               from_=datetime.date(2023, 4, 8))  # fmt: skip


@pytest.mark.parametrize("price", [0.0, 8.0, 20.0, 30.0, 60.0])
def test_ways_that_waste_more_and_less_are_counted_together(price: float) -> None:
    """The best of all corners: the credit is convex, so that no plan between them is better."""

    def worth(clean: tuple[float, float], coarse: tuple[float, float]) -> float:
        revenue = sum(p * (a + b / 2) for p, a, b in zip((50, 18), clean, coarse, strict=True))
        credit = price * max(0.0, 0.4 * sum(coarse) - 0.2 * sum(clean))
        return revenue - 53 * sum(clean) - 11 * sum(coarse) + credit

    best = max(worth(corner[:2], corner[2:]) for corner in itertools.product((0.0, 4.0), repeat=4))
    plan = _two_ways(price).plan()
    assert plan.objective == _near(best)
    assert money(plan, "material_credit") == _near(-_billed(plan).get("material_credit", 0.0))


def test_what_was_used_must_be_on_record_where_it_is_settled() -> None:
    small = _hosted(mode="buy_sell", price=30).offer("seat", 10.0, site="host")
    small.add("actuals", agreement="deal", measure="good", item="car", from_=APRIL, quantity=5)
    with pytest.raises(coplant.CaseError, match='what was used of "seat" under deal'):
        coplant.settle(small.case())
    small.add("actuals", agreement="deal", measure="used", item="seat", from_=APRIL, quantity=11)
    assert coplant.settle(small.case()).total == _near(30 * (10 - 11))
