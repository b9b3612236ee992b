"""Quotes of agreements of a few clauses, worked out by hand, and what is refused."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant.settlement.quotes import round_step

JANUARY = datetime.date(2023, 1, 1)


def rivals(*names: str, **agreement: Any) -> SmallCase:
    """Agreements of two years in one group, each with a route for the car."""
    small = SmallCase("month:1").item("car")
    for name in names:
        row = {"name": name, "site": f"plant-{name}", "status": "option", "term": 24.0, "group": "cars"}
        small.host(**{**row, **agreement}).route("car", route=name, site=f"plant-{name}", agreement=name)
    return small.demand("car", 1, "month", price=1.0, site="plant-" + names[0])


def averages(small: SmallCase, name: str, *volumes: float) -> list[float | None]:
    told = coplant.quote(small.case(), volumes=volumes).totals.filter(agreement=name)
    return told["average"].to_list()


def by_line(small: SmallCase, name: str, volume: float) -> dict[str, float]:
    costs = coplant.quote(small.case(), volumes=[volume]).costs.filter(agreement=name)
    return {line: round(amount, 6) for line, amount in costs.select("line", "amount").iter_rows()}


def test_a_fee_in_tiers_and_a_fixed_charge() -> None:
    """100 each up to 1,000 in a year and 80 beyond; 2,000 a month; 1,500 a year for two years."""
    small = rivals("a", "b").add("fixed_charges", agreement="a", charge="rent", amount=2_000, per="month")
    for above, fee in ((0, 100), (1_000, 80)):
        small.add("processing_fees", agreement="a", above=above, fee=fee, basis="year", method="incremental")
    assert by_line(small, "a", 1_500) == {"processing_fee": 280_000.0, "fixed_charge": 48_000.0}
    assert averages(small, "a", 1_500) == [pytest.approx(328_000 / 3_000)]
    row = coplant.quote(small.case(), volumes=[1_500]).totals.row(by_predicate=pl.col("agreement") == "a", named=True)
    assert (row["units"], row["total"], row["per_year"]) == pytest.approx((3_000, 328_000, 164_000))


def test_what_is_short_of_take_or_pay_is_paid() -> None:
    """1,000 a year of which 80 % are paid for at 50; 600 are built: 200 a year are short."""
    small = rivals("a", "b").add("take_or_pay", agreement="a", quantity=1_000, share=0.8, price=50)
    assert by_line(small, "a", 600) == {"take_or_pay": 20_000.0}
    assert by_line(small, "a", 800) == {}


@pytest.mark.parametrize(("kind", "paid"), [("plain", 12_000.0), ("deductible", 6_000.0)])
def test_the_least_is_reserved_where_less_is_needed(kind: str, paid: float) -> None:
    """1,200 a year at 5 each, of which 600 are used; a credit for every unit started where the fee is deductible."""
    small = rivals("a", "b").add("reservations", agreement="a", least=100, most=500, per="month", fee=5, kind=kind)
    assert by_line(small, "a", 600) == {"reservation_fee": paid}
    told = coplant.quote(small.case(), volumes=[600, 1_200]).totals.filter(agreement="a")
    assert told["least"].to_list() == [True, False]


def test_what_is_needed_is_reserved_beyond_the_least_and_scrap_needs_more() -> None:
    """A yield of 0.8: 3,000 good units take 3,750, at 5 each."""
    small = rivals("a", "b").add("reservations", agreement="a", least=100, most=500, per="month", fee=5)
    small.tables["routes"][0]["yield"] = 0.8
    assert by_line(small, "a", 3_000) == {"reservation_fee": 37_500.0}
    told = coplant.quote(small.case(), volumes=[4_800, 4_801]).totals.filter(agreement="a")
    assert told["offered"].to_list() == [True, False]


def test_above_the_most_there_is_no_figure() -> None:
    small = rivals("a", "b").add("reservations", agreement="a", most=100, per="month", fee=5)
    row = coplant.quote(small.case(), volumes=[1_201]).totals.row(by_predicate=pl.col("agreement") == "a", named=True)
    assert not row["offered"]
    assert [row[name] for name in ("units", "total", "per_year", "average")] == [None] * 4


def test_what_the_routes_cost_beside_the_agreement_counts() -> None:
    small = rivals("a", "b")
    small.tables["routes"][0]["cost"] = 7
    assert by_line(small, "a", 100) == {"conversion": 1_400.0}
    assert averages(small, "b", 100) == [0.0]


def test_production_begins_when_a_route_is_open_and_a_licence_holds() -> None:
    """Two years from January, a licence from July 2023: a year and a half."""
    small = rivals("a", "b").add("processing_fees", agreement="a", fee=1)
    small.add("licences", agreement="a", valid_from=datetime.date(2023, 7, 1), holder="brand")
    assert by_line(small, "a", 1_000) == {"processing_fee": 1_500.0}


def test_of_parts_that_the_host_buys_only_the_handling_counts() -> None:
    """Ten cars a year for two years, a cell of 100 in each, 4 % for handling."""
    small = rivals("a", "b").item("cell").add("bom", route="a", item="cell", quantity=1.0)
    small.add("materials", agreement="a", item="cell", mode="turnkey", price=100, handling_share=0.04)
    assert by_line(small, "a", 10) == {"material_turnkey": 80.0}


def test_shares_weigh_the_products() -> None:
    small = rivals("a", "b").item("van").route("van", route="van-a", site="plant-a", agreement="a")
    for item, fee in (("car", 10), ("van", 30)):
        small.add("processing_fees", agreement="a", item=item, fee=fee)
    case = small.case()
    for shares, expected in ((None, 20.0), ({"car": 3, "van": 1}, 15.0), ({"van": 1, "car": 0}, 30.0)):
        told = coplant.quote(case, ["a"], [100], shares)
        assert told.totals["average"].to_list() == [pytest.approx(expected)]


def test_shares_are_those_of_a_plan() -> None:
    small = rivals("a", "b").item("van").route("van", route="van-a", site="plant-a", agreement="a")
    for item, fee in (("car", 10), ("van", 30)):
        small.add("processing_fees", agreement="a", item=item, fee=fee)
    small.tables["prices"][0]["price"] = 100.0
    small.demand("van", 3, "month", price=100.0, site="plant-a")
    plan = small.plan()
    built = dict(plan["made"].group_by("item").agg(pl.col("good").sum()).iter_rows())
    assert built == {"car": pytest.approx(1), "van": pytest.approx(3)}
    assert coplant.quote(plan.case, ["a"], [100], plan).totals["average"].to_list() == [pytest.approx(25.0)]


def test_what_happened_does_not_count() -> None:
    small = rivals("a", "b", status="signed", group=None).add("processing_fees", agreement="a", fee=3)
    small.add("exit_terms", agreement="a", fee=1_000)
    small.add("actuals", agreement="a", measure="good", item="car", from_=JANUARY, quantity=50)
    leaves = {"notice": JANUARY, "exit": datetime.date(2023, 6, 1), "by": "brand", "cause": "convenience"}
    small.add("exits", agreement="a", **leaves)
    assert coplant.quote(small.case(), ["a"], [100]).totals["total"].to_list() == [pytest.approx(600.0)]


def test_instalments_after_the_term_count() -> None:
    small = rivals("a", "b").add(
        "tooling", agreement="a", tool="dies", amount=3_600, payment="annuity", months=36, rate=0
    )
    assert by_line(small, "a", 100) == {"tooling": 3_600.0}


def three() -> SmallCase:
    """One with little that is fixed and 300 a year at most, one of steps, one with much that is fixed."""
    small = rivals("a", "b", "c")
    small.add("processing_fees", agreement="a", fee=100)
    small.add("reservations", agreement="a", most=25, per="month", fee=0)
    small.add("fixed_charges", agreement="b", charge="rent", amount=700, per="month")
    for above, fee in ((0, 60), (200, 75)):
        small.add("processing_fees", agreement="b", above=above, fee=fee, basis="year", method="all_units")
    small.add("fixed_charges", agreement="c", charge="rent", amount=2_000, per="month")
    small.add("processing_fees", agreement="c", fee=30)
    return small.add("reservations", agreement="c", most=50, per="month", fee=0)


def test_the_cheapest_changes_where_every_volume_says_so() -> None:
    small = three()
    small.add("reservations", agreement="b", most=40, per="month", fee=0)
    case = small.case()
    volumes = range(1, 612)
    told = coplant.quote(case, volumes=volumes)
    cheapest = dict(told.totals.filter("cheapest").select("volume", "agreement").iter_rows())
    assert set(cheapest.values()) == {"a", "b", "c"}
    for _, first, until, name in told.flips.iter_rows():
        for volume in range(int(first), int(until or 612)):
            assert cheapest.get(float(volume)) == name, volume
    assert told.flips["volume_from"].to_list()[1:] == told.flips["volume_until"].to_list()[:-1]
    assert told.flips["agreement"].to_list()[-1] is None
    assert told.flips["volume_from"].to_list()[-1] == 601.0
    few = coplant.quote(case, volumes=[600])
    assert few.flips.equals(told.flips)


def test_beyond_all_limits_the_one_without_has_no_rival() -> None:
    """Of 100 a month at most, at 1 a unit; the other has no limit, and no other price."""
    small = rivals("a", "b").add("reservations", agreement="a", most=100, per="month", fee=0)
    small.add("processing_fees", agreement="a", fee=1).add("processing_fees", agreement="b", fee=3)
    for volumes in (None, [1_200], [400, 5_000]):
        told = coplant.quote(small.case(), volumes=volumes)
        assert told.flips.rows() == [("cars", 1.0, 1_201.0, "a"), ("cars", 1_201.0, None, "b")]
    assert "From 1,201 a year on b is the cheapest." in told.summary()


def test_without_a_limit_the_last_row_ends_with_the_most_that_is_asked() -> None:
    small = rivals("a", "b").add("processing_fees", agreement="a", fee=1)
    told = coplant.quote(small.case(), volumes=[70])
    assert told.flips.rows() == [("cars", 1.0, 71.0, "b")]


def test_round_figures_reach_up_to_the_most() -> None:
    told = coplant.quote(three().case())
    assert told.totals["volume"].unique().sort().to_list() == [50.0 * count for count in range(1, 13)]
    assert [round_step(most) for most in (90_000, 7, 1)] == [10_000, 1, 1]


def test_alternatives_are_compared_group_by_group() -> None:
    small = rivals("a", "b", group="cars")
    for name, group in (("c", "vans"), ("d", "vans"), ("e", None), ("f", "alone")):
        small.host(name=name, site=f"plant-{name}", status="option", term=12.0, group=group)
        small.route("car", route=name, site=f"plant-{name}", agreement=name)
    told = coplant.quote(small.case(), volumes=[10])
    assert told.totals.select("group", "agreement").rows() == [
        ("cars", "a"), ("cars", "b"), ("vans", "c"), ("vans", "d"),
    ]  # fmt: skip
    assert coplant.quote(small.case(), ["a", "e"], [10]).totals["group"].to_list() == [None, None]


def test_one_that_is_over_is_no_rival_but_can_be_asked_for() -> None:
    small = rivals("a", "b", "c")
    small.tables["agreements"][0]["status"] = "ended"
    assert coplant.quote(small.case(), volumes=[10]).totals["agreement"].to_list() == ["b", "c"]
    assert coplant.quote(small.case(), ["a"], [10]).totals["agreement"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"agreements": ["a", "bb"]}, ['"bb"; expected an agreement of the case']),
        ({"agreements": []}, ["expected an agreement to quote"]),
        ({"volumes": [-3, 5, 0, float("nan")]}, ["-3; expected a number of units a year above 0", "0;", "nan;"]),
        ({"volumes": []}, ["expected a number of units a year"]),
        ({"shares": {"car": -1, "carr": 1}}, ['"carr"; expected an item of the case. Did you mean "car"?', "car: -1;"]),
        ({"volumes": [5], "shares": {"car": 0}}, ['"a"; expected a route that is open', '"b";']),
        ({}, ["expected a limit on what may be reserved"]),
    ],
)
def test_what_is_wrong_is_said_all_at_once(asked: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(coplant.CaseError) as refused:
        coplant.quote(rivals("a", "b").case(), **asked)
    assert len(refused.value.problems) == len(told)
    assert all(text in str(refused.value) for text in told)


def test_an_agreement_without_routes_and_a_case_without_rivals_are_refused() -> None:
    small = rivals("a", "b").host(name="c", site="plant-c", status="option", term=12.0, group="cars")
    with pytest.raises(coplant.CaseError, match='"c"; expected a route that is open'):
        coplant.quote(small.case(), volumes=[5])
    with pytest.raises(coplant.CaseError, match="expected agreements that share a group"):
        coplant.quote(rivals("a").case())


def test_the_summary_says_which_is_the_cheapest_up_to_where() -> None:
    small = three()
    small.tables["agreements"][2]["title"] = "Own plant"
    told = str(coplant.quote(small.case(), ["a", "c"], [200, 400]))
    assert "200     100.00 *  150.00" in told
    assert "400  not offered   90.00 *" in told
    assert "From 1 to 300 a year a is the cheapest." in told
    assert "From 301 to 600 a year Own plant is the cheapest." in told
    assert told.endswith("From 601 a year on none offers as many.")
