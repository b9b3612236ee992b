"""A plan put to the test of sampled futures."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import Case, CaseError, FileError, Stress
from coplant.stressing.columns import COLUMNS
from coplant.stressing.question import PLANNED, Batch, answer
from coplant.workers import Here, Processes

MARCH = datetime.date(2023, 3, 1)


def _boxes(*buckets: str, **settings: object) -> SmallCase:
    """A hundred boxes a month are made for 4 and sold for 10."""
    small = SmallCase(*(buckets or ("month:4",)), **{"review_months": 2, **settings}).item(
        "box", value=4.0, holding_rate=0.2
    )
    return small.route("box", cost=4.0).line("box", 500.0, "month").demand("box", 100.0, "month", 10.0)


def _factor(
    small: SmallCase, likely: float | None = None, table: str = "demand", column: str = "quantity"
) -> SmallCase:
    varies: dict[str, object] = {"distribution": "lognormal", "low": 0.7, "high": 1.4, "range": "p10_p90"}
    row = varies if likely is None else {"distribution": "fixed", "likely": likely}
    small.add("factors", factor=table, **row)
    return small.add("factor_effects", factor=table, table=table, key="box", column=column)


def _values(made: Stress, policy: str = PLANNED) -> list[float]:
    return made["results"].filter(policy=policy)["present_value"].to_list()


# -- a planner who learns ---------------------------------------------------------------------------------------------


def test_where_all_comes_as_expected_the_plan_earns_what_it_promises() -> None:
    case = _factor(_boxes(), 1.0).case()
    made = coplant.stress(case, 3)
    assert made.promised == pytest.approx(2400)
    assert _values(made) == pytest.approx([2400] * 3)
    assert made["results"]["service"].to_list() == pytest.approx([1] * 3)


def test_less_is_made_where_less_is_wanted() -> None:
    assert _values(coplant.stress(_factor(_boxes(), 0.5).case(), 1)) == pytest.approx([1200])


def test_more_is_made_only_from_the_first_review_on() -> None:
    made = coplant.stress(_factor(_boxes(), 1.5).case(), 1)
    # A hundred a month for two months, as planned, and then a hundred and fifty.
    assert made.reviews == ("2023-03-01",)
    assert _values(made) == pytest.approx([2 * 600 + 2 * 900])
    assert made["results"]["service"].to_list() == pytest.approx([500 / 600])


def test_the_more_reviews_the_sooner() -> None:
    often = coplant.stress(_factor(_boxes(review_months=1), 1.5).case(), 1)
    assert often.reviews == ("2023-02-01", "2023-03-01", "2023-04-01")
    assert _values(often) == pytest.approx([600 + 3 * 900])


def test_what_was_ordered_for_what_did_not_come_is_paid() -> None:
    """Boards take a month; those of the first two months are ordered for a hundred boxes a month, and fifty come."""
    small = _factor(SmallCase("month:4", review_months=2).item("board").item("box"), 0.5)
    small.offer("board", 3.0, lead_time=31).route("box", bom={"board": 1.0}).demand("box", 100.0, "month", 10.0)
    made = coplant.stress(small.case(), 1)
    planned = coplant.plan(small.case())
    first = float(planned["bought"].filter(pl.col("bucket") < MARCH)["quantity"].sum())
    (value,) = _values(made)
    # What is left of them can be used up later, and nothing more is ordered for that.
    assert value < planned.objective / 2 + 1e-6
    assert first > 100
    assert made["results"]["lowest_cash"].item() < 0.0


def _season(quantity: float = 1000.0, **settings: object) -> SmallCase:
    """Lamps are wanted in March only, and what is ordered in January comes then."""
    small = SmallCase("month:4", **settings).item("lamp").offer("lamp", 14.0, lead_time=59)
    for month, wanted in ((3, quantity), (4, 0.0)):
        day = datetime.date(2023, month, 1)
        small.demand("lamp", wanted, "month", 20.0, from_=day)
    return small


def test_orders_that_come_later_are_those_of_a_newsvendor() -> None:
    """A thousand are ordered, and from 500 to 1,500 wanted: 875 are sold in the mean, and 600 by the worst tenth."""
    for months in (1, 12):
        small = _season(review_months=months)
        small.add("factors", factor="fashion", distribution="uniform", low=0.5, high=1.5, range="limits")
        small.add("factor_effects", factor="fashion", table="demand", key="lamp", column="quantity")
        values = _values(coplant.stress(small.case(), 40))
        assert np.mean(values) == pytest.approx(875 * 20 - 14_000, abs=50)
        assert np.quantile(values, 0.1) == pytest.approx(600 * 20 - 14_000, abs=500)


def test_what_is_ordered_before_a_branch_is_known_is_not_ordered_less() -> None:
    small = _season()
    small.branch("fashion", MARCH, {"out": 0.2, "usual": 0.35, "in": 0.45})
    for outcome, quantity in (("out", 500), ("in", 1800)):
        small.add("edits", outcome=outcome, table="demand", key="lamp", column="quantity", value=str(quantity))
        small.tables["edits"][-1] |= {"from": MARCH, "until": datetime.date(2023, 4, 1)}
    made = coplant.stress(small.case(), 20)
    found = dict(made["results"].select("future", "present_value").iter_rows())
    assert found == pytest.approx({"out": -4000.0, "usual": 6000.0, "in": 6000.0}, rel=1e-5)


def test_orders_are_no_more_than_what_is_allotted() -> None:
    """Of the thousand lamps that were to be ordered four hundred are allotted, and a hundred are wanted."""
    small = _season(review_months=12)
    small.tables["offers"][0]["allotment"] = "lamps"
    small.since("allotments", allotment="lamps", quantity=1000.0, per="month")
    for factor, table, column, key in (
        ("scarce", "allotments", "quantity", "lamps"), ("fashion", "demand", "quantity", "lamp"),
    ):  # fmt: skip
        small.add("factors", factor=factor, distribution="fixed", likely={"scarce": 0.4, "fashion": 0.1}[factor])
        small.add("factor_effects", factor=factor, table=table, key=key, column=column)
    assert _values(coplant.stress(small.case(), 1)) == pytest.approx([100 * 20 - 400 * 14], abs=0.01)


def test_what_waits_for_nothing_in_stock_is_made_as_planned_before_it_can_be_known_better() -> None:
    small = SmallCase("month:4", review_months=12).item("lamp").route("lamp", cost=14.0, lead_time=59)
    small.line("lamp", 1000.0, "month")
    for month, wanted in ((3, 1000.0), (4, 0.0)):
        small.demand("lamp", wanted, "month", 20.0, from_=datetime.date(2023, month, 1))
    small.add("factors", factor="fashion", distribution="fixed", likely=0.5)
    small.add("factor_effects", factor="fashion", table="demand", key="lamp", column="quantity")
    assert _values(coplant.stress(small.case(), 1)) == pytest.approx([500 * 20 - 1000 * 14], abs=0.01)
    small.add("factors", factor="line", distribution="fixed", likely=0.7)
    small.add("factor_effects", factor="line", table="resource_capacity", key="line", column="quantity")
    assert _values(coplant.stress(small.case(), 1)) == pytest.approx([500 * 20 - 700 * 14], abs=0.01)


def test_only_what_leads_to_it_waits_for_a_demand_to_show() -> None:
    """That fewer boxes are wanted shows in January: boards are fewer from then on, whatever becomes of lamps."""
    small = _season(review_months=12).item("board").item("box").offer("board", 3.0, lead_time=31)
    small.route("box", bom={"board": 1.0}).demand("box", 100.0, "month", 10.0)
    for name in ("box", "lamp"):
        small.add("factors", factor=name, distribution="fixed", likely=0.5)
        small.add("factor_effects", factor=name, table="demand", key=name, column="quantity")
    lamps = 500 * 20 - 1000 * 14
    planned = coplant.plan(small.case()).objective - (1000 * 20 - 1000 * 14)
    assert _values(coplant.stress(small.case(), 1)) == pytest.approx([lamps + planned / 2], abs=0.01)


def test_a_price_that_returns_is_expected_to() -> None:
    """Boards keep; when they are dear for the moment, as few as can be are bought."""
    small = SmallCase("month:12", review_months=3).item("box").offer("box", 5.0).demand("box", 100.0, "month", 10.0)
    small.add("factors", factor="price", distribution="reverting", reversion=4.0, volatility=0.6)
    small.add("factor_effects", factor="price", table="offer_prices", key="box", column="price")
    made = coplant.stress(small.case(), 40, 3)
    paid = made["sampled"].filter(cause="price")["value"].to_numpy()
    assert np.corrcoef(paid, _values(made))[0, 1] < -0.6
    # Whoever plans for what is expected can wait, and stop buying where a box costs more than it brings.
    assert made["distributions"].filter(measure="present_value")["mean"].item() > 0.9 * made.promised


# -- futures of a tree, and the launch --------------------------------------------------------------------------------


def _uncertain() -> SmallCase:
    small = _boxes("month:4")
    small.route("box", route="early", lead_time=31, cost=2.0)
    small.branch("market", MARCH, {"few": 0.7, "many": 0.3})
    return small.add("edits", outcome="few", table="demand", key="box", column="quantity", value="20")


def test_a_sample_draws_a_future_of_the_tree_and_the_hedge_is_held() -> None:
    case = _uncertain().case()
    hedge = coplant.hedge(case)
    made = coplant.stress(hedge, 20)
    told = dict(zip(hedge.futures.names, (plan.objective for plan in hedge.plans), strict=True))
    for future, value in made["results"].select("future", "present_value").iter_rows():
        assert value == pytest.approx(told[future], rel=1e-5)
    # A Latin hypercube draws outcomes as often as they are likely.
    assert made["results"].filter(future="many").height == 6


def test_what_waits_for_the_launch_is_sold_by_its_luck() -> None:
    small = SmallCase("month:12", review_months=3).item("lamp").route("lamp", milestone="ready", cost=2)
    small.demand("lamp", 100, "month", 10).line("lamp", 100, "month").add(
        "milestones", milestone="ready", activity="tools"
    )
    small.add("activities", activity="tools", distribution="uniform", low=60, high=300, range="limits")
    small.settings["buckets"] = ["month:24"]
    made = coplant.stress(small.case(), 40)
    days = made["sampled"].filter(cause="start of production")["value"].to_numpy()
    assert np.corrcoef(days, _values(made))[0, 1] < -0.9
    chance = made["first_sales"].filter(year=2023).row(0, named=True)
    assert 0.5 < chance["low"] < chance["chance"] <= chance["high"] <= 1.0


# -- what matters most ------------------------------------------------------------------------------------------------


def test_a_branch_that_decides_all_matters_most() -> None:
    made = coplant.stress(_uncertain().case(), 20)
    (row,) = made["influences"].iter_rows(named=True)
    assert (row["cause"], row["kind"], row["correlation"]) == ("market", "branch", pytest.approx(1.0))
    values = made["results"].group_by("future").agg(pl.col("present_value").mean()).sort("future")
    assert values["present_value"].to_list() == pytest.approx([row["where_low"], row["where_high"]])
    assert f"{1.0:>20.2f}  market, by its outcome" in made.summary().split("\n")


def test_a_branch_is_ranked_with_factors() -> None:
    small = _uncertain()
    small.add("factors", factor="price", distribution="uniform", low=0.99, high=1.01, range="limits")
    small.add("factor_effects", factor="price", table="prices", key="box", column="price")
    table = coplant.stress(small.case(), 20)["influences"]
    assert table.select("cause", "kind").rows() == [("market", "branch"), ("price", "factor")]


def test_a_branch_counts_where_it_arises_only() -> None:
    small = _uncertain().branch("colour", MARCH, {"red": 0.5, "blue": 0.5}, after="few")
    table = coplant.stress(small.case(), 40)["influences"]
    # All boxes are as dear, and those who know that few are wanted know all there is to know.
    assert dict(table.select("cause", "correlation").iter_rows()) == pytest.approx({"market": 1.0, "colour": 0.0})


def test_the_luck_of_a_part_that_waits_for_the_launch_matters() -> None:
    small = SmallCase("month:12", review_months=3).item("bulb").item("lamp")
    small.route("bulb", milestone="ready", cost=2).route("lamp", bom={"bulb": 1.0}).line("lamp", 100, "month")
    small.demand("lamp", 100, "month", 10).add("milestones", milestone="ready", activity="tools")
    small.add("activities", activity="tools", distribution="uniform", low=60, high=300, range="limits")
    (row,) = coplant.stress(small.case(), 20)["influences"].iter_rows(named=True)
    assert (row["cause"], row["kind"]) == ("start of production", "launch")
    assert row["correlation"] < -0.9


def test_one_sample_is_told_as_one() -> None:
    made = coplant.stress(_uncertain().case(), 1)
    assert made.summary().startswith("small: 1 sample, reviewed on ")
    assert repr(made) == "<Stress of 'small': 1 sample>"


# -- other agreements -------------------------------------------------------------------------------------------------


def _offered() -> SmallCase:
    """Two hosts build boxes: one for 3 each, one for 1 each and 500 a month."""
    small = SmallCase("month:6", review_months=2).item("box")
    for name, cost, charge in (("dear", 3.0, 0.0), ("cheap", 1.0, 150.0)):
        small.host(
            name, site=f"{name}-plant", status="option", term=6, group="plants", sign_from=datetime.date(2023, 1, 1)
        )
        small.add("fixed_charges", agreement=name, charge="line", amount=charge, per="month")
        small.route("box", f"{name}-plant", route=name, agreement=name, cost=cost)
        small.add("lanes", lane=name, item="box", from_site=f"{name}-plant", to_site="works", lead_time=0)
    return _factor(small.demand("box", 100.0, "month", 10.0))


def test_other_agreements_are_put_to_the_same_samples() -> None:
    made = coplant.stress(_offered().case(), 30)
    table = made["regret"]
    assert table["policy"].to_list() == [PLANNED, "dear", "none"]
    assert table["signed"].to_list() == ["cheap", "dear", ""]
    assert _values(made, "none") == [0.0] * 30
    level = made["sampled"].filter(cause="demand")["value"].to_numpy()
    # Until the first review a hundred a month at the most are made by either.
    months = np.where(level > 1.0, 2.0 * np.minimum(level, 1.0) + 4.0 * level, 6.0 * level)
    assert _values(made) == pytest.approx((months * 900 - 900).tolist())
    assert _values(made, "dear") == pytest.approx((months * 700).tolist())
    best = np.maximum(_values(made), _values(made, "dear"))
    row = table.row(by_predicate=pl.col("policy") == "dear", named=True)
    assert row["regret"] == pytest.approx(float((best - _values(made, "dear")).mean()), abs=1e-6)
    assert row["more"] == pytest.approx(float(np.mean(np.subtract(_values(made, "dear"), _values(made)))))
    assert row["more_low"] < row["more"] < row["more_high"]


def test_where_no_rules_can_be_kept_the_sample_is_counted() -> None:
    small = _factor(_boxes(), 3.0)
    small.tables["demand"][0]["least_fill"] = 1.0
    made = coplant.stress(small.case(), 2)
    # Three times as many have to be served as anything was planned for.
    assert _values(made) == [None, None]
    assert made["regret"]["without_plan"].to_list() == [2]
    assert "In 2 of them nothing keeps all rules" in made.summary()


# -- the same question, the same answer -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def offered() -> Case:
    return _offered().case()


@pytest.fixture(scope="module")
def made(offered: Case) -> Stress:
    return coplant.stress(offered, 25, 5)


def _same(one: Stress, other: Stress) -> bool:
    return all(one[name].equals(other[name], null_equal=True) for name in one.tables)


def test_columns_are_those_that_are_described(made: Stress) -> None:
    assert {name: table.columns for name, table in made.tables.items()} == {
        name: [column.name for column in columns] for name, columns in COLUMNS.items()
    }
    for name, columns in COLUMNS.items():
        keys = [column.name for column in columns if column.key]
        assert not made[name].select(keys).is_duplicated().any()


def test_who_carries_out_the_samples_changes_no_digit(offered: Case, made: Stress) -> None:
    workers = Processes(2)
    try:
        assert _same(coplant.stress(offered, 25, 5, workers=workers), made)
    finally:
        workers.close()


class _Interrupted(Here):
    """Carries out one task, and is then interrupted."""

    def map(self, function, tasks):  # type: ignore[no-untyped-def]
        for number, task in enumerate(tasks):
            if number:
                raise KeyboardInterrupt
            yield function(task)


class _Counting(Here):
    """Counts what it carries out."""

    count = 0

    def map(self, function, tasks):  # type: ignore[no-untyped-def]
        for task in tasks:
            self.count += 1
            yield function(task)


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(offered: Case, made: Stress, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        coplant.stress(offered, 25, 5, out=tmp_path / "out", workers=_Interrupted())
    rest = _Counting()
    again = coplant.stress(offered, 25, 5, out=tmp_path / "out", workers=rest)
    assert _same(again, made)
    assert rest.count == 1
    again.write(tmp_path / "out")
    nothing = _Counting()
    assert _same(coplant.stress(offered, 25, 5, out=tmp_path / "out", workers=nothing), made)
    assert nothing.count == 0
    assert _same(Stress.read(tmp_path / "out"), made)
    assert Stress.read(tmp_path / "out").summary() == made.summary()


def test_a_folder_of_another_question_is_refused(offered: Case, tmp_path: Path) -> None:
    coplant.stress(offered, 2, 5, out=tmp_path / "out")
    with pytest.raises(FileError, match="another case, plan, number of samples, seed"):
        coplant.stress(offered, 2, 6, out=tmp_path / "out")
    with pytest.raises(FileError, match="another case"):
        coplant.stress(offered.edit("prices", price=11), 2, 5, out=tmp_path / "out")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    with pytest.raises(FileError, match="no stress test"):
        coplant.stress(offered, 2, 5, out=tmp_path / "other")


def _only_some(batch: pl.DataFrame) -> pl.DataFrame:
    return batch.head(-1)


def _another_type(batch: pl.DataFrame) -> pl.DataFrame:
    return batch.with_columns(pl.col("sample").cast(pl.Int32))


def _another_value(batch: pl.DataFrame) -> pl.DataFrame:
    return batch.with_columns(pl.col("value") * 2.0)


@pytest.mark.parametrize("change", [_only_some, _another_type, _another_value, lambda batch: batch.drop("measure")])
def test_a_batch_that_was_changed_is_not_counted(
    change: Callable[[pl.DataFrame], pl.DataFrame], offered: Case, tmp_path: Path
) -> None:
    coplant.stress(offered, 2, 5, out=tmp_path)
    batch = tmp_path / "batches" / "00001.parquet"
    change(pl.read_parquet(batch)).write_parquet(batch)
    with pytest.raises(FileError, match=r"00001\.parquet is not the batch that was written there. Remove it"):
        coplant.stress(offered, 2, 5, out=tmp_path)


def test_a_batch_that_another_was_copied_over_is_not_counted(offered: Case, made: Stress, tmp_path: Path) -> None:
    coplant.stress(offered, 25, 5, out=tmp_path)
    first, second = (tmp_path / "batches" / f"0000{number}.parquet" for number in (1, 2))
    whole = second.read_bytes()
    second.write_bytes(first.read_bytes())
    with pytest.raises(FileError, match=r"00002\.parquet is not the batch"):
        coplant.stress(offered, 25, 5, out=tmp_path)
    second.write_bytes(whole[:100])
    with pytest.raises(FileError, match=r"00002\.parquet cannot be read"):
        coplant.stress(offered, 25, 5, out=tmp_path)
    second.unlink()
    assert _same(coplant.stress(offered, 25, 5, out=tmp_path), made)


def test_a_batch_hangs_on_the_question_and_its_number_only(offered: Case) -> None:
    from coplant.stressing.question import Question

    plan = coplant.plan(offered)
    backward, forward = Question(plan, 25, 5), Question(plan, 25, 5)
    last = [answer(Batch("backward", backward, number)) for number in (1, 0)]
    first = [answer(Batch("forward", forward, number)) for number in (0, 1)]
    assert last[0].equals(first[1], null_equal=True)
    assert last[1].equals(first[0], null_equal=True)


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [0, -3])
def test_there_have_to_be_samples(offered: Case, samples: int) -> None:
    with pytest.raises(ValueError, match=f"samples are {samples}"):
        coplant.stress(offered, samples)


def test_a_mistake_that_a_factor_makes_names_the_sample_and_the_row_that_was_read() -> None:
    small = _boxes().add("factors", factor="yield", distribution="uniform", low=1.0, high=1.6, range="limits")
    small.add("factor_effects", factor="yield", table="routes", key="box", column="yield")
    case = small.case()
    read = dataclasses.replace(case, rows={**case.rows, "routes": case.rows["routes"] + 7})
    with pytest.raises(CaseError, match="in sample 1") as error:
        coplant.stress(read, 1)
    (problem,) = error.value.problems
    assert (problem.table, problem.row, problem.column) == ("routes", 8, "yield")
