"""The search over whole numbers: what it tries first, what it proves, and what it leaves open."""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np
import pytest

from coplant.program import LinearProgram, search, solve, term
from coplant.program.rules import Rules
from coplant.program.run import hand_over
from coplant.program.scaling import scaled
from coplant.program.search import Found, Search


def _knapsack(value: list[float], weight: list[float], most: float, decisive: bool = False) -> LinearProgram:
    program = LinearProgram(np.ones(1), np.ones(1))
    labels = (tuple(map(str, range(len(value)))),)
    x = program.columns("x", labels, upper=1.0, integer=True, decisive=decisive)
    program.rows("most", (("room",),), [term(0, x.index, weight)], upper=most)
    program.money("value", x.index, value, 0)
    return program


def _found(program: LinearProgram, gap: float = 0.0, until: float = np.inf) -> Found:
    model = scaled(program)
    highs = hand_over(model)
    highs.solve()
    found = Search(highs, program, model, Rules(model), gap, until, lambda _: None).run()
    return Found(
        found.integers, found.value / model.objective, found.bound / model.objective, found.nodes, found.impossible
    )


VALUES, WEIGHTS, MOST, BEST = [10.0, 6.0, 4.0, 7.0], [5.0, 4.0, 3.0, 5.0], 9.0, 16.0


@pytest.mark.parametrize("decisive", [False, True])
def test_a_search_that_ends_proves_its_plan(decisive: bool) -> None:
    """The first and second of four things fill the knapsack exactly: 16."""
    found = _found(_knapsack(VALUES, WEIGHTS, MOST, decisive))
    assert found.integers is not None
    assert found.integers.tolist() == [1, 1, 0, 0]
    assert (found.value, found.bound) == (pytest.approx(BEST), pytest.approx(BEST))


def test_whole_numbers_that_follow_from_quantities_need_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve lots whose starts are read off what they make: tried at the first node, and proven there."""
    program = LinearProgram(np.ones(1), np.ones(1))
    labels = (tuple(map(str, range(12))),)
    made, lot = program.columns("made", labels), program.columns("lot", labels, upper=1.0, integer=True)
    every = np.arange(12)
    program.rows("room", labels, [term(every, made.index), term(every, lot.index, -10.0)], upper=0.0)
    program.rows("demand", labels, [term(every, made.index)], upper=np.arange(12) % 2 * 5.0)
    program.money("revenue", made.index, 3.0, 0)
    program.money("lot", lot.index, -4.0, 0)
    program.complete_by(lot, lambda columns: (columns[made.index] > 1e-6) * 1.0)
    best: list[np.ndarray] = []
    once = Search._try

    def watched(self: Search, values: np.ndarray, until: float) -> None:
        once(self, values, until)
        best.append(values)

    monkeypatch.setattr(Search, "_try", watched)
    found = _found(program, gap=0.0)
    assert best[0].tolist() == [0.0, 1.0] * 6
    assert found.value == pytest.approx(6 * (15 - 4))
    assert found.bound == pytest.approx(found.value)


def test_a_search_with_no_whole_plan_finds_none() -> None:
    """2 x = 1 for a whole x."""
    program = LinearProgram(np.ones(1), np.ones(1))
    x = program.columns("x", (("a",),), upper=1.0, integer=True)
    program.rows("half", (("a",),), [term(0, x.index, 2.0)], lower=1.0, upper=1.0)
    assert _found(program).integers is None


def _cut_off(after: int) -> Callable[[highspy.Highs, float, bool], highspy.HighsModelStatus]:
    """Solve some linear programs, and run out of time in the next ones."""
    calls = 0
    whole = search.run

    def run(highs: highspy.Highs, until: float, possible: bool) -> highspy.HighsModelStatus:
        nonlocal calls
        calls += 1
        if calls <= after:
            return whole(highs, until, possible)
        highs.clearSolver()
        return whole(highs, -np.inf, possible)

    return run


@pytest.mark.parametrize("after", range(1, 9))
def test_a_branch_that_was_not_solved_keeps_the_bound_open(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Whatever was left unsolved may have been the best: the bound is never below it."""
    program = _knapsack([5.0, 4.0, 3.0, 7.0, 6.5, 2.0], [2.0, 3.0, 1.0, 4.0, 3.5, 1.5], 8.0)
    best = _found(program)
    assert best.value == pytest.approx(best.bound)
    monkeypatch.setattr(search, "run", _cut_off(after))
    found = _found(program)
    assert found.bound >= best.value - 1e-9
    assert found.value <= best.value + 1e-9


def test_a_search_out_of_time_leaves_its_branches_in_the_bound() -> None:
    program = _knapsack([5.0, 4.0, 3.0, 7.0, 6.5, 2.0], [2.0, 3.0, 1.0, 4.0, 3.5, 1.5], 8.0)
    best, hurried = _found(program), _found(program, until=-np.inf)
    assert hurried.bound >= best.value
    assert hurried.nodes <= 1


def test_the_gap_is_relative_to_the_plan() -> None:
    assert Found(np.ones(1), 100.0, 101.0, 1, []).gap(1.0) == pytest.approx(0.01)
    assert Found(np.ones(1), -100.0, -99.0, 1, []).gap(1.0) == pytest.approx(0.01)
    assert Found(np.ones(1), 0.0, 0.5, 1, []).gap(1.0) == pytest.approx(0.5)
    assert Found(np.ones(1), 100.0, 100.0 - 1e-9, 1, []).gap(1.0) == 0.0


def test_a_small_program_with_many_open_choices_is_left_to_branch_and_cut() -> None:
    """Each thing comes with a start, of which half is enough for the relaxed program."""

    def started(things: int) -> LinearProgram:
        program = LinearProgram(np.ones(1), np.ones(1))
        labels = (tuple(map(str, range(things))),)
        made = program.columns("made", labels, upper=1.0)
        start = program.columns("start", labels, upper=1.0, integer=True, decisive=True)
        program.rows(
            "only", labels, [term(np.arange(things), made.index), term(np.arange(things), start.index, -2.0)], upper=0.0
        )
        program.money("value", made.index, 3.0, 0)
        program.money("cost", start.index, -2.0, 0)
        return program

    few, many = _found(started(3)), _found(started(search._MANY + 1))
    assert few.value == few.bound == pytest.approx(3.0)
    assert few.nodes > 1
    assert many.nodes == 1
    assert many.integers is None
    assert many.bound >= search._MANY + 1
    solution = solve(started(search._MANY + 1))
    assert solution.objective == pytest.approx(search._MANY + 1.0)
    assert "branch and cut" in solution.solver
