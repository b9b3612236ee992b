"""A schedule under scarce teams: the least finish of a target, and how near to the least it is known to be.

Serial schedules by some rules of priority come first, and moves from the best of them. Where that is later than the
links alone ask, OR-tools' CP-SAT looks for a better one, with it as its first solution and its horizon, and proves how
much better one can be. This is done twice: what is easy ends with the first. The schedule is then followed in the order
of its starts, by the same pass that places the samples.

The seconds are those of the clock. A schedule that is proved to be the best in the first round is the same each time;
which is found later depends on how quick the machine is.
"""

from __future__ import annotations

import copy
import heapq
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.annealing import improve
from coplant.launching.critical_path import Early, early, late
from coplant.launching.passes import place
from coplant.launching.programme import Programme
from coplant.launching.serial import NOTHING
from coplant.launching.team_model import Solved, Solver, TeamModel
from coplant.launching.working_time import DAY, Ticks, work_before
from coplant.network.frames import Integers
from coplant.timeline.calendar import Floats

WORKERS = 4
"""Threads of the solver: the fewest with which it looks both for better schedules and for proofs."""

_ENDING = 0.05
"""Seconds that it takes to stop the solver and to follow what it found."""


class _Round(NamedTuple):
    """A search by moves, and then one by the solver."""

    moves: int
    """Moves in the order, for each activity."""
    moved: float
    """Share of the time after which they end."""
    searches: tuple[str, ...]
    """The solver's searches of the whole program; its own choice if none is named."""
    solved: float
    """Share of the time after which these end."""


# What is easy is proved to be the best in the first, whose bounds by linear programs are soon high. In the second a
# better schedule is looked for.
_ROUNDS = (_Round(300, 0.1, ("reduced_costs", "no_lp"), 0.25), _Round(5_000, 0.55, (), 1.0))

_HEAT = 0.003
"""By which share of the whole a move may make the end later when a search begins, roughly."""

_STEP = 250
"""Moves at the same heat."""

_SEARCHES = 2
"""Searches beside one another, of which the best counts."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """When each of A activities is worked on, so that a target ends as early as teams allow.

    Parameters
    ----------
    order : ndarray of int64, shape (A,)
        The activities in the order of their priority, predecessors first.
    at : Early
        When each starts and ends, and what it waits for; by the programme in that order.
    target : int
        The target's place in that order.
    bound : int
        Moment before which the target cannot end, whatever the schedule.
    status : {"optimal", "feasible", "unknown", "infeasible"}
        Whether a better one can be excluded; unknown where none that keeps to the most lags was found in time, and
        infeasible where there is none.
    """

    order: Integers
    at: Early
    target: int
    bound: int
    status: str

    @property
    def finish(self) -> int:
        """Moment at which the target ends."""
        return int(self.at.finish[self.target])

    @property
    def gap(self) -> float:
        """By which share of the finish an earlier one is not excluded."""
        return (self.finish - self.bound) / self.finish if self.finish else 0.0


def least_finish(
    programme: Programme,
    target: int,
    duration: Ticks,
    time_limit: float,
    *,
    workers: int = WORKERS,
) -> Schedule:
    """Find a schedule in which a target ends as early as the teams allow.

    Parameters
    ----------
    programme : Programme
        The programme.
    target : int
        The activity that is to end early.
    duration : ndarray of int32, shape (A,)
        Ticks.
    time_limit : float
        Seconds after which the best schedule so far is taken.
    workers : int
        Threads of the solver.

    Returns
    -------
    Schedule
    """
    alone = early(programme.without_teams(), duration)
    least, best = int(alone.finish[target]), _followed(programme, target, _by_rules(programme, target, duration, alone))
    if not best.broken and best.finish == least:
        return best.schedule(least, "optimal")
    # What has to be compiled at the first call is no part of the search, nor are the rules, which are quick.
    _improved(programme, target, best, 1, 1.0, 0)
    begin = time.time()
    until = begin + max(time_limit - _ENDING, 0.0)
    bound, status = least, "unknown"
    solver = Solver.running()
    for number, stage in enumerate(_ROUNDS):
        seconds = stage.moved * time_limit - (time.time() - begin)
        best = _better(programme, target, best, _improved(programme, target, best, stage.moves, seconds, number))
        if not best.broken and best.finish == bound:
            break
        model = TeamModel(programme, target, best.at, alone.start)
        found = model.solve(solver, min(begin + stage.solved * time_limit, until), workers, stage.searches)
        best, bound, status = _better(programme, target, best, found), max(found.bound, bound), found.status
        if status in ("optimal", "infeasible"):
            break
    if best.broken:
        return best.schedule(bound, status)
    return best.schedule(bound, "optimal" if best.finish <= bound else "feasible")


def _better(programme: Programme, target: int, best: _Placed, other: Solved | _Placed) -> _Placed:
    """The better of two schedules; of two that are as good the first, which does not depend on luck."""
    if isinstance(other, Solved):
        if other.start is None or other.finish is None:
            return best
        kept = np.zeros_like(best.at.broken)
        at = Early(best.at.duration, other.start, other.finish, kept, np.full_like(other.start, NOTHING))
        other = _Placed(ranked(programme, other.start, other.finish), at, target)
    return min(best, _followed(programme, target, other), key=lambda one: (one.broken, one.finish))


def waited_days(programme: Programme, at: Early) -> Floats:
    """Working days by which activities start later than the others allow by the links alone, shape (A,).

    Parameters
    ----------
    programme : Programme
        The programme.
    at : Early
        A schedule.
    """
    links, days = programme.precedence, np.zeros(len(programme))
    for a in np.flatnonzero(at.waited >= 0).tolist():
        start, finish = at.start[:, None].copy(), at.finish[:, None].copy()
        start[a], finish[a] = programme.least_start[a], 0
        place(links, a, at.duration[:, None], start, finish)
        worked = links.worked[links.calendar[a]]
        days[a] = (work_before(worked, int(at.start[a])) - work_before(worked, int(start[a, 0]))) / DAY
    return days


class _Placed(NamedTuple):
    """A schedule by an order of priority."""

    order: Integers
    at: Early
    """In the programme's own order."""
    target: int

    @property
    def broken(self) -> bool:
        return bool(self.at.broken.any())

    @property
    def finish(self) -> int:
        return int(self.at.finish[self.target])

    def schedule(self, bound: int, status: str) -> Schedule:
        at = _picked(self.at, self.order)
        return Schedule(self.order, at, int(np.flatnonzero(self.order == self.target)[0]), bound, status)


def _picked(at: Early, order: Integers) -> Early:
    """The moments of activities in another order."""
    waited = at.waited[order] if len(at.waited) else at.waited
    return Early(at.duration[order], at.start[order], at.finish[order], at.broken, waited)


def _placed(programme: Programme, target: int, duration: Ticks, order: Integers) -> _Placed:
    """Place activities one after another."""
    at = early(programme.in_order(order), duration[order])
    return _Placed(order, _picked(at, np.argsort(order)), target)


def ranked(programme: Programme, *keys: NDArray[Any]) -> Integers:
    """Order activities by the first of some keys, then the next, and where these are the same as they stand.

    Parameters
    ----------
    programme : Programme
        The programme.
    keys : ndarray, shape (A,)
        What comes first is less. No activity comes before one that a link leads from.

    Returns
    -------
    ndarray of int64, shape (A,)
    """
    links, count = programme.precedence, len(programme)
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort(keys[::-1])] = np.arange(count)
    missing = np.diff(links.pointer).tolist()
    by_predecessor = np.argsort(links.predecessor, kind="stable")
    after = np.repeat(np.arange(count), np.diff(links.pointer))[by_predecessor].tolist()
    begins = np.searchsorted(links.predecessor[by_predecessor], np.arange(count + 1)).tolist()
    ready = [(rank[a], a) for a in range(count) if not missing[a]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, a = heapq.heappop(ready)
        order.append(a)
        for successor in after[begins[a] : begins[a + 1]]:
            missing[successor] -= 1
            if not missing[successor]:
                heapq.heappush(ready, (rank[successor], successor))
    return np.array(order, dtype=np.int64)


def _by_rules(programme: Programme, target: int, duration: Ticks, alone: Early) -> _Placed:
    """The best of some serial schedules, each by a rule of priority."""
    latest = late(programme.without_teams(), alone, target)
    # What does not lead to the target takes what is left, in the order in which other milestones need it.
    far = np.int64(1) << 32
    begin, end = (np.where(moment < 0, 2 * far, moment) for moment in (latest.start, latest.finish))
    for other in programme.milestones.activity.tolist():
        its = late(programme.without_teams(), alone, other)
        rest = (latest.start < 0) & (its.start >= 0)
        begin[rest] = np.minimum(begin[rest], far + its.start[rest])
        end[rest] = np.minimum(end[rest], far + its.finish[rest])
    rules: Iterable[tuple[NDArray[Any], ...]] = (
        (begin, end), (end, begin), (begin + end, begin), (np.where(begin < far, alone.start, begin), begin),
        (begin - alone.start, begin), (np.where(begin < far, -_behind(programme, duration), begin), begin),
    )  # fmt: skip
    return min((_placed(programme, target, duration, ranked(programme, *keys)) for keys in rules), key=_how_good)


def _improved(programme: Programme, target: int, placed: _Placed, moves: int, seconds: float, number: int) -> _Placed:
    """Move activities in the order of priority, so many times for each unless that takes too long."""
    if len(programme.most_lags.first) or seconds <= 0.0:
        return placed
    links, count = programme.precedence, len(programme)
    by_predecessor = np.argsort(links.predecessor, kind="stable")
    followers = np.repeat(np.arange(count, dtype=np.int32), np.diff(links.pointer))[by_predecessor]
    pointer = np.searchsorted(links.predecessor[by_predecessor], np.arange(count + 1)).astype(np.int32)
    duration, least_start = placed.at.duration[:, None].copy(), programme.least_start[:, None].copy()

    def searched(moves: int, search: int) -> _Placed:
        # Each has the programme for itself: threads that count who uses an array wait for one another.
        its_links, its_teams = copy.deepcopy((links, programme.shared.teams))
        drawn = np.random.Generator(np.random.Philox(key=[number, search]))
        current = placed.order.astype(np.int32)
        order, best, moved, begin = current.copy(), np.inf, 0, time.perf_counter()
        while (spent := max(moved / moves, (time.perf_counter() - begin) / seconds)) < 1.0:
            step = min(_STEP, moves - moved)
            best = improve(
                its_links, its_teams, pointer, followers, target, duration, least_start, current, order, best,
                _HEAT * placed.finish * (1.0 - spent) ** 2, drawn.random((step, 3)),
            )  # fmt: skip
            moved += step
        return _placed(programme, target, placed.at.duration, order.astype(np.int64))

    with ThreadPoolExecutor(_SEARCHES) as pool:
        return min(pool.map(lambda search: searched(moves * count, search), range(_SEARCHES)), key=_how_good)


def _how_good(placed: _Placed) -> tuple[bool, int, int]:
    return placed.broken, placed.finish, int(placed.at.finish.astype(np.int64).sum())


def _behind(programme: Programme, duration: Ticks) -> Floats:
    """Total duration of each activity and of all that follows it, shape (A,)."""
    links, count = programme.precedence, len(programme)
    follows = np.eye(count, dtype=bool)
    for a in range(count - 1, -1, -1):
        for before in links.predecessor[links.pointer[a] : links.pointer[a + 1]]:
            follows[before] |= follows[a]
    return np.asarray(follows @ duration.astype(np.float64))


def _followed(programme: Programme, target: int, placed: _Placed) -> _Placed:
    """Follow a schedule in the order of its starts, again and again until that makes nothing earlier."""
    best = placed
    while True:
        order = ranked(programme, best.at.start, best.at.finish)
        again = _placed(programme, target, best.at.duration, order)
        if _how_good(again) >= _how_good(best):
            # Of two that are as good, that in the order of its starts.
            return again if _how_good(again) == _how_good(best) else best
        best = again
