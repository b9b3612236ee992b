"""A tree with one branch gives the plain plan, and branches on which the same happens give no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts

import coplant
from coplant.timeline import Timeline
from coplant.tree import Tree

OUTCOMES = st.sampled_from([(0.5, 0.5), (0.2, 0.8), (0.1, 0.6, 0.3)])


def _timeline(case: coplant.Case) -> Timeline:
    return Timeline.of(case.settings.start, case.settings.buckets)


@given(drafts(integers=True))
def test_a_tree_with_one_branch_gives_the_plain_plan(draft: Draft) -> None:
    case = draft.case()
    plain, on_tree = coplant.plan(case), coplant.plan(case, tree=Tree.branching(_timeline(case), {}))
    assert on_tree.objective == plain.objective
    for name, frame in plain.tables.items():
        assert frame.equals(on_tree.tables[name]), name


@given(drafts(integers=True), st.integers(1, 7), OUTCOMES)
def test_branches_with_the_same_future_are_worth_the_same(
    draft: Draft, bucket: int, outcomes: tuple[float, ...]
) -> None:
    case = draft.case()
    timeline = _timeline(case)
    tree = Tree.branching(timeline, {min(bucket, len(timeline) - 1): outcomes})
    plain, branching = coplant.plan(case, gap=1e-9), coplant.plan(case, gap=1e-9, tree=tree)
    assert branching.objective == pytest.approx(plain.objective, rel=1e-6, abs=1e-5)
    money = branching["money"]
    assert money["present_value"].sum() == pytest.approx(branching.objective, rel=1e-9, abs=1e-6)
