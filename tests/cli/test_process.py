"""The command line as others see it: exit codes, the two outputs, interruption, speed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Coplant = Callable[..., subprocess.CompletedProcess[str]]


def test_help_is_quick(coplant: Coplant) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = coplant("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer.returncode == 0
    assert "convert" in answer.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_version_names_the_solver(coplant: Coplant) -> None:
    answer = coplant("--version")
    assert answer.returncode == 0
    assert "HiGHS 1." in answer.stdout


def test_the_answer_and_the_progress_go_to_different_outputs(coplant: Coplant, lamps: Path) -> None:
    answer = coplant("plan", lamps, "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["case"] == "five-rows"
    assert [line.split(":")[0] for line in answer.stderr.splitlines()] == ["Reading the case", "Planning"]


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "nowhere"],
        ["plan"],
        ["plan", "lamps", "--gap", "small"],
        ["plan", "lamps", "--solver", "abacus"],
        ["check", "nowhere.xlsx"],
        ["schema", "rotes"],
        ["frobnicate"],
        ["generate", "lamps/items.csv/x"],
    ],
)
def test_a_wrong_input_is_answered_in_plain_words(coplant: Coplant, lamps: Path, words: list[str]) -> None:
    answer = coplant(*words)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_wrong_option_is_one_json_object_too(coplant: Coplant, lamps: Path) -> None:
    answer = coplant("plan", lamps, "--gap", "small", "--json")
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["error"]["kind"] == "usage"


def test_rules_that_collide_end_with_one(coplant: Coplant, lamps: Path, collide: None) -> None:
    answer = coplant("plan", lamps)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr


def test_an_interrupted_plan_leaves_the_old_one_whole(
    command: Path, coplant: Coplant, lamps: Path, tmp_path: Path
) -> None:
    assert coplant("plan", lamps, "--out", "out", "--report", "page.html").returncode == 0
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()] + [tmp_path / "page.html"]
    before = {path: path.read_bytes() for path in written}
    assert coplant("generate", "large", "--items", 200, "--buckets", 39, "--hosts", 4).returncode == 0

    process = subprocess.Popen(
        [command, "plan", "large", "--out", "out", "--report", "page.html"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Reading the case")
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == ""
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert {path: path.read_bytes() for path in before} == before


def test_a_template_is_written_planned_read_back_and_settled(coplant: Coplant) -> None:
    """What `new` says to do next is done, each command in a process of its own."""
    written = coplant("new", "audio", "--template", "turnkey")
    assert written.returncode == 0, written.stderr
    following = [line.split()[1:] for line in written.stdout.splitlines()[1:]]
    assert [words[0] for words in following] == ["plan", "agreement", "settle"]
    for words in following:
        answer = coplant(*words)
        assert answer.returncode == 0, answer.stderr
