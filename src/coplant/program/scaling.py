"""How far apart the numbers of a program lie, the powers of two that bring them closer, and which stand out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from coplant.program.linear import Booleans, LinearProgram
from coplant.program.money import Floats, Integers

WIDE = 1e9
"""Ratio of the largest to the smallest number beyond which a solver's tolerances stop meaning much."""

APART = 1e10
"""Times its like beyond which a number leaves the others less than two digits above the solver's tolerance."""

_STANDS_OUT = 1e4
"""Times its like beyond which a number stands out."""

_SUSPECTS = 3
"""Numbers that are named when a solver has lost its digits."""

COMFORTABLE = 2.0**17
"""Size of bound, about 130,000, to which the largest is brought."""

_COMFORTABLE_PRICE = 2.0**10
"""Size of price, about 1,000, to which the largest of a quantity is brought."""

_EVENINGS = 6
"""How often columns and rows are evened in turn."""

_UNEVEN = 20.0
"""Power of two by which a column or row is evened at the most."""

_STEEP = -1.5
"""Power of its length by which a row is multiplied in steep units, found by trial: from -1 to -2 a sample takes a fifth
fewer steps than in even units, from corner to corner.
"""

_CHEAP = 2.0**-8
"""What prices are multiplied by in even units: on the way from the corner of another program they can be so far out
that the dual simplex finds no step ("excessive dual values").
"""


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
    """Unit of quantities."""
    whole: Booleans
    """Which columns are whole numbers, and keep their unit."""
    share: Booleans
    """Which columns are shares of one thing, between 0 and 1, and keep theirs."""
    all_whole: Booleans
    """Which rows have columns of these two kinds only, and keep theirs."""

    @property
    def column(self) -> Floats:
        """What each column is counted in."""
        return np.where(self.whole | self.share, 1.0, self.unit)

    @property
    def row(self) -> Floats:
        """What each row is multiplied by."""
        return np.where(self.all_whole, 1.0, 1.0 / self.unit)


class Units(NamedTuple):
    """What each column of a program is counted in, and what each row is multiplied by, beside what is comfortable."""

    column: Floats
    row: Floats


@dataclass(frozen=True, eq=False)
class Even(Scaled):
    """A program whose entries and prices are brought close to one, each column and row in a unit of its own.

    Parameters
    ----------
    units : Units
        Powers of two.
    """

    units: Units

    @property
    def column(self) -> Floats:
        """What each column is counted in."""
        return super().column * self.units.column

    @property
    def row(self) -> Floats:
        """What each row is multiplied by."""
        return super().row * self.units.row


def scaled(program: LinearProgram) -> Scaled:
    """Bring a program into comfortable units."""
    matrix, whole = program.matrix(), program.integer
    cost, lower, upper = np.negative(program.objective()), program.lower, program.upper
    row_lower, row_upper = program.row_lower, program.row_upper
    free = lower < upper
    share = free & ~whole & (lower >= 0.0) & (upper <= 1.0)
    kept = whole | share

    unit = _power_of_two(_largest(row_lower, row_upper, lower[~kept], upper[~kept]) / COMFORTABLE)
    entry = np.flatnonzero(kept[matrix.indices])
    row_of_entry = np.searchsorted(matrix.indptr, entry, side="right") - 1
    all_whole = np.bincount(row_of_entry, minlength=program.row_count) == np.diff(matrix.indptr)
    column, row = np.where(kept, 1.0, unit), np.where(all_whole, 1.0, 1.0 / unit)

    cost *= column
    lower /= column
    upper /= column
    row_lower *= row
    row_upper *= row
    # In an entry of a continuous column, the column's unit and the row's cancel.
    if len(entry):
        matrix = matrix.copy()
        matrix.data[entry] *= row[row_of_entry]

    objective = 1.0 / _power_of_two(_largest(cost[free & ~kept]) / _COMFORTABLE_PRICE)
    cost *= objective
    offset = float(cost[~free] @ lower[~free])
    cost[~free] = 0.0
    return Scaled(matrix, cost, offset, lower, upper, row_lower, row_upper, objective, unit, whole, share, all_whole)


def even(model: Scaled, units: Units | None = None) -> Even:
    """Bring the numbers of a program close to one.

    Parameters
    ----------
    model : Scaled
        The program.
    units : Units, optional
        In which units; those that suit it by default.
    """
    by_column, by_row = units = units or even_units(model)
    evened = model.matrix.copy()
    evened.data *= np.repeat(by_row, np.diff(evened.indptr)) * by_column[evened.indices]
    return Even(
        evened,
        model.cost * _CHEAP * by_column,
        model.offset * _CHEAP,
        model.lower / by_column,
        model.upper / by_column,
        model.row_lower * by_row,
        model.row_upper * by_row,
        model.objective * _CHEAP,
        model.unit,
        model.whole,
        model.share,
        model.all_whole,
        units,
    )


def even_units(model: Scaled) -> Units:
    """Find units in which the numbers of a program are close to one, by the geometric means of the largest and the
    smallest of each column and row, in turn (Fulkerson and Wolfe, 1962).

    Whole numbers set no unit of a row that has others, for they stand for "as much as there can be"; and columns that
    are fixed set none.

    Parameters
    ----------
    model : Scaled
        The program.
    """
    matrix = model.matrix
    row_count, column_count = matrix.shape
    row_of = np.repeat(np.arange(row_count), np.diff(matrix.indptr))
    # An entry may be nothing: that sets no unit.
    size, cost = np.log2(np.abs(np.where(matrix.data == 0.0, 1.0, matrix.data))), np.abs(model.cost) * _CHEAP
    priced = np.flatnonzero(cost)
    counted = model.lower < model.upper
    counts = (counted & ~model.whole)[matrix.indices]
    counts |= (np.bincount(row_of, counts, minlength=row_count) == 0.0)[row_of]
    of_column = _Ends(np.concatenate([matrix.indices, priced]), column_count)
    of_row, entry = _Ends(row_of[counts], row_count), np.flatnonzero(counts)
    column, row = np.zeros(column_count), np.zeros(row_count)
    for _ in range(_EVENINGS):
        column = -of_column.middle(np.concatenate([size + row[row_of], np.log2(cost[priced])]))
        row = -of_row.middle((size + column[matrix.indices])[entry])
    return Units(*(2.0 ** np.rint(np.clip(powers, -_UNEVEN, _UNEVEN)) for powers in (column, row)))


def whole_units(model: Scaled) -> Units:
    """Find even units in which whole numbers are counted as they are."""
    units = even_units(model)
    return units._replace(column=np.where(model.whole, 1.0, units.column))


def steep_units(model: Scaled) -> Units:
    """Find units in which the dual simplex takes few steps from the corner of another program.

    It begins with the row that is off the most, as if rows were alike. So even units are changed: a row is multiplied
    by a power of its length, then each column by what makes its largest entry one.

    Parameters
    ----------
    model : Scaled
        The program.
    """
    units, matrix = even_units(model), model.matrix
    row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    counts = (~model.whole & (model.lower < model.upper))[matrix.indices]
    size = np.where(counts, np.abs(matrix.data) * units.row[row_of] * units.column[matrix.indices], 0.0)
    length = np.sqrt(np.bincount(row_of, size**2, minlength=matrix.shape[0]))
    row = _powers_of_two(length, _STEEP)
    largest = np.zeros(matrix.shape[1])
    np.maximum.at(largest, matrix.indices, size * row[row_of])
    return Units(units.column * _powers_of_two(largest, -1.0), units.row * row)


class _Ends:
    """The largest and the smallest of values in groups.

    Parameters
    ----------
    group : ndarray of int
        Group of each value.
    count : int
        How many groups there are.
    """

    def __init__(self, group: Integers, count: int) -> None:
        self.order = np.argsort(group, kind="stable")
        self.some, self.first = np.unique(group[self.order], return_index=True)
        self.count = count

    def middle(self, values: Floats) -> Floats:
        """Half-way between the two, 0 for a group without values."""
        inside = values[self.order]
        middle = np.zeros(self.count)
        if len(inside):
            ends = np.maximum.reduceat(inside, self.first) + np.minimum.reduceat(inside, self.first)
            middle[self.some] = ends / 2.0
        return middle


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
        measured("objective coefficients", np.where(model.whole | model.share, 0.0, model.cost), program.column_name),
        measured(
            "bounds of rows",
            np.concatenate([model.row_lower, model.row_upper]),
            lambda k: program.row_name(k % program.row_count),
        ),
        tuple(warnings),
    )


@dataclass(frozen=True)
class Suspect:
    """A number that stands out from its like.

    Parameters
    ----------
    kind : {"money", "bound", "coefficient"}
        Money for a unit of a column, bound of a row, or coefficient of a column in a row.
    block : str
        The money line, or the block of rows.
    name : str
        The column that money is for, or the row.
    column : str
        The column of a coefficient; empty for the others.
    value, usual : float
        Its size, and the median size of its like: of the same line, or the same bounds or coefficients of the block.
    """

    kind: str
    block: str
    name: str
    column: str
    value: float
    usual: float

    @property
    def times(self) -> float:
        """How many times its like it is."""
        return self.value / self.usual

    def __str__(self) -> str:
        where = {
            "money": f"{self.block} for a unit of {self.name}",
            "bound": f"the bound of {self.name}",
            "coefficient": f"the coefficient of {self.column} in {self.name}",
        }[self.kind]
        return f"{where} is {self.value:,.6g}; half of its like are at most {self.usual:,.6g}"


def suspects(program: LinearProgram) -> list[Suspect]:
    """Find the numbers that stand out furthest from their like, one of a money line or block of rows, furthest first.

    Fixed columns are left out, and rows that only count what others decide; so are coefficients of whole decisions,
    which stand for "as much as there can be".
    """
    free = program.lower < program.upper
    counted = free & ~program.integer
    found: list[Suspect] = []
    for line in program.money_lines:
        due = line.entries()
        used = np.flatnonzero(free[due.column])
        for k, value, usual in _furthest(due.coefficient[used]):
            name = program.column_name(int(due.column[used[k]]))
            found.append(Suspect("money", line.name, name, "", value, usual))
    matrix, low, high = program.matrix(), program.row_lower, program.row_upper
    for block in program.row_blocks.values():
        row = block.index[block.index >= 0]
        if block.name in program.accounts or not len(row):
            continue
        for k, value, usual in _furthest(np.concatenate([low[row], high[row]])):
            found.append(Suspect("bound", block.name, program.row_name(int(row[k % len(row)])), "", value, usual))
        entries = slice(int(matrix.indptr[row[0]]), int(matrix.indptr[row[-1] + 1]))
        column = matrix.indices[entries]
        for k, value, usual in _furthest(np.where(counted[column], matrix.data[entries], 0.0)):
            of_row = int(np.searchsorted(matrix.indptr, entries.start + k, side="right")) - 1
            name = program.row_name(of_row)
            found.append(Suspect("coefficient", block.name, name, program.column_name(int(column[k])), value, usual))
    furthest: dict[str, Suspect] = {}
    for suspect in sorted(found, key=lambda suspect: -suspect.times):
        furthest.setdefault(suspect.block, suspect)
    return list(furthest.values())[:_SUSPECTS]


def too_far_apart(program: LinearProgram, model: Scaled) -> bool:
    """Whether a number is so many times its like that nothing sensible can come of them.

    What counts beside the expected money is not like its prices: where nearly all weight is on the worst futures, these
    are to be small beside it.
    """
    free = model.lower < model.upper
    left = free[model.matrix.indices]
    prices, coefficients = model.cost[free & ~model.whole & ~program.steering], model.matrix.data[left]
    # Bounds of rows in which all is given can be noise.
    before = np.append(0, np.cumsum(left))[model.matrix.indptr]
    rows = before[1:] > before[:-1]
    numbers = (prices, coefficients, model.row_lower[rows], model.row_upper[rows])
    return any(value > APART * usual for like in numbers for _, value, usual in _furthest(like))


def _furthest(values: Floats) -> list[tuple[int, float, float]]:
    """The largest of some numbers, if it stands out: its position, its size and the median size."""
    size = np.abs(values)
    used = np.flatnonzero((size > 0.0) & np.isfinite(size))
    if not len(used):
        return []
    most, usual = int(used[np.argmax(size[used])]), float(np.median(size[used]))
    return [(most, float(size[most]), usual)] if size[most] > _STANDS_OUT * usual else []


def _largest(*arrays: Floats) -> float:
    return max(float(np.max(np.abs(array), where=np.isfinite(array), initial=0.0)) for array in arrays)


def _powers_of_two(values: Floats, power: float) -> Floats:
    """Values to some power, as powers of two; one for nothing."""
    return np.asarray(2.0 ** np.rint(power * np.log2(np.where(values > 0.0, values, 1.0))))


def _power_of_two(value: float) -> float:
    return float(2.0 ** max(np.ceil(np.log2(value)), 0.0)) if value > 0.0 else 1.0
