"""Solving one program after another of the same kind, each from the corner in which the one before ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from coplant.errors import InfeasibleError, SolverError
from coplant.program.corner import BASIC, LOWER, Corner, gone_on
from coplant.program.linear import Axes, Columns, LinearProgram, Rows
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.reduction import Reduced, Reduction
from coplant.program.run import hand_over, run
from coplant.program.scaling import Scaled, Units, even, scaled, steep_units
from coplant.program.search import whole_from
from coplant.program.solve import set_options

_STATUS = highspy.HighsModelStatus

_TOLERANCE = 1e-9
"""How far rows, bounds and prices may be off, in steep units."""

_SLACK = 2.0 * _TOLERANCE
"""By how much, in steep units, what is held may be off."""

_GIVEN = 2e-6
"""By how much, in comfortable units, what was found by other ways may be off."""


class Relay:
    """A program that is solved several times within bounds of its columns, each time from where the last ended.

    Whole numbers are read off the quantities that are best without them, then held.

    Parameters
    ----------
    program : LinearProgram
        The program.
    held : ndarray of bool
        Columns that are decided already; rows in which there are no others are taken to be kept.
    start : Anchor or None
        Where to start; from nothing if there is none.
    seed : int
        Seed of the solver's tie-breaking.
    idle : ndarray of bool, optional
        Columns that are nothing.

    Attributes
    ----------
    layout : Layout
        Where its columns and rows are.
    anchor : Anchor or None
        Where it ended when it was first solved.
    """

    def __init__(
        self, program: LinearProgram, held: Booleans, start: Anchor | None, seed: int, idle: Booleans | None = None
    ) -> None:
        self.program, self.seed, self.layout = program, seed, Layout.of(program)
        self.anchor: Anchor | None = None
        self._start = None if start is None else start.of(program)
        model = scaled(program)
        self.model = even(model, steep_units(model) if self._start is None else self._start.units)
        self._held, self._idle = held, np.zeros_like(held) if idle is None else idle
        given = held | self._idle | (self.model.lower == self.model.upper)
        self._reduction = Reduction.of(self.model, given, held)
        self._integer = np.flatnonzero(self.model.whole)
        self._matched: tuple[Layout, Matching | None] | None = None
        self._highs: highspy.Highs | None = None

    def solve(self, lower: Floats, upper: Floats, columns: Floats) -> Floats:
        """Solve it.

        Parameters
        ----------
        lower, upper : ndarray
            Bounds of the columns, within those of the program.
        columns : ndarray
            Values of what is held, among those of all columns.

        Returns
        -------
        ndarray
            Value of each column.

        Raises
        ------
        InfeasibleError
            Nothing keeps the rules within the bounds.
        SolverError
            What can be earned has no limit, or no method finds it.
        """
        unit, integer = self.model.column, self._integer
        lower, upper = (
            np.where(self._held, columns, np.where(self._idle, 0.0, bound)) / unit for bound in (lower, upper)
        )
        # What is between its bounds was found to within a tolerance.
        between = self._held & (lower > self.model.lower) & (lower < self.model.upper) & ~self.model.whole
        left = self._reduction.within(lower, upper, np.where(between, _SLACK, 0.0))
        before, self._highs = self._highs, None
        highs = self._handed(left.model, before)
        start = self.anchor or self._start
        there = before is not None and gone_on(highs)
        there = there or (start is not None and left.corner(start.corner).solved(highs))
        if not there:
            _solved(highs)
        if self.anchor is None:
            corner = self._reduction.of_whole(Corner.within(highs, left.model))
            self.anchor = Anchor(self.layout, corner, self.model.units)
        found = self._columns(highs, left)
        if len(integer):
            values = whole_from(self.program, found, lower[integer] * unit[integer], upper[integer] * unit[integer])
            if (values != found[integer]).any():
                place = np.flatnonzero(left.model.whole).astype(np.int32)
                whole_values = (values / unit[integer])[np.searchsorted(integer, self._reduction.column[place])]
                highs.changeColsBounds(len(place), place, whole_values, whole_values)
                _solved(highs)
                found = self._columns(highs, left)
                found[integer] = values
        self._highs = highs
        return found

    def values(self, layout: Layout, columns: Floats) -> Floats:
        """Values of the columns of another program at those of this one; nothing where it has none.

        Parameters
        ----------
        layout : Layout
            Where the columns of the other are.
        columns : ndarray
            Their values.
        """
        if self._matched is None or self._matched[0] is not layout:
            self._matched = layout, matching(self.program, layout)
        found = self._matched[1]
        return columns if found is None else found.values(columns)

    def margin(self, values: Floats, columns: Integers) -> Floats:
        """Room within which values of some columns that a solver found can be found again.

        Parameters
        ----------
        values : ndarray, shape (M,)
            The values.
        columns : ndarray of int, shape (M,)
            Their columns.
        """
        unit = self.model.column[columns]
        room = np.maximum(2.0 * _SLACK * unit, _GIVEN * unit / self.model.units.column[columns])
        return np.asarray(room + 1e-9 * np.abs(values))

    def _handed(self, model: Scaled, highs: highspy.Highs | None) -> highspy.Highs:
        """HiGHS with what is left of the program, which it may have solved within other bounds."""
        if highs is None:
            highs = hand_over(model)
            set_options(highs, "simplex", self.seed, _TOLERANCE)
            return highs
        columns, rows = (np.arange(len(bound), dtype=np.int32) for bound in (model.lower, model.row_lower))
        highs.changeColsBounds(len(columns), columns, model.lower, model.upper)
        highs.changeRowsBounds(len(rows), rows, model.row_lower, model.row_upper)  # type: ignore[attr-defined]
        return highs

    def _columns(self, highs: highspy.Highs, left: Reduced) -> Floats:
        columns = left.values(np.array(highs.getSolution().col_value)) * self.model.column
        columns[np.abs(columns) <= _TOLERANCE * self.model.column] = 0.0
        return columns


def _solved(highs: highspy.Highs) -> None:
    status = run(highs)
    presolve = highs.getOptionValue("presolve")[1]
    if status == _STATUS.kInfeasible and presolve != "off":
        # Where what is held leaves no more room than this, presolve sees collisions where there are none.
        highs.setOptionValue("presolve", "off")
        status = run(highs)
        highs.setOptionValue("presolve", presolve)
    if status == _STATUS.kInfeasible:
        raise InfeasibleError({})
    if status == _STATUS.kUnbounded:
        raise SolverError(
            "the money has no limit: something can be made or bought for less than it is worth at the end, without end."
            " Look for an item whose end_value_share times value is above its cost"
        )
    if status != _STATUS.kOptimal:
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")


# -- programs that are alike ------------------------------------------------------------------------------------------


class Layout(NamedTuple):
    """Where the columns and rows of a program are: all by which those of another are found in it."""

    columns: dict[str, Columns]
    rows: dict[str, Rows]
    column_count: int
    row_count: int

    @classmethod
    def of(cls, program: LinearProgram) -> Layout:
        """Lay out a program."""
        return cls(program.column_blocks, program.row_blocks, program.column_count, program.row_count)


class Anchor(NamedTuple):
    """From where a program like one is soon solved: the corner of the relaxed program, and its steep units."""

    layout: Layout
    corner: Corner
    units: Units

    def of(self, program: LinearProgram) -> Anchor:
        """The same in a program."""
        found = matching(program, self.layout)
        if found is None:
            return self
        units = Units(found.values(self.units.column, 1.0), np.where(found.rows >= 0, self.units.row[found.rows], 1.0))
        return Anchor(Layout.of(program), found.corner(self.corner), units)


class Matching(NamedTuple):
    """For each column and row of a program that of another which has its name; -1 where there is none."""

    columns: Integers
    rows: Integers

    def values(self, of_columns: Floats, new: float = 0.0) -> Floats:
        """Values of the columns of the other program at those of this one; something else where it has none."""
        return np.where(self.columns >= 0, of_columns[self.columns], new)

    def corner(self, corner: Corner) -> Corner:
        """The corner of the other program here: what is new is at its bound, and a new row decides nothing."""
        columns = np.where(self.columns >= 0, corner.columns[self.columns], LOWER)
        rows = np.where(self.rows >= 0, corner.rows[self.rows], BASIC)
        return Corner(columns.astype(np.int8), rows.astype(np.int8))


def matching(program: LinearProgram, other: Layout) -> Matching | None:
    """Find the columns and rows of a program in another that is written of a similar case.

    Parameters
    ----------
    program : LinearProgram
        The program.
    other : Layout
        The other.

    Returns
    -------
    Matching or None
        None where they are the same, one by one.
    """
    columns = _matched(program.column_blocks, other.columns, program.column_count)
    rows = _matched(program.row_blocks, other.rows, program.row_count)
    same = (
        len(columns) == other.column_count
        and len(rows) == other.row_count
        and np.array_equal(columns, np.arange(len(columns)))
        and np.array_equal(rows, np.arange(len(rows)))
    )
    return None if same else Matching(columns, rows)


def _matched(blocks: Mapping[str, Columns | Rows], others: Mapping[str, Columns | Rows], count: int) -> Integers:
    found = np.full(count, -1, dtype=np.int64)
    for name, block in blocks.items():
        if name in others:
            there = _aligned(others[name].index, others[name].axes, block.axes)
            present = block.index >= 0
            found[block.index[present]] = there[present]
    return found


def _aligned(index: Integers, axes: Axes, wanted: Axes) -> Integers:
    """An index along other axes; -1 for labels that it does not have."""
    for place, (axis, other) in enumerate(zip(axes, wanted, strict=True)):
        if axis is other or tuple(axis) == tuple(other):
            continue
        number = {label: k for k, label in enumerate(axis)}
        take = np.array([number.get(label, -1) for label in other], dtype=np.int64)
        if not number:
            # Nothing can be taken along an axis without labels, not even in vain.
            shape = tuple(len(take) if k == place else length for k, length in enumerate(index.shape))
            index = np.full(shape, -1, dtype=np.int64)
            continue
        index = np.where(_along(take >= 0, place, index.ndim), index.take(take, axis=place), -1)
    return index


def _along(values: NDArray[np.bool_], place: int, dimensions: int) -> NDArray[np.bool_]:
    return values.reshape([-1 if k == place else 1 for k in range(dimensions)])
