"""Solving: known optima through every algorithm, marginal values, what cannot be, what has no end, and time."""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from coplant.errors import InfeasibleError, SolverError
from coplant.program import LinearProgram, Solution, solve, term
from coplant.program.solve import measure


def _program() -> LinearProgram:
    return LinearProgram(np.ones(1), np.ones(1))


def _dense(
    cost: np.ndarray,
    matrix: np.ndarray,
    row_lower: np.ndarray | float,
    row_upper: np.ndarray | float,
    upper: np.ndarray | float = np.inf,
    integer: np.ndarray | bool = False,
    decisive: bool = True,
) -> LinearProgram:
    """A program of one block of columns ``x`` and one of rows ``row``."""
    program = _program()
    x = program.columns("x", (tuple(map(str, range(len(cost)))),), upper=upper, integer=integer, decisive=decisive)
    row, column = np.indices(matrix.shape)
    names = tuple(map(str, range(len(matrix))))
    program.rows("row", (names,), [term(row, x.index[column], matrix)], lower=row_lower, upper=row_upper)
    program.money("money", x.index, cost, 0)
    return program


def _blend(scale: float = 1.0) -> LinearProgram:
    """Maximise 3 x + 2 y with x + y <= 4, x + 3 y <= 6 and x <= 3: at (3, 1), with 2 for the first row, 0, 1 for x."""
    return _dense(
        np.array([3.0, 2.0]),
        np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 0.0]]),
        -np.inf,
        np.array([4.0, 8.0, 3.0]) * scale,
    )


@pytest.mark.parametrize("solver", ["auto", "simplex", "ipm", "hipo"])
def test_every_algorithm_finds_the_known_optimum(solver: str) -> None:
    solution = solve(_blend(), solver=solver)
    assert (solution.status, solution.gap) == ("optimal", 0.0)
    assert solution.objective == solution.bound == pytest.approx(11.0, rel=1e-9)
    assert solution.columns == pytest.approx([3.0, 1.0], rel=1e-7)
    assert solution.row_activity == pytest.approx([4.0, 6.0, 3.0], rel=1e-7)
    assert solution.row_dual == pytest.approx([2.0, 0.0, 1.0], abs=1e-7)
    assert solution.violations.row_absolute < 1e-8


@pytest.mark.parametrize("solver", ["auto", "ipm", "hipo"])
def test_programs_too_large_for_corners_are_solved_within_a_wider_tolerance(
    solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[solve.__module__]
    monkeypatch.setattr(module, "INTERIOR", 0)
    monkeypatch.setattr(module, "NO_CROSSOVER", 0)
    # Three givers of one and three takers of one, all as good as each other: every corner has zeros, the middle none.
    gives, takes = np.repeat(np.eye(3), 3, axis=1), np.tile(np.eye(3), 3)
    solution = solve(_dense(np.ones(9), np.vstack([gives, takes]), -np.inf, np.ones(6)), solver=solver)
    assert solution.solver.split(", ")[1] == ("hipo" if solver == "auto" else solver)
    assert solution.objective == pytest.approx(3.0, rel=1e-6)
    assert (solution.columns > 0.1).all()
    assert solution.violations.row_absolute < 1e-6


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4, 1e9])
def test_counting_in_other_units_changes_no_marginal_value(scale: float) -> None:
    solution = solve(_blend(scale))
    assert solution.objective == pytest.approx(11.0 * scale, rel=1e-9)
    assert solution.columns == pytest.approx([3.0 * scale, scale], rel=1e-9)
    assert solution.row_dual == pytest.approx([2.0, 0.0, 1.0], abs=1e-9)


def test_a_least_that_costs_has_a_negative_value() -> None:
    """Each unit that must be made loses 5."""
    program = _dense(np.array([-5.0]), np.array([[1.0]]), 7.0, np.inf)
    solution = solve(program)
    assert solution.objective == pytest.approx(-35.0)
    assert solution.row_dual == pytest.approx([-5.0])


def test_an_unknown_solver_is_named_with_those_there_are() -> None:
    with pytest.raises(SolverError, match="'magic'; choose one of auto, simplex, ipm, hipo"):
        solve(_blend(), solver="magic")


def test_profit_without_end_is_said_in_words() -> None:
    program = _dense(np.array([1.0, 1.0]), np.array([[1.0, -1.0]]), -np.inf, 3.0)
    with pytest.raises(SolverError, match="the profit has no limit: something can be made or bought for less"):
        solve(program)


def test_profit_without_end_is_said_with_whole_numbers_too() -> None:
    program = _dense(np.array([1.0, 1.0]), np.array([[1.0, -1.0]]), -np.inf, 3.0, integer=True)
    with pytest.raises(SolverError, match="the profit has no limit"):
        solve(program)


def _can_hold(program: LinearProgram, rows: list[str], bounds: list[str]) -> bool:
    """Whether some rows hold together with the named upper bounds and what is not negative."""
    names = [program.row_name(k) for k in range(program.row_count)]
    matrix = program.matrix().toarray()
    chosen = [names.index(name) for name in rows]
    upper = program.upper
    free = [program.column_name(k) not in bounds for k in range(program.column_count)]
    limits = [(0.0, None if free[k] or np.isinf(upper[k]) else upper[k]) for k in range(program.column_count)]
    above = [matrix[k] for k in chosen if np.isfinite(program.row_upper[k])]
    above += [-matrix[k] for k in chosen if np.isfinite(program.row_lower[k])]
    most = [program.row_upper[k] for k in chosen if np.isfinite(program.row_upper[k])]
    most += [-program.row_lower[k] for k in chosen if np.isfinite(program.row_lower[k])]
    zero = np.zeros(program.column_count)
    found = linprog(zero, A_ub=np.array(above) if above else None, b_ub=most or None, bounds=limits)
    assert found.status in (0, 2)
    return bool(found.status == 0)


@st.composite
def colliding(draw: st.DrawFn) -> LinearProgram:
    """Programs whose last row contradicts a mix of those before."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    whole = st.integers(-3, 3)
    matrix = np.array(draw(st.lists(st.lists(whole, min_size=columns, max_size=columns), min_size=rows, max_size=rows)))
    most = np.array(draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows)))
    weight = np.array(draw(st.lists(st.integers(0, 2), min_size=rows, max_size=rows)))
    matrix = np.vstack([matrix, weight @ matrix, np.ones((1, columns))]).astype(float)
    lower = np.append(np.full(rows, -np.inf), [weight @ most + 1.0, -np.inf])
    upper = np.append(most.astype(float), [np.inf, 40.0])
    keep = (matrix != 0).any(axis=1) | ((lower <= 0) & (upper >= 0))
    bounds = np.array(draw(st.lists(st.sampled_from([2.0, 30.0, np.inf]), min_size=columns, max_size=columns)))
    if not keep.all():  # a row of nothing is refused before; see test_linear
        matrix[rows] = 1.0
        lower[rows] = 50.0
    return _dense(np.ones(columns), matrix, lower, upper, bounds)


@given(colliding())
def test_rows_that_collide_are_named_and_no_more_of_them(program: LinearProgram) -> None:
    with pytest.raises(InfeasibleError) as refused:
        solve(program)
    rules = refused.value.rules
    rows, bounds = [rule for rule in rules if rule[0] == "r"], [rule for rule in rules if rule[0] == "x"]
    assert not _can_hold(program, rows, bounds)
    for left_out in rules:
        assert _can_hold(program, [r for r in rows if r != left_out], [b for b in bounds if b != left_out]), left_out


def test_whole_numbers_that_cannot_be_are_refused() -> None:
    """2 x = 3 has a solution, but no whole one."""
    program = _dense(np.array([1.0]), np.array([[2.0]]), 3.0, 3.0, upper=9.0, integer=True)
    with pytest.raises(InfeasibleError) as refused:
        solve(program)
    assert {tuple(rules) for rules in refused.value.collisions.values()} == {("row[0]",)}
    assert len(refused.value.collisions) == 2


def test_violations_are_measured_on_the_program_as_stated() -> None:
    program = _dense(
        np.ones(2),
        np.array([[1.0, 0.0], [100.0, 100.0]]),
        -np.inf,
        np.array([1.0, 1000.0]),
        9.0,
        np.array([True, False]),
    )
    found = measure(program, np.array([1.25, 9.5]))
    assert found.row_absolute == pytest.approx(75.0)  # 125 + 950 against 1,000
    assert found.row_relative == pytest.approx(0.25 / 1.25)  # 1.25 against 1, its own size being larger
    assert found.bound_absolute == pytest.approx(0.5)
    assert found.bound_relative == pytest.approx(0.5 / 9.0)
    assert found.integer == pytest.approx(0.25)
    clean = measure(program, np.array([1.0, 9.0]))
    assert clean == type(clean)(0.0, 0.0, 0.0, 0.0, 0.0)


def _hard(items: int = 60, seed: int = 5) -> LinearProgram:
    """A knapsack of eight dimensions, which takes long; what is taken in part can be left out."""
    random = np.random.default_rng(seed)
    weight = random.integers(10, 100, (8, items)).astype(float)
    value = weight.sum(axis=0) + random.integers(0, 30, items)
    program = _dense(value, weight, -np.inf, weight.sum(axis=1) / 2, 1.0, True, decisive=False)
    x = program.column_blocks["x"]
    program.complete_by(x, lambda columns: np.floor(x.values(columns) + 1e-6))
    return program


def _keeps(program: LinearProgram, solution: Solution) -> bool:
    return max(solution.violations.row_relative, solution.violations.integer, solution.violations.bound_absolute) < 1e-7


def test_a_search_that_runs_out_of_time_gives_its_best_plan_and_an_honest_bound() -> None:
    program = _hard()
    told: list[str] = []
    clock = time.perf_counter()
    hurried = solve(program, gap=0.0, time_limit=1.0, progress=told.append)
    assert time.perf_counter() - clock < 20.0
    assert hurried.status == "feasible"
    assert _keeps(program, hurried)
    assert hurried.bound > hurried.objective
    assert hurried.gap == pytest.approx((hurried.bound - hurried.objective) / hurried.objective)
    assert any("best" in line for line in told)
    patient = solve(program, gap=0.02)
    assert patient.status == "optimal"
    assert patient.gap <= 0.02
    assert hurried.bound >= patient.objective
    assert patient.bound >= hurried.objective


def test_no_time_at_all_gives_no_plan_and_says_so() -> None:
    with pytest.raises(SolverError, match=r"no plan was found in time; allow more with --time-limit"):
        solve(_hard(), time_limit=0.0)


def test_the_same_seed_gives_the_same_plan() -> None:
    first, again = (solve(_hard(12), gap=1e-9, seed=3) for _ in range(2))
    assert np.array_equal(first.columns, again.columns)
    assert np.array_equal(first.row_dual, again.row_dual)


def test_marginal_values_of_a_plan_with_whole_numbers_are_those_with_them_held() -> None:
    """A lot of 10 at 5 is started; each unit of it earns 3 until demand of 7 is met: one more customer is worth 3."""
    program = _program()
    x, lot = program.columns("x", (("a",),)), program.columns("lot", (("a",),), upper=1.0, integer=True)
    program.rows("room", (("a",),), [term(0, x.index), term(0, lot.index, -10.0)], upper=0.0)
    program.rows("demand", (("a",),), [term(0, x.index)], upper=7.0)
    program.money("revenue", x.index, 3.0, 0)
    program.money("lot", lot.index, -5.0, 0)
    solution = solve(program)
    assert solution.objective == pytest.approx(16.0)
    assert solution.row_dual == pytest.approx([0.0, 3.0])
    assert solution.columns.tolist() == [7.0, 1.0]


def test_a_lot_that_does_not_pay_is_not_started() -> None:
    program = _dense(
        np.array([3.0, -25.0]),
        np.array([[1.0, -10.0], [1.0, 0.0]]),
        -np.inf,
        np.array([0.0, 7.0]),
        np.array([np.inf, 1.0]),
        np.array([False, True]),
    )
    assert solve(program).objective == 0.0


integers = st.integers(-4, 6)


@st.composite
def mixed(draw: st.DrawFn) -> tuple[LinearProgram, float]:
    """Small programs with whole and other numbers, and their optimum by trying all whole numbers; -inf for none."""
    whole, other, rows = draw(st.integers(1, 4)), draw(st.integers(0, 2)), draw(st.integers(1, 4))
    count = whole + other

    def numbers(size: int) -> np.ndarray:
        return np.array(draw(st.lists(integers, min_size=size, max_size=size)), dtype=float)

    matrix, cost = numbers(rows * count).reshape(rows, count), numbers(count)
    matrix[~(matrix != 0).any(axis=1), 0] = 1.0
    upper = np.concatenate(
        [np.array(draw(st.lists(st.integers(1, 2), min_size=whole, max_size=whole))), np.full(other, 5.0)]
    )
    most = np.array(draw(st.lists(st.integers(-1, 12), min_size=rows, max_size=rows)), dtype=float)
    least = np.where(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), most - 3.0, -np.inf)
    integer = np.arange(count) < whole
    best = -np.inf
    finite = np.isfinite(least)
    a = np.vstack([matrix, -matrix[finite]])
    b = np.concatenate([most, -least[finite]])
    for tried in itertools.product(*(range(int(u) + 1) for u in upper[:whole])):
        rest = b - a[:, :whole] @ tried
        if not other:
            value = 0.0 if (rest >= -1e-9).all() else -np.inf
        else:
            found = linprog(-cost[whole:], A_ub=a[:, whole:], b_ub=rest, bounds=(0, 5))
            value = -found.fun if found.status == 0 else -np.inf
        best = max(best, value + float(cost[:whole] @ tried))
    return _dense(cost, matrix, least, most, upper, integer), best


@given(mixed())
def test_the_best_plan_is_that_of_trying_all_whole_numbers(case: tuple[LinearProgram, float]) -> None:
    program, best = case
    if best == -np.inf:
        with pytest.raises(InfeasibleError):
            solve(program, gap=0.0)
        return
    solution = solve(program, gap=0.0)
    assert solution.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert solution.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert solution.status == "optimal"
    assert _keeps(program, solution)
