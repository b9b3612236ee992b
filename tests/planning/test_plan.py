"""Plans: what they say of themselves, and how they are kept."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path

import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import FileError, Plan


def _small(price: float = 100.0) -> SmallCase:
    """An option of a host worth signing, with a reservation and too little capacity for all that is asked for."""
    small = SmallCase("month:2", discount_rate=0.1).host(term=6.0, status="option", title="The deal").item("car")
    small.route("car", site="host", agreement="deal", **{"from": datetime.date(2023, 2, 1)})
    small.add("reservations", agreement="deal", least=1, most=8, per="month", fee=2)
    return small.demand("car", 10, "month", price=price, site="host")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return _small().plan()


def test_a_plan_reads_back_as_it_was_written(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan")
    again = Plan.read(tmp_path / "plan")
    assert again.case == plan.case
    assert again.tables.keys() == plan.tables.keys()
    for name, table in plan.tables.items():
        assert again[name].equals(table), name
        assert again[name].schema == table.schema, name
    assert again.facts() == json.loads(json.dumps(plan.facts()))
    assert again.summary() == plan.summary()
    assert again.digest == again.case.digest == plan.case.digest


def test_a_write_that_is_interrupted_leaves_the_plan_that_was_there(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "plan"
    plan.write(place)
    before = {file.relative_to(place): file.read_bytes() for file in place.rglob("*") if file.is_file()}
    other = _small(price=50.0).plan()
    whole = pl.DataFrame.write_parquet
    written = 0

    def interrupted(self: pl.DataFrame, *arguments: object, **more: object) -> None:
        nonlocal written
        written += 1
        if written == 4:
            raise KeyboardInterrupt
        whole(self, *arguments, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", interrupted)
        with pytest.raises(KeyboardInterrupt):
            other.write(place)
    assert written == 4
    assert {file.relative_to(place): file.read_bytes() for file in place.rglob("*") if file.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    other.write(place)
    assert Plan.read(place).objective == other.objective
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_plan_takes_the_place_of_another_and_leaves_all_else(plan: Plan, tmp_path: Path) -> None:
    place = tmp_path / "plan"
    plan.write(place)
    others = ["notes.txt", "mine.parquet", "case/photo.png", "drafts/one/sold.parquet"]
    for name in others:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(name, encoding="utf-8")
    facts = json.loads((place / "plan.json").read_text(encoding="utf-8"))
    facts["tables"].append("former")
    (place / "plan.json").write_text(json.dumps(facts), encoding="utf-8")
    plan["made"].write_parquet(place / "former.parquet")

    other = _small(price=50.0).plan()
    other.write(place)
    again = Plan.read(place)
    assert again.objective == other.objective
    assert again.case == other.case
    assert list(again.tables) == list(other.tables)
    assert not (place / "former.parquet").exists()
    assert [(place / name).read_text(encoding="utf-8") for name in others] == others


def test_a_plan_takes_no_place_of_anything_but_a_plan(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="holds files that are no plan"):
        plan.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_nothing_is_said_to_be_minus_zero(plan: Plan) -> None:
    money = plan["money"].with_columns(pl.col("present_value") * -1e-9)
    text = dataclasses.replace(plan, objective=-1e-9, gap=-1e-9, tables={**plan.tables, "money": money}).summary()
    assert "gap 0.00%" in text
    assert " -0" not in text


def test_what_is_no_plan_is_refused_with_the_way_to_make_one(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not hold a plan"):
        Plan.read(tmp_path)
    plan.write(tmp_path / "plan")
    (tmp_path / "plan" / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(FileError, match="coplant plan --out"):
        Plan.read(tmp_path / "plan")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(FileError, match="is a file"):
        plan.write(tmp_path / "file")


def test_a_plan_says_what_it_decides(plan: Plan) -> None:
    text = plan.summary()
    assert text == str(plan)
    assert (
        "Sign The deal on 2023-01-01; reserve 8 units per month (96 a year) from 2023-01-01; first unit in 2023-02."
    ) in text
    assert "car: 12 of 20 customers lost" in text
    assert f"{plan.objective:,.0f} EUR present value" in text
    assert repr(plan) == f"<Plan of 'small': {plan.objective:,.0f} EUR, optimal>"
    declined = coplant.plan(plan.case.edit("prices", price=1.0)).summary()
    assert "Do not sign The deal." in declined


def test_customers_are_served_lost_or_still_waiting() -> None:
    """Of 20 customers 8 are sold to; of those not served in January half go, and all of February's still wait."""
    small = SmallCase("month:2", discount_rate=0.1).item("car").route("car").line("car", 4, "month")
    plan = small.demand("car", 10, "month", price=3, wait_share=0.5, lost_penalty=1).plan()
    assert plan.unserved("family").to_dicts() == [
        {
            "family": "car",
            "wanted": pytest.approx(20),
            "sold": pytest.approx(8),
            "lost": pytest.approx(3),
            "waiting_at_end": pytest.approx(9),
            "sales": pytest.approx(24),
            "missed": pytest.approx(9),
            "awaited": pytest.approx(27),
        }
    ]
    assert "car: 3 of 20 customers lost, 9 still waiting at the end" in plan.summary()


def test_a_reservation_says_its_unit_and_what_it_makes_in_a_year() -> None:
    small = SmallCase("month:2").host(term=12.0, status="option").item("car", unit="car").item("van", unit="car")
    small.route("car", site="host", agreement="deal").route("van", site="host", agreement="deal")
    small.add("reservations", agreement="deal", least=2.5, most=2.5, per="hour", hours_per_year=4_000, fee=0)
    plan = small.demand("car", 10_000, "month", price=9, site="host").plan()
    assert plan["reserved"]["yearly"].to_list() == [10_000.0]
    assert "reserve 2.5 car per hour (10,000 a year) from 2023-01-01" in plan.summary()
    assert plan.unit(plan.products("deal")) == "car"
    assert plan.unit(["car", "missing"]) == "car"
    assert plan.unit([]) == "unit"


def test_experience_is_charged_to_the_agreement_that_makes() -> None:
    """One curve for two hosts: what is built under either is charged to it, in the shares of a bucket's good units."""
    small = SmallCase("month:2").item("car").host("one", site="first", term=12.0).host("two", site="second", term=12.0)
    small.add("learning", learning="curve", rate=0.8, first_unit_cost=100, segments=2)
    for name, site, most in (("one", "first", 6), ("two", "second", 2)):
        small.route("car", route=name, site=site, agreement=name, learning="curve")
        small.add("reservations", agreement=name, least=most, most=most, per="month", fee=0)
        small.demand("car", most, "month", price=1_000, site=site, demand=name)
    plan = small.plan()
    charged = plan["money"].filter(line="learning")
    assert set(charged.select("agreement", "item", "site").iter_rows()) == {
        ("one", "car", "first"),
        ("two", "car", "second"),
    }
    for amounts in charged.sort("agreement").partition_by("bucket"):
        one, two = amounts["amount"].to_list()
        assert one == pytest.approx(3.0 * two)


def test_a_plan_names_its_tables(plan: Plan) -> None:
    assert plan["made"].height == 1
    with pytest.raises(KeyError, match="'maid' is not a table of a plan; there are buckets, signed"):
        plan["maid"]


def test_a_plan_says_how_it_was_found(plan: Plan) -> None:
    assert plan.options["gap"] == 1e-9
    assert (plan.status, plan.gap) == ("optimal", 0.0)
    assert plan.bound == plan.objective
    assert plan.size["integer columns"] == 1
    assert plan.solver.startswith("HiGHS ")
    assert {"coplant", "HiGHS", "Python"} <= plan.versions.keys()
    assert plan.violations["row_relative"] < 1e-9
    assert plan.first_unit("deal") == datetime.date(2023, 2, 1)
    assert plan.first_unit("no deal") is None


def test_progress_is_told_and_warnings_of_scaling_with_it() -> None:
    told: list[str] = []
    small = SmallCase("day:1").item("car").route("car").demand("car", 1e-5, "day", price=1)
    small.item("dust").route("dust").demand("dust", 1e9, "day", price=1).plan(progress=told.append)
    assert told[0] == "laying out the network"
    assert any("columns (0 whole)" in line for line in told)
    warned = [line for line in told if "results may be imprecise" in line]
    assert len(warned) == 1
    assert "sales[car," in warned[0]
    assert "sales[dust," in warned[0]


def test_cash_leaves_out_what_is_not_money(plan: Plan) -> None:
    lines = plan["money"].filter("cash")
    assert not {"remaining_commitments", "lost_sale", "stock_at_end"} & set(lines["line"])
    cash = plan["cash"]
    assert cash["amount"].to_list() == [pytest.approx(-16.0), pytest.approx(800.0 - 16.0)]
    assert cash["cumulative"].to_list() == [pytest.approx(-16.0), pytest.approx(768.0)]
