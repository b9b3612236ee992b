"""The L-shaped method: early decisions against what is known so far of what they leave for later.

A master program holds what is decided early, and for each group of futures a column for what later decisions earn,
limited by cuts (Van Slyke and Wets, 1969; one column for each group: Birge and Louveaux, 1988). Its value is a bound on
any plan's. So that it does not jump from one end to the other while little is known, the next early decisions to try
are those nearest to the best so far of all that promise a good part of what is still open (Lemaréchal, Nemirovskii and
Nesterov, 1995, with the distance as a sum of absolute values, so that it stays a linear program).
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt

from coplant.errors import InfeasibleError, SolverError
from coplant.program.linear import LinearProgram
from coplant.program.money import Floats, Integers
from coplant.program.recourse import Cut
from coplant.program.run import TOLERANCE, hand_over, run, solve_with
from coplant.program.scaling import Scaled, scaled

PROMISE = 0.5
"""Part of what is still open that the next early decisions are to promise."""

_NODES = 200
"""Nodes after which whole numbers of early decisions are left to branch and cut."""

_WHOLE = 1e-6
"""How far from a whole number a column may be to count as one."""

_STILL = 1e-9
"""Share of the bound beneath which what it moves by is noise."""

_STATUS = highspy.HighsModelStatus
_CONTINUOUS, _INTEGER = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger


class Answer(NamedTuple):
    """What a group of futures says of some early decisions."""

    cuts: list[Cut]
    """A limit, or conditions that they break."""
    value: float | None
    """What its later decisions earn, whole numbers whole; None where it was not asked or there are none."""

    def promised(self, x: Floats) -> float:
        """What it earns at the most."""
        return sum(cut.at(x) for cut in self.cuts) if all(cut.of_money for cut in self.cuts) else -np.inf


class Master:
    """Early decisions, and what is known of later ones.

    Parameters
    ----------
    program : LinearProgram
        A program whose early columns and rows are those of all futures.
    early : ndarray of int, shape (E,)
        Its early columns.
    paid : ndarray, shape (E,)
        What a unit of each adds to the objective early on.
    groups : sequence of ndarray of int, length G
        For each group of futures the places among the early columns of those that are its own.
    """

    def __init__(self, program: LinearProgram, early: Integers, paid: Floats, groups: Sequence[Integers]) -> None:
        self.paid, self.groups = paid, groups
        whole, matrix = scaled(program), program.matrix()
        is_late = np.ones(program.column_count, dtype=bool)
        is_late[early] = False
        of_late = program.entries_in(is_late) > 0
        self.rows = rows = np.flatnonzero(~of_late)
        touched = np.isin(early, matrix[np.flatnonzero(of_late)].indices)
        self.linking = np.flatnonzero(touched | (program.objective()[early] != paid))
        self.integer = np.flatnonzero(program.integer[early])
        self.decisive = np.isin(early[self.integer], np.concatenate([np.empty(0, np.int64), *program.decisive]))
        self.unit = whole.column[early]
        self.money, self.row_unit = whole.objective, whole.row[rows]
        self.highs = hand_over(
            Scaled(
                whole.matrix[rows][:, early].tocsr(),
                -paid * self.unit * self.money,
                0.0,
                whole.lower[early],
                whole.upper[early],
                whole.row_lower[rows],
                whole.row_upper[rows],
                whole.objective,
                whole.unit,
                whole.whole[early],
                whole.share[early],
                whole.all_whole[rows],
            )
        )
        for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self.highs.setOptionValue(kind, TOLERANCE)
        self.count, self.entries = len(early), int(self.highs.getNumNz())
        self.later = self.count + np.arange(len(groups))
        for _ in groups:
            self.highs.addCol(-1.0, -highspy.kHighsInf, highspy.kHighsInf, 0, [], [])
        self.cost = np.append(-paid * self.unit * self.money, -np.ones(len(groups)))
        self.closed = -np.inf
        """What is earned at the most with what is left out."""
        self._add_distances()
        self.level = self._row(-np.inf, np.inf, np.arange(len(self.cost)), self.cost)

    @property
    def size(self) -> dict[str, int]:
        """How large what is decided early is, in the words of `LinearProgram.size`."""
        return {
            "columns": self.count,
            "integer columns": len(self.integer),
            "rows": len(self.rows),
            "non-zeros": self.entries,
        }

    def _row(self, lower: float, upper: float, columns: Integers, values: Floats) -> int:
        there = np.flatnonzero(values)
        self.highs.addRow(lower, upper, len(there), columns[there].astype(np.int32), values[there])
        return int(self.highs.getNumRow()) - 1

    def _add_distances(self) -> None:
        """Add how far each early decision that matters later is from the centre."""
        first = int(self.highs.getNumCol())
        self.distance = first + np.arange(len(self.linking))
        for _ in self.linking:
            self.highs.addCol(0.0, 0.0, highspy.kHighsInf, 0, [], [])
        self.above = np.array(
            [self._row(0.0, np.inf, np.array([d, j]), np.array([1.0, -1.0])) for d, j in self._pairs()], dtype=np.int32
        )
        self.below = np.array(
            [self._row(0.0, np.inf, np.array([d, j]), np.array([1.0, 1.0])) for d, j in self._pairs()], dtype=np.int32
        )

    def _pairs(self) -> list[tuple[int, int]]:
        return list(zip(self.distance.tolist(), self.linking.tolist(), strict=True))

    def add(self, group: int, cut: Cut) -> None:
        """Take note of what holds for a group."""
        columns, slope = self.groups[group], cut.slope * self.unit[self.groups[group]]
        if cut.of_money:
            self._row(
                -np.inf,
                cut.constant * self.money,
                np.append(columns, self.later[group]),
                np.append(-slope * self.money, 1.0),
            )
        else:
            self._row(-cut.constant, np.inf, columns, slope)

    def bound(self, gap: float) -> tuple[float, Floats | None]:
        """Find the early decisions that promise the most.

        Parameters
        ----------
        gap : float
            Relative distance at which a search over whole numbers may stop.

        Returns
        -------
        bound : float
            No plan earns more.
        x : ndarray, shape (E,), or None
            The early decisions; None where all are closed.

        Raises
        ------
        InfeasibleError
            No early decisions keep the rules.
        SolverError
            Their promise has no limit, or HiGHS cannot find it.
        """
        highs = self.highs
        self._price(self.cost, np.zeros(len(self.distance)))
        highs.changeRowBounds(self.level, -highspy.kHighsInf, highspy.kHighsInf)
        status = run(highs)
        if status != _STATUS.kInfeasible and status != _STATUS.kOptimal:
            raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
        try:
            if status == _STATUS.kInfeasible:
                raise InfeasibleError({})
            value, x = self._branch(gap / 10.0) or self._search(gap / 10.0)
        except InfeasibleError:
            if self.closed == -np.inf:
                raise
            return self.closed, None
        x[self.integer] = np.rint(x[self.integer])
        return max(-value / self.money, self.closed), x * self.unit

    def close(self, values: Floats, bound: float) -> None:
        """Leave out decisive early decisions with which no more than so much is earned.

        Parameters
        ----------
        values : ndarray
            The decisions, each none or one.
        bound : float
            What is earned with them at the most.
        """
        self.closed = max(self.closed, bound)
        self._leave_out(values)

    def _leave_out(self, values: Floats) -> None:
        self._row(1.0 - float(values.sum()), np.inf, self.integer[self.decisive], 1.0 - 2.0 * values)

    def beyond(self, known: Sequence[Floats], gap: float) -> tuple[float, Floats] | None:
        """Find the early decisions that promise the most and in which decisive ones are not as in any of some others.

        Parameters
        ----------
        known : sequence of ndarray
            Decisive decisions, each none or one.
        gap : float
            As for `bound`.

        Returns
        -------
        tuple of float and ndarray, or None
            As `bound` gives them; None if there are no others.
        """
        first = int(self.highs.getNumRow())
        for values in known:
            self._leave_out(values)
        try:
            bound, x = self.bound(gap)
            return None if x is None else (bound, x)
        except InfeasibleError:
            return None
        finally:
            rows = np.arange(first, self.highs.getNumRow(), dtype=np.int32)
            self.highs.deleteRows(len(rows), rows)

    def most(self, worth: Floats, values: Floats) -> float:
        """Find what early decisions are worth at the most with some decisive ones, whatever comes later.

        Parameters
        ----------
        worth : ndarray, shape (E,)
            What a unit of each is worth.
        values : ndarray
            The decisive decisions.

        Returns
        -------
        float
            What they are worth, whole numbers relaxed: nothing less than minus infinity if they break the rules.
        """
        highs, held = self.highs, self.integer[self.decisive].astype(np.int32)
        cost = np.zeros(len(self.cost))
        cost[: self.count] = -worth * self.unit * self.money
        self._price(cost, np.zeros(len(self.distance)))
        highs.changeRowBounds(self.level, -highspy.kHighsInf, highspy.kHighsInf)
        low, high = self._bounds(held)
        highs.changeColsBounds(len(held), held, values, values)
        status = run(highs)
        found = float(highs.getInfo().objective_function_value)
        highs.changeColsBounds(len(held), held, low, high)
        if status == _STATUS.kInfeasible:
            return -np.inf
        return -found / self.money if status == _STATUS.kOptimal else np.inf

    def _branch(self, gap: float) -> tuple[float, Floats] | None:
        """Branch and bound from the corner in which the relaxed master was solved; None if that takes long, or fails.

        There are few whole numbers that matter early, and each linear program differs from the last by one bound: so
        this is much faster than a search that starts from nothing, however good that is.
        """
        highs, whole = self.highs, self.integer.astype(np.int32)
        low, high = self._bounds(whole)
        number = itertools.count()
        nodes = [(float(highs.getInfo().objective_function_value), next(number), low, high)]
        best, columns, done, lost = np.inf, None, 0, False
        while nodes and done <= _NODES and not lost:
            if columns is not None and nodes[0][0] >= best - gap * max(abs(best), self.money):
                break
            _, _, at_least, at_most = heapq.heappop(nodes)
            highs.changeColsBounds(len(whole), whole, at_least, at_most)
            done += 1
            status = run(highs)
            if status != _STATUS.kOptimal:
                # What only narrows a program with an optimum has one too, unless its rules collide.
                lost = status != _STATUS.kInfeasible
                continue
            value, found = float(highs.getInfo().objective_function_value), np.array(highs.getSolution().col_value)
            open_by = np.abs(found[whole] - np.rint(found[whole]))
            if value >= best:
                continue
            if open_by.max(initial=0.0) <= _WHOLE:
                best, columns = value, found[: self.count]
                continue
            at = int(np.argmax(np.where(self.decisive, 1.0 + open_by, open_by) * (open_by > _WHOLE)))
            above, below = at_least.copy(), at_most.copy()
            above[at], below[at] = np.floor(found[whole[at]]) + 1.0, np.floor(found[whole[at]])
            heapq.heappush(nodes, (value, next(number), above, at_most))
            heapq.heappush(nodes, (value, next(number), at_least, below))
        highs.changeColsBounds(len(whole), whole, low, high)
        if lost or columns is None or (nodes and done > _NODES):
            return None
        return min([best, *(value for value, *_ in nodes)]), columns

    def _search(self, gap: float) -> tuple[float, Floats]:
        """Branch and cut."""
        highs, whole = self.highs, self.integer.astype(np.int32)
        highs.setOptionValue("mip_rel_gap", gap)
        highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(_INTEGER), dtype=np.uint8))
        highs.solve()
        if highs.getModelStatus() == _STATUS.kSolveError:
            # What the presolve of HiGHS made of it was solved, but is not within the tolerance on the way back.
            solve_with(highs, {"presolve": "off"})
        status, value = highs.getModelStatus(), float(highs.getInfo().mip_dual_bound)
        x = np.array(highs.getSolution().col_value)[: self.count]
        highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(_CONTINUOUS), dtype=np.uint8))
        if status == _STATUS.kInfeasible:
            raise InfeasibleError({})
        if status != _STATUS.kOptimal:
            raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
        return value, x

    @property
    def limited(self) -> bool:
        """Whether what is known limits what is earned."""
        self._price(self.cost, np.zeros(len(self.distance)))
        self.highs.changeRowBounds(self.level, -highspy.kHighsInf, highspy.kHighsInf)
        return run(self.highs) not in (_STATUS.kUnbounded, _STATUS.kUnboundedOrInfeasible)

    def worth_of_rows(self, x: Floats) -> Floats:
        """Find what a unit more is worth in each early row, the whole numbers of early decisions held.

        Parameters
        ----------
        x : ndarray, shape (E,)
            Early decisions.

        Returns
        -------
        ndarray, shape (R,)
            By the rows of the program that are early.

        Raises
        ------
        SolverError
            HiGHS cannot say.
        """
        highs = self.highs
        self._price(self.cost, np.zeros(len(self.distance)))
        highs.changeRowBounds(self.level, -highspy.kHighsInf, highspy.kHighsInf)
        whole = self.integer.astype(np.int32)
        low, high = self._bounds(whole)
        highs.changeColsBounds(len(whole), whole, x[whole], x[whole])
        solved = run(highs) == _STATUS.kOptimal
        dual = -np.array(highs.getSolution().row_dual)[: len(self.rows)] * self.row_unit / self.money
        highs.changeColsBounds(len(whole), whole, low, high)
        if not solved:
            raise SolverError("HiGHS cannot say what a unit more of what is short early is worth")
        return dual

    def nearest(self, centre: Floats, x: Floats, level: float = -np.inf) -> Floats | None:
        """Find the early decisions nearest to a centre that keep the rules and promise so much.

        Parameters
        ----------
        centre : ndarray, shape (E,)
            The centre.
        x : ndarray, shape (E,)
            Early decisions of which whole numbers are taken.
        level : float
            What is to be promised.

        Returns
        -------
        ndarray, shape (E,), or None
            The decisions; None if HiGHS finds none.
        """
        highs, at = self.highs, centre[self.linking] / self.unit[self.linking]
        far = np.full(len(at), np.inf)
        # The stubs of HiGHS 1.15 have forgotten it.
        highs.changeRowsBounds(len(at), self.above, -at, far)  # type: ignore[attr-defined]
        highs.changeRowsBounds(len(at), self.below, at, far)  # type: ignore[attr-defined]
        highs.changeRowBounds(self.level, -highspy.kHighsInf, -level * self.money)
        self._price(np.zeros(len(self.cost)), 1.0 / np.maximum(np.abs(at), 1.0))
        whole = self.integer.astype(np.int32)
        low, high = self._bounds(whole)
        highs.changeColsBounds(len(whole), whole, x[whole], x[whole])
        found = run(highs) == _STATUS.kOptimal
        near = np.array(highs.getSolution().col_value)[: self.count]
        if found:
            near = self._best_with(self.linking.astype(np.int32), near)
        highs.changeColsBounds(len(whole), whole, low, high)
        near *= self.unit
        near[whole] = x[whole]
        return near if found else None

    def _best_with(self, held: npt.NDArray[np.int32], x: Floats) -> Floats:
        """The best of what is decided early only where what matters later is held."""
        highs, at = self.highs, x[held]
        low, high = self._bounds(held)
        # Room, however little, would be taken: where none leaves a way, what was found is good enough.
        highs.changeColsBounds(len(held), held, at, at)
        self._price(self.cost, np.zeros(len(self.distance)))
        if run(highs) == _STATUS.kOptimal:
            x = np.array(highs.getSolution().col_value)[: self.count]
        highs.changeColsBounds(len(held), held, low, high)
        return x

    def _bounds(self, columns: Integers) -> tuple[Floats, Floats]:
        lp = self.highs.getLp()
        return np.array(lp.col_lower_)[columns], np.array(lp.col_upper_)[columns]

    def _price(self, cost: Floats, distance: Floats) -> None:
        every = np.arange(len(cost) + len(distance), dtype=np.int32)
        self.highs.changeColsCost(len(every), every, np.append(cost, distance))


@dataclass(frozen=True, eq=False)
class Decomposed:
    """What the method found.

    Parameters
    ----------
    x : ndarray, shape (E,)
        The early decisions.
    value, bound : float
        What the plan earns, and what none earns more than.
    rounds : int
        How often all groups were asked.
    learnt : bool
        Whether the method stopped as nothing is left to learn: what is open then is open in whole numbers that are
        decided later.
    """

    x: Floats
    value: float
    bound: float
    rounds: int
    learnt: bool

    @property
    def gap(self) -> float:
        """Relative distance of bound and value."""
        return _gap(self.value, self.bound)


def decompose(
    master: Master,
    ask: Callable[[Floats], Sequence[Answer]],
    decide: Callable[[Floats, bool], Sequence[Answer]],
    close: Callable[[Floats, float], bool],
    suggest: Callable[[], Floats | None],
    whole: bool,
    gap: float,
    until: float,
    say: Callable[[str], None],
) -> Decomposed:
    """Decide early so that what is earned early and later is the most.

    Parameters
    ----------
    master : Master
        The early decisions, with what is known of later ones; that has to limit what they earn.
    ask : callable
        Given early decisions, answers for each group, whose limits may be a little higher than what is reached there.
    decide : callable
        Given early decisions and whether limits are to mind whole numbers, answers for each group with what it earns.
    close : callable
        Given early decisions that promise the most, and what has to be promised to be of use, may close some to the
        master; whether it did.
    suggest : callable
        Gives early decisions to try; None if it knows none.
    whole : bool
        Whether whole numbers are left to decide later.
    gap : float
        Relative distance of value and bound at which to stop.
    until : float
        Time of the performance counter at which to stop.
    say : callable
        Is told how far it is.

    Raises
    ------
    InfeasibleError
        No early decisions leave a plan for later.
    SolverError
        No plan was found in time.
    """
    best: Floats | None = None
    value, bound, rounds = -np.inf, np.inf, 0
    exact, minding, learning, kept, better = False, False, True, False, False
    while True:
        limit, promising = master.bound(gap)
        bound = min(bound, limit)
        told = f"best {value:z,.0f}, bound {bound:z,.0f}, gap {_gap(value, bound):z.3%}"
        say(f"{told}, {rounds} rounds" if best is not None else f"bound {bound:z,.0f}, {rounds} rounds")
        if promising is None or _gap(value, bound) <= gap or time.perf_counter() >= until:
            break
        enough = -np.inf if best is None else value + gap * abs(value)
        if close(promising, enough):
            continue
        if not learning:
            if minding or not whole:
                break
            minding = True
        noise = _STILL * abs(bound)
        wished = -np.inf if best is None else value + PROMISE * (bound - value)
        x = suggest()
        exact = x is None and (best is None or not learning or (kept and not better))
        if x is None:
            near = None if best is None or exact else master.nearest(best, promising, wished)
            x = promising if near is None else near
        promised = _told(master, x, ask(x))[0]
        rounds += 1
        kept, better = promised > -np.inf and promised >= wished - noise, False
        if kept:
            promised, earned = _told(master, x, decide(x, minding))
            kept, better = promised >= wished - noise, earned > value
            if better:
                best, value = x, earned
        # Where all that is known of the best promise is true, what is open is open in whole numbers of later decisions.
        learning = not (exact and promised >= bound - noise)
    if best is None:
        raise SolverError("no plan was found in the time given")
    return Decomposed(best, value, bound, rounds, not learning)


def _told(master: Master, x: Floats, answers: Sequence[Answer]) -> tuple[float, float]:
    """Let the master know of answers; what they say is earned at the most, and what is."""
    promised = earned = float(master.paid @ x)
    for group, (answer, own) in enumerate(zip(answers, master.groups, strict=True)):
        promised += answer.promised(x[own])
        earned += -np.inf if answer.value is None else answer.value
        for cut in answer.cuts:
            master.add(group, cut)
    return promised, earned


def _gap(value: float, bound: float) -> float:
    """Relative distance of bound and value."""
    return max(bound - value, 0.0) / max(abs(value), 1.0) if np.isfinite(value) else np.inf
