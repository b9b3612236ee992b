"""Results go nowhere where they would cost something, and that is said before a case is read."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the case of five rows as a workbook, once."""
    path = tmp_path_factory.mktemp("workbook") / "lamps.xlsx"
    coplant.read(Path(coplant.__file__).parent / "templates" / "five-rows").write(path)
    return path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lamps: Path, workbook: Path) -> Path:
    """A folder with the case of five rows, a workbook of it, a folder of letters, and a link to the case."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(workbook, "lamps.xlsx")
    shutil.copy(workbook, "other.xlsx")
    Path("mine.html").write_text('<meta name="generator" content="Coplanter 1">', encoding="utf-8")
    Path("broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    (tmp_path / "link").symlink_to("lamps")
    (tmp_path / "loose.html").symlink_to("nowhere/page.html")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def content(place: Path) -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def refused(place: Path, *words: str) -> str:
    """Run a command that changes nothing, and return what it says."""
    before = content(place)
    answer = run(*words)
    assert answer.exit_code == 2, answer.output
    assert answer.stdout == ""
    assert "Reading the case" not in answer.stderr
    assert content(place) == before
    return answer.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        # the case
        ("lamps.xlsx --excel lamps.xlsx", "--excel lamps.xlsx is the case that is read. Name another file"),
        ("lamps.xlsx --excel ./link/../lamps.xlsx", "is the case that is read"),
        ("lamps.xlsx --report lamps.xlsx", "--report lamps.xlsx is the case that is read"),
        ("lamps --out lamps", "--out lamps is the case that is read. Name another folder"),
        ("lamps --excel lamps/prices.csv", "lies in the folder of the case that is read. Name a file outside lamps"),
        ("lamps --report lamps/case.toml", "--report lamps/case.toml lies in the folder of the case"),
        ("lamps --report link/page.html", "--report link/page.html lies in the folder of the case"),
        (
            "link --out lamps/plan",
            "--out lamps/plan lies in the folder of the case that is read. Name a folder outside",
        ),
        ("letters/case.xlsx --out letters", "--out letters holds the case that is read, letters/case.xlsx"),
        # each other
        ("lamps --report x.out --excel x.out", "--report and --excel both name x.out. Name two places"),
        ("lamps --excel ./x.xlsx --out x.xlsx", "--out and --excel both name x.xlsx"),
        ("lamps --out x --excel x/plan.xlsx", "--excel x/plan.xlsx lies in the folder of --out x, which is replaced"),
        # endings
        ("lamps --excel other.xlsx", "--excel other.xlsx is there and no plan. Name a file that does not exist yet"),
        ("lamps --excel broken.xlsx", "--excel broken.xlsx is there and no plan"),
        (
            "lamps --report mine.html",
            "--report mine.html is there and no page of Coplant. Name a file that does not exist yet",
        ),
        ("lamps --excel plan.csv", "--excel plan.csv does not end in .xlsx. Name it plan.xlsx"),
        ("lamps --excel plan", "--excel plan does not end in .xlsx. Name it plan.xlsx"),
        ("lamps --report page.pdf", "--report page.pdf does not end in .html or .htm. Name it page.html"),
        ("lamps --out plan.xlsx", "--out plan.xlsx ends in .xlsx, and a folder is written. Name it plan"),
        # kinds
        ("lamps --excel letters", "--excel letters is a folder, and a file is written. Name one in it"),
        ("lamps --excel .", "--excel . is a folder"),
        ("lamps --out lamps.xlsx", "--out lamps.xlsx is no folder, and a folder is written"),
        ("lamps --out letters", "--out letters holds files that are no plan. Name a new or an empty folder"),
        ("lamps --excel /dev/full", "--excel /dev/full is no ordinary file. Name one, or a file that does not exist"),
        ("lamps --out /dev/null", "--out /dev/null is no folder"),
        # what the system says
        ("lamps --report nowhere/page.html", "there is no folder"),
        ("lamps --report loose.html", "nowhere. Make it, or name another place"),
        ("lamps --out nowhere/plan", "Make it, or name another place"),
        ("lamps --out lamps.xlsx/plan", "Not a directory. A part of the path is a file"),
        (f"lamps --out {'x' * 300}", "File name too long. Name a shorter path"),
    ],
)
def test_a_place_for_results_is_checked_before_the_case_is_read(words: str, told: str, place: Path) -> None:
    assert told in refused(place, "plan", *words.split())


def test_everything_that_is_wrong_with_the_places_is_said_at_once(place: Path) -> None:
    words = ("plan", "nowhere.xlsx", "--out", "letters", "--report", "page.pdf", "--excel", "letters", "--json")
    answer = run(*words)
    assert answer.exit_code == 2
    told = json.loads(answer.stdout)["error"]
    assert told["kind"] == "file"
    lines = told["message"].splitlines()
    assert [line.split()[0] for line in lines] == ["--out", "--out", "--report", "--excel"]
    assert not (place / "page.pdf").exists()


@pytest.mark.parametrize("locked", ["", "page.html"], ids=["folder", "file"])
def test_a_place_without_permission_is_told_before_the_case_is_read(
    locked: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "page.html").write_text('<meta name="generator" content="Coplant 0.0.1">')
    allowed: Callable[..., bool] = os.access
    shut = place / locked

    def access(path: Path, mode: int) -> bool:
        return Path(path) != shut and allowed(path, mode)

    monkeypatch.setattr(os, "access", access)
    told = refused(place, "plan", "lamps", "--report", "page.html")
    assert "page.html cannot be written: Permission denied. Ask for permission" in told


def test_results_of_an_earlier_plan_are_replaced(place: Path) -> None:
    for _ in range(2):
        assert run("plan", "lamps", "--out", "out", "--report", "page.HTM", "--excel", "plan.xlsx").exit_code == 0
    assert coplant.Plan.read("out").case == coplant.read("lamps")


@pytest.mark.parametrize("command", ["plan", "stress"])
def test_a_folder_with_someones_own_file_of_the_name_of_ours_is_kept(command: str, place: Path) -> None:
    (place / "out").mkdir()
    (place / "out" / f"{command}.json").write_text("my notes")
    told = f"--out out holds files that are no {command}. Name a new or an empty folder"
    assert told in refused(place, command, "lamps", "--out", "out")


@pytest.mark.parametrize("command", ["stress", "settle"])
def test_a_plan_in_whose_folder_the_case_was_changed_is_refused(command: str, place: Path) -> None:
    assert run("plan", "lamps", "--out", "out").exit_code == 0
    coplant.read("lamps").edit("prices", price=60).write("out/case", format="parquet")
    assert "out/case was changed since the plan was made" in refused(place, command, "out")


def test_the_results_of_a_plan_are_no_case(place: Path) -> None:
    assert run("plan", "lamps", "--out", "out", "--excel", "plan.xlsx").exit_code == 0
    told = run("plan", "plan.xlsx").stderr
    assert "plan.xlsx is the workbook of a plan, not of a case. Name the workbook or the folder of the case" in told
    assert run("check", "out").stderr == (
        "out is the folder of a plan, not of a case. The case it came from is in it: name out/case\n"
    )
    assert run("check", "out/case").exit_code == 0


def test_a_plan_keeps_the_files_that_others_put_into_its_folder(place: Path) -> None:
    assert run("plan", "lamps", "--out", "out").exit_code == 0
    (place / "out" / "notes.txt").write_text("mine")
    assert run("plan", "lamps", "--out", "out").exit_code == 0
    assert (place / "out" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("convert lamps lamps.xlsx", "lamps.xlsx is there already. Name another place, or add --replace"),
        ("convert lamps.xlsx lamps", "lamps holds files already. Name another place, or add --replace"),
        ("convert lamps.xlsx letters --replace", "letters holds files that are no case"),
        ("convert lamps broken.xlsx --replace", "broken.xlsx is there and no case"),
        ("convert lamps.xlsx lamps.xlsx --replace", "lamps.xlsx is the case that is read"),
        ("convert lamps lamps/lamps.xlsx", "lies in the folder of the case"),
        (
            "convert lamps lamps.ods",
            "ends in .ods, and a folder or a file in .xlsx is written. Name it lamps or lamps.x",
        ),
        ("convert lamps lamps.csv", "Name it lamps or lamps.xlsx"),
        ("convert lamps nowhere/lamps.xlsx", "there is no folder"),
        ("new lamps", "lamps holds files already. Name a new folder"),
        ("new lamps.xlsx", "lamps.xlsx is no folder"),
        ("new first.xlsx", "first.xlsx ends in .xlsx, and a folder is written. Name it first"),
        ("generate lamps", "lamps holds files already. Name a new folder"),
        ("schema --template lamps.xlsx", "--template lamps.xlsx is there already. Name a new workbook or folder"),
        ("schema --template lamps", "--template lamps holds files already"),
        ("schema --template empty.ods", "Name it empty or empty.xlsx"),
    ],
)
def test_a_case_takes_no_place_of_something_unless_told_to(words: str, told: str, place: Path) -> None:
    assert told in refused(place, *words.split())


@pytest.mark.parametrize("target", ["second", "second.xlsx"])
def test_convert_replaces_a_case_when_told_to(target: str, place: Path) -> None:
    assert run("convert", "lamps", target).exit_code == 0
    coplant.read("lamps").edit("prices", price=60).write("dearer")
    assert run("convert", "dearer", target).exit_code == 2
    assert coplant.read(target) == coplant.read("lamps")
    assert run("convert", "dearer", target, "--replace").exit_code == 0
    assert coplant.read(target) == coplant.read("dearer")


def test_a_folder_may_have_a_point_in_its_name(place: Path) -> None:
    (place / "empty.d").mkdir()
    for folder in ("2026.06", "empty.d"):
        assert run("convert", "lamps", folder).exit_code == 0
