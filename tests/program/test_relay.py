"""Programs that are solved from the corner of one that is like them."""

from __future__ import annotations

import contextlib
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import splu
from small_case import SmallCase

from coplant.errors import InfeasibleError, SolverError
from coplant.generate import generate
from coplant.network import Network
from coplant.planning import formulate
from coplant.program import LinearProgram, solve
from coplant.program.corner import BASIC, LOWER, UPPER, Corner
from coplant.program.linear import term
from coplant.program.relay import Anchor, Layout, Relay, matching
from coplant.program.scaling import even, scaled
from coplant.timeline import Timeline
from coplant.tree import Tree


def _program(seed: int, demand: float = 1.0, price: float = 1.0) -> LinearProgram:
    case = generate(12, 6, 2, seed)
    case = case.replace(
        {
            "demand": case["demand"].with_columns(case["demand"]["quantity"] * demand),
            "offer_prices": case["offer_prices"].with_columns(case["offer_prices"]["price"] * price),
        }
    )
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    return formulate(Network.of(case, Tree.line(timeline))).program


def _free(program: LinearProgram, anchor: Anchor | None = None) -> Relay:
    """A program of which nothing is held."""
    return Relay(program, np.zeros(program.column_count, dtype=bool), anchor, 0)


def _solved(relay: Relay, upper: np.ndarray | None = None) -> np.ndarray:
    program = relay.program
    return relay.solve(program.lower, program.upper if upper is None else upper, np.zeros(program.column_count))


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 50), st.floats(0.6, 1.5), st.floats(0.95, 1.5))
def test_a_corner_of_another_program_leads_to_the_same_optimum(seed: int, demand: float, price: float) -> None:
    first, then = _program(seed).relaxed(), _program(seed, demand, price).relaxed()
    before = _free(first)
    _solved(before)
    relay = _free(then, before.anchor)
    found = _solved(relay)
    assert then.objective() @ found == pytest.approx(solve(then).objective, rel=1e-6)
    # The same program once more, after other bounds, which may leave no way.
    with contextlib.suppress(InfeasibleError):
        _solved(relay, np.minimum(then.upper, np.maximum(found / 2.0, then.lower)))
    assert then.objective() @ _solved(relay) == pytest.approx(then.objective() @ found, rel=1e-6)


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 50), st.integers(-6, 6), st.integers(0, 9))
def test_a_corner_with_too_much_or_too_little_between_bounds_leads_there_too(seed: int, more: int, drawn: int) -> None:
    program = _program(seed).relaxed()
    relay = _free(program)
    best = program.objective() @ _solved(relay)
    assert relay.anchor is not None
    columns = relay.anchor.corner.columns.copy()
    random = np.random.default_rng(drawn)
    # Columns that are in two rows or more, so that they are not left out.
    able = np.bincount(program.matrix().indices, minlength=program.column_count) > 1
    of = np.flatnonzero(able & ((columns == BASIC) == (more < 0)) & (program.lower < program.upper))
    columns[random.choice(of, min(abs(more), len(of)), replace=False)] = BASIC if more > 0 else LOWER
    spoilt = Corner(columns, relay.anchor.corner.rows)
    fitted = spoilt.fitted(relay.model)
    assert (fitted.columns == BASIC).sum() + (fitted.rows == BASIC).sum() == program.row_count
    factors = splu(_basis(relay.model.matrix, fitted))
    assert np.abs(factors.solve(np.ones(program.row_count))).max() < 1e9
    assert program.objective() @ _solved(_free(program, relay.anchor._replace(corner=spoilt))) == pytest.approx(
        best, rel=1e-6
    )


def test_of_what_hangs_together_that_is_left_out_which_does_so_the_most() -> None:
    """Two columns too many: one of a pair that is nearly alike, and one of a pair that is quite alike."""
    program = LinearProgram(np.ones(1), np.ones(1))
    block = program.columns("x", (tuple("abcde"),), upper=9.0)
    matrix = np.array([[1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 1e-7, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0, 0.0]])
    terms = [term(np.arange(3), block.index[k], matrix[:, k]) for k in range(5)]
    program.rows("row", (tuple("123"),), terms, upper=5.0)
    program.money("income", block.index, 1.0, 0)
    corner = Corner(np.full(5, BASIC, np.int8), np.full(3, UPPER, np.int8))
    fitted = corner.fitted(even(scaled(program)))
    assert (fitted.columns[[0, 1]] == BASIC).sum() == 1
    assert (fitted.columns[[2, 3]] == BASIC).sum() == 1
    assert fitted.columns[4] == BASIC
    assert (fitted.rows == UPPER).all()


def _basis(matrix: sparse.csr_array, corner: Corner) -> sparse.csc_array:
    units = sparse.eye_array(len(corner.rows), format="csc")
    return sparse.hstack([matrix.tocsc()[:, corner.columns == BASIC], units[:, corner.rows == BASIC]], format="csc")


def test_what_is_held_stays_where_it_is() -> None:
    program = _program(3)
    begun = _solved(_free(program))
    early = program.column_node < 3
    relay = Relay(program, early, None, 0)
    held = relay.solve(program.lower, program.upper, begun)
    assert held[early] == pytest.approx(begun[early], abs=3e-6 * relay.model.unit)
    assert program.objective() @ held == pytest.approx(program.objective() @ begun, rel=1e-6)
    assert (held[program.integer] % 1.0 == 0.0).all()


def test_what_is_idle_is_nothing() -> None:
    program = _program(3).relaxed()
    start = program.column_blocks["start"].index
    idle = np.zeros(program.column_count, dtype=bool)
    idle[start[0][start[0] >= 0]] = True
    best, nothing = _free(program), np.zeros(program.column_count)
    assert _solved(best)[idle].any()
    relay = Relay(program, np.zeros_like(idle), best.anchor, 0, idle)
    found = relay.solve(program.lower, program.upper, nothing)
    assert not found[idle].any()
    without = _solved(_free(program), np.where(idle, 0.0, program.upper))
    assert program.objective() @ found == pytest.approx(program.objective() @ without, rel=1e-6)


def test_a_row_of_idle_columns_is_kept_by_nothing_or_not_at_all() -> None:
    program = LinearProgram(np.ones(1), np.ones(1))
    made = program.columns("made", (("box", "bin"),))
    program.rows("least", (("box",),), [term(np.zeros(1, dtype=int), made.index[:1])], lower=2.0)
    program.rows("most", (("bin",),), [term(np.zeros(1, dtype=int), made.index[1:])], upper=5.0)
    program.money("income", made.index, [1.0, 1.0], 0)
    idle = np.array([True, False])
    with pytest.raises(InfeasibleError):
        Relay(program, np.zeros_like(idle), None, 0, idle).solve(program.lower, program.upper, np.zeros(2))
    idle = ~idle
    with pytest.raises(SolverError, match="no limit"):
        Relay(program, np.zeros_like(idle), None, 0, idle).solve(program.lower, program.upper, np.zeros(2))
    found = Relay(program, np.zeros_like(idle), None, 0, idle).solve(program.lower, np.full(2, 9.0), np.zeros(2))
    assert found == pytest.approx([9.0, 0.0])


def test_what_cannot_be_is_said() -> None:
    program = SmallCase("month:2").item("box").offer("box", 2.0).demand("box", 9.0, "month", 5.0).draft().program
    sold = program.column_blocks["sold"].index
    lower = program.lower
    lower[sold[0, 0]] = 10.0
    with pytest.raises(InfeasibleError):
        _free(program).solve(lower, program.upper, np.zeros(program.column_count))


def test_columns_are_told_by_block_and_cell() -> None:
    """A route that opens a month later has a column less, and the others are the same."""

    def made(opens: int) -> LinearProgram:
        small = SmallCase("month:4").item("box").route("box", from_=datetime.date(2023, opens, 1), cost=1.0)
        return small.line("box", 50.0, "month").demand("box", 9.0, "month", 5.0).draft().program

    early, late = made(1), made(2)
    found = matching(late, Layout.of(early))
    assert found is not None
    start = late.column_blocks["start"].index
    assert (found.columns[start[start >= 0]] == early.column_blocks["start"].index[0, 1:]).all()
    names = [early.column_name(int(column)) for column in found.columns]
    assert names == [late.column_name(column) for column in range(late.column_count)]
    back = matching(early, Layout.of(late))
    assert back is not None
    assert back.columns[early.column_blocks["start"].index[0, 0]] == -1
    assert back.values(np.ones(late.column_count)).sum() == late.column_count
    assert matching(late, Layout.of(made(2))) is None


def test_what_the_other_program_has_none_of_at_all_is_new() -> None:
    """There is no resource in one, and one in the other."""
    small = SmallCase("month:2").item("box").route("box", cost=1.0).demand("box", 9.0, "month", 5.0)
    without = small.draft().program
    within = small.line("box", 50.0, "month").draft().program
    found = matching(within, Layout.of(without))
    assert found is not None
    rows = within.row_blocks["capacity"].index
    assert (found.rows[rows[rows >= 0]] == -1).all()
    assert (found.columns >= 0).all()
