"""Programs in which something is decided already."""

from __future__ import annotations

import numpy as np
import pytest

from coplant.errors import InfeasibleError
from coplant.program import LinearProgram, solve, term


def _program() -> tuple[LinearProgram, np.ndarray, np.ndarray]:
    """Boxes of two kinds from ten hours, and whole lorries of four boxes that bring them to where they are sold."""
    program = LinearProgram(np.ones(1), np.ones(1))
    made = program.columns("made", (("a", "b"),), upper=8.0).index
    lorries = program.columns("lorries", (("all",),), upper=9.0, integer=True).index
    program.rows("hours", (("line",),), [term(0, made, np.array([1.0, 2.0]))], upper=10.0)
    program.rows("room", (("all",),), [term(0, made), term(0, lorries, -4.0)], upper=0.0)
    program.money("revenue", made, np.array([3.0, 5.0]), 0)
    program.money("lorry", lorries, -6.0, 0)
    return program, made, lorries


def test_the_rest_is_decided_as_well_as_can_be() -> None:
    program, made, lorries = _program()
    free = solve(program)
    assert free.columns[[*made, *lorries]].tolist() == [6.0, 2.0, 2.0]
    held = solve(program.hold(made[1:], np.array([3.0])))
    assert held.columns[[*made, *lorries]] == pytest.approx([4.0, 3.0, 2.0])
    assert held.objective == pytest.approx(12 + 15 - 12)
    # The program itself is as it was.
    assert solve(program).objective == free.objective


def test_to_hold_what_is_best_changes_nothing() -> None:
    program, *_ = _program()
    best = solve(program)
    again = solve(program.hold(np.arange(program.column_count), best.columns))
    assert again.columns.tolist() == best.columns.tolist()


def test_values_are_rounded_and_brought_within_bounds() -> None:
    program, made, lorries = _program()
    held = solve(program.hold(np.append(lorries, made[1]), np.array([1.0 + 1e-7, -1e-9])))
    assert held.columns[[*made, *lorries]].tolist() == [4.0, 0.0, 1.0]


def test_rules_in_which_nothing_is_left_to_decide_are_let_go() -> None:
    program, made, lorries = _program()
    # Ten hours and a little more: no solver could mend that.
    held = solve(program.hold(made, np.array([4.0, 3.0 + 1e-5])))
    assert held.columns[lorries].item() == 2.0
    with pytest.raises(InfeasibleError, match="room"):
        solve(program.hold(lorries, np.array([0.0])).hold(made[:1], np.array([8.0])))


def test_what_is_added_to_one_is_no_part_of_the_other() -> None:
    program, made, _ = _program()
    held = program.hold(made[:1], np.array([2.0]))
    held.rows("more", (("all",),), [term(0, made)], upper=3.0)
    held.money("bonus", made, 1.0, 0)
    assert "more" not in program.row_blocks
    assert solve(held).columns[made].tolist() == [2.0, 1.0]
    assert solve(program).objective == pytest.approx(16.0)


def test_rows_of_what_is_held_can_be_kept_as_wide_as_it_takes() -> None:
    """Eleven boxes take sixteen hours of a line that has ten: so it was, and the line decides nothing more."""
    program, made, _ = _program()
    kept = program.hold(made, np.array([6.0, 5.0]), kept=True)
    assert (kept.row_lower.tolist(), kept.row_upper.tolist()) == ([-np.inf, -np.inf], [16.0, 0.0])
    assert program.hold(made, np.array([2.0, 1.0]), kept=True).row_upper.tolist() == [10.0, 0.0]
    assert solve(kept).columns.tolist() == [6.0, 5.0, 3.0]
