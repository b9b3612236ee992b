"""What hosts are paid, in numbers worked out by hand."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from small_case import SmallCase, money

from coplant import Plan
from coplant.clauses import ProcessingFee

TIERS = {0.0: 12_000.0, 10_000.0: 10_000.0, 30_000.0: 8_500.0}
"""Fee per unit above each count."""

JANUARY, FEBRUARY = datetime.date(2023, 1, 1), datetime.date(2023, 2, 1)
THIS_YEAR, NEXT_YEAR = datetime.date(2023, 1, 1), datetime.date(2024, 1, 1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _hosted(*buckets: str, term: float = 12.0) -> SmallCase:
    """A host builds the only car; every car asked for must be delivered."""
    small = SmallCase(*buckets).host(term=term).item("car")
    return small.route("car", site="host", agreement="deal")


def _tiered(demand: float, capacity: float, method: str) -> Plan:
    small = _hosted("year:1").demand("car", demand, "year", site="host", least_fill=1.0)
    small.line("car", capacity, "year", site="host")
    for above, fee in TIERS.items():
        small.add("processing_fees", agreement="deal", above=above, fee=fee, basis="year", method=method)
    return small.plan()


@pytest.mark.parametrize(
    ("method", "demand", "fee"),
    [
        ("incremental", 35_000, 362_500_000),
        ("incremental", 30_000, 320_000_000),
        ("incremental", 30_001, 320_008_500),
        ("all_units", 35_000, 297_500_000),
        ("all_units", 30_000, 300_000_000),
        ("all_units", 30_001, 255_008_500),
        ("all_units", 10_000, 120_000_000),
    ],
)
def test_tiers_price_each_unit_or_all_of_them(method: str, demand: float, fee: float) -> None:
    """Up to 10,000 at 12,000, up to 30,000 at 10,000, beyond at 8,500."""
    assert money(_tiered(demand, demand, method), "processing_fee") == _near(-fee)
    above, each = np.array(list(TIERS)), np.array(list(TIERS.values()))
    never = np.datetime64("NaT", "D")
    assert ProcessingFee(None, never, never, above, each, "year", method).total(demand) == _near(fee)


def test_a_unit_more_than_is_asked_for_is_built_where_it_makes_all_units_cheaper() -> None:
    """30,000 units cost 300,000,000 and 30,001 cost 255,008,500."""
    plan = _tiered(30_000, 40_000, "all_units")
    assert plan["made"]["good"].sum() == _near(30_001)
    assert plan.objective == _near(-255_008_500)


def test_what_is_not_taken_is_paid() -> None:
    """20,000 a year at a share of 0.8 and a fee of 10,000: of (15,000; 18,000) the first is 1,000 short.

    Year one pays 150,000,000 for what is built and 10,000,000 for what is not; in year two nothing is short and
    nothing is made up.
    """
    small = _hosted("year:2", term=24).line("car", 15_000, "year", site="host")
    small.since("resource_capacity", resource="line", quantity=18_000, per="year", from_=NEXT_YEAR)
    small.demand("car", 15_000, "year", site="host", least_fill=1.0)
    small.demand("car", 18_000, "year", site="host", least_fill=1.0, from_=NEXT_YEAR)
    small.add("processing_fees", agreement="deal", fee=10_000)
    small.add("take_or_pay", agreement="deal", quantity=20_000, share=0.8, price=10_000)
    plan = small.plan()
    assert plan["made"]["good"].to_list() == [_near(15_000), _near(18_000)]
    paid = [[money(plan, line, year) for line in ("processing_fee", "take_or_pay")] for year in (THIS_YEAR, NEXT_YEAR)]
    assert paid == [[_near(-150e6), _near(-10e6)], [_near(-180e6), 0.0]]
    assert plan["cash"]["amount"].to_list() == [_near(-160e6), _near(-180e6)]


def test_an_invoice_counts_units_from_the_agreements_first() -> None:
    """9,000 units before and 3,000 this month: 1,000 at 12,000 and 2,000 at 10,000, and 8,000,000 of depreciation."""
    small = _hosted("month:2").line("car", 9_000, "month", site="host")
    small.since("resource_capacity", resource="line", quantity=3_000, per="month", from_=FEBRUARY)
    small.demand("car", 9_000, "month", site="host", least_fill=1.0)
    small.demand("car", 3_000, "month", site="host", least_fill=1.0, from_=FEBRUARY)
    for above, fee in TIERS.items():
        small.add("processing_fees", agreement="deal", above=above, fee=fee)
    small.add("fixed_charges", agreement="deal", charge="depreciation", amount=8_000_000, per="month")
    plan = small.plan()
    assert money(plan, "processing_fee", JANUARY) == _near(-108_000_000)
    assert money(plan, "processing_fee", FEBRUARY) == _near(-32_000_000)
    assert plan["cash"].filter(bucket=FEBRUARY)["amount"].item() == _near(-40_000_000)


def test_an_hourly_reservation_is_worth_its_hours_in_a_year() -> None:
    """60 an hour at 4,000 h is 240,000 a year, and 31 / 365 of that in January."""
    small = _hosted("month:12").demand("car", 1_000_000, "year", price=10.0, site="host")
    small.add("reservations", agreement="deal", most=60, per="hour", hours_per_year=4_000, fee=1.0)
    plan = small.plan()
    assert plan["reserved"].select("reserved", "units", "used").row(0) == (_near(60), _near(240_000), _near(240_000))
    assert plan["made"].filter(pl.col("bucket") == JANUARY)["started"].item() == _near(240_000 * 31 / 365)
    assert money(plan, "reservation_fee") == _near(-240_000)
    assert money(plan, "revenue") == _near(2_400_000)
