"""Acceleration in a launch: its tables, what is said of it, and what can be wrong about it."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from launching.small_programme import START, SmallProgramme

from coplant.errors import CaseError
from coplant.launching import acceleration_curve, worth_paying_for
from coplant.launching.columns import COLUMNS


def _two() -> SmallProgramme:
    """One after the other; the first is cheaper to hurry than the second, of which there are always three days."""
    small = SmallProgramme().activity("a", 10).pert("b", 3, 5, 9, "a").milestone("b", "sop")
    small.add("acceleration", activity="a", option="press", days=3, cost=90)
    return small.add("acceleration", activity="b", option="night shift", days=2, cost=100)


def test_a_launch_tells_what_an_earlier_milestone_costs() -> None:
    launched = _two().launch(200)
    curve, used = launched["acceleration"], launched["accelerated"]
    planned, mean = curve.filter(of="planned"), curve.filter(of="mean")
    for rows in (planned, mean):
        assert rows["earlier"].to_list() == [0, 1, 2, 3, 4, 5]
        assert rows["cost"].to_list() == pytest.approx([0, 30, 60, 90, 140, 190], abs=0.1)
        assert rows["marginal"].to_list()[1:] == pytest.approx([30, 30, 30, 50, 50], abs=0.1)
    assert planned["day"][5] == planned["day"][0] - datetime.timedelta(days=5)
    paid = used.group_by("of", "earlier").agg(pl.col("cost").sum()).join(curve, on=["of", "earlier"])
    assert paid.height == 10
    assert paid["cost"].to_list() == pytest.approx(paid["cost_right"].to_list())


def test_the_columns_are_those_described() -> None:
    for launched in (_two().launch(50), SmallProgramme().activity("a", 1).milestone("a").launch(50)):
        for table in ("acceleration", "accelerated"):
            assert launched[table].columns == [column.name for column in COLUMNS[table]]
            assert (
                not launched[table].select(column.name for column in COLUMNS[table] if column.key).is_duplicated().any()
            )


def test_the_summary_says_what_earlier_costs() -> None:
    last = _two().launch(50).summary().splitlines()[-1]
    assert last == "sop can be planned 1 day earlier for 30 EUR, 5 days at the most for 190 EUR"
    small = SmallProgramme().activity("a", 10).activity("b", 3).milestone("a")
    small.add("acceleration", activity="b", option="press", days=3, cost=90)
    assert small.launch(50).summary().splitlines()[-1] == "end cannot be planned earlier for money"
    assert "earlier" not in SmallProgramme().activity("a", 10).milestone("a").launch(50).summary()


def test_advice_is_taken_before_money_is_spent() -> None:
    small = _two().add("parties", party="host", role="host").add("sites", site="plant", party="host", kind="plant")
    small.add("agreements", agreement="deal", host="host", site="plant", status="option", starts=START, term=12)
    small.add("advisory", agreement="deal", service="engineers")
    small.add("advisory_effects", agreement="deal", service="engineers", activity="a", factor=0.1)
    curve = small.launch(50)["acceleration"].filter(of="planned")
    assert curve.filter(pl.col("advice").is_null())["earlier"].max() == 5
    # One day of the first is left to be saved.
    assert curve.filter(advice="deal")["cost"].to_list() == pytest.approx([0, 30, 80, 130])


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ({"activity": "c"}, "activity", "activities"),
        ({"days": 0}, "days", "above 0"),
        ({"days": 8}, "days", "days of a that come to 10 at most, which is what it takes, not 11"),
        ({"cost": -1}, "cost", "at least 0"),
        ({"whole": "some"}, "whole", "yes"),
        ({"days": None}, "days", "a value"),
    ],
)
def test_what_is_wrong_with_an_option_is_told(row: dict[str, object], column: str, expected: str) -> None:
    small = _two().add("acceleration", **{"activity": "a", "option": "other", "days": 1, "cost": 1} | row)
    with pytest.raises(CaseError) as caught:
        small.case()
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.column) == ("acceleration", 3, column)
    assert expected in f"{problem.expected} {problem.mend}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    small = _two().add("acceleration", activity="a", option="more", days=9, cost=-1)
    small.add("acceleration", activity="c", option="none", days=1, cost=1)
    with pytest.raises(CaseError) as caught:
        small.case()
    assert {problem.column for problem in caught.value.problems} >= {"cost", "activity"}


def test_a_milestone_that_nothing_leads_to_is_told() -> None:
    case = _two().case()
    with pytest.raises(ValueError, match="no activity leads to a milestone 'eop'; one does to sop"):
        acceleration_curve(case, "eop")
    with pytest.raises(ValueError, match="there must be at least 1"):
        worth_paying_for(case, "sop", 1.0, samples=0)


def test_who_shares_an_expert_is_made_shorter_for_the_other() -> None:
    small = SmallProgramme().activity("a", 5).activity("b", 3).activity("end", 0, "a", "b").milestone("end")
    small.add("teams", team="expert", capacity=1)
    small.add("assignments", activity="a", team="expert").add("assignments", activity="b", team="expert")
    # b alone would not decide anything.
    small.add("acceleration", activity="b", option="overtime", days=2, cost=10)
    curve = acceleration_curve(small.case(), "end").curve
    assert curve.select("earlier", "cost").rows() == [(0, 0.0), (1, 5.0), (2, 10.0)]
    bought, used = worth_paying_for(small.case(), "end", 6.0, 50)
    assert (bought.cost, used["activity"].to_list()) == (10.0, ["b"])
