"""Programs made of blocks: what is built is what was said."""

from __future__ import annotations

import numpy as np
import pytest

from coplant.errors import InfeasibleError
from coplant.program import LinearProgram, scaling_report, term

NODE = np.ones(1)


def _program(nodes: int = 1) -> LinearProgram:
    return LinearProgram(np.ones(nodes), np.ones(nodes))


def test_columns_are_only_where_they_are_asked_for() -> None:
    program = _program()
    first = program.columns("first", (("a", "b"), ("1", "2")), where=np.array([[True, False], [False, True]]))
    second = program.columns("second", (("c",),), lower=-1.0, upper=[5.0], integer=True)
    assert first.index.tolist() == [[0, -1], [-1, 1]]
    assert second.index.tolist() == [2]
    assert first.values(np.array([7.0, 8.0, 9.0])).tolist() == [[7.0, 0.0], [0.0, 8.0]]
    assert [program.column_name(k) for k in range(3)] == ["first[a,1]", "first[b,2]", "second[c]"]
    assert program.lower.tolist() == [0.0, 0.0, -1.0]
    assert program.upper.tolist() == [np.inf, np.inf, 5.0]
    assert program.integer.tolist() == [False, False, True]
    with pytest.raises(IndexError):
        program.column_name(3)


def test_entries_of_one_cell_add_up_and_absent_columns_drop_out() -> None:
    program = _program()
    x = program.columns("x", (("a", "b"),), where=np.array([True, False]))
    y = program.columns("y", (("a", "b"),))
    both = np.arange(2)
    program.rows(
        "sum",
        (("a", "b"),),
        [term(both, x.index), term(both, x.index, 2.0), term(both, y.index, [-1.0, 0.5])],
        lower=1.0,
    )
    program.rows("fixed", ((("z"),),), [term(0, y.index)], lower=2.0, upper=2.0)
    program.rows("free", (("z",),), [term(0, y.index[:1])])
    assert program.text() == (
        "sum[a]: 1 <= +3 x[a] -1 y[a]\nsum[b]: 1 <= +0.5 y[b]\nfixed[z]: +1 y[a] +1 y[b] = 2\nfree[z]: +1 y[a]"
    )
    assert program.text("fixed") == "fixed[z]: +1 y[a] +1 y[b] = 2"
    assert program.matrix().toarray().tolist() == [[3, -1, 0], [0, 0, 0.5], [0, 1, 1], [0, 1, 0]]


def test_rows_are_only_where_they_are_asked_for() -> None:
    program = _program()
    x = program.columns("x", (("a", "b", "c"),))
    where = np.array([True, False, True])
    block = program.rows(
        "most", (("a", "b", "c"),), [term(np.arange(3), x.index)], upper=np.array([1.0, 2.0, 3.0]), where=where
    )
    assert block.index.tolist() == [0, -1, 1]
    assert program.text() == "most[a]: +1 x[a] <= 1\nmost[c]: +1 x[c] <= 3"
    assert [program.row_name(k) for k in range(2)] == ["most[a]", "most[c]"]


def test_a_name_is_given_once() -> None:
    program = _program()
    x = program.columns("x", (("a",),))
    program.rows("row", (("a",),), [term(0, x.index)], upper=1.0)
    with pytest.raises(ValueError, match="columns 'x' already"):
        program.columns("x", (("b",),))
    with pytest.raises(ValueError, match="rows 'row' already"):
        program.rows("row", (("a",),), [term(0, x.index)], upper=1.0)
    assert (program.column_count, program.row_count) == (1, 1)


def test_a_row_of_nothing_that_must_be_something_is_refused_by_name() -> None:
    program = _program()
    program.columns("x", (("a",),))
    program.rows("harmless", (("a",),), [], lower=-1.0, upper=1.0)
    with pytest.raises(InfeasibleError) as refused:
        program.rows("least", (("a", "b", "c"),), [term(1, 0)], lower=np.array([1.0, 1.0, 0.0]))
    assert refused.value.rules == ["least[a]"]
    with pytest.raises(InfeasibleError) as refused:
        program.rows("most", (("a", "b"),), [], upper=-1.0, where=np.array([False, True]))
    assert refused.value.rules == ["most[b]"]


def test_money_is_weighed_by_when_and_how_likely() -> None:
    program = LinearProgram(np.array([1.0, 0.25]), np.array([1.0, 0.8]))
    x = program.columns("x", (("a", "b"),), where=np.array([True, False]))
    program.money("revenue", x.index, 10.0, [0, 1])
    program.money("revenue", x.index[0], 100.0, [0, 1])
    program.money("later", x.index[0], -1000.0, 1, discount=0.5, cash=False, tags={"item": 3})
    assert program.objective().tolist() == [10.0 + 100.0 + 100.0 * 0.8 * 0.25 - 1000.0 * 0.5 * 0.25]
    line = program.money_lines[-1]
    later = line.entries()
    assert (line.name, line.cash, later.tags["item"].tolist(), later.tags["site"].tolist()) == (
        "later",
        False,
        [3],
        [-1],
    )
    assert program.money_lines[0].entries().column.tolist() == [0]


def test_there_is_one_constant() -> None:
    program = _program()
    assert program.constant() == program.constant() == 0
    assert (program.lower.tolist(), program.upper.tolist()) == ([1.0], [1.0])


def test_numbers_far_apart_are_named() -> None:
    program = _program()
    x = program.columns("x", (("small", "large"),))
    program.rows("mixed", (("a", "b"),), [term([0, 1], x.index, [1e-6, 2e6])], upper=[3e-5, 4.0])
    program.money("revenue", x.index, [5.0, 6.0], 0)
    report = scaling_report(program)
    assert (report.matrix.smallest, report.matrix.largest) == (1e-6, 2e6)
    assert report.matrix.ratio == pytest.approx(2e12)
    assert (report.objective.smallest, report.objective.largest) == (5.0, 6.0)
    assert (report.bounds.smallest, report.bounds.largest) == (3e-5, 4.0)
    assert len(report.warnings) == 1
    for words in ("coefficients range from 1e-06 (x[small] in mixed[a])", "to 2e+06 (x[large] in mixed[b])"):
        assert words in report.warnings[0]


def test_wide_prices_and_bounds_are_warned_of_too() -> None:
    program = _program()
    x = program.columns("x", (("a", "b"),))
    program.rows("most", (("a", "b"),), [term([0, 1], x.index)], upper=[1e-4, 1e7])
    program.money("revenue", x.index, [1e-3, 1e8], 0)
    text = "\n".join(scaling_report(program).warnings)
    for words in ("objective coefficients", "x[a]", "x[b]", "bounds of rows", "most[a]", "most[b]"):
        assert words in text


def test_what_whole_decisions_and_fixed_columns_cost_is_not_warned_of() -> None:
    program = _program()
    x = program.columns("x", (("a",),), upper=1e9)
    z = program.columns("z", (("signed",),), upper=1.0, integer=True)
    program.rows("most", (("a",),), [term(0, x.index), term(0, z.index, -1e9)], upper=0.0)
    program.rows(
        "least", (("a",),), [term(0, x.index, 1e-3), term(0, program.constant(), -1e7)], lower=-np.inf, upper=0.0
    )
    program.money("revenue", x.index, 1e-3, 0)
    program.money("fixed_charge", z.index, -1e11, 0)
    program.money("annuity", program.constant(), 1e12, 0)
    assert scaling_report(program).warnings == ()


def test_comfortable_numbers_are_not_warned_of() -> None:
    program = _program()
    x = program.columns("x", (("a",),))
    program.rows("most", (("a",),), [term(0, x.index)], upper=1e5)
    report = scaling_report(program)
    assert report.warnings == ()
    assert report.objective.ratio == 1.0
