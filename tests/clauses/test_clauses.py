"""What agreements charge, one small case for each term of a clause."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase, money, worth

import coplant
from coplant import Plan

JANUARY, FEBRUARY = datetime.date(2023, 1, 1), datetime.date(2023, 2, 1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _hosted(
    *buckets: str, price: float = 100.0, wanted: float = 10.0, cost: float = 0.0, **agreement: Any
) -> SmallCase:
    """A host builds the only car."""
    small = SmallCase(*buckets).host(**{"term": 2.0, **agreement}).item("car")
    small.route("car", site="host", agreement="deal", cost=cost)
    return small.demand("car", wanted, "month", price=price, site="host")


def _by_bucket(plan: Plan, line: str) -> list[float]:
    return [money(plan, line, bucket) for bucket in plan["buckets"]["bucket"]]


# -- signing -------------------------------------------------------------------------------------------------------


def test_an_option_is_signed_if_it_pays() -> None:
    """20 cars earn 2,000; rent of 900 a month is worth it, rent of 1,100 is not."""
    small = _hosted("month:2", status="option")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=900, per="month")
    plan = small.plan()
    assert plan["signed"]["signed"].to_list() == [True]
    assert plan.objective == _near(200)
    dearer = coplant.plan(plan.case.edit("fixed_charges", amount=1_100))
    assert dearer["signed"]["signed"].to_list() == [False]
    assert dearer.objective == _near(0)
    assert dearer["made"].is_empty()


def test_what_is_signed_is_paid_whether_it_pays_or_not() -> None:
    small = _hosted("month:2")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=1_100, per="month")
    assert small.plan().objective == _near(-200)


def test_under_what_has_ended_nothing_is_made_or_owed() -> None:
    small = _hosted("month:2", status="ended")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=900, per="month")
    plan = small.plan()
    assert plan.objective == _near(0)
    assert plan["made"].is_empty()
    assert plan["signed"]["signed"].to_list() == [False]
    assert "Do not sign" not in plan.summary()


def test_of_a_group_the_best_is_signed_and_no_other() -> None:
    small = _hosted("month:2", status="option", group="hosts")
    small.host("other", "elsewhere", term=2.0, status="option", group="hosts")
    small.route("car", route="second", site="elsewhere", agreement="other")
    small.demand("car", 10, "month", price=100, site="elsewhere", demand="elsewhere")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=500, per="month")
    small.add("fixed_charges", agreement="other", charge="rent", amount=400, per="month")
    plan = small.plan()
    assert dict(plan["signed"].select("agreement", "signed").iter_rows()) == {"deal": False, "other": True}
    assert plan.objective == _near(2_000 - 800)


# -- fixed charges ---------------------------------------------------------------------------------------------------


def test_a_charge_counts_parts_of_months_by_their_days() -> None:
    """From 11 January to 15 February: 21 of 31 days and 14 of 28."""
    small = _hosted("month:3", term=3.0)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=310, per="month",
              valid_from=datetime.date(2023, 1, 11), valid_until=datetime.date(2023, 2, 15))  # fmt: skip
    assert _by_bucket(small.plan(), "fixed_charge") == [_near(-210), _near(-155), 0.0]


def test_what_a_charge_still_costs_after_the_horizon_is_a_commitment() -> None:
    """A term of 5.5 months over a horizon of 2: the half of June is 15 of 30 days."""
    small = _hosted("month:2", term=5.5)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=300, per="month")
    plan = small.plan()
    assert money(plan, "fixed_charge") == _near(-600)
    assert _by_bucket(plan, "remaining_commitments") == [0.0, _near(-300 * 3.5)]
    assert not plan["money"].filter(line="remaining_commitments")["cash"].any()


def test_commitments_are_discounted_from_the_horizons_end() -> None:
    small = _hosted("year:1", term=24.0)
    small.settings["discount_rate"] = 0.1
    small.add("fixed_charges", agreement="deal", charge="rent", amount=300, per="year")
    row = small.plan()["money"].filter(line="remaining_commitments").row(0, named=True)
    assert (row["amount"], row["present_value"]) == (_near(-300), _near(-300 * 1.1 ** (-365 / 365.25)))


# -- reservations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "fee"), [("plain", 5 * 16), ("deductible", 5 * (16 - 10))])
def test_a_deductible_fee_is_credited_for_what_is_started(kind: str, fee: float) -> None:
    """8 a month are the least; 2 months reserve 16; 5 + 5 are asked for."""
    small = _hosted("month:2", wanted=5, cost=10.0)
    small.add("reservations", agreement="deal", least=8, most=20, per="month", fee=5, kind=kind)
    plan = small.plan()
    assert money(plan, "reservation_fee") == _near(-fee)
    row = plan["reserved"].row(0, named=True)
    assert (row["reserved"], row["units"], row["used"], row["share_used"]) == (8.0, 16.0, _near(10), _near(10 / 16))


@pytest.mark.parametrize(("price", "reserved"), [(9.0, 0.0), (11.0, 10.0)])
def test_what_is_reserved_in_all_months_must_pay_in_the_months_that_use_it(price: float, reserved: float) -> None:
    """One rate for both months at a fee of 5 a unit: worth 10 for each unit of the one month that has demand."""
    small = _hosted("month:2", price=price).add("reservations", agreement="deal", most=10, per="month", fee=5)
    small.demand("car", 0, "month", site="host", from_=FEBRUARY)
    assert small.plan()["reserved"]["reserved"].item() == _near(reserved)


def test_one_more_unit_reserved_is_worth_what_it_would_sell_for() -> None:
    plan = (
        _hosted("month:1", wanted=99, term=1.0)
        .add("reservations", agreement="deal", most=20, per="month", fee=5)
        .plan()
    )
    assert worth(plan, "reservation", "deal") == [_near(100)]
    assert plan["marginal_values"].filter(constraint="reservation").select("used", "limit").row(0) == (_near(20), 20.0)


def test_a_reservation_that_outlasts_the_horizon_is_owed() -> None:
    small = _hosted("month:2", term=6.0).add("reservations", agreement="deal", least=10, most=10, per="month", fee=5)
    assert money(small.plan(), "remaining_commitments") == _near(-5 * 10 * 4)


# -- processing fees ---------------------------------------------------------------------------------------------------


def _tiers(small: SmallCase, **more: Any) -> SmallCase:
    """The first 10 units at 8, those above at 4."""
    for above, fee in ((0, 8.0), (10, 4.0)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee, **more)
    return small


@pytest.mark.parametrize(
    ("basis", "fees"), [("month", [100, 100, 100]), ("cumulative", [100, 60, 60]), ("year", [100, 60, 60])]
)
def test_tiers_begin_again_with_each_basis(basis: str, fees: list[float]) -> None:
    """15 a month: the first 15 cost 80 + 20, the next 15 only 60. Months are told apart; the year is the clause's."""
    small = _hosted("month:3", wanted=15, term=3.0).line("car", 15, "month", site="host")
    plan = _tiers(small, basis=basis).plan()
    assert _by_bucket(plan, "processing_fee") == [_near(-fee) for fee in fees]


def test_years_of_a_fee_are_counted_from_its_first_day() -> None:
    """In force from February: a new count begins in the next February, not in January."""
    small = SmallCase("month:14").host(term=13.0, starts=FEBRUARY).item("car")
    small.route("car", site="host", agreement="deal").line("car", 15, "month", site="host")
    plan = _tiers(small.demand("car", 15, "month", price=100, site="host"), basis="year").plan()
    assert _by_bucket(plan, "processing_fee") == [0.0, _near(-100), *[_near(-60)] * 11, _near(-100)]


def test_months_in_one_quarter_are_counted_apart() -> None:
    """45 units of a quarter are 15 in each of its months of about a third of the days: each has its first 10."""
    small = SmallCase("quarter:1").host(term=3.0).item("car").route("car", site="host", agreement="deal")
    plan = _tiers(small.demand("car", 45, "quarter", price=100, site="host"), basis="month").plan()
    assert money(plan, "processing_fee") == _near(-(3 * 10 * 8 + 15 * 4))


def test_a_fee_is_for_good_units_of_its_item_while_it_holds() -> None:
    """Of 20 started 10 are good; the fee of 3 holds for the first half of the month's 30 days."""
    small = SmallCase("month:1", start=datetime.date(2023, 4, 1)).host(term=1.0).item("car").item("van")
    small.route("car", site="host", agreement="deal", **{"yield": 0.5}).route("van", site="host", agreement="deal")
    small.demand("car", 10, "month", price=100, site="host").demand("van", 10, "month", price=100, site="host")
    small.add("processing_fees", agreement="deal", item="car", fee=3.0, valid_until=datetime.date(2023, 4, 16))
    plan = small.plan()
    assert money(plan, "processing_fee") == _near(-10 * 3 / 2)
    assert plan["money"].filter(line="processing_fee")["item"].to_list() == ["car"]


# -- take-or-pay -------------------------------------------------------------------------------------------------------


def test_a_part_of_a_last_year_counts_its_days() -> None:
    """Eighteen months at 120 a year, nothing asked for: all of the first year, 182 of 366 days of the second."""
    small = _hosted("month:24", wanted=0, cost=10.0, term=18.0).add(
        "take_or_pay", agreement="deal", quantity=120, price=2
    )
    plan = small.plan()
    paid = {
        bucket: paid
        for bucket, paid in zip(plan["buckets"]["label"], _by_bucket(plan, "take_or_pay"), strict=True)
        if paid
    }
    assert paid == {"2023-12": _near(-240), "2024-06": _near(-240 * 182 / 366)}


def test_what_must_be_taken_after_the_horizon_is_owed() -> None:
    """Two years, a horizon of half of the first: the part within it is due at its end, and the rest is owed."""
    small = _hosted("month:6", wanted=0, cost=10.0, term=24.0).add(
        "take_or_pay", agreement="deal", quantity=365, share=0.5, price=2
    )
    plan = small.plan()
    assert money(plan, "take_or_pay") == _near(-181)
    assert money(plan, "remaining_commitments") == _near(-(184 + 365))


def test_building_for_stock_is_weighed_against_paying_for_nothing() -> None:
    """A unit that sells for 3 and costs 10 to build loses 7; not taking it costs 8, so all 20 are built."""
    for price, built in ((8.0, 20.0), (6.0, 0.0)):
        small = _hosted("month:2", price=3.0)
        small.tables["routes"][0]["cost"] = 10.0
        small.add("take_or_pay", agreement="deal", quantity=365, price=price)
        assert small.plan()["made"]["good"].sum() == _near(built)


# -- tooling -----------------------------------------------------------------------------------------------------------


def test_tools_paid_up_front_are_due_on_their_day_or_that_of_signature() -> None:
    small = _hosted("month:2").add("tooling", agreement="deal", tool="press", amount=100, payment="up_front")
    small.add("tooling", agreement="deal", tool="mould", amount=70, payment="up_front", date=datetime.date(2023, 2, 28))
    small.add(
        "tooling", agreement="deal", tool="paid", amount=1e6, payment="up_front", date=datetime.date(2022, 12, 31)
    )
    small.add("tooling", agreement="deal", tool="next", amount=9, payment="up_front", date=datetime.date(2023, 3, 1))
    plan = small.plan()
    assert _by_bucket(plan, "tooling") == [_near(-100), _near(-70)]
    assert money(plan, "remaining_commitments") == _near(-9)


def test_an_annuity_repays_a_loan() -> None:
    """1,000 over 3 months at 12 % a year: level payments whose worth at 1 % a month, a month apart, is 1,000."""
    small = _hosted("month:2").add("tooling", agreement="deal", tool="press", amount=1_000, payment="annuity", months=3,
                                   rate=0.12)  # fmt: skip
    plan = small.plan()
    each = -money(plan, "tooling", JANUARY)
    assert sum(each / 1.01**month for month in (1, 2, 3)) == _near(1_000)
    assert each == _near(340.0221115)
    assert money(plan, "tooling", FEBRUARY) == _near(-each)
    assert money(plan, "remaining_commitments") == _near(-each)


def test_an_annuity_without_interest_is_the_amount_in_parts() -> None:
    small = _hosted("month:3", term=3.0)
    small.add("tooling", agreement="deal", tool="press", amount=900, payment="annuity", months=3)
    assert _by_bucket(small.plan(), "tooling") == [_near(-300)] * 3


def _paid_per_unit(term: float, **tool: Any) -> Plan:
    """1,000 for a mould; ten cars are built in each of two months."""
    small = _hosted("month:2", cost=10.0, term=term).line("car", 10, "month", site="host")
    return small.add("tooling", agreement="deal", tool="mould", amount=1_000, payment="per_unit", **tool).plan()


@pytest.mark.parametrize(("units", "paid"), [(40, [-250, -250 - 500]), (16, [-625, -625 + 250])])
def test_tools_paid_by_the_unit_are_trued_up(units: float, paid: list[float]) -> None:
    """Over 40 units 10 a month pay 250, and what is missing is paid at the end; over 16 too much is refunded."""
    plan = _paid_per_unit(2.0, units=units, months=2)
    assert _by_bucket(plan, "tooling") == [_near(amount) for amount in paid]


def test_tools_paid_by_the_unit_are_trued_up_when_the_agreement_ends() -> None:
    """A term of one month ends what was to be paid over twelve: 250 for ten cars and then 750."""
    assert _by_bucket(_paid_per_unit(1.0, units=40, months=12), "tooling") == [_near(-1_000), 0.0]


def test_tools_paid_by_the_unit_beyond_the_horizon_are_a_commitment() -> None:
    """Over 40 units and 12 months: 500 are paid in the horizon of 2, and 500 are left."""
    plan = _paid_per_unit(12.0, units=40, months=12)
    assert _by_bucket(plan, "tooling") == [_near(-250), _near(-250)]
    assert _by_bucket(plan, "remaining_commitments") == [0.0, _near(-500)]


def test_tools_whose_time_is_up_before_the_agreement_starts_are_paid_then() -> None:
    small = _hosted("month:3", starts=datetime.date(2023, 3, 1), sign_from=JANUARY, term=2.0)
    small.add("tooling", agreement="deal", tool="mould", amount=1_000, payment="per_unit", units=10, months=1)
    assert _by_bucket(small.plan(), "tooling") == [_near(-1_000), 0.0, 0.0]


# -- the end of the horizon --------------------------------------------------------------------------------------------


def test_stock_and_goods_under_way_keep_a_share_of_their_value() -> None:
    """Half of 10 for each car in stock; of 14 bought on the way, on one day with a lead time of 1.5, none has come."""
    small = SmallCase("day:2").item("car", value=10.0, end_value_share=0.5)
    small.offer("car", 4.0, lead_time=1.5, allotment="cars").since(
        "allotments", allotment="cars", quantity=14, per="day"
    )
    small.add("stock", item="car", site="works", quantity=3).demand("car", 0, "day")
    plan = small.plan()
    # Cars bought at 4 and valued at 5 are bought as allowed; half of the first day's arrive on the second.
    assert money(plan, "material") == _near(-4 * 28)
    assert plan["stock"].sort("bucket")["stock"].to_list() == [_near(3), _near(3 + 7)]
    assert money(plan, "stock_at_end") == _near(5 * (3 + 28))
    assert not plan["money"].filter(line="stock_at_end")["cash"].any()


def test_the_value_at_the_end_is_discounted_from_the_last_day() -> None:
    small = SmallCase("year:1", discount_rate=0.1).item("car", value=10.0, end_value_share=1.0).offer("car", 99.0)
    small.add("stock", item="car", site="works", quantity=3).demand("car", 0, "day")
    row = small.plan()["money"].row(0, named=True)
    assert (row["line"], row["amount"], row["present_value"]) == (
        "stock_at_end",
        30.0,
        _near(30 * 1.1 ** (-365 / 365.25)),
    )


def test_goods_under_way_lose_what_their_yield_loses() -> None:
    small = SmallCase("day:1").item("car", value=10.0, end_value_share=1.0)
    small.route("car", lead_time=5, cost=3.0, **{"yield": 0.4}).line("car", 10, "day").demand("car", 0, "day")
    assert money(small.plan(), "stock_at_end") == _near(10 * 0.4 * 10)
