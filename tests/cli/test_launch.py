"""``coplant launch``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from launching.small_programme import SmallProgramme
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a case that is a programme by itself."""
    monkeypatch.chdir(tmp_path)
    SmallProgramme().pert("tools", 5, 8, 20).pert("trial", 2, 3, 9, "tools").milestone("trial").case().write("lamp")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_launch_prints_its_summary_and_writes_what_is_asked() -> None:
    places = {"--out": "out", "--report": "page.html", "--excel": "book.xlsx"}
    answer = run("launch", "lamp", "--samples", 100, *(word for option in places.items() for word in option))
    assert answer.exit_code == 0, answer.output
    assert coplant.Launch.read("out").summary() in answer.stdout
    assert Path("page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "milestones" in openpyxl.load_workbook("book.xlsx").sheetnames
    assert all(f": {path}" in answer.stdout for path in places.values())


def test_an_earlier_launch_is_replaced_and_nothing_else() -> None:
    for _ in range(2):
        answer = run("launch", "lamp", "--samples", 10, "--report", "page.html", "--excel", "book.xlsx", "--json")
        assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["files"] == {"report": "page.html", "excel": "book.xlsx"}
    openpyxl.Workbook().save("mine.xlsx")
    Path("mine.html").write_text("<p>Mine</p>")
    refused = run("launch", "nowhere", "--excel", "mine.xlsx", "--report", "mine.html")
    assert refused.exit_code == 2
    assert "--excel mine.xlsx is there and no launch" in refused.stderr
    assert "--report mine.html is there and no page of Coplant" in refused.stderr
    assert Path("mine.html").read_text() == "<p>Mine</p>"


def test_places_are_checked_before_the_case_is_read() -> None:
    answer = run("launch", "nowhere", "--report", "page.pdf", "--excel", "book.csv", "--out", "book.csv")
    assert answer.exit_code == 2
    assert "--report page.pdf does not end in .html or .htm" in answer.stderr
    assert "--out and --excel both name book.csv" in answer.stderr
    assert "nowhere does not" not in answer.stderr
