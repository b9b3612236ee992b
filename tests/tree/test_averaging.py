"""The case of the mean."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import START, SmallCase

from coplant import Case
from coplant.tree.averaging import NoMeanError, mean_of
from coplant.tree.futures import Futures

MARCH, APRIL, MAY = (datetime.date(2023, month, 1) for month in (3, 4, 5))


def _small() -> SmallCase:
    small = SmallCase("month:6").item("box").route("box", cost=1.0).demand("box", 10.0, "month", 2.0)
    for outcome, probability, day in (("early", 0.25, MARCH), ("late", 0.75, APRIL)):
        small.add("branches", branch="rise", outcome=outcome, probability=probability, reveal_date=day)
    return small


def _mean(small: SmallCase) -> Case:
    futures = Futures.of(small.case())
    return mean_of(list(futures.cases()), futures.probability)


def _edit(small: SmallCase, outcome: str, **edit: Any) -> SmallCase:
    return small.add("edits", **{"outcome": outcome, "table": "demand", "key": "box", "column": "quantity", **edit})


def test_numbers_are_averaged_on_every_day_on_which_one_changes() -> None:
    small = _edit(_small(), "early", value="30", until=MAY)
    _edit(small, "late", operation="times", value="2")
    assert _mean(small)["demand"].select("from", "quantity").rows() == [
        (START, 10.0),
        (MARCH, 0.25 * 30 + 0.75 * 10),
        (APRIL, 0.25 * 30 + 0.75 * 20),
        (MAY, 0.25 * 10 + 0.75 * 20),
    ]


def test_tables_without_days_are_averaged_row_by_row() -> None:
    small = _small().item("bin").route("bin", cost=5.0).demand("bin", 1.0, "month", 9.0)
    _edit(small, "late", table="routes", column="cost", operation="plus", value="4")
    assert _mean(small)["routes"].select("route", "cost").rows() == [("bin", 5.0), ("box", 4.0)]


def test_what_is_the_same_everywhere_stays_as_it_is() -> None:
    small = _edit(_small(), "early", value="10")
    small.since("demand", demand="other", item="box", site="works", quantity=0.1, per="week")
    small.since("prices", demand="other", price=0.3)
    mean = _mean(small)
    assert mean["demand"].filter(demand="other").equals(small.case()["demand"].filter(demand="other"))
    assert mean["routes"].equals(small.case()["routes"])


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        ({"table": "routes", "column": "until", "value": "2023-05-01"}, "until of routes"),
        ({"table": "routes", "column": "title", "value": "slow"}, "title of routes"),
        ({"table": "routes", "column": "multiple", "value": "3"}, "multiple of routes"),
        ({"table": "allotments", "key": "chips", "column": "quantity", "value": None}, "quantity of allotments"),
    ],
)
def test_what_is_no_number_or_empty_in_places_has_no_mean(edit: dict[str, Any], what: str) -> None:
    small = _small()
    small.item("chip").offer("chip", 1.0, allotment="chips")
    small.since("allotments", allotment="chips", quantity=5.0, per="month")
    with pytest.raises(NoMeanError, match=f"{what} differs between futures and has no mean"):
        _mean(_edit(small, "late", **edit))


def test_an_empty_cell_beside_those_that_differ_does_no_harm() -> None:
    small = _small().item("bin").route("bin", multiple=None).demand("bin", 1.0, "month", 9.0)
    small.tables["routes"][0]["multiple"] = 2.0
    _edit(small, "late", table="routes", column="multiple", value="4")
    assert _mean(small)["routes"].select("route", "multiple").rows() == [("bin", None), ("box", 3.5)]
