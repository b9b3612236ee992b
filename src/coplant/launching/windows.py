"""Between which moments activities start and finish, by however much any of them is made shorter."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.critical_path import Early, early, late
from coplant.launching.passes import FROM_FINISH, TO_FINISH
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks, finish_after, lagged, start_after, work_before
from coplant.network.frames import Integers

Window = tuple[int, int]
"""The first and the last moment that something can be at."""


class Moments(NamedTuple):
    """Moments at which activities start and finish, each of shape (A,)."""

    start: Integers
    finish: Integers


class Windows(NamedTuple):
    """Between which moments activities lie, and which of them matter."""

    first: Moments
    last: Moments
    matters: NDArray[np.bool_]
    """Whether an activity can delay the target beyond the moment asked for, shape (A,)."""

    def start(self, activity: int) -> Window:
        """When an activity starts."""
        return int(self.first.start[activity]), int(self.last.start[activity])

    def finish(self, activity: int) -> Window:
        """When an activity finishes."""
        return int(self.first.finish[activity]), int(self.last.finish[activity])


def windows(programme: Programme, duration: Ticks, shortest: Ticks, target: int, moment: int) -> Windows:
    """Find the windows of all activities in programmes whose target ends by a moment.

    An activity that even at its latest leaves all that follows the time that was planned does not matter.

    Parameters
    ----------
    programme : Programme
        The programme.
    duration, shortest : ndarray of int32, shape (A,)
        Ticks each takes as planned, and at the least.
    target : int
        The activity.
    moment : int
        By when it ends.
    """
    first = _furthest(programme, shortest, duration)
    due = latest(programme, shortest, target, moment)
    leads = leading_to(programme, target)
    if len(programme.most_lags.first):
        # What comes first may be held back up to the moment at which what follows is due.
        return Windows(first, due, leads)
    last = _furthest(programme, duration, shortest)
    unhurried = latest(programme, duration, target, moment)
    matters = leads & ((last.start > unhurried.start) | (last.finish > unhurried.finish))
    matters[target] = True
    return Windows(first, Moments(*(np.minimum(*ends) for ends in zip(last, due, strict=True))), matters)


def latest(programme: Programme, duration: Ticks, target: int, moment: int) -> Moments:
    """How late each activity can be if a target is to end by a moment; moments before the first day are negative.

    Parameters
    ----------
    programme : Programme
        The programme.
    duration : ndarray of int32, shape (A,)
        Ticks.
    target : int
        The activity.
    moment : int
        By when it ends.
    """
    precedence = programme.precedence
    lead = int(duration.sum(dtype=np.int64) + np.abs(precedence.lag).sum(dtype=np.int64)) // DAY + 1
    # Days that everyone works are put before the first.
    before = np.tile(np.arange(lead, dtype=np.int32), (len(precedence.worked), 1))
    moved = precedence._replace(
        worked=np.ascontiguousarray(np.hstack([before, precedence.worked + lead]), dtype=np.int32),
        day=np.ascontiguousarray(np.hstack([before, precedence.day + lead]), dtype=np.int32),
    )
    shift = lead * DAY
    planned = early(programme, duration)
    start, finish = (np.asarray(moments + shift, dtype=np.int32) for moments in (planned.start, planned.finish))
    finish[target] = moment + shift
    at = Early(duration, start, finish, planned.broken)
    ends = late(dataclasses.replace(programme, precedence=moved), at, target)
    horizon = (precedence.worked.shape[1] - 1) * DAY
    return Moments(*(np.where(moments < 0, horizon, moments - shift) for moments in (ends.start, ends.finish)))


def leading_to(programme: Programme, target: int) -> NDArray[np.bool_]:
    """Whether each activity can bear on when a target ends, shape (A,)."""
    links, most = programme.precedence, programme.most_lags
    leads = np.zeros(len(programme), dtype=bool)
    leads[target] = True
    while True:
        known = leads.sum()
        for activity in range(len(programme) - 1, -1, -1):
            if leads[activity]:
                leads[links.predecessor[links.pointer[activity] : links.pointer[activity + 1]]] = True
        # What comes first waits for what comes after where a most lag would be broken.
        leads[most.second[leads[most.first]]] = True
        if leads.sum() == known:
            return leads


def _furthest(programme: Programme, takes: Ticks, back: Ticks) -> Moments:
    """A forward pass that no schedule is beyond, on one side: it runs on by one duration, and back by another.

    Made shorter, an activity finishes no later. But bound to its finish it starts later, and so may what follows from
    its start; so a start that follows from a finish is counted back by the other duration. With the shortest to run on
    by nothing is earlier than what comes out, with the planned ones nothing is later.
    """
    links = programme.precedence
    start, finish = programme.least_start.astype(np.int64), np.zeros(len(programme), dtype=np.int64)
    for a in range(len(programme)):
        to_start, to_finish = int(start[a]), 0
        for link in range(links.pointer[a], links.pointer[a + 1]):
            p, on, lag = links.predecessor[link], links.lag_calendar[link], int(links.lag[link])
            moment = int(finish[p] if links.kind[link] & FROM_FINISH else start[p])
            moment = moment + lag if on == 0 else lagged(links.worked[on], links.day[on], moment, lag)
            if links.kind[link] & TO_FINISH:
                to_finish = max(to_finish, moment)
            else:
                to_start = max(to_start, moment)
        start[a], finish[a] = _furthest_ends(programme, a, to_start, to_finish, int(takes[a]), int(back[a]))
    return Moments(start, finish)


def _furthest_ends(
    programme: Programme, activity: int, to_start: int, to_finish: int, takes: int, back: int
) -> tuple[int, int]:
    """Start and finish of one activity in such a pass."""
    links, later = programme.precedence, takes >= back
    on = int(links.calendar[activity])
    if takes == back == 0:
        return max(to_start, to_finish), max(to_start, to_finish)
    if on == 0:
        return max(to_start, to_finish - back), max(to_start + takes, to_finish)
    worked, day = links.worked[on], links.day[on]
    begun, ended = work_before(worked, to_start), work_before(worked, to_finish)
    start = start_after(day, max(begun, ended - back))
    finish = max(finish_after(day, max(begun + takes, ended)), to_start)
    if min(takes, back) > 0:
        return start, finish
    # Where nothing may be left of it, it is a point in time or it is not.
    return (start, max(finish, to_finish)) if later else (to_start, finish)
