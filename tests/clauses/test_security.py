"""What is paid or pledged for an agreement to be kept, what is returned, and what vests."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_case import SmallCase, money

import coplant
from coplant import Plan
from coplant.settlement import pro_forma

JANUARY = datetime.date(2023, 1, 1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _hosted(*, months: int = 4, term: float = 3.0, wanted: float = 10.0, **agreement: Any) -> SmallCase:
    """A host builds the ten cars that are asked for each month, from January to March unless told otherwise."""
    small = SmallCase(f"month:{months}").host(**{"term": term, **agreement}).item("car")
    small.route("car", site="host", agreement="deal").line("car", wanted, "month", site="host")
    return small.demand("car", wanted, "month", price=100, site="host")


def _secured(small: SmallCase, kind: str, amount: float, **more: Any) -> SmallCase:
    return small.add("security", agreement="deal", security="it", kind=kind, amount=amount, **more)


def _by_bucket(plan: Plan, line: str = "security") -> list[float]:
    return [money(plan, line, bucket) for bucket in plan["buckets"]["bucket"]]


def _account(plan: Plan, account: str) -> list[tuple[float, ...]]:
    rows = pro_forma(plan)["balances"].filter(account=account).select("added", "used", "lapsed", "closing")
    return [tuple(row) for row in rows.iter_rows()]


# -- deposits --------------------------------------------------------------------------------------------------------


def test_a_deposit_is_returned_on_the_last_day() -> None:
    plan = _secured(_hosted(), "deposit", 500, date=datetime.date(2023, 2, 10)).plan()
    assert _by_bucket(plan) == [0.0, _near(-500), _near(500), 0.0]
    assert _account(plan, "deposit") == [(500.0, 0.0, 0.0, 500.0), (0.0, 500.0, 0.0, 0.0)]


def test_a_deposit_that_was_paid_before_the_horizon_is_only_returned() -> None:
    plan = _secured(_hosted(), "deposit", 500, date=datetime.date(2022, 12, 31)).plan()
    assert _by_bucket(plan) == [0.0, 0.0, _near(500), 0.0]
    assert _account(plan, "deposit")[-1][-1] == 0.0


def test_a_deposit_that_is_returned_after_the_horizon_is_worth_less_by_then() -> None:
    small = _secured(_hosted(months=2, term=14.0), "deposit", 500)
    small.settings["discount_rate"] = 0.1
    plan = small.plan()
    row = plan["money"].filter(line="remaining_commitments").row(0, named=True)
    days = (datetime.date(2024, 2, 29) - JANUARY).days
    assert (row["amount"], row["present_value"]) == (_near(500), _near(500 * 1.1 ** (-days / 365.25)))
    assert _by_bucket(plan) == [_near(-500), 0.0]


def test_a_deposit_after_the_horizon_costs_its_interest() -> None:
    small = _secured(_hosted(months=2, term=14.0), "deposit", 500, date=datetime.date(2023, 3, 1))
    small.settings["discount_rate"] = 0.1
    row = small.plan()["money"].filter(line="remaining_commitments").row(0, named=True)
    worth = [1.1 ** (-(day - JANUARY).days / 365.25) for day in (datetime.date(2023, 3, 1), datetime.date(2024, 2, 29))]
    assert (row["amount"], row["present_value"]) == (_near(0), _near(500 * (worth[1] - worth[0])))


def test_nothing_is_paid_under_an_option_that_is_not_signed() -> None:
    small = _secured(_hosted(status="option"), "deposit", 500)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=1e6, per="month")
    plan = small.plan()
    assert plan.objective == _near(0)
    assert _by_bucket(plan) == [0.0] * 4


@pytest.mark.parametrize(("by", "lost"), [("brand", 0.25), ("host", 0.0)])
def test_the_side_at_fault_loses_its_share_in_an_exit(by: str, lost: float) -> None:
    small = _secured(_hosted(), "deposit", 500, forfeited_share=0.25).add("exit_terms", agreement="deal")
    day = datetime.date(2023, 2, 15)
    small.add("exits", agreement="deal", notice=JANUARY, exit=day, by=by)
    plan = small.plan()
    assert _by_bucket(plan) == [_near(-500), _near(500 * (1 - lost)), 0.0, 0.0]
    assert _account(plan, "deposit")[-1] == (0.0, 500 * (1 - lost), 500 * lost, 0.0)


def test_leaving_is_weighed_against_what_it_forfeits() -> None:
    """Rent of 1,100 a month for cars that earn 1,000: leaving in February saves 200 and loses a share of 500."""
    for share, stays in ((0.3, False), (0.5, True)):
        small = _secured(_hosted(), "deposit", 500, forfeited_share=share).add("exit_terms", agreement="deal")
        plan = small.add("fixed_charges", agreement="deal", charge="rent", amount=1_100, per="month").plan()
        assert plan["left"].is_empty() == stays
        back = [0.0, 0.0, 500.0, 0.0] if stays else [500 * (1 - share), 0.0, 0.0, 0.0]
        paid = [a - b for a, b in zip(back, (500, 0, 0, 0), strict=True)]
        assert _by_bucket(plan) == [_near(amount) for amount in paid]


# -- prepayments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.08])
@pytest.mark.parametrize(
    ("per_unit", "flow"),
    [(5, [-200 + 50, 50, 50 + 50]), (8, [-200 + 80, 80, 40]), (30, [-200 + 200, 0, 0])],
    ids=["some is left", "used up in March", "used up at once"],
)
def test_a_prepayment_is_drawn_by_units_and_the_rest_returned(rate: float, per_unit: float, flow: list[float]) -> None:
    small = _secured(_hosted(), "prepayment", 200, draw_per_unit=per_unit)
    small.settings["discount_rate"] = rate
    plan = small.plan()
    assert _by_bucket(plan) == [_near(amount) for amount in (*flow, 0)]
    settlement = pro_forma(plan)
    paid = settlement["lines"].group_by("month").agg(pl.col("amount").sum()).sort("month")
    assert paid["amount"].to_list() == [_near(-amount) for amount in flow if amount or per_unit == 30][: paid.height]
    assert settlement["balances"].filter(account="prepayment")["closing"][-1] == _near(0)


def test_units_built_before_a_prepayment_draw_nothing() -> None:
    """From 15 February: 14 of 28 days, five cars."""
    small = _secured(_hosted(), "prepayment", 200, draw_per_unit=10, date=datetime.date(2023, 2, 15))
    assert _by_bucket(small.plan()) == [0.0, _near(-200 + 50), _near(100 + 50), 0.0]


@pytest.mark.parametrize("rate", [0.0, 0.08])
def test_what_is_left_of_a_prepayment_is_forfeited_in_part(rate: float) -> None:
    """Rent of 1,100 for cars that earn 1,000; of what January leaves, 150, a fifth is lost."""
    small = _secured(_hosted(), "prepayment", 200, draw_per_unit=5, forfeited_share=0.2)
    small.settings["discount_rate"] = rate
    small.add("exit_terms", agreement="deal")
    plan = small.add("fixed_charges", agreement="deal", charge="rent", amount=1_100, per="month").plan()
    assert plan["left"]["bucket"].to_list() == [datetime.date(2023, 2, 1)]
    assert _by_bucket(plan) == [_near(-200 + 50 + 150 * 0.8), 0.0, 0.0, 0.0]
    # The fifty that January draws, and what is returned, fall on the same last day.
    assert _account(plan, "prepayment")[-1] == (0.0, _near(50 + 120), _near(30), _near(0))


def test_what_is_left_of_a_prepayment_at_the_horizons_end_is_an_asset() -> None:
    plan = _secured(_hosted(months=2, term=12.0), "prepayment", 200, draw_per_unit=5).plan()
    assert _by_bucket(plan) == [_near(-150), _near(50)]
    assert money(plan, "remaining_commitments") == _near(100)


@pytest.mark.parametrize("rate", [0.0, 0.08])
def test_each_future_draws_on_its_own(rate: float) -> None:
    """What was drawn before they part is drawn in both."""
    small = _secured(_hosted(), "prepayment", 200, draw_per_unit=8)
    small.settings["discount_rate"] = rate
    small.branch("weather", datetime.date(2023, 2, 1), {"fair": 0.25, "foul": 0.75})
    for plan in small.hedge().plans:
        rows = plan["money"].filter(line="security").sort("bucket")
        assert rows["amount"].to_list() == [_near(amount) for amount in (-120, 80, 40)]


# -- guarantees ------------------------------------------------------------------------------------------------------


def test_a_guarantee_costs_its_fee_while_the_agreement_is_in_force() -> None:
    plan = _secured(_hosted(months=2), "guarantee", 36_500, fee_rate=0.01, date=datetime.date(2023, 1, 11)).plan()
    assert _by_bucket(plan) == [_near(-21), _near(-28)]
    assert money(plan, "remaining_commitments") == _near(-31)
    assert pro_forma(plan).total == pytest.approx(49, abs=0.01)


# -- vesting ---------------------------------------------------------------------------------------------------------


def test_a_tranche_vests_on_its_day_and_is_no_cash() -> None:
    plan = _secured(_hosted(), "vesting", 70, milestone_date=datetime.date(2023, 2, 28)).plan()
    assert _by_bucket(plan, "vesting") == [0.0, _near(-70), 0.0, 0.0]
    assert not plan["money"].filter(line="vesting")["cash"].any()
    settlement = pro_forma(plan)
    assert settlement["lines"]["line"].to_list() == ["vesting"]
    assert settlement.total == 0.0
    assert "not paid in money" in settlement.summary()


@pytest.mark.parametrize(("exit_day", "vests"), [("2023-02-28", False), ("2023-03-01", True)])
def test_a_tranche_does_not_vest_after_an_exit(exit_day: str, vests: bool) -> None:
    small = _secured(_hosted(), "vesting", 70, milestone_date=datetime.date(2023, 2, 28))
    small.add("exit_terms", agreement="deal").add(
        "exits", agreement="deal", notice=JANUARY, exit=datetime.date.fromisoformat(exit_day), by="host"
    )
    plan = small.plan()
    assert money(plan, "vesting") == _near(-70 * vests)
    assert _account(plan, "unvested")[-1][-1] == 0.0


@pytest.mark.parametrize(("units", "month"), [(10, 0), (11, 1), (20, 1), (30, 2), (31, None)])
def test_a_tranche_vests_with_the_last_of_its_units(units: float, month: int | None) -> None:
    """The tranche is worth less than a car."""
    plan = _secured(_hosted(), "vesting", 70, milestone_units=units).plan()
    assert _by_bucket(plan, "vesting") == [_near(-70) if number == month else 0.0 for number in range(4)]
    account = _account(plan, "unvested")
    assert account[-1][-1] == 0.0
    assert sum(row[2] for row in account) == (70.0 if month is None else 0.0)


@pytest.mark.parametrize("amount", [50.0, 250.0, 650.0, 1_500.0])
def test_milestones_are_reached_if_it_pays(amount: float) -> None:
    """Two tranches, at 12 and 25 units, against every plan in whole cars; earlier cars sell for less."""
    small = SmallCase("month:3").host(term=3.0).item("car").route("car", site="host", agreement="deal")
    small.line("car", 10, "month", site="host")
    prices = (20, 50, 35)
    for month, price in enumerate(prices, start=1):
        first = datetime.date(2023, month, 1)
        small.add("demand", demand="car", item="car", site="host", from_=first, quantity=10, per="month")
        small.add("prices", demand="car", from_=first, price=price)
    for name, units in (("first", 12), ("second", 25)):
        small.add("security", agreement="deal", security=name, kind="vesting", amount=amount, milestone_units=units)

    def worth(built: tuple[int, ...]) -> float:
        total = np.cumsum(built)[-1]
        sold = 0.0
        # Cars built earlier can be sold later: the dearest months first, each up to what is asked for and there.
        for counts in itertools.product(range(11), repeat=3):
            if all(sum(counts[: n + 1]) <= sum(built[: n + 1]) for n in range(3)):
                sold = max(sold, float(np.dot(counts, prices)))
        return sold - amount * sum(total >= units for units in (12, 25))

    best = max(worth(built) for built in itertools.product((0, 1, 2, 5, 10), (0, 1, 4, 5, 9, 10), (0, 1, 4, 5, 10)))
    plan = small.plan()
    assert plan.objective == _near(best)
    assert money(plan, "vesting") == _near(-pro_forma(plan)["lines"]["amount"].sum())


# -- statements ------------------------------------------------------------------------------------------------------


def _settled_in_2023() -> SmallCase:
    small = SmallCase("month:1", start=datetime.date(2024, 6, 1)).host(starts=JANUARY, term=12.0).item("car")
    small.route("car", site="host", agreement="deal").demand("car", 1, "month", price=1.0, site="host")
    for month, units in ((2, 30), (5, 30)):
        first = datetime.date(2023, month, 1)
        small.add("actuals", agreement="deal", measure="good", item="car", from_=first, quantity=units)
    return small


def test_statements_begin_with_the_first_payment_and_close_the_account() -> None:
    """Paid in December before the start; 30 cars draw 90, the next 30 the rest of 150."""
    small = _secured(_settled_in_2023(), "prepayment", 150, draw_per_unit=3, date=datetime.date(2022, 12, 10))
    settlement = coplant.settle(small.case())
    paid = settlement["statements"].filter(pl.col("amount") != 0.0).select("statement", "amount").rows()
    assert paid == [
        (datetime.date(2022, 12, 1), 150.0), (datetime.date(2023, 2, 1), -90.0), (datetime.date(2023, 5, 1), -60.0)
    ]  # fmt: skip
    assert settlement["balances"]["closing"].to_list() == [150.0, 60.0, 0.0]


def test_a_tranche_vests_in_the_month_in_which_its_units_are_built() -> None:
    small = _secured(_settled_in_2023(), "vesting", 70, milestone_units=60)
    settlement = coplant.settle(small.case())
    assert settlement["lines"].select("statement", "line", "amount").rows() == [
        (datetime.date(2023, 5, 1), "vesting", 70.0)
    ]
    assert settlement["balances"].select("account", "closing").rows() == [("unvested", 70.0), ("unvested", 0.0)]
    assert settlement.total == 0.0
