"""What if: plans made anew from where one was solved are those that would be found from scratch, and bridges add up."""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight.test_break_even import one_host
from insight.test_why_short import two_phones
from laws.small_cases import Draft, drafts
from small_case import SmallCase

import coplant
from coplant import CaseError, Plan
from coplant.case.changes import Change, with_changes
from coplant.generate import generate
from coplant.insight.comparison import Comparison
from coplant.insight.optimum import Optimum
from coplant.insight.what_if import what_ifs
from coplant.program import solve
from coplant.program.corner import Corner


def test_more_chips_earn_what_each_of_them_is_worth() -> None:
    found = two_phones().plan().what_if("allotments[chips].quantity *= 1.1")
    assert found.gain == pytest.approx(220.0)
    assert found.plan["sold"].filter(demand="cheap")["sold"].to_list() == [pytest.approx(50.0)]
    text = found.summary()
    assert "220 EUR more" in text
    assert "cheap in 2023: 50 sold, +10" in text


def test_a_dearer_chip_is_charged_and_not_answered() -> None:
    bridge = two_phones().plan().what_if("offer_prices[chip].price += 5").comparison["bridge"]
    rows = bridge.filter(pl.col("difference").abs() > 1e-9).select("line", "charged", "decided").rows()
    assert rows == [("material", pytest.approx(-500.0), pytest.approx(0.0))]


def test_several_changes_are_asked_one_by_one() -> None:
    plan = two_phones().plan()
    table = what_ifs(plan, ["prices[cheap].price *= 1.1", "allotments.quantity = 160", "demand[cheap].least_fill = 1"])
    told = {row["change"]: row["gained"] for row in table.to_dicts()}
    assert told["prices[cheap].price *= 1.1"] == pytest.approx(40 * 3.2)
    assert told["allotments.quantity = 160"] == pytest.approx(20 * 22.0)
    assert told["demand[cheap].least_fill = 1"] == pytest.approx(-20 * 39.0)
    # What makes the most difference comes first.
    assert table["gained"].abs().is_sorted(descending=True)


def test_a_change_under_which_no_plan_keeps_the_rules_is_told_as_one() -> None:
    table = what_ifs(two_phones(chips=50.0).plan(), ["demand.least_fill = 1"])
    assert table["gained"].to_list() == [None]
    assert "least share" in table["without_plan"].item()


# -- changes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("allotments[mcu].quantity *= 1.2", Change("allotments", "mcu", "quantity", "times", "1.2")),
        ("case.discount_rate = 0.1", Change("case", None, "discount_rate", "set", "0.1")),
        ("agreements[a].status = ended", Change("agreements", "a", "status", "set", "ended")),
        ("routes[a].milestone =", Change("routes", "a", "milestone", "set", None)),
        (
            "prices[car].price -= 5 from 2024-01 until 2025-01-15",
            Change("prices", "car", "price", "minus", "5", datetime.date(2024, 1, 1), datetime.date(2025, 1, 15)),
        ),
    ],
)
def test_a_change_is_read_as_it_is_written(text: str, change: Change) -> None:
    assert Change.read(text) == change
    assert Change.read(str(change)) == change


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("allotment[mcu].quantity *= 1.2", 'Did you mean "allotments"'),
        ("allotments[mcu].quantiti *= 1.2", 'Did you mean "quantity"'),
        ("allotments[mcu].quantity *= much", "a number"),
        ("allotments[mcu].quantity *=", "a number"),
        ("agreements[a].status *= 2", "it is no number"),
        ("routes[a].cost = 2 from 2024-01", "hold on all days"),
        ("prices[a].price = 2 from 2024-02 until 2024-01", "after its first"),
        ("prices[a].price = 2 from 2024-13", "a day or a month"),
        ("more chips", "Write it like"),
    ],
)
def test_a_change_that_cannot_be_read_says_why(text: str, expected: str) -> None:
    with pytest.raises(CaseError, match=expected):
        Change.read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("fixed_charges.amount *= 2", "fixed_charges: expected rows to change. The case has none in this table"),
     ("allotments[mcu].quantity *= 1.2", "some row matches"), ("allotments[chips].quantity = -2", "at least 0|>= 0|0"),
     ("case[x].discount_rate = 0.1", "one row")],
)  # fmt: skip
def test_a_change_that_cannot_be_made_says_why(text: str, expected: str) -> None:
    with pytest.raises(CaseError, match=expected):
        with_changes(two_phones().case(), [text])


def test_a_change_holds_between_its_days() -> None:
    case = with_changes(two_phones().case(), ["prices[cheap].price *= 2 from 2023-01-11 until 2023-01-21"])
    rows = case["prices"].filter(demand="cheap").select("from", "price").rows()
    days = [datetime.date(2023, 1, day) for day in (1, 11, 21)]
    assert rows == list(zip(days, [32.0, 64.0, 32.0], strict=True))


def test_settings_are_changed_too() -> None:
    changed = with_changes(two_phones().case(), ["case.discount_rate = 0.2", "case.discount_rate *= 0.5"])
    assert changed.settings.discount_rate == pytest.approx(0.1)


# -- comparison -------------------------------------------------------------------------------------------------------


def test_a_difference_that_the_search_may_have_left_is_told_to_be_one() -> None:
    plan = two_phones().plan()
    loose = dataclasses.replace(plan, bound=plan.objective + 1_000.0)
    other = coplant.plan(with_changes(plan.case, ["prices[dear].price += 1"]), gap=1e-9)
    told = "  that is less than these plans may lack of the best there is: 1,000 EUR (--gap)"
    assert told in Comparison.of({"plan": loose, "other": other}).summary().splitlines()
    assert "may lack" not in Comparison.of({"plan": plan, "other": other}).summary()


def test_plans_in_other_currencies_are_not_compared() -> None:
    one = two_phones().plan()
    other = coplant.plan(with_changes(one.case, ["case.currency = USD"]))
    with pytest.raises(CaseError, match="EUR, as in the first plan"):
        Comparison.of({"one": one, "other": other})


def test_plans_with_other_tables_are_compared_both_ways() -> None:
    bare = SmallCase("month:2").item("lamp").route("lamp", cost=30.0).demand("lamp", 50.0, "month", price=50.0)
    plans = {"bare": bare.plan(), "host": one_host(500.0).plan()}
    one, other = (
        Comparison.of({name: plans[name] for name in order}) for order in (("bare", "host"), ("host", "bare"))
    )
    assert "near is signed, and was not signed" in one.summary()
    assert "near is not signed, and was signed" in other.summary()
    for comparison, sign in ((one, 1.0), (other, -1.0)):
        more = sign * (plans["host"].objective - plans["bare"].objective)
        assert float(comparison["bridge"]["difference"].sum()) == pytest.approx(more)


def test_what_was_reserved_from_another_day_is_told_with_its_day() -> None:
    case = SmallCase("month:6").item("car").host("deal", "host", starts=datetime.date(2023, 3, 1), term=3.0)
    case.route("car", site="host", agreement="deal").demand("car", 9.0, "month", price=50.0, site="host")
    case.add("reservations", agreement="deal", per="month", least=5.0, most=9.0, fee=2.0)
    found = case.plan().what_if("agreements[deal].starts = 2023-02-01")
    assert "deal reserves 9 units per month from 2023-02-01, and had 9 from 2023-03-01" in found.summary()


def test_one_plan_is_not_compared() -> None:
    with pytest.raises(ValueError, match="from 2 to 5"):
        Comparison.of({"one": two_phones().plan()})


CHANGES = (
    "prices.price *= 1.1", "allotments.quantity *= 0.8", "demand.quantity *= 1.3", "offer_prices.price *= 1.2",
    "resource_capacity.quantity *= 0.7", "routes.cost += 1", "case.discount_rate = 0.05", "reservations.fee *= 1.5",
    "agreements.status = signed",
)  # fmt: skip


def check(case: coplant.Case, texts: list[str]) -> None:
    """Check a what-if against a plan from scratch, and that its bridge adds up."""
    plan = coplant.plan(case, gap=1e-9)
    changes = [text for text in texts if case[text.partition(".")[0]].height or text.startswith("case")]
    try:
        changed = with_changes(case, changes)
    except CaseError:
        return
    try:
        anew = coplant.plan(changed, gap=1e-9)
    except coplant.InfeasibleError:
        with pytest.raises(coplant.InfeasibleError):
            plan.what_if(*changes)
        return
    found = plan.what_if(*changes)
    room = 1e-7 * max(abs(anew.objective), 1.0)
    assert found.plan.objective == pytest.approx(anew.objective, abs=room)
    assert found.plan.bound >= anew.objective - room
    bridge = found.comparison["bridge"]
    size = float(bridge.select(pl.max_horizontal(pl.col("charged", "decided").abs())).to_series().sum() or 0.0)
    assert float(bridge["difference"].sum()) == pytest.approx(found.gain, abs=1e-9 * max(size, 1.0))
    # What is charged is what the old decisions would cost, without a new plan.
    assert set(found.comparison["plans"]["plan"]) == {"the plan", "the changed plan"}


@given(drafts(), st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3, unique=True))
def test_a_what_if_is_the_plan_that_would_be_found_from_scratch(draft: Draft, changes: list[str]) -> None:
    check(draft.case(), changes)


@given(st.integers(0, 10_000), st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3, unique=True))
def test_a_what_if_of_a_generated_case_is_too(seed: int, changes: list[str]) -> None:
    check(generate(12, 6, 2, seed), changes)


def test_a_plan_of_a_hedge_is_not_asked_as_if_its_future_were_known() -> None:
    case = two_phones().branch("deal", datetime.date(2023, 2, 1), {"announced": 0.5, "denied": 0.5})
    case.settings["buckets"] = ["month:3"]
    hedge = case.hedge()
    questions: list[Callable[[Plan], object]] = [
        lambda plan: plan.why_short("cheap", "2023-01"),
        lambda plan: plan.what_if("prices.price *= 2"),
        lambda plan: plan.scarce(),
    ]
    for question in questions:
        with pytest.raises(CaseError, match="one future by itself"):
            question(hedge.plans[0])


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve every program as if it were too large for a corner, and go on from corners as in large ones."""
    for of, names in ((solve, ("INTERIOR", "NO_CROSSOVER")), (Optimum, ("NO_CROSSOVER",)), (Corner, ("_LARGE",))):
        for name in names:
            monkeypatch.setattr(sys.modules[of.__module__], name, 0)
    # Of a small program the steps are not a small share.
    monkeypatch.setattr(sys.modules[Corner.__module__], "_LARGE_STEPS", 10.0)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize(
    "change",
    ["prices.price *= 1.2", "allotments.quantity *= 0.8", "demand.quantity *= 1.3", "offer_prices.price += 1"],
)
def test_a_large_plan_is_brought_to_a_corner_when_it_is_first_asked(change: str) -> None:
    case = generate(20, 8, 1, 3, integers=False)
    plan = coplant.plan(case)
    assert plan.solved is not None
    assert plan.solved.corner is None
    found = plan.what_if(change)
    assert "simplex" in found.plan.solver
    assert found.plan.objective == pytest.approx(coplant.plan(with_changes(case, [change])).objective, rel=1e-7)


@pytest.mark.usefixtures("everything_is_large")
def test_limits_of_a_large_plan_are_moved_from_a_corner_or_not_at_all() -> None:
    case = two_phones().case()
    with pytest.raises(CaseError, match="at a corner"):
        coplant.plan(case).why_short("cheap", "2023-01")
    why = coplant.plan(case, corner=True).why_short("cheap", "2023-01")
    assert why is not None
    assert why.loss == pytest.approx(39.0)


def test_cash_that_never_falls_below_nothing_is_lowest_at_the_start() -> None:
    row = two_phones().plan().what_if("prices[dear].price *= 1.1").comparison["plans"].row(0, named=True)
    assert (row["lowest_cash"], row["lowest_on"]) == (0.0, datetime.date(2023, 1, 1))
