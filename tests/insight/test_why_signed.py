"""Why agreements are signed: what they are worth, and the fee at which that turns."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import SmallCase

import coplant
from coplant import CaseError
from coplant.case.changes import with_changes
from coplant.insight.turning import turning, turning_point


def two_hosts(fee: float = 30.0) -> SmallCase:
    """Fifty cars for 100 each that either host can build: one for 20 each and 500 in all, the other for a fee."""
    case = SmallCase("month:1").item("car")
    for name in ("near", "far"):
        case.host(name, site=f"{name}-host", status="option", term=1.0, group="plant")
        case.route("car", site=f"{name}-host", route=f"car-{name}", agreement=name)
        case.demand("car", 25.0, "month", price=100.0, site=f"{name}-host", demand=f"car-{name}")
    for start, end in (("near", "far"), ("far", "near")):
        case.add(
            "lanes", lane=f"{start}-{end}", item="car", from_site=f"{start}-host", to_site=f"{end}-host", lead_time=0.0
        )
    case.add("processing_fees", agreement="near", fee=20.0).add(
        "fixed_charges", agreement="near", charge="line", amount=500.0, per="month"
    )
    return case.add("processing_fees", agreement="far", fee=fee)


def test_the_fee_at_which_both_are_as_good_is_found() -> None:
    # Near costs 20 x 50 + 500 = 1,500: 30 each. Far costs 33 each.
    plan = two_hosts(33.0).plan()
    near, far = plan.why_signed("near"), plan.why_signed("far")
    assert near.signed
    assert not far.signed
    assert near.worth == pytest.approx(150.0, rel=1e-3)
    assert far.worth == pytest.approx(-150.0, rel=1e-3)
    assert near.fee is not None
    assert far.fee is not None
    assert near.fee.at == pytest.approx(3.0, rel=1e-3)
    assert far.fee.at == pytest.approx(-3.0, rel=1e-3)
    told = [text.replace("\N{NO-BREAK SPACE}", " ") for text in (near.text(), far.text(), far.text("fr"))]
    assert "could rise by 3.00 EUR per unit" in told[0]
    assert "would have to fall by 3.00 EUR per unit" in told[1]
    assert "devraient baisser de 3,00 EUR" in told[2]


def test_at_that_fee_the_choice_turns() -> None:
    plan = two_hosts(33.0).plan()
    turn = plan.why_signed("far").fee
    assert turn is not None
    for more, signed in ((-0.01, True), (0.01, False)):
        case = with_changes(plan.case, [f"processing_fees[far].fee += {turn.at + more!r}"])
        table = coplant.plan(case, gap=1e-9)["signed"].filter(agreement="far")
        assert table["signed"].item() is signed


def test_an_agreement_that_is_not_worth_it_even_without_its_fee_is_told_so() -> None:
    case = two_hosts(1.0).add("fixed_charges", agreement="far", charge="rent", amount=4000.0, per="month")
    why = case.plan().why_signed("far")
    assert why.fee is None
    assert "Even without its fee" in why.text()


def test_an_agreement_that_is_needed_is_told_so() -> None:
    case = two_hosts()
    case.tables["agreements"] = [
        row | {"group": None} for row in case.tables["agreements"] if row["agreement"] == "far"
    ]
    for table in ("routes", "processing_fees", "fixed_charges"):
        case.tables[table] = [row for row in case.tables.get(table, []) if row["agreement"] == "far"]
    case.tables["demand"] = [row | {"least_fill": 1.0} for row in case.tables["demand"]]
    why = case.plan().why_signed("far")
    assert why.worth is None
    assert "has to be signed" in why.text()


@pytest.mark.parametrize("name", ["fare", "nobody"])
def test_an_agreement_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(CaseError, match="an agreement"):
        two_hosts().plan().why_signed(name)


@given(st.floats(-50.0, 50.0), st.floats(0.1, 5.0), st.floats(0.0, 2.0))
def test_the_root_of_a_rising_function_is_found(root: float, slope: float, bend: float) -> None:
    def function(at: float) -> float:
        return slope * (at - root) + bend * (np.exp((at - root) / 40.0) - 1.0)

    turn = turning_point(function, -60.0, 60.0)
    assert turn is not None
    assert turn.at == pytest.approx(root, abs=0.02)
    assert turn.tried[0][0] == -60.0


def test_what_does_not_turn_has_no_turning_point() -> None:
    assert turning_point(lambda at: at + 10.0, 0.0, 5.0) is None


def test_the_volume_at_which_a_choice_turns_is_found() -> None:
    # Near is 500 in all and 20 each, far is 33 each: as good at 500 / 13 cars, of which 50 are wanted.
    plan = two_hosts(33.0).plan()
    found = turning(plan, "near", "demand.quantity *= X", 0.5, 1.0)
    assert found.turn is not None
    assert found.turn.at == pytest.approx(500.0 / 13.0 / 50.0, rel=1e-3)
    assert "below it is not worth signing, above it is." in found.summary()


def test_what_is_better_at_both_ends_does_not_turn() -> None:
    found = turning(two_hosts(33.0).plan(), "near", "prices.price *= X", 1.0, 2.0)
    assert found.turn is None
    assert "is worth it at X = 1 and at X = 2" in found.summary()


@pytest.mark.parametrize("vary", ["demand.quantity *= 2", "X", "demand.quantiti *= X"])
def test_what_cannot_be_varied_is_refused(vary: str) -> None:
    with pytest.raises(CaseError):
        turning(two_hosts().plan(), "near", vary, 0.5, 1.0)


def rumoured(announced: float = 0.5) -> SmallCase:
    """A line that costs 420 and pays only if a deal is announced, which doubles what a car earns."""
    case = SmallCase("month:3").item("car").host("near", site="near-host", status="option", term=1.0)
    case.route("car", site="near-host", agreement="near").demand("car", 10.0, "month", price=10.0, site="near-host")
    case.add("fixed_charges", agreement="near", charge="line", amount=420.0, per="month")
    case.branch("deal", datetime.date(2023, 1, 15), {"announced": announced, "denied": 1.0 - announced})
    return case.add(
        "edits", outcome="announced", table="prices", key="car", column="price", operation="times", value="2"
    )


def test_the_probability_at_which_a_choice_turns_is_found() -> None:
    # It is signed before that is known: 30 cars for 10 each, or for 20 each from the middle of the first month on.
    case = rumoured()
    turned = turning(case.hedge(), "near", "branches[deal, announced].probability = X", 0.0, 1.0)
    assert turned.turn is not None
    after = 30.0 - 10.0 * 14.0 / 31.0
    assert turned.turn.at == pytest.approx(120.0 / (10.0 * after), rel=1e-3)
    for probability, signed in ((turned.turn.at - 0.02, False), (turned.turn.at + 0.02, True)):
        now = rumoured(probability).hedge()["signatures"].filter(agreement="near")
        assert now["signed"].any() is signed


@pytest.mark.parametrize("vary", ["branches.probability = X", "branches[deal, announced].probability *= X"])
def test_a_probability_is_that_of_one_outcome(vary: str) -> None:
    with pytest.raises(CaseError, match="one outcome"):
        turning(rumoured().hedge(), "near", vary, 0.1, 0.9)
