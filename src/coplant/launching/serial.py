"""A pass over the programme that also keeps to its teams: the serial schedule generation scheme (Kolisch, 1996).

Activities are placed one after another in an order of priority, in which predecessors come first. Each starts as early
as its links allow and its teams have room for it from its start to its finish, days off in between included, beside
those that are placed already. Where no team is short that is what `forward` does.

For each team and sample the pass keeps how much of it is held: a number of moments in order, and what is held from each
to the next. An activity that finds no room in a stretch of its time cannot start before the stretch ends, as it takes
longer than nothing; so it is moved there, and looked at again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import Precedence, Teams, place
from coplant.launching.working_time import Ticks, compiled, finish_after, start_after, work_before

_HEAT = 0.003
"""By which share of the whole a move may make the end later when a search begins, roughly."""

NOTHING = -1
"""What an activity waits for that does not wait."""


@compiled()
def _full_until(moment: Ticks, held: NDArray[np.int64], count: int, room: int, begin: int, end: int) -> int:
    """End of the last stretch between two moments in which more is held than leaves room; -1 if there is none."""
    for k in range(count - 1, -1, -1):
        if moment[k] < end and held[k] > room:
            return int(moment[k + 1])
        if moment[k] <= begin:
            break
    return -1


@compiled()
def _hold(moment: Ticks, held: NDArray[np.int64], count: int, begin: int, end: int, quantity: int) -> int:
    """Hold some of a team between two moments, and count the moments that are then kept."""
    for at in (begin, end):
        here = count
        while here > 0 and moment[here - 1] > at:
            here -= 1
        if here > 0 and moment[here - 1] == at:
            continue
        for k in range(count, here, -1):
            moment[k], held[k] = moment[k - 1], held[k - 1]
        moment[here], held[here] = at, held[here - 1] if here > 0 else 0
        count += 1
    for k in range(count):
        if begin <= moment[k] < end:
            held[k] += quantity
    return count


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
    samples, most = duration.shape[1], np.int64(0)
    for r in range(len(teams.capacity)):
        most = max(most, 2 * np.int64(teams.taken[r + 1] - teams.taken[r]))
    moment = np.empty((len(teams.capacity), samples, most), dtype=np.int32)
    held = np.empty((len(teams.capacity), samples, most), dtype=np.int64)
    count = np.zeros((len(teams.capacity), samples), dtype=np.int64)
    for a in order:
        place(precedence, a, duration, start, finish)
        waited[a] = NOTHING
        first, last = teams.pointer[a], teams.pointer[a + 1]
        if first == last:
            continue
        worked, day = precedence.worked[precedence.calendar[a]], precedence.day[precedence.calendar[a]]
        for s in range(samples):
            takes = duration[a, s]
            if takes == 0:
                continue
            begin, end = int(start[a, s]), int(finish[a, s])
            earliest = work_before(worked, begin)
            work, k, found = earliest, first, 0
            while found < last - first:
                r = teams.team[k]
                room = teams.capacity[r] - teams.quantity[k]
                until = _full_until(moment[r, s], held[r, s], count[r, s], room, begin, end)
                found += 1
                if until > begin:
                    work = work_before(worked, until)
                    if start_after(day, work) > begin:
                        begin, end, found = start_after(day, work), finish_after(day, work + takes), 0
                k = k + 1 if k + 1 < last else first
            start[a, s], finish[a, s] = begin, end
            if work > earliest:
                before, done = start_after(day, work - 1), finish_after(day, work - 1 + takes)
                for k in range(first, last):
                    r = teams.team[k]
                    room = teams.capacity[r] - teams.quantity[k]
                    if _full_until(moment[r, s], held[r, s], count[r, s], room, before, done) >= 0:
                        waited[a, s] = r
                        break
            for k in range(first, last):
                r = teams.team[k]
                count[r, s] = _hold(moment[r, s], held[r, s], count[r, s], begin, end, teams.quantity[k])


@compiled()
def improve(
    precedence: Precedence,
    teams: Teams,
    follower_pointer: Ticks,
    follower: Ticks,
    target: int,
    duration: Ticks,
    least_start: Ticks,
    order: Ticks,
    number: NDArray[np.float64],
) -> None:
    """Let a target end earlier by moving one activity after another to another place in the order of priority.

    A move is kept if the target ends no later, and if all end no later on the whole where it ends at the same moment;
    while the search is young a worse one is kept now and then (simulated annealing, Bouleimen and Lecocq, 2003).

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    teams : Teams
        Who shares what.
    follower_pointer : ndarray of int32, shape (A + 1,)
        Where what follows each activity begins.
    follower : ndarray of int32, shape (L,)
        What follows it by a link.
    target : int
        The activity that is to end early.
    duration, least_start : ndarray of int32, shape (A, 1)
        Ticks it takes, and the moment before which it does not start.
    order : ndarray of int32, shape (A,)
        The order to start from; becomes the best that was found.
    number : ndarray, shape (T, 3)
        Uniform numbers, three for each move.
    """
    count, moves = len(order), len(number)
    start, finish, waited = least_start.copy(), np.zeros_like(least_start), np.empty_like(least_start)
    serial(precedence, teams, order, duration, start, finish, waited)
    now = best = np.float64(finish[target, 0]) + finish.mean() / count
    heat, trial, current = _HEAT * best, order.copy(), order.copy()
    place_of = np.empty(count, dtype=np.int64)
    for move in range(moves):
        for k in range(count):
            place_of[current[k]] = k
        at = min(int(number[move, 0] * count), count - 1)
        a, low, high = current[at], 0, count - 1
        for link in range(precedence.pointer[a], precedence.pointer[a + 1]):
            low = max(low, place_of[precedence.predecessor[link]] + 1)
        for link in range(follower_pointer[a], follower_pointer[a + 1]):
            high = min(high, place_of[follower[link]] - 1)
        to = min(low + int(number[move, 1] * (high - low + 1)), high)
        if to == at:
            continue
        trial[:] = current
        step = 1 if to > at else -1
        for k in range(at, to, step):
            trial[k] = current[k + step]
        trial[to] = a
        start[:], finish[:] = least_start, 0
        serial(precedence, teams, trial, duration, start, finish, waited)
        value = np.float64(finish[target, 0]) + finish.mean() / count
        if value <= now or number[move, 2] < np.exp((now - value) / (heat * (1.0 - move / moves) ** 2 + 1e-9)):
            now, current[:] = value, trial
            if value < best:
                best, order[:] = value, trial
