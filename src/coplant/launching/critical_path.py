"""The critical path: how early and how late each activity can be if everything lasts as long as it is said to."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import FROM_FINISH, TO_FINISH, drives
from coplant.launching.programme import Programme
from coplant.launching.simulation import least_moments, run_forward
from coplant.launching.teams import with_hand_overs
from coplant.launching.working_time import Ticks, finish_after, start_after, work_before
from coplant.network.frames import Integers

_FREE = np.iinfo(np.int64).max


class Early(NamedTuple):
    """When each activity starts and ends at the earliest."""

    duration: Ticks
    """Ticks, shape (A,)."""
    start: Ticks
    """Moments, shape (A,)."""
    finish: Ticks
    """Moments, shape (A,)."""
    broken: NDArray[np.bool_]
    """Most lags that cannot be kept, shape (Q,)."""
    waited: Ticks
    """The team that each waits for, -1 where it does not, shape (A,); empty if no team can be short."""


class Late(NamedTuple):
    """How late each activity can be without delaying a target; where it does not lead to it, -1."""

    start: Integers
    """Moments, shape (A,)."""
    finish: Integers
    """Moments, shape (A,)."""
    total_float: Integers
    """Working ticks of its own calendar by which it can slip, shape (A,)."""
    critical: NDArray[np.bool_]
    """Whether the links that bind lead from it to the target, shape (A,)."""


def early(programme: Programme, duration: Ticks) -> Early:
    """Start and finish every activity as early as possible (the forward pass).

    Parameters
    ----------
    programme : Programme
        The programme.
    duration : ndarray of int32, shape (A,)
        Ticks.
    """
    start, finish = least_moments(programme, 1)
    passed = run_forward(programme, duration[:, None], start, finish)
    return Early(duration, start[:, 0], finish[:, 0], passed.broken[:, 0], passed.waited[:, 0])


def handed_over(programme: Programme, at: Early) -> Programme:
    """Replace the teams of a programme by links along which a schedule hands them over."""
    precedence = with_hand_overs(programme.precedence, programme.shared.teams, at.duration, at.start, at.finish)
    return dataclasses.replace(programme.without_teams(), precedence=precedence)


def late(programme: Programme, at: Early, target: int) -> Late:
    """Start and finish every activity as late as a target that ends as early as it can allows (the backward pass).

    Teams are handed over in the order of the earliest moments.

    Parameters
    ----------
    programme : Programme
        The programme.
    at : Early
        The earliest moments.
    target : int
        The activity that is not delayed.
    """
    count, critical = len(programme), _driving(programme, at, target)
    programme = handed_over(programme, at)
    work = np.full(count, _FREE, dtype=np.int64)
    cap_start, cap_finish = np.full(count, _FREE, dtype=np.int64), np.full(count, _FREE, dtype=np.int64)
    cap_finish[target] = at.finish[target]
    # Each pass hands on what most lags say about what comes after; no more are needed than there are of them.
    for _ in range(len(programme.most_lags.first) + 1):
        work = _backward(programme, at, cap_start.copy(), cap_finish.copy())
        if not _hand_on(programme, at, work, cap_start, cap_finish):
            break
    leads = work < _FREE
    start, finish, slack = (np.full(count, -1, dtype=np.int64) for _ in range(3))
    for a in np.flatnonzero(leads).tolist():
        start[a] = _start(programme, at, a, int(work[a]))
        finish[a] = _finish(programme, at, a, int(work[a]))
        slack[a] = work[a] - _work(programme, at, a, int(at.start[a]))
    return Late(start, finish, slack, critical)


def free_float(programme: Programme, at: Early) -> Integers:
    """Working ticks by which each activity can slip without delaying any that follows, shape (A,); -1 if none does."""
    programme = handed_over(programme, at)
    work = np.array([_work(programme, at, a, int(at.start[a])) for a in range(len(programme))])
    free = np.full(len(programme), _FREE, dtype=np.int64)
    links = programme.precedence
    successor = np.repeat(np.arange(len(programme)), np.diff(links.pointer))
    for link, after in enumerate(successor):
        before = links.predecessor[link]
        latest = _latest(programme, at, link, int(after), int(work[after]))
        own = _own_work(programme, at, before, latest, bool(links.kind[link] & FROM_FINISH))
        free[before] = min(free[before], max(own - work[before], 0))
    return np.where(free == _FREE, -1, free)


def path_deviation(programme: Programme, at: Early, target: int) -> float:
    """Standard deviation of the days of the path that decides a target by PERT's rule, as if it were the only one.

    The variances of its activities are added (Malcolm, Roseboom, Clark and Fazar, 1959); of several such paths that
    with the largest counts.
    """
    driving = _driving(programme, at, target)
    links, variance = handed_over(programme, at).precedence, (programme.rule_deviation * programme.factor) ** 2
    along = np.where(driving, variance, 0.0)
    for a in np.flatnonzero(driving):
        before = links.predecessor[links.pointer[a] : links.pointer[a + 1]]
        along[a] += along[before[driving[before]]].max(initial=0.0)
    return float(np.sqrt(along[target]))


def _driving(programme: Programme, at: Early, target: int) -> NDArray[np.bool_]:
    """Whether the links that bind lead from each activity to a target, shape (A,)."""
    driving = np.empty((len(programme), 1), dtype=bool)
    moments = (at.duration[:, None], at.start[:, None], at.finish[:, None], at.waited[:, None])
    drives(programme.precedence, programme.shared.teams, target, *moments, driving)
    return driving[:, 0]


def _backward(programme: Programme, at: Early, cap_start: Integers, cap_finish: Integers) -> Integers:
    """Working ticks before the latest start of each activity on its calendar, shape (A,); `_FREE` where unbounded."""
    links, work = programme.precedence, np.full(len(programme), _FREE, dtype=np.int64)
    for a in range(len(programme) - 1, -1, -1):
        if cap_finish[a] < _FREE:
            work[a] = _own_work(programme, at, a, cap_finish[a], True)
        if cap_start[a] < _FREE:
            work[a] = min(work[a], _own_work(programme, at, a, cap_start[a], False))
        if work[a] == _FREE:
            continue
        for link in range(links.pointer[a], links.pointer[a + 1]):
            before = links.predecessor[link]
            cap = cap_finish if links.kind[link] & FROM_FINISH else cap_start
            cap[before] = min(cap[before], _latest(programme, at, link, a, work[a]))
    return work


def _hand_on(programme: Programme, at: Early, work: Integers, cap_start: Integers, cap_finish: Integers) -> bool:
    """Cap what comes after most lags by how late what comes first can be, and say whether any cap fell."""
    fell, calendars = False, programme.precedence
    for first, second, kind, most, on in zip(*programme.most_lags, strict=True):
        if work[first] == _FREE:
            continue
        at_start = _start(programme, at, int(first), int(work[first]))
        moment = _finish(programme, at, int(first), int(work[first])) if kind & FROM_FINISH else at_start
        latest = moment + most
        if on:
            latest = start_after(calendars.day[on], work_before(calendars.worked[on], moment) + most)
        cap = cap_finish if kind & TO_FINISH else cap_start
        if latest < cap[second]:
            cap[second], fell = latest, True
    return fell


def _latest(programme: Programme, at: Early, link: int, after: int, work: int) -> int:
    """Latest moment at which what a link starts from can be, if what follows has so much work before its start."""
    links = programme.precedence
    if links.kind[link] & TO_FINISH:
        moment = start_after(links.day[_calendar(programme, at, after)], work + int(at.duration[after]))
    else:
        moment = _start(programme, at, after, work)
    lag, on = links.lag[link], links.lag_calendar[link]
    if lag == 0 or on == 0:
        return int(moment - lag)
    before = work_before(links.worked[on], moment)
    if lag < 0 and start_after(links.day[on], before) > moment:
        before -= 1
    return int(start_after(links.day[on], max(before - lag, 0)))


def _calendar(programme: Programme, at: Early, activity: int) -> int:
    """Calendar on which an activity's time counts: every day for a point in time."""
    return int(programme.precedence.calendar[activity]) if at.duration[activity] else 0


def _work(programme: Programme, at: Early, activity: int, moment: int) -> int:
    """Working ticks before a moment on an activity's calendar."""
    return work_before(programme.precedence.worked[_calendar(programme, at, activity)], int(moment))


def _own_work(programme: Programme, at: Early, activity: int, moment: int, finish: bool) -> int:
    """Most working ticks before the start of an activity that starts, or finishes, by a moment."""
    work = _work(programme, at, activity, moment)
    if finish:
        return work - int(at.duration[activity])
    # Where the moment is off, work that follows as much would start after it.
    return work - 1 if _start(programme, at, activity, work) > moment else work


def _start(programme: Programme, at: Early, activity: int, work: int) -> int:
    """The latest moment at which an activity starts with so much work before it."""
    return start_after(programme.precedence.day[_calendar(programme, at, activity)], work)


def _finish(programme: Programme, at: Early, activity: int, work: int) -> int:
    """The moment at which an activity is done that starts with so much work before it."""
    takes = int(at.duration[activity])
    if takes == 0:
        return _start(programme, at, activity, work)
    return finish_after(programme.precedence.day[_calendar(programme, at, activity)], work + takes)
