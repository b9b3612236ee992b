"""A program without what is decided already: only what is left to decide is handed to a solver.

What is left out hangs on which columns are fixed and on where the matrix has entries, hardly on its numbers. So
programs that are alike are reduced alike, and the corner of one is one to start from in another.
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
"""By how much rows of which all is fixed, and bounds, may be off, in the units of the program."""


class Slack(NamedTuple):
    """Columns that are in one row only, an equation, and take up what the others leave of it."""

    column: Integers
    row: Integers
    value: Floats
    """Coefficient of each in its row."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is left of a program.

    Parameters
    ----------
    whole : Scaled
        The program.
    model : Scaled
        What is left of it.
    column, row : ndarray of int
        Number of each column and row that is left in the whole program.
    slack : Slack
        Columns that are left out, for which their rows have room.
    """

    whole: Scaled
    model: Scaled
    column: Integers
    row: Integers
    slack: Slack

    def values(self, left: Floats) -> Floats:
        """Values of all columns, from those of what is left."""
        whole = self.whole
        every = np.where(whole.lower == whole.upper, whole.lower, 0.0)
        every[self.column] = left
        column, row, value = self.slack
        rest = (whole.row_lower - whole.matrix @ every)[row] / value
        every[column] = np.clip(rest, whole.lower[column], whole.upper[column])
        return every

    def corner(self, of_whole: Corner) -> Corner:
        """The corner of what is left."""
        model = self.model
        columns, rows = of_whole.columns[self.column], of_whole.rows[self.row]
        move_to_bounds(columns, model.lower, model.upper, LOWER)
        move_to_bounds(rows, model.row_lower, model.row_upper, BASIC)
        return Corner(columns, rows)

    def of_whole(self, corner: Corner) -> Corner:
        """A corner of what is left, as one of all; what was left out decides nothing."""
        columns = np.full(len(self.whole.cost), LOWER, dtype=np.int8)
        rows = np.full(len(self.whole.row_lower), BASIC, dtype=np.int8)
        columns[self.column], rows[self.row] = corner
        return Corner(columns, rows)


def reduced(whole: Scaled, held: Booleans, room: Floats) -> Reduced:
    """Leave out of a program what is fixed, and what follows from the rest.

    - Columns that are fixed become numbers.
    - A column that is in one row only, an equation, is what the others leave of it. The row becomes an inequality, and
      what the column costs is added to what they cost.
    - A row of one column becomes a bound of it.

    Parameters
    ----------
    whole : Scaled
        The program.
    held : ndarray of bool
        Columns that a solver found, and that are fixed since. Rows without others are taken to be kept.
    room : ndarray
        By how much each column may have been off.

    Raises
    ------
    InfeasibleError
        A row or a bound cannot be kept.
    """
    matrix = whole.matrix
    row_count, column_count = matrix.shape
    entry_row = np.repeat(np.arange(row_count, dtype=np.int32), np.diff(matrix.indptr))
    fixed = whole.lower == whole.upper
    left = ~fixed[matrix.indices]

    value = np.where(fixed, whole.lower, 0.0)
    given = matrix @ value
    off = np.bincount(entry_row, (1.0 + np.abs(matrix.data)) * room[matrix.indices], minlength=row_count)
    row_lower, row_upper = whole.row_lower - given - off, whole.row_upper - given + off
    count = np.bincount(entry_row[left], minlength=row_count)
    decided = count == 0
    of_solver = np.bincount(entry_row, ~held[matrix.indices], minlength=row_count) == 0
    if (decided & ~of_solver & ((row_lower > _OFF) | (row_upper < -_OFF))).any():
        raise InfeasibleError({})
    kept = ~decided & (np.isfinite(row_lower) | np.isfinite(row_upper))

    slack = _slack(whole, entry_row, left, kept & (whole.row_lower == whole.row_upper) & (count > 1))
    ends = slack.value * (whole.lower[slack.column], whole.upper[slack.column])
    row_lower[slack.row] -= ends.max(axis=0)
    row_upper[slack.row] -= ends.min(axis=0)
    price = np.zeros(row_count)
    price[slack.row] = whole.cost[slack.column] / slack.value
    cost = whole.cost - matrix.T @ price
    out = fixed.copy()
    out[slack.column] = True
    left = ~out[matrix.indices]

    lower, upper = whole.lower.copy(), whole.upper.copy()
    # Whole numbers are held later, wherever their rows let them be.
    single = kept & (np.bincount(entry_row[left], minlength=row_count) == 1)
    single[entry_row[left & whole.whole[matrix.indices]]] = False
    entry = np.flatnonzero(left & single[entry_row])
    ends = np.stack([row_lower[entry_row[entry]], row_upper[entry_row[entry]]]) / matrix.data[entry]
    np.maximum.at(lower, matrix.indices[entry], ends.min(axis=0))
    np.minimum.at(upper, matrix.indices[entry], ends.max(axis=0))
    if (lower > upper + _OFF).any():
        raise InfeasibleError({})
    upper = np.maximum(lower, upper)
    kept &= ~single

    column, row = np.flatnonzero(~out), np.flatnonzero(kept)
    number = np.zeros(column_count, dtype=np.int32)
    number[column] = np.arange(len(column))
    entry = np.flatnonzero(left & kept[entry_row])
    starts = np.concatenate([[0], np.cumsum(np.bincount(entry_row[entry], minlength=row_count)[row])]).astype(np.int32)
    model = dataclasses.replace(
        whole,
        matrix=sparse.csr_array(
            (matrix.data[entry], number[matrix.indices[entry]], starts), shape=(len(row), len(column))
        ),
        cost=cost[column],
        offset=0.0,
        lower=lower[column],
        upper=upper[column],
        row_lower=row_lower[row],
        row_upper=row_upper[row],
        whole=whole.whole[column],
        share=whole.share[column],
        all_whole=whole.all_whole[row],
    )
    return Reduced(whole, model, column, row, slack)


def _slack(whole: Scaled, entry_row: Integers, left: Booleans, equation: Booleans) -> Slack:
    """Find for each equation a column that is in no other row, if there is one."""
    matrix = whole.matrix
    times = np.bincount(matrix.indices, minlength=matrix.shape[1])
    entry = np.flatnonzero(left & (times[matrix.indices] == 1) & ~whole.whole[matrix.indices] & equation[entry_row])
    row, first = np.unique(entry_row[entry], return_index=True)
    entry = entry[first]
    return Slack(matrix.indices[entry], row, matrix.data[entry])
