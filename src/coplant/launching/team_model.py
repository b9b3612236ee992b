"""The least finish of a target under scarce teams as a constraint program.

Each activity is an interval from its start s to its finish f: the moments s at which work can start on its calendar,
f = s + its duration + the days off that fall between, which is a step function of s. A link asks s >= g(m), with m
the moment it leads from and g the start to which that leads by itself. A most lag asks m >= h(m') of what comes first.
The intervals of a team hold no more of it at any time than there is.

The model is exact: its unit of time is the largest that divides all durations, lags and days, so that nothing is
rounded. What f, g and h are is asked of the passes themselves; between two steps they grow as their argument does, or
not at all.

A constraint program is a few lists. Variables are numbered; a literal is a variable of 0 and 1.

- ``domains``: what each variable can be, as first and last values of stretches, one after another; ``hints``: a value
  of each to start from;
- ``not_before``: (later, earlier, by, literal), later >= earlier + by if the literal holds; `by` alone without earlier,
  and always without a literal;
- ``inside``: (variable, domain, literal), in the domain if the literal holds;
- ``one_of``: literals of which one holds;
- ``intervals``: (start, size, whether that is a number, finish);
- ``teams``: (intervals, what each takes, what there is).
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from coplant.errors import SolverError
from coplant.launching.critical_path import Early, late
from coplant.launching.passes import FROM_FINISH, TO_FINISH, MostLags, Precedence, hold_together, place
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks
from coplant.network.frames import Integers


class Solved(NamedTuple):
    """What the solver found."""

    status: str
    """optimal, feasible, infeasible, or unknown if nothing was found in time."""
    bound: int
    """Moment before which the target cannot end."""
    start: Ticks | None
    """Moments, shape (A,)."""
    finish: Ticks | None
    """Moments, shape (A,)."""


class Solver:
    """CP-SAT in a process of its own, which is started at once and takes a while to load."""

    _running: ClassVar[Solver | None] = None

    def __init__(self) -> None:
        command = [sys.executable, "-P", str(Path(__file__).with_name("cp_sat.py"))]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self._one_at_a_time = threading.Lock()
        atexit.register(self.end)

    @classmethod
    def running(cls) -> Solver:
        """Return the one that runs already, or start one; it ends with the program that started it."""
        if cls._running is None or cls._running._process.poll() is not None:
            cls._running = cls()
        return cls._running

    def end(self) -> str:
        """End the process, and return what it said of what went wrong."""
        atexit.unregister(self.end)
        self._process.kill()
        return self._process.communicate()[1]

    def solve(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Solve a constraint program.

        Raises
        ------
        SolverError
            It gave no answer.
        """
        asks, answers = self._process.stdin, self._process.stdout
        assert asks is not None
        assert answers is not None
        with self._one_at_a_time:
            try:
                print(json.dumps(asked), file=asks, flush=True)
                answer = answers.readline()
            except BrokenPipeError:
                answer = ""
            except BaseException:
                # The answer may still come, and would be taken for that to the next question.
                self.end()
                raise
        if not answer:
            said = (self.end().strip().splitlines() or ["it ended without a word"])[-1]
            raise SolverError(f"CP-SAT, which places the teams, could not be run: {said}")
        found: dict[str, Any] = json.loads(answer)
        return found


class _Moments(NamedTuple):
    """A variable that is a moment, and where it can be."""

    variable: int
    pieces: Integers
    """First and last of each stretch of moments that it can be, in ticks, shape (N, 2)."""
    hint: int


class TeamModel:
    """The least finish of a target as a constraint program.

    Parameters
    ----------
    programme : Programme
        The programme.
    target : int
        The activity that is to end early.
    at : Early
        A schedule to start from, with most lags that are broken or none.
    least_start : ndarray of int32, shape (A,)
        Moment before which no activity starts, whatever the teams.
    """

    def __init__(self, programme: Programme, target: int, at: Early, least_start: Ticks) -> None:
        self.programme, self.target, self.at = programme, target, at
        self._domains: list[list[int]] = []
        self._hints: list[int | None] = []
        self._intervals: list[tuple[int, int, bool, int]] = []
        self._later: list[tuple[int, int | None, int, int | None]] = []
        self._inside: list[tuple[int, list[int], int]] = []
        self._one_of: list[list[int]] = []
        self._shared: list[tuple[list[int], list[int], int]] = []
        links, most = programme.precedence, programme.most_lags
        on_days = bool(links.calendar.any() or links.lag_calendar.any() or most.calendar.any())
        whole = [DAY if on_days else 0, *at.duration, *programme.least_start, *links.lag, *most.most]
        self.unit = int(np.gcd.reduce(whole)) or DAY
        latest = np.full(len(programme), self._end)
        self.hinted = not at.broken.any()
        if self.hinted:
            bounded = late(programme.without_teams(), at._replace(waited=at.waited[:0]), target).start
            latest = np.where(bounded < 0, latest, bounded)
        self.starts: list[_Moments] = []
        self.finishes: list[_Moments] = []
        self.interval = [self._activity(a, int(least_start[a]), int(latest[a])) for a in range(len(programme))]
        for a in range(len(programme)):
            for link in range(links.pointer[a], links.pointer[a + 1]):
                self._link(link, a)
        for lag in range(len(most.first)):
            self._most_lag(lag)
        self._teams()

    @property
    def _end(self) -> int:
        """The moment at which calendars end."""
        return int(self.programme.precedence.worked.shape[1] - 1) * DAY

    def solve(self, solver: Solver, until: float, workers: int, searches: tuple[str, ...] = ()) -> Solved:
        """Look for a schedule.

        Parameters
        ----------
        solver : Solver
            Where to look for it.
        until : float
            Time by the clock at which to stop.
        workers : int
            Threads.
        searches : tuple of str
            Which of the solver's searches of the whole program are run; its own choice if none is named.

        Raises
        ------
        SolverError
            The solver could not be run.
        """
        asked = {
            "domains": self._domains, "hints": self._hints, "intervals": self._intervals, "not_before": self._later,
            "inside": self._inside, "one_of": self._one_of, "teams": self._shared,
            "target": self.finishes[self.target].variable, "until": until, "workers": workers,
            "searches": searches,
        }  # fmt: skip
        found = solver.solve(asked)
        if "values" not in found:
            return Solved(found["status"], found["bound"] * self.unit, None, None)
        start, finish = (
            np.array([found["values"][one.variable] for one in moments], dtype=np.int32) * np.int32(self.unit)
            for moments in (self.starts, self.finishes)
        )
        return Solved(found["status"], found["bound"] * self.unit, start, finish)

    def _activity(self, a: int, begin: int, latest: int) -> int | None:
        """Add the start and the finish of an activity that starts between two moments."""
        takes, calendar = int(self.at.duration[a]), int(self.programme.precedence.calendar[a])
        hint, ended = int(self.at.start[a]), int(self.at.finish[a])
        latest = max(latest - latest % self.unit, begin)
        if takes == 0 or calendar == 0:
            pieces = np.array([[begin, latest]])
            start = self._moments(pieces, hint)
            self.starts.append(start)
            if takes == 0:
                self.finishes.append(start)
                return None
            finish = self._moments(pieces + takes, ended)
            self.finishes.append(finish)
            return self._interval(start, takes // self.unit, True, finish)
        cut = _cut(np.array([[begin, latest]]), [0, -takes], self.unit)
        starts, finishes = self._alone(a, cut)
        works = (starts == cut).all(axis=1) & (finishes[:, 1] <= self._end)
        cut, finishes = cut[works], finishes[works]
        start, finish = self._moments(cut, hint), self._moments(finishes, ended)
        self.starts.append(start)
        self.finishes.append(finish)
        longer = finishes[:, 0] - cut[:, 0]
        kinds = np.unique(longer)
        if len(kinds) == 1:
            return self._interval(start, self._units(kinds[0]), True, finish)
        size = self._variable(np.stack([kinds, kinds], axis=1), self._units(ended - hint))
        for kind, literal in zip(kinds, self._which(start, [cut[longer == kind] for kind in kinds]), strict=True):
            self._inside.append((size, [self._units(kind)] * 2, literal))
        return self._interval(start, size, False, finish)

    def _link(self, link: int, a: int) -> None:
        """Let an activity start no earlier than a link into it allows."""
        links = self.programme.precedence
        calendar, on, lag, kind = (int(part) for part in (
            links.calendar[a], links.lag_calendar[link], links.lag[link], links.kind[link]))  # fmt: skip
        takes = int(self.at.duration[a])
        source = (self.finishes if kind & FROM_FINISH else self.starts)[links.predecessor[link]]
        to_finish = bool(kind & TO_FINISH)
        if (lag == 0 or on == 0) and (not to_finish or calendar == 0 or takes == 0):
            by = lag - takes if to_finish else lag
            self._not_before(self.starts[a], source, by)
            return
        pair = Precedence(
            np.array([0, calendar], dtype=np.int32),
            np.array([0, 0, 1], dtype=np.int32),
            np.zeros(1, dtype=np.int32),
            links.kind[link : link + 1].copy(),
            links.lag[link : link + 1].copy(),
            links.lag_calendar[link : link + 1].copy(),
            links.worked,
            links.day,
        )
        cut = _cut(source.pieces, [0, -lag, takes - lag], self.unit)

        def least_start(moments: Integers) -> Integers:
            duration = np.stack([np.zeros(len(moments)), np.full(len(moments), takes)]).astype(np.int32)
            start = np.stack([moments, np.zeros(len(moments))]).astype(np.int32)
            finish = start.copy()
            place(pair, 1, duration, start, finish)
            return np.asarray(start[1], dtype=np.int64)

        self._not_before_step(self.starts[a], source, cut, least_start)

    def _most_lag(self, number: int) -> None:
        """Keep what comes first near enough to what comes after."""
        programme, most = self.programme, self.programme.most_lags
        first, second, kind, lag, on = (int(part[number]) for part in most)
        before = (self.finishes if kind & FROM_FINISH else self.starts)[first]
        after = (self.finishes if kind & TO_FINISH else self.starts)[second]
        if on == 0:
            self._not_before(before, after, -lag)
            return
        pair = MostLags(*(np.array([part], dtype=np.int32) for part in (0, 1, kind, lag, on)))

        def due(moments: Integers) -> Integers:
            start = np.stack([np.full(len(moments), -1), moments]).astype(np.int32)
            least_start, least_finish = np.full_like(start, -1), np.full_like(start, -1)
            broken = np.zeros((1, len(moments)), dtype=bool)
            hold_together(programme.precedence, pair, start, start.copy(), least_start, least_finish, broken)
            return np.asarray(np.maximum(least_start[0], least_finish[0]), dtype=np.int64)

        self._not_before_step(before, after, _cut(after.pieces, [0, lag], self.unit), due)

    def _teams(self) -> None:
        """Hold no more of a team at any time than there is."""
        teams = self.programme.shared.teams
        owner = np.repeat(np.arange(len(self.programme)), np.diff(teams.pointer))
        for team, capacity in enumerate(teams.capacity.tolist()):
            mine = np.flatnonzero(teams.team == team).tolist()
            # What takes no time takes no team.
            pairs = [
                (interval, int(teams.quantity[m])) for m in mine if (interval := self.interval[owner[m]]) is not None
            ]
            self._shared.append(([interval for interval, _ in pairs], [quantity for _, quantity in pairs], capacity))

    def _not_before(self, later: _Moments, earlier: _Moments, by: int) -> None:
        """Ask later >= earlier + by."""
        self._later.append((later.variable, earlier.variable, self._units(by), None))

    def _not_before_step(
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
        self._not_before(later, earlier, int((value - cut).min()))
        if len(cases) == 1:
            return
        literals = self._which(earlier, [pieces for _, _, pieces in cases])
        for (rises, by, _), literal in zip(cases, literals, strict=True):
            self._later.append((later.variable, earlier.variable if rises else None, self._units(by), literal))

    def _which(self, moments: _Moments, parts: list[Integers]) -> list[int]:
        """A literal for each part of the moments, of which one holds."""
        literals = []
        for pieces in parts:
            here = bool(((pieces[:, 0] <= moments.hint) & (moments.hint <= pieces[:, 1])).any())
            literals.append(self._variable(np.array([[0, self.unit]]), int(here)))
            self._inside.append((moments.variable, self._domain(pieces), literals[-1]))
        self._one_of.append(literals)
        return literals

    def _moments(self, pieces: Integers, hint: int) -> _Moments:
        return _Moments(self._variable(pieces, self._units(hint)), pieces, hint)

    def _variable(self, pieces: Integers, hint: int) -> int:
        """Add a variable that lies in some stretches of ticks."""
        self._domains.append(self._domain(pieces))
        self._hints.append(hint if self.hinted else None)
        return len(self._domains) - 1

    def _interval(self, start: _Moments, size: int, fixed: bool, finish: _Moments) -> int:
        """Add an interval, of a size in units or of that of a variable."""
        self._intervals.append((start.variable, size, fixed, finish.variable))
        return len(self._intervals) - 1

    def _alone(self, a: int, pieces: Integers) -> tuple[Integers, Integers]:
        """When an activity starts and ends that can start from some moments on, without its links."""
        links, count = self.programme.precedence, pieces.size
        nothing = np.empty(0, dtype=np.int32)
        single = Precedence(
            links.calendar[a : a + 1].copy(), np.zeros(2, dtype=np.int32), nothing, nothing, nothing, nothing,
            links.worked, links.day,
        )  # fmt: skip
        duration = np.full((1, count), self.at.duration[a], dtype=np.int32)
        start = pieces.reshape(1, count).astype(np.int32)
        finish = np.zeros_like(start)
        place(single, 0, duration, start, finish)
        return start.reshape(-1, 2).astype(np.int64), finish.reshape(-1, 2).astype(np.int64)

    def _units(self, ticks: Any) -> Any:
        return (np.asarray(ticks, dtype=np.int64) // self.unit).tolist()

    def _domain(self, pieces: Integers) -> list[int]:
        """Stretches of ticks as first and last units, one after another."""
        return np.asarray(self._units(pieces)).ravel().tolist()


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
