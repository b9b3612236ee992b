"""What hedging, knowing and care are worth."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import SmallCase

import coplant
from coplant import CaseError, FileError, Worth
from coplant.program import Solution
from coplant.program.solve import Violations
from coplant.weighing.columns import COLUMNS
from coplant.weighing.knowing import difference

LATER, LAST = datetime.date(2023, 1, 8), datetime.date(2023, 1, 15)


def _boxes(**settings: Any) -> SmallCase:
    """Boxes are made for 4 before it is known whether a hundred of them are wanted for 10, or twenty."""
    small = SmallCase("week:2", **settings).item("box").route("box", lead_time=7, cost=4.0)
    small.line("box", 500.0, "week").demand("box", 100.0, "week", 10.0, from_=LATER)
    for outcome, probability in (("few", 0.7), ("many", 0.3)):
        small.add("branches", branch="market", outcome=outcome, probability=probability, reveal_date=LATER)
    return small.add("edits", outcome="few", table="demand", key="box", column="quantity", value="20")


def _hedging(worth: Worth, plan: str) -> dict[str, Any]:
    return worth["hedging"].row(by_predicate=pl.col("plan") == plan, named=True)


def test_plans_for_one_way_are_carried_out_in_all() -> None:
    worth = coplant.worth(_boxes().case(), weights=())
    # A box beyond twenty sells in three of ten cases: it is worth 3 and costs 4. The hedge makes 20 and earns 120.
    assert worth.expected == pytest.approx(120)
    # In the mean 44 are wanted. Made, they earn 440 - 176 in one case and 200 - 176 in the other.
    mean = _hedging(worth, "mean")
    assert mean["promised"] == pytest.approx(264)
    assert mean["expected"] == pytest.approx(0.3 * 264 + 0.7 * 24)
    assert mean["worth"] == pytest.approx(24)
    assert mean["worst"] == pytest.approx(24)
    assert mean["future"] is None
    # It is likeliest that few are wanted, and then the plan is that of the hedge.
    likeliest = _hedging(worth, "likeliest")
    assert (likeliest["future"], likeliest["worth"], likeliest["cost"]) == ("few", pytest.approx(0), pytest.approx(0))
    assert f"{24:>16}  beside the plan for the mean, which earns 96" in worth.summary()


def test_the_hedge_costs_something_where_all_goes_as_expected() -> None:
    small = _boxes()
    for row, probability in zip(small.tables["branches"], (0.45, 0.55), strict=True):
        row["probability"] = probability
    small.tables["prices"][0]["price"] = 7.0
    worth = coplant.worth(small.case(), weights=())
    row = _hedging(worth, "likeliest")
    # Likelier than not many are wanted, and a hundred made earn 300 then; but 7 x 0.55 is less than 4.
    assert (row["future"], row["promised"], row["hedge_there"]) == ("many", pytest.approx(300), pytest.approx(60))
    assert row["cost"] == pytest.approx(240)
    assert row["expected"] == pytest.approx(0.55 * 300 + 0.45 * (140 - 400))
    assert row["worth"] == pytest.approx(60 - 48)


def test_of_plans_that_are_as_good_for_one_way_that_counts_which_does_best_in_all() -> None:
    small = SmallCase("week:2").item("box").offer("box", 4.0).demand("box", 100.0, "week", 10.0, from_=LATER)
    for outcome, probability in (("few", 0.7), ("many", 0.3)):
        small.add("branches", branch="market", outcome=outcome, probability=probability, reveal_date=LATER)
    small.add("edits", outcome="few", table="demand", key="box", column="quantity", value="20")
    worth = coplant.worth(small.case(), weights=())
    # To buy at once or later is the same to who knows how many are wanted, and to wait costs nothing.
    assert worth.expected == pytest.approx(264)
    assert worth["hedging"]["worth"].to_list() == pytest.approx([0, 0])


def test_what_has_no_mean_is_said() -> None:
    small = _boxes().host(status="option", sign_from=LATER, starts=LATER, term=0.5)
    small.route("box", route="theirs", site="host", agreement="deal", cost=1.0)
    small.add("lanes", lane="lorry", item="box", from_site="host", to_site="works")
    small.add("edits", outcome="few", table="agreements", key="deal", column="status", value="ended")
    worth = coplant.worth(small.case(), weights=())
    assert worth.no_mean == "status of agreements differs between futures and has no mean"
    assert worth["hedging"]["plan"].to_list() == ["likeliest"]
    assert f"There is no plan for the mean: {worth.no_mean}." in worth.summary()


def test_futures_without_a_plan_are_named() -> None:
    small = _boxes()
    small.tables["demand"][0]["least_fill"] = 1.0
    worth = coplant.worth(small.case(), weights=())
    for plan in ("mean", "likeliest"):
        row = _hedging(worth, plan)
        assert (row["without_plan"], row["worth"], row["expected"]) == ("many", None, None)


def test_care_costs_some_of_what_is_expected() -> None:
    small = _boxes(risk_share=0.5)
    for row, probability in zip(small.tables["branches"], (0.5, 0.5), strict=True):
        row["probability"] = probability
    frontier = coplant.worth(small.case(), weights=[1.0, 0.0, 0.1, 0.9])["frontier"]
    # A box beyond twenty earns 1 in the mean and loses 4 at worst: with a weight of more than 0.2 none is made. Of two
    # weights with the same plan the first is kept.
    assert frontier.select("weight", "expected", "worst").rows() == [
        (0.0, pytest.approx(200), pytest.approx(-200)),
        (0.9, pytest.approx(120), pytest.approx(120)),
    ]


def test_the_frontier_says_what_is_signed_and_how_likely() -> None:
    small = _boxes().host(status="option", sign_from=LATER, starts=LATER, term=0.5)
    small.add("tooling", agreement="deal", tool="mould", amount=100.0)
    small.route("box", route="theirs", site="host", agreement="deal", cost=1.0)
    small.add("lanes", lane="lorry", item="box", from_site="host", to_site="works")
    frontier = coplant.worth(small.case(), weights=[0.0])["frontier"]
    # For eighty boxes more it is worth 100, for none it is not.
    assert frontier["signed"].to_list() == ["deal (30%)"]


def test_what_is_certain_is_not_weighed() -> None:
    small = _boxes()
    small.tables |= {"branches": [], "edits": []}
    with pytest.raises(CaseError, match="branches: expected at least one row"):
        coplant.worth(small.case())


def test_a_weight_is_a_share() -> None:
    with pytest.raises(ValueError, match=r"not 1\.5"):
        coplant.worth(_boxes().case(), weights=[0.5, 1.5])


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    worth = coplant.worth(_boxes().case(), weights=[0.0, 1.0])
    worth.write(tmp_path / "worth")
    again = Worth.read(tmp_path / "worth")
    assert again.summary() == worth.summary()
    assert again.facts() == worth.facts()
    for name, table in worth.tables.items():
        assert again[name].equals(table)
        assert table.columns == [column.name for column in COLUMNS[name]]
    with pytest.raises(KeyError, match="not a table"):
        worth["plans"]
    with pytest.raises(FileError, match="coplant worth --out"):
        Worth.read(tmp_path)


@st.composite
def uncertain(draw: st.DrawFn) -> SmallCase:
    """Boxes and bins are made and bought before it is known how many are wanted and what buying costs then."""
    small = SmallCase("week:3", risk_share=draw(st.sampled_from([0.0, 0.5, 0.9])),
                      risk_weight=draw(st.sampled_from([0.0, 0.0, 0.5, 1.0])))  # fmt: skip
    amount = st.integers(0, 40).map(float)
    small.add("resources", resource="line", site="works")
    small.since("resource_capacity", resource="line", quantity=draw(amount), per="week")
    for item in ("box", "bin"):
        small.item(item, value=2.0, holding_rate=0.5).route(item, lead_time=7, cost=draw(st.integers(1, 9)) / 2.0)
        small.add("loads", route=item, resource="line", quantity=draw(st.sampled_from([0.5, 1.0])))
        if draw(st.booleans()):
            small.tables["routes"][-1]["least_lot"] = 5.0
        small.offer(item, float(draw(st.integers(1, 12))), lead_time=7 * draw(st.integers(0, 1)))
        small.demand(item, draw(amount), "week", float(draw(st.integers(1, 12))), from_=LATER,
                     wait_share=draw(st.sampled_from([0.0, 1.0])))  # fmt: skip
    for branch, day in (("market", LATER), ("price", draw(st.sampled_from([LATER, LAST])))):
        weights = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        for number, weight in enumerate(weights):
            outcome = f"{branch} {number}"
            small.add("branches", branch=branch, outcome=outcome, probability=weight / sum(weights), reveal_date=day)
            table, column = ("demand", "quantity") if branch == "market" else ("offer_prices", "price")
            small.add("edits", outcome=outcome, table=table, key=draw(st.sampled_from(["box", "bin"])), column=column,
                      operation="times", value=str(draw(st.integers(0, 6)) / 2.0))  # fmt: skip
    small.settings["probabilities"] = "normalise"
    return small


@settings(deadline=None)
@given(uncertain())
def test_who_knows_earns_more_than_who_hedges_and_who_hedges_more_than_who_counts_on_the_mean(small: SmallCase) -> None:
    worth = coplant.worth(small.case(), weights=[0.0, 0.3, 0.7, 1.0], gap=1e-9)
    near = 1e-6 * max(1.0, abs(worth.objective))
    knowing = dict(worth["knowing"].select("branch", "worth").rows())
    assert all(-near <= value <= knowing["everything"] + near for value in knowing.values())
    assert worth.no_mean is None
    for row in worth["hedging"].iter_rows(named=True):
        assert row["worth"] >= -near
        assert row["at_least"] <= row["worth"] + near <= row["at_most"] + 2 * near
    assert _hedging(worth, "likeliest")["cost"] >= -near
    # The more weight on the worst, the better the worst, and the less is expected.
    frontier = worth["frontier"]
    assert (frontier["expected"].diff().drop_nulls() < 0.0).all()
    assert (frontier["worst"].diff().drop_nulls() > 0.0).all()
    assert (frontier["worst"] <= frontier["expected"] + near).all()
    if small.settings["risk_share"] == 0.0:
        # The mean over all is the mean: care has nothing to choose.
        assert frontier.height == 1
        assert frontier["worst"].item() == pytest.approx(frontier["expected"].item(), abs=near)


# -- what is said of it -----------------------------------------------------------------------------------------------


def test_with_a_weight_on_risk_it_is_said_in_what_worth_is_counted() -> None:
    said = "Worth is counted in what is maximised, 75.0% of the mean and 25.0% of that over the worst 10%; "
    careful = coplant.worth(_boxes(risk_weight=0.25).case(), weights=()).summary()
    assert careful.count(f"\n{said}what a plan earns is the mean.\n") == 1
    assert "Worth is counted" not in coplant.worth(_boxes().case(), weights=()).summary()


def test_futures_are_called_by_their_titles() -> None:
    small = _boxes()
    small.tables["branches"][0]["title"] = "Few, if any"
    assert 'beside the plan for the likeliest ("Few, if any"), which' in coplant.worth(small.case()).summary()
    small.tables["demand"][0]["least_fill"] = 1.0
    small.tables["branches"][1]["title"] = "A crowd"
    told = coplant.worth(small.case(), weights=()).summary()
    assert "no plan then if A crowd" in told


def test_one_future_is_told_as_one() -> None:
    small = _boxes()
    small.tables |= {"edits": [], "branches": [{**small.tables["branches"][0], "probability": 1.0}]}
    worth = coplant.worth(small.case(), weights=())
    assert worth.summary().startswith("small: 600 EUR expected present value over 1 future\n")
    assert repr(worth) == "<Worth of 'small': 1 future>"


def test_what_is_found_to_within_a_gap_is_worth_no_less_than_nothing() -> None:
    first, second = (
        Solution("optimal", value, bound, 0.5, *[np.empty(0)] * 3, Violations(0, 0, 0, 0, 0), "")
        for value, bound in ((90.0, 120.0), (100.0, 115.0))
    )
    assert difference(first, second) == {"worth": 0.0, "at_least": 0.0, "at_most": 20.0}
    assert difference(second, first) == {"worth": 10.0, "at_least": 0.0, "at_most": 25.0}


def test_limits_are_told_where_they_are_apart_and_gaps_where_they_are_missed() -> None:
    made = coplant.worth(_boxes().case())
    assert "proven" not in str(made)
    assert "to within" not in str(made)
    wide = {name: made[name].with_columns(at_least=10.0, at_most=1234.0) for name in ("knowing", "hedging")}
    rough = {"frontier": made["frontier"].with_columns(gap=0.0175)}
    lines = str(dataclasses.replace(made, tables={**made.tables, **wide, **rough})).splitlines()
    assert sum(line.endswith("(proven: 10 to 1,234)") for line in lines) == sum(made[name].height for name in wide)
    assert sum(line.endswith(", to within 1.75%") for line in lines) == made["frontier"].height
