"""Every plan of every case keeps its rules and adds up, as the checker works it out again."""

from __future__ import annotations

import pytest
from checker import check
from hypothesis import given
from laws.small_cases import Draft, drafts

import coplant


@given(drafts())
def test_a_plan_without_integers_keeps_every_rule(draft: Draft) -> None:
    plan = coplant.plan(draft.case())
    assert check(plan.case, plan.tables, plan.objective) == []


@given(drafts(integers=True))
def test_a_plan_with_integers_keeps_every_rule(draft: Draft) -> None:
    plan = coplant.plan(draft.case())
    assert check(plan.case, plan.tables, plan.objective) == []


@given(drafts(integers=True))
def test_money_lines_sum_to_the_objective(draft: Draft) -> None:
    plan = coplant.plan(draft.case())
    total = float(plan["money"]["present_value"].sum())
    assert total == pytest.approx(plan.objective, rel=1e-9, abs=1e-6)
    cash = plan["money"].filter(plan["money"]["cash"])["amount"].sum()
    assert plan["cash"]["amount"].sum() == pytest.approx(cash, rel=1e-9, abs=1e-6)
