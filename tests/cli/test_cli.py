"""What the commands print, write and refuse, through typer's runner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from typer.testing import CliRunner

import coplant
from coplant.cli import app
from coplant.schema import TABLES

if TYPE_CHECKING:
    from click.testing import Result


FIVE_ROWS = Path(coplant.__file__).parent / "templates" / "five-rows"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_new_writes_five_rows_that_read(tmp_path: Path) -> None:
    answer = run("new", tmp_path / "first")
    assert answer.exit_code == 0
    case = coplant.read(tmp_path / "first")
    assert sum(case[name].height for name in TABLES if name != "case") == 5
    for file in (tmp_path / "first").iterdir():
        assert file.read_text() == (FIVE_ROWS / file.name).read_text()


def test_new_leaves_a_folder_with_something_in_it_alone(lamps: Path) -> None:
    (lamps / "items.csv").write_text("mine")
    answer = run("new", lamps)
    assert answer.exit_code == 2
    assert "holds files already" in answer.stderr
    assert (lamps / "items.csv").read_text() == "mine"


def test_check_counts_the_rows_of_a_sound_case(lamps: Path) -> None:
    answer = run("check", lamps)
    assert answer.exit_code == 0
    assert "five-rows: no problems" in answer.stdout
    assert "routes" in answer.stdout
    assert json.loads(run("check", lamps, "--json").stdout)["rows"]["items"] == 1


def test_check_lists_the_defaults_that_count(lamps: Path, tmp_path: Path) -> None:
    (lamps / "demand.csv").write_text(
        "demand,item,site,from,quantity,per,wait_share\n"
        "orders,lamp,workshop,2026-01-01,500,month,0.5\norders,lamp,workshop,2026-02-01,400,month,\n"
    )
    lines = [line.split() for line in run("check", lamps).stdout.splitlines()]
    assert ["demand.wait_share", "0", "1", "of", "2"] in lines
    assert ["demand.least_fill", "0", "all", "2"] in lines
    assert ["case.lag_rule", "exact", "a", "setting"] in lines
    told = json.loads(run("check", lamps, "--json").stdout)["defaults"]
    assert {"table": "demand", "column": "wait_share", "value": 0.0, "rows": 1, "of": 2} in told
    # A workbook has every column, with what counts in each.
    coplant.read(lamps).write(tmp_path / "lamps.xlsx")
    assert json.loads(run("check", tmp_path / "lamps.xlsx", "--json").stdout)["defaults"] == []


def test_check_reads_what_a_case_stands_on(lamps: Path, tmp_path: Path) -> None:
    dear = tmp_path / "dear"
    dear.mkdir()
    (dear / "case.toml").write_text(f'base = "../{lamps.name}"\nname = "dear"\n')
    (dear / "prices.csv").write_text("demand,from,price\norders,2026-01-01,60\n")
    answer = run("check", dear)
    assert answer.exit_code == 0
    assert "dear: no problems" in answer.stdout
    assert json.loads(run("check", dear, "--json").stdout)["rows"]["routes"] == 1
    (lamps / "routes.csv").write_text("route,item,site,cost\nbuild,lmap,workshop,20\n")
    assert f"{lamps / 'routes.csv'}, row 2, item" in run("check", dear).stderr
    (problem,) = json.loads(run("check", dear, "--json").stdout)["error"]["problems"]
    assert problem["file"] == str(lamps / "routes.csv")


def test_check_lists_every_problem(lamps: Path) -> None:
    (lamps / "routes.csv").write_text("route,item,site,cost\nbuild,lmap,workshop,-20\n")
    (lamps / "prices.csv").write_text("demand,from,price\norders,2026-13-01,35\n")
    answer = run("check", lamps)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    for words in ("3 problems", "routes, row 2, item", "lamp", "routes, row 2, cost", "prices, row 2, from"):
        assert words in answer.stderr
    told = json.loads(run("check", lamps, "--json").stdout)["error"]
    assert told["kind"] == "case"
    assert {(problem["table"], problem["row"], problem["column"]) for problem in told["problems"]} == {
        ("routes", 2, "item"),
        ("routes", 2, "cost"),
        ("prices", 2, "from"),
    }
    assert all(problem["expected"] and problem["mend"] for problem in told["problems"])


@pytest.mark.parametrize("target", ["lamps.xlsx", "parquet"])
def test_convert_loses_nothing(lamps: Path, tmp_path: Path, target: str) -> None:
    options = [] if target.endswith("xlsx") else ["--format", "parquet"]
    assert run("convert", lamps, tmp_path / target, *options).exit_code == 0
    assert run("convert", tmp_path / target, tmp_path / "back").exit_code == 0
    assert coplant.read(tmp_path / "back").digest == coplant.read(lamps).digest


def test_schema_lists_every_table() -> None:
    lines = run("schema").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(TABLES)


def test_schema_describes_every_column_of_a_table() -> None:
    text = run("schema", "routes").stdout
    told = json.loads(run("schema", "routes", "--json").stdout)
    for column in TABLES["routes"].columns:
        assert column.description in text
        assert told["columns"][column.name]["type"] == column.type


def test_schema_asks_whether_another_table_was_meant() -> None:
    answer = run("schema", "rotes")
    assert answer.exit_code == 2
    assert "Did you mean routes?" in answer.stderr


def test_the_empty_workbook_has_every_table_and_column(tmp_path: Path) -> None:
    assert run("schema", "--template", tmp_path / "empty.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "empty.xlsx")
    for name, table in TABLES.items():
        assert [cell.value for cell in book[name][1]] == list(table.names)
    book.close()


def test_a_generated_case_is_sound(tmp_path: Path) -> None:
    assert run("generate", tmp_path / "made", "--items", 12, "--buckets", 6, "--hosts", 1, "--seed", 3).exit_code == 0
    assert run("check", tmp_path / "made").exit_code == 0


def test_plan_prints_its_summary_and_writes_what_is_asked(lamps: Path, tmp_path: Path) -> None:
    out, page, book = tmp_path / "out", tmp_path / "page.html", tmp_path / "plan.xlsx"
    answer = run("plan", lamps, "--out", out, "--report", page, "--excel", book)
    assert answer.exit_code == 0
    plan = coplant.Plan.read(out)
    assert plan.summary() in answer.stdout
    assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    assert book.read_bytes()[:2] == b"PK"
    for path in (out, page, book):
        assert str(path) in answer.stdout


def test_plan_as_json_is_one_object(lamps: Path, tmp_path: Path) -> None:
    answer = run("plan", lamps, "--json", "--out", tmp_path / "out")
    told = json.loads(answer.stdout)
    plan = coplant.plan(coplant.read(lamps))
    assert told["objective"] == pytest.approx(plan.objective)
    assert told["status"] == "optimal"
    assert told["digest"] == plan.digest
    assert told["files"] == {"tables": str(tmp_path / "out")}


def test_plan_leaves_a_folder_alone_that_holds_something_else(lamps: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("dear")
    answer = run("plan", lamps, "--out", tmp_path / "mine")
    assert answer.exit_code == 2
    assert "holds files that are no plan" in answer.stderr
    assert (tmp_path / "mine" / "letters.txt").read_text() == "dear"


def test_plan_says_which_rules_collide(lamps: Path, collide: None) -> None:
    answer = run("plan", lamps)
    assert answer.exit_code == 1
    assert "orders" in answer.stderr
    told = json.loads(run("plan", lamps, "--json").stdout)["error"]
    assert told["kind"] == "infeasible"
    assert told["rules"]


def test_plan_refuses_a_place_it_cannot_write_to_before_it_plans(lamps: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = run("plan", lamps, "--report", tmp_path / "file" / "page.html")
    assert answer.exit_code == 2
    assert "cannot be written" in answer.stderr
    assert "Planning" not in answer.stderr


@pytest.fixture
def uncertain(lamps: Path) -> Path:
    """The case of five rows, with orders that may come or not."""
    (lamps / "branches.csv").write_text(
        "branch,outcome,probability,reveal_date\nmarket,strong,0.25,2026-02-01\nmarket,weak,0.75,2026-02-01\n"
    )
    (lamps / "edits.csv").write_text(
        "outcome,table,key,column,operation,value\nweak,demand,orders,quantity,times,0.5\n"
    )
    return lamps


def test_tree_draws_what_becomes_known(uncertain: Path) -> None:
    answer = run("tree", uncertain)
    assert answer.exit_code == 0
    assert answer.stdout.split("\n")[:4] == ["2 futures", "2026-02-01", "├─  25.0%  strong", "└─  75.0%  weak"]
    told = json.loads(run("tree", uncertain, "--json").stdout)
    assert [(one["future"], one["probability"]) for one in told["futures"]] == [("strong", 0.25), ("weak", 0.75)]
    assert told["futures"][0]["outcomes"] == [{"branch": "market", "outcome": "strong", "known": "2026-02-01"}]


def test_check_looks_at_every_future_and_tree_at_none(uncertain: Path) -> None:
    answer = run("check", uncertain)
    assert answer.exit_code == 0
    assert "Checking 2 futures" in answer.stderr
    told = json.loads(run("check", uncertain, "--json").stdout)
    assert (told["futures"], told["futures_looked_at"]) == (2, 2)
    (uncertain / "edits.csv").write_text("outcome,table,key,column,operation,value\nweak,routes,build,yield,times,2\n")
    answer = run("check", uncertain)
    assert answer.exit_code == 2
    assert "if weak:\n  routes, row 2, yield: 2; expected a number above 0 and at most 1" in answer.stderr
    assert "It comes from row 2 of edits" in answer.stderr
    assert run("tree", uncertain).exit_code == 0


def test_of_many_futures_check_looks_at_those_in_which_outcomes_meet_and_tree_draws_all(lamps: Path) -> None:
    branches = (f"b{n},{way} {n},0.5,2026-0{2 + n % 3}-01\n" for n in range(11) for way in ("up", "down"))
    (lamps / "branches.csv").write_text(f"branch,outcome,probability,reveal_date\n{''.join(branches)}")
    edits = (f"up {n},demand,orders,{column},times,1\n" for n, column in ((3, "quantity"), (7, "lost_penalty")))
    (lamps / "edits.csv").write_text(f"outcome,table,key,column,operation,value\n{''.join(edits)}")
    told = run("check", lamps).stdout
    assert "Of 2,048 futures " in told
    assert "were looked at: in them any two outcomes come together that can." in told
    assert run("tree", lamps).stdout.startswith("2,048 futures\n")


def test_plan_of_several_futures_writes_the_tables_of_each(uncertain: Path, tmp_path: Path) -> None:
    for _ in range(2):
        answer = run("plan", uncertain, "--out", tmp_path / "out")
        assert answer.exit_code == 0
        assert "expected present value over 2 futures" in answer.stdout
    hedge = coplant.Hedge.read(tmp_path / "out")
    assert hedge["sold"]["future"].unique().sort().to_list() == ["strong", "weak"]
    told = json.loads(run("plan", uncertain, "--json").stdout)
    assert [one["future"] for one in told["futures"]] == ["strong", "weak"]
    assert told["objective"] == pytest.approx(hedge.objective)


def test_stress_says_how_a_plan_fares_and_goes_on_from_its_folder(uncertain: Path, tmp_path: Path) -> None:
    (uncertain / "factors.csv").write_text("factor,distribution,low,high,range\ntaste,uniform,0.8,1.2,limits\n")
    (uncertain / "factor_effects.csv").write_text("factor,table,column\ntaste,demand,quantity\n")
    out, page, book = tmp_path / "out", tmp_path / "stress.html", tmp_path / "stress.xlsx"
    words = ("--samples", 12, "--seed", 3, "--out", out)
    first = run("stress", uncertain, *words, "--report", page, "--excel", book)
    assert first.exit_code == 0
    assert "12 samples" in first.stdout
    assert page.exists()
    assert book.exists()
    again = run("stress", uncertain, *words)
    assert again.stdout.split("\n")[:4] == first.stdout.split("\n")[:4]
    told = json.loads(run("stress", uncertain, *words, "--json").stdout)
    assert (told["samples"], told["seed"]) == (12, 3)
    assert {row["cause"] for row in told["influences"]} == {"market", "taste"}
    other = run("stress", uncertain, "--samples", 12, "--seed", 4, "--out", out)
    assert other.exit_code == 2
    assert "another case" in other.stderr
    # A plan that was written is tested as it is.
    assert run("plan", uncertain, "--out", tmp_path / "plan").exit_code == 0
    planned = run("stress", tmp_path / "plan", "--samples", 12, "--seed", 3)
    assert planned.stdout.split("\n")[1] == first.stdout.split("\n")[1]


@pytest.mark.parametrize("samples", ["0", "-5", "many"])
def test_stress_needs_samples(uncertain: Path, samples: str) -> None:
    answer = run("stress", uncertain, "--samples", samples)
    assert answer.exit_code == 2
    assert "--samples" in answer.stderr


def test_worth_says_what_hedging_knowing_and_care_are_worth(uncertain: Path, tmp_path: Path) -> None:
    for _ in range(2):
        answer = run("worth", uncertain, "--out", tmp_path / "out", "--weights", "0,1")
        assert answer.exit_code == 0
    worth = coplant.Worth.read(tmp_path / "out")
    assert answer.stdout == f"{worth.summary()}\nTables: {tmp_path / 'out'}\n"
    told = json.loads(run("worth", uncertain, "--weights", "0,1", "--json").stdout)
    assert [row["plan"] for row in told["hedging"]] == ["mean", "likeliest"]
    assert told["knowing"] == worth["knowing"].to_dicts()
    assert told["expected"] == pytest.approx(worth.expected)


def test_worth_wants_something_uncertain(lamps: Path) -> None:
    answer = run("worth", lamps)
    assert answer.exit_code == 2
    assert "branches: expected at least one row" in answer.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [("0,2", "2 is no weight between 0 and 1"), ("much", "is no list of numbers"), ("nan", "nan is no weight")],
)
def test_worth_refuses_what_is_no_weight(uncertain: Path, given: str, told: str) -> None:
    answer = run("worth", uncertain, "--weights", given)
    assert answer.exit_code == 2
    assert told in answer.stderr


def test_plan_of_several_futures_writes_a_page_and_a_workbook(uncertain: Path, tmp_path: Path) -> None:
    page, book = tmp_path / "plan.html", tmp_path / "plan.xlsx"
    for _ in range(2):
        answer = run("plan", uncertain, "--report", page, "--excel", book)
        assert answer.exit_code == 0
        assert answer.stdout.splitlines()[-2:] == [f"Report: {page}", f"Excel: {book}"]
    assert "planned for 2 futures" in page.read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(book, read_only=True).sheetnames
    assert sheets[:6] == ["decision", "futures", "outcomes", "now", "then", "signatures"]


def test_plan_of_several_futures_in_parts_earns_the_same(uncertain: Path) -> None:
    whole, parts = (
        json.loads(run("plan", uncertain, "--json", "--method", *how).stdout)
        for how in (["whole"], ["parts", "--workers", "2"])
    )
    assert parts["objective"] == pytest.approx(whole["objective"])
    assert "L-shaped" in parts["plans"][0]["solver"]
    assert "L-shaped" not in whole["plans"][0]["solver"]


@pytest.mark.parametrize("given", [("--method", "parts"), ("--workers", "2"), ("--cluster", "auto")])
def test_plan_of_one_future_has_no_parts(lamps: Path, given: tuple[str, str]) -> None:
    answer = run("plan", lamps, *given)
    assert answer.exit_code == 2
    assert given[0] in answer.stderr
    assert "in one way only" in answer.stderr


@pytest.mark.parametrize("given", [("--workers", "2"), ("--cluster", "auto")])
def test_one_program_is_planned_by_nobody_else(uncertain: Path, given: tuple[str, str]) -> None:
    answer = run("plan", uncertain, "--method", "whole", *given)
    assert answer.exit_code == 2
    assert given[0] in answer.stderr
    assert "no parts that others could plan" in answer.stderr


def test_a_cluster_that_cannot_be_joined_is_told(uncertain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    answer = run("plan", uncertain, "--method", "parts", "--cluster", "127.0.0.1:1")
    assert answer.exit_code == 2
    assert "--cluster" in answer.stderr
    assert "cannot join a Ray cluster at 127.0.0.1:1" in answer.stderr


def test_plan_of_several_futures_tells_a_program_what_is_decided(uncertain: Path) -> None:
    told = json.loads(run("plan", uncertain, "--json").stdout)
    assert {row["decision"] for row in told["now"]} == {"make"}
    assert told["then"] == []
