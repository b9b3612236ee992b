"""Rules that collide: a minimal set of rows that cannot hold together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import highspy
import numpy as np
from scipy import sparse

from coplant.program.linear import Booleans, LinearProgram
from coplant.program.money import Floats, Integers
from coplant.program.scaling import Scaled

_HELD = 1e-6

_ENDLESS = 1e12
"""Stands for no upper bound where infinity would not add up."""


def colliding(program: LinearProgram, model: Scaled) -> list[str]:
    """Find rows that cannot hold together, each of which could if one of the others went.

    Every row may be broken at a price of one per unit, and the least price is found: if it is nothing, the rows hold
    together. If not, the rows with a dual collide (Farkas), and of these every one without which the others still
    collide is let go: the elastic, sensitivity and deletion filters of Chinneck & Dravnieks (1991, ORSA Journal on
    Computing 3(2)).

    Parameters
    ----------
    program : LinearProgram
        Gives the names; its whole numbers are relaxed.
    model : Scaled
        The same in comfortable units.

    Returns
    -------
    list of str
        Names of rows, and of columns whose bounds take part in the collision; empty if the rows hold together.
    """
    rows, columns = len(model.row_lower), len(model.cost)
    highs = _elastic(model)
    price, dual, _ = _least_price(highs, rows, columns)
    if price <= _HELD:
        return []
    kept = np.abs(dual) > _HELD
    _let_go(highs, np.flatnonzero(~kept))
    for row in np.flatnonzero(kept):
        if not kept[row]:
            continue
        _let_go(highs, np.array([row]))
        price, dual, _ = _least_price(highs, rows, columns)
        if price <= _HELD:
            highs.changeRowBounds(int(row), model.row_lower[row], model.row_upper[row])
            continue
        needless = kept & (np.abs(dual) <= _HELD)
        kept &= ~needless
        _let_go(highs, np.flatnonzero(needless))
    bounded = _colliding_bounds(highs, model, rows, columns)
    return [program.row_name(int(row)) for row in np.flatnonzero(kept)] + [
        program.column_name(column) for column in bounded
    ]


def colliding_by_choice(
    program: LinearProgram, model: Scaled, bounds: Sequence[tuple[Floats, Floats]]
) -> dict[str, list[str]]:
    """Find rows that cannot hold together where none of the ways to choose the whole numbers has a solution.

    Parameters
    ----------
    program : LinearProgram
        The program.
    model : Scaled
        The same in comfortable units.
    bounds : sequence of (ndarray, ndarray)
        Bounds of the integer columns: ways to choose them that together leave no other.

    Returns
    -------
    dict of str to list of str
        Names of rows and columns that collide, by the bounds under which they do, such as
        ``sign[north] = 1 and sign[south] = 0``.
    """
    integer = np.flatnonzero(model.whole)
    always = _forced(model)
    found = {}
    for low, high in bounds:
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[integer], upper[integer] = low, high
        narrower = np.flatnonzero((lower > model.lower) | (upper < model.upper))
        chosen = {program.column_name(int(column)): (lower[column], upper[column]) for column in narrower}
        choice = " and ".join(_chosen(name, *ends) for name, ends in chosen.items())
        # What the choice leaves at nothing, such as all that needs another signature, takes no part.
        held = dataclasses.replace(model, lower=lower, upper=upper)
        left_out = _forced(held) & ~always
        held.upper[left_out] = held.lower[left_out]
        given = {*chosen, *(program.column_name(int(column)) for column in np.flatnonzero(left_out))}
        found[choice] = [name for name in colliding(program, held) if name not in given]
    return found


def _forced(model: Scaled) -> Booleans:
    """Columns that rows hold at their lower bound: those of a row that is kept only if all of them are."""
    matrix, lower, upper = model.matrix, model.lower, model.upper.copy()
    rising, falling = matrix.copy(), matrix.copy()
    rising.data, falling.data = np.maximum(matrix.data, 0.0), np.minimum(matrix.data, 0.0)
    forced = lower >= upper
    while True:
        # A column without end that takes from a row makes its least activity -inf: no such row forces anything.
        least = rising @ lower + falling @ np.minimum(upper, _ENDLESS)
        tight = least >= model.row_upper - _HELD
        more = (rising.T @ tight > 0.0) & ~forced
        if not more.any():
            return forced
        forced |= more
        upper[more] = lower[more]


def _chosen(name: str, low: float, high: float) -> str:
    if low == high:
        return f"{name} = {low:g}"
    return f"{name} >= {low:g}" if np.isinf(high) else f"{low:g} <= {name} <= {high:g}"


def _colliding_bounds(highs: highspy.Highs, model: Scaled, rows: int, columns: int) -> list[int]:
    """Columns with a bound, other than that a quantity is not negative, without which the rows left do not collide."""
    _, _, reduced = _least_price(highs, rows, columns)
    at_lower = (reduced > _HELD) & (model.lower != 0.0)
    at_upper = (reduced < -_HELD) & np.isfinite(model.upper)
    needed = []
    for column in np.flatnonzero(at_lower | at_upper):
        lower, upper = float(model.lower[column]), float(model.upper[column])
        free = (-np.inf, upper) if at_lower[column] else (lower, np.inf)
        highs.changeColBounds(int(column), *free)
        price, _, _ = _least_price(highs, rows, columns)
        if price <= _HELD:
            highs.changeColBounds(int(column), lower, upper)
            needed.append(int(column))
    return needed


def _elastic(model: Scaled) -> highspy.Highs:
    """The program in which every row may be broken at a price, and nothing else costs or earns."""
    rows, columns = len(model.row_lower), len(model.cost)
    identity = sparse.eye_array(rows, format="csr")
    matrix = sparse.hstack([model.matrix, identity, -identity], format="csr")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solver", "simplex")
    highs.passModel(
        columns + 2 * rows,
        rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.concatenate([np.zeros(columns), np.ones(2 * rows)]),
        np.concatenate([model.lower, np.zeros(2 * rows)]),
        np.concatenate([model.upper, np.full(2 * rows, np.inf)]),
        model.row_lower,
        model.row_upper,
        matrix.indptr.astype(np.int32, copy=False),
        matrix.indices.astype(np.int32, copy=False),
        matrix.data,
        np.zeros(columns + 2 * rows, dtype=np.int32),
    )
    return highs


def _least_price(highs: highspy.Highs, rows: int, columns: int) -> tuple[float, Floats, Floats]:
    """Solve: the least price, the duals of the rows, the reduced costs of the program's own columns."""
    highs.run()
    found = highs.getSolution()
    return (
        float(highs.getInfo().objective_function_value),
        np.array(found.row_dual)[:rows],
        np.array(found.col_dual)[:columns],
    )


def _let_go(highs: highspy.Highs, rows: Integers) -> None:
    for row in rows:
        highs.changeRowBounds(int(row), -np.inf, np.inf)
