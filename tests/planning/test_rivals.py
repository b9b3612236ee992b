"""Rivals take a share of those who would buy."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from small_case import START, SmallCase

import coplant
from coplant import Hedge, Plan
from coplant.demand import adopted

ENTRY = datetime.date(2023, 3, 11)


def _beside(entry: datetime.date = ENTRY, attraction: float | None = 0.5, **row: Any) -> SmallCase:
    """A box that 310 a month would buy, beside a rival that enters in March."""
    small = SmallCase("month:6").item("box").route("box", cost=4.0)
    small.demand("box", 310.0, "month", 10.0, attraction=1.0, **row)
    return small.add("rivals", rival="other", demand="box", from_=entry, attraction=attraction)


def _kept(*rivals: float, own: float = 1.0) -> float:
    return float((1 + np.exp(own)) / (1 + np.exp(own) + np.exp(rivals).sum()))


def _sold(plan: Plan) -> list[float]:
    return [float(units) for units in plan["sold"].sort("bucket")["sold"]]


def test_a_rival_takes_its_share_from_the_day_it_enters() -> None:
    """Of the 31 days of March ten are without it."""
    after = 310.0 * _kept(0.5)
    assert _sold(_beside().plan()) == pytest.approx([310, 310, 100 + 21 / 31 * after, after, after, after])


def test_a_rival_that_is_not_there_takes_nothing() -> None:
    alone = _beside()
    alone.tables["rivals"] = []
    assert _beside(attraction=None).plan()["sold"].equals(alone.plan()["sold"])
    assert _beside(datetime.date(2023, 7, 1)).plan()["sold"].equals(alone.plan()["sold"])


def test_a_rival_leaves_when_its_attraction_is_empty_and_comes_back() -> None:
    small = _beside(datetime.date(2022, 1, 1))
    small.add("rivals", rival="other", demand="box", from_=datetime.date(2023, 2, 1), attraction=None)
    small.add("rivals", rival="other", demand="box", from_=datetime.date(2023, 5, 1), attraction=2.0)
    first, then = 310.0 * _kept(0.5), 310.0 * _kept(2.0)
    assert _sold(small.plan()) == pytest.approx([first, 310, 310, 310, then, then])


def test_rivals_share_what_they_take() -> None:
    small = _beside(START).add("rivals", rival="third", demand="box", from_=START, attraction=0.5)
    both, one = 310.0 * _kept(0.5, 0.5), 310.0 * _kept(0.5)
    assert _sold(small.plan()) == pytest.approx([both] * 6)
    assert one / 2.0 < both < one


def test_a_better_product_keeps_more_from_the_day_it_is_better() -> None:
    small = _beside(START)
    small.since("demand", demand="box", item="box", site="works", quantity=310.0, per="month", attraction=3.0,
                from_=datetime.date(2023, 4, 16))  # fmt: skip
    before, after = 310.0 * _kept(0.5), 310.0 * _kept(0.5, own=3.0)
    assert _sold(small.plan()) == pytest.approx([before] * 3 + [(before + after) / 2.0, after, after])


def test_of_a_stream_without_rivals_nothing_is_taken() -> None:
    small = _beside(START).demand("box", 100.0, "month", 9.0, demand="fleet")
    sold = small.plan()["sold"].filter(demand="fleet")["sold"].to_list()
    assert sold == pytest.approx([100.0] * 6)


def test_a_rival_takes_of_what_spreads_as_well() -> None:
    small = _beside()
    small.tables["demand"][0]["quantity"] = 0.0
    small.add("diffusion", demand="box", from_=START, innovation=0.1, imitation=0.5, potential=1_000)
    days = np.array([0, 69, 181])  # until 11 March, and until 1 July
    before, after = 1_000 * np.diff(adopted(days / 365.25, 0.1, 0.5))
    assert sum(_sold(small.plan())) == pytest.approx(before + _kept(0.5) * after)


def test_cover_in_days_is_of_what_rivals_leave() -> None:
    small = _beside(datetime.date(2023, 4, 1)).since("safety_stock", item="box", site="works", days=30, penalty=2.0)
    targets = small.plan()["stock"].sort("bucket")["target"].to_list()
    assert targets[:3] == pytest.approx([310 * (28 / 28 + 2 / 31), 310 * 30 / 31, 310 * _kept(0.5)])


def _uncertain() -> SmallCase:
    """In March it becomes known whether the rival enters; what is sold in April is made in February, for less."""
    small = _beside(datetime.date(2023, 4, 1))
    for outcome, probability in (("enters", 0.25), ("stays away", 0.75)):
        small.add("branches", branch="rival", outcome=outcome, probability=probability,
                  reveal_date=datetime.date(2023, 3, 1))  # fmt: skip
    return small.add("edits", outcome="stays away", table="rivals", key="other,box", column="attraction", value=None)


def _values(hedge: Hedge) -> dict[str, float]:
    return dict(hedge["futures"].select("future", "present_value").rows())


def test_a_rival_enters_in_one_future_and_not_in_the_other() -> None:
    hedge = coplant.hedge(_uncertain().case(), gap=1e-9)
    alone = 6.0 * 6 * 310.0
    beside = 6.0 * 3 * 310.0 * (1.0 + _kept(0.5))
    assert _values(hedge) == pytest.approx({"enters": beside, "stays away": alone})
    assert hedge.expected == pytest.approx(0.25 * beside + 0.75 * alone)


def test_a_rival_enters_earlier_or_later() -> None:
    small = _uncertain()
    small.tables["edits"][0]["until"] = datetime.date(2023, 6, 1)
    beside, later = 6.0 * 3 * 310.0 * (1.0 + _kept(0.5)), 6.0 * 310.0 * (5 + _kept(0.5))
    assert _values(coplant.hedge(small.case(), gap=1e-9)) == pytest.approx({"enters": beside, "stays away": later})


def test_what_is_made_before_it_is_known_is_a_hedge() -> None:
    """A box made early costs 4, one made from March on 9: early pays if it is sold with 4 in 9 or more."""
    small = _uncertain()
    small.tables["routes"][0]["until"] = datetime.date(2023, 3, 1)
    small.route("box", route="late", cost=9.0)
    for stays, boxes in ((0.45, 6.0), (0.43, 3.0 + 3.0 * _kept(0.5))):
        small.tables["branches"][0]["probability"], small.tables["branches"][1]["probability"] = 1.0 - stays, stays
        hedge = coplant.hedge(small.case(), gap=1e-9)
        made = [float(plan["made"].filter(route="box")["started"].sum()) for plan in hedge.plans]
        assert made == pytest.approx([310.0 * boxes] * 2)
