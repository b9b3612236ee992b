"""Futures: how likely they are, when they are told apart, and the case of each."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from small_case import START, SmallCase

from coplant import Case, CaseError
from coplant.timeline import Timeline
from coplant.tree.futures import Futures


def _day(month: int, day: int = 1) -> datetime.date:
    return datetime.date(2023, month, day)


def _small() -> SmallCase:
    small = SmallCase("month:6").item("box").item("bin")
    for name, quantity in (("box", 10.0), ("bin", 20.0)):
        small.route(name, cost=1.0).demand(name, quantity, "month", 2.0)
    return small


def _branch(small: SmallCase, branch: str, ways: dict[str, float], reveal_date: datetime.date, **row: Any) -> SmallCase:
    for outcome, probability in ways.items():
        small.add("branches", branch=branch, outcome=outcome, probability=probability, reveal_date=reveal_date, **row)
    return small


def _uncertain() -> SmallCase:
    small = _branch(_small(), "deal", {"denied": 0.4, "signed": 0.6}, _day(2))
    _branch(small, "start", {"early": 0.25, "late": 0.75}, _day(4), after="signed")
    return _branch(small, "rival", {"enters": 0.5, "stays out": 0.5}, _day(3))


def test_probabilities_multiply_along_a_future_and_add_up_to_one() -> None:
    futures = Futures.of(_uncertain().case())
    likely = dict(zip(futures.names, futures.probability, strict=True))
    assert likely == pytest.approx(
        {
            "denied, enters": 0.2, "denied, stays out": 0.2, "signed, enters, early": 0.075,
            "signed, enters, late": 0.225, "signed, stays out, early": 0.075, "signed, stays out, late": 0.225,
        }
    )  # fmt: skip


def test_what_cannot_happen_is_no_future() -> None:
    small = _branch(_small(), "deal", {"denied": 0.0, "signed": 1.0}, _day(2))
    assert Futures.of(small.case()).names == ("signed",)


def test_futures_are_told_apart_from_the_bucket_in_which_an_outcome_is_known() -> None:
    case = _uncertain().case()
    futures = Futures.of(case)
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    assert futures.told_apart(timeline).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 1],
        [0, 2, 2, 2, 2, 2],
        [0, 2, 2, 3, 3, 3],
        [0, 2, 4, 4, 4, 4],
        [0, 2, 4, 5, 5, 5],
    ]
    assert futures.known(timeline)[3] == ["", "signed", "signed, enters", *["signed, enters, late"] * 3]


def test_an_outcome_whose_day_has_not_come_is_not_told_from_the_others() -> None:
    small = _small()
    for outcome, month in (("first", 2), ("second", 4), ("third", 5)):
        small.add("branches", branch="start", outcome=outcome, probability=1.0 / 3.0, reveal_date=_day(month))
    case = small.case()
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    apart = Futures.of(case).told_apart(timeline)
    assert apart.tolist() == [[0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1], [0, 1, 1, 2, 2, 2]]


def _of(small: SmallCase, future: str) -> Case:
    futures = Futures.of(small.case())
    return list(futures.cases())[futures.names.index(future)]


def _quantities(case: Case, demand: str) -> list[tuple[datetime.date, float]]:
    return case["demand"].filter(demand=demand).select("from", "quantity").rows()


def _luck(**edit: Any) -> SmallCase:
    small = _branch(_small(), "luck", {"good": 0.5, "bad": 0.5}, _day(3))
    return small.add("edits", **{"outcome": "good", "table": "demand", "key": "box", "column": "quantity", **edit})


def test_a_change_holds_from_the_day_on_which_it_is_known() -> None:
    small = _luck(operation="times", value="1.5")
    assert _quantities(_of(small, "good"), "box") == [(START, 10.0), (_day(3), 15.0)]
    assert _quantities(_of(small, "good"), "bin") == [(START, 20.0)]
    assert _of(small, "bad") == small.case().replace({"branches": [], "edits": []})


def test_a_change_can_begin_later_and_end() -> None:
    small = _luck(operation="plus", value="1", from_=_day(4), until=_day(5, 10))
    small.since("demand", demand="box", item="box", site="works", quantity=12.0, per="month", from_=_day(5))
    expected = [(START, 10.0), (_day(4), 11.0), (_day(5), 13.0), (_day(5, 10), 12.0)]
    assert _quantities(_of(small, "good"), "box") == expected


def test_a_change_without_a_key_is_of_all_rows() -> None:
    small = _luck(key=None, value="3")
    assert _quantities(_of(small, "good"), "box") == [(START, 10.0), (_day(3), 3.0)]
    assert _quantities(_of(small, "good"), "bin") == [(START, 20.0), (_day(3), 3.0)]


def test_rows_can_be_named_by_any_column() -> None:
    small = _luck(key="site=works, item=bin", value="3")
    assert _quantities(_of(small, "good"), "box") == [(START, 10.0)]
    assert _quantities(_of(small, "good"), "bin") == [(START, 20.0), (_day(3), 3.0)]


def test_probabilities_are_divided_by_their_sum_where_that_is_asked_for() -> None:
    small = _branch(_small(), "luck", {"good": 1.0, "bad": 1.0}, _day(3))
    small.settings["probabilities"] = "normalise"
    assert Futures.of(small.case()).probability == pytest.approx(np.array([0.5, 0.5]))


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ({"table": "demnd"}, r'demnd.*Did you mean "demand"'),
        ({"column": "quantty"}, r'quantty.*Did you mean "quantity"'),
        ({"column": "demand"}, "no part of its key"),
        ({"outcome": "god"}, r'god.*Did you mean "good"'),
        ({"value": "many"}, "many.*a number"),
        ({"value": "-3"}, "-3.*at least 0"),
        ({"column": "per", "value": "mont"}, 'mont.*one of hour, .*Did you mean "month"'),
        ({"column": "site", "value": "wroks"}, 'wroks.*a site in sites.*Did you mean "works"'),
        ({"column": "wait_share", "value": "1.2"}, r"1\.2.*at least 0 and at most 1"),
        ({"value": None}, "a number"),
        ({"operation": "times", "value": "twice"}, "twice.*a number"),
        ({"operation": "plus", "column": "per", "value": "1"}, "set, as per is no number"),
        ({"from": _day(2)}, "a day from 2023-03-01 on, when good is known"),
        ({"until": _day(3), "from": _day(4)}, "a day after 2023-04-01"),
        ({"table": "routes", "column": "cost", "until": _day(5)}, "rows of routes do not hold from a day"),
        ({"table": "branches", "column": "probability"}, "a table that can change"),
    ],
)
def test_edits_that_mean_nothing_are_refused(mistake: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseError, match=told):
        _luck(**{"value": "3", **mistake}).case()


def test_all_mistakes_of_edits_are_told_at_once() -> None:
    small = _luck(column="per", value="fortnight")
    small.add("edits", outcome="bad", table="demand", key="box", column="quantity", value="-1")
    small.add("edits", outcome="bad", table="demand", key="bux", column="quantity", value="1")
    with pytest.raises(CaseError) as caught:
        small.case()
    told = [(problem.table, problem.row, problem.column) for problem in caught.value.problems]
    assert told == [("edits", 1, "value"), ("edits", 2, "value"), ("edits", 3, "key")]


def test_a_number_without_end_is_refused() -> None:
    small = _luck(operation="times", value="1e200")
    small.since("demand", demand="box", item="box", site="works", quantity=1e200, per="month", from_=_day(4))
    with pytest.raises(CaseError, match=r"if good:\n.*quantity: .*a number"):
        list(Futures.of(small.case()).cases())


def test_a_mistake_of_one_future_says_of_which() -> None:
    small = _luck(column="item", value="bin")
    with pytest.raises(CaseError, match=r"1 problem in .*, if good:\n.*item.*bin.*box") as caught:
        list(Futures.of(small.case()).cases())
    assert [problem.table for problem in caught.value.problems] == ["demand"]


def test_mistakes_of_several_futures_are_told_at_once() -> None:
    small = _luck(column="item", value="bin")
    small.add("edits", outcome="bad", table="demand", key="bin", column="item", value="box")
    with pytest.raises(CaseError, match="2 problems in ") as caught:
        list(Futures.of(small.case()).cases())
    told = [(problem.value, problem.expected.rpartition(", ")[2]) for problem in caught.value.problems]
    assert told == [("box", "if bad"), ("bin", "if good")]


def test_a_mistake_of_a_future_is_told_in_rows_that_were_read_and_with_its_edits() -> None:
    small = _luck(operation="times", value="-1")
    small.add("edits", outcome="good", table="demand", key="bin", column="quantity", value="5")
    small.add("edits", outcome="good", table="demand", key="box", column="lost_penalty", value="5")
    small.since("demand", demand="box", item="box", site="works", quantity=12.0, per="month", from_=_day(5))
    with pytest.raises(CaseError) as caught:
        list(Futures.of(small.case()).cases())
    told = [(one.table, one.row, one.column, one.value) for one in caught.value.problems]
    assert told == [("demand", 1, "quantity", -10.0), ("demand", 3, "quantity", -12.0)]
    assert {one.mend.rpartition(". ")[2] for one in caught.value.problems} == {"It comes from row 1 of edits"}


def test_a_mistake_in_a_table_that_no_edit_changes_names_all_edits_of_the_future() -> None:
    small = _luck(value="3")
    small.add("edits", outcome="good", table="routes", key="bin", column="item", value="box")
    with pytest.raises(CaseError) as caught:
        list(Futures.of(small.case()).cases())
    told = [(one.table, one.row, one.mend.rpartition(". ")[2]) for one in caught.value.problems]
    assert told == [("demand", 2, "It comes from rows 1 and 2 of edits")]


def test_an_edit_that_means_no_row_after_another_is_named() -> None:
    small = _luck(table="items", key=None, column="unit", value="piece")
    small.add("edits", outcome="good", table="items", key="unit=unit", column="value", value="5")
    with pytest.raises(CaseError) as caught:
        list(Futures.of(small.case()).cases())
    told = [(one.table, one.row, one.column) for one in caught.value.problems]
    assert told == [("edits", 2, "key")]


def test_the_same_mistake_of_many_futures_is_told_once() -> None:
    small = _luck(operation="times", value="-1")
    _branch(small, "rival", {"enters": 0.5, "stays out": 0.5}, _day(3))
    small.add("edits", outcome="enters", table="demand", key="box", column="quantity", operation="times", value="0.9")
    with pytest.raises(CaseError) as caught:
        list(Futures.of(small.case()).cases())
    assert [(one.row, one.expected.rpartition(", if ")[2]) for one in caught.value.problems] == [(1, "good, enters")]


def test_futures_that_differ_by_what_changes_nothing_share_their_case() -> None:
    small = _branch(_luck(value="3"), "rival", {"enters": 0.5, "stays out": 0.5}, _day(3))
    futures = Futures.of(small.case())
    cases = dict(zip(futures.names, futures.cases(), strict=True))
    assert cases["good, enters"] is cases["good, stays out"]
    assert cases["good, enters"] is not cases["bad, enters"]


def test_a_few_of_many_futures_hold_all_pairs_of_outcomes() -> None:
    small = _uncertain()
    for number in range(6):
        _branch(small, f"coin {number}", {f"heads {number}": 0.5, f"tails {number}": 0.5}, _day(2 + number % 4))
    futures = Futures.of(small.case())
    few = futures.only(futures.in_pairs())

    def pairs(of: Futures) -> set[tuple[str, str]]:
        return {(one.outcome, other.outcome) for future in of.outcomes for one in future for other in future}

    assert pairs(few) == pairs(futures)
    assert len(few) < len(futures) / 5


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("bux", "some row matches"),
        ("box, 2", "values of demand, in that order with commas between"),
        ("sit=works", "site"),
    ],
)
def test_an_edit_of_no_row_says_so(key: str, told: str) -> None:
    with pytest.raises(CaseError, match=told):
        _luck(key=key, value="3").case()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"probability": 0.5}, {"probability": 0.4}], "add up to 1; they add up to 0.9"),
        ([{"probability": 1.5}, {"probability": -0.5}], "1.5"),
        ([{"after": "bad"}, {"after": None}], "as in the first row of luck"),
        ([{"after": "goood"}, {"after": "goood"}], 'goood.*Did you mean "good"'),
        ([{"after": "good"}, {"after": "good"}], "does not hang on this branch itself"),
        ([{"reveal_date": START}, {}], "a day after 2023-01-01"),
        ([{"reveal_date": datetime.date(2030, 1, 1)}, {}], "before 2023-07-01"),
    ],
)
def test_branches_that_cannot_be_are_refused(rows: list[dict[str, Any]], told: str) -> None:
    small = _small()
    for outcome, row in zip(("good", "bad"), rows, strict=True):
        plain = {"branch": "luck", "outcome": outcome, "probability": 0.5, "reveal_date": _day(3)}
        small.add("branches", **{**plain, **row})
    with pytest.raises(CaseError, match=told):
        small.case()


def test_a_branch_after_its_own_descendant_is_named() -> None:
    small = _branch(_small(), "deal", {"signed": 0.5, "denied": 0.5}, _day(3), after="early")
    _branch(small, "start", {"early": 0.5, "late": 0.5}, _day(3), after="signed")
    with pytest.raises(CaseError, match="start comes before deal"):
        small.case()


def test_a_branch_is_not_known_before_what_it_follows() -> None:
    small = _branch(_small(), "deal", {"signed": 0.5, "denied": 0.5}, _day(3))
    _branch(small, "start", {"early": 0.5, "late": 0.5}, _day(2), after="signed")
    with pytest.raises(CaseError, match="a day from 2023-03-01 on, when signed is known"):
        small.case()


def test_the_likeliest_future_is_that_of_the_likeliest_outcome_of_each_branch() -> None:
    small = _branch(_small(), "deal", {"signed": 0.6, "denied": 0.4}, _day(2))
    _branch(small, "start", {"early": 0.3, "in time": 0.36, "late": 0.34}, _day(4), after="signed")
    futures = Futures.of(small.case())
    # It is less likely than to be denied, whatever comes then.
    assert futures.names[futures.likeliest] == "signed, in time"
    assert futures.probability[futures.likeliest] < futures.probability.max()


def test_of_outcomes_that_are_as_likely_the_first_counts() -> None:
    futures = Futures.of(_branch(_small(), "luck", {"bad": 0.5, "good": 0.5}, _day(2)).case())
    assert futures.names[futures.likeliest] == "bad"
