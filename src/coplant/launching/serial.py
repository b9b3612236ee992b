"""A pass over the programme that also keeps to its teams: the serial schedule generation scheme (Kolisch, 1996).

Activities are placed one after another in an order of priority, in which predecessors come first. Each starts as early
as its links allow and its teams have room for it from its start to its finish, days off in between included, beside
those that are placed already. Where no team is short that is what `forward` does.

For each team and sample the pass keeps how much of it is held: a number of moments in order, and what is held from each
to the next. An activity that finds no room in a stretch of its time cannot start before the stretch ends, as it takes
longer than nothing; so it is moved there, and looked at again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import Precedence, Teams, place
from coplant.launching.working_time import Ticks, compiled, finish_after, start_after, work_before

NOTHING = -1
"""What an activity waits for that does not wait."""


class Held(NamedTuple):
    """How much of R teams is held in S samples: moments in order, and what is held from each to the next."""

    moment: Ticks
    """The moments, shape (R, S, M)."""
    quantity: NDArray[np.int64]
    """Parts of the team held from then on, shape (R, S, M)."""
    length: NDArray[np.int64]
    """How many moments there are, shape (R, S)."""


@compiled()
def nothing_held(teams: Teams, samples: int) -> Held:
    """Room for whatever activities will hold of their teams."""
    count = len(teams.capacity)
    most = np.int64(0)
    for r in range(count):
        most = max(most, 2 * np.int64(teams.taken[r + 1] - teams.taken[r]))
    return Held(
        np.empty((count, samples, most), dtype=np.int32),
        np.empty((count, samples, most), dtype=np.int64),
        np.zeros((count, samples), dtype=np.int64),
    )


@compiled()
def _full_until(held: Held, r: int, s: int, room: int, begin: int, end: int) -> int:
    """End of the last stretch between two moments in which more is held than leaves room; -1 if there is none."""
    moment, quantity = held.moment[r, s], held.quantity[r, s]
    for k in range(held.length[r, s] - 1, -1, -1):
        if moment[k] < end and quantity[k] > room:
            return int(moment[k + 1])
        if moment[k] <= begin:
            break
    return -1


@compiled()
def find_room(
    precedence: Precedence, teams: Teams, held: Held, a: int, s: int, takes: int, start: Ticks, finish: Ticks
) -> None:
    """Start an activity, placed by its links, no earlier than all its teams have room for it; see `serial`."""
    moment, quantity, length = held
    first, last = teams.pointer[a], teams.pointer[a + 1]
    worked, day = precedence.worked[precedence.calendar[a]], precedence.day[precedence.calendar[a]]
    begin, end = int(start[a, s]), int(finish[a, s])
    m, found = first, 0
    while found < last - first:
        r = teams.team[m]
        room, count = teams.capacity[r] - teams.quantity[m], length[r, s]
        found += 1
        k = max(count - 1, 0)
        while k > 0 and moment[r, s, k] > begin:
            k -= 1
        while k < count and moment[r, s, k] < end:
            if quantity[r, s, k] > room and moment[r, s, k + 1] > begin:
                work = work_before(worked, moment[r, s, k + 1])
                if start_after(day, work) > begin:
                    begin, end, found = start_after(day, work), finish_after(day, work + takes), 1
            k += 1
        m = m + 1 if m + 1 < last else first
    start[a, s], finish[a, s] = begin, end


@compiled()
def hold(teams: Teams, held: Held, a: int, s: int, begin: int, end: int) -> None:
    """Let an activity hold its teams from its start to its finish."""
    moment, quantity, length = held
    for m in range(teams.pointer[a], teams.pointer[a + 1]):
        r = teams.team[m]
        count = length[r, s]
        k = count
        for at in (end, begin):
            k = count
            while k > 0 and moment[r, s, k - 1] >= at:
                k -= 1
            if k < count and moment[r, s, k] == at:
                continue
            for later in range(count, k, -1):
                moment[r, s, later], quantity[r, s, later] = moment[r, s, later - 1], quantity[r, s, later - 1]
            moment[r, s, k], quantity[r, s, k] = at, quantity[r, s, k - 1] if k > 0 else 0
            count += 1
        while moment[r, s, k] < end:
            quantity[r, s, k] += teams.quantity[m]
            k += 1
        length[r, s] = count


@compiled()
def serial(
    precedence: Precedence,
    teams: Teams,
    order: Ticks,
    duration: Ticks,
    start: Ticks,
    finish: Ticks,
    waited: Ticks,
) -> None:
    """Start and finish every activity as early as its links and its teams allow.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    teams : Teams
        Who shares what.
    order : ndarray of int32, shape (A,)
        The activities in the order of their priority, predecessors first.
    duration : ndarray of int32, shape (A, B)
        Ticks each activity takes in each sample.
    start, finish : ndarray of int32, shape (A, B)
        Moments. What they hold bounds the start and the finish from below; it is replaced by what follows.
    waited : ndarray of int32, shape (A, B)
        Becomes the team that each activity waits for longer than for its links, the first of its teams that has no
        room for it a moment before it starts; -1 where there is none.
    """
    held = nothing_held(teams, duration.shape[1])
    for a in order:
        place(precedence, a, duration, start, finish)
        waited[a] = NOTHING
        if teams.pointer[a] == teams.pointer[a + 1]:
            continue
        for s in range(duration.shape[1]):
            takes = duration[a, s]
            if takes == 0:
                continue
            earliest = start[a, s]
            find_room(precedence, teams, held, a, s, takes, start, finish)
            if start[a, s] > earliest:
                waited[a, s] = _lacking(precedence, teams, held, a, s, takes, start[a, s])
            hold(teams, held, a, s, start[a, s], finish[a, s])


@compiled()
def _lacking(precedence: Precedence, teams: Teams, held: Held, a: int, s: int, takes: int, begin: int) -> int:
    """The first of an activity's teams that has no room for it a moment before it starts."""
    worked, day = precedence.worked[precedence.calendar[a]], precedence.day[precedence.calendar[a]]
    work = work_before(worked, begin) - 1
    before, done = start_after(day, work), finish_after(day, work + takes)
    for m in range(teams.pointer[a], teams.pointer[a + 1]):
        r = teams.team[m]
        if _full_until(held, r, s, teams.capacity[r] - teams.quantity[m], before, done) >= 0:
            return int(r)
    return NOTHING
