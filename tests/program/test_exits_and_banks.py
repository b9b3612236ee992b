"""Plans with exits and make-up banks against trying every exit, and every split of what is built."""

from __future__ import annotations

import datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import SmallCase, money

import coplant

START = datetime.date(2023, 1, 1)


def _deal(*buckets: str, wanted: list[float], price: float, cost: float) -> SmallCase:
    """A host builds the only car, which is too dear to keep; so many are asked for in each year."""
    small = SmallCase(*buckets).host(term=36.0).item("car", value=1e4, holding_rate=1.0)
    small.route("car", site="host", agreement="deal", cost=cost)
    for step, quantity in enumerate(wanted):
        day = START.replace(year=START.year + step)
        small.demand("car", quantity, "year", price=price, site="host", from_=day)
    return small


def _banked(built: list[float], need: float, prices: list[float], lives: list[int], carry: float = 0.0) -> float:
    """What take-or-pay costs for what is built, with a bank that lives for some years; paid back oldest first.

    Years have prices and lives of their own; a life of 0 is no bank. So much of a year is lessened by what is carried,
    for two years.
    """
    bank: list[list[float]] = []
    ahead: list[list[float]] = []
    cost = 0.0
    for year, (units, price, life) in enumerate(zip(built, prices, lives, strict=True)):
        bank = bank if life else []
        short, beyond = max(0.0, need - units), max(0.0, units - need)
        most = min(short, carry * need)
        for entry in ahead:
            taken = min(entry[1], most)
            entry[1], most, short = entry[1] - taken, most - taken, short - taken
        cost += short * price
        for entry in bank:
            if year <= entry[0]:
                taken = min(entry[1], beyond)
                entry[1] -= taken
                beyond -= taken
                cost -= taken * entry[2]
        bank.append([year + life, short, price])
        ahead.append([year, beyond])
    return cost


@given(
    wanted=st.lists(st.sampled_from([0.0, 4.0, 8.0, 12.0, 16.0]), min_size=3, max_size=3),
    price=st.sampled_from([0.0, 1.0, 4.0]),
    life=st.integers(1, 2),
    cost=st.sampled_from([1.0, 2.0, 5.0]),
)
def test_a_bank_is_planned_as_the_best_of_all_quantities(
    wanted: list[float], price: float, life: int, cost: float
) -> None:
    """Units may be built only to be scrapped, so as not to pay for them unbuilt; steps of 4 are worth trying."""
    small = _deal("year:3", wanted=wanted, price=price, cost=cost)
    small.add("take_or_pay", agreement="deal", quantity=8, price=3, make_up_months=12 * life)

    def worth(built: tuple[int, ...]) -> float:
        sold = sum(min(units, most) for units, most in zip(built, wanted, strict=True))
        return sold * price - sum(built) * cost - _banked([float(units) for units in built], 8.0, [3.0] * 3, [life] * 3)

    best = max(worth(built) for built in product(range(0, 25, 4), repeat=3))
    assert small.plan().objective == pytest.approx(best, abs=1e-6)


@given(
    wanted=st.lists(st.sampled_from([0.0, 4.0, 8.0, 12.0, 16.0]), min_size=3, max_size=3),
    prices=st.lists(st.sampled_from([1.0, 2.0, 4.0]), min_size=3, max_size=3),
    lives=st.lists(st.sampled_from([0, 1, 2]), min_size=3, max_size=3),
    carry=st.sampled_from([0.0, 0.5, 1.0]),
    price=st.sampled_from([0.0, 1.0, 4.0]),
    cost=st.sampled_from([1.0, 2.0, 5.0]),
)
def test_a_bank_that_outlives_its_terms_is_planned_as_the_best_of_all_quantities(
    wanted: list[float], prices: list[float], lives: list[int], carry: float, price: float, cost: float
) -> None:
    """Each year has terms of its own; where prices rise, to wait would bring in more, and is not allowed."""
    small = _deal("year:3", wanted=wanted, price=price, cost=cost)
    for step, (each, life) in enumerate(zip(prices, lives, strict=True)):
        first, until = (START.replace(year=START.year + step + more) for more in (0, 1))
        small.add("take_or_pay", agreement="deal", valid_from=first, valid_until=until, quantity=8, price=each,
                  make_up_months=12 * life, carry_forward_months=24 if carry else 0,
                  carry_forward_share=carry)  # fmt: skip

    def worth(built: tuple[int, ...]) -> float:
        sold = sum(min(units, most) for units, most in zip(built, wanted, strict=True))
        paid = _banked([float(units) for units in built], 8.0, prices, lives, carry)
        return sold * price - sum(built) * cost - paid

    best = max(worth(built) for built in product(range(0, 25, 4), repeat=3))
    assert small.plan().objective == pytest.approx(best, abs=1e-6)


def test_a_year_that_lapses_is_not_renewed_by_being_paid_twice() -> None:
    """8 of 10 a year in the first, then 10, then 14: the 2 that were paid for have lapsed by the third year."""
    small = _deal("year:3", wanted=[8, 10, 14], price=100.0, cost=50.0)
    small.add("take_or_pay", agreement="deal", quantity=10, price=5, make_up_months=12)
    assert money(small.plan(), "take_or_pay") == pytest.approx(-10.0)


def test_units_beyond_a_year_lessen_the_next() -> None:
    """14 of 10 in the first year; of the second's 10 at most 30 % are lessened, and 6 are built: 1 is paid for."""
    small = _deal("year:2", wanted=[14, 6], price=100.0, cost=50.0)
    small.add("take_or_pay", agreement="deal", quantity=10, price=5, carry_forward_months=12, carry_forward_share=0.3)
    assert money(small.plan(), "take_or_pay") == pytest.approx(-5.0)


@pytest.mark.parametrize("fee", [0.0, 50.0, 150.0, 400.0])
@pytest.mark.parametrize("payment", ["up_front", "per_unit", "annuity"])
def test_an_agreement_is_left_when_that_is_best(fee: float, payment: str) -> None:
    """Rent of 100 a quarter, and sales that pay it for a while: leaving at each quarter is tried by hand."""
    small = SmallCase("quarter:4").host(term=24.0).item("car").route("car", site="host", agreement="deal")
    for number, wanted in enumerate([20.0, 10, 5, 1]):
        small.demand("car", wanted, "quarter", price=20.0, site="host", from_=datetime.date(2023, 1 + 3 * number, 1))
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100, per="quarter")
    small.add("take_or_pay", agreement="deal", quantity=30, price=4)
    spread = {} if payment == "up_front" else {"months": 12} | ({"units": 40} if payment == "per_unit" else {})
    small.add("tooling", agreement="deal", tool="mould", amount=120, payment=payment, **spread)
    small.add("exit_terms", agreement="deal", notice=3, fee=fee, fee_per_month=2, tooling_share=0.5, relocation=7)
    plan = small.plan()
    stayed = small.case().without("exit_terms", {"agreement": "deal"})
    worth = [coplant.plan(stayed, gap=1e-9).objective]
    for month in (4, 7, 10):
        left = small.case().replace(
            {"exits": [{"agreement": "deal", "notice": START, "exit": datetime.date(2023, month, 1), "by": "brand"}]}
        )
        worth.append(coplant.plan(left, gap=1e-9).objective)
    assert plan.objective == pytest.approx(max(worth), abs=1e-6)
    assert plan["left"].height == (max(worth[1:]) > worth[0])


def test_notice_keeps_an_agreement_running() -> None:
    """Six months of notice given on the first day: rent is paid for two quarters."""
    small = SmallCase("quarter:4").host(term=12.0).item("car").route("car", site="host", agreement="deal")
    small.demand("car", 0.0, "quarter", price=20.0, site="host")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100, per="quarter")
    small.add("exit_terms", agreement="deal", notice=6)
    plan = small.plan()
    assert plan["left"]["bucket"].to_list() == [datetime.date(2023, 7, 1)]
    assert money(plan, "fixed_charge") == pytest.approx(-200.0)


def test_nothing_is_built_or_reserved_once_an_agreement_is_left() -> None:
    small = SmallCase("month:4").host(term=4.0).item("car").route("car", site="host", agreement="deal")
    small.demand("car", 10.0, "month", price=20.0, site="host")
    small.demand("car", 0.0, "month", site="host", from_=datetime.date(2023, 3, 1))
    small.add("reservations", agreement="deal", least=10, most=10, per="month", fee=5)
    small.add("exit_terms", agreement="deal", fee=40)
    plan = small.plan()
    assert plan["left"]["bucket"].to_list() == [datetime.date(2023, 3, 1)]
    assert (money(plan, "reservation_fee"), money(plan, "exit")) == (pytest.approx(-100.0), pytest.approx(-40.0))
    assert plan["reserved"]["units"].item() == pytest.approx(20.0)


def test_branches_that_a_notice_cannot_tell_apart_leave_together() -> None:
    """Demand ends or stays after June, which is known in July; three months of notice are given before that."""
    small = SmallCase("month:12").host(term=12.0).item("car").route("car", site="host", agreement="deal")
    small.demand("car", 10.0, "month", price=20.0, site="host")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=250, per="month")
    small.add("exit_terms", agreement="deal", notice=3)
    july = datetime.date(2023, 7, 1)
    small.branch("market", july, {"ends": 0.5, "stays": 0.5})
    small.add("edits", outcome="ends", table="demand", column="quantity", operation="set", value="0", from_=july)
    left = [plan["left"]["bucket"].to_list() for plan in small.hedge().plans]
    assert left == [[datetime.date(2023, 4, 1)]] * 2
