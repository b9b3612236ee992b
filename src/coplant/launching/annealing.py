"""A search for a better order of priority: simulated annealing over serial schedules (Bouleimen and Lecocq, 2003).

A move takes an activity to another place in the order, between what comes before it and what comes after. What stands
before the first of the two places stays as it is, so that a trial begins there; it ends as soon as it is seen that the
target would end too late, or that nothing is left that can differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import FROM_FINISH, TO_FINISH, Precedence, Teams, place
from coplant.launching.serial import Held, find_room, hold, nothing_held
from coplant.launching.working_time import Ticks, compiled

_APART = 8
"""Activities from one place of the order to the next of which it is kept what is held there."""

_NEVER = -(1 << 40)
"""Ticks to the target of what does not lead to it."""

_TOO_LATE, _SAME, _OTHER = 0, 1, 2
"""What comes of a trial."""


@compiled()
def tails(precedence: Precedence, target: int, duration: Ticks) -> NDArray[np.int64]:
    """Ticks that pass at least from the start of each activity to the finish of a target.

    No less than the work that is left: days off add to it.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    target : int
        The activity that ends last.
    duration : ndarray of int32, shape (A, 1)
        Ticks each takes.

    Returns
    -------
    ndarray of int64, shape (A,)
        Far below nothing for what does not lead to the target.
    """
    count = len(precedence.calendar)
    from_start, from_finish = np.full(count, _NEVER), np.full(count, _NEVER)
    from_finish[target] = 0
    for b in range(count - 1, -1, -1):
        from_start[b] = max(from_start[b], from_finish[b] + duration[b, 0])
        for link in range(precedence.pointer[b], precedence.pointer[b + 1]):
            lag, p = np.int64(precedence.lag[link]), precedence.predecessor[link]
            if lag < 0 and precedence.lag_calendar[link] > 0:
                # On its calendar it can reach back further than its ticks.
                continue
            after = lag + (from_finish[b] if precedence.kind[link] & TO_FINISH else from_start[b])
            if precedence.kind[link] & FROM_FINISH:
                from_finish[p] = max(from_finish[p], after)
            else:
                from_start[p] = max(from_start[p], after)
    return from_start


@compiled()
def improve(
    precedence: Precedence,
    teams: Teams,
    follower_pointer: Ticks,
    follower: Ticks,
    target: int,
    duration: Ticks,
    least_start: Ticks,
    current: Ticks,
    order: Ticks,
    best: float,
    heat: float,
    number: NDArray[np.float64],
) -> float:
    """Let a target end earlier by moving one activity after another to another place in the order of priority.

    A move is kept if the target ends no later, and if all end no later on the whole where it ends at the same moment;
    a worse one is kept now and then.

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
    current : ndarray of int32, shape (A,)
        The order to start from; becomes the one that the search ends with.
    order : ndarray of int32, shape (A,)
        Becomes the best that was found, if it is better than `best`.
    best : float
        Ticks of the best so far.
    heat : float
        Ticks by which a move may make the end later, roughly.
    number : ndarray, shape (T, 3)
        Uniform numbers, three for each move.

    Returns
    -------
    float
        Ticks of the best.
    """
    count = len(current)
    tail = tails(precedence, target, duration)
    held, kept = nothing_held(teams, 1), nothing_held(teams, count // _APART + 1)
    start, finish = least_start.copy(), np.zeros_like(least_start)
    trial, other_start, other_finish = current.copy(), start.copy(), finish.copy()
    _try(
        precedence, teams, duration, trial, 0, count, tail, np.inf, least_start, start, finish,
        other_start, other_finish, held, kept,
    )  # fmt: skip
    start[:], finish[:] = other_start, other_finish
    _keep(teams, duration, current, 0, count, start, finish, held, kept)
    now = np.float64(finish[target, 0]) + finish.mean() / count
    if now < best:
        best, order[:] = now, current
    place_of = np.empty(count, dtype=np.int64)
    for k in range(count):
        place_of[current[k]] = k
    for move in range(len(number)):
        at = min(int(number[move, 0] * count), count - 1)
        a, low, high = current[at], 0, count - 1
        for link in range(precedence.pointer[a], precedence.pointer[a + 1]):
            low = max(low, place_of[precedence.predecessor[link]] + 1)
        for link in range(follower_pointer[a], follower_pointer[a + 1]):
            high = min(high, place_of[follower[link]] - 1)
        to = min(low + int(number[move, 1] * (high - low + 1)), high)
        if to == at:
            continue
        first, last, step = min(at, to), max(at, to) + 1, 1 if to > at else -1
        for k in range(at, to, step):
            trial[k] = current[k + step]
        trial[to] = a
        limit = now - heat * np.log(1.0 - number[move, 2])
        found = _try(
            precedence, teams, duration, trial, first, last, tail, limit, least_start, start, finish,
            other_start, other_finish, held, kept,
        )  # fmt: skip
        if found == _OTHER:
            value = np.float64(other_finish[target, 0]) + other_finish.mean() / count
            if value > limit:
                found = _TOO_LATE
            else:
                now = value
        if found == _TOO_LATE:
            trial[first:last] = current[first:last]
            continue
        current[first:last] = trial[first:last]
        for k in range(first, last):
            place_of[current[k]] = k
        if found == _OTHER:
            last = count
            start[:], finish[:] = other_start, other_finish
        _keep(teams, duration, current, first, last, start, finish, held, kept)
        if now < best:
            best, order[:] = now, current
    return best


@compiled()
def _try(
    precedence: Precedence,
    teams: Teams,
    duration: Ticks,
    order: Ticks,
    first: int,
    last: int,
    tail: NDArray[np.int64],
    limit: float,
    least_start: Ticks,
    start: Ticks,
    finish: Ticks,
    other_start: Ticks,
    other_finish: Ticks,
    held: Held,
    kept: Held,
) -> int:
    """Place what stands from one place of the order on; up to another it is not as it was."""
    _copy(kept, first // _APART, held, 0)
    begin = first // _APART * _APART
    other_start[:], other_finish[:] = start, finish
    moved = False
    for k in range(begin, len(order)):
        if k == last and not moved:
            return _SAME
        a = order[k]
        other_start[a], other_finish[a] = least_start[a], 0
        place(precedence, a, duration, other_start, other_finish)
        if duration[a, 0] > 0 and teams.pointer[a] < teams.pointer[a + 1]:
            find_room(precedence, teams, held, a, 0, duration[a, 0], other_start, other_finish)
            hold(teams, held, a, 0, other_start[a, 0], other_finish[a, 0])
        if other_start[a, 0] != start[a, 0] or other_finish[a, 0] != finish[a, 0]:
            moved = True
            if other_start[a, 0] + tail[a] > limit:
                return _TOO_LATE
    return _OTHER if moved else _SAME


@compiled()
def _keep(
    teams: Teams,
    duration: Ticks,
    order: Ticks,
    first: int,
    last: int,
    start: Ticks,
    finish: Ticks,
    held: Held,
    kept: Held,
) -> None:
    """Keep what is held at places of the order between two."""
    _copy(kept, first // _APART, held, 0)
    for k in range(first // _APART * _APART, last):
        if k % _APART == 0:
            _copy(held, 0, kept, k // _APART)
        a = order[k]
        if duration[a, 0] > 0:
            hold(teams, held, a, 0, start[a, 0], finish[a, 0])


@compiled()
def _copy(held: Held, s: int, to: Held, t: int) -> None:
    for r in range(len(held.length)):
        count = held.length[r, s]
        to.length[r, t] = count
        to.moment[r, t, :count] = held.moment[r, s, :count]
        to.quantity[r, t, :count] = held.quantity[r, s, :count]
