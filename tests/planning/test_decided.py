"""What is decided before anything is known, and what about agreements after that."""

from __future__ import annotations

import dataclasses
import datetime

import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant.planning.decided import decided_now

JANUARY, FEBRUARY, MARCH, APRIL = (datetime.date(2023, month, 1) for month in (1, 2, 3, 4))


def _uncertain(small: SmallCase, day: datetime.date) -> SmallCase:
    """Let demand turn out weak, which is known from a day on."""
    for outcome, probability in (("strong", 0.75), ("weak", 0.25)):
        small.add("branches", branch="market", outcome=outcome, probability=probability, reveal_date=day)
    return small.add("edits", outcome="weak", table="demand", key="box", column="quantity", operation="times",
                     value="0.5")  # fmt: skip


def _boxes() -> SmallCase:
    """Boxes are made of board, which is ordered a month ahead, and moved to a shop."""
    small = SmallCase("month:4").item("board", unit="kg").item("box")
    small.add("sites", site="shop", party="brand", kind="market")
    small.offer("board", 2.0, lead_time=31.5)
    small.route("box", bom={"board": 1.5}, cost=1.0)
    small.add("lanes", lane="van", item="box", from_site="works", to_site="shop", lead_time=28)
    return _uncertain(small.demand("box", 100.0, "month", 10.0, site="shop", from_=MARCH), MARCH)


def test_what_is_ordered_made_and_moved_now_is_that_of_every_plan() -> None:
    hedge = coplant.hedge(_boxes().case())
    now = hedge["now"]
    assert set(now["bucket"]) <= {JANUARY, FEBRUARY}
    for plan in hedge.plans:
        early = pl.col("bucket") < MARCH
        for decision, table, quantity in (("order", "bought", "quantity"), ("make", "made", "started"),
                                          ("move", "moved", "quantity")):  # fmt: skip
            told = now.filter(decision=decision)
            done = plan[table].filter(early, pl.col(quantity) > 1e-6)
            assert told.height == done.height
            assert told["quantity"].to_list() == pytest.approx(done[quantity].to_list())


@pytest.mark.parametrize(("quantity", "price", "kept"), [(5e-4, 2.0, False), (5e-4, 1e5, True), (5e-2, 2.0, True)])
def test_what_is_left_of_nothing_is_no_order(quantity: float, price: float, kept: bool) -> None:
    """What an interior point leaves is little of what costs little; a little of what is dear is an order."""
    hedge = coplant.hedge(_boxes().case())
    bought = hedge.plans[0]["bought"]
    left = bought.head(1).with_columns(quantity=pl.lit(quantity), price=pl.lit(price))
    plan = dataclasses.replace(hedge.plans[0], tables={**hedge.plans[0].tables, "bought": pl.concat([bought, left])})
    ordered = decided_now(hedge.futures, hedge.timeline, [plan, *hedge.plans[1:]]).filter(decision="order")
    assert (quantity in ordered["quantity"]) == kept
    assert ordered.height == hedge["now"].filter(decision="order").height + kept


def test_an_order_says_what_it_costs_where_and_when_it_arrives() -> None:
    row = coplant.hedge(_boxes().case())["now"].filter(decision="order", bucket=JANUARY).row(0, named=True)
    assert (row["thing"], row["item"], row["site"], row["unit"]) == ("board", "board", "works", "kg")
    assert row["cost"] == pytest.approx(2.0 * row["quantity"])
    # The first of what is ordered on the first day arrives in the afternoon of the 31st day after it.
    assert row["day"] == FEBRUARY
    assert row["line"] is None


def _signed(day: datetime.date, known: datetime.date) -> SmallCase:
    """An agreement with a reservation, signed on a day, while demand becomes known on another."""
    small = SmallCase("month:4").item("box")
    small.host("deal", status="option", sign_from=day, starts=MARCH, term=2)
    small.route("box", site="host", agreement="deal", cost=1.0)
    small.add("reservations", agreement="deal", least=10.0, most=80.0, per="month", fee=2.0)
    small.add("fixed_charges", agreement="deal", charge="line", amount=50.0, per="month")
    return _uncertain(small.demand("box", 60.0, "month", 10.0, site="host", from_=MARCH), known)


def test_what_is_signed_before_anything_is_known_is_decided_now() -> None:
    hedge = coplant.hedge(_signed(JANUARY, FEBRUARY).case())
    told = hedge["now"].select("decision", "thing", "bucket", "day", "quantity", "unit").rows()
    assert told == [
        ("sign", "deal", JANUARY, JANUARY, None, None),
        ("reserve", "deal", JANUARY, MARCH, pytest.approx(60.0), "unit/month"),
    ]
    assert hedge["then"].is_empty()


def test_what_is_signed_once_something_is_known_is_decided_then() -> None:
    hedge = coplant.hedge(_signed(FEBRUARY, FEBRUARY).case())
    assert hedge["now"].is_empty()
    told = hedge["then"].select("known", "probability", "decision", "agreement", "day", "quantity").rows()
    assert told == [
        ("strong", 0.75, "sign", "deal", FEBRUARY, None),
        ("strong", 0.75, "reserve", "deal", MARCH, pytest.approx(60.0)),
        ("weak", 0.25, "sign", "deal", FEBRUARY, None),
        ("weak", 0.25, "reserve", "deal", MARCH, pytest.approx(30.0)),
    ]


def test_what_an_agreement_charges_before_anything_is_known_is_paid_now() -> None:
    hedge = coplant.hedge(_signed(JANUARY, APRIL).case())
    paid = hedge["now"].filter(decision="pay")
    assert sorted(paid.select("line", "bucket").rows()) == [
        ("conversion", MARCH), ("fixed_charge", MARCH), ("reservation_fee", MARCH),
    ]  # fmt: skip
    money = hedge.plans[0]["money"].filter(pl.col("agreement") == "deal", pl.col("bucket") == MARCH)
    assert paid["cost"].sum() == pytest.approx(-money["amount"].sum())


def test_notice_is_given_before_an_agreement_is_left() -> None:
    small = SmallCase("month:4").item("box").host("deal", term=4).route("box", cost=1.0)
    small.add("fixed_charges", agreement="deal", charge="line", amount=50.0, per="month")
    small.add("exit_terms", agreement="deal", notice=2)
    small.demand("box", 60.0, "month", 10.0)
    hedge = coplant.hedge(_uncertain(small, FEBRUARY).case())
    assert [plan["left"]["bucket"].to_list() for plan in hedge.plans] == [[MARCH], [MARCH]]
    assert hedge["now"].filter(decision="leave").select("bucket", "day").rows() == [(JANUARY, MARCH)]
    assert hedge["then"].is_empty()


def test_nothing_is_decided_before_what_is_known_from_the_first_day() -> None:
    hedge = coplant.hedge(_signed(JANUARY, FEBRUARY).case(), foreseen=["market"])
    assert hedge["now"].is_empty()
    assert hedge["then"]["known"].unique().sort().to_list() == ["strong", "weak"]


def test_what_is_decided_now_is_as_for_a_plan_where_nothing_is_uncertain() -> None:
    small = _signed(JANUARY, FEBRUARY)
    small.tables |= {"branches": [], "edits": []}
    hedge = coplant.hedge(small.case())
    assert {"sign", "reserve", "make", "pay"} == set(hedge["now"]["decision"])
    assert hedge["then"].is_empty()
