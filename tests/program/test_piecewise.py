"""Piecewise linear functions are exact, whichever way a solver would like to cheat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coplant.program import Columns, LinearProgram, solve, term
from coplant.program.piecewise import filled_in_order, one_of

EDGES = np.array([0.0, 10.0, 30.0, 35.0])
ENDS = np.array([0.0, 10.0, 30.0, 50.0])
AMOUNTS = np.array([0.0, 4.0, 10.0, 10.5, 29.0, 30.0, 35.0])
LABELS = (tuple(map(str, AMOUNTS)),)


def _quantities() -> tuple[LinearProgram, Columns]:
    """A program in which each quantity is twice a column that is held."""
    program = LinearProgram(np.ones(1), np.ones(1))
    return program, program.columns("half", LABELS, lower=AMOUNTS / 2, upper=AMOUNTS / 2)


@pytest.mark.parametrize("slope", [(5.0, 3.0, 1.0), (1.0, 3.0, 5.0), (2.0, -4.0, 3.0), (-1.0, -3.0, 2.0)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_segments_fill_in_order_whether_slopes_rise_or_fall(slope: tuple[float, ...], sign: float) -> None:
    program, half = _quantities()
    part = filled_in_order(program, "part", LABELS, term(np.arange(len(AMOUNTS)), half.index, 2.0), 0.0, 35.0, EDGES, 0)
    program.money("money", part.index, sign * np.array(slope), 0)
    solution = solve(program, gap=0.0)
    inside = np.clip(AMOUNTS[:, None] - EDGES[:-1], 0.0, np.diff(EDGES))
    assert part.values(solution.columns) == pytest.approx(inside, abs=1e-7)
    assert solution.objective == pytest.approx(sign * float((inside @ slope).sum()), rel=1e-9)


def test_known_bounds_narrow_the_segments() -> None:
    """Between 12 and 20 the first segment is full and the last empty, without a decision."""
    program = LinearProgram(np.ones(1), np.ones(1))
    q = program.columns("q", (("a",),))
    part = filled_in_order(program, "part", (("a",),), term(0, q.index), 12.0, 20.0, EDGES, 0)
    place = part.index[0]
    assert program.lower[place].tolist() == [10.0, 2.0, 0.0]
    assert program.upper[place].tolist() == [10.0, 10.0, 0.0]
    full = program.column_blocks["part.full"].index[0]
    assert (program.lower[full].tolist(), program.upper[full].tolist()) == ([1.0, 0.0], [1.0, 0.0])


def test_one_segment_needs_no_binaries() -> None:
    program, half = _quantities()
    filled_in_order(
        program, "part", LABELS, term(np.arange(len(AMOUNTS)), half.index, 2.0), 0.0, 35.0, EDGES[[0, 3]], 0
    )
    assert not program.integer.any()
    assert list(program.row_blocks) == ["part.sum"]


def test_a_segment_stays_full_along_quantities_that_grow() -> None:
    program, half = _quantities()
    follows = np.arange(len(AMOUNTS)) - 1
    part = filled_in_order(
        program, "part", LABELS, term(np.arange(len(AMOUNTS)), half.index, 2.0), 0.0, 35.0, EDGES, 0, follows
    )
    assert program.text("part.grows").split("\n")[0] == (
        "part.grows[4.0,1]: 0 <= -1 part.full[0.0,1] +1 part.full[4.0,1]"
    )
    assert len(program.text("part.grows").split("\n")) == 2 * (len(AMOUNTS) - 1)
    program.money("money", part.index, -np.array([5.0, 3.0, 1.0]), 0)
    inside = np.clip(AMOUNTS[:, None] - EDGES[:-1], 0.0, np.diff(EDGES))
    assert solve(program, gap=0.0).objective == pytest.approx(-float((inside @ [5.0, 3.0, 1.0]).sum()))


LEAST, MOST = np.array([0.0, 11.0, 31.0]), np.array([10.0, 30.0, 50.0])


@pytest.mark.parametrize("price", [(12.0, 10.0, 8.5), (8.0, 10.0, 12.0)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_all_of_a_quantity_is_in_one_range(price: tuple[float, ...], sign: float) -> None:
    amounts = np.array([0.0, 7.0, 10.0, 11.0, 30.0, 31.0, 50.0])
    program = LinearProgram(np.ones(1), np.ones(1))
    labels = (tuple(map(str, amounts)),)
    half = program.columns("half", labels, lower=amounts / 2, upper=amounts / 2)
    part = one_of(program, "part", labels, term(np.arange(len(amounts)), half.index, 2.0), LEAST, MOST, 0)
    program.money("money", part.index, sign * np.array(price), 0)
    solution = solve(program, gap=0.0)
    exact = np.where((amounts[:, None] >= LEAST) & (amounts[:, None] <= MOST), amounts[:, None], 0.0)
    assert part.values(solution.columns) == pytest.approx(exact, abs=1e-7)
    assert solution.objective == pytest.approx(sign * float((exact @ price).sum()), rel=1e-9)


@given(st.integers(1, 34), st.integers(0, 2))
def test_binaries_that_follow_from_the_quantities_are_right_at_once(amount: int, cheap: int) -> None:
    """The rule that completes the binaries gives what a search would find; at an edge there are two ways to say it."""
    assume(amount not in EDGES)
    for pieces in (
        lambda program, q: filled_in_order(
            program, "part", (("a",),), q, 0.0, 50.0, np.array([0.0, 10.0, 30.0, 50.0]), 0
        ),
        lambda program, q: one_of(program, "part", (("a",),), q, LEAST, MOST, 0),
    ):
        program = LinearProgram(np.ones(1), np.ones(1))
        q = program.columns("q", (("a",),), lower=amount, upper=amount)
        part = pieces(program, term(0, q.index))
        slope = np.full(3, 5.0)
        slope[cheap] = 1.0
        program.money("money", part.index, -slope, 0)
        columns = solve(program, gap=0.0).columns
        for block, rule in program.completions:
            assert rule(columns).tolist() == pytest.approx(block.values(columns))
