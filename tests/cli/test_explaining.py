"""Questions about plans from the command line: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from insight.test_break_even import one_host
from insight.test_why_short import two_phones
from insight.test_why_signed import two_hosts
from typer.testing import CliRunner

import coplant
from coplant.cli import app

if TYPE_CHECKING:
    from click.testing import Result


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the plan of two phones that share a chip, and the case of two rival hosts."""
    monkeypatch.chdir(tmp_path)
    two_phones().plan().write("phones")
    two_hosts(33.0).case().write("hosts")
    Path("mine.csv").write_text("my,own\n", encoding="utf-8")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def said(*words: object) -> str:
    answer = run(*words)
    assert answer.exit_code == 0, answer.output
    return answer.stdout.replace("\N{NO-BREAK SPACE}", " ")


def test_why_tells_of_a_stream_or_of_an_item() -> None:
    told = coplant.Plan.read("phones").why_short("cheap", "2023-01")
    assert told is not None
    assert run("why", "phones", "--demand", "cheap", "--at", "2023-01").stdout.strip() == told.text()
    assert run("why", "phones", "--item", "cheap", "--at", "2023-01").stdout.strip() == told.text()
    assert "Ce qui bloque" in said("why", "phones", "--demand", "cheap", "--at", "2023-01", "--language", "fr")


def test_why_tells_when_customers_who_are_served_are_not() -> None:
    assert "are served in 2023" in said("why", "phones", "--demand", "dear", "--at", "2023")


def test_why_gives_its_tables_as_json() -> None:
    (answer,) = json.loads(said("why", "phones", "--demand", "cheap", "--at", "2023", "--json"))["answers"]
    assert answer["loss"] == pytest.approx(39.0)
    assert [gate["thing"] for gate in answer["gates"]] == ["chips"]
    assert json.loads(said("why", "phones", "--demand", "dear", "--at", "2023", "--json"))["answers"] == []


def test_a_case_is_planned_before_it_is_asked() -> None:
    assert "far is not signed" in said("why-signed", "hosts", "far")


def test_why_signed_gives_the_fee_as_json() -> None:
    told = json.loads(said("why-signed", "hosts", "near", "--json"))
    assert told["signed"] is True
    assert told["fee_changes_by"] == pytest.approx(3.0, rel=1e-3)


def test_turn_finds_where_a_choice_turns() -> None:
    words = ("turn", "hosts", "near", "--vary", "demand.quantity *= X", "--between", "0.5,1")
    assert "near turns at X = 0.769" in said(*words)
    assert json.loads(said(*words, "--json"))["turns_at"] == pytest.approx(0.769, abs=1e-3)


def test_what_if_tells_and_keeps_the_new_plan() -> None:
    told = said("what-if", "phones", "--set", "allotments[chips].quantity *= 1.1", "--out", "more")
    assert "220 EUR more than the plan" in told
    assert coplant.Plan.read("more").objective == pytest.approx(60 * 61 + 50 * 22)
    assert "more: " in said("compare", "phones", "more")
    tables = json.loads(said("compare", "phones", "more", "--json"))
    assert sum(row["difference"] for row in tables["bridge"]) == pytest.approx(220.0)
    gain = json.loads(said("what-if", "phones", "--set", "allotments[chips].quantity *= 1.1", "--json"))["gain"]
    assert gain == pytest.approx(220.0)


def test_what_if_asks_each_by_itself() -> None:
    words = ("--set", "allotments.quantity *= 1.1", "--set", "prices[dear].price *= 0.9", "--each")
    lines = said("what-if", "phones", *words).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["-426", "+220"]
    changes = json.loads(said("what-if", "phones", *words, "--json"))["changes"]
    assert [row["gained"] for row in changes] == [pytest.approx(-426.0), pytest.approx(220.0)]


def test_scarce_and_peg_print_and_write() -> None:
    assert "22                22" in said("scarce", "phones")
    assert json.loads(said("scarce", "phones", "--json"))["scarce"][0]["gained"] == pytest.approx(22.0)
    assert "60.0" in said("peg", "phones", "--item", "chip", "--csv", "lots.csv")
    assert pl.read_csv("lots.csv")["quantity"].sum() == pytest.approx(100.0)
    sums = json.loads(said("peg", "phones", "--demand", "cheap", "--json"))["sums"]
    assert {row["item"]: row["quantity"] for row in sums} == {"cheap": pytest.approx(40.0), "chip": pytest.approx(40.0)}


def test_why_made_compares_ways() -> None:
    told = said("why-made", "phones", "--item", "chip", "--at", "2023-01")
    assert "(chip): 100.0%. Each unit less, up to 40, would lose 22.00 EUR." in told
    ways = json.loads(said("why-made", "phones", "--item", "chip", "--at", "2023", "--json"))["ways"]
    assert [way["quantity"] for way in ways] == [pytest.approx(100.0)]


def test_tornado_ranks_inputs_and_draws_them() -> None:
    told = said("tornado", "phones", "--by", "20", "--report", "tornado.html")
    assert told.startswith("Present value: 4,540 EUR; ")
    assert [line.split()[-1] for line in told.splitlines()[2:4]] == ["prices.price", "demand[item=dear].quantity"]
    assert "No difference: demand[item=cheap].quantity, resource_capacity.quantity\n" in told
    assert "Report: tornado.html" in told
    assert Path("tornado.html").stat().st_size > 1_000
    words = ("tornado", "phones", "--vary", "prices[dear].price", "--json")
    assert [row["lower"] for row in json.loads(said(*words))["inputs"]] == [pytest.approx(-426.0)]


def test_break_even_tells_where_each_agreement_turns() -> None:
    rows = json.loads(said("break-even", "hosts", "--agreement", "near", "--json"))["inputs"]
    assert {row["input"]: row["more"] or row["times"] for row in rows}["fee"] == pytest.approx(3.0, rel=1e-3)
    told = said("break-even", "hosts")
    assert {line.split()[0] for line in told.splitlines()[1:]} == {"near", "far"}
    assert "-3 EUR each" in told
    assert "0.7692 times" in told
    assert "nowhere from 0.5 to 2 times" in told
    one_host(6_000.0).case().write("dear")
    assert "not even without a fee" in said("break-even", "dear")


def test_pages_of_answers_are_written(tmp_path: Path) -> None:
    assert "Report: flows.html" in said("peg", "phones", "--item", "chip", "--report", "flows.html")
    words = ("--share", "dear", "--year", "2023", "--at", "0.5", "--report", "frontier.html")
    assert "Report: frontier.html" in said("frontier", "phones", *words)
    for name in ("flows", "frontier"):
        assert "<html" in (tmp_path / f"{name}.html").read_text(encoding="utf-8")


def test_frontier_prints_what_holding_costs() -> None:
    told = said("frontier", "phones", "--share", "dear", "--year", "2023", "--at", "0.5,0")
    assert [line.split()[0] for line in told.splitlines()[2:]] == ["0.5", "0"]
    points = json.loads(said("frontier", "phones", "--concentration", "--year", "2023", "--at", "0.55", "--json"))[
        "points"
    ]
    assert points[0]["value"] <= 0.55 * (1 + 1e-4)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("why", "phones", "--item", "cheep", "--at", "2023"), 'Did you mean "cheap"?'),
        (("why", "nowhere", "--demand", "cheap", "--at", "2023"), "nowhere"),
        (("why", "phones", "--at", "2023"), "name a stream of demand, or an item"),
        (("why", "phones", "--at", "2023", "--demand", "cheap", "--item", "cheap"), "not both"),
        (("what-if", "phones", "--set", "chips"), "Write it like"),
        (("what-if", "phones", "--set", "prices.price *= 2 from 2023-02"), "days from 2023-01-01 to 2023-02-01"),
        (("what-if", "phones", "--set", "prices.price *= 2 until 2023-01"), "On other days it changes nothing"),
        (("what-if", "phones", "--set", "prices.price *= 2", "--each", "--out", "x"), "a new plan for each change"),
        (("why-made", "phones", "--item", "chop", "--at", "2023"), 'Did you mean "chip"?'),
        (("tornado", "phones", "--by", "100"), "between 0 and 100"),
        (("tornado", "phones", "--vary", "prices"), "Write it like"),
        (("tornado", "phones", "--report", "tornado.pdf"), "tornado.pdf"),
        (("break-even", "hosts", "--agreement", "nobody"), "an agreement"),
        (("peg", "phones", "--demand", "cheap", "--report", "x.html"), "name one, and no stream"),
        (("why-signed", "phones", "deal"), "an agreement"),
        (("turn", "hosts", "near", "--vary", "demand.quantity *= X", "--between", "2,1"), "the smaller first"),
        (("peg", "phones"), "name an item"),
        (("peg", "phones", "--item", "chop"), 'Did you mean "chip"?'),
        (("peg", "phones", "--item", "chip", "--csv", "mine.csv"), "Name a new file"),
        (("why", "nowhere", "--demand", "cheap", "--at", "2023"), "a folder that coplant plan --out has written"),
        (("frontier", "phones", "--reserved", "deal", "--year", "2023"), "as long as the agreement runs"),
        (("frontier", "phones", "--share", "chip", "--year", "2023"), "a family that is sold"),
        (("compare", "phones"), "from 2 to 5"),
        (("compare", "phones", "phones"), "named twice"),
        (("frontier", "phones"), "hold one thing"),
        (("frontier", "phones", "--share", "dear"), "say of which year"),
        (("frontier", "phones", "--share", "dear", "--year", "2023", "--at", "half"), "is no list of numbers"),
        (("frontier", "phones", "--share", "dear", "--year", "2023", "--at", "0.5,50"), "50; expected a number from 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...], told: str) -> None:
    answer = run(*words)
    assert answer.exit_code != 0
    assert told in " ".join((answer.output + str(answer.exception)).replace("│", " ").split())


def test_a_plan_is_known_by_its_file_too() -> None:
    words = ("--demand", "cheap", "--at", "2023-01")
    assert said("why", "phones/plan.json", *words) == said("why", "phones", *words)


def test_a_number_that_no_plan_keeps_stands_in_its_row() -> None:
    told = said("frontier", "phones", "--concentration", "--year", "2023", "--at", "0.4")
    assert told.splitlines()[-1].split() == ["0.4", "no", "plan"]
