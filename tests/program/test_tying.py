"""Programs of several futures as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from coplant.program import LinearProgram, solve, term
from coplant.program.money import Integers
from coplant.program.tying import ToldTooEarlyError, tie

MONTHS = ("jan", "feb", "mar")
THINGS = ("a", "b")


def _program(apart: Integers, seed: int) -> LinearProgram:
    """A program whose numbers in a month are those of the futures that cannot be told from this one in it."""
    program = LinearProgram(np.ones(len(MONTHS)), np.array([1.0, 0.9, 0.8]), MONTHS)
    drawn = [np.random.default_rng([seed, month, other]) for month, other in enumerate(apart.tolist())]
    upper = np.array([random.integers(1, 9, len(THINGS)) for random in drawn], dtype=float).T
    made = program.columns("made", (THINGS, MONTHS), upper=upper)
    late = program.columns("late", (("total",),), upper=50.0, node=len(MONTHS) - 1)
    cell = np.arange(len(MONTHS))
    # In each month no more in all so far than there is room for.
    so_far = [
        term(month, made.index[:, earlier], drawn[month].integers(1, 4, len(THINGS)))
        for month in range(len(MONTHS)) for earlier in range(month + 1)
    ]  # fmt: skip
    program.rows("room", (MONTHS,), so_far, upper=np.array([random.integers(3, 30) for random in drawn], dtype=float))
    program.rows("all", (("total",),), [term(0, late.index), term(0, made.index, -1.0)], upper=0.0)
    price = np.array([random.integers(-5, 9, len(THINGS)) for random in drawn], dtype=float).T
    program.money("revenue", made.index, price, cell)
    program.money("bonus", late.index, float(drawn[-1].integers(0, 4)), len(MONTHS) - 1)
    return program


@st.composite
def trees(draw: st.DrawFn) -> Integers:
    """For each future and month the first of those that it cannot be told from; they part and never meet again."""
    count = draw(st.integers(1, 5))
    apart = np.zeros((count, len(MONTHS)), dtype=np.int64)
    for month in range(len(MONTHS)):
        label = [draw(st.integers(0, 2)) if month else 0 for _ in range(count)]
        group = [(apart[k, month - 1] if month else 0, label[k]) for k in range(count)]
        apart[:, month] = [group.index(one) for one in group]
    return apart


@given(trees(), st.integers(0, 2**20), st.lists(st.integers(1, 5), min_size=5, max_size=5))
def test_what_is_shared_is_what_setting_it_equal_gives(apart: Integers, seed: int, weights: list[int]) -> None:
    programs = [_program(one, seed) for one in apart]
    chance = np.array(weights[: len(programs)], dtype=float)
    chance /= chance.sum()
    nodes = tuple(f"node {number}" for number in range(int((apart == np.arange(len(apart))[:, None]).sum())))
    tied = tie(programs, apart, chance, nodes)
    found = solve(tied.program)
    # All columns of all futures for themselves, and equal where the futures cannot be told apart.
    begin = np.cumsum([0, *(program.column_count for program in programs)])
    equal = []
    for k, program in enumerate(programs):
        for column, node in enumerate(program.column_node):
            if apart[k, node] != k:
                row = np.zeros(begin[-1])
                row[begin[k] + column], row[begin[apart[k, node]] + column] = 1.0, -1.0
                equal.append(row)
    plain = linprog(
        np.concatenate([-p * program.objective() for p, program in zip(chance, programs, strict=True)]),
        A_ub=sparse.block_diag([program.matrix() for program in programs]),
        b_ub=np.concatenate([program.row_upper for program in programs]),
        A_eq=np.array(equal) if equal else None,
        b_eq=np.zeros(len(equal)) if equal else None,
        bounds=np.concatenate([np.stack([program.lower, program.upper], axis=1) for program in programs]),
    )
    assert found.objective == pytest.approx(-plain.fun, abs=1e-6)
    for k, (program, columns, rows) in enumerate(zip(programs, tied.columns, tied.rows, strict=True)):
        mine = found.columns[columns]
        assert program.matrix() @ mine == pytest.approx(found.row_activity[rows])
        assert tied.chances[k].tolist() == [chance[apart[:, node] == apart[k, node]].sum() for node in (0, 1, 2, 2)]
    # Each node is weighed by the futures that pass through it.
    earned = [p * (program.objective() @ found.columns[columns])
              for p, program, columns in zip(chance, programs, tied.columns, strict=True)]  # fmt: skip
    assert sum(earned) == pytest.approx(found.objective)


def _two(**changes: Any) -> LinearProgram:
    """Two months, of which the first is the same in both futures but for some change."""
    told = {"upper": 5.0, "coefficient": 1.0, "room": 4.0, "price": 3.0, "more": False, **changes}
    months = ("jan", "feb")
    program = LinearProgram(np.ones(2), np.ones(2), months)
    made = program.columns("made", (months,), upper=np.array([told["upper"], 9.0]))
    if told["more"]:
        program.columns("more", (("only",),), node=0)
    cell = np.arange(2)
    program.rows("room", (months,), [term(cell, made.index, np.array([told["coefficient"], 1.0]))],
                 upper=np.array([told["room"], 7.0]))  # fmt: skip
    program.money("revenue", made.index, np.array([told["price"], 2.0]), cell)
    return program


@pytest.mark.parametrize(
    ("change", "name"),
    [({"upper": 6.0}, "made"), ({"coefficient": 2.0}, "room"), ({"room": 3.0}, "room"), ({"price": 4.0}, "made"),
     ({"more": True}, "more")],
)  # fmt: skip
def test_what_differs_before_it_can_is_refused(change: dict[str, Any], name: str) -> None:
    apart, nodes = np.array([[0, 0], [0, 1]]), ("jan", "feb, if good", "feb, if bad")
    tie([_two(), _two()], apart, np.array([0.5, 0.5]), nodes)
    with pytest.raises(ToldTooEarlyError, match=name):
        tie([_two(), _two(**change)], apart, np.array([0.5, 0.5]), nodes)


def test_rows_are_named_by_the_nodes_of_the_tree() -> None:
    apart, nodes = np.array([[0, 0], [0, 1]]), ("jan", "feb, if good", "feb, if bad")
    program = tie([_two(), _two()], apart, np.array([0.25, 0.75]), nodes).program
    assert program.probability.tolist() == [1.0, 0.25, 0.75]
    assert [program.row_name(row).partition("[")[2] for row in range(program.row_count)] == [
        "jan]", "feb, if good]", "feb, if bad]",
    ]  # fmt: skip
