"""Planning futures in parts and as one program agree within the gaps that they state."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.small_cases import FEW, Draft, drafts
from laws.trees import SECONDS

import coplant
from coplant import InfeasibleError
from coplant.planning import decomposition
from coplant.timeline import Timeline

FACTORS = {"market": ("0.3", "0.8", "1", "1.5"), "parts": ("1", "1.2", "2")}
"""What is multiplied by; parts do not get so cheap that to keep them for their end value has no limit."""


@st.composite
def uncertain(draw: st.DrawFn) -> Draft:
    """A case with one or two branches: what is asked for, and what is paid for parts."""
    draft = draw(drafts(integers=True, hosts=1))
    case = draft.case()
    bounds = Timeline.of(case.settings.start, case.settings.buckets).bounds
    for branch, table, column in (("market", "demand", "quantity"), ("parts", "offer_prices", "price")):
        if branch == "parts" and draw(st.booleans()):
            continue
        day: datetime.date = bounds[draw(st.integers(1, len(bounds) - 2))].astype(object)
        factors = draw(st.lists(st.sampled_from(FACTORS[branch]), min_size=2, max_size=3))
        for number, factor in enumerate(factors):
            outcome = f"{branch} {number}"
            draft.add("branches", branch=branch, outcome=outcome, probability=1 / len(factors), reveal_date=day)
            if factor != "1" and not case[table].is_empty():
                edit = {"outcome": outcome, "table": table, "column": column, "operation": "times", "value": factor}
                draft.tables.setdefault("edits", []).append(edit)
    draft.settings |= {"probabilities": "normalise", "risk_share": draw(st.sampled_from([0.5, 0.8]))}
    draft.settings["risk_weight"] = draw(st.sampled_from([0.0, 0.4, 1.0]))
    return draft


def _planned(case: coplant.Case, **options: Any) -> coplant.Hedge | None:
    try:
        return coplant.hedge(case, gap=1e-6, **options)
    except InfeasibleError:
        return None


@settings(max_examples=60 if FEW >= 200 else 4)
@given(uncertain(), st.sampled_from([1, 8]), st.sampled_from([1, 2, 64]))
def test_parts_and_the_whole_agree_within_the_gaps_they_state(draft: Draft, sketched: int, leading: int) -> None:
    case = draft.case()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decomposition, "SKETCH", sketched)
        patch.setattr(decomposition, "FINER", 3 * sketched)
        patch.setattr(decomposition, "LEADERS", leading)
        whole, parts = _planned(case, method="whole"), _planned(case, method="parts", time_limit=SECONDS)
    assert (whole is None) == (parts is None)
    if whole is None or parts is None:
        return
    noise = 1e-6 * max(abs(whole.objective), 1.0)
    assert parts.objective <= whole.bound + noise
    assert whole.objective <= parts.bound + noise
    assert parts.bound >= parts.objective - noise
    for plan in parts.plans:
        assert plan["money"]["present_value"].sum() == pytest.approx(plan.objective, rel=1e-6, abs=1e-4)
