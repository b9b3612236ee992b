"""A schedule under scarce teams: the least finish of a target, and how near to the least it is known to be.

Serial schedules by some rules of priority come first. Where the best of them is later than the links alone ask, OR-tools'
CP-SAT looks for a better one, with it as its first solution and its horizon, and proves how much better one can be. The
schedule is then followed in the order of its starts, by the same pass that places the samples.

The model is exact: its unit of time is the largest that divides all durations, lags and days, so that nothing is rounded.
What calendars do to a duration or to a link is asked of the pass itself, and given to the model as steps: between two of
them the answer is later by as much as the question, or not at all.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.critical_path import Early, early, late
from coplant.launching.passes import FROM_FINISH, TO_FINISH, MostLags, Precedence, hold_together, place
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks, work_before
from coplant.network.frames import Integers
from coplant.timeline.calendar import Floats

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_DRAWS = 200
"""Serial schedules that are drawn around the best rule of priority."""


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
    workers: int = 1,
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
        Threads. Where a schedule is proved to be the best before the time is up, their number changes nothing.

    Returns
    -------
    Schedule
    """
    until = time.monotonic() + time_limit
    alone = early(programme.without_teams(), duration)
    best = _by_priority(programme, target, duration, alone)
    least = int(alone.finish[target])
    if best.finish == least and not best.broken:
        return best.schedule(least, "optimal")
    model = _Model(programme, target, duration, alone, best)
    found, bound, status = model.solve(max(until - time.monotonic(), 0.1), workers)
    if found is not None:
        best = min(_followed(programme, target, found), best, key=lambda one: (one.broken, one.finish))
        if best.finish <= bound:
            status = "optimal"
    return best.schedule(max(bound, least), "unknown" if best.broken and status != "infeasible" else status)


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


def _by_priority(programme: Programme, target: int, duration: Ticks, alone: Early) -> _Placed:
    """The best of some serial schedules: by rules of priority, and drawn around the best of them."""
    latest = late(programme.without_teams(), alone, target)
    # What does not lead to the target takes what is left.
    far = np.int64(1) << 40
    begin, end = (np.where(moment < 0, far, moment) for moment in (latest.start, latest.finish))
    rules: Iterable[tuple[NDArray[Any], ...]] = (
        (begin, end), (end, begin), (begin + end, begin), (np.where(begin < far, alone.start, far), begin),
        (begin - alone.start, begin), (np.where(begin < far, -_behind(programme, duration), far), begin),
    )  # fmt: skip
    tried = [(_placed(programme, target, duration, ranked(programme, *keys)), keys[0]) for keys in rules]
    best, key = min(tried, key=_how_good)
    random = np.random.Generator(np.random.Philox(0))
    spread = max(float(alone.finish[target]), 1.0)
    for draw in range(_DRAWS):
        if not best.broken and best.finish == alone.finish[target]:
            break
        drawn = key + random.normal(size=len(programme)) * spread * (0.02, 0.05, 0.1, 0.2)[draw % 4]
        other = _placed(programme, target, duration, ranked(programme, drawn))
        best, key = min((best, key), (other, drawn), key=_how_good)
    return _followed(programme, target, best)


def _how_good(one: tuple[_Placed, Any]) -> tuple[bool, int, int]:
    placed = one[0]
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
        if _how_good((again, None)) >= _how_good((best, None)):
            # Of two that are as good, that in the order of its starts.
            return again if _how_good((again, None)) == _how_good((best, None)) else best
        best = again


class _Moments(NamedTuple):
    """A variable that is a moment, and where it can be."""

    variable: Any
    pieces: Integers
    """First and last of each stretch of moments that it can be, in ticks, shape (N, 2)."""
    hint: int


class _Model:
    """The least finish of a target as a constraint program.

    Each activity is an interval from its start s to its finish f: the moments s at which work can start on its calendar,
    f = s + its duration + the days off that fall between, which is a step function of s. A link asks s >= g(m), with m the
    moment it leads from and g the start to which that leads by itself. A most lag asks m >= h(m') of what comes first. The
    intervals of a team are cumulative.
    """

    def __init__(self, programme: Programme, target: int, duration: Ticks, alone: Early, first: _Placed) -> None:
        from ortools.sat.python import cp_model

        self.programme, self.duration, self.first = programme, duration, first
        self.cp = cp_model.CpModel()
        self.domain = cp_model.Domain
        links, most = programme.precedence, programme.most_lags
        on_days = bool(links.calendar.any() or links.lag_calendar.any() or most.calendar.any())
        self.unit = int(
            np.gcd.reduce([DAY if on_days else 0, *duration, *programme.least_start, *links.lag, *most.most])
        ) or DAY  # fmt: skip
        end = (links.worked.shape[1] - 1) * DAY
        latest = np.full(len(programme), end)
        if not first.broken:
            bounded = late(programme.without_teams(), first.at._replace(waited=alone.waited), target).start
            latest = np.where(bounded < 0, latest, bounded)
        self.starts: list[_Moments] = []
        self.finishes: list[_Moments] = []
        self.intervals = [self._activity(a, int(alone.start[a]), int(latest[a])) for a in range(len(programme))]
        for a in range(len(programme)):
            for link in range(links.pointer[a], links.pointer[a + 1]):
                self._link(link, a)
        for lag in range(len(most.first)):
            self._most_lag(lag)
        self._teams()
        self.cp.minimize(self.finishes[target].variable)

    def solve(self, seconds: float, workers: int) -> tuple[_Placed | None, int, str]:
        """Look for a schedule.

        Returns
        -------
        placed : _Placed or None
            A schedule, if one was found.
        bound : int
            Moment before which the target cannot end.
        status : {"optimal", "feasible", "infeasible"}
        """
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = 0
        solver.parameters.interleave_search = True
        status = solver.solve(self.cp)
        if status == cp_model.INFEASIBLE:
            return None, 0, "infeasible"
        bound = math.ceil(solver.best_objective_bound - 1e-6) * self.unit
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, bound, "feasible"
        start, finish = (
            np.array([solver.value(one.variable) for one in moments], dtype=np.int32) * np.int32(self.unit)
            for moments in (self.starts, self.finishes)
        )
        at = Early(self.duration, start, finish, np.zeros_like(self.first.at.broken), np.full_like(start, -1))
        placed = _Placed(ranked(self.programme, start, finish), at, self.first.target)
        return placed, bound, "optimal" if status == cp_model.OPTIMAL else "feasible"

    def _activity(self, a: int, begin: int, latest: int) -> Any:
        """Add the start and the finish of an activity that starts between two moments."""
        takes, calendar = int(self.duration[a]), int(self.programme.precedence.calendar[a])
        hint, ended = int(self.first.at.start[a]), int(self.first.at.finish[a])
        latest = max(latest - latest % self.unit, begin)
        if takes == 0 or calendar == 0:
            pieces = np.array([[begin, latest]])
            start = self._moments(pieces, hint, f"s{a}")
            self.starts.append(start)
            if takes == 0:
                self.finishes.append(start)
                return None
            size = takes // self.unit
            finish = self._moments(pieces + takes, ended, f"f{a}")
            self.finishes.append(finish)
            return self.cp.new_interval_var(start.variable, size, finish.variable, f"i{a}")
        cut = _cut(np.array([[begin, latest]]), [0, -takes], self.unit)
        starts, finishes = self._alone(a, cut)
        works = (starts == cut).all(axis=1) & (finishes[:, 1] <= (self.programme.precedence.worked.shape[1] - 1) * DAY)
        cut, finishes = cut[works], finishes[works]
        start, finish = self._moments(cut, hint, f"s{a}"), self._moments(finishes, ended, f"f{a}")
        self.starts.append(start)
        self.finishes.append(finish)
        longer = finishes[:, 0] - cut[:, 0]
        kinds = np.unique(longer)
        if len(kinds) == 1:
            size = self._units(kinds[0])
            return self.cp.new_interval_var(start.variable, size, finish.variable, f"i{a}")
        size = self.cp.new_int_var_from_domain(self.domain.from_values(self._units(kinds)), f"d{a}")
        self.cp.add_hint(size, self._units(ended - hint))
        for kind, literal in zip(kinds, self._which(start, [cut[longer == kind] for kind in kinds]), strict=True):
            self.cp.add(size == self._units(kind)).only_enforce_if(literal)
        return self.cp.new_interval_var(start.variable, size, finish.variable, f"i{a}")

    def _link(self, link: int, a: int) -> None:
        """Let an activity start no earlier than a link into it allows."""
        links = self.programme.precedence
        calendar, on, lag, kind = (int(part) for part in (
            links.calendar[a], links.lag_calendar[link], links.lag[link], links.kind[link]))  # fmt: skip
        takes = int(self.duration[a])
        source = (self.finishes if kind & FROM_FINISH else self.starts)[links.predecessor[link]]
        to_finish = bool(kind & TO_FINISH)
        if (lag == 0 or on == 0) and (not to_finish or calendar == 0 or takes == 0):
            late = lag - takes if to_finish else lag
            self.cp.add(self.starts[a].variable >= source.variable + self._units(late))
            return
        pair = Precedence(
            np.array([0, calendar], dtype=np.int32), np.array([0, 0, 1], dtype=np.int32),
            *(np.array([part], dtype=np.int32) for part in (0, kind, lag, on)), links.worked, links.day,
        )  # fmt: skip
        cut = _cut(source.pieces, [0, -lag, takes - lag], self.unit)

        def least_start(moments: Integers) -> Integers:
            duration = np.stack([np.zeros(len(moments)), np.full(len(moments), takes)]).astype(np.int32)
            start = np.stack([moments, np.zeros(len(moments))]).astype(np.int32)
            finish = start.copy()
            place(pair, 1, duration, start, finish)
            return start[1].astype(np.int64)

        self._not_before(self.starts[a], source, cut, least_start)

    def _most_lag(self, number: int) -> None:
        """Keep what comes first near enough to what comes after."""
        programme, most = self.programme, self.programme.most_lags
        first, second, kind, lag, on = (int(part[number]) for part in most)
        before = (self.finishes if kind & FROM_FINISH else self.starts)[first]
        after = (self.finishes if kind & TO_FINISH else self.starts)[second]
        if on == 0:
            self.cp.add(before.variable >= after.variable - self._units(lag))
            return
        pair = MostLags(*(np.array([part], dtype=np.int32) for part in (0, 1, kind, lag, on)))

        def due(moments: Integers) -> Integers:
            start = np.stack([np.full(len(moments), -1), moments]).astype(np.int32)
            least_start, least_finish = np.full_like(start, -1), np.full_like(start, -1)
            broken = np.zeros((1, len(moments)), dtype=bool)
            hold_together(programme.precedence, pair, start, start.copy(), least_start, least_finish, broken)
            return np.maximum(least_start[0], least_finish[0]).astype(np.int64)

        self._not_before(before, after, _cut(after.pieces, [0, lag], self.unit), due)

    def _teams(self) -> None:
        """Hold no more of a team at any time than there is."""
        teams = self.programme.shared.teams
        owner = np.repeat(np.arange(len(self.programme)), np.diff(teams.pointer))
        for team, capacity in enumerate(teams.capacity.tolist()):
            mine = teams.team == team
            pairs = [(self.intervals[a], quantity) for a, quantity in
                     zip(owner[mine].tolist(), teams.quantity[mine].tolist(), strict=True)
                     if self.intervals[a] is not None]  # fmt: skip
            if all(2 * quantity > capacity for _, quantity in pairs):
                self.cp.add_no_overlap([interval for interval, _ in pairs])
            else:
                self.cp.add_cumulative([interval for interval, _ in pairs], [q for _, q in pairs], capacity)

    def _not_before(
        self, later: _Moments, earlier: _Moments, cut: Integers, function: Callable[[Integers], Integers]
    ) -> None:
        """Ask later >= function(earlier), which on each piece grows as its argument does, or not at all."""
        value = np.stack([function(cut[:, 0].copy()), function(cut[:, 1].copy())], axis=1)
        grows = value[:, 1] - value[:, 0] == cut[:, 1] - cut[:, 0]
        assert (grows | (value[:, 1] == value[:, 0])).all(), "a calendar changes within a piece"
        after = value[:, 0] - cut[:, 0]
        cases = [(True, int(by), cut[grows & (after == by)]) for by in np.unique(after[grows])]
        cases += [(False, int(at), cut[~grows & (value[:, 0] == at)]) for at in np.unique(value[~grows, 0])]
        # That much later it is at any moment; the solver sees more in it than in its cases.
        self.cp.add(later.variable >= earlier.variable + self._units((value - cut).min()))
        if len(cases) == 1:
            return
        literals = self._which(earlier, [pieces for _, _, pieces in cases])
        for (rises, by, _), literal in zip(cases, literals, strict=True):
            bound = earlier.variable + self._units(by) if rises else self._units(by)
            self.cp.add(later.variable >= bound).only_enforce_if(literal)

    def _which(self, moments: _Moments, parts: list[Integers]) -> list[cp_model.IntVar]:
        """A literal for each part of the moments, of which one holds."""
        literals = [self.cp.new_bool_var("") for _ in parts]
        self.cp.add_exactly_one(literals)
        for pieces, literal in zip(parts, literals, strict=True):
            self.cp.add_linear_expression_in_domain(moments.variable, self._domain(pieces)).only_enforce_if(literal)
            self.cp.add_hint(literal, bool(((pieces[:, 0] <= moments.hint) & (moments.hint <= pieces[:, 1])).any()))
        return literals

    def _moments(self, pieces: Integers, hint: int, name: str) -> _Moments:
        variable = self.cp.new_int_var_from_domain(self._domain(pieces), name)
        self.cp.add_hint(variable, self._units(hint))
        return _Moments(variable, pieces, hint)

    def _alone(self, a: int, pieces: Integers) -> tuple[Integers, Integers]:
        """When an activity starts and ends that can start from some moments on, without its links."""
        links, count = self.programme.precedence, pieces.size
        nothing = np.empty(0, dtype=np.int32)
        single = Precedence(
            links.calendar[a : a + 1].copy(), np.zeros(2, dtype=np.int32), nothing, nothing, nothing, nothing,
            links.worked, links.day,
        )  # fmt: skip
        duration = np.full((1, count), self.duration[a], dtype=np.int32)
        start = pieces.reshape(1, count).astype(np.int32)
        finish = np.zeros_like(start)
        place(single, 0, duration, start, finish)
        return start.reshape(-1, 2).astype(np.int64), finish.reshape(-1, 2).astype(np.int64)

    def _units(self, ticks: Any) -> Any:
        return (np.asarray(ticks, dtype=np.int64) // self.unit).tolist()

    def _domain(self, pieces: Integers) -> cp_model.Domain:
        return self.domain.from_intervals(self._units(pieces))


def _cut(pieces: Integers, residues: Iterable[int], unit: int) -> Integers:
    """Cut stretches of moments at some times of each day, and a unit after them.

    Parameters
    ----------
    pieces : ndarray of int64, shape (N, 2)
        First and last moment of each, ascending.
    residues : iterable of int
        Ticks, of which what is left beyond whole days counts.
    unit : int
        Ticks from one moment to the next.
    """
    times = np.unique([(residue + more) % DAY for residue in residues for more in (0, unit)])
    days = np.arange(pieces[0, 0] // DAY, pieces[-1, 1] // DAY + 1)
    cuts = (days[:, None] * DAY + times).ravel()
    owner = np.searchsorted(pieces[:, 0], cuts, "right") - 1
    inside = (owner >= 0) & (cuts <= pieces[owner, 1])
    first = np.union1d(pieces[:, 0], cuts[inside])
    owner = np.searchsorted(pieces[:, 0], first, "right") - 1
    last = np.minimum(np.append(first[1:] - unit, pieces[-1, 1]), pieces[owner, 1])
    return np.stack([first, last], axis=1)
