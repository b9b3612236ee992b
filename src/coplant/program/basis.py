"""What was found of a program, kept so that it serves programs alike too: the corner, and prices of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import highspy
import numpy as np
import numpy.typing as npt

from coplant.program.linear import Columns, LinearProgram, Rows
from coplant.program.money import Floats
from coplant.program.scaling import Scaled

_STATES = highspy.HighsBasisStatus
_LOWER, _BASIC, _UPPER, _FREE = (
    int(state) for state in (_STATES.kLower, _STATES.kBasic, _STATES.kUpper, _STATES.kZero)
)
_NOWHERE = -1

_Value = TypeVar("_Value", np.int8, np.float64)
_Cells = Mapping[str, npt.NDArray[_Value]]


@dataclass(frozen=True, eq=False)
class Basis:
    """A corner: which columns and rows are at which of their bounds, and which between.

    It is kept by cells of blocks. So the corner of one future's program is one to start from in that of another future,
    which has nearly the same cells.

    Parameters
    ----------
    columns, rows : mapping of str to ndarray of int8
        For each block HiGHS's state of each cell, -1 where there is none.
    """

    columns: _Cells[np.int8]
    rows: _Cells[np.int8]

    @classmethod
    def of(cls, program: LinearProgram, highs: highspy.Highs) -> Basis:
        """Keep the corner in which HiGHS has solved a program."""
        basis = highs.getBasis()
        columns = np.fromiter(map(int, basis.col_status), dtype=np.int8)
        rows = np.fromiter(map(int, basis.row_status), dtype=np.int8)
        return cls(
            _by_cell(program.column_blocks.values(), columns, _NOWHERE),
            _by_cell(program.row_blocks.values(), rows, _NOWHERE),
        )

    def start(self, program: LinearProgram, model: Scaled) -> highspy.HighsBasis:
        """The corner of a program that is nearest.

        Parameters
        ----------
        program : LinearProgram
            The program.
        model : Scaled
            The same, as HiGHS has it.
        """
        at_lower, basic = (
            np.full(len(model.cost), _LOWER, dtype=np.int8), np.full(len(model.row_lower), _BASIC, dtype=np.int8),
        )  # fmt: skip
        columns = _by_number(program.column_blocks.values(), self.columns, at_lower, _NOWHERE)
        rows = _by_number(program.row_blocks.values(), self.rows, basic, _NOWHERE)
        _move_to_bounds(columns, model.lower, model.upper, _FREE)
        _move_to_bounds(rows, model.row_lower, model.row_upper, _BASIC)
        start = highspy.HighsBasis()
        start.col_status = [_STATES(state) for state in columns.tolist()]
        start.row_status = [_STATES(state) for state in rows.tolist()]
        start.valid = True
        # HiGHS makes a basis of what has too few or too many columns for one, if it is told that it may have.
        start.alien = int((columns == _BASIC).sum() + (rows == _BASIC).sum()) != len(rows)
        return start


@dataclass(frozen=True, eq=False)
class Prices:
    """What a unit more is worth in each row, by cells of blocks as in `Basis`.

    Parameters
    ----------
    rows : mapping of str to ndarray
        For each block the gain in the objective for each unit by which a cell's bound is relaxed upward.
    """

    rows: Mapping[str, Floats]

    @classmethod
    def of(cls, program: LinearProgram, price: Floats) -> Prices:
        """Keep the prices of a program's rows, shape (R,)."""
        return cls(_by_cell(program.row_blocks.values(), price, 0.0))

    def in_rows(self, program: LinearProgram) -> Floats:
        """Prices of the rows of a program, nothing for those that have none."""
        return _by_number(program.row_blocks.values(), self.rows, np.zeros(program.row_count), 0.0)


def _by_cell(blocks: Iterable[Columns | Rows], values: npt.NDArray[_Value], nowhere: float) -> _Cells[_Value]:
    return {block.name: np.where(block.index >= 0, values[block.index], values.dtype.type(nowhere)) for block in blocks}


def _by_number(
    blocks: Iterable[Columns | Rows], cells: _Cells[_Value], values: npt.NDArray[_Value], nowhere: float
) -> npt.NDArray[_Value]:
    """What is known of each column or row, by its number, in place of some values."""
    for block in blocks:
        known = cells.get(block.name)
        if known is not None and known.shape == block.index.shape:
            told = (block.index >= 0) & (known != nowhere)
            values[block.index[told]] = known[told]
    return values


def _move_to_bounds(states: npt.NDArray[np.int8], lower: Floats, upper: Floats, unbound: int) -> None:
    """Let nothing be at a bound that it does not have."""
    at_lower, at_upper = states == _LOWER, states == _UPPER
    low, high = np.isfinite(lower), np.isfinite(upper)
    states[at_lower & ~low & high] = _UPPER
    states[at_upper & ~high & low] = _LOWER
    states[(at_lower | at_upper) & ~low & ~high] = unbound
