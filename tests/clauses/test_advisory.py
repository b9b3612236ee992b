"""Help of the host's engineers, by the period and by the hour."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase, money

import coplant
from coplant import Plan, Settlement

JANUARY, FEBRUARY, MARCH = (datetime.date(2023, month, 1) for month in (1, 2, 3))


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _helped(
    *buckets: str, start: datetime.date = JANUARY, agreement: dict[str, Any] | None = None, **row: Any
) -> SmallCase:
    """10 hours a month at 7 and a fee of 30: 100 a month."""
    small = SmallCase(*buckets, start=start).host(**{"term": 3.0, "starts": JANUARY, **(agreement or {})}).item("car")
    small.route("car", site="host", agreement="deal").demand("car", 1, "month", price=1.0, site="host")
    service = {"agreement": "deal", "service": "tryout", "fee": 30.0, "hours": 10.0, "hourly_rate": 7.0}
    return small.add("advisory", **service | row)


def _paid(plan: Plan) -> list[float]:
    return [-money(plan, "advisory", bucket) for bucket in plan["buckets"]["bucket"]]


def test_a_plan_expects_the_fee_and_the_hours() -> None:
    assert _paid(_helped("month:3").plan()) == [_near(100)] * 3


def test_parts_of_months_count_by_their_days() -> None:
    """From 11 January to 15 February: 21 of 31 days and 14 of 28."""
    small = _helped("month:3", valid_from=datetime.date(2023, 1, 11), valid_until=datetime.date(2023, 2, 15))
    assert _paid(small.plan()) == [_near(100 * 21 / 31), _near(50), 0.0]


@pytest.mark.parametrize(("cap", "paid", "owed"), [(250, [100, 100], 50), (150, [100, 50], 0), (None, [100, 100], 400)])
def test_a_cap_is_what_is_paid_in_all(cap: float | None, paid: list[float], owed: float) -> None:
    """Of six months four lie beyond the horizon."""
    plan = _helped("month:2", agreement={"term": 6.0}, cap=cap).plan()
    assert _paid(plan) == [_near(one) for one in paid]
    assert money(plan, "remaining_commitments") == _near(-owed)


def test_what_was_paid_before_the_horizon_counts_against_the_cap() -> None:
    assert _paid(_helped("month:1", start=MARCH, cap=250).plan()) == [_near(50)]


def test_help_may_begin_with_the_signature() -> None:
    """Signed in January, in force from March."""
    agreement = {"sign_from": JANUARY, "starts": MARCH, "term": 1.0}
    small = _helped("month:3", agreement=agreement, valid_from=JANUARY, valid_until=MARCH)
    assert _paid(small.plan()) == [_near(100), _near(100), 0.0]


def test_an_option_that_is_not_signed_is_not_helped() -> None:
    plan = _helped("month:3", agreement={"status": "option"}).plan()
    assert plan["signed"]["signed"].to_list() == [False]
    assert plan.objective == _near(0)


def test_an_exit_ends_the_help() -> None:
    small = _helped("month:3", agreement={"term": 12.0}).add("exit_terms", agreement="deal", fee=5, notice=1)
    plan = small.plan()
    assert _paid(plan) == [_near(100), 0.0, 0.0]
    assert money(plan, "remaining_commitments") == _near(0)


def _settled(small: SmallCase, *months: tuple[datetime.date, float]) -> Settlement:
    small.settings["start"] = datetime.date(2024, 1, 1)
    for month, hours in months:
        until = (month + datetime.timedelta(days=32)).replace(day=1)
        row = {"agreement": "deal", "measure": "hours", "charge": "tryout", "from": month, "until": until}
        small.add("actuals", **row, quantity=hours)
    return coplant.settle(small.case())


def test_a_statement_bills_the_hours_on_record() -> None:
    settlement = _settled(_helped("month:1"), (JANUARY, 12.0), (MARCH, 4.0))
    assert settlement["statements"]["amount"].to_list()[:3] == [30 + 84.0, 30.0, 30 + 28.0]


def test_a_statement_credits_what_is_above_the_cap() -> None:
    """114 in January leave 6 of 120; nothing is left for March, and the account is closed."""
    settlement = _settled(_helped("month:1", cap=120.0), (JANUARY, 12.0), (FEBRUARY, 4.0))
    assert settlement["statements"]["amount"].to_list()[:3] == [114.0, 6.0, 0.0]
    credit = settlement["lines"].filter(words="advisory.above_cap")
    assert credit.select("statement", "amount").rows() == [(FEBRUARY, -52.0), (MARCH, -30.0)]
    assert settlement["balances"].filter(account="cap_left")["closing"].to_list() == [120.0, 6.0, 0.0, 0.0]


def test_what_is_left_of_a_cap_lapses_when_the_agreement_ends() -> None:
    settlement = _settled(_helped("month:1", cap=900.0))
    account = settlement["balances"].filter(account="cap_left").row(-1, named=True)
    assert (account["lapsed"], account["closing"]) == (810.0, 0.0)


def test_help_before_the_agreement_starts_is_on_the_statements_of_its_months() -> None:
    agreement = {"sign_from": JANUARY, "starts": MARCH, "term": 1.0}
    settlement = _settled(_helped("month:1", agreement=agreement, valid_from=JANUARY), (JANUARY, 10.0))
    assert settlement["statements"].select("statement", "amount").rows()[:3] == [
        (JANUARY, 100.0), (FEBRUARY, 30.0), (MARCH, 30.0),
    ]  # fmt: skip
