"""The tree as text."""

from __future__ import annotations

import datetime

from small_case import SmallCase

from coplant.tree.drawing import drawn
from coplant.tree.futures import Futures


def _day(month: int) -> datetime.date:
    return datetime.date(2023, month, 1)


def _case() -> SmallCase:
    small = SmallCase("month:12").item("box").route("box", cost=1.0).demand("box", 1.0, "month", 2.0)
    for outcome, probability in (("signed", 0.6), ("denied", 0.4)):
        small.add("branches", branch="deal", outcome=outcome, probability=probability, reveal_date=_day(3))
    for outcome, probability, month in (("early", 0.2, 5), ("late", 0.8, 7)):
        small.add("branches", branch="start", outcome=outcome, probability=probability, reveal_date=_day(month),
                  after="signed")  # fmt: skip
    return small


def test_a_case_without_branches_has_one_future() -> None:
    small = _case()
    small.tables["branches"] = []
    assert drawn(Futures.of(small.case())) == "1 future: the case has no branches"


def test_branches_open_where_they_become_known() -> None:
    assert drawn(Futures.of(_case().case())).split("\n") == [
        "3 futures",
        "2023-03-01",
        "├─  40.0%  denied",
        "└─  60.0%  signed",
        "           2023-05-01",
        "           ├─  20.0%  early",
        "           └─  80.0%  none of these",
        "                      2023-07-01",
        "                      └─ 100.0%  late",
    ]


def _certain(**row: object) -> SmallCase:
    small = _case()
    small.tables["branches"] = []
    return small.branch("deal", _day(3), {"yes, sure": 1.0}, **row)


def test_a_branch_that_can_turn_out_in_one_way_is_drawn_as_such() -> None:
    assert drawn(Futures.of(_certain().case())).split("\n") == ["1 future", "2023-03-01", '└─ 100.0%  "yes, sure"']


def test_outcomes_are_called_by_their_titles() -> None:
    assert drawn(Futures.of(_certain(title="It is signed").case())).endswith("100.0%  It is signed")


def test_shares_of_a_branch_add_up_to_all() -> None:
    small = _case()
    small.tables["branches"] = []
    small.branch("deal", _day(3), {"signed": 0.5625, "denied": 0.4375})
    assert drawn(Futures.of(small.case())).split("\n")[2:] == ["├─ 43.75%  denied", "└─ 56.25%  signed"]
