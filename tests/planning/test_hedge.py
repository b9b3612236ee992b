"""Plans for several futures at once."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest
from small_case import SmallCase

import coplant
from coplant import CaseError, FileError, Hedge, Plan
from coplant.planning import tables

LATER = datetime.date(2023, 1, 8)


def _demanded() -> SmallCase:
    """Something is made in one week and asked for in the next, when it is known how much of it."""
    small = SmallCase("week:2").item("box").route("box", lead_time=7, cost=4.0)
    small.line("box", 100.0, "week").demand("box", 60.0, "week", 10.0, from_=LATER)
    for outcome, probability in (("much", 0.25), ("little", 0.75)):
        small.add("branches", branch="luck", outcome=outcome, probability=probability, reveal_date=LATER)
    return small.add("edits", outcome="much", table="demand", key="box", column="quantity", operation="times",
                     value="1.5")  # fmt: skip


def test_what_is_decided_now_is_the_same_in_all_futures() -> None:
    hedge = coplant.hedge(_demanded().case())
    made = hedge["made"].filter(bucket=datetime.date(2023, 1, 1))
    # With a chance of one in four a box more is worth 2.5 and costs 4.
    assert made.select("future", "started").rows() == [("little", pytest.approx(60)), ("much", pytest.approx(60))]
    assert hedge.objective == pytest.approx(360)


def test_futures_that_are_alike_are_planned_as_one() -> None:
    alike = _demanded()
    alike.tables["edits"] = []
    hedge = coplant.hedge(alike.case())
    plain = alike
    plain.tables["branches"] = []
    plan = plain.plan()
    assert hedge.objective == pytest.approx(plan.objective)
    for its in hedge.plans:
        assert its["made"].equals(plan["made"])
        assert its["sold"].equals(plan["sold"])


def test_marginal_values_are_those_once_the_future_is_known() -> None:
    small = _demanded()
    small.tables["resource_capacity"][0]["quantity"] = 80.0
    small.tables["routes"][0]["cost"] = 1.0
    hedge = coplant.hedge(small.case())
    # A box more is sold in one of four cases: it is worth 10 then.
    worth = hedge["marginal_values"].filter(constraint="capacity").filter(bucket=datetime.date(2023, 1, 1))
    assert worth["value"].to_list() == pytest.approx([1.5, 1.5])


def test_a_plan_of_one_future_refuses_branches() -> None:
    with pytest.raises(CaseError, match="hedge"):
        coplant.plan(_demanded().case())


def test_a_change_before_it_is_known_is_refused() -> None:
    small = _demanded()
    small.add("edits", outcome="little", table="routes", key="box", column="cost", value="5")
    with pytest.raises(CaseError, match=r"cost of routes.*cannot be told apart.*started of box in 2023-01-01"):
        coplant.hedge(small.case())


def test_a_change_before_it_is_known_names_its_edits_and_no_others() -> None:
    small = _demanded()
    small.item("board").offer("board", 1.0).add("bom", route="box", item="board", quantity=1.0)
    small.add("edits", outcome="little", table="offers", key="board", column="lead_time", value="20")
    small.add("edits", outcome="little", table="items", key="board", column="unit", value="piece")
    with pytest.raises(CaseError) as caught:
        coplant.hedge(small.case())
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.value) == ("edits", 2, "lead_time of offers")
    assert "differ in this: stock of board@works balances in 2023-01-01" in problem.expected
    assert problem.mend.startswith("Rows of offers hold on all days")


def test_a_mistake_of_one_future_names_it() -> None:
    small = _demanded()
    small.add("edits", outcome="much", table="routes", key="box", column="yield", operation="times", value="1.5")
    with pytest.raises(CaseError, match="if much"):
        coplant.hedge(small.case())


def test_a_table_is_read_when_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = tables._made
    monkeypatch.setattr(tables, "_made", lambda reader: read.append("made") or real(reader))
    plans = coplant.hedge(_demanded().case()).plans
    assert "made" in plans[0].tables
    assert len(plans[0]["sold"]) == 1
    assert read == []
    assert plans[0]["made"] is plans[0]["made"]
    assert read == ["made"]
    travelled = pickle.loads(pickle.dumps(plans[1].tables))
    assert type(travelled) is dict
    assert list(travelled) == list(plans[1].tables)
    assert travelled["made"].equals(plans[1]["made"])


def test_a_hedge_is_read_as_it_was_written(tmp_path: Path) -> None:
    hedge = coplant.hedge(_demanded().case())
    hedge.write(tmp_path / "hedge")
    again = Hedge.read(tmp_path / "hedge")
    assert again.summary() == hedge.summary()
    for name, table in hedge.tables.items():
        assert again[name].equals(table)
    with pytest.raises(FileError, match="several futures"):
        Plan.read(tmp_path / "hedge")


def test_a_plan_of_one_future_is_no_hedge(tmp_path: Path) -> None:
    small = _demanded()
    small.tables |= {"branches": [], "edits": []}
    small.plan().write(tmp_path / "plan")
    with pytest.raises(FileError, match="one future"):
        Hedge.read(tmp_path / "plan")


def test_what_is_signed_after_something_is_known_is_said_for_each_case() -> None:
    small = SmallCase("month:3").item("box")
    small.host("deal", status="option", starts=datetime.date(2023, 3, 1), sign_from=datetime.date(2023, 2, 10), term=1)
    small.route("box", site="host", agreement="deal", cost=1.0)
    small.add("fixed_charges", agreement="deal", charge="line", amount=100.0, per="month")
    small.demand("box", 50.0, "month", 10.0, site="host")
    for outcome, probability in (("wanted", 0.5), ("not wanted", 0.5)):
        small.add("branches", branch="market", outcome=outcome, probability=probability,
                  reveal_date=datetime.date(2023, 2, 3))  # fmt: skip
    small.add("edits", outcome="not wanted", table="demand", key="box", column="quantity", value="5")
    hedge = coplant.hedge(small.case())
    signed = hedge["signatures"].select("known", "probability", "signed").rows()
    assert sorted(signed) == [("not wanted", 0.5, False), ("wanted", 0.5, True)]
    assert "If wanted: sign deal on 2023-02-10." in hedge.summary()
