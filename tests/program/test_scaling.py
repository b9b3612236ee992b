"""Units in which a program is handed over: powers of two, apart from whole numbers and shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.program import LinearProgram, term
from coplant.program.scaling import Scaled, even, scaled, steep_units


def _program(upper: list[float], integer: list[bool], limit: float) -> LinearProgram:
    """A row over all columns, and one over the first alone."""
    program = LinearProgram(np.ones(1), np.ones(1))
    names = tuple(map(str, range(len(upper))))
    x = program.columns("x", (names,), upper=np.array(upper), integer=np.array(integer))
    program.rows("all", (("all",),), [term(0, x.index, 3.0)], upper=limit)
    program.rows("first", (("first",),), [term(0, x.index[:1], 7.0)], upper=limit)
    program.money("money", x.index, 2.0, 0)
    return program


def _counted(upper: list[float], integer: list[bool] | None = None) -> Scaled:
    return scaled(_program(upper, integer or [False] * len(upper), 1e9))


def test_quantities_are_counted_in_a_unit_and_shares_and_whole_numbers_are_not() -> None:
    model = _counted([1e9, 1.0, 5.0], [False, False, True])
    assert model.unit > 1.0
    assert model.column.tolist() == [model.unit, 1.0, 1.0]
    assert model.share.tolist() == [False, True, False]
    # Of a row whose unit is that of quantities, a share of everything is a small part.
    assert model.matrix.toarray()[0].tolist() == [3.0, 3.0 / model.unit, 3.0 / model.unit]


def test_a_row_of_shares_alone_keeps_its_unit() -> None:
    model = scaled(_program([1.0, 1e9], [False, False], 1e9))
    assert model.row.tolist() == [1.0 / model.unit, 1.0]


def test_what_cannot_happen_is_no_share_and_costs_no_copy() -> None:
    program = _program([1e9, 0.0], [False, False], 1e9)
    model = scaled(program)
    assert not model.share.any()
    assert np.shares_memory(model.matrix.data, program.matrix().data)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 40.0, 1e7, np.inf]), min_size=1, max_size=4), st.integers(0, 15),
       st.floats(1.0, 1e12))  # fmt: skip
def test_no_digit_is_lost_there_and_back(upper: list[float], which: int, limit: float) -> None:
    integer = [bool(which >> place & 1) and bound < np.inf for place, bound in enumerate(upper)]
    program = _program(upper, integer, limit)
    model = scaled(program)
    back = model.matrix.toarray() / model.row[:, None] / model.column
    assert np.array_equal(back, program.matrix().toarray())
    assert np.array_equal(model.upper * model.column, upper)
    assert np.array_equal(model.row_upper / model.row, program.row_upper)
    assert np.log2(model.unit) == np.round(np.log2(model.unit))


def test_even_units_bring_entries_close_to_one() -> None:
    program = LinearProgram(np.ones(1), np.ones(1))
    labels = ("a", "b")
    quantity = program.columns("quantity", (labels,))
    choice = program.columns("choice", (labels,), upper=1.0, integer=True)
    each = np.arange(2)
    terms = [term(each, quantity.index, [1e-2, 4e2]), term(each, choice.index, [-1e5, -2e4])]
    program.rows("most", (labels,), terms, upper=[0.0, 5e3])
    program.money("income", quantity.index, [1e2, 1e-1], 0)
    model = scaled(program)
    made = even(model)
    for powers in made.units:
        assert (np.log2(powers) % 1.0 == 0.0).all()
    assert np.ptp(np.log10(np.abs(model.matrix.data))) > 6.0
    # Whole numbers take the unit that the others leave them.
    assert np.ptp(np.log10(np.abs(made.matrix.data))) < 1.0
    entry = model.matrix.toarray() * made.units.row[:, None] * made.units.column
    assert made.matrix.toarray() == pytest.approx(entry)
    assert made.row_upper == pytest.approx(model.row_upper * made.units.row)
    assert made.cost == pytest.approx(model.cost * 2.0**-8 * made.units.column)
    assert made.column == pytest.approx(model.column * made.units.column)
    assert made.row == pytest.approx(model.row * made.units.row)


def test_steep_units_make_long_rows_small_and_columns_alike() -> None:
    program = LinearProgram(np.ones(1), np.ones(1))
    names = tuple(str(number) for number in range(16))
    quantity = program.columns("quantity", (names,))
    each = np.arange(16)
    program.rows("each", (names,), [term(each, quantity.index, 3.0)], upper=5.0)
    program.rows("all", (("all",),), [term(np.zeros(16, dtype=int), quantity.index, 3.0)], upper=20.0)
    model = scaled(program)
    units = steep_units(model)
    for powers in units:
        assert (np.log2(powers) % 1.0 == 0.0).all()
    matrix = abs(even(model, units).matrix.toarray())
    # A row four times as long is multiplied by an eighth of what the others are.
    assert matrix[16].max() == pytest.approx(matrix[:16].max() / 8.0)
    assert (matrix.max(axis=0) > 0.7).all()
    assert (matrix.max(axis=0) < 1.5).all()
