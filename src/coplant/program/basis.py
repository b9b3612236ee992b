"""Corners of programs to start from, kept so that they serve programs alike too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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

_Cells = Mapping[str, npt.NDArray[np.int8]]


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

    columns: _Cells
    rows: _Cells

    @classmethod
    def of(cls, program: LinearProgram, highs: highspy.Highs) -> Basis:
        """Keep the corner in which HiGHS has solved a program."""
        basis = highs.getBasis()
        columns = np.fromiter(map(int, basis.col_status), dtype=np.int8)
        rows = np.fromiter(map(int, basis.row_status), dtype=np.int8)
        return cls(_by_cell(program.column_blocks.values(), columns), _by_cell(program.row_blocks.values(), rows))

    def start(self, program: LinearProgram, model: Scaled) -> highspy.HighsBasis:
        """The corner of a program that is nearest.

        Parameters
        ----------
        program : LinearProgram
            The program.
        model : Scaled
            The same, as HiGHS has it.
        """
        columns = _by_number(program.column_blocks.values(), self.columns, len(model.cost), _LOWER)
        rows = _by_number(program.row_blocks.values(), self.rows, len(model.row_lower), _BASIC)
        _move_to_bounds(columns, model.lower, model.upper, _FREE)
        _move_to_bounds(rows, model.row_lower, model.row_upper, _BASIC)
        start = highspy.HighsBasis()
        start.col_status = [_STATES(state) for state in columns.tolist()]
        start.row_status = [_STATES(state) for state in rows.tolist()]
        start.valid = True
        # HiGHS makes a basis of what has too few or too many columns for one, if it is told that it may have.
        start.alien = int((columns == _BASIC).sum() + (rows == _BASIC).sum()) != len(rows)
        return start


def _by_cell(blocks: Iterable[Columns | Rows], states: npt.NDArray[np.int8]) -> _Cells:
    return {block.name: np.where(block.index >= 0, states[block.index], np.int8(_NOWHERE)) for block in blocks}


def _by_number(blocks: Iterable[Columns | Rows], cells: _Cells, count: int, otherwise: int) -> npt.NDArray[np.int8]:
    """State of each column or row by its number."""
    states = np.full(count, otherwise, dtype=np.int8)
    for block in blocks:
        known = cells.get(block.name)
        if known is not None and known.shape == block.index.shape:
            told = (block.index >= 0) & (known != _NOWHERE)
            states[block.index[told]] = known[told]
    return states


def _move_to_bounds(states: npt.NDArray[np.int8], lower: Floats, upper: Floats, unbound: int) -> None:
    """Let nothing be at a bound that it does not have."""
    at_lower, at_upper = states == _LOWER, states == _UPPER
    low, high = np.isfinite(lower), np.isfinite(upper)
    states[at_lower & ~low & high] = _UPPER
    states[at_upper & ~high & low] = _LOWER
    states[(at_lower | at_upper) & ~low & ~high] = unbound
