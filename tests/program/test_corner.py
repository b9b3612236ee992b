"""Programs that are solved from the corner of one that is like them."""

from __future__ import annotations

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
from coplant.program.corner import Held, from_corner, matching
from coplant.program.scaling import scaled
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


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 50), st.floats(0.6, 1.5), st.floats(0.95, 1.5))
def test_a_corner_of_another_program_leads_to_the_same_optimum(seed: int, demand: float, price: float) -> None:
    first, then = _program(seed).relaxed(), _program(seed, demand, price).relaxed()
    begun = from_corner(first, scaled(first), first.lower, first.upper, _free(first), None, 0)
    other = matching(then, first)
    corner = begun.corner if other is None else other.corner(begun.corner)
    found = from_corner(then, scaled(then), then.lower, then.upper, _free(then), corner, 0)
    assert then.objective() @ found.columns == pytest.approx(solve(then).objective, rel=1e-6)


def test_what_is_held_stays_where_it_is() -> None:
    program = _program(3)
    model = scaled(program)
    begun = from_corner(program, model, program.lower, program.upper, _free(program), None, 0)
    early = program.column_node < 3
    held = from_corner(program, model, program.lower, program.upper, Held(early, begun.columns), begun.corner, 0)
    assert held.columns[early] == pytest.approx(begun.columns[early], abs=3e-6 * model.unit)
    assert program.objective() @ held.columns == pytest.approx(program.objective() @ begun.columns, rel=1e-6)
    assert (held.columns[program.integer] % 1.0 == 0.0).all()


def test_what_cannot_be_is_said() -> None:
    program = SmallCase("month:2").item("box").offer("box", 2.0).demand("box", 9.0, "month", 5.0).draft().program
    sold = program.column_blocks["sold"].index
    lower = program.lower
    lower[sold[0, 0]] = 10.0
    with pytest.raises(InfeasibleError):
        from_corner(program, scaled(program), lower, program.upper, _free(program), None, 0)


def test_columns_are_told_by_block_and_cell() -> None:
    """A route that opens a month later has a column less, and the others are the same."""

    def made(opens: int) -> LinearProgram:
        small = SmallCase("month:4").item("box").route("box", from_=datetime.date(2023, opens, 1), cost=1.0)
        return small.line("box", 50.0, "month").demand("box", 9.0, "month", 5.0).draft().program

    early, late = made(1), made(2)
    found = matching(late, early)
    assert found is not None
    start = late.column_blocks["start"].index
    assert (found.columns[start[start >= 0]] == early.column_blocks["start"].index[0, 1:]).all()
    names = [early.column_name(int(column)) for column in found.columns]
    assert names == [late.column_name(column) for column in range(late.column_count)]
    back = matching(early, late)
    assert back is not None
    assert back.columns[early.column_blocks["start"].index[0, 0]] == -1
    assert back.values(np.ones(late.column_count)).sum() == late.column_count
    assert matching(late, made(2)) is None
