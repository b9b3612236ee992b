"""Reading an agreement back from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result

CASE = Path(__file__).parents[2] / "examples" / "xiaomi-2021"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["agreement", *map(str, words)])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_agreement_is_printed_in_a_language(language: str) -> None:
    answer = run(CASE, "great-wall", "--language", language)
    assert answer.exit_code == 0
    assert answer.stdout == str(coplant.agreement(coplant.read(CASE), "great-wall", language=language))


def test_days_are_those_asked_for() -> None:
    told = json.loads(run(CASE, "south", "--valid-on", "2021-06-01", "--known-on", "2021-05-01", "--json").stdout)
    assert (told["valid_on"], told["known_on"]) == ("2021-06-01", "2021-05-01")
    assert [one["clause"] for one in told["paragraphs"]] == ["reservations", *["processing_fees"] * 2, "take_or_pay"]


def test_markdown_is_printed_if_asked_for() -> None:
    assert run(CASE, "south", "--markdown").stdout.startswith("# Phones from Guangdong\n")


def test_an_unknown_agreement_is_asked_about() -> None:
    answer = run(CASE, "great-wal")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert 'Did you mean "great-wall"?' in answer.stderr
    told = json.loads(run(CASE, "great-wal", "--json").stdout)["error"]
    assert told["problems"][0]["value"] == "great-wal"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--language", "de"), "'de' is not one of 'en', 'fr'"),
        (("--valid-on", "2021-13-01"), "'2021-13-01' is no day; write it like 2023-04-01"),
        (("--known-on", "yesterday"), "'yesterday' is no day; write it like 2023-04-01"),
    ],
)
def test_a_wrong_option_is_told_in_words(words: tuple[str, str], said: str) -> None:
    answer = run(CASE, "south", *words)
    assert answer.exit_code == 2
    assert said in " ".join(answer.stderr.replace("│", " ").split())
