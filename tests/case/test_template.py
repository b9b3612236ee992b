"""Templates hold the whole schema and nothing else."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import coplant
from coplant.case import template
from coplant.schema import TABLES


def test_a_workbook_has_every_table_and_column(tmp_path: Path) -> None:
    template(tmp_path / "new.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert {name: tuple(cell.value for cell in workbook[name][1]) for name in workbook.sheetnames} == {
        name: table.names for name, table in TABLES.items()
    }
    assert all(sheet.max_row == 1 for sheet in workbook)
    assert all(cell.comment.text for sheet in workbook for cell in sheet[1])


def test_a_folder_has_every_table_and_column(tmp_path: Path) -> None:
    template(tmp_path / "new")
    for name, table in TABLES.items():
        if name != "case":
            assert (tmp_path / "new" / f"{name}.csv").read_text() == ",".join(table.names) + "\n"
    readme = (tmp_path / "new" / "README.md").read_text()
    assert all(column.description.replace("|", "or") in readme for table in TABLES.values() for column in table.columns)


@pytest.mark.parametrize("name", ["new", "new.xlsx"])
def test_an_empty_template_lacks_rows_and_settings_only(name: str, tmp_path: Path) -> None:
    template(tmp_path / name)
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(tmp_path / name)
    assert [(one.table, one.column) for one in caught.value.problems] == [
        ("case", "name"),
        ("case", "currency"),
        ("case", "start"),
        ("case", "buckets"),
        ("sites", None),
        ("items", None),
        ("routes", None),
        ("demand", None),
    ]


@pytest.mark.parametrize("name", ["new", "new.xlsx"])
def test_what_is_there_is_kept(name: str, tmp_path: Path) -> None:
    template(tmp_path / name)
    with pytest.raises(coplant.FileError, match="is there already"):
        template(tmp_path / name)


def test_a_filled_in_folder_is_a_case(tmp_path: Path) -> None:
    template(tmp_path / "new")
    settings = (tmp_path / "new" / "case.toml").read_text()
    for name, value in {"name": '"n"', "currency": '"EUR"', "start": "2026-01-01", "buckets": '["month:6"]'}.items():
        blank = "[]" if name == "buckets" else '""'
        settings = settings.replace(f"\n{name} = {blank}", f"\n{name} = {value}")
    (tmp_path / "new" / "case.toml").write_text(settings)
    for name, row in {
        "items": {"item": "lamp"},
        "sites": {"site": "works", "kind": "plant"},
        "routes": {"route": "build", "item": "lamp", "site": "works"},
        "demand": {"demand": "d", "item": "lamp", "site": "works", "from": "2026-01-01", "quantity": "5", "per": "day"},
        "prices": {"demand": "d", "from": "2026-01-01", "price": "1"},
    }.items():
        with (tmp_path / "new" / f"{name}.csv").open("a") as file:
            file.write(",".join(row.get(column, "") for column in TABLES[name].names) + "\n")
    assert coplant.read(tmp_path / "new").settings.lag_rule == "exact"
