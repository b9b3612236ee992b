"""A case is typed, sorted, frozen, and edited into new cases."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import coplant
from coplant import Case
from coplant.schema import TABLES

Put = Callable[[Mapping[str, str]], Path]

SETTINGS = {"name": "lamps", "currency": "EUR", "start": "2026-01-01", "buckets": ["month:6", "quarter:2"]}
TABLES_OF_LAMPS: dict[str, list[dict[str, Any]]] = {
    "items": [{"item": "lamp", "value": 20}, {"item": "bulb", "family": "glass"}],
    "sites": [{"site": "works", "kind": "plant"}],
    "routes": [{"route": "build", "item": "lamp", "site": "works", "from": datetime.date(2026, 2, 1)}],
    "bom": [{"route": "build", "item": "bulb", "quantity": 1}],
    "offers": [{"offer": "bulbs", "item": "bulb", "site": "works"}],
    "offer_prices": [
        {"offer": "bulbs", "from": "2026-03-01", "price": 4},
        {"offer": "bulbs", "from": "2026-01-01", "price": 3},
    ],
    "demand": [
        {"demand": "orders", "item": "lamp", "site": "works", "from": "2026-01-01", "quantity": 5, "per": "day"}
    ],
    "prices": [{"demand": "orders", "from": "2026-01-01", "price": 50}],
}


@pytest.fixture
def lamps() -> Case:
    return Case.from_tables(SETTINGS, TABLES_OF_LAMPS)


def refused(act: Callable[[], object]) -> list[coplant.Problem]:
    with pytest.raises(coplant.CaseError) as caught:
        act()
    return caught.value.problems


# -- what a case is ----------------------------------------------------------------------------------------------------


def test_every_table_has_every_column_in_its_type(lamps: Case) -> None:
    for name, table in TABLES.items():
        assert lamps[name].schema == pl.Schema({column.name: column.dtype for column in table.columns})


def test_defaults_are_filled_in_and_the_rest_is_null(lamps: Case) -> None:
    row = lamps["routes"].row(0, named=True)
    assert row == {
        "route": "build",
        "title": None,
        "item": "lamp",
        "site": "works",
        "agreement": None,
        "lead_time": 0.0,
        "yield": 1.0,
        "cost": 0.0,
        "least_lot": 0.0,
        "multiple": None,
        "from": datetime.date(2026, 2, 1),
        "milestone": None,
        "until": None,
        "ramp": None,
        "learning": None,
        "source": None,
        "note": None,
    }


def test_rows_are_sorted_by_key_and_know_where_they_stood(lamps: Case) -> None:
    assert lamps["items"]["item"].to_list() == ["bulb", "lamp"]
    assert lamps.rows["items"].to_list() == [2, 1]
    assert lamps["offer_prices"]["price"].to_list() == [3, 4]
    assert lamps.rows["offer_prices"].to_list() == [2, 1]


def test_settings_are_typed(lamps: Case) -> None:
    settings = lamps.settings
    assert (settings.name, settings.currency, settings.title) == ("lamps", "EUR", None)
    assert settings.start == datetime.date(2026, 1, 1)
    assert settings.buckets == (("month", 6), ("quarter", 2))
    assert (settings.discount_rate, settings.lag_rule) == (0.0, "exact")
    assert lamps["case"]["buckets"].to_list() == ["month:6 quarter:2"]


@pytest.mark.parametrize(
    ("start", "buckets", "until"),
    [
        ("2026-01-01", "month:6 quarter:2", "2027-01-01"),
        ("2026-01-31", "month:1", "2026-02-28"),
        ("2028-02-29", "year:1", "2029-02-28"),
        ("2026-01-01", "day:3 week:2", "2026-01-18"),
        ("2026-11-15", "month : 3, year:2", "2029-02-15"),
        ("2026-01-01", [("week", 1), ("day", 1)], "2026-01-09"),
    ],
)
def test_a_horizon_ends(start: str, buckets: Any, until: str) -> None:
    case = Case.from_tables({**SETTINGS, "start": start, "buckets": buckets}, TABLES_OF_LAMPS)
    assert case.settings.until == datetime.date.fromisoformat(until)


def test_families_are_those_named_or_the_items_own(lamps: Case) -> None:
    assert lamps.families == {"bulb": "glass", "lamp": "lamp"}


def test_a_dated_table_tells_when_each_row_ends(lamps: Case) -> None:
    assert lamps.dated("offer_prices")["until"].to_list() == [datetime.date(2026, 3, 1), None]
    assert lamps.dated("allotments").schema["until"] == pl.Date
    with pytest.raises(ValueError, match="routes do not hold"):
        lamps.dated("routes")


def test_a_case_is_frozen_and_says_what_it_is(lamps: Case) -> None:
    with pytest.raises(FrozenInstanceError):
        lamps.settings = lamps.settings  # type: ignore[misc]
    assert repr(lamps) == (
        "<Case 'lamps': sites 1, items 2, routes 1, bom 1, offers 1, offer_prices 2, demand 1, prices 1>"
    )
    with pytest.raises(KeyError, match=r'Did you mean "items"?'):
        lamps["itms"]


def test_equal_content_is_an_equal_case_with_an_equal_digest(lamps: Case) -> None:
    turned = {name: rows[::-1] for name, rows in TABLES_OF_LAMPS.items()}
    frames = {name: pl.DataFrame(rows) for name, rows in TABLES_OF_LAMPS.items()}
    for tables in (turned, frames):
        other = Case.from_tables(SETTINGS, tables)
        assert other == lamps
        assert other.digest == lamps.digest
        assert hash(other) == hash(lamps)
    assert lamps != lamps.digest


def test_a_digest_is_the_same_everywhere(lamps: Case) -> None:
    assert lamps.digest == "69a511ce84fdf95230c55f224dba2bb0a720fceef055b9d82bd682f3f69748a4"


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("items", {"value": 20.000000001}),
        ("items", {"note": "x"}),
        ("routes", {"multiple": 1}),
        ("offer_prices", {"source": "list"}),
        ("demand", {"per": "week"}),
        ("case", {"discount_rate": 0.01}),
        ("case", {"title": "Lamps"}),
        ("case", {"buckets": "quarter:4"}),
    ],
)
def test_any_change_changes_the_digest(table: str, changes: dict[str, Any], lamps: Case) -> None:
    edited = lamps.edit(table, **changes)
    assert edited != lamps
    assert edited.digest != lamps.digest


# -- from tables -------------------------------------------------------------------------------------------------------


def test_values_of_python_and_numpy_are_taken() -> None:
    tables = TABLES_OF_LAMPS | {
        "items": [
            {"item": "lamp", "value": np.float64(20)},
            {"item": np.str_("bulb"), "value": np.int64(0), "family": "glass"},
        ],
        "prices": [{"demand": "orders", "from": np.datetime64("2026-01-01"), "price": np.float32(50)}],
        "bom": [{"route": "build", "item": "bulb", "quantity": True}],
    }
    assert [(one.table, one.row, one.value) for one in refused(lambda: Case.from_tables(SETTINGS, tables))] == [
        ("bom", 1, True)
    ]
    tables["bom"] = TABLES_OF_LAMPS["bom"]
    assert Case.from_tables(SETTINGS, tables) == Case.from_tables(SETTINGS, TABLES_OF_LAMPS)


def test_rows_of_tables_are_counted_from_one() -> None:
    tables = TABLES_OF_LAMPS | {"items": [{"item": "lamp"}, {"item": "bulb", "value": -1}]}
    (problem,) = refused(lambda: Case.from_tables(SETTINGS, tables))
    assert (problem.table, problem.row, problem.column, problem.value) == ("items", 2, "value", -1.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(value: float) -> None:
    for items in ([{"item": "lamp", "value": value}], pl.DataFrame({"item": ["lamp"], "value": [value]})):
        tables = TABLES_OF_LAMPS | {"items": items, "routes": [], "bom": [], "offers": [], "offer_prices": []}
        told = refused(lambda tables=tables: Case.from_tables(SETTINGS, tables))
        assert ("items", 1, "value") in [(one.table, one.row, one.column) for one in told]


def test_minus_zero_is_zero(lamps: Case) -> None:
    one, other = lamps.edit("items", value=-0.0), lamps.edit("items", value=0.0)
    assert one == other
    assert one.digest == other.digest


def test_blanks_around_a_cell_and_blank_cells_say_nothing(lamps: Case) -> None:
    edited = lamps.edit("items", title=" \t ", note="\r\n", source=" the list ")
    assert edited["items"]["title"].null_count() == edited["items"]["note"].null_count() == 2
    assert edited["items"]["source"].to_list() == ["the list"] * 2


# -- edits -------------------------------------------------------------------------------------------------------------


def test_an_edit_changes_the_rows_that_match(lamps: Case) -> None:
    edited = lamps.edit("items", {"item": "lamp"}, value=25, note="dearer")
    assert edited["items"]["value"].to_list() == [0, 25]
    assert edited["items"]["note"].to_list() == [None, "dearer"]
    assert lamps["items"]["value"].to_list() == [0, 20]


@pytest.mark.parametrize(
    ("where", "prices"),
    [
        (None, [6, 8]),
        (pl.col("price") > 3, [3, 8]),
        ({"offer": "bulbs"}, [6, 8]),
        ({"from": "2026-01-01"}, [6, 4]),
        ({"from": datetime.date(2026, 3, 1)}, [3, 8]),
        ({"price": 3}, [6, 4]),
        ({"price": [3, 4, 5]}, [6, 8]),
        ({"note": None, "price": 4}, [3, 8]),
        ({"price": {4}, "offer": ("bulbs", "lamps")}, [3, 8]),
        (pl.lit(True), [6, 8]),
    ],
)
def test_conditions(where: Any, prices: list[float], lamps: Case) -> None:
    assert lamps.edit("offer_prices", where, price=pl.col("price") * 2)["offer_prices"]["price"].to_list() == prices


def test_changes_see_the_columns_as_they_were(lamps: Case) -> None:
    edited = lamps.edit("demand", quantity=pl.col("wait_share") + 7, wait_share=pl.col("quantity") / 10)
    assert edited["demand"].select("quantity", "wait_share").row(0) == (7.0, 0.5)


def test_an_emptied_cell_means_its_default(lamps: Case) -> None:
    edited = lamps.edit("items", value=None, family=None)
    assert edited["items"]["value"].to_list() == [0, 0]
    assert edited.families == {"bulb": "bulb", "lamp": "lamp"}


def test_settings_are_edited_as_the_table_case(lamps: Case) -> None:
    edited = lamps.edit("case", buckets="week:3", start="2026-02-01", lag_rule="conservative")
    assert edited.settings.buckets == (("week", 3),)
    assert edited.settings.lag_rule == "conservative"
    assert [one.column for one in refused(lambda: lamps.edit("case", buckets="weak:3"))] == ["buckets"]


def test_an_edit_is_checked_and_told_with_the_row_of_the_source(lamps: Case) -> None:
    (problem,) = refused(lambda: lamps.edit("offer_prices", {"price": 4}, offer="blubs"))
    assert (problem.table, problem.row, problem.column) == ("offer_prices", 1, "offer")
    assert problem.mend == 'Did you mean "bulbs"?'


@pytest.mark.parametrize(
    ("table", "where", "changes", "words"),
    [
        ("offer_price", None, {"price": 1}, 'Did you mean "offer_prices"?'),
        ("offer_prices", None, {"prise": 1}, 'Did you mean "price"?'),
        ("offer_prices", {"offr": "bulbs"}, {"price": 1}, 'Did you mean "offer"?'),
        ("offer_prices", pl.col("prize") > 1, {"price": 1}, 'Did you mean "price"?'),
        ("offer_prices", None, {"price": pl.col("prize")}, 'Did you mean "price"?'),
        ("offer_prices", None, {"price": "dear"}, "a number such as"),
        ("offer_prices", {"from": "March"}, {"price": 1}, "YYYY-MM-DD"),
        ("offer_prices", {"offer": "blubs"}, {"price": 1}, 'Did you mean "bulbs"?'),
        (
            "offer_prices",
            {"offer": "lamps"},
            {"price": 1},
            'offer = lamps"; expected a condition that some row matches',
        ),
        ("offer_prices", pl.col("price") > 9, {"price": 1}, "a condition that some row matches"),
        ("allotments", None, {"quantity": 1}, "rows to change. The case has none in this table"),
        ("offer_prices", None, {"price": -1}, "at least 0"),
        ("offer_prices", pl.col("price"), {"price": 1}, "a condition"),
        ("offer_prices", pl.col("offer") > 3, {"price": 1}, "a condition"),
        ("offer_prices", None, {"price": pl.col("offer") * 2}, "expressions of the table's columns"),
        ("case", None, {"curency": "EUR"}, 'Did you mean "currency"?'),
        ("offer_prices", None, {}, "at least one change"),
    ],
)
def test_an_edit_that_cannot_be_is_told(
    table: str, where: Any, changes: dict[str, Any], words: str, lamps: Case
) -> None:
    with pytest.raises(coplant.CaseError, match=words):
        lamps.edit(table, where, **changes)


def test_settings_have_no_rows_to_match(lamps: Case) -> None:
    with pytest.raises(coplant.CaseError, match="no condition"):
        lamps.edit("case", {"name": "lamps"}, name="other")


def test_rows_are_dropped(lamps: Case) -> None:
    assert lamps.without("offer_prices", {"price": 4})["offer_prices"]["price"].to_list() == [3]
    with pytest.raises(coplant.CaseError, match="a condition that some row matches"):
        lamps.without("offer_prices", {"price": 5})
    with pytest.raises(coplant.CaseError, match='"bulb"'):
        lamps.without("items", {"item": "bulb"})
    with pytest.raises(coplant.CaseError, match="a table with rows to drop"):
        lamps.without("case", {"name": "lamps"})


def test_tables_are_replaced(lamps: Case) -> None:
    edited = lamps.replace({"prices": [{"demand": "orders", "from": "2025-06-01", "price": 40}]})
    assert edited["prices"]["price"].to_list() == [40]
    assert edited.replace({"prices": lamps["prices"]}) == lamps
    with pytest.raises(coplant.CaseError, match="at least one row"):
        lamps.replace({"items": []})
    with pytest.raises(coplant.CaseError, match=r'Did you mean "prices"?'):
        lamps.replace({"price": []})


def test_edits_undone_give_the_case_again(files: dict[str, str], put: Put) -> None:
    case = coplant.read(put(files))
    edited = case.edit("demand", quantity=pl.col("quantity") * 2).edit("items", {"item": "car"}, note="x")
    assert edited != case
    undone = edited.edit("demand", quantity=pl.col("quantity") / 2).edit("items", {"item": "car"}, note=None)
    assert undone == case
    assert undone.digest == case.digest


# -- cost --------------------------------------------------------------------------------------------------------------


def test_importing_loads_nothing_that_is_slow_and_not_needed() -> None:
    slow = ("numpy", "scipy", "xml", "python_calamine", "xlsxwriter")
    code = f"import sys, coplant.case; print([m for m in {slow} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
