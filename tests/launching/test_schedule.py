"""Schedules under scarce teams against all that there are."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from launching import plain
from launching.drawn import network_of, programmes
from launching.small_programme import SmallProgramme

from coplant.errors import CaseError
from coplant.launching.critical_path import early
from coplant.launching.programme import Programme
from coplant.launching.schedule import Schedule, least_finish, ranked
from coplant.launching.working_time import DAY

SECONDS = 120.0


def _scheduled(programme: Programme) -> Schedule:
    return least_finish(programme, programme.names.index("end"), programme.likely_duration(), SECONDS)


@given(programmes(uncertain=False, most=5))
def test_calendars_and_links_lose_nothing_against_trying_every_start(small: SmallProgramme) -> None:
    programme = small.programme()
    assume(programme.shared.names)
    network = network_of(small, programme, programme.likely_duration())
    # A team that is never short stands in nobody's way.
    short = {name: {team: taken[team] for team in taken if team in programme.shared.names}
             for name, taken in network.takes.items()}  # fmt: skip
    assume(sum(map(bool, short.values())) <= 3)
    network, schedule = network._replace(takes=short), _scheduled(programme)
    assert schedule.status == "optimal"
    # All durations and lags are quarters of days.
    assert plain.can_end_before(network, schedule.finish + 1, DAY // 4)
    assert not plain.can_end_before(network, schedule.finish, DAY // 4)


@given(programmes(uncertain=False, most=8))
def test_a_schedule_is_as_good_as_any_order_and_its_bound_no_later(small: SmallProgramme) -> None:
    programme = small.programme()
    assume(programme.shared.names)
    target, duration = programme.names.index("end"), programme.likely_duration()
    schedule = _scheduled(programme)
    assert schedule.bound <= schedule.finish
    assert schedule.gap == 0.0
    assert schedule.bound >= early(programme.without_teams(), duration).finish[target]
    random = np.random.default_rng(0)
    for _ in range(50):
        order = ranked(programme, random.random(len(programme)))
        other = early(programme.in_order(order), duration[order])
        assert other.finish[order.tolist().index(target)] >= schedule.finish


@given(programmes(uncertain=False, most=8))
def test_no_team_is_short_in_a_schedule(small: SmallProgramme) -> None:
    programme = small.programme()
    assume(programme.shared.names)
    schedule = _scheduled(programme)
    ordered = programme.in_order(schedule.order)
    network = network_of(small, ordered, schedule.at.duration)
    start = dict(zip(ordered.names, schedule.at.start.tolist(), strict=True))
    finish = dict(zip(ordered.names, schedule.at.finish.tolist(), strict=True))
    for name in ordered.names:
        ticks = network.counted(name, start[name])
        assert network.placed(name, ticks) == (start[name], finish[name])
        others = {other: moment for other, moment in finish.items() if other != name}
        assert network.short(name, network.placed(name, ticks), start, others) is None
        assert all(needed <= ticks for _, needed in network.needed(name, start, finish))


@given(programmes(uncertain=False))
def test_another_order_of_the_activities_is_the_same_programme(small: SmallProgramme) -> None:
    programme = small.programme()
    order = ranked(programme, np.random.default_rng(1).random(len(programme)))
    other, duration = programme.in_order(order).without_teams(), programme.likely_duration()
    assert (early(other, duration[order]).finish == early(programme.without_teams(), duration).finish[order]).all()
    assert (other.likely_duration() == duration[order]).all()
    assert [other.names[a] for a in other.milestones.activity] == ["end"]
    back = programme.in_order(order).in_order(np.argsort(order))
    assert back.names == programme.names
    for mine, its in zip(back.shared.teams, programme.shared.teams, strict=True):
        assert (mine == its).all()


def _experts(durations: dict[str, float], **team: object) -> SmallProgramme:
    small = SmallProgramme().add("teams", team="experts", **team)
    for name, days in durations.items():
        small.activity(name, days).add("assignments", activity=name, team="experts")
    return small


def test_most_lags_that_the_experts_cannot_keep_are_named() -> None:
    small = _experts({"a": 2, "b": 5, "c": 1}).activity("end", 0, "a", "b", "c").milestone("end")
    # a is over two days at most before c starts, and b begins after a: nobody is left for b in between.
    small.add("links", predecessor="a", successor="b", type="SS", lag=0, most_lag=1)
    with pytest.raises(CaseError) as error:
        small.launch(10)
    (problem,) = error.value.problems
    assert (problem.table, problem.column) == ("links", "most_lag")
    assert "experts" in problem.expected


def test_most_lags_that_the_experts_can_keep_are_kept() -> None:
    small = _experts({"a": 2, "b": 5, "c": 1}).activity("end", 0, "b", "c").milestone("end")
    small.add("links", predecessor="a", successor="c", most_lag=1)
    launched = small.launch(10)
    start = dict(launched["schedule"].select("activity", "start").iter_rows())
    finish = dict(launched["schedule"].select("activity", "finish").iter_rows())
    assert (start["c"] - finish["a"]).days <= 2
    assert launched["bounds"]["status"].to_list() == ["optimal"]
    assert launched["most_lags"]["broken"].to_list() == [0.0]


def test_a_launch_tells_who_waits_for_whom() -> None:
    small = _experts({"a": 3, "b": 2}).activity("end", 0, "a", "b").milestone("end")
    launched = small.launch(200)
    rows = launched["schedule"].sort("start").rows(named=True)
    assert [row["team"] for row in rows] == [None, "experts"]
    assert rows[1]["waited"] == (rows[1]["start"] - rows[0]["start"]).days
    assert launched["bounds"].rows(named=True) == [
        {"activity": "end", "advice": None, "finish": launched["milestones"]["planned"].item(),
         "bound": launched["milestones"]["planned"].item(), "gap": 0.0, "status": "optimal"}
    ]  # fmt: skip
    assert (launched.reached["end", None] == 5 * DAY).all()


@given(programmes(uncertain=False, most=8))
@settings(max_examples=10)
def test_a_schedule_that_is_the_best_is_the_same_each_time(small: SmallProgramme) -> None:
    programme = small.programme()
    assume(programme.shared.names)
    first, second = _scheduled(programme), _scheduled(programme)
    assert first.status == second.status == "optimal"
    assert (first.order == second.order).all()
    assert (first.at.start == second.at.start).all()


@given(programmes(uncertain=False))
@settings(max_examples=10)
def test_without_variance_the_samples_follow_the_schedule(small: SmallProgramme) -> None:
    launched = small.launch(20)
    row = launched["milestones"].row(0, named=True)
    assert row["planned"] == row["p10"] == row["p90"]
    critical = launched["paths"].filter(critical="yes")["activity"].to_list()
    assert launched["paths"].filter(criticality=1.0)["activity"].to_list() == critical


def test_the_solver_is_not_loaded_where_no_team_is_short() -> None:
    code = (
        "import sys; from launching.small_programme import milwaukee; milwaukee().launch(10); "
        "assert not [name for name in sys.modules if name.startswith('ortools')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_schedule_is_the_best_of_all_orders() -> None:
    """Six activities of two teams on a calendar with a holiday, against all orders of priority."""
    small = SmallProgramme().add("calendars", calendar="office")
    small.add("teams", team="experts", calendar="office").add("teams", team="crew", capacity=3)
    crew = {"a": 2, "b": 1, "c": 2, "d": 2, "e": 1, "f": 2}
    for number, (name, quantity) in enumerate(crew.items()):
        small.activity(name, 1 + number * 0.75).add("assignments", activity=name, team="crew", quantity=quantity)
        if name in "bce":
            small.add("assignments", activity=name, team="experts")
    small.add("links", predecessor="a", successor="e").add("links", predecessor="b", successor="f", type="SS", lag=1)
    small.activity("end", 0, *crew).milestone("end")
    programme, schedule = small.programme(), _scheduled(small.programme())
    duration = programme.likely_duration()
    best = min(
        int(early(programme.in_order(order), duration[order]).finish.max())
        for keys in itertools.permutations(range(len(programme) - 1))
        for order in [ranked(programme, np.array([*keys, len(keys)]))]
    )
    assert schedule.finish == best
