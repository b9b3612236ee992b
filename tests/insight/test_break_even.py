"""Break-even: where signing each agreement becomes as good as not."""

from __future__ import annotations

import pytest
from insight.test_why_signed import two_hosts
from small_case import SmallCase

import coplant
from coplant import CaseError
from coplant.case.changes import with_changes


def one_host(fixed: float = 500.0) -> SmallCase:
    """Fifty cars for 100 each, which a host builds for 20 each and a charge; there is no other way."""
    case = SmallCase("month:1").item("car").host("near", site="near-host", status="option", term=1.0)
    case.route("car", site="near-host", agreement="near").demand("car", 50.0, "month", price=100.0, site="near-host")
    case.add("processing_fees", agreement="near", fee=20.0)
    return case.add("fixed_charges", agreement="near", charge="line", amount=fixed, per="month")


def test_an_agreement_that_pays_turns_at_a_lower_price_and_a_smaller_demand() -> None:
    # It earns 50 x 80 - 3,000 = 1,000.
    rows = {row["input"]: row for row in one_host(3_000.0).plan().break_even().iter_rows(named=True)}
    assert rows["fee"]["signed"] is True
    assert rows["fee"]["worth"] == pytest.approx(1_000.0)
    assert rows["fee"]["more"] == pytest.approx(20.0, rel=1e-3)
    assert rows["prices.price"]["times"] == pytest.approx(0.8, rel=1e-3)
    assert rows["demand.quantity"]["times"] == pytest.approx(0.75, rel=1e-3)


def test_an_agreement_that_does_not_pay_turns_at_a_higher_price_and_a_larger_demand() -> None:
    # It would earn 4,000 - 4,800.
    rows = {row["input"]: row for row in one_host(4_800.0).plan().break_even().iter_rows(named=True)}
    assert rows["fee"]["signed"] is False
    assert rows["fee"]["more"] == pytest.approx(-16.0, rel=1e-3)
    assert rows["prices.price"]["times"] == pytest.approx(1.16, rel=1e-3)
    assert rows["demand.quantity"]["times"] == pytest.approx(1.2, rel=1e-3)


def test_what_does_not_turn_within_reach_is_empty() -> None:
    rows = {row["input"]: row for row in one_host(500.0).plan().break_even().iter_rows(named=True)}
    assert rows["prices.price"]["times"] is None
    assert rows["demand.quantity"]["times"] is None
    assert rows["fee"]["more"] == pytest.approx(70.0, rel=1e-3)


def test_where_it_turns_plans_choose_otherwise_on_either_side() -> None:
    plan = two_hosts(33.0).plan()
    table = plan.break_even(["far"])
    found = table.filter(input="demand.quantity")["times"].item()
    # Near has 500 to spread: below 500 / 13 cars far is cheaper.
    assert found == pytest.approx(500.0 / 13.0 / 50.0, rel=1e-3)
    for times, signed in ((0.99 * found, True), (1.01 * found, False)):
        anew = coplant.plan(with_changes(plan.case, [f"demand.quantity *= {times!r}"]), gap=1e-9)
        assert anew["signed"].filter(agreement="far")["signed"].item() is signed


def test_only_options_can_be_asked_about() -> None:
    with pytest.raises(CaseError, match="agreement"):
        one_host().plan().break_even(["nobody"])
