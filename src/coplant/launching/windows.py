"""Between which moments activities start and finish, by however much any of them is made shorter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import FROM_FINISH, TO_FINISH
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks, finish_after, lagged, start_after, work_before
from coplant.network.frames import Integers

_FREE = np.iinfo(np.int64).max // 4

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


def windows(
    programme: Programme, duration: Ticks, shortest: Ticks, target: int, moment: int, every: bool = False
) -> Windows:
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
    every : bool
        Whether every activity that leads to it matters, as the target is to end before that.
    """
    first = _furthest(programme, shortest, duration)
    due = _due(programme, duration, shortest, target, moment)
    leads = leading_to(programme, target)
    if len(programme.most_lags.first):
        # What comes first may be held back, up to when it is due.
        return Windows(first, due, leads)
    last = _furthest(programme, duration, shortest)
    unhurried = _due(programme, shortest, duration, target, moment)
    matters = leads if every else leads & ((last.start > unhurried.start) | (last.finish > unhurried.finish))
    matters[target] = True
    return Windows(first, Moments(*(np.minimum(*ends) for ends in zip(last, due, strict=True))), matters)


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


def _due(programme: Programme, takes: Ticks, back: Ticks, target: int, moment: int) -> Moments:
    """A backward pass from the moment at which a target is due, that no schedule is beyond on one side.

    As in the forward pass a finish runs on from the latest start by one duration, and a start is counted back from the
    latest finish by another. Moments before the first day are negative, and what is never due is so at the end.
    """
    links, count = programme.precedence, len(programme)
    # Days that everyone works are put before the first.
    lead = int(np.maximum(takes, back).sum(dtype=np.int64) + np.abs(links.lag).sum(dtype=np.int64)) // DAY + 1
    early = np.tile(np.arange(lead, dtype=np.int32), (len(links.worked), 1))
    worked, day = (np.hstack([early, table + np.int32(lead)]) for table in (links.worked, links.day))
    at_start, at_finish = [_FREE] * count, [_FREE] * count
    at_finish[target] = moment + lead * DAY
    end = worked.shape[1] * DAY
    start, finish = np.full(count, end, dtype=np.int64), np.full(count, end, dtype=np.int64)
    for a in range(count - 1, -1, -1):
        if at_start[a] == at_finish[a] == _FREE:
            continue
        on = int(links.calendar[a])
        calendar = (worked[on], day[on]) if on else None
        start[a], finish[a], no_later = _due_ends(calendar, at_start[a], at_finish[a], int(takes[a]), int(back[a]))
        for link in range(links.pointer[a], links.pointer[a + 1]):
            p, lag, on = int(links.predecessor[link]), int(links.lag[link]), int(links.lag_calendar[link])
            at = no_later if links.kind[link] & TO_FINISH else int(start[a])
            due = at - lag if lag == 0 or on == 0 else _before_lag(worked[on], day[on], at, lag)
            its = at_finish if links.kind[link] & FROM_FINISH else at_start
            its[p] = min(its[p], due)
    return Moments(start - lead * DAY, finish - lead * DAY)


def _due_ends(
    calendar: tuple[Ticks, Ticks] | None, at_start: int, at_finish: int, takes: int, back: int
) -> tuple[int, int, int]:
    """Latest start and finish of one activity in such a pass, and the latest that links may lead its finish to."""
    point = min(at_start, at_finish)
    if takes == back == 0:
        return point, point, point
    if calendar is None:
        finish = min(at_finish, at_start + takes)
        return min(at_start, at_finish - back), finish, finish
    worked, day = calendar
    begun, ended = _FREE, _FREE
    if at_start < _FREE:
        begun = work_before(worked, at_start)
        # Where the moment is off, work that follows as much would start after it.
        begun -= int(start_after(day, begun) > at_start)
    if at_finish < _FREE:
        ended = work_before(worked, at_finish)
    work = min(ended, begun + takes)
    start, finish, no_later = (
        start_after(day, min(begun, ended - back)),
        finish_after(day, work),
        start_after(day, work),
    )
    if min(takes, back) > 0:
        return start, finish, no_later
    # Where nothing may be left of it, it is a point in time or it is not.
    if takes >= back:
        return max(start, point), max(finish, point), max(no_later, point)
    return start, finish, min(no_later, point)


def _before_lag(worked: Ticks, day: Ticks, moment: int, lag: int) -> int:
    """The latest moment from which a lag of working ticks leads no further than to another."""
    before = work_before(worked, moment)
    if lag < 0 and start_after(day, before) > moment:
        before -= 1
    return start_after(day, max(before - lag, 0))
