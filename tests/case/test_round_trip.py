"""Law: a case that is written and read is the same case, in every format."""

from __future__ import annotations

import datetime
import errno
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coplant
from coplant import Case
from coplant.schema import TABLES, Column

Put = Callable[[Mapping[str, str]], Path]

FORMATS: dict[str, dict[str, Any]] = {"case": {}, "case.xlsx": {}, "parquet": {"format": "parquet"}}

# Any text but control characters, which a case refuses, and lone surrogates, which no file can hold.
CHARACTERS = st.characters(
    exclude_categories=("Cs",), exclude_characters="".join(map(chr, [*range(32), *range(127, 160)])) + "\ufffe\uffff"
)
TEXT = st.text(st.one_of(CHARACTERS, st.sampled_from("\n\t\r,;\"=+-@_'#0 \u2028\ufeff")), max_size=12)
NAME = st.text(CHARACTERS, min_size=1, max_size=8).filter(lambda text: text.strip() != "")
NUMBER = st.one_of(
    st.floats(0, allow_infinity=False, allow_nan=False),
    st.integers(0, 10**6).map(float),
    st.sampled_from([0.1, 1e15, 1e16]),
)
DAY = st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 31))


def cell(column: Column) -> st.SearchStrategy[Any]:
    """Any value that a column allows, or none where it allows that."""
    bounds = column.bounds
    if column.choices:
        values: st.SearchStrategy[Any] = st.sampled_from(column.choices)
    elif column.type == "number" and bounds:
        low, high, low_open, high_open = bounds
        values = NUMBER if high is None else st.floats(low, high, exclude_min=low_open, exclude_max=high_open)
        if low_open:
            values = values.filter(lambda number: number > (low or 0.0))
    else:
        values = {"text": TEXT, "id": NAME, "date": DAY, "integer": st.integers(1, 9999), "number": NUMBER}[column.type]
    return values if column.required else st.one_of(st.none(), values)


def free(table: str, *names: str) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies for the columns of a table that no rule ties to others."""
    return {name: cell(TABLES[table].column(name)) for name in (*names, "source", "note")}


ITEM = free("items", "title", "family", "unit", "value", "holding_rate", "end_value_share")
ROUTE = free("routes", "title", "lead_time", "yield", "cost", "least_lot", "multiple", "from")
LEARNING = free("learning", "rate", "first_unit_cost", "convention", "initial_units", "transfer_share", "segments")
DEMAND = free("demand", "quantity", "per", "wait_share", "lost_penalty", "least_fill")
SETTINGS = free("case", "title", "discount_rate", "lag_rule")


def some(draw: st.DrawFn, columns: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    return {name: draw(values) for name, values in columns.items()}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    items = draw(st.lists(NAME.map(str.strip), min_size=1, max_size=4, unique=True))
    site, curve = draw(NAME), draw(NAME)
    start = draw(st.dates(datetime.date(1900, 3, 1), datetime.date(9000, 1, 1)))
    named = {
        "name": draw(NAME),
        "currency": draw(NAME),
        "start": start,
        "buckets": draw(st.lists(st.tuples(st.sampled_from(["day", "week", "month"]), st.integers(1, 99)), min_size=1)),
    }
    tables: dict[str, list[dict[str, Any]]] = {
        "items": [{"item": item, **some(draw, ITEM)} for item in items],
        "sites": [{"site": site, "kind": "plant", **some(draw, free("sites", "title", "country"))}],
        "routes": [
            {"route": f"{number}", "item": item, "site": site, "learning": curve, **some(draw, ROUTE)}
            for number, item in enumerate(items)
        ],
        "learning": [{"learning": curve, **some(draw, LEARNING)}],
        "demand": [{"demand": item, "item": item, "site": site, "from": start, **some(draw, DEMAND)} for item in items],
        "prices": [{"demand": item, "from": start, "price": draw(NUMBER)} for item in items],
        "stock": [{"item": item, "site": site, "quantity": draw(NUMBER)} for item in items[:2]],
        "receipts": [
            {"item": items[0], "site": site, "date": day, "quantity": draw(NUMBER)}
            for day in draw(st.sets(DAY.filter(lambda day: day >= start), max_size=3))
        ],
    }
    return Case.from_tables(named | some(draw, SETTINGS), tables)


@given(cases())
def test_written_and_read_is_the_same(case: Case) -> None:
    for name, options in FORMATS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            case.write(path, **options)
            again = coplant.read(path)
            assert again.settings == case.settings
            for table in TABLES:
                assert again[table].equals(case[table]), (name, table)
            assert again == case
            assert again.digest == case.digest


@pytest.mark.parametrize("name", FORMATS)
def test_every_table_and_column_comes_back(name: str, files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(put(files))
    case.write(tmp_path / name, **FORMATS[name])
    again = coplant.read(tmp_path / name)
    assert again == case
    assert again.digest == case.digest


def test_the_format_is_lost_on_the_digest_of_a_chain(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(put(files))
    last = case
    for name, options in (*FORMATS.items(), *FORMATS.items()):
        last.write(tmp_path / name, **options)
        last = coplant.read(tmp_path / name)
    assert last == case


def test_rows_in_any_order_are_the_same_case(files: dict[str, str], put: Put) -> None:
    case = coplant.read(put(files))
    turned = case.replace({name: frame.reverse() for name, frame in case.tables.items()})
    assert turned == case
    assert turned.digest == case.digest


FAILURES: list[tuple[str, BaseException]] = [
    (call, error)
    for call in ("fsync", "replace", "write")
    for error in (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt())
]


@pytest.mark.parametrize(("call", "error"), FAILURES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_failed_write_leaves_the_old_case(
    name: str,
    call: str,
    error: BaseException,
    files: dict[str, str],
    put: Put,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = coplant.read(put(files))
    path = tmp_path / "out" / name
    old.write(path, **FORMATS[name])

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    if call == "write":
        monkeypatch.setattr(Path, "write_bytes", fail)
    else:
        monkeypatch.setattr(os, call, fail)
    new = old.edit("items", value=pl.col("value") + 1)
    with pytest.raises(coplant.FileError if isinstance(error, OSError) else KeyboardInterrupt):
        new.write(path, **FORMATS[name])
    monkeypatch.undo()
    assert coplant.read(path) == old
    assert [one.name for one in path.parent.iterdir()] == [name]


def test_numbers_in_csv_are_the_shortest_that_read_back() -> None:
    values = [0.1, 0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 1e15, 1e22, 123456.0, 2.5, 0.0]
    tables = {
        "items": [{"item": f"{number}", "value": value} for number, value in enumerate(values)],
        "sites": [{"site": "s", "kind": "plant"}],
        "offers": [{"offer": "o", "item": "0", "site": "s"}],
        "offer_prices": [{"offer": "o", "from": "2020-01-01", "price": 1}],
        "demand": [{"demand": "d", "item": "0", "site": "s", "from": "2020-01-01", "quantity": 1, "per": "day"}],
        "prices": [{"demand": "d", "from": "2020-01-01", "price": 1}],
    }
    case = Case.from_tables({"name": "n", "currency": "EUR", "start": "2020-01-01", "buckets": "day:1"}, tables)
    with tempfile.TemporaryDirectory() as folder:
        case.write(Path(folder) / "out")
        lines = (Path(folder) / "out" / "items.csv").read_text().splitlines()
        assert coplant.read(Path(folder) / "out") == case
    assert [float(line.split(",")[1]) for line in lines[1:]] == values
    assert lines[1 + values.index(123456.0)].endswith(",123456")
    assert all(math.isfinite(value) for value in values)
