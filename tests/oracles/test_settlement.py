"""Figures of statements that were worked out by hand."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import Settlement

JANUARY = datetime.date(2023, 1, 1)


def _deal(**agreement: Any) -> SmallCase:
    small = SmallCase("month:1", start=datetime.date(2027, 1, 1)).item("car")
    small.host(**{"starts": JANUARY, "term": 36.0, **agreement}).route("car", site="host", agreement="deal")
    return small.demand("car", 1, "month", price=1.0, site="host")


def _built(small: SmallCase, **by_day: float) -> SmallCase:
    """Good units on a day, such as ``d2023_06_15``."""
    for name, quantity in by_day.items():
        day = datetime.date(*map(int, name[1:].split("_")))
        small.add("actuals", agreement="deal", measure="good", item="car", from_=day, quantity=quantity)
    return small


def _by_year(settlement: Settlement, line: str) -> list[float]:
    lines = settlement["lines"].filter(line=line)
    return (
        lines.group_by(pl.col("statement").dt.year()).agg(pl.col("amount").sum()).sort("statement")["amount"].to_list()
    )


@pytest.mark.parametrize(("method", "total"), [("incremental", 362_500_000.0), ("all_units", 297_500_000.0)])
def test_fees_in_tiers(method: str, total: float) -> None:
    """Up to 10,000 at 12,000, up to 30,000 at 10,000, beyond at 8,500; 35,000 units in three months."""
    small = _deal()
    for above, fee in ((0, 12_000), (10_000, 10_000), (30_000, 8_500)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee, basis="year", method=method)
    _built(small, d2023_02_01=9_000, d2023_03_01=20_000, d2023_05_01=6_000)
    assert coplant.settle(small.case()).total == total


def test_take_or_pay_with_make_up() -> None:
    """20,000 a year of which 80 % are paid for, at 10,000, the fee being the same; a bank that lives for a year."""
    small = _deal(term=24.0).add("processing_fees", agreement="deal", fee=10_000)
    small.add("take_or_pay", agreement="deal", quantity=20_000, share=0.8, price=10_000, make_up_months=12)
    _built(small, d2023_06_15=15_000, d2024_06_15=18_000)
    settlement = coplant.settle(small.case())
    paid = [
        a + b for a, b in zip(_by_year(settlement, "processing_fee"), _by_year(settlement, "take_or_pay"), strict=True)
    ]
    assert paid == [160_000_000.0, 170_000_000.0]
    bank = settlement["balances"].filter(account="make_up").select("opening", "added", "used", "lapsed", "closing")
    assert bank.rows() == [(0.0, 1_000.0, 0.0, 0.0, 1_000.0), (1_000.0, 0.0, 1_000.0, 0.0, 0.0)]


def test_an_invoice_of_a_month() -> None:
    """9,000 cars before and 3,000 this month, in tiers; depreciation; 3,020 cells used for 3,000 and 0.5 %."""
    small = _deal().item("cell").offer("cell", 30_000.0, site="host").add("bom", route="car", item="cell", quantity=1.0)
    for above, fee in ((0, 12_000), (10_000, 10_000), (30_000, 8_500)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee)
    small.add("fixed_charges", agreement="deal", charge="depreciation", amount=8_000_000, per="month",
              valid_from=datetime.date(2023, 4, 1), valid_until=datetime.date(2023, 5, 1))  # fmt: skip
    small.add("materials", agreement="deal", item="cell", mode="consigned", price=30_000, attrition_share=0.005)
    _built(small, d2023_03_15=9_000, d2023_04_15=3_000)
    for day, used in ((15, 9_000), (46, 3_020)):
        small.add("actuals", agreement="deal", measure="used", item="cell",
                  from_=datetime.date(2023, 3, 1) + datetime.timedelta(days=day), quantity=used)  # fmt: skip
    april = coplant.settle(small.case(), first=datetime.date(2023, 4, 1), until=datetime.date(2023, 5, 1))
    lines = april["lines"].group_by("line", maintain_order=True).agg(pl.col("amount").sum())
    assert lines.rows() == [
        ("processing_fee", 32_000_000.0), ("fixed_charge", 8_000_000.0), ("material_credit", -150_000.0)
    ]  # fmt: skip
    assert april.total == 39_850_000.0


def test_an_hours_basis() -> None:
    """60 an hour at 4,000 hours a year are 240,000 a year."""
    small = _deal(term=12.0)
    small.add("reservations", agreement="deal", least=60, most=60, per="hour", hours_per_year=4_000, fee=5)
    settlement = coplant.settle(small.case())
    assert settlement["lines"]["quantity"].sum() == pytest.approx(240_000)
    assert settlement.total == pytest.approx(1_200_000, abs=0.06)


def test_call_offs_by_cumulatives() -> None:
    """12,000 required, 10,500 received, 700 in transit: 800 are to come; a negative net is an over-delivery."""
    small = _deal()
    june, july = datetime.date(2023, 6, 1), datetime.date(2023, 7, 1)
    small.add("call_offs", call_off="a", agreement="deal", item="car", issued=JANUARY, due=june, quantity=12_000)
    small.add("shipments", shipment="1", call_off="a", shipped=june, received=june, quantity=10_500)
    small.add("shipments", shipment="2", call_off="a", shipped=june, received=july, quantity=700)
    small.add("shipments", shipment="3", call_off="a", shipped=july, received=july, quantity=900)
    rows = coplant.settle(small.case())["netting"].select("month", "required", "received", "in_transit", "net").rows()
    assert rows == [(june, 12_000.0, 10_500.0, 700.0, 800.0), (july, 12_000.0, 12_100.0, 0.0, -100.0)]


@pytest.mark.parametrize(("share", "final"), [(-1.0, 684.0), (1.0, 1_386.0)])
def test_an_order_moves_step_by_step_within_its_bands(share: float, final: float) -> None:
    """20, 10 and 5 % step to step, from 1,000: what can be ordered in the end lies within 684 and 1,386.

    One unit less is cancelled, and the host need not build one unit more.
    """
    small, month = _deal(), datetime.date(2023, 6, 1)
    for ahead, most in enumerate((0.05, 0.10, 0.20)):
        small.add("flexibility", agreement="deal", months_ahead=ahead, up_share=most, down_share=most, binding_share=1,
                  price=10)  # fmt: skip
    units = 1_000.0
    for day, step in ((3, 0.0), (4, 0.20), (5, 0.10), (6, 0.05)):
        units *= 1.0 + share * step
        small.add("forecasts", agreement="deal", item="car", published=datetime.date(2023, day, 1), month=month,
                  quantity=units + share * (step == 0.05))  # fmt: skip
    settlement = coplant.settle(small.case())
    last = settlement["changes"].row(-1, named=True)
    assert units == pytest.approx(final)
    assert last["least" if share < 0 else "most"] == pytest.approx(final)
    assert (last["cancelled"], last["beyond"]) == ((pytest.approx(1), 0.0) if share < 0 else (0.0, pytest.approx(1)))
    assert settlement.total == pytest.approx(10.0 if share < 0 else 0.0)


def test_excess_parts() -> None:
    """12,000 on hand and 8,000 that cannot be cancelled, 9,000 needed, at 35: 11,000 are claimed for 385,000.

    The order was within the forecast of its day. Carrying costs 1 % a month: 3,850.
    """
    small = _deal().item("chip").offer("chip", 35.0, site="host").add("bom", route="car", item="chip", quantity=1)
    small.add("excess", agreement="deal", item="chip", window_months=6, cost=35, carrying_rate=0.01, review="month")
    february, march = datetime.date(2023, 2, 1), datetime.date(2023, 3, 1)
    for published, units in ((JANUARY, 20_000), (datetime.date(2023, 2, 20), 9_000)):
        small.add("forecasts", agreement="deal", item="car", published=published, month=march, quantity=units)
    for measure, units in (("on_hand", 12_000), ("on_order", 8_000)):
        small.add("actuals", agreement="deal", measure=measure, item="chip", from_=february, quantity=units)
    settlement = coplant.settle(small.case(), first=february, until=march)
    lines = settlement["lines"].select("line", "quantity", "amount").rows()
    assert lines == [("excess", 11_000.0, 385_000.0), ("carrying", 11_000.0, 3_850.0)]
