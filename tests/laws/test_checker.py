"""The checker finds nothing wrong with plans, and finds every kind of thing that is made wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from checker import check

import coplant
from coplant.generate import generate

EXAMPLES = Path(__file__).parents[2] / "examples"
FIVE_ROWS = Path(coplant.__file__).parent / "templates" / "five-rows"

Tables = dict[str, pl.DataFrame]


@cache
def planned(integers: bool = True) -> coplant.Plan:
    """A small case in whose plan every money line and every kind of limit occurs; near the optimum is near enough."""
    case = generate(40, [("week", 3), ("month", 3), ("quarter", 1)], 3, seed=3, integers=integers)
    # Parts so scarce that customers are lost and what was promised to hosts is not built, on lines that are short too.
    scarce = case.edit("allotments", quantity=pl.col("quantity") * 0.2)
    return coplant.plan(scarce.edit("resource_capacity", quantity=pl.col("quantity") * 0.7), gap=0.05)


def findings(plan: coplant.Plan, tables: Tables | None = None, objective: float | None = None) -> list[str]:
    value = plan.objective if objective is None else objective
    return [str(violation) for violation in check(plan.case, tables or plan.tables, value)]


def test_the_smallest_case_is_planned_rightly() -> None:
    assert findings(coplant.plan(coplant.read(FIVE_ROWS))) == []


@pytest.mark.slow
def test_the_reference_case_is_planned_rightly() -> None:
    assert findings(coplant.plan(coplant.read(EXAMPLES / "xiaomi-2021"))) == []


@pytest.mark.parametrize("integers", [True, False])
def test_a_made_up_case_is_planned_rightly(integers: bool) -> None:
    assert findings(planned(integers)) == []


SIZES = [
    (3, 4, 0, 1), (5, 6, 1, 2), (12, 9, 1, 3), (24, 12, 2, 4), (40, 8, 3, 5), (40, 26, 3, 6), (60, 18, 4, 7),
    (80, 12, 5, 8), (120, 10, 6, 9), (200, 26, 4, 10),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("items", "buckets", "hosts", "seed"), SIZES)
def test_made_up_cases_are_planned_rightly(items: int, buckets: int, hosts: int, seed: int) -> None:
    # Beyond a size whole decisions take a search of minutes, and what is checked here is the plan, not the search.
    case = generate(items, buckets, hosts, seed, integers=items <= 40)
    assert findings(coplant.plan(case, gap=0.01)) == []


def _times(table: str, column: str, factor: float = 1.01, **where: object) -> Callable[[Tables], None]:
    """Make the largest figure of a column a little larger."""

    def change(tables: Tables) -> None:
        frame = tables[table].with_row_index("place")
        rows = frame.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in where.items()))
        place = rows.sort(pl.col(column).abs())["place"][-1]
        changed = pl.when(pl.col("place") == place).then(pl.col(column) * factor).otherwise(pl.col(column))
        tables[table] = frame.with_columns(changed.alias(column)).drop("place")

    return change


def _drop(table: str, column: str) -> Callable[[Tables], None]:
    """Leave out the row with the largest figure of a column."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].sort(pl.col(column).abs())[:-1]

    return change


def _twice(table: str) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables[table] = pl.concat([tables[table], tables[table][:1]])

    return change


def _unsign(tables: Tables) -> None:
    made_under = tables["made"]["agreement"].drop_nulls()[0]
    signed = pl.when(pl.col("agreement") == made_under).then(False).otherwise(pl.col("signed"))
    tables["signed"] = tables["signed"].with_columns(signed=signed)


def _sign_all(tables: Tables) -> None:
    tables["signed"] = tables["signed"].with_columns(signed=pl.lit(True))


def _start_early(tables: Tables) -> None:
    """Bring a start under an agreement that has not begun forward to the first bucket."""
    late = tables["made"].filter(pl.col("route").str.ends_with("host-2") | pl.col("route").str.ends_with("host-3"))
    early = late[:1].with_columns(bucket=pl.lit(tables["buckets"]["bucket"][0]))
    tables["made"] = pl.concat([tables["made"], early])


def _wait_on(tables: Tables) -> None:
    """Let those who are lost wait on instead."""
    sold = tables["sold"].sort("demand", "bucket")
    kept = (pl.col("lost").cum_sum() + pl.col("waiting")).over("demand")
    tables["sold"] = sold.with_columns(lost=pl.lit(0.0), waiting=kept)


def _negative(tables: Tables) -> None:
    tables["sold"] = tables["sold"].with_columns(lost=pl.col("lost") - 1.0)


def _strange(tables: Tables) -> None:
    tables["made"] = tables["made"].with_columns(route=pl.col("route").str.replace("make", "fake"))


MISTAKES = {
    "stock too large": (_times("stock", "stock"), "stock_balance"),
    "a stock left out": (_drop("stock", "stock"), "stock_balance"),
    "more made": (_times("made", "started"), "good"),
    "more good made": (_times("made", "good"), "good"),
    "starts beyond capacity": (_times("made", "started", 10.0), "capacity"),
    "starts beyond what is reserved": (_times("made", "started", 10.0, agreement="agreement-1"), "reserved"),
    "more bought": (_times("bought", "quantity"), "stock_balance"),
    "orders beyond an allotment": (_times("bought", "quantity", 1e3, allotment="part-14-allotment"), "allotment"),
    "another price paid": (_times("bought", "price"), "price"),
    "more moved": (_times("moved", "quantity"), "stock_balance"),
    "a lane beyond its capacity": (_times("moved", "quantity", 1e3, lane="family-1-from-plant-1-to-market-1"), "lane"),
    "more sold": (_times("sold", "sold"), "sales"),
    "customers forgotten": (_times("sold", "lost", 0.9), "sales"),
    "customers made to wait": (_wait_on, "patience"),
    "customers invented": (_times("sold", "wanted"), "wanted"),
    "another price asked": (_times("sold", "price"), "price"),
    "a target lowered": (_times("stock", "target", 0.9), "target"),
    "a shortfall hidden": (_times("stock", "below", 0.9), "safety_stock"),
    "a load understated": (_times("loads", "load", 0.9), "load"),
    "overtime beyond its limit": (_times("loads", "overtime", 1000.0), "overtime"),
    "a capacity overstated": (_times("loads", "capacity"), "limit"),
    "more reserved than can be": (_times("reserved", "reserved", 10.0), "reservation"),
    "an agreement forgotten": (_unsign, "signature"),
    "two alternatives signed": (_sign_all, "alternatives"),
    "a start before its time": (_start_early, "launch_gate"),
    "half a lot": (_times("bought", "quantity", 0.01, offer="part-01-contract-1"), "least_lot"),
    "a row twice": (_twice("made"), "twice"),
    "an unknown route": (_strange, "unknown"),
    "a negative quantity": (_negative, "sign"),
} | {
    f"{line} misstated": (_times("money", "amount", line=line), f"money {line}")
    for line in (
        "revenue", "annuity", "annuity_cost", "annuity_after_end", "material", "conversion", "transport", "overtime",
        "holding", "below_safety_stock", "lost_sale", "reservation_fee", "processing_fee", "fixed_charge", "tooling",
        "take_or_pay", "stock_at_end", "remaining_commitments", "material_turnkey", "material_bought",
        "material_sold", "material_handling", "material_credit", "security", "vesting",
    )
} | {
    "a present value misstated": (_times("money", "present_value", line="revenue"), "present_value revenue"),
    "learning misstated": (_times("money", "amount", 2.0, line="learning"), "learning"),
    "revenue beyond the mix": (_times("money", "amount", 1e4, line="revenue", family="family-2"), "mix"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_checker_finds(mistake: str) -> None:
    change, kind = MISTAKES[mistake]
    plan = planned()
    tables = dict(plan.tables)
    change(tables)
    found = findings(plan, tables)
    assert any(text.startswith(kind) for text in found), found[:10]


def test_the_checker_finds_an_objective_that_is_not_the_sum_of_its_lines() -> None:
    plan = planned()
    assert any(text.startswith("objective") for text in findings(plan, objective=plan.objective * 1.00001))
