"""Whether rules can hold together: asked without money, within bounds, and in a hurry."""

from __future__ import annotations

import time

import numpy as np
import pytest

from coplant.errors import InfeasibleError
from coplant.program import LinearProgram, solve, term
from coplant.program.rules import Rules
from coplant.program.scaling import scaled


def _lots(least: float, most: float = 3.0) -> LinearProgram:
    """Whole lots of ten, so many at most, of which at least so much must be made."""
    program = LinearProgram(np.ones(1), np.ones(1))
    made = program.columns("made", (("a",),))
    lots = program.columns("lots", (("a",),), upper=most, integer=True)
    program.rows("room", (("a",),), [term(0, made.index), term(0, lots.index, -10.0)], upper=0.0)
    program.rows("wanted", (("a",),), [term(0, made.index)], lower=least)
    program.money("revenue", made.index, 1e6, 0)
    return program


def test_rules_hold_or_not_whatever_is_earned() -> None:
    assert Rules(scaled(_lots(25.0))).hold() is True
    assert Rules(scaled(_lots(35.0))).hold() is False


def test_rules_are_asked_within_bounds_of_whole_numbers() -> None:
    rules = Rules(scaled(_lots(15.0)))
    assert rules.hold() is True
    for low, high, can in ((0.0, 1.0, False), (2.0, 3.0, True), (0.0, 1.5, True), (1.0, 1.0, False), (0.0, 3.0, True)):
        assert rules.hold_within(np.array([low]), np.array([high])) is can, (low, high)


def test_without_time_it_is_not_known() -> None:
    """Sixty rows of all columns, which nothing but a solve answers."""
    random = np.random.default_rng(1)
    program = LinearProgram(np.ones(1), np.ones(1))
    names = (tuple(map(str, range(60))),)
    x = program.columns("x", names)
    row, column = np.indices((60, 60))
    program.rows("row", names, [term(row, x.index[column], random.uniform(0.5, 1.5, (60, 60)))], lower=1.0, upper=1.1)
    assert Rules(scaled(program), until=-np.inf).hold() is None


def test_what_cannot_be_is_refused_before_money_is_followed() -> None:
    """A simplex that follows money out of a program without a plan may climb for hours: it is not asked."""
    told: list[str] = []
    with pytest.raises(InfeasibleError):
        solve(_lots(35.0), progress=told.append)
    assert told[0] == "asking whether the rules can hold together"
    assert "solving" not in told
    solve(_lots(25.0), progress=told.append)
    assert "solving" in told


def test_many_prices_do_not_slow_a_refusal() -> None:
    """A year of weeks, forty things, one allotment of nothing: the answer takes seconds, not minutes."""
    things, weeks = 40, 52
    random = np.random.default_rng(2)
    program = LinearProgram(np.ones(weeks), np.ones(weeks))
    thing, week = tuple(f"thing-{k}" for k in range(things)), tuple(f"week-{k:02}" for k in range(weeks))
    ordered, stock, sold = (program.columns(name, (thing, week)) for name in ("ordered", "stock", "sold"))
    cell = np.arange(things * weeks).reshape(things, weeks)
    opening = np.where(np.arange(weeks) == 0, -random.uniform(5.0, 9.0, (things, weeks)), 0.0)
    terms = [
        term(cell, ordered.index),
        term(cell[:, 1:], stock.index[:, :-1]),
        term(cell, sold.index, -1.0),
        term(cell, stock.index, -1.0),
    ]
    program.rows("stock_balance", (thing, week), terms, lower=opening, upper=opening)
    program.rows("allotment", (week,), [term(np.arange(weeks), ordered.index)], upper=0.0)
    program.rows("least_fill", (thing, week), [term(cell, sold.index)], lower=0.5)
    program.money("revenue", sold.index, random.uniform(1e2, 1e6, (things, weeks)), np.arange(weeks))
    program.money("holding", stock.index, -random.uniform(0.1, 1e3, (things, weeks)), np.arange(weeks))
    clock = time.process_time()
    with pytest.raises(InfeasibleError) as refused:
        solve(program)
    assert time.process_time() - clock < 15.0
    assert refused.value.smallest
    rules = refused.value.rules
    assert {rule.split("[")[0] for rule in rules} == {"stock_balance", "allotment", "least_fill"}
    # One thing is told of, and of it the first weeks, in which its stock of less than 9 runs out at 0.5 a week.
    least = [rule for rule in rules if rule.startswith("least_fill")]
    assert len({rule.split(",")[0] for rule in least}) == 1
    assert len(least) <= 19
