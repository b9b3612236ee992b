"""A launch: what its tables say, with and without advice, and what is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from launching.small_programme import START, SmallProgramme, milwaukee
from small_case import SmallCase

import coplant
from coplant import CaseError, Launch
from coplant.launching.columns import COLUMNS
from coplant.launching.working_time import DAY


def _day(days: int) -> datetime.date:
    return START + datetime.timedelta(days=days)


def _advised() -> SmallProgramme:
    """Two ways to a start, one through a host that advises: it halves the tools and one failure in two."""
    small = SmallProgramme()
    small.add("parties", party="us", role="brand").add("parties", party="host", role="host")
    small.add("sites", site="plant", party="host", kind="plant")
    small.add("agreements", agreement="deal", host="host", site="plant", status="signed", starts=START, term=12)
    small.add("advisory", agreement="deal", service="tryout", fee=10)
    small.activity("tools", 20).activity("trial", 5, "tools").milestone("trial", target=_day(19))
    small.add("events", event="fails", activity="trial", probability=0.5, likely=10)
    small.add("advisory_effects", agreement="deal", service="tryout", activity="tools", factor=0.5)
    small.add("advisory_effects", agreement="deal", service="tryout", event="fails", factor=0.5)
    return small


def test_a_milestone_is_reached_on_the_last_day_of_its_activity() -> None:
    row = milwaukee(uncertain=False).launch(50)["milestones"].row(0, named=True)
    assert {row[name] for name in ("planned", "expected", "p10", "p50", "p90")} == {_day(14)}
    assert (row["mean"], row["deviation"], row["merge_bias"]) == (15.0, 0.0, 0.0)


def test_production_can_start_on_the_morning_after() -> None:
    launched = milwaukee(uncertain=False).launch(50)
    assert set(launched.starts("end").astype(object)) == {_day(15)}


def test_advice_is_told_beside_what_would_be_without_it() -> None:
    launched = _advised().launch(4_000)
    alone, helped = launched["milestones"].sort("advice", nulls_last=False).iter_rows(named=True)
    assert (alone["advice"], helped["advice"]) == (None, "deal")
    assert (alone["planned"], helped["planned"]) == (_day(24), _day(14))
    assert alone["chance"] == 0.0
    assert helped["chance"] == pytest.approx(0.75, abs=0.03)
    # On the same luck: whoever fails with advice fails without it.
    gained = launched.reached["end", None] - launched.reached["end", "deal"]
    assert set(np.unique(gained).tolist()) == {10 * DAY, 20 * DAY}


def test_a_cause_costs_what_the_samples_are_later_with_it() -> None:
    causes = _advised().launch(4_000)["causes"].sort("advice", nulls_last=False)
    assert causes["cause"].to_list() == ["fails", "fails"]
    assert causes["mean"].to_list() == pytest.approx([5.0, 2.5], abs=0.4)
    assert causes["chance"].to_list() == pytest.approx([0.0, 0.25], abs=0.03)


def test_the_chance_of_a_target_is_the_share_of_samples_that_meet_it() -> None:
    small = milwaukee()
    small.tables["milestones"][0]["target"] = _day(15)
    launched = small.launch(20_000)
    row = launched["milestones"].row(0, named=True)
    assert row["chance"] == np.mean(launched.reached["end", None] <= 16 * DAY)
    assert row["chance_error"] == pytest.approx(np.sqrt(row["chance"] * (1 - row["chance"]) / 20_000))


def test_the_curve_of_dates_meets_the_quantiles() -> None:
    launched = milwaukee().launch(5_000)
    row, dates = launched["milestones"].row(0, named=True), launched["dates"]
    for share, name in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
        assert dates.filter(pl.col("share") == share)["day"].item() == row[name]
    assert dates["day"].is_sorted()


def test_columns_are_told_of_every_table_in_order() -> None:
    tables = _advised().launch(10).tables
    told = {name: [column.name for column in columns] for name, columns in COLUMNS.items()}
    assert {name: told[name] for name in tables} == {name: table.columns for name, table in tables.items()}
    assert list(told) == [*tables, "start_values", "advice", "earlier"]


def test_a_launch_is_read_as_it_was_written(tmp_path: Path) -> None:
    launched = _advised().launch(500)
    launched.write(tmp_path / "launched")
    read = Launch.read(tmp_path / "launched")
    assert read.facts() == launched.facts()
    assert all(read[name].equals(table) for name, table in launched.tables.items())
    assert (read.starts("end") == launched.starts("end")).all()


def test_know_how_shortens_by_the_learning_rate() -> None:
    small = SmallProgramme().activity("wire", 10).activity("paint", 10).activity("end", 0, "wire", "paint")
    small.add("know_how", activity="wire", rate=0.8, times_before=3).add("know_how", activity="paint", factor=0.5)
    planned = small.milestone("end").launch(10)["activities"]
    assert dict(planned.select("activity", "planned").iter_rows()) == {"wire": 6.4, "paint": 5.0, "end": 0.0}


def test_observed_durations_are_drawn_as_they_were() -> None:
    small = SmallProgramme().activity("steps", distribution="discrete").activity("between", distribution="empirical")
    for name in ("steps", "between"):
        small.add("observations", activity=name, days=4, weight=3).add("observations", activity=name, days=8)
    table = small.activity("end", 0, "steps", "between").milestone("end").launch(20_000)["activities"]
    mean = dict(table.select("activity", "mean").iter_rows())
    assert mean["steps"] == pytest.approx(5.0, abs=0.05)
    assert mean["between"] == pytest.approx(0.375 * 4 + 0.5 * 6 + 0.125 * 8, abs=0.05)


def test_at_most_one_event_of_a_group_happens() -> None:
    small = SmallProgramme().activity("permit", 1)
    small.add("events", event="late", activity="permit", probability=0.5, likely=10, group="permit")
    small.add("events", event="refused", activity="permit", probability=0.3, likely=100, group="permit")
    reached = small.milestone("permit").launch(20_000).reached["end", None] / DAY
    values, counts = np.unique(reached, return_counts=True)
    assert values.tolist() == [1.0, 11.0, 101.0]
    assert (counts / 20_000).tolist() == pytest.approx([0.2, 0.5, 0.3], abs=0.02)


def test_a_gate_that_fails_again_takes_less_each_time() -> None:
    small = SmallProgramme().activity("gate", 1)
    small.add(
        "events", event="fails", activity="gate", probability=0.5, likely=8, most_times=3, again=0.5, learning=0.5
    )
    launched = small.milestone("gate").launch(40_000)
    values, counts = np.unique(launched.reached["end", None] / DAY, return_counts=True)
    assert values.tolist() == [1.0, 9.0, 13.0, 15.0]
    assert (counts / 40_000).tolist() == pytest.approx([0.5, 0.375, 0.125 * 0.875, 0.125 * 0.125], abs=0.01)
    row = launched["milestones"].row(0, named=True)
    assert row["expected"] == _day(6 - 1)


def test_most_lags_hold_what_comes_first_back() -> None:
    small = SmallProgramme().activity("mix", 2).activity("mould", 3).activity("heat", 10).activity("end", 0)
    small.add("links", predecessor="mix", successor="mould", most_lag=1)
    small.add("links", predecessor="heat", successor="mould").add("links", predecessor="mould", successor="end")
    launched = small.milestone("end").launch(10)
    starts = dict(launched["activities"].select("activity", "early_start").iter_rows())
    assert starts == {"mix": _day(7), "mould": _day(10), "heat": _day(0), "end": _day(12)}
    assert launched["most_lags"].select("predecessor", "successor", "type", "broken").rows() == [
        ("mix", "mould", "FS", 0.0)
    ]


def test_most_lags_that_collide_are_named() -> None:
    small = SmallProgramme().activity("mix", 2).activity("rest", 5, "mix").activity("mould", 3, "rest")
    small.add("links", predecessor="mix", successor="mould", type="SS", most_lag=4)
    with pytest.raises(CaseError) as caught:
        small.milestone("mould").launch(10)
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.column, problem.value) == ("links", 3, "most_lag", 4.0)
    assert "between mix and mould takes longer" in problem.mend


def test_most_lags_that_hold_as_planned_may_break_in_a_sample() -> None:
    small = SmallProgramme().activity("mix", 2).activity("mould", 3)
    small.activity("rest", 3, "mix", distribution="uniform", low=1, high=5, range="limits", on_plan=0)
    small.add("links", predecessor="rest", successor="mould")
    small.add("links", predecessor="mix", successor="mould", type="FS", most_lag=4)
    broken = small.milestone("mould").launch(20_000)["most_lags"]["broken"].item()
    assert broken == pytest.approx(0.25, abs=0.02)


def test_an_activity_that_is_never_done_is_named() -> None:
    small = SmallProgramme().add("calendars", calendar="office")
    small.add("holidays", calendar="office", from_=START, until=datetime.date(2300, 1, 1))
    with pytest.raises(CaseError) as caught:
        small.activity("wait", 1, calendar="office").milestone("wait").launch(10)
    assert "wait is not done in 200 years" in caught.value.problems[0].mend


def test_a_case_without_a_programme_or_a_milestone_says_so() -> None:
    with pytest.raises(CaseError, match="at least one row with an activity"):
        SmallProgramme().activity("alone", 1).launch(10)
    case = SmallCase("month:2").item("lamp").route("lamp").demand("lamp", 1, "month", 2).case()
    with pytest.raises(CaseError, match="Say what has to be done"):
        coplant.launch(case, 10)


@pytest.mark.parametrize("options", [{"samples": 0}, {"samples": 10, "workers": 0}])
def test_there_must_be_samples_and_workers(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        coplant.launch(milwaukee().case(), **options)


def test_a_plan_of_a_programme_by_itself_says_what_it_lacks() -> None:
    with pytest.raises(CaseError, match="launch programme by itself"):
        coplant.plan(milwaukee().case())


def test_what_takes_no_time_is_on_its_first_day_or_on_the_last_day_of_what_it_follows() -> None:
    small = SmallProgramme().activity("signed", 0, **{"from": _day(5)}).activity("draw", 3, "signed")
    launched = small.activity("drawn", 0, "draw").milestone("drawn").launch(20)
    activities = {row["activity"]: row for row in launched["activities"].iter_rows(named=True)}
    days = ("early_start", "early_finish", "finish_p10", "finish_p50", "finish_p90")
    assert {activities["signed"][day] for day in days} == {_day(5)}
    assert {activities["drawn"][day] for day in days} == {_day(7)}
    assert (activities["draw"]["early_start"], activities["draw"]["early_finish"]) == (_day(5), _day(7))
    late = launched["paths"].filter(activity="signed").row(0, named=True)
    assert (late["late_start"], late["late_finish"]) == (_day(5), _day(5))
