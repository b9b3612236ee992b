"""How far apart the numbers of a program lie, said before it is solved; and the powers of two that bring them
closer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coplant.program.linear import LinearProgram
from coplant.program.money import Floats

WIDE = 1e9
"""Ratio of the largest to the smallest number beyond which a solver's tolerances stop meaning much."""

_COMFORTABLE = 2.0**17
"""Size of bound, about 130,000, to which the largest is brought."""

_COMFORTABLE_PRICE = 2.0**10
"""Size of price, about 1,000, to which the largest of a quantity is brought."""


@dataclass(frozen=True)
class Range:
    """Smallest and largest absolute value of a kind of number, zeros and infinities apart."""

    smallest: float
    largest: float

    @property
    def ratio(self) -> float:
        """Largest over smallest; 1 where there are none."""
        return self.largest / self.smallest if self.smallest else 1.0


@dataclass(frozen=True)
class ScalingReport:
    """Ranges of a program's numbers.

    Parameters
    ----------
    matrix, objective, bounds : Range
        Coefficients in rows, coefficients in the objective, and bounds of rows and columns.
    warnings : tuple of str
        One sentence for each range wider than 1e9, which names the row or column at each end.
    """

    matrix: Range
    objective: Range
    bounds: Range
    warnings: tuple[str, ...]


def scaling_report(program: LinearProgram) -> ScalingReport:
    """Measure the ranges of a program's numbers and name what stands at the ends of one that is too wide."""
    matrix = program.matrix()
    objective = program.objective()
    row_bounds = np.concatenate([program.row_lower, program.row_upper])
    warnings: list[str] = []

    def name_of_entry(entry: int) -> str:
        row = int(np.searchsorted(matrix.indptr, entry, side="right")) - 1
        return f"{program.column_name(int(matrix.indices[entry]))} in {program.row_name(row)}"

    def measured(kind: str, values: Floats, name: object) -> Range:
        size = np.abs(values)
        used = np.flatnonzero((size > 0) & np.isfinite(size))
        if not len(used):
            return Range(0.0, 0.0)
        least, most = used[np.argmin(size[used])], used[np.argmax(size[used])]
        found = Range(float(size[least]), float(size[most]))
        if found.ratio > WIDE and callable(name):
            warnings.append(
                f"{kind} range from {found.smallest:.3g} ({name(int(least))}) to {found.largest:.3g}"
                f" ({name(int(most))}); results may be imprecise: count one of them in larger or smaller units"
            )
        return found

    return ScalingReport(
        measured("coefficients", matrix.data, name_of_entry),
        measured("objective coefficients", objective, program.column_name),
        measured("bounds of rows", row_bounds, lambda k: program.row_name(k % program.row_count)),
        tuple(warnings),
    )


@dataclass(frozen=True, eq=False)
class Scaled:
    """A program in units in which its bounds are of a comfortable size.

    Continuous columns are counted in `column` of their unit, rows multiplied by `row`, and the objective by
    `objective`: all powers of two, so that no digit is lost on the way there and back. What columns that are fixed earn
    is the offset, so that a large constant does not drown the prices.
    """

    matrix: sparse.csr_array
    cost: Floats
    offset: float
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    column: Floats
    row: Floats
    objective: float


def scaled(program: LinearProgram) -> Scaled:
    """Bring a program into comfortable units."""
    integer, lower, upper = program.integer, program.lower, program.upper
    row_lower, row_upper = program.row_lower, program.row_upper
    matrix, cost = program.matrix(), program.objective()
    unit = _power_of_two(_largest(row_lower, row_upper, lower[~integer], upper[~integer]) / _COMFORTABLE)
    column = np.where(integer, 1.0, unit)
    of_entry = np.repeat(np.arange(program.row_count), np.diff(matrix.indptr))
    has_continuous = np.zeros(program.row_count, dtype=bool)
    has_continuous[of_entry[~integer[matrix.indices]]] = True
    row = np.where(has_continuous, 1.0 / unit, 1.0)
    data = column[matrix.indices]
    data *= matrix.data
    data *= row[of_entry]
    cost = cost * column
    free = lower < upper
    objective = 1.0 / _power_of_two(_largest(cost[free & ~integer]) / _COMFORTABLE_PRICE)
    return Scaled(
        sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape),
        np.where(free, cost, 0.0) * objective,
        float(cost[~free] @ (lower / column)[~free]) * objective,
        lower / column,
        upper / column,
        row_lower * row,
        row_upper * row,
        column,
        row,
        objective,
    )


def _largest(*arrays: Floats) -> float:
    sizes = np.abs(np.concatenate(arrays))
    return float(np.max(sizes[np.isfinite(sizes)], initial=0.0))


def _power_of_two(value: float) -> float:
    return float(2.0 ** max(np.ceil(np.log2(value)), 0.0)) if value > 0.0 else 1.0
