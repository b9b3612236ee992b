"""Programmes on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exchange.project_file import XER, XML
from exchange.test_project_files import given
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_programme_becomes_a_case_and_goes_back(tmp_path: Path) -> None:
    path = given(tmp_path, XML, "xml")
    answer = run("convert", path, tmp_path / "case")
    assert (answer.exit_code, answer.stderr) == (0, "")
    case = coplant.read(tmp_path / "case")
    assert case["activities"].height == 7
    assert run("convert", tmp_path / "case", tmp_path / "back.xer").exit_code == 0
    assert run("convert", tmp_path / "back.xer", tmp_path / "back.xlsx").exit_code == 0
    back = coplant.read(tmp_path / "back.xlsx")
    columns = ["activity", "likely", "phase", "from"]
    assert back["activities"].select(columns).equals(case["activities"].select(columns))


def test_notes_go_to_the_standard_error(tmp_path: Path) -> None:
    answer = run("convert", given(tmp_path, XER, "xer"), tmp_path / "case.xml")
    assert answer.exit_code == 0
    assert "Note: Resource that is material, left out (1)" in answer.stderr
    assert answer.stdout == f"Wrote First car to {tmp_path / 'case.xml'}\n"


def test_mistakes_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    path = given(tmp_path, XML.replace("<Type>3</Type>", "<Type>8</Type>").replace("PT20H0M0S", "soon"), "xml")
    answer = run("convert", path, tmp_path / "case")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("2 problems in ")
    assert not (tmp_path / "case").exists()


def test_a_file_that_is_there_is_left_alone_unless_told_to(tmp_path: Path) -> None:
    path, target = given(tmp_path, XML, "xml"), tmp_path / "there.xer"
    target.write_text("mine")
    answer = run("convert", path, target)
    assert (answer.exit_code, target.read_text()) == (2, "mine")
    assert "is there already. Name another place, or add --replace" in answer.stderr
    assert run("convert", path, target, "--replace").exit_code == 0
    assert target.read_text().startswith("ERMHDR")
    assert "is the case that is read" in run("convert", path, path, "--replace").stderr


@pytest.mark.parametrize("command", ["plan", "check", "launch"])
def test_a_programme_given_as_a_case_is_told_for_what_it_is(command: str, tmp_path: Path) -> None:
    path = given(tmp_path, XML, "xml")
    answer = run(command, path)
    assert answer.exit_code == 2
    assert f"{path} is the file of a tool for projects, not a case. `coplant convert {path} first`" in answer.stderr


def test_an_encoding_is_for_files_that_say_none(tmp_path: Path) -> None:
    answer = run("convert", given(tmp_path, XML, "xml"), tmp_path / "case", "--encoding", "cp1252")
    assert answer.exit_code == 2
    assert "says its encoding itself" in answer.stderr
    text = XER.replace("Order chips", "Заказать чипы")
    assert (
        run("convert", given(tmp_path, text, "xer", "cp1251"), tmp_path / "case", "--encoding", "cp1251").exit_code == 0
    )
    assert "Заказать чипы" in coplant.read(tmp_path / "case")["activities"]["title"]
