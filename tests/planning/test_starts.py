"""Routes that wait for a milestone: on the mean of its days, on levels of luck, and what a day of it is worth."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from small_case import START, SmallCase

import coplant
from coplant import CaseError
from coplant.launching import Levels, drawn_starts
from coplant.tree.drawing import drawn

HORIZON = "month:12"


def _waiting(**milestone: object) -> SmallCase:
    """A lamp that sells for 10 and is made from a milestone on: 100 a month are asked for, and lost until then."""
    small = SmallCase(HORIZON).item("lamp").route("lamp", milestone="ready", cost=2).demand("lamp", 100, "month", 10)
    return small.line("lamp", 100, "month").add("milestones", milestone="ready", **milestone)


def _uncertain() -> SmallCase:
    small = _waiting(activity="tools", target=datetime.date(2023, 6, 30))
    return small.add("activities", activity="tools", distribution="uniform", low=60, high=240, range="limits")


def _at_host(small: SmallCase) -> None:
    """Make and sell the lamp at the host's."""
    small.tables["routes"][0] |= {"site": "host", "agreement": "deal"}
    for table in ("demand", "resources"):
        small.tables[table][0]["site"] = "host"


def _first_made(plan: coplant.Plan) -> datetime.date:
    return plan["made"].filter(pl.col("started") > 0)["bucket"].min()


def test_production_starts_on_the_day_after_a_milestone_with_a_date() -> None:
    waiting = _waiting(date=datetime.date(2023, 3, 31)).plan()
    dated = _waiting(date=datetime.date(2023, 3, 31))
    dated.tables["routes"][0] = {**dated.tables["routes"][0], "milestone": None, "from": datetime.date(2023, 4, 1)}
    assert waiting.objective == pytest.approx(dated.plan().objective)
    assert waiting.objective == pytest.approx(900 * 8)
    assert waiting["starts"].rows() == [("ready", datetime.date(2023, 4, 1))]
    assert "ready lets production start on 2023-04-01." in waiting.summary()
    assert _first_made(waiting) == datetime.date(2023, 4, 1)


def test_on_one_branch_production_starts_at_the_mean() -> None:
    case = _uncertain().case()
    (days,) = drawn_starts(case, ["ready"]).values()
    planned = coplant.plan(case)
    mean = np.rint(days.astype(np.int64).mean()).astype(np.int64).astype("datetime64[D]").astype(object)
    assert planned["starts"].rows() == [("ready", mean)]
    assert f"ready lets production start on {mean}, the mean of its launch." in planned.summary()
    # Evenly spread over 180 days.
    assert abs((mean - START).days - 150) <= 2


@pytest.mark.parametrize("count", [2, 3, 5])
def test_levels_of_luck_keep_the_mean_and_the_tails(count: int) -> None:
    case = _uncertain().case()
    drawn = drawn_starts(case, ["ready"])
    levels = Levels.of(case, drawn, count)
    day = np.array([starts.day["ready"] for starts in levels.starts]).astype(np.int64)
    assert levels.probability.sum() == pytest.approx(1.0)
    assert levels.probability @ day == pytest.approx(drawn["ready"].astype(np.int64).mean(), abs=0.5)
    assert levels.known.astype(np.int64).tolist() == day.tolist()
    if count > 2:
        late = np.sort(drawn["ready"].astype(np.int64))[-len(drawn["ready"]) // 10 :]
        assert day[-1] == pytest.approx(late.mean(), abs=0.5)
        assert levels.probability[-1] == 0.1


def test_a_level_of_luck_is_known_when_production_starts_on_it() -> None:
    small = _uncertain()
    small.settings["start_levels"] = 3
    hedge = small.hedge()
    assert hedge["futures"]["future"].to_list() == ["start 1 of 3", "start 2 of 3", "start 3 of 3"]
    assert hedge["futures"]["probability"].to_list() == pytest.approx([0.1, 0.8, 0.1])
    apart = hedge.futures.told_apart(hedge.timeline)
    starts = [plan["starts"]["day"].item() for plan in hedge.plans]
    for level, start in enumerate(starts[:-1]):
        alone = np.flatnonzero((apart[level] == level) & (apart[-1] != level))
        assert alone.min() == hedge.timeline.bucket_of(np.datetime64(start))
    # No bucket is split by luck.
    assert len(hedge.timeline) == 12


def test_levels_are_worth_the_mean_where_nothing_is_decided_before_they_are_known() -> None:
    small = _uncertain()
    case = small.case()
    levels = Levels.of(case, drawn_starts(case, ["ready"]), 3)
    apart = []
    for starts in levels.starts:
        day = starts.day["ready"] - np.timedelta64(1, "D")
        apart.append(_waiting(date=day.astype(object)).plan().objective)
    small.settings["start_levels"] = 3
    together = small.hedge()
    assert together.expected == pytest.approx(levels.probability @ apart, rel=1e-6)
    assert [plan.objective for plan in together.plans] == pytest.approx(apart, rel=1e-6)


def test_what_is_reserved_hedges_all_starts() -> None:
    """Capacity has to be reserved before the start is known, for all months alike; idle months cost as well."""
    small = _uncertain().host(starts=START, term=12)
    _at_host(small)
    small.add("reservations", agreement="deal", least=0, most=100, per="month", fee=5)
    certain = small.plan()
    small.settings["start_levels"] = 5
    hedged = small.hedge()
    # On the mean 7 of 12 months earn 8 less 5; on the latest level fewer.
    assert hedged.objective <= certain.objective + 1e-6
    assert hedged["reserved"]["reserved"].n_unique() == 1
    worth = coplant.worth(small.case(), weights=())["knowing"]
    assert worth["branch"].to_list() == ["start of production"]
    assert worth["worth"].item() > 0.0


def test_luck_and_branches_multiply() -> None:
    small = _uncertain().branch("market", datetime.date(2023, 2, 1), {"grows": 0.5, "stays": 0.5})
    small.add("edits", outcome="grows", table="demand", column="quantity", operation="times", value="2")
    small.settings["start_levels"] = 2
    hedge = small.hedge()
    assert hedge["futures"].height == 4
    assert hedge["futures"]["probability"].to_list() == pytest.approx([0.25] * 4)
    assert hedge["outcomes"].filter(branch="start of production").height == 4


def test_a_case_with_levels_of_luck_has_no_plan_and_values_its_start_as_it_stands() -> None:
    small = _uncertain()
    certain = coplant.value_of_start(coplant.launch(small.case(), 500), gap=1e-9)["start_values"]
    small.settings["start_levels"] = 3
    with pytest.raises(CaseError, match="start_levels"):
        small.plan()
    assert small.case().as_it_stands() == _uncertain().case()
    assert coplant.value_of_start(coplant.launch(small.case(), 500), gap=1e-9)["start_values"].equals(certain)


def test_luck_is_drawn_when_it_becomes_known() -> None:
    small = _uncertain()
    small.settings["start_levels"] = 3
    futures = small.hedge().futures
    lines = [" ".join(line.split()) for line in drawn(futures).splitlines()]
    known = [str(future[0].known) for future in futures.outcomes]
    assert lines == [
        "3 futures",
        known[0], "├─ 10.0% start 1 of 3", "└─ 90.0% none of these",
        known[1], "├─ 88.9% start 2 of 3", "└─ 11.1% none of these",
        known[2], "└─ 100.0% start 3 of 3",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 10_001])
def test_there_are_as_many_levels_as_samples_at_most(count: int) -> None:
    case = _uncertain().case()
    with pytest.raises(ValueError, match="1 to 10000"):
        Levels.of(case, drawn_starts(case, ["ready"]), count)


def test_a_later_start_is_worth_what_is_lost_until_then() -> None:
    launched = coplant.launch(_uncertain().case(), 2_000)
    valued = coplant.value_of_start(launched, gap=1e-9)
    values = valued["start_values"]
    assert values["day"].is_sorted()
    # 100 a month at 8 are 1,200 x 8 / 365 a day.
    weeks = values["week"].drop_nulls().to_list()
    assert weeks == pytest.approx([7 * 1200 * 8 / 365] * len(weeks), rel=0.05)
    assert valued["advice"].is_empty()


def test_advice_is_worth_the_days_it_saves() -> None:
    small = _uncertain().host(starts=START, term=12)
    small.add("advisory", agreement="deal", service="tryout", fee=50, per="month")
    _at_host(small)
    small.add("advisory_effects", agreement="deal", service="tryout", activity="tools", factor=0.5)
    launched = coplant.launch(small.case(), 2_000)
    row = coplant.value_of_start(launched, gap=1e-9)["advice"].row(0, named=True)
    assert row["days"] == pytest.approx(75, abs=1)
    assert row["value"] == pytest.approx(75 * 1200 * 8 / 365, rel=0.03)
    assert row["low"] < row["value"] < row["high"]
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * row["standard_error"], rel=1e-3)
    assert row["cost"] == pytest.approx(600)
    assert row["net"] == pytest.approx(row["value"] - row["cost"])


def test_it_pays_to_be_earlier_as_long_as_a_day_costs_less_than_it_is_worth() -> None:
    small = _uncertain()
    small.add("acceleration", activity="tools", option="shifts", days=10, cost=100)
    small.add("acceleration", activity="tools", option="second-set", days=10, cost=400)
    valued = coplant.value_of_start(coplant.launch(small.case(), 2_000), gap=1e-9)
    steps = valued["earlier"]
    assert steps["saved"].to_list() == pytest.approx(steps["earlier"].to_list())
    # 100 a month at 8 are worth 26 a day; the first ten days cost 10 each, the others 40.
    assert steps["value"].to_list() == pytest.approx([days * 1200 * 8 / 365 for days in steps["earlier"]], rel=0.05)
    cost = [100 * min(days, 10) / 10 + 400 * max(days - 10, 0) / 10 for days in steps["earlier"]]
    assert steps["cost"].to_list() == pytest.approx(cost, abs=1e-3)
    assert steps["net"].to_list() == pytest.approx((steps["value"] - steps["cost"]).to_list())
    best = valued.best_step("ready")
    assert best is not None
    assert best["earlier"] == 10
    assert "it pays to bring the mean forward by 10 days for 100 EUR" in valued.summary()


def test_what_costs_more_than_it_is_worth_does_not_pay() -> None:
    small = _uncertain().add("acceleration", activity="tools", option="shifts", days=10, cost=1_000)
    valued = coplant.value_of_start(coplant.launch(small.case(), 500), gap=1e-9)
    assert valued.best_step("ready") is None
    assert "being earlier costs more than it is worth" in valued.summary()
