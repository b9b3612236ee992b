"""The reference case under uncertainty: what its files change, and what is decided now, if announced, and if denied."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import coplant
from coplant import Case, Hedge
from coplant.tree.futures import Futures

EXAMPLES = Path(__file__).parents[2] / "examples"
BASE, FUTURES, DEAL = (EXAMPLES / name for name in ("xiaomi-2021", "xiaomi-2021-futures", "xiaomi-2021-deal"))
ANNOUNCED = date(2021, 4, 2)


@cache
def case(folder: Path) -> Case:
    return coplant.read(folder)


def in_future(*outcomes: str) -> Case:
    """The case of the future in which some outcomes come."""
    futures = Futures.of(case(DEAL))
    return list(futures.cases())[futures.names.index(", ".join(outcomes))]


# -- the tables -------------------------------------------------------------------------------------------------------


def test_all_but_what_is_uncertain_is_the_case_of_march_2021() -> None:
    own = {path.stem for path in FUTURES.glob("*.csv")}
    assert own == {"agreements", "branches", "edits"}
    for name, table in case(BASE).tables.items():
        if name not in own:
            assert table.equals(case(FUTURES)[name], null_equal=True)


def test_the_own_plant_is_decided_on_once_the_deal_is_known_and_nothing_else_of_agreements_differs() -> None:
    own = pl.col("agreement") == "own-plant"
    one, other = (case(folder)["agreements"].drop("note") for folder in (BASE, FUTURES))

    assert other.filter(own)["sign_from"].to_list() == [ANNOUNCED]
    assert one.filter(~own).equals(other.filter(~own))
    assert one.filter(own).drop("sign_from").equals(other.filter(own).drop("sign_from"))
    announced = case(FUTURES)["branches"].filter(branch="deal")
    assert set(announced["reveal_date"]) == {ANNOUNCED}


def test_production_starts_on_five_levels_of_luck_and_in_the_small_case_at_its_mean() -> None:
    assert case(FUTURES).settings.start_levels == 5
    assert case(DEAL).settings.start_levels == 1
    assert {path.name for path in DEAL.iterdir()} == {"README.md", "case.toml"}
    assert len(Futures.of(case(DEAL))) == 8
    for name, table in case(FUTURES).tables.items():
        assert table.equals(case(DEAL)[name], null_equal=True)


def test_every_row_says_where_it_comes_from() -> None:
    for name in ("branches", "edits"):
        assert set(case(FUTURES)[name]["source"]) == {"story", "assumed"}


def test_denied_the_first_host_is_out_and_the_others_are_not() -> None:
    status = dict(in_future("denied", "late", "stays-out")["agreements"].select("agreement", "status").iter_rows())

    assert status["great-wall"] == "ended"
    assert (status["own-plant"], status["second-host"]) == ("option", "option")


def test_an_early_end_of_the_shortage_lifts_allotments_and_takes_prices_back() -> None:
    early, late = (in_future("denied", end, "stays-out") for end in ("early", "late"))
    scarce = pl.col("allotment").is_in(["pmic", "mcu", "display-driver"])
    after = early["allotments"].filter(scarce, pl.col("from") >= date(2021, 10, 1))
    assert after["quantity"].null_count() == after.height > 0
    before = pl.col("from") < date(2021, 10, 1)
    assert early["allotments"].filter(before).equals(late["allotments"].filter(before))

    def price(given: Case, offer: str, day: date) -> float:
        rows = given["offer_prices"].filter(pl.col("offer") == offer, pl.col("from") <= day)
        return float(rows.sort("from")["price"][-1])

    raised = case(BASE)["offer_prices"].filter(pl.col("note").str.starts_with("shortage: +"))["offer"].unique()
    for offer in raised:
        over = price(late, offer, date(2023, 1, 1))
        assert price(early, offer, date(2022, 1, 1)) == over < price(late, offer, date(2022, 1, 1))
        assert price(early, offer, date(2021, 12, 1)) == price(late, offer, date(2021, 12, 1))


def test_rivals_take_a_fifth_of_the_cars_and_three_per_cent_of_their_price_from_2024_on() -> None:
    entered, out = (in_future("announced", "late", rival) for rival in ("enters", "stays-out"))
    cars = pl.col("demand").is_in(["car-one-china", "car-two-china"])
    for table, column, share in (("demand", "quantity", 0.8), ("prices", "price", 0.97)):
        keys = ["demand", "from"]
        both = entered[table].filter(cars).join(out[table].filter(cars), on=keys, how="left")
        shared = both.filter(pl.col(f"{column}_right").is_not_null())
        expected = shared[f"{column}_right"] * pl.Series([share if day >= date(2024, 1, 1) else 1.0
                                                          for day in shared["from"]])  # fmt: skip
        assert shared[column].to_list() == pytest.approx(expected.to_list())


# -- the plans --------------------------------------------------------------------------------------------------------


@cache
def hedged() -> Hedge:
    """Plans for the deal alone: what else is uncertain turns out as is likeliest."""
    table = case(DEAL)["branches"].with_columns(
        probability=pl.when(pl.col("branch") == "deal")
        .then("probability")
        .otherwise(pl.col("outcome").is_in(["late", "stays-out"]).cast(pl.Float64))
    )
    return coplant.hedge(case(DEAL).replace({"branches": table}), gap=1e-3)


@pytest.mark.slow
def test_announced_the_brand_signs_with_the_host_and_denied_builds_a_plant_of_its_own() -> None:
    told = hedged()["then"].filter(pl.col("decision").is_in(["sign", "reserve"]))
    assert told.sort("known").select("known", "decision", "agreement", "quantity").rows() == [
        ("announced", "sign", "great-wall", None),
        ("announced", "reserve", "great-wall", pytest.approx(25.0)),
        ("denied", "sign", "own-plant", None),
        ("denied", "reserve", "own-plant", pytest.approx(150_000.0)),
    ]


@pytest.mark.slow
def test_before_the_announcement_nothing_is_signed_and_both_ways_are_kept_open() -> None:
    assert hedged()["now"].filter(decision="sign").is_empty()
    lines = hedged().summary().splitlines()
    assert lines[1] == "Now: sign nothing yet."
    (kept,) = (line for line in lines if line.startswith("Keep open until 2021-04-02: "))
    assert "Manufacture by Great Wall (signed with 40.0%) and Own plant in Beijing (signed with 60.0%)" in kept


@pytest.mark.slow
def test_the_deal_is_worth_something_and_the_car_comes_later_without_it() -> None:
    means = dict(hedged().means)
    assert means["announced",] > means["denied",]
    first = (
        hedged()["sold"]
        .filter(pl.col("item") == "car-one", pl.col("sold") > 0.5)
        .group_by("future")
        .agg(pl.col("bucket").min())
    )
    when = {future.split(",")[0]: bucket for future, bucket in first.iter_rows()}
    assert when["announced"] < date(2024, 1, 1) <= when["denied"]
