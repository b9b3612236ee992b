"""Rules of what is sampled: each mistake is told where it is."""

from __future__ import annotations

import pytest
from small_case import SmallCase

from coplant import CaseError

LEVEL = {"factor": "level", "distribution": "uniform", "low": 0.8, "high": 1.2, "range": "limits"}
MOVING = {"factor": "moving", "distribution": "reverting", "reversion": 1.0, "volatility": 0.2}
EFFECT = {"factor": "level", "table": "demand", "key": "box", "column": "quantity"}


def _case(table: str, *rows: dict[str, object]) -> SmallCase:
    small = SmallCase("month:4").item("box").offer("box", 2.0).demand("box", 100.0, "month", 10.0)
    small.add("factors", **LEVEL).add("factors", **MOVING)
    for row in rows:
        small.add(table, **row)
    return small


@pytest.mark.parametrize(
    ("table", "row", "column", "expected"),
    [
        ("factors", {**LEVEL, "factor": "x", "low": 1.1}, "low", "at most 1"),
        ("factors", {**LEVEL, "factor": "x", "high": 0.9}, "high", "at least 1"),
        ("factors", {**LEVEL, "factor": "x", "reversion": 1.0}, "reversion", "nothing, as uniform"),
        ("factors", {"factor": "x", "distribution": "reverting", "reversion": 1.0}, "volatility", "a number"),
        ("factors", {**MOVING, "factor": "x", "likely": 1.0}, "likely", "nothing, as reverting"),
        ("factor_effects", {**EFFECT, "table": "branches"}, "table", "the name of a table"),
        ("factor_effects", {**EFFECT, "table": "activities", "key": None, "column": "low"}, "table", "sampled"),
        ("factor_effects", {**EFFECT, "column": "per"}, "column", "a number of demand"),
        ("factor_effects", {**EFFECT, "key": "bax"}, "key", "some row matches"),
        ("factor_effects", {**EFFECT, "factor": "moving", "table": "items", "column": "value"}, "table", "hold from"),
        ("factor_effects", {**EFFECT, "strength": 20.0}, "strength", "10"),
        ("factor_effects", {**EFFECT, "strength": 0.0}, "strength", "a power other than 0"),
        ("factor_correlations", {"factor": "level", "with": "level", "correlation": 0.5}, "with", "another factor"),
        ("factor_correlations", {"factor": "level", "with": "moving", "correlation": 0.5}, "with", "drawn once"),
        ("factor_correlations", {"factor": "level", "with": "moving", "correlation": 1.5}, "correlation", "1"),
    ],
)
def test_a_mistake_is_told_where_it_is(table: str, row: dict[str, object], column: str, expected: str) -> None:
    with pytest.raises(CaseError) as error:
        _case(table, row).case()
    found = [one for one in error.value.problems if one.table == table and one.column == column]
    assert found
    assert expected in found[0].expected


@pytest.mark.parametrize("distribution", ["uniform", "triangular", "pert"])
def test_a_factor_may_come_down_to_nothing(distribution: str) -> None:
    row = {**LEVEL, "factor": "x", "distribution": distribution, "low": 0.0, "high": 2.0}
    if distribution != "uniform":
        row["likely"] = 1.0
    _case("factors", row).case()


def test_a_lognormal_factor_of_nothing_is_told_once() -> None:
    row = {"factor": "x", "distribution": "lognormal", "low": 0.0, "high": 2.0, "range": "p10_p90"}
    with pytest.raises(CaseError) as error:
        _case("factors", row).case()
    (problem,) = error.value.problems
    assert (problem.column, problem.expected) == ("low", "above 0, as lognormal is")


@pytest.mark.parametrize("row", [{**LEVEL, "low": 0.0}, {"distribution": "fixed", "likely": 0.0}])
def test_nothing_is_divided_by_a_factor_of_nothing(row: dict[str, object]) -> None:
    small = _case("factors", {**row, "factor": "x"}).add("factor_effects", **{**EFFECT, "factor": "x"})
    small.case()
    small.tables["factor_effects"][0]["strength"] = -1.0
    with pytest.raises(CaseError, match="above 0, as x may be 0"):
        small.case()


def test_correlations_have_to_hold_all_at_once() -> None:
    small = _case("factors", {**LEVEL, "factor": "b"}, {**LEVEL, "factor": "c"})
    for one, other, value in (("level", "b", 0.9), ("b", "c", 0.9), ("level", "c", -0.9)):
        small.add("factor_correlations", factor=one, correlation=value, **{"with": other})
    with pytest.raises(CaseError, match="negative eigenvalue"):
        small.case()


def test_a_pair_is_told_once() -> None:
    small = _case("factors", {**LEVEL, "factor": "b"})
    for one, other in (("level", "b"), ("b", "level")):
        small.add("factor_correlations", factor=one, correlation=0.2, **{"with": other})
    with pytest.raises(CaseError, match="each pair once"):
        small.case()
