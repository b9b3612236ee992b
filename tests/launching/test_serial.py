"""Placing activities as teams have room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from launching.drawn import programmes
from launching.small_programme import SmallProgramme

from coplant.launching.passes import Teams, forward
from coplant.launching.serial import serial
from coplant.launching.simulation import Sampler, least_moments, run_forward
from coplant.launching.working_time import DAY

SAMPLES = 50


@given(programmes())
def test_with_enough_of_every_team_it_is_the_plain_pass(small: SmallProgramme) -> None:
    programme = small.programme()
    every = np.arange(len(programme), dtype=np.int32)
    ones = np.ones(len(programme), dtype=np.int64)
    # All take one team; there is enough of it for all of them.
    teams = Teams.of(every, np.zeros_like(every), ones, ones[:1] * len(programme), len(programme))
    (_, duration), *_ = Sampler(programme, 3).blocks(0, SAMPLES)
    start, finish = least_moments(programme, SAMPLES)
    waited = np.empty_like(start)
    serial(programme.precedence, teams, every, duration, start, finish, waited)
    plain_start, plain_finish = least_moments(programme, SAMPLES)
    forward(programme.precedence, duration, plain_start, plain_finish)
    assert (start == plain_start).all()
    assert (finish == plain_finish).all()
    assert (waited == -1).all()


@given(programmes())
def test_no_more_of_a_team_is_taken_than_there_is(small: SmallProgramme) -> None:
    programme = small.programme()
    (_, duration), *_ = Sampler(programme, 4).blocks(0, SAMPLES)
    start, finish = least_moments(programme, SAMPLES)
    run_forward(programme, duration, start, finish)
    capacity = {row["team"]: row.get("capacity", 1) for row in small.tables["teams"]}
    for team, most in capacity.items():
        rows = [row for row in small.tables.get("assignments", []) if row["team"] == team]
        takers = [programme.names.index(row["activity"]) for row in rows]
        quantity = np.array([row.get("quantity", 1) for row in rows])
        # What is held only rises where one starts.
        for moment in start[takers]:
            held = (start[takers] <= moment) & (moment < finish[takers])
            assert (quantity @ held <= most).all()


@given(programmes())
def test_only_teams_that_can_be_short_are_looked_at(small: SmallProgramme) -> None:
    programme = small.programme()
    capacity = {row["team"]: row.get("capacity", 1) for row in small.tables["teams"]}
    asked = {
        team: sum(row.get("quantity", 1) for row in small.tables.get("assignments", []) if row["team"] == team)
        for team in capacity
    }
    assert set(programme.shared.names) <= {team for team, most in capacity.items() if asked[team] > most}


def _experts(*names: str, capacity: float = 1.0) -> SmallProgramme:
    small = SmallProgramme().add("teams", team="experts", capacity=capacity)
    for name in names:
        small.add("assignments", activity=name, team="experts")
    return small


def test_activities_that_come_after_one_another_never_wait_for_a_team() -> None:
    small = _experts("a", "c").activity("a", 2).activity("b", 1, "a").activity("c", 2, "b").milestone("c")
    assert small.programme().shared.names == ()
    assert small.activity("d", 1).add("assignments", activity="d", team="experts").programme().shared.names == (
        "experts",
    )


def test_three_that_overlap_can_be_short_of_two_where_no_two_are() -> None:
    small = _experts("a", "b", "c", capacity=2)
    for name in "abc":
        small.activity(name, 1)
    assert small.milestone("a").programme().shared.names == ("experts",)
    small = _experts("a", "b", "c", capacity=2).activity("a", 1).activity("b", 1).activity("c", 1, "a").milestone("c")
    assert small.programme().shared.names == ()


def test_who_needs_the_expert_waits_and_the_other_drives() -> None:
    small = _experts("a", "b").activity("a", 3).activity("b", 2).activity("end", 0, "a", "b").milestone("end")
    programme = small.programme()
    duration = programme.likely_duration()[:, None]
    start, finish = least_moments(programme, 1)
    waited = run_forward(programme, duration, start, finish).waited
    first, second = programme.names.index("a"), programme.names.index("b")
    assert start[[first, second], 0].tolist() == [0, 3 * DAY]
    assert waited[[first, second], 0].tolist() == [-1, 0]


def test_an_expert_on_two_activities_delays_one_of_them_in_the_mean() -> None:
    def programme(experts: int) -> SmallProgramme:
        small = _experts("a", "b", capacity=experts)
        for name in "ab":
            small.pert(name, 4, 6, 11)
        return small.activity("end", 0, "a", "b").milestone("end")

    one, two = programme(1).launch(20_000), programme(2).launch(20_000)
    # One after the other, they take as long as both together.
    assert one["milestones"]["mean"].item() == pytest.approx(one["activities"]["mean"].sum())
    assert one["milestones"]["mean"].item() > two["milestones"]["mean"].item() + 4
    # Both drive the end: the one that waits, and the one that it waits for.
    assert one["paths"]["criticality"].to_list() == [1.0, 1.0, 1.0]
