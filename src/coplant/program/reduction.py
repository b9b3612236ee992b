"""A program without what is decided already: only what is left to decide is handed to a solver.

What is left out hangs on which columns are given and on where the matrix has entries, not on numbers. So programs that
are alike are reduced alike, and the corner of one is one to start from in another; and one program is reduced once for
all values of what is given.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from coplant.errors import InfeasibleError
from coplant.program.corner import BASIC, LOWER, Corner, move_to_bounds
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.scaling import Scaled

_OFF = 1e-5
"""By how much rows of which all is given, and bounds, may be off, in the units of the program."""


class Slack(NamedTuple):
    """Columns that are in one row only, an equation, and take up what the others leave of it."""

    column: Integers
    row: Integers
    value: Floats
    """Coefficient of each in its row."""


class Single(NamedTuple):
    """Rows of one column, which are bounds of it."""

    column: Integers
    row: Integers
    value: Floats
    """Coefficient of each column in its row."""


@dataclass(frozen=True, eq=False)
class Reduction:
    """What is left of a program once some columns are given, whatever their values.

    - Columns that are given become numbers.
    - A column that is in one row only, an equation, is what the others leave of it. The row becomes an inequality, and
      what the column costs is added to what they cost.
    - A row of one column becomes a bound of it.

    Parameters
    ----------
    whole : Scaled
        The program.
    given : ndarray of bool
        The columns that are given.
    checked : ndarray of bool
        The rows of which all is given, and that a solver has not found to be kept.
    column, row : ndarray of int
        Number of each column and row that is left in the whole program.
    slack : Slack
        Columns that are left out, for which their rows have room.
    single : Single
        Rows that are left out, for they are bounds.
    matrix : csr_array
        What is left of the matrix.
    cost : ndarray
        What a unit of each column that is left costs.
    """

    whole: Scaled
    given: Booleans
    checked: Booleans
    column: Integers
    row: Integers
    slack: Slack
    single: Single
    matrix: sparse.csr_array
    cost: Floats

    @classmethod
    def of(cls, whole: Scaled, given: Booleans, held: Booleans) -> Reduction:
        """Find what is left.

        Parameters
        ----------
        whole : Scaled
            The program.
        given : ndarray of bool
            Columns that are given.
        held : ndarray of bool
            Those of them that a solver found. Rows without others are taken to be kept.
        """
        matrix = whole.matrix
        row_count, column_count = matrix.shape
        entry_row = np.repeat(np.arange(row_count, dtype=np.int32), np.diff(matrix.indptr))
        left = ~given[matrix.indices]
        count = np.bincount(entry_row[left], minlength=row_count)
        of_solver = np.bincount(entry_row, ~held[matrix.indices], minlength=row_count) == 0
        kept = (count > 0) & (np.isfinite(whole.row_lower) | np.isfinite(whole.row_upper))

        slack = _slack(whole, entry_row, left, kept & (whole.row_lower == whole.row_upper) & (count > 1))
        price = np.zeros(row_count)
        price[slack.row] = whole.cost[slack.column] / slack.value
        out = given.copy()
        out[slack.column] = True
        left = ~out[matrix.indices]

        # Whole numbers are held later, wherever their rows let them be.
        alone = kept & (np.bincount(entry_row[left], minlength=row_count) == 1)
        alone[entry_row[left & whole.whole[matrix.indices]]] = False
        entry = np.flatnonzero(left & alone[entry_row])
        single = Single(matrix.indices[entry], entry_row[entry], matrix.data[entry])
        kept &= ~alone

        column, row = np.flatnonzero(~out), np.flatnonzero(kept)
        number = np.zeros(column_count, dtype=np.int32)
        number[column] = np.arange(len(column))
        entry = np.flatnonzero(left & kept[entry_row])
        starts = np.append(0, np.cumsum(np.bincount(entry_row[entry], minlength=row_count)[row])).astype(np.int32)
        of_left = sparse.csr_array(
            (matrix.data[entry], number[matrix.indices[entry]], starts), shape=(len(row), len(column))
        )
        cost = (whole.cost - matrix.T @ price)[column]
        return cls(whole, given, (count == 0) & ~of_solver, column, row, slack, single, of_left, cost)

    def within(self, lower: Floats, upper: Floats, room: Floats) -> Reduced:
        """What is left within bounds.

        Parameters
        ----------
        lower, upper : ndarray
            Bounds of all columns, in place of those of the program; the same for those that are given.
        room : ndarray
            By how much each column may have been off.

        Raises
        ------
        InfeasibleError
            A row or a bound cannot be kept.
        """
        whole, (column, row, value) = self.whole, self.slack
        comes_to = whole.matrix @ np.where(self.given, lower, 0.0)
        low, high = whole.row_lower - comes_to, whole.row_upper - comes_to
        if room.any():
            size = whole.matrix.copy()
            size.data = 1.0 + np.abs(size.data)
            off = size @ room
            low, high = low - off, high + off
        if ((low[self.checked] > _OFF) | (high[self.checked] < -_OFF)).any():
            raise InfeasibleError({})
        ends = value * (lower[column], upper[column])
        low[row] -= ends.max(axis=0)
        high[row] -= ends.min(axis=0)

        column, row, value = self.single
        least, most = lower.copy(), upper.copy()
        ends = np.stack([low[row], high[row]]) / value
        np.maximum.at(least, column, ends.min(axis=0))
        np.minimum.at(most, column, ends.max(axis=0))
        if (least > most + _OFF).any():
            raise InfeasibleError({})
        most = np.maximum(least, most)
        model = dataclasses.replace(
            whole,
            matrix=self.matrix,
            cost=self.cost,
            offset=0.0,
            lower=least[self.column],
            upper=most[self.column],
            row_lower=low[self.row],
            row_upper=high[self.row],
            whole=whole.whole[self.column],
            share=whole.share[self.column],
            all_whole=whole.all_whole[self.row],
        )
        return Reduced(self, model, lower, upper)

    def of_whole(self, corner: Corner) -> Corner:
        """A corner of what is left, as one of all; what was left out decides nothing."""
        columns = np.full(len(self.whole.cost), LOWER, dtype=np.int8)
        rows = np.full(len(self.whole.row_lower), BASIC, dtype=np.int8)
        columns[self.column], rows[self.row] = corner
        return Corner(columns, rows)


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is left of a program within bounds.

    Parameters
    ----------
    reduction : Reduction
        What is left.
    model : Scaled
        The same as a program.
    lower, upper : ndarray
        Bounds of all columns.
    """

    reduction: Reduction
    model: Scaled
    lower: Floats
    upper: Floats

    def values(self, left: Floats) -> Floats:
        """Values of all columns, from those of what is left."""
        whole, (column, row, value) = self.reduction.whole, self.reduction.slack
        every = np.where(self.reduction.given, self.lower, 0.0)
        every[self.reduction.column] = left
        rest = (whole.row_lower - whole.matrix @ every)[row] / value
        every[column] = np.clip(rest, self.lower[column], self.upper[column])
        return every

    def corner(self, of_whole: Corner) -> Corner:
        """The corner of what is left."""
        columns, rows = of_whole.columns[self.reduction.column], of_whole.rows[self.reduction.row]
        move_to_bounds(columns, self.model.lower, self.model.upper, LOWER)
        move_to_bounds(rows, self.model.row_lower, self.model.row_upper, BASIC)
        return Corner(columns, rows).fitted(self.model)


def _slack(whole: Scaled, entry_row: Integers, left: Booleans, equation: Booleans) -> Slack:
    """Find for each equation a column that is in no other row, if there is one."""
    matrix = whole.matrix
    times = np.bincount(matrix.indices, minlength=matrix.shape[1])
    entry = np.flatnonzero(left & (times[matrix.indices] == 1) & ~whole.whole[matrix.indices] & equation[entry_row])
    row, first = np.unique(entry_row[entry], return_index=True)
    entry = entry[first]
    return Slack(matrix.indices[entry], row, matrix.data[entry])
