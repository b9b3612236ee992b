"""Solving one program after another of the same kind, each from the corner in which the one before ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from coplant.errors import InfeasibleError, SolverError
from coplant.program.corner import BASIC, LOWER, Corner
from coplant.program.linear import Axes, Columns, LinearProgram, Rows
from coplant.program.money import Floats, Integers
from coplant.program.reduction import Reduced, reduced
from coplant.program.run import EVEN_TOLERANCE, hand_over, run
from coplant.program.scaling import Scaled, even, scaled
from coplant.program.search import whole_from
from coplant.program.solve import set_options

_STATUS = highspy.HighsModelStatus

_SLACK = 2.0 * EVEN_TOLERANCE
"""By how much, in even units, what is held may be off."""

_GIVEN = 2e-6
"""By how much, in comfortable units, what was found by other ways may be off."""


class Cornered(NamedTuple):
    """A program solved."""

    columns: Floats
    corner: Corner
    """The corner of the relaxed program, from which one like it is soon solved."""


@dataclass(frozen=True, eq=False)
class Held:
    """Columns of a program that are decided already.

    Parameters
    ----------
    which : ndarray of bool
        The columns.
    values : ndarray
        Their values; of others nothing.
    """

    which: NDArray[np.bool_]
    values: Floats


class Relay:
    """A program that is solved several times within bounds of its columns, each time from where the last ended.

    Whole numbers are read off the quantities that are best without them, then held.

    Parameters
    ----------
    program : LinearProgram
        The program.
    corner : Corner or None
        Where to start; from nothing if there is none.
    seed : int
        Seed of the solver's tie-breaking.
    """

    def __init__(self, program: LinearProgram, corner: Corner | None, seed: int) -> None:
        self.program, self.seed = program, seed
        self.model = even(scaled(program))
        self._integer = np.flatnonzero(self.model.whole)
        self._corner = corner
        self._matched: tuple[Layout, Matching | None] | None = None

    def solve(self, lower: Floats, upper: Floats, held: Held) -> Cornered:
        """Solve it.

        Parameters
        ----------
        lower, upper : ndarray
            Bounds of the columns, in place of those of the program.
        held : Held
            Columns that are decided; rows in which there are no others are taken to be kept.

        Raises
        ------
        InfeasibleError
            Nothing keeps the rules within the bounds.
        SolverError
            What can be earned has no limit, or no method finds it.
        """
        program, integer = self.program, self._integer
        whole = self._within(lower, upper, held)
        # What is between its bounds was found to within a tolerance.
        between = held.which & (whole.lower > self.model.lower) & (whole.lower < self.model.upper) & ~whole.whole
        left = reduced(whole, held.which, np.where(between, _SLACK, 0.0))
        highs = hand_over(left.model)
        set_options(highs, "simplex", self.seed, EVEN_TOLERANCE)
        if self._corner is None or not left.corner(self._corner).solved(highs):
            _solved(highs)
        relaxed, found = self._columns(highs, left), left.of_whole(Corner.within(highs, left.model))
        self._corner = found
        if not len(integer):
            return Cornered(relaxed, found)
        unit = whole.column[integer]
        values = whole_from(program, relaxed, whole.lower[integer] * unit, whole.upper[integer] * unit)
        place = np.flatnonzero(left.model.whole).astype(np.int32)
        whole_values = (values / unit)[np.searchsorted(integer, left.column[place])]
        highs.changeColsBounds(len(place), place, whole_values, whole_values)
        _solved(highs)
        columns = self._columns(highs, left)
        columns[integer] = values
        return Cornered(columns, found)

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
        even_unit = self.model.column[columns]
        room = np.maximum(2.0 * _SLACK * even_unit, _GIVEN * even_unit / self.model.by_column[columns])
        return np.asarray(room + 1e-9 * np.abs(values))

    def _within(self, lower: Floats, upper: Floats, held: Held) -> Scaled:
        """The program within bounds, with what is held where it is."""
        model, value = self.model, held.values / self.model.column
        return dataclasses.replace(
            model,
            lower=np.where(held.which, value, lower / model.column),
            upper=np.where(held.which, value, upper / model.column),
        )

    def _columns(self, highs: highspy.Highs, left: Reduced) -> Floats:
        columns = left.values(np.array(highs.getSolution().col_value)) * self.model.column
        columns[np.abs(columns) <= EVEN_TOLERANCE * self.model.column] = 0.0
        return columns


def _solved(highs: highspy.Highs) -> None:
    status = run(highs)
    if status == _STATUS.kInfeasible and highs.getOptionValue("presolve")[1] != "off":
        # Where what is held leaves no more room than this, presolve sees collisions where there are none.
        highs.setOptionValue("presolve", "off")
        status = run(highs)
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


class Matching(NamedTuple):
    """For each column and row of a program that of another which has its name; -1 where there is none."""

    columns: Integers
    rows: Integers

    def values(self, of_columns: Floats) -> Floats:
        """Values of the columns of the other program at those of this one; nothing where it has none."""
        return np.where(self.columns >= 0, of_columns[self.columns], 0.0)

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
        index = np.where(_along(take >= 0, place, index.ndim), index.take(take, axis=place), -1)
    return index


def _along(values: NDArray[np.bool_], place: int, dimensions: int) -> NDArray[np.bool_]:
    return values.reshape([-1 if k == place else 1 for k in range(dimensions)])
