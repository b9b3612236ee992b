"""How far apart the numbers of a program lie, said before it is solved; and the powers of two that bring them
closer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coplant.program.linear import Booleans, LinearProgram
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


@dataclass(frozen=True, eq=False)
class Scaled:
    """A program, as a minimisation, in units in which its bounds are of a comfortable size.

    Continuous columns are counted in `column` of their unit, rows multiplied by `row`, and the objective by
    `objective`: all powers of two, so that no digit is lost on the way there and back. What columns that are fixed cost
    is the offset, so that a large constant does not drown the prices.
    """

    matrix: sparse.csr_array
    cost: Floats
    offset: float
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    objective: float
    unit: float
    """Unit of continuous columns."""
    whole: Booleans
    """Which columns are whole numbers, and keep their unit."""
    all_whole: Booleans
    """Which rows have no other columns, and keep theirs."""

    @property
    def column(self) -> Floats:
        """What each column is counted in."""
        return np.where(self.whole, 1.0, self.unit)

    @property
    def row(self) -> Floats:
        """What each row is multiplied by."""
        return np.where(self.all_whole, 1.0, 1.0 / self.unit)


def scaled(program: LinearProgram) -> Scaled:
    """Bring a program into comfortable units."""
    matrix, whole = program.matrix(), program.integer
    cost, lower, upper = np.negative(program.objective()), program.lower, program.upper
    row_lower, row_upper = program.row_lower, program.row_upper
    free = lower < upper

    unit = _power_of_two(_largest(row_lower, row_upper, lower[~whole], upper[~whole]) / _COMFORTABLE)
    entry = np.flatnonzero(whole[matrix.indices])
    row_of_entry = np.searchsorted(matrix.indptr, entry, side="right") - 1
    all_whole = np.bincount(row_of_entry, minlength=program.row_count) == np.diff(matrix.indptr)
    column, row = np.where(whole, 1.0, unit), np.where(all_whole, 1.0, 1.0 / unit)

    cost *= column
    lower /= column
    upper /= column
    row_lower *= row
    row_upper *= row
    # In an entry of a continuous column, the column's unit and the row's cancel.
    if len(entry):
        matrix = matrix.copy()
        matrix.data[entry] *= row[row_of_entry]

    objective = 1.0 / _power_of_two(_largest(cost[free & ~whole]) / _COMFORTABLE_PRICE)
    cost *= objective
    offset = float(cost[~free] @ lower[~free])
    cost[~free] = 0.0
    return Scaled(matrix, cost, offset, lower, upper, row_lower, row_upper, objective, unit, whole, all_whole)


@dataclass(frozen=True)
class ScalingReport:
    """Ranges of a program's numbers as the solver meets them.

    Parameters
    ----------
    matrix, objective, bounds : Range
        Coefficients in rows, coefficients of quantities in the objective, and bounds of rows. Fixed columns are left
        out, and what whole decisions cost, for it does not mix with the prices of quantities.
    warnings : tuple of str
        One sentence for each range wider than 1e9, which names the row or column at each end.
    """

    matrix: Range
    objective: Range
    bounds: Range
    warnings: tuple[str, ...]


def scaling_report(program: LinearProgram) -> ScalingReport:
    """Measure the ranges of a program's numbers and name what stands at the ends of one that is too wide."""
    model = scaled(program)
    matrix = model.matrix
    free = model.lower < model.upper
    warnings: list[str] = []

    def name_of_entry(entry: int) -> str:
        row = int(np.searchsorted(matrix.indptr, entry, side="right")) - 1
        return f"{program.column_name(int(matrix.indices[entry]))} in {program.row_name(row)}"

    def measured(kind: str, values: Floats, name: Callable[[int], str]) -> Range:
        size = np.abs(values)
        used = np.flatnonzero((size > 0) & np.isfinite(size))
        if not len(used):
            return Range(0.0, 0.0)
        least, most = used[np.argmin(size[used])], used[np.argmax(size[used])]
        found = Range(float(size[least]), float(size[most]))
        if found.ratio > WIDE:
            warnings.append(
                f"{kind} range from {found.smallest:.3g} ({name(int(least))}) to {found.largest:.3g}"
                f" ({name(int(most))}); results may be imprecise: count one of them in larger or smaller units"
            )
        return found

    return ScalingReport(
        measured("coefficients", np.where(free[matrix.indices], matrix.data, 0.0), name_of_entry),
        measured("objective coefficients", np.where(model.whole, 0.0, model.cost), program.column_name),
        measured(
            "bounds of rows",
            np.concatenate([model.row_lower, model.row_upper]),
            lambda k: program.row_name(k % program.row_count),
        ),
        tuple(warnings),
    )


def _largest(*arrays: Floats) -> float:
    return max(float(np.max(np.abs(array), where=np.isfinite(array), initial=0.0)) for array in arrays)


def _power_of_two(value: float) -> float:
    return float(2.0 ** max(np.ceil(np.log2(value)), 0.0)) if value > 0.0 else 1.0
