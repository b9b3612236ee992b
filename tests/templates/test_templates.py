"""Templates: each is a small case that holds together, decides something, settles to the cent and explains itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from laws.test_settling_a_plan import CONTRACT, assert_settled_as_planned
from typer.testing import CliRunner

import coplant
from coplant import Case, Plan
from coplant.clauses import NO_CASH
from coplant.cli import app
from coplant.schema import TABLES
from coplant.templates import SMALLEST, templates

FOLDER = Path(coplant.__file__).parent / "templates"
SHAPES = sorted(place.name for place in FOLDER.iterdir() if (place / "case.toml").exists() and place.name != SMALLEST)
CLAUSES = {name for name, table in TABLES.items() if table.description.startswith("Clause: ")}
HAPPENINGS = {"actuals", "forecasts", "call_offs", "commits", "shipments", "exits"}
SECTIONS = [
    "What it is",
    "Where it comes from",
    "Look at first",
    "What the plan decides",
    "What to try",
]


@cache
def case_of(name: str) -> Case:
    return coplant.read(FOLDER / name)


@cache
def planned(name: str) -> Plan:
    return coplant.plan(case_of(name))


def tables_of(name: str) -> set[str]:
    return {table for table, frame in case_of(name).tables.items() if frame.height}


def with_(table: str) -> list[str]:
    return [name for name in SHAPES if table in tables_of(name)]


# -- the cases --------------------------------------------------------------------------------------------------------


def test_there_are_at_least_seven_shapes_and_the_smallest_case() -> None:
    assert len(SHAPES) >= 7
    assert sorted(templates()) == sorted([*SHAPES, SMALLEST])


@pytest.mark.parametrize("name", SHAPES)
def test_a_template_is_named_after_its_folder_and_says_what_it_is_in_a_line(name: str) -> None:
    settings = case_of(name).settings
    assert settings.name == name
    assert settings.title == templates()[name]
    assert len(templates()[name]) <= 100


@pytest.mark.parametrize("name", SHAPES)
def test_a_template_is_small_enough_to_read(name: str) -> None:
    assert 30 <= sum(frame.height for frame in case_of(name).tables.values()) <= 150
    assert case_of(name).settings.until.year - case_of(name).settings.start.year >= 2


@pytest.mark.parametrize("name", SHAPES)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    told = {source for frame in case_of(name).tables.values() for source in frame["source"]}
    assert told <= {"filed", "public", "story", "assumed"}


def test_together_they_have_every_clause_and_all_that_can_happen() -> None:
    assert set().union(*map(tables_of, SHAPES)) >= CLAUSES | HAPPENINGS


def test_they_show_a_correction_an_amendment_and_an_exit() -> None:
    assert any("yes" in case_of(name)["actuals"]["correction"] for name in SHAPES)
    assert any(
        case_of(name)[table]["recorded_at"].is_not_null().any()
        for name in SHAPES
        for table in tables_of(name) & CLAUSES
    )
    assert with_("exits")


# -- plans and settlements --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_the_plan_signs_something_that_it_need_not(name: str) -> None:
    plan = planned(name)
    worse = coplant.plan(case_of(name).edit("agreements", {"status": "option"}, status="ended"))

    assert plan.status == "optimal"
    assert plan.scaling["warnings"] == ()
    assert plan["signed"].filter("signed", status="option").height > 0
    assert plan.objective > worse.objective + 0.01 * abs(worse.objective)


@pytest.mark.parametrize("name", SHAPES)
def test_settling_the_plan_gives_the_money_of_its_agreements(name: str) -> None:
    plan = planned(name)
    statements = coplant.pro_forma(plan)
    money = plan["money"].filter(pl.col("line").is_in(CONTRACT), ~pl.col("line").is_in(NO_CASH))

    assert_settled_as_planned(plan)
    # Each line of a statement is rounded to a cent.
    assert statements.total == pytest.approx(-money["amount"].sum(), abs=0.005 * statements["lines"].height)
    assert statements["lines"].height > 10


def test_at_least_three_have_months_on_record() -> None:
    assert len(with_("actuals")) >= 3


@pytest.mark.parametrize("name", with_("actuals"))
def test_what_happened_is_settled(name: str) -> None:
    settlement = coplant.settle(case_of(name))
    assert settlement["statements"].height >= 6
    assert settlement.total > 0


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", SHAPES)
def test_every_clause_is_read_back(name: str, language: str) -> None:
    case = case_of(name)
    for agreement in case["agreements"]["agreement"]:
        told = coplant.agreement(case, agreement, language=language)
        kinds = {table for table in CLAUSES if case[table].filter(agreement=agreement).height}
        assert {paragraph.clause for paragraph in told.paragraphs} == kinds


# -- what is said of them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_a_readme_says_what_there_is_to_know_and_what_to_try(name: str) -> None:
    page = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == SECTIONS
    assert f"--template {name}\n" in page
    assert page.split("## What to try")[1].count("case.edit(") >= 2


def test_the_documentation_lists_every_template_with_its_line() -> None:
    page = (FOLDER.parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE)) == templates()


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SHAPES, SMALLEST])
def test_a_template_is_written_and_what_to_do_next_works(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, ["new", "mine", "--template", name])
    assert answer.exit_code == 0
    written = {place.name: place.read_bytes() for place in (tmp_path / "mine").iterdir()}
    assert written == {place.name: place.read_bytes() for place in (FOLDER / name).iterdir()}

    commands = re.findall(r"coplant (.*)$", answer.stdout, re.MULTILINE)
    kinds = [command.split()[0] for command in commands]
    tables = tables_of(name)
    assert kinds == ["plan"] + ["agreement"] * ("agreements" in tables) + ["settle"] * ("actuals" in tables)
    for command in ["check mine", *commands]:
        assert CliRunner().invoke(app, command.split()).exit_code == 0


def test_the_list_has_every_template_in_a_line() -> None:
    answer = CliRunner().invoke(app, ["new", "--templates"])
    assert answer.exit_code == 0
    assert [tuple(re.split(r"  +", line, maxsplit=1)) for line in answer.stdout.splitlines()] == [*templates().items()]


def test_a_misspelt_template_is_asked_about(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["new", str(tmp_path / "mine"), "--template", "turnkye"])
    assert answer.exit_code == 2
    assert 'Did you mean "turnkey"?' in " ".join(re.sub(r"[│|╭╰╮╯─]", " ", answer.stderr).split())
    assert not (tmp_path / "mine").exists()


def test_a_template_leaves_a_folder_with_something_in_it_alone(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("mine")
    answer = CliRunner().invoke(app, ["new", str(tmp_path), "--template", "turnkey"])
    assert answer.exit_code == 2
    assert [place.name for place in tmp_path.iterdir()] == ["items.csv"]
