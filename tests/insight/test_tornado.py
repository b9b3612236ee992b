"""Tornado: inputs that are lower and higher, each by itself."""

from __future__ import annotations

import pytest
from insight.test_why_short import two_phones
from insight.test_why_signed import two_hosts
from small_case import SmallCase

import coplant
from coplant import CaseError
from coplant.case.changes import with_changes
from coplant.insight.tornado import inputs_of


def test_each_input_is_lower_and_higher_by_itself() -> None:
    # 60 dear phones for 61 each and 40 cheap ones for 22 each, of 100 chips.
    table = two_phones().plan().tornado()
    rows = {row["input"]: row for row in table.iter_rows(named=True)}
    assert rows["allotments.quantity"]["lower"] == pytest.approx(-220.0)
    assert rows["allotments.quantity"]["higher"] == pytest.approx(220.0)
    assert rows["offer_prices.price"]["higher"] == pytest.approx(-100.0)
    assert rows["prices.price"]["lower"] == pytest.approx(-426.0 - 128.0)
    # Of the cheap ones fewer are wanted than there are chips for only from a third less on.
    assert rows["demand[item=dear].quantity"]["higher"] == pytest.approx(6.0 * 39.0)
    assert rows["demand[item=cheap].quantity"]["swing"] == pytest.approx(0.0)


def test_inputs_that_matter_most_come_first() -> None:
    table = two_phones().plan().tornado(5.0)
    assert table["swing"].is_sorted(descending=True)
    assert table["input"][0] == "prices.price"


def test_every_figure_is_that_of_a_plan_from_scratch() -> None:
    case = two_phones().case()
    plan = coplant.plan(case)
    for row in plan.tornado(20.0).iter_rows(named=True):
        for side, factor in (("lower", 0.8), ("higher", 1.2)):
            anew = coplant.plan(with_changes(case, [f"{row['input']} *= {factor}"]))
            assert row[side] == pytest.approx(anew.objective - plan.objective, abs=1e-6 * plan.objective)


def test_a_choice_that_turns_is_told() -> None:
    plan = two_hosts(33.0).plan()
    (row,) = plan.tornado(15.0, ["processing_fees[far].fee"]).to_dicts()
    assert (row["turned_by_lower"], row["turned_by_higher"]) == ("far, near", "")


def test_where_there_is_no_plan_there_is_no_amount() -> None:
    case = SmallCase("month:1").item("phone").item("chip").route("phone", bom={"chip": 1.0})
    case.offer("chip", 10.0, allotment="chips").since("allotments", allotment="chips", quantity=60.0, per="month")
    plan = case.demand("phone", 60.0, "month", price=71.0, least_fill=1.0).plan()
    table = plan.tornado(inputs=["allotments.quantity"])
    assert table.select("lower", "swing").rows() == [(None, None)]
    assert table["higher"].item() == pytest.approx(0.0)


def test_large_tables_are_one_input_and_small_ones_are_taken_apart() -> None:
    case = two_phones().case()
    names = inputs_of(case)
    assert {"demand[item=dear].quantity", "demand[item=cheap].quantity", "prices.price"} <= set(names)
    assert "lanes.cost" not in names


@pytest.mark.parametrize(
    ("by", "inputs"), [(0.0, None), (100.0, None), (10.0, ["prices[nobody].price"]), (10.0, ["prices"])]
)
def test_questions_that_cannot_be_asked_are_refused(by: float, inputs: list[str] | None) -> None:
    with pytest.raises(CaseError):
        two_phones().plan().tornado(by, inputs)
