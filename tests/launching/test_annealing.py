"""Moves in the order of priority: what is left out of a trial changes nothing."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from launching.drawn import programmes
from launching.small_programme import START, SmallProgramme

from coplant.launching.annealing import improve, tails
from coplant.launching.critical_path import early
from coplant.launching.programme import Programme
from coplant.launching.serial import serial
from coplant.launching.working_time import DAY, Ticks
from coplant.network.frames import Integers

MOVES = 60


def _finished(programme: Programme, order: Ticks, duration: Ticks) -> Ticks:
    start, finish = programme.least_start[:, None].copy(), np.zeros_like(duration)
    serial(programme.precedence, programme.shared.teams, order, duration, start, finish, np.empty_like(start))
    return finish


def _followers(programme: Programme) -> tuple[Ticks, Ticks]:
    after = np.repeat(np.arange(len(programme)), np.diff(programme.precedence.pointer))
    by = [after[programme.precedence.predecessor == a] for a in range(len(programme))]
    pointer = np.cumsum([0, *map(len, by)])
    return pointer.astype(np.int32), np.concatenate(by).astype(np.int32)


def _moved(order: list[int], programme: Programme, follows: list[Integers], draw: float, to: float) -> list[int]:
    """The order with one activity elsewhere, between what comes before it and what comes after."""
    at = int(draw * len(order))
    a = order[at]
    links = programme.precedence
    before = [order.index(p) for p in links.predecessor[links.pointer[a] : links.pointer[a + 1]].tolist()]
    after = [order.index(b) for b in follows[a].tolist()]
    low, high = max(before, default=-1) + 1, min(after, default=len(order)) - 1
    rest = order[:at] + order[at + 1 :]
    rest.insert(low + int(to * (high - low + 1)), a)
    return rest


@given(programmes(uncertain=False, most=24), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 500.0, 20_000.0]))
def test_trials_cut_short_lead_where_whole_ones_do(small: SmallProgramme, seed: int, heat: float) -> None:
    programme = small.programme()
    assume(programme.shared.names)
    target, duration = programme.names.index("end"), programme.likely_duration()[:, None].copy()
    count, number = len(programme), np.random.default_rng(seed).random((MOVES, 3))
    pointer, follower = _followers(programme)
    follows = [follower[pointer[a] : pointer[a + 1]] for a in range(count)]

    def value(order: list[int]) -> float:
        finish = _finished(programme, np.array(order, dtype=np.int32), duration)
        return float(finish[target, 0] + finish.mean() / count)

    order = list(range(count))
    best, now = (order, value(order)), value(order)
    for at, to, luck in number:
        other = _moved(order, programme, follows, at, to)
        if value(other) <= now - heat * np.log(1.0 - luck):
            order, now = other, value(other)
            if now < best[1]:
                best = (order, now)

    current = np.arange(count, dtype=np.int32)
    found = np.full_like(current, -1)
    least = improve(
        programme.precedence, programme.shared.teams, pointer, follower, target, duration,
        programme.least_start[:, None].copy(), current, found, np.inf, heat, number,
    )  # fmt: skip
    assert current.tolist() == order
    assert found.tolist() == best[0]
    assert least == best[1]


@given(programmes(uncertain=False, most=12))
def test_what_is_left_at_least_is_no_more_than_passes(small: SmallProgramme) -> None:
    programme = small.programme()
    duration = programme.likely_duration()
    at, target = early(programme, duration), programme.names.index("end")
    left = tails(programme.precedence, target, duration[:, None])
    assert (left <= at.finish[target] - at.start).all()
    assert left[target] == duration[target]


def test_work_that_is_left_is_the_longest_way() -> None:
    small = SmallProgramme().activity("a", 2).activity("b", 3, "a").activity("c", 1, "a").activity("d", 0, "b", "c")
    small.activity("alone", 9).milestone("d")
    programme = small.programme()
    left = tails(programme.precedence, programme.names.index("d"), programme.likely_duration()[:, None])
    found = dict(zip(programme.names, left.tolist(), strict=True))
    assert found.pop("alone") < 0
    assert found == {"a": 5 * DAY, "b": 3 * DAY, "c": DAY, "d": 0}


@pytest.mark.parametrize("later", range(7))
def test_a_lead_of_working_days_can_reach_back_over_a_weekend(later: int) -> None:
    small = SmallProgramme().add("calendars", calendar="office", days="mon tue wed thu fri")
    small.activity("a", 1, calendar="office", from_=START + datetime.timedelta(days=later)).activity("b", 3)
    small.add("links", predecessor="a", successor="b", lag=-1.5, lag_calendar="predecessor").milestone("b")
    programme = small.programme()
    duration = programme.likely_duration()
    at = early(programme, duration)
    left = tails(programme.precedence, programme.names.index("b"), duration[:, None])
    assert (left <= at.finish[programme.names.index("b")] - at.start).all()


def test_a_better_one_found_before_is_kept() -> None:
    small = SmallProgramme().add("teams", team="experts")
    for name in ("a", "b"):
        small.activity(name, 2).add("assignments", activity=name, team="experts")
    programme = small.activity("end", 1, "a", "b").programme()
    order = np.array([-1, -1, -1], dtype=np.int32)
    pointer, follower = _followers(programme)
    least = improve(
        programme.precedence, programme.shared.teams, pointer, follower, 2, programme.likely_duration()[:, None].copy(),
        programme.least_start[:, None].copy(), np.arange(3, dtype=np.int32), order, 1.0, 0.0, np.zeros((5, 3)),
    )  # fmt: skip
    assert least == 1.0
    assert (order == -1).all()
