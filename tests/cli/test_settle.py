"""``coplant settle``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from settlement.every_line import built, charges, hosted
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a case in which something happened."""
    monkeypatch.chdir(tmp_path)
    charges().case().write("deal")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_settle_prints_its_summary_and_writes_what_is_asked() -> None:
    places = {"--out": "out", "--report": "page.html", "--excel": "book.xlsx", "--invoice": "invoices"}
    answer = run("settle", "deal", *(word for option in places.items() for word in option))
    assert answer.exit_code == 0, answer.output
    assert coplant.Settlement.read("out").summary() in answer.stdout
    assert Path("page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "deal 2023-05" in openpyxl.load_workbook("book.xlsx").sheetnames
    assert Path("invoices", "deal-2023-05.json").is_file()
    assert all(f": {path}" in answer.stdout for path in places.values())


def test_settle_as_json_is_one_object() -> None:
    told = json.loads(run("settle", "deal", "--json", "--invoice", "all.json").stdout)
    settled = coplant.settle(coplant.read("deal"))
    assert told["total"] == pytest.approx(settled.total)
    assert told["digest"] == settled.case.digest
    assert (told["as_of"], told["pro_forma"], told["currency"]) == (None, False, "EUR")
    assert len(told["statements"]) == settled["statements"].height
    assert told["files"] == {"invoices": "all.json"}
    assert len(json.loads(Path("all.json").read_text(encoding="utf-8"))) == len(settled.invoices())


def test_months_agreement_and_day_are_asked_for_by_options() -> None:
    words = ("--agreement", "deal", "--from", "2023-03-01", "--until", "2023-06-01", "--as-of", "2023-06-30", "--json")
    told = json.loads(run("settle", "deal", *words).stdout)
    assert [row["statement"] for row in told["statements"]] == ["2023-03-01", "2023-04-01", "2023-05-01"]
    assert told["as_of"] == "2023-06-30"


def test_the_folder_of_a_plan_is_settled_pro_forma() -> None:
    small = hosted(starts=charges().start).add("fixed_charges", agreement="deal", charge="rent", amount=9, per="month")
    small.case().write("ahead")
    assert run("plan", "ahead", "--out", "plan").exit_code == 0
    answer = run("settle", "plan", "--excel", "ahead.xlsx")
    assert answer.exit_code == 0, answer.output
    assert "pro forma, as if the plan had been carried out" in answer.stdout
    assert "Reading the plan" in answer.stderr
    assert coplant.pro_forma(coplant.Plan.read("plan")).summary() in answer.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("deal --as-of 2023-13-01", "'2023-13-01' is no day; write it like 2023-04-01"),
        ("deal --from yesterday", "'yesterday' is no day"),
        ("deal --from 2023-05-01 --until 2023-05-01", "2023-05-01 is not before --until 2023-05-01"),
        ("deal --agreement dael", "expected an agreement of the case"),
        ("nowhere", "nowhere"),
        ("deal --report deal/page.html", "--report deal/page.html lies in the folder of the case"),
        ("deal --excel page.html", "--excel page.html does not end in .xlsx"),
        ("deal --invoice deal", "--invoice deal is the case that is read"),
        ("deal --invoice invoices.xml", "ends in .xml, and a folder or a file in .json is written"),
        ("deal --out letters", "letters holds files that are no settlement"),
        ("deal --invoice letters", "letters holds files that are no invoices"),
        ("deal --excel cases.xlsx", "cases.xlsx is there and no settlement"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(words: str, told: str, place: Path) -> None:
    (place / "letters").mkdir()
    (place / "letters" / "dear.txt").write_text("dear")
    coplant.read("deal").write("cases.xlsx")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    answer = run("settle", *words.split(), "--json")
    assert answer.exit_code == 2
    assert told in answer.output
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_a_plan_is_not_settled_as_of_a_day(place: Path) -> None:
    hosted(starts=charges().start).plan().write("plan")
    answer = run("settle", "plan", "--as-of", "2026-02-01")
    assert answer.exit_code == 2
    assert "a plan has not happened" in answer.output


def test_nothing_is_written_where_the_brand_is_not_known(place: Path) -> None:
    small = charges()
    small.tables["parties"][0]["role"] = "customer"
    small.case().write("unknown")
    answer = run("settle", "unknown", "--report", "page.html", "--invoice", "invoices")
    assert answer.exit_code == 2
    assert "one party that is the brand" in answer.stderr
    assert sorted(path.name for path in place.iterdir()) == ["deal", "unknown"]


def test_results_of_an_earlier_settlement_are_replaced() -> None:
    words = ("--out", "out", "--report", "page.html", "--excel", "book.xlsx", "--invoice", "invoices")
    assert run("settle", "deal", *words).exit_code == 0
    later = built(charges(), m2023_09=99).case()
    later.write("later")
    assert run("settle", "later", *words).exit_code == 0
    assert coplant.Settlement.read("out").case == later
