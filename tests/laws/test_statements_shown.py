"""Statements of drawn agreements say how each line is worked out, and their workbook works it out."""

from __future__ import annotations

import pytest
from hypothesis import given
from laws.small_cases import Draft, drafts
from settlement.shown import assert_told, assert_works_out

import coplant


@given(drafts(integers=True))
def test_statements_of_a_plan_are_told_and_worked_out(tmp_path_factory: pytest.TempPathFactory, draft: Draft) -> None:
    settlement = coplant.pro_forma(coplant.plan(draft.case()))
    assert_told(settlement)
    assert_works_out(settlement, tmp_path_factory.mktemp("book"))
