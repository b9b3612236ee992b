"""Programs that are solved from the corner of one that is like them."""

from __future__ import annotations

import contextlib
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import SmallCase

from coplant.errors import InfeasibleError
from coplant.generate import generate
from coplant.network import Network
from coplant.planning import formulate
from coplant.program import LinearProgram, solve
from coplant.program.relay import Held, Layout, Relay, matching
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


def _free(program: LinearProgram) -> Held:
    count = program.column_count
    return Held(np.zeros(count, dtype=bool), np.zeros(count))


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 50), st.floats(0.6, 1.5), st.floats(0.95, 1.5))
def test_a_corner_of_another_program_leads_to_the_same_optimum(seed: int, demand: float, price: float) -> None:
    first, then = _program(seed).relaxed(), _program(seed, demand, price).relaxed()
    begun = Relay(first, None, 0).solve(first.lower, first.upper, _free(first))
    other = matching(then, Layout.of(first))
    corner = begun.corner if other is None else other.corner(begun.corner)
    relay = Relay(then, corner, 0)
    found = relay.solve(then.lower, then.upper, _free(then))
    assert then.objective() @ found.columns == pytest.approx(solve(then).objective, rel=1e-6)
    # The same program once more, after other bounds, which may leave no way.
    with contextlib.suppress(InfeasibleError):
        relay.solve(then.lower, np.minimum(then.upper, np.maximum(found.columns / 2.0, then.lower)), _free(then))
    again = relay.solve(then.lower, then.upper, _free(then))
    assert then.objective() @ again.columns == pytest.approx(then.objective() @ found.columns, rel=1e-6)


def test_what_is_held_stays_where_it_is() -> None:
    program = _program(3)
    relay = Relay(program, None, 0)
    begun = relay.solve(program.lower, program.upper, _free(program))
    early = program.column_node < 3
    held = relay.solve(program.lower, program.upper, Held(early, begun.columns))
    assert held.columns[early] == pytest.approx(begun.columns[early], abs=3e-6 * relay.model.unit)
    assert program.objective() @ held.columns == pytest.approx(program.objective() @ begun.columns, rel=1e-6)
    assert (held.columns[program.integer] % 1.0 == 0.0).all()


def test_what_cannot_be_is_said() -> None:
    program = SmallCase("month:2").item("box").offer("box", 2.0).demand("box", 9.0, "month", 5.0).draft().program
    sold = program.column_blocks["sold"].index
    lower = program.lower
    lower[sold[0, 0]] = 10.0
    with pytest.raises(InfeasibleError):
        Relay(program, None, 0).solve(lower, program.upper, _free(program))


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
