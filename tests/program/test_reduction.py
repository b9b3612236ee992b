"""Programs without what is decided already."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coplant.errors import InfeasibleError
from coplant.generate import generate
from coplant.network import Network
from coplant.planning import formulate
from coplant.program import LinearProgram
from coplant.program.corner import BASIC, LOWER, UPPER, Corner
from coplant.program.linear import term
from coplant.program.reduction import Reduced, Reduction
from coplant.program.run import hand_over, run
from coplant.program.scaling import Scaled, even, scaled
from coplant.timeline import Timeline
from coplant.tree import Tree


def _generated(seed: int) -> LinearProgram:
    case = generate(12, 6, 2, seed)
    return formulate(Network.of(case, Tree.line(Timeline.of(case.settings.start, case.settings.buckets)))).program


def _best(model: Scaled) -> tuple[np.ndarray, Corner]:
    highs = hand_over(model)
    highs.setOptionValue("presolve", "off")
    run(highs)
    corner = Corner.within(highs, model)
    told = Corner.of(highs)
    apart = model.lower < model.upper
    assert (corner.columns[apart] == told.columns[apart]).all()
    assert (corner.rows[model.row_lower < model.row_upper] == told.rows[model.row_lower < model.row_upper]).all()
    return np.array(highs.getSolution().col_value), corner


def _made(rows: list[tuple[list[float], float, float]], lower: list[float], upper: list[float]) -> Scaled:
    """A program of a few columns, each of which earns one."""
    program = LinearProgram(np.ones(1), np.ones(1))
    labels = tuple("abcdef"[: len(lower)])
    block = program.columns("x", (labels,), lower=np.array(lower), upper=np.array(upper))
    each = np.arange(len(rows))
    values = np.array([row for row, _, _ in rows])
    low, high = (np.array([row[end] for row in rows]) for end in (1, 2))
    terms = [term(each, block.index[k], values[:, k]) for k in range(len(labels))]
    program.rows("row", (tuple(map(str, each)),), terms, lower=low, upper=high)
    program.money("income", block.index, 1.0, 0)
    return scaled(program)


def _left(
    model: Scaled, held: list[bool] | np.ndarray | None = None, room: list[float] | np.ndarray | None = None
) -> Reduced:
    """What is left where all is given that is fixed, of which some was found by a solver."""
    nothing = np.zeros(len(model.cost))
    found = nothing > 0.0 if held is None else np.asarray(held)
    reduction = Reduction.of(model, model.lower == model.upper, found)
    return reduction.within(model.lower, model.upper, nothing if room is None else np.asarray(room))


def test_what_is_fixed_becomes_a_number() -> None:
    model = _made([([1.0, 2.0, 0.5], -np.inf, 10.0), ([1.0, 1.0, 0.0], -np.inf, 8.0)], [3.0, 0.0, 0.0], [3.0, 9.0, 9.0])
    left = _left(model)
    assert left.reduction.column.tolist() == [1, 2]
    # The second row is a bound of the second column now.
    assert left.reduction.row.tolist() == [0]
    assert left.model.row_upper.tolist() == [7.0]
    assert left.model.upper.tolist() == [5.0, 9.0]
    assert left.values(np.array([1.0, 2.0])).tolist() == [3.0, 1.0, 2.0]


def test_what_takes_up_the_rest_is_read_off_the_others() -> None:
    model = _made([([2.0, 1.0, 4.0], 8.0, 8.0), ([1.0, 1.0, 0.0], -np.inf, 3.0)], [0.0] * 3, [9.0, 9.0, 1.5])
    left = _left(model)
    assert left.reduction.column.tolist() == [0, 1]
    assert (left.model.row_lower[0], left.model.row_upper[0]) == (2.0, 8.0)
    # What the third earns, a quarter for each unit that is left, is taken off what the others earn.
    assert left.model.cost.tolist() == [-0.5, -0.75]
    assert left.values(np.array([2.0, 1.0])).tolist() == [2.0, 1.0, 0.75]


def test_rows_of_nothing_but_fixed_columns_have_to_be_kept() -> None:
    model = _made([([1.0, 0.0], -np.inf, 2.0), ([1.0, 1.0], -np.inf, 9.0)], [3.0, 0.0], [3.0, 9.0])
    with pytest.raises(InfeasibleError):
        _left(model)
    # Unless a solver found them: then they are.
    assert _left(model, [True, False]).model.upper.tolist() == [6.0]


def test_what_was_found_may_be_off_by_some_room() -> None:
    model = _made([([1.0, 1.0, 1.0], 5.0, 5.0), ([0.0, 1.0, 1.0], -np.inf, 4.0)], [2.0, 0.0, 0.0], [2.0, 9.0, 9.0])
    left = _left(model, [True, False, False], [0.25, 0.0, 0.0])
    assert (left.model.row_lower[0], left.model.row_upper[0]) == (2.5, 3.5)


def test_what_is_given_can_be_something_else() -> None:
    model = _made([([1.0, 2.0, 0.5], -np.inf, 10.0), ([1.0, 1.0, 0.0], -np.inf, 8.0)], [0.0] * 3, [9.0] * 3)
    given_first = np.array([True, False, False])
    reduction = Reduction.of(model, given_first, np.zeros(3, dtype=bool))
    for value in (3.0, 5.0):
        bounds = (np.where(given_first, value, bound) for bound in (model.lower, model.upper))
        left = reduction.within(*bounds, np.zeros(3))
        assert left.model.row_upper.tolist() == [10.0 - value]
        assert left.model.upper.tolist() == [8.0 - value, 9.0]
        assert left.values(np.array([1.0, 2.0])).tolist() == [value, 1.0, 2.0]


def test_bounds_that_cross_are_said() -> None:
    model = _made([([1.0, 0.0], 4.0, 5.0), ([1.0, 1.0], -np.inf, 9.0)], [0.0, 0.0], [3.0, 9.0])
    with pytest.raises(InfeasibleError):
        _left(model)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 50), st.integers(0, 5))
def test_what_is_best_of_what_is_left_is_best_of_all(seed: int, passed: int) -> None:
    program = _generated(seed).relaxed()
    model = scaled(program)
    best, _ = _best(model)
    held = program.column_node < passed
    # What was found for the first buckets is held, and the best of the rest is as good.
    fixed = dataclasses.replace(model, lower=np.where(held, best, model.lower), upper=np.where(held, best, model.upper))
    room = 2e-7 * (held & (model.lower < best) & (best < model.upper))
    for whole in (fixed, even(fixed)):
        off = room * model.column / whole.column
        left = _left(whole, held, off)
        assert left.model.matrix.nnz < whole.matrix.nnz
        found, corner = _best(left.model)
        values = left.values(found)
        unit = whole.column / model.column
        assert model.cost @ (values * unit) == pytest.approx(model.cost @ best, rel=1e-5 if passed else 1e-8)
        each = whole.matrix.copy()
        each.data = 1.0 + np.abs(each.data)
        activity, may = whole.matrix @ values, each @ off + 1e-6
        assert (activity <= whole.row_upper + may).all()
        assert (activity >= whole.row_lower - may).all()
        assert (values <= whole.upper + 1e-6).all()
        assert (values >= whole.lower - 1e-6).all()
        # The corner is found again through that of the whole program, and nothing is left to do from there.
        again = left.corner(left.reduction.of_whole(corner))
        assert (again.rows == corner.rows).all()
        highs = hand_over(left.model)
        again.lead(highs)
        highs.solve()
        assert highs.getInfo().simplex_iteration_count == 0


def test_what_is_left_out_decides_nothing() -> None:
    model = _made([([1.0, 2.0, 0.5], -np.inf, 10.0)], [3.0, 0.0, 0.0], [3.0, 9.0, 9.0])
    left = _left(model)
    corner = left.reduction.of_whole(Corner(np.array([BASIC, UPPER], np.int8), np.array([LOWER], np.int8)))
    assert corner.columns.tolist() == [LOWER, BASIC, UPPER]
    # A row without a lower bound is at its upper one.
    assert left.corner(corner).rows.tolist() == [UPPER]
