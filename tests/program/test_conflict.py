"""Rules that collide: which of them are named, and what is said when time runs out."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.optimize import linprog

from coplant.errors import InfeasibleError
from coplant.program import LinearProgram, solve, term
from coplant.program.conflict import Collision, colliding, colliding_by_choice
from coplant.program.piecewise import filled_in_order
from coplant.program.rules import Rules
from coplant.program.scaling import scaled

EDGES = np.array([0.0, 2.0, 5.0])


def _counted(room: float) -> LinearProgram:
    """Seven are wanted each month; there is room for so many, and what they cost is counted up to five."""
    program = LinearProgram(np.ones(3), np.ones(3))
    months = (("jan", "feb", "mar"),)
    made = program.columns("made", months)
    every = np.arange(3)
    filled_in_order(program, "learning/curve", months, term(every, made.index), 0.0, 5.0, EDGES, 0)
    program.rows("capacity", months, [term(every, made.index)], upper=room)
    program.rows("wanted", months, [term(every, made.index)], lower=7.0)
    return program


def _stocks(things: int, months: int, opening: float) -> LinearProgram:
    """Things with an opening stock, of each of which one is wanted a month, and none is to be had."""
    program = LinearProgram(np.ones(months), np.ones(months))
    axes = (tuple(f"thing-{k}" for k in range(things)), tuple(f"month-{k:02}" for k in range(months)))
    stock, sold = program.columns("stock", axes), program.columns("sold", axes)
    cell = np.arange(things * months).reshape(things, months)
    known = np.where(np.arange(months) == 0, -opening, 0.0)
    terms = [term(cell[:, 1:], stock.index[:, :-1]), term(cell, sold.index, -1.0), term(cell, stock.index, -1.0)]
    program.rows("stock_balance", axes, terms, lower=known, upper=known)
    program.rows("least_fill", axes, [term(cell, sold.index)], lower=1.0)
    return program


def _asked(program: LinearProgram, until: float = np.inf) -> Collision:
    model = scaled(program)
    rules = Rules(model)
    assert rules.hold() is False
    return colliding(program, model, rules, until, lambda _: None)


def _of_one_month(found: Collision) -> list[str]:
    """Blocks of what is named, all of it of one month."""
    assert len({name.split("[")[1][:3] for name in found.names}) == 1
    return [name.split("[")[0] for name in found.names]


def _can_hold(program: LinearProgram, names: list[str]) -> bool:
    """Whether some rows hold together for quantities that are not negative."""
    row = [k for k in range(program.row_count) if program.row_name(k) in names]
    matrix = program.matrix().toarray()[row]
    low, high = program.row_lower[row], program.row_upper[row]
    above, below = np.isfinite(high), np.isfinite(low)
    found = linprog(
        np.zeros(program.column_count),
        A_ub=np.vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([high[above], -low[below]]),
    )
    assert found.status in (0, 2)
    return bool(found.status == 0)


def test_what_only_counts_is_not_blamed_where_something_else_collides() -> None:
    found = _asked(_counted(room=6.0))
    assert found.smallest
    assert _of_one_month(found) == ["capacity", "wanted"]


def test_what_only_counts_is_named_where_nothing_else_collides() -> None:
    found = _asked(_counted(room=9.0))
    assert _of_one_month(found) == ["learning/curve.sum", "wanted", "learning/curve", "learning/curve"]


def test_a_collision_is_told_by_one_thing_and_its_first_months() -> None:
    found = _asked(_stocks(things=6, months=12, opening=3.5))
    assert found.smallest
    (thing,) = {name.split("[")[1].split(",")[0] for name in found.names}
    months = [f"month-{k:02}" for k in range(4)]
    assert found.names == [f"{row}[{thing},{month}]" for row in ("stock_balance", "least_fill") for month in months]


def test_where_there_is_no_proof_each_rule_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    program = _stocks(things=3, months=6, opening=3.5)
    asked = _asked(program)
    monkeypatch.setattr(Rules, "multipliers", lambda *_: None)
    found = _asked(program)
    assert found.smallest
    assert len(found.names) == len(asked.names)


def test_out_of_time_a_collision_may_name_too_many() -> None:
    program = _stocks(things=3, months=12, opening=3.5)
    hurried, patient = _asked(program, until=-np.inf), _asked(program)
    assert not hurried.smallest
    assert len(hurried.names) >= len(patient.names)
    assert not _can_hold(program, hurried.names)
    assert _can_hold(program, patient.names[1:])


def test_without_a_proof_in_time_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rules, "multipliers", lambda *_: None)
    assert _asked(_stocks(things=3, months=12, opening=3.5), until=-np.inf) == ([], False)


def test_multipliers_that_prove_nothing_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rules, "multipliers", lambda rules, *_: np.ones(rules.highs.getNumRow()))
    assert _of_one_month(_asked(_counted(room=6.0))) == ["capacity", "wanted"]


def test_rules_are_named_for_each_choice() -> None:
    """A yes leaves too little room, and a no none: what a no leaves at nothing takes no part."""
    program = LinearProgram(np.ones(1), np.ones(1))
    made, chosen = program.columns("made", (("a",),)), program.columns("sign", (("x",),), upper=1.0, integer=True)
    program.rows("wanted", (("a",),), [term(0, made.index)], lower=7.0)
    program.rows("room", (("a",),), [term(0, made.index), term(0, chosen.index, -5.0)], upper=0.0)
    ways = [(np.zeros(1), np.zeros(1)), (np.ones(1), np.ones(1))]
    found = colliding_by_choice(program, scaled(program), ways, np.inf, lambda _: None)
    assert found == {"sign[x] = 0": (["wanted[a]"], True), "sign[x] = 1": (["wanted[a]", "room[a]"], True)}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Collision(["capacity[a]"], True), "these cannot hold together:\n  capacity[a]"),
        (Collision(["capacity[a]"], False), "not each was tried; allow more with --time-limit):\n  capacity[a]"),
        (Collision([], False), "time ran out before it was found which of them collide"),
    ],
)
def test_what_is_known_of_a_collision_is_said(monkeypatch: pytest.MonkeyPatch, found: Collision, said: str) -> None:
    monkeypatch.setattr(sys.modules[solve.__module__], "colliding", lambda *_: found)
    with pytest.raises(InfeasibleError) as refused:
        solve(_counted(room=6.0))
    assert str(refused.value).startswith("no plan keeps all the rules")
    assert said in str(refused.value)
    assert refused.value.smallest is found.smallest
