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


# -- what is said of it -----------------------------------------------------------------------------------------------


def _ordered() -> SmallCase:
    """Boxes for March and April take two months, and are cheaper in February; in March something becomes known."""
    small = SmallCase("month:6").item("box").offer("box", 4.0, lead_time=59)
    small.add("offer_prices", offer="box", price=3.0, from_=datetime.date(2023, 2, 1))
    for month, quantity in ((3, 10.0), (4, 20.0), (5, 0.0)):
        small.add("demand", demand="box", item="box", site="works", quantity=quantity, per="month",
                  from_=datetime.date(2023, month, 1))  # fmt: skip
    small.add("prices", demand="box", price=10.0, from_=datetime.date(2023, 1, 1))
    return small.branch("market", datetime.date(2023, 3, 1), {"up": 0.5, "down": 0.5})


def _orders(small: SmallCase) -> str:
    (line,) = (line for line in small.hedge().summary().split("\n") if line.startswith("Order"))
    return line


def test_what_is_ordered_is_told_with_the_days_on_which_it_is() -> None:
    small = _ordered()
    assert _orders(small) == (
        "Order, whichever way things turn out: 30 units of box from 2023-01-01 to 2023-02-28, for 100 EUR."
    )
    # Nothing is wanted from April on, and what is ordered in February would come too late for March.
    small.tables["demand"][1]["quantity"] = 0.0
    assert " 10 units of box from 2023-01-01 to 2023-01-31, for " in _orders(small)


def test_items_that_are_ordered_on_the_same_days_are_told_together() -> None:
    small = _ordered().item("lid").item("bag")
    for item, month in (("lid", 3), ("bag", 4)):
        small.offer(item, 1.0, lead_time=59).demand(item, 5.0, "month", 9.0, from_=datetime.date(2023, month, 1))
        small.add("demand", demand=item, item=item, site="works", quantity=0.0, per="month",
                  from_=datetime.date(2023, month + 1, 1))  # fmt: skip
    small.tables["demand"][1]["quantity"] = 0.0
    small.add("offer_prices", offer="bag", price=0.5, from_=datetime.date(2023, 2, 1))
    assert _orders(small) == (
        "Order, whichever way things turn out: 10 units of box, 5 units of lid from 2023-01-01 to 2023-01-31 "
        "and 5 units of bag from 2023-02-01 to 2023-02-28, for 48 EUR."
    )


def test_what_is_ordered_in_a_bucket_of_one_day_is_told_with_that_day() -> None:
    small = _ordered()
    small.settings["buckets"] = ["day:1", "week:20"]
    small.tables["demand"] = [{**small.tables["demand"][0], "from": datetime.date(2023, 1, 2)}]
    small.tables["offers"][0]["lead_time"] = 1
    small.tables["offer_prices"][1] |= {"price": 40.0, "from": datetime.date(2023, 1, 2)}
    assert " units of box on 2023-01-01, for " in _orders(small)


def test_what_is_made_is_told_too_and_of_it_what_is_sold() -> None:
    small = _demanded().item("lid").route("lid", cost=0.5)
    small.add("bom", route="box", item="lid", quantity=1.0)
    lines = small.hedge().summary().split("\n")
    assert lines[1] == ("Start to make, whichever way things turn out: 60 units of box from 2023-01-01 to 2023-01-07.")


def test_one_future_is_told_as_one() -> None:
    small = _demanded()
    small.tables |= {"edits": [], "branches": []}
    hedge = small.branch("luck", LATER, {"much": 1.0}).hedge()
    assert hedge.summary().startswith("small: 360 EUR expected present value over 1 future\n")
    assert repr(hedge) == "<Hedge of 'small': 1 future, 360 EUR>"


def _signed(**titles: str) -> Hedge:
    small = SmallCase("month:2").item("box")
    small.host("deal", status="option", starts=datetime.date(2023, 2, 1), sign_from=datetime.date(2023, 2, 1), term=1)
    small.route("box", site="host", agreement="deal", cost=1.0)
    small.add("fixed_charges", agreement="deal", charge="line", amount=100.0, per="month")
    small.demand("box", 50.0, "month", 10.0, site="host")
    for outcome in ("yes, sure", "no"):
        small.add("branches", branch="market", outcome=outcome, probability=0.5, title=titles.get(outcome),
                  reveal_date=datetime.date(2023, 2, 1))  # fmt: skip
    return small.add("edits", outcome="no", table="demand", key="box", column="quantity", value="5").hedge()


def test_names_with_commas_are_set_apart() -> None:
    hedge = _signed()
    assert hedge["futures"]["future"].to_list() == ["no", '"yes, sure"']
    assert 'If "yes, sure": sign deal on 2023-02-01.' in hedge.summary()


def test_outcomes_are_called_by_their_titles() -> None:
    lines = _signed(**{"yes, sure": "It is wanted"}).summary().split("\n")
    assert "If It is wanted: sign deal on 2023-02-01." in lines
    assert lines[-2] == f"   50.0%{350:>24} EUR  It is wanted"


def test_means_are_not_told_where_they_are_those_of_the_futures_listed_below() -> None:
    hedge = _signed()
    assert [mean for _, mean in hedge.means] == pytest.approx([0.0, 350.0])
    assert "In the mean" not in hedge.summary()
    small = _demanded().branch("weather", LATER + datetime.timedelta(7), {"fair": 0.5, "foul": 0.5})
    small.settings["buckets"] = ["week:4"]
    assert "In the mean" in small.hedge().summary()
