"""What holds for plans of several futures, on trees of any depth with any probabilities and changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laws.small_cases import Draft
from laws.test_same_plan import SPLIT
from laws.trees import MANY, SECONDS, split, trees

import coplant
from coplant import Hedge, InfeasibleError
from coplant.planning import decomposition
from coplant.schema import TABLES

EXACT = 1e-9


def _hedge(draft: Draft, **options: Any) -> Hedge:
    try:
        return coplant.hedge(draft.case(), **{"gap": EXACT, **options})
    except InfeasibleError:
        assume(False)
        raise


def _close(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-4)


@settings(max_examples=MANY)
@given(trees(), st.data())
def test_two_nodes_with_equal_futures_are_as_good_as_one(draft: Draft, data: st.DataObject) -> None:
    outcome = data.draw(st.sampled_from([row["outcome"] for row in draft.tables["branches"]]))
    twice = split(draft, outcome, data.draw(st.sampled_from([0.2, 0.5])))
    one, two = _hedge(draft), _hedge(twice)
    assert len(two.plans) > len(one.plans)
    assert two.futures.probability.sum() == pytest.approx(1.0)
    assert two.objective == _close(one.objective)


@settings(max_examples=MANY // 2)
@given(trees())
def test_who_knows_earns_more_than_who_hedges_and_who_hedges_more_than_who_plans_for_one_way(draft: Draft) -> None:
    draft.settings["risk_weight"] = 0.0
    hedge = _hedge(draft)
    branches = sorted({row["branch"] for row in draft.tables["branches"]})
    near = 1e-6 * max(1.0, abs(hedge.objective))
    everything = _hedge(draft, foreseen=branches).objective
    alone = sum(
        chance * coplant.plan(plan.case, gap=EXACT).objective
        for chance, plan in zip(hedge.futures.probability, hedge.plans, strict=True)
    )
    assert everything == pytest.approx(alone, rel=1e-6, abs=1e-3)
    for branch in branches:
        assert hedge.objective - near <= _hedge(draft, foreseen=[branch]).objective <= everything + near
    worth = coplant.worth(draft.case(), weights=(), gap=EXACT)
    assert worth.objective == _close(hedge.objective)
    for row in worth["hedging"].iter_rows(named=True):
        assert row["worth"] is None or row["worth"] >= -near
        assert row["expected"] is None or row["expected"] <= hedge.objective + near


@settings(max_examples=MANY)
@given(trees())
def test_the_worst_of_all_futures_are_all_of_them(draft: Draft) -> None:
    draft.settings |= {"risk_share": 0.0, "risk_weight": 1.0}
    careful = _hedge(draft)
    draft.settings["risk_weight"] = 0.0
    plain = _hedge(draft)
    assert careful.objective == _close(plain.objective)
    assert careful.worst == _close(careful.expected)
    assert plain.worst == _close(plain.expected)


@settings(max_examples=MANY)
@given(trees(integers=True))
def test_what_is_maximised_is_what_the_plans_earn_and_the_worst_of_them(draft: Draft) -> None:
    hedge = _hedge(draft, gap=1e-4)
    weight = draft.settings["risk_weight"]
    assert hedge.objective == _close((1.0 - weight) * hedge.expected + weight * hedge.worst)
    assert hedge.worst <= hedge.expected + 1e-6 * max(1.0, abs(hedge.expected))
    for plan in hedge.plans:
        assert plan["money"]["present_value"].sum() == _close(plan.objective)


@settings(max_examples=MANY)
@given(trees(integers=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_a_hedge(draft: Draft, order: Any) -> None:
    shuffled = copy.deepcopy(draft)
    for rows in shuffled.tables.values():
        order.shuffle(rows)
    first, again = _hedge(draft, gap=1e-4), _hedge(shuffled, gap=1e-4)
    assert again.objective == first.objective
    for name, frame in first.tables.items():
        assert frame.equals(again[name]), name


@settings(max_examples=MANY)
@given(trees())
def test_names_do_not_matter_to_a_hedge(draft: Draft) -> None:
    renamed = copy.deepcopy(draft)
    named = [
        (row, column.name)
        for name, rows in renamed.tables.items()
        for column in TABLES[name].columns
        if column.type == "id" and not (name == "edits" and column.name in ("table", "column"))
        for row in rows
        if row.get(column.name) is not None
    ]
    names = sorted({row[column] for row, column in named}, reverse=True)
    new = {name: f"thing {number:03d}" for number, name in enumerate(names)}
    for row, column in named:
        row[column] = new[row[column]]
    assert _hedge(renamed).objective == _close(_hedge(draft).objective)


@settings(max_examples=MANY)
@given(trees(), st.sampled_from([0.01, 1000.0]))
def test_another_currency_scales_a_hedge(draft: Draft, factor: float) -> None:
    converted = copy.deepcopy(draft)
    for name, rows in converted.tables.items():
        for column in TABLES[name].columns:
            if column.unit.split("/")[0] == "money":
                for row in rows:
                    if row.get(column.name) is not None:
                        row[column.name] *= factor
    expected = _hedge(draft).objective * factor
    assert _hedge(converted).objective == pytest.approx(expected, rel=1e-6, abs=1e-4 * max(1.0, factor))


@settings(max_examples=MANY)
@given(trees(plain=True))
def test_splitting_buckets_changes_no_hedge(draft: Draft) -> None:
    finer = copy.deepcopy(draft)
    finer.settings["buckets"] = [
        f"{SPLIT[kind + ':'][0]}:{int(count) * SPLIT[kind + ':'][1]}" if kind + ":" in SPLIT else f"{kind}:{count}"
        for kind, count in (text.split(":") for text in draft.settings["buckets"])
    ]
    assert _hedge(finer).objective == _close(_hedge(draft).objective)


@settings(max_examples=MANY)
@given(trees(integers=True), st.sampled_from([1, 8]), st.sampled_from([1, 2, 64]))
def test_parts_and_the_whole_agree_on_trees_within_the_gaps_they_state(
    draft: Draft, sketched: int, leading: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decomposition, "SKETCH", sketched)
        patch.setattr(decomposition, "FINER", 3 * sketched)
        patch.setattr(decomposition, "LEADERS", leading)
        whole = _hedge(draft, gap=1e-6, method="whole")
        parts = _hedge(draft, gap=1e-6, method="parts", time_limit=SECONDS)
    noise = 1e-6 * max(abs(whole.objective), 1.0)
    assert parts.objective <= whole.bound + noise
    assert whole.objective <= parts.bound + noise
    assert parts.bound >= parts.objective - noise
