"""A quote is the settlement of steady production, whatever the clauses."""

from __future__ import annotations

import datetime

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts

import coplant
from coplant.settlement import steady
from coplant.settlement.steady import Production, untouched

DEAL = "deal-host0"
LATER = datetime.date(2060, 1, 1)
"""A day on which all that falls due has."""


@given(drafts(integers=True), st.sampled_from([1, 7, 60, 240, 1_000]))
def test_a_quote_is_what_settling_such_a_production_comes_to(draft: Draft, volume: float) -> None:
    row = next((row for row in draft.tables.get("agreements", []) if row["agreement"] == DEAL), None)
    assume(row is not None and row["status"] != "ended")
    case = draft.case()
    # A route may open only after the term, or never under a licence.
    assume(Production.of(untouched(case), DEAL) is not None)
    quoted = coplant.quote(case, [DEAL], [volume])
    settled = coplant.settle(steady(case, DEAL, volume), DEAL, as_of=LATER)
    # The price of parts that the host buys is material, which a quote leaves out; each line is rounded to the cent.
    apart = pl.col("line").is_in(["conversion", "material_turnkey"])
    costs = dict(quoted.costs.filter(~apart).select("line", "amount").iter_rows())
    lines = settled["lines"].filter(~apart).group_by("line").agg(pl.col("amount").sum(), pl.len())
    if not quoted.totals["offered"].item():
        assert not costs
        return
    for line, amount, count in lines.iter_rows():
        assert abs(amount - costs.pop(line, 0.0)) <= 0.006 * count + 1e-6, line
    assert all(abs(amount) < 0.01 for amount in costs.values())
