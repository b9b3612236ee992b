"""Pegging: what is bought ends up somewhere, all of it and no more."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts
from laws.trees import MANY, trees
from small_case import SmallCase

import coplant
from coplant import CaseError, InfeasibleError, Plan
from coplant.generate import generate
from coplant.insight.pegging import SCRAPPED, SOLD, STOCK, Pegging, first_in_first_out
from coplant.planning.reopened import as_it_is

EXAMPLES = Path(__file__).parents[2] / "examples"


def check(plan: Plan) -> None:
    """Check that lots add up to their ends, and ends to what the plan says of them."""
    pegging = Pegging.of(as_it_is(plan))
    lots, ends = pegging.lots, pegging.ends
    every = pegging.of_lots(np.ones(len(lots.quantity), dtype=bool))
    total = np.asarray(pegging.into_ends.sum(axis=1) + pegging.into_lots.sum(axis=1)).reshape(-1)
    assert total[total > 0.0] == pytest.approx(1.0, rel=1e-12)
    # Lots of which a good part comes to nothing are those that the solver's tolerance leaves.
    keys = ("lot", "by", "item", "site", "bucket")
    ended = every.group_by(keys).agg(pl.col("quantity").sum())
    largest = float(lots.quantity.max(initial=1.0))
    expected = lots.quantity[total > 0.0]
    assert np.sort(ended["quantity"].to_numpy()) == pytest.approx(np.sort(expected), rel=1e-9, abs=1e-9 * largest)
    assert (lots.quantity[total == 0.0] <= 1e-6 * largest).all()
    # What each end takes at once is what the plan has there.
    taken = np.asarray(pegging.given.sum(axis=0)).reshape(-1)
    there = np.isin(ends.kind, [SOLD, SCRAPPED, STOCK])
    assert taken[there] == pytest.approx(ends.quantity[there], rel=1e-6, abs=1e-7 * largest)
    sold = float(ends.quantity[ends.kind == SOLD].sum())
    assert sold == pytest.approx(float(plan["sold"]["sold"].sum()), rel=1e-9)


def test_what_came_first_goes_first() -> None:
    points = np.array([0, 0, 1])
    pieces = first_in_first_out(
        points, np.array([5.0, 3.0, 4.0]), np.array([0, 0, 0, 1]), np.array([2.0, 4.0, 2.0, 4.0])
    )
    told = list(zip(pieces.supply.tolist(), pieces.use.tolist(), pieces.quantity.tolist(), strict=True))
    assert told == [(0, 0, 2.0), (0, 1, 3.0), (1, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)]


def test_what_is_supplied_beyond_what_is_used_goes_nowhere() -> None:
    pieces = first_in_first_out(np.array([0, 1]), np.array([5.0, 1.0]), np.array([0]), np.array([2.0]))
    assert pieces.quantity.tolist() == [2.0]


def test_a_plan_in_which_nothing_moves_has_nothing_to_follow() -> None:
    case = SmallCase("month:1").item("car").route("car", cost=9.0).demand("car", 5.0, "month", price=5.0)
    plan = case.plan()
    check(plan)
    assert plan.pegged().is_empty()


def two_products() -> SmallCase:
    """Chips that come one month later go into boards of which nine in ten are good, and these into two products."""
    case = SmallCase("month:4").item("radio").item("phone").item("board").item("chip")
    case.offer("chip", 1.0, lead_time=31.0)
    case.route("board", bom={"chip": 2.0}, **{"yield": 0.9})
    case.route("radio", bom={"board": 1.0}).route("phone", bom={"board": 1.0})
    return case.demand("radio", 9.0, "month", price=50.0).demand("phone", 18.0, "month", price=60.0)


def test_a_part_is_followed_through_bills_yields_and_time() -> None:
    plan = two_products().plan()
    pegged = plan.pegged(item="chip")
    by_end = dict(pegged.filter(end="sold").group_by("demand").agg(pl.col("quantity").sum()).iter_rows())
    sold = dict(plan["sold"].group_by("demand").agg(pl.col("sold").sum()).iter_rows())
    assert by_end == {name: pytest.approx(units * 2.0 / 0.9) for name, units in sold.items()}
    bought = float(plan["bought"]["quantity"].sum())
    assert float(pegged["quantity"].sum()) == pytest.approx(bought)
    # Nothing is sold before it is bought.
    assert (pegged["end_bucket"] >= pegged["bucket"]).all()


def test_what_is_made_is_followed_too_and_what_is_moved_is_not_counted_twice() -> None:
    case = two_products().add("sites", site="shop", party="brand", kind="market")
    case.add("lanes", lane="road", item="phone", from_site="works", to_site="shop")
    case.demand("phone", 5.0, "month", price=90.0, site="shop", demand="shop")
    plan = case.plan()
    made = dict(plan["made"].group_by("item").agg(pl.col("started").sum()).iter_rows())
    for item in ("board", "phone"):
        pegged = plan.pegged(item=item)
        assert set(pegged["lot"]) == {"made"}
        assert float(pegged["quantity"].sum()) == pytest.approx(made[item])
    to_shop = plan.pegged(item="phone", demand="shop")
    assert float(to_shop["quantity"].sum()) == pytest.approx(plan["sold"].filter(demand="shop")["sold"].sum())


def test_a_stream_is_followed_back_to_what_it_is_made_of() -> None:
    plan = two_products().plan()
    back = plan.pegged(demand="radio").filter(item="chip")
    forth = plan.pegged(item="chip").filter(demand="radio")
    assert float(back["quantity"].sum()) == pytest.approx(float(forth["quantity"].sum()))
    assert set(plan.pegged(demand="radio")["item"]) == {"radio", "board", "chip"}


@pytest.mark.parametrize(("item", "demand"), [("chp", None), (None, "rado")])
def test_names_that_are_not_there_are_refused(item: str | None, demand: str | None) -> None:
    with pytest.raises(CaseError, match="Did you mean"):
        two_products().plan().pegged(item, demand)


@given(drafts())
def test_pegging_adds_up_in_small_cases(draft: Draft) -> None:
    check(coplant.plan(draft.case()))


@given(st.integers(0, 10_000), st.integers(6, 24), st.integers(3, 9), st.integers(0, 2))
def test_pegging_adds_up_in_generated_cases(seed: int, items: int, buckets: int, hosts: int) -> None:
    check(coplant.plan(generate(items, buckets, hosts, seed)))


@settings(max_examples=MANY)
@given(trees(integers=True))
def test_pegging_adds_up_in_every_future(draft: Draft) -> None:
    try:
        plans = coplant.hedge(draft.case(), gap=1e-3).plans
    except InfeasibleError:
        assume(False)
        raise
    for plan in plans:
        check(pickle.loads(pickle.dumps(plan)))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir() if (path / "case.toml").is_file()))
def test_pegging_adds_up_in_every_example(name: str) -> None:
    case = coplant.read(EXAMPLES / name)
    plans = [coplant.plan(case)] if case.certain else coplant.hedge(case, gap=0.02).plans
    for plan in plans:
        check(plan)


def _told_later() -> SmallCase:
    return two_products().branch("deal", datetime.date(2023, 2, 10), {"announced": 0.5, "denied": 0.5})


def _closed_in_one_future() -> SmallCase:
    """The host's line, whose losses are covered in part, may close for the last two months."""
    case = SmallCase("month:4").item("car").host(term=3.0).route("car", site="host", agreement="deal")
    case.line("car", 20.0, "month", site="host").demand("car", 10.0, "month", price=50.0, site="host")
    case.add("loss_cover", agreement="deal", fixed_cost=30.0, per="month", margin=2.0, cap=50.0)
    case.branch("line", datetime.date(2023, 3, 1), {"open": 0.5, "closed": 0.5})
    return case.add("edits", outcome="closed", table="resource_capacity", key="line", column="quantity", value="0",
                    from_=datetime.date(2023, 3, 1))  # fmt: skip


@pytest.mark.parametrize(("small", "item"), [(_told_later(), "chip"), (_closed_in_one_future(), "car")])
def test_plans_of_a_hedge_are_followed_where_another_process_made_them(small: SmallCase, item: str) -> None:
    for plan in small.hedge().plans:
        other = pickle.loads(pickle.dumps(plan))
        check(other)
        assert other.pegged(item=item).equals(plan.pegged(item=item))
