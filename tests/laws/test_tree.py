"""A case that can turn out in one way has the plain plan, and outcomes that change nothing give no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts

import coplant
from coplant.timeline import Timeline

CHANCES = st.sampled_from([(1.0,), (0.5, 0.5), (0.2, 0.8), (0.1, 0.6, 0.3)])


def _branching(case: coplant.Case, bucket: int, chances: tuple[float, ...]) -> coplant.Case:
    """The case with outcomes that change nothing, known from a bucket on."""
    bounds = Timeline.of(case.settings.start, case.settings.buckets).bounds
    day = bounds[min(bucket, len(bounds) - 2)].astype(object)
    rows = [
        {"branch": "weather", "outcome": f"way {number}", "probability": chance, "reveal_date": day}
        for number, chance in enumerate(chances)
    ]
    return case.replace({"branches": rows})


@given(drafts(integers=True), st.integers(1, 7))
def test_one_way_to_turn_out_has_the_plain_plan(draft: Draft, bucket: int) -> None:
    case = draft.case()
    plain, hedge = coplant.plan(case), coplant.hedge(_branching(case, bucket, (1.0,)))
    assert hedge.objective == plain.objective
    for name, frame in plain.tables.items():
        assert frame.equals(hedge.plans[0].tables[name]), name


@given(drafts(integers=True), st.integers(1, 7), CHANCES)
def test_outcomes_that_change_nothing_are_worth_nothing(draft: Draft, bucket: int, chances: tuple[float, ...]) -> None:
    case = draft.case()
    plain, hedge = coplant.plan(case, gap=1e-9), coplant.hedge(_branching(case, bucket, chances), gap=1e-9)
    assert hedge.expected == pytest.approx(plain.objective, rel=1e-6, abs=1e-5)
    assert [plan.objective for plan in hedge.plans] == pytest.approx(
        [plain.objective] * len(chances), rel=1e-6, abs=1e-5
    )
