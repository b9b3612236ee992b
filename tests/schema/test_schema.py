"""The schema is consistent in itself."""

from __future__ import annotations

import csv
from importlib.resources import files

import polars as pl
import pytest

from coplant.schema import TABLES, Bounds, Column, Table

TYPES = {
    "id": pl.String,
    "text": pl.String,
    "choice": pl.String,
    "number": pl.Float64,
    "integer": pl.Int64,
    "date": pl.Date,
}
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)


def test_every_table_has_a_file_and_every_file_a_table() -> None:
    found = {path.name.removesuffix(".csv") for path in files("coplant.schema").joinpath("tables").iterdir()}
    assert found == set(TABLES)


@pytest.mark.parametrize("table", list(TABLES))
def test_rows_have_ten_cells(table: str) -> None:
    text = files("coplant.schema").joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    assert {len(row) for row in csv.reader(text.splitlines())} == {10}


def test_tables_are_listed_before_they_are_read() -> None:
    assert len(TABLES) == len(list(TABLES)) == 65
    assert "items" in TABLES
    assert "itms" not in TABLES
    with pytest.raises(KeyError):
        TABLES["itms"]


def test_every_table_but_the_case_has_a_key() -> None:
    assert [name for name, table in TABLES.items() if not table.key] == ["case"]


def test_no_column_takes_the_name_of_a_parameter_of_an_edit() -> None:
    assert not {"self", "where"} & {name for table in TABLES.values() for name in table.names}


def test_every_table_ends_with_source_and_note() -> None:
    assert all(table.names[-2:] == ("source", "note") for table in TABLES.values())


def test_dated_tables_are_those_with_a_first_day_in_their_key() -> None:
    dated = {name for name, table in TABLES.items() if table.dated}
    assert dated == {"resource_capacity", "offer_prices", "allotments", "safety_stock", "demand", "rivals", "prices"}


@every_table
def test_columns_are_described(table: Table) -> None:
    for column in table.columns:
        assert column.description
        assert not column.description.endswith(".")


@every_table
def test_types_have_a_polars_type(table: Table) -> None:
    assert all(column.dtype == TYPES[column.type] for column in table.columns)


@every_table
def test_references_lead_to_a_column_of_the_same_type(table: Table) -> None:
    for column in table.columns:
        if column.refers_to:
            there, name = column.refers_to
            assert TABLES[there].column(name).type == column.type == "id"


@every_table
def test_choices_and_ranges_are_where_they_belong(table: Table) -> None:
    for column in table.columns:
        assert bool(column.choices) == (column.type == "choice")
        assert not column.range or column.type in ("number", "integer")
        assert not column.unit or column.type in ("number", "integer")


@every_table
def test_defaults_are_allowed(table: Table) -> None:
    for column in table.columns:
        if column.default is None:
            continue
        assert not column.required
        assert not column.choices or column.default in column.choices
        if column.bounds:
            low, high, low_open, high_open = column.bounds
            value = float(column.default)
            assert low is None or value > low or (value == low and not low_open)
            assert high is None or value < high or (value == high and not high_open)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("", None),
        (">= 0", Bounds(0.0, None, False, False)),
        ("> 0", Bounds(0.0, None, True, False)),
        ("[0, 1]", Bounds(0.0, 1.0, False, False)),
        ("(0, 1]", Bounds(0.0, 1.0, True, False)),
    ],
)
def test_ranges_are_read(text: str, bounds: Bounds | None) -> None:
    assert Column("c", "number", "", False, False, None, text, (), None, "").bounds == bounds
