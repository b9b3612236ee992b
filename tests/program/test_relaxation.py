"""The cheapest way out of rules that collide: it is one, and none is cheaper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog
from small_case import SmallCase

from coplant.errors import InfeasibleError
from coplant.program import LinearProgram, solve, term
from coplant.program.relaxation import cheapest_relaxation
from coplant.program.rules import Rules
from coplant.program.scaling import scaled


def _drawn(seed: int) -> tuple[LinearProgram, np.ndarray, np.ndarray, np.ndarray]:
    """Four columns that are not negative, and five rows that ask for at least or allow at most something."""
    draw = np.random.default_rng(seed)
    matrix = draw.integers(0, 4, (5, 4)).astype(np.float64)
    matrix[np.arange(5), draw.integers(0, 4, 5)] += 1.0
    least = draw.integers(0, 2, 5).astype(bool)
    bound = draw.integers(1, 20, 5).astype(np.float64)
    program = LinearProgram(np.ones(1), np.ones(1))
    columns = program.columns("made", (("a", "b", "c", "d"),))
    row, column = np.nonzero(matrix)
    program.rows("rule", (tuple("vwxyz"),), [term(row, columns.index[column], matrix[row, column])],
                 lower=np.where(least, bound, -np.inf), upper=np.where(least, np.inf, bound))  # fmt: skip
    program.money("money", columns.index, -1.0, 0)
    return program, matrix, least, bound


def _least_sum(matrix: np.ndarray, least: np.ndarray, bound: np.ndarray) -> float:
    """The smallest sum of shares by another solver's elastic program."""
    sign = np.where(least, -1.0, 1.0)
    cost = np.concatenate([np.zeros(matrix.shape[1]), 1.0 / bound])
    found = linprog(cost, np.hstack([sign[:, None] * matrix, -np.eye(len(bound))]), sign * bound)
    return float(found.fun)


@given(st.integers(0, 100_000))
def test_the_moves_are_a_way_out_and_none_is_cheaper(seed: int) -> None:
    program, matrix, least, bound = _drawn(seed)
    assume(Rules(scaled(program)).hold() is False)
    moves = cheapest_relaxation(program, scaled(program), np.inf)
    assert sum(move.share for move in moves) == pytest.approx(_least_sum(matrix, least, bound), rel=1e-6)
    moved = bound.copy()
    for move in moves:
        place = "vwxyz".index(move.name[5])
        assert move.stated == pytest.approx(bound[place])
        moved[place] = move.moved
    eased = np.where(least, moved - 1e-9, moved + 1e-9)
    sign = np.where(least, -1.0, 1.0)
    assert linprog(np.zeros(4), sign[:, None] * matrix, sign * eased).status == 0


def test_the_refusal_tells_it_in_the_words_of_the_tables() -> None:
    case = SmallCase("month:1").item("car").route("car").line("car", 30.0, "month")
    case.demand("car", 40.0, "month", price=5.0, least_fill=1.0)
    with pytest.raises(InfeasibleError, match="they would hold if these moved") as refused:
        case.plan()
    assert refused.value.relaxation == [
        "the least share of car is sold in 2023-01 (demand.least_fill): least_fill[car,2023-01] from 40 to 30 (25.0%)"
    ]


def test_balances_and_counts_do_not_move() -> None:
    program = LinearProgram(np.ones(1), np.ones(1))
    made = program.columns("made", (("one",),), upper=1.0)
    cell = np.zeros(1, dtype=np.int64)
    program.rows("stock_balance", (("one",),), [term(cell, made.index)], lower=5.0, upper=5.0)
    with pytest.raises(InfeasibleError) as refused:
        solve(program)
    assert refused.value.relaxation == []
