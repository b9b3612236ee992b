"""What moving a limit does to the best there is: one-sided values, how far they hold, and what changes with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np

from coplant.errors import SolverError
from coplant.program.conflict import proof_of
from coplant.program.corner import Corner, gone_on
from coplant.program.linear import LinearProgram
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.rules import Rules
from coplant.program.run import TOLERANCE, hand_over, run
from coplant.program.scaling import scaled
from coplant.program.solve import set_options

_STATUS = highspy.HighsModelStatus

_FIRST_STEP = 2.0**-10
"""Share of a limit by which it is moved to see where that leads."""

_LEAST_STEP = 1e-6
"""Step, in comfortable units, below which two corners are taken for one."""

_PIVOT = 1e-9
"""What changes by less per unit does not change."""

_PRICED = 10.0 * TOLERANCE
"""Prices below it, in comfortable units, are nothing."""

_STEPS = 60
"""How often the step is made smaller before the value is taken for that of the last corner."""


class Move(NamedTuple):
    """Limits that move together, by so much for each unit of the move, in units of the program.

    Parameters
    ----------
    rows : ndarray of int, shape (M,)
        Rows whose bounds move.
    by_row : ndarray, shape (M,)
        By how much.
    columns : ndarray of int, shape (K,)
        Columns of which one bound moves.
    by_column : ndarray, shape (K,)
        By how much.
    forced : bool
        Whether the columns are forced to rise (or to fall) from what they are; else their upper bounds move.
    """

    rows: Integers
    by_row: Floats
    columns: Integers
    by_column: Floats
    forced: bool = False

    @classmethod
    def of_rows(cls, rows: Integers, by: Floats) -> Move:
        """Move bounds of rows."""
        return cls(rows, by, np.empty(0, dtype=np.int64), np.empty(0))

    @classmethod
    def of_columns(cls, columns: Integers, by: Floats, forced: bool = False) -> Move:
        """Move bounds of columns."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0), columns, by, forced)


def together(moves: Sequence[Move]) -> Move:
    """Move the rows of several moves as one."""
    return Move.of_rows(*(np.concatenate([move[place] for move in moves]) for place in (0, 1)))


class Slope(NamedTuple):
    """What a move does from a point on.

    Parameters
    ----------
    start : float
        How far the limits have moved already.
    until : float
        How far they can move before something else limits; infinite if nothing does.
    value : float
        Gain in the objective for each unit of the move.
    columns : ndarray
        Change of each column for each unit.
    prices : ndarray
        Gain in the objective per unit by which the bound of each row is relaxed upward, as long as this holds.
    basic : ndarray of bool
        Columns that are between their bounds as long as this holds: for each of them what it earns is what its entries
        are worth at these prices.
    """

    start: float
    until: float
    value: float
    columns: Floats
    prices: Floats
    basic: Booleans


class _Bounds(NamedTuple):
    """Bounds of all rows and columns, in comfortable units."""

    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats

    def moved(self, rates: _Bounds, by: float) -> _Bounds:
        """The same, each moved by so many times its rate; what has no bound gets none."""
        return _Bounds(*(_moved(bound, rate, by) for bound, rate in zip(self, rates, strict=True)))


def _moved(bound: Floats, rate: Floats, by: float) -> Floats:
    moves = (rate != 0.0) & np.isfinite(bound)
    moved = bound.copy()
    moved[moves] += by * rate[moves]
    return moved


class Ranging:
    """A program at its optimum, from which limits are moved; whole numbers are held.

    Parameters
    ----------
    program : LinearProgram
        The program.
    columns : ndarray
        Value of each column.
    corner : Corner or None
        Where it was solved; it is solved from scratch if that is not known.
    seed : int
        Seed of the solver's tie-breaking.

    Attributes
    ----------
    columns : ndarray
        Value of each column at the corner.
    prices : ndarray
        Gain in the objective per unit by which the bound of each row is relaxed upward, at the corner.
    basic : ndarray of bool
        Columns that are between their bounds there.
    binding : ndarray of bool
        Rows whose price is more than a solver's tolerance.

    Raises
    ------
    SolverError
        It cannot be solved again.

    Notes
    -----
    What can be earned is a concave function of where the limits are, with a kink wherever another limit begins to
    matter. At a kink prices are not unique. So a value is told of one side only: the limits are moved by a small step,
    the program is solved again from its basis, and the ratio test on the new basis tells from where to where its prices
    hold (ranging of right-hand sides: Gal, 1979, Postoptimal Analyses, Parametric Programming, and Related Topics). The
    step is made smaller until they hold from the point itself.
    """

    def __init__(self, program: LinearProgram, columns: Floats, corner: Corner | None, seed: int = 0) -> None:
        self.program, self.model = program, scaled(program)
        self._worth = program.objective()
        self._highs = highs = hand_over(self.model)
        set_options(highs, "simplex", seed, TOLERANCE)
        highs.setOptionValue("presolve", "off")
        integer = np.flatnonzero(self.model.whole).astype(np.int32)
        lower, upper = self.model.lower.copy(), self.model.upper.copy()
        lower[integer] = upper[integer] = np.rint(columns[integer])
        highs.changeColsBounds(len(integer), integer, lower[integer], upper[integer])
        self._stated = _Bounds(self.model.row_lower, self.model.row_upper, lower, upper)
        self._now = self._stated
        if corner is None or not corner.solved(highs):
            self._solved()
        self._corner = Corner.of(highs)
        self.columns = self._found()
        self.prices, self.basic = self._prices(), self._basic()
        self.binding = np.abs(np.array(highs.getSolution().row_dual)) > _PRICED

    def slope(self, move: Move, start: float = 0.0) -> Slope | None:
        """Say what a move does from a point on.

        Parameters
        ----------
        move : Move
            The move.
        start : float
            How far the limits have moved already.

        Returns
        -------
        Slope or None
            None if nothing keeps the rules when they move any further.
        """
        stated, rates, least = self._from(move), self._rates(move), self._least_step(move)
        step, found = max(self._size(stated, rates) * _FIRST_STEP, 4.0 * least), None
        for _ in range(_STEPS):
            if not self._solved_at(move, stated.moved(rates, start + step)):
                if step <= 4.0 * least:
                    break
                step = 4.0 * least
                continue
            back, on, change = self._range(rates)
            prices, basic = self._prices(), self._basic()
            found = Slope(start, start + step + on, float(self._worth @ change), change, prices, basic)
            # The prices hold from so far from the start on.
            missing = step - back
            if missing <= least:
                break
            step = missing / 2.0
        self._back(move)
        return found

    def moved(self, move: Move, by: float) -> Floats | None:
        """Value of each column once limits have moved; None if nothing keeps the rules then.

        Parameters
        ----------
        move : Move
            The move.
        by : float
            How far; infinite to let go of the limits.
        """
        there = self._solved_at(move, self._from(move).moved(self._rates(move), by))
        found = self._found() if there else None
        self._back(move)
        return found

    def in_the_way(self, move: Move, by: float, let_go: Integers) -> Integers:
        """Rows that forbid a move: with the bounds of columns they cannot hold together once limits have moved.

        Parameters
        ----------
        move : Move
            The move.
        by : float
            How far.
        let_go : ndarray of int
            Rows that are let go.

        Returns
        -------
        ndarray of int
            Rows of a proof that they cannot (Farkas); none where they can, or no proof is found.
        """
        bounds = self._from(move).moved(self._rates(move), by)
        bounds.row_lower[let_go], bounds.row_upper[let_go] = -np.inf, np.inf
        # Whole numbers are held by their bounds.
        model = dataclasses.replace(self.model, **bounds._asdict(), whole=np.zeros_like(self.model.whole))
        rules = Rules(model)
        return np.empty(0, dtype=np.int64) if rules.hold() is not False else proof_of(model, rules)

    # -- limits --------------------------------------------------------------------------------------------------

    def _from(self, move: Move) -> _Bounds:
        """Bounds from which limits move."""
        if not move.forced:
            return self._stated
        lower, upper = self._stated.lower.copy(), self._stated.upper.copy()
        now = self.columns / self.model.column
        up, down = move.columns[move.by_column > 0.0], move.columns[move.by_column < 0.0]
        lower[up], upper[down] = now[up], now[down]
        return self._stated._replace(lower=lower, upper=upper)

    def _rates(self, move: Move) -> _Bounds:
        """By how much each bound moves for a unit of a move."""
        row, column, none = np.zeros(len(self.model.row_lower)), *np.zeros((2, len(self.model.lower)))
        row[move.rows] = move.by_row * self.model.row[move.rows]
        column[move.columns] = move.by_column / self.model.column[move.columns]
        if move.forced:
            return _Bounds(row, row, np.maximum(column, 0.0), np.minimum(column, 0.0))
        return _Bounds(row, row, none, column)

    def _size(self, stated: _Bounds, rates: _Bounds) -> float:
        """How far a move has to go until a limit has moved by as much as it is."""
        sizes = [np.abs(bound[rate != 0.0] / rate[rate != 0.0]) for bound, rate in zip(stated, rates, strict=True)]
        every = np.concatenate(sizes)
        return float(every[np.isfinite(every)].max(initial=0.0))

    def _least_step(self, move: Move) -> float:
        rates = self._rates(move)
        return _LEAST_STEP / max(float(np.abs(rate).max(initial=0.0)) for rate in rates)

    def _bind(self, move: Move, bounds: _Bounds) -> None:
        self._now = bounds
        row, column = move.rows.astype(np.int32), move.columns.astype(np.int32)
        if len(row):
            self._highs.changeRowsBounds(len(row), row, bounds.row_lower[row], bounds.row_upper[row])  # type: ignore[attr-defined]
        if len(column):
            self._highs.changeColsBounds(len(column), column, bounds.lower[column], bounds.upper[column])

    # -- solving -------------------------------------------------------------------------------------------------

    def _solved_at(self, move: Move, bounds: _Bounds) -> bool:
        """Solve within other bounds from the last basis; False if nothing keeps the rules."""
        self._bind(move, bounds)
        if gone_on(self._highs):
            return True
        # From scratch presolve finds soonest that nothing keeps the rules.
        self._highs.setOptionValue("presolve", "choose")
        status = run(self._highs)
        self._highs.setOptionValue("presolve", "off")
        if status not in (_STATUS.kInfeasible, _STATUS.kOptimal):
            raise SolverError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")
        # Other methods than the simplex leave no factors of the basis, which are asked for.
        return bool(status == _STATUS.kOptimal) and Corner.of(self._highs).solved(self._highs)

    def _back(self, move: Move) -> None:
        """Put the limits back, and the corner."""
        self._bind(move, self._stated)
        if not self._corner.solved(self._highs):
            self._solved()

    def _solved(self) -> None:
        status = run(self._highs, possible=True)
        if status != _STATUS.kOptimal or not Corner.of(self._highs).solved(self._highs):
            raise SolverError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")

    def _found(self) -> Floats:
        return np.array(self._highs.getSolution().col_value) * self.model.column

    def _prices(self) -> Floats:
        dual = np.array(self._highs.getSolution().row_dual)
        return np.asarray(-dual * self.model.row / self.model.objective)

    def _basic(self) -> Booleans:
        _, basic = self._highs.getBasicVariables()  # type: ignore[attr-defined]
        between = np.zeros(len(self.model.lower), dtype=bool)
        between[basic[basic >= 0]] = True
        return between

    def _range(self, rates: _Bounds) -> tuple[float, float, Floats]:
        """How far a move can go back and on with the same basis, and the change of each column for each unit of it."""
        answer = self._highs.getSolution()
        values, activity = np.array(answer.col_value), np.array(answer.row_value)
        _, basic = self._highs.getBasicVariables()  # type: ignore[attr-defined]
        column, row = basic[basic >= 0], -1 - basic[basic < 0]
        of_columns = _at_bound(values, column, self._now.lower, self._now.upper, rates.lower, rates.upper)
        of_rows = _at_bound(activity, row, self._now.row_lower, self._now.row_upper, rates.row_lower, rates.row_upper)
        _, change = self._highs.getBasisSolve(of_rows - self.model.matrix @ of_columns)  # type: ignore[attr-defined]
        change = np.array(change)
        of_columns[column] = change[basic >= 0]
        # HiGHS has a unit column for a basic row, whose value is minus its activity.
        of_rows[row] = -change[basic < 0]
        of_column = _room(values, of_columns, self._now.lower, self._now.upper, rates.lower, rates.upper, column)
        of_row = _room(
            activity, of_rows, self._now.row_lower, self._now.row_upper, rates.row_lower, rates.row_upper, row
        )
        back, on = (min(pair) for pair in zip(of_column, of_row, strict=True))
        return back, on, of_columns * self.model.column


def _at_bound(values: Floats, basic: Integers, low: Floats, high: Floats, by_low: Floats, by_high: Floats) -> Floats:
    """Change of what is at a bound that moves; nothing for what is between bounds."""
    change = np.where(high - values < values - low, by_high, by_low)
    change[basic] = 0.0
    return change


def _room(
    values: Floats,
    change: Floats,
    low: Floats,
    high: Floats,
    by_low: Floats,
    by_high: Floats,
    which: Integers,
) -> tuple[float, float]:
    """How far some values that change can go back and on within bounds that may move too."""
    above, below = np.maximum(high - values, 0.0)[which], np.maximum(values - low, 0.0)[which]
    nearer_high, nearer_low = (change - by_high)[which], (by_low - change)[which]
    room, speed = np.concatenate([above, below]), np.concatenate([nearer_high, nearer_low])
    on, back = room[speed > _PIVOT] / speed[speed > _PIVOT], room[speed < -_PIVOT] / -speed[speed < -_PIVOT]
    return float(back.min(initial=np.inf)), float(on.min(initial=np.inf))
