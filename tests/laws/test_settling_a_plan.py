"""Settling what a plan builds gives the money lines of the plan."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import EVERY_CLAUSE, Draft, drafts

import coplant
from coplant.settlement import carried_out
from coplant.settlement.bill import bill, tabulated
from coplant.settlement.money import Rounding

CONTRACT = (
    "reservation_fee", "processing_fee", "fixed_charge", "take_or_pay", "tooling", "cancellation", "loss_cover",
    "advisory", "licence", "credit", "material_turnkey", "material_bought", "material_sold", "material_handling",
    "material_credit", "security", "vesting", "exit",
)  # fmt: skip
"""Money lines of clauses; the others are the brand's own, or no cash."""


def settled(plan: coplant.Plan) -> pl.DataFrame:
    """What the clauses of a plan's agreements charge for what it builds, by agreement, line and bucket."""
    case = carried_out(plan)
    bounds = np.append(plan["buckets"]["bucket"].to_numpy(), plan["buckets"]["until"].to_numpy()[-1:]).astype(
        "datetime64[D]"
    )
    parts = []
    for name in case["agreements"].filter(status="signed")["agreement"]:
        record = bill(case, name, bounds, since=bounds[0], until=bounds[-1], accrues=True)
        lines = tabulated(record, Rounding(12)).lines
        parts.append(lines.select(pl.lit(name).alias("agreement"), "line", "amount", "period"))
    if not parts:
        return pl.DataFrame(schema={"agreement": pl.String, "line": pl.String, "bucket": pl.Date, "amount": pl.Float64})
    both = pl.concat(parts)
    return (
        both.with_columns(bucket=plan["buckets"]["bucket"].gather(both["period"]))
        .group_by("agreement", "line", "bucket")
        .agg(pl.col("amount").sum())
    )


def planned(plan: coplant.Plan) -> pl.DataFrame:
    """What the plan says they charge."""
    return (
        plan["money"]
        .filter(pl.col("line").is_in(CONTRACT))
        .group_by("agreement", "line", "bucket")
        .agg(-pl.col("amount").sum())
    )


def assert_settled_as_planned(plan: coplant.Plan) -> None:
    both = planned(plan).join(
        settled(plan), on=["agreement", "line", "bucket"], how="full", coalesce=True, suffix="_settled"
    )
    difference = both.with_columns(pl.col("amount", "amount_settled").fill_null(0.0)).with_columns(
        off=(pl.col("amount") - pl.col("amount_settled")).abs()
    )
    assert difference.filter(pl.col("off") > 0.01).rows() == []


@st.composite
def agreed(draw: st.DrawFn) -> Draft:
    """Draw a case of which one agreement is signed at least, and cars pay more often than not."""
    draft = draw(drafts(integers=True, hosts=1))
    first, *others = draft.tables["agreements"]
    for deal in [first, *(other for other in others if draw(st.booleans()))]:
        deal |= {"status": "signed", "group": None}
    dearer = draw(st.sampled_from([1.0, 4.0, 10.0]))
    for row in draft.tables["prices"]:
        row["price"] *= dearer if row["demand"] == "cars-wanted" else 1.0
    return draft


@EVERY_CLAUSE
@given(agreed())
def test_settling_a_plan_gives_its_money(draft: Draft) -> None:
    assert_settled_as_planned(coplant.plan(draft.case()))
