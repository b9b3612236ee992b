"""``coplant quote``: what it prints and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_case import SmallCase
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a case of two rivals, one of which builds a van too."""
    monkeypatch.chdir(tmp_path)
    small = SmallCase("month:1").item("car").item("van")
    for name, fee in (("near", 10), ("far", 4)):
        small.host(name=name, site=f"{name}-plant", status="option", term=12.0, group="cars")
        small.route("car", route=name, site=f"{name}-plant", agreement=name)
        small.add("reservations", agreement=name, most=100, per="month", fee=0)
        small.add("processing_fees", agreement=name, item="car", fee=fee)
    small.route("van", route="van", site="near-plant", agreement="near")
    small.demand("car", 1, "month", price=1.0, site="near-plant").case().write("deals")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["quote", "deals", *map(str, words)])


def test_quote_prints_its_summary() -> None:
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.strip() == coplant.quote(coplant.read("deals")).summary()
    assert "a year" in answer.stdout


def test_agreements_volumes_and_shares_are_asked_for_by_options() -> None:
    answer = run("--agreement", "near", "--volumes", "20,1000.5", "--share", "car=1", "--share", "van=3", "--json")
    told = json.loads(answer.stdout)
    assert [(row["agreement"], row["volume"], row["average"]) for row in told["totals"]] == [
        ("near", 20.0, pytest.approx(2.5)), ("near", 1000.5, pytest.approx(2.5)),
    ]  # fmt: skip
    assert [row["agreement"] for row in told["flips"]] == ["near", None]
    assert {row["line"] for row in told["costs"]} == {"processing_fee"}
    assert told["currency"] == "EUR"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--agreement", "nearr"), 'Did you mean "near"?'),
        (("--volumes", "many"), "write them like 20000,50000"),
        (("--volumes=-5",), "expected a number of units a year above 0"),
        (("--share", "car"), "write it like car=2"),
        (("--share", "cars=1"), 'Did you mean "car"?'),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(words: tuple[str, ...], told: str) -> None:
    answer = run(*words)
    assert answer.exit_code == 2
    assert told in " ".join(answer.output.split())
