"""A settlement is kept in a folder, whole."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from settlement.every_line import charges, hosted

import coplant
from coplant import Settlement
from coplant.settlement.columns import COLUMNS


@pytest.fixture(scope="module")
def settled() -> Settlement:
    return coplant.settle(charges().case(), as_of=datetime.date(2023, 12, 24))


def test_what_was_written_is_read(settled: Settlement, tmp_path: Path) -> None:
    settled.write(tmp_path / "settled")
    back = Settlement.read(tmp_path / "settled")
    assert back.case == settled.case
    assert back.facts() == settled.facts()
    assert list(back.tables) == list(settled.tables)
    assert all(back[name].equals(table, null_equal=True) for name, table in settled.tables.items())


def test_the_folder_says_what_it_is(settled: Settlement, tmp_path: Path) -> None:
    settled.write(tmp_path / "settled")
    told = json.loads((tmp_path / "settled" / "settlement.json").read_text())
    assert told["digest"] == settled.case.digest
    assert told["as_of"] == "2023-12-24"
    assert told["pro_forma"] is False
    assert "polars" in told["versions"]
    assert told["tables"] == [
        "statements", "lines", "operands", "due", "due_operands", "balances", "changes", "excesses", "netting",
    ]  # fmt: skip


def test_a_folder_with_something_else_is_left_alone(settled: Settlement, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(coplant.FileError, match="holds files that are no settlement"):
        settled.write(tmp_path)
    with pytest.raises(coplant.FileError, match="does not hold a settlement"):
        Settlement.read(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_plan_is_no_settlement(tmp_path: Path) -> None:
    plan = hosted().plan()
    plan.write(tmp_path / "plan")
    with pytest.raises(coplant.FileError, match="does not hold a settlement"):
        Settlement.read(tmp_path / "plan")


def test_keys_tell_rows_apart_and_columns_are_those_that_are_described(settled: Settlement) -> None:
    described = {name: [column.name for column in columns] for name, columns in COLUMNS.items()}
    assert {name: table.columns for name, table in settled.tables.items()} | {
        "columns": described["columns"]
    } == described
    for name, table in settled.tables.items():
        key = [column.name for column in COLUMNS[name] if column.key]
        assert not table.select(key).is_duplicated().any(), name


def test_a_pro_forma_is_of_the_agreement_and_the_months_that_are_asked_for() -> None:
    small = hosted(starts=datetime.date(2026, 1, 1), term=12.0).host("other", site="elsewhere", term=12.0)
    small.settings["buckets"] = ["month:6"]
    for name in ("deal", "other"):
        small.add("fixed_charges", agreement=name, charge="rent", amount=100, per="month")
    plan = small.plan()
    settled = coplant.pro_forma(plan, "other", first=datetime.date(2026, 3, 1), until=datetime.date(2026, 5, 1))
    months = settled["statements"].select("agreement", "statement", "amount", "cumulative").rows()
    assert months == [
        ("other", datetime.date(2026, 3, 1), 100.0, 300.0),
        ("other", datetime.date(2026, 4, 1), 100.0, 400.0),
    ]
    assert settled.pro_forma
    assert "pro forma" in settled.summary()
    with pytest.raises(coplant.CaseError, match='Did you mean "other"'):
        coplant.pro_forma(plan, "otter")
