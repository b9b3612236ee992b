"""Rivals and diffusion come to the same as rows of demand that say what they leave and add, bucket by bucket."""

from __future__ import annotations

import copy
import datetime
import itertools
import math
from collections.abc import Sequence

import pytest
from checker.dates import bounds_of, length_of, shared, spans
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import Draft, Row, drafts

import coplant

OWN = 0.7


def _bounds(draft: Draft) -> list[datetime.date]:
    kinds = [(kind, int(count)) for kind, count in (text.split(":") for text in draft.settings["buckets"])]
    return bounds_of(draft.settings["start"], kinds)


def _kept(rivals: Sequence[Row], day: datetime.date) -> float:
    """Share of its buyers that a stream keeps on a day."""
    total = 0.0
    for name in {row["rival"] for row in rivals}:
        begun = [row for row in rivals if row["rival"] == name and row["from"] <= day]
        last = max(begun, key=lambda row: row["from"]) if begun else None
        if last is not None and last["attraction"] is not None:
            total += math.exp(last["attraction"])
    return (1 + math.exp(OWN)) / (1 + math.exp(OWN) + total)


def _adopted(row: Row, day: datetime.date) -> float:
    left = math.exp(-(row["innovation"] + row["imitation"]) * max((day - row["from"]).days, 0) / 365.25)
    return (1 - left) / (1 + row["imitation"] / row["innovation"] * left)


def _said_in_rows(draft: Draft, bounds: Sequence[datetime.date], rivals: Sequence[Row], spread: Row) -> Draft:
    """The same draft, in which the rows of the stream say day by day what is asked for in each bucket."""
    other = copy.deepcopy(draft)
    mine = [row for row in other.tables["demand"] if row["demand"] == spread["demand"]]
    changes = {row["from"] for row in (*rivals, *mine)} | {*bounds}
    days = sorted(day for day in changes if bounds[0] <= day <= bounds[-1])
    rows = []
    for first, until in itertools.pairwise(days):
        asked = spread["potential"] * (_adopted(spread, until) - _adopted(spread, first))
        held = mine[0]
        for begin, end, row in spans(mine):
            hit = shared(begin, end, first, until)
            if hit:
                held = row
                asked += row["quantity"] * length_of(*hit, row["per"])
        kept = _kept(rivals, first)
        rows.append(held | {"from": first, "quantity": kept * asked / (until - first).days, "per": "day"})
    other.tables["demand"] = [row for row in other.tables["demand"] if row["demand"] != spread["demand"]] + rows
    return other


@st.composite
def _spreading(draw: st.DrawFn) -> tuple[Draft, list[Row], Row]:
    draft = draw(drafts())
    bounds = _bounds(draft)
    name = draft.tables["demand"][0]["demand"]
    for row in draft.tables["demand"]:
        row["attraction"] = OWN
    draft.tables["safety_stock"] = [row for row in draft.tables.get("safety_stock", []) if row.get("days") is None]
    begin = min(row["from"] for row in draft.tables["demand"] if row["demand"] == name)
    day = st.dates(begin, bounds[-1])
    rivals = [
        {"rival": rival, "demand": name, "from": when, "attraction": draw(st.sampled_from([None, -1.0, 0.5, 2.0]))}
        for rival in ("near", "far")
        for when in draw(st.lists(day, max_size=2, unique=True))
    ]
    spread = {
        "demand": name, "from": draw(day), "innovation": draw(st.sampled_from([0.02, 0.3])),
        "imitation": draw(st.sampled_from([0.0, 0.5, 3.0])), "potential": draw(st.sampled_from([0.0, 50.0, 400.0])),
    }  # fmt: skip
    return draft, rivals, spread


@given(_spreading())
def test_what_rivals_leave_and_diffusion_adds_is_as_if_rows_said_so(drawn: tuple[Draft, list[Row], Row]) -> None:
    draft, rivals, spread = drawn
    said = coplant.plan(_said_in_rows(draft, _bounds(draft), rivals, spread).case(), gap=1e-9)
    draft.tables |= {"rivals": rivals, "diffusion": [spread]}
    plan = coplant.plan(draft.case(), gap=1e-9)
    assert plan.objective == pytest.approx(said.objective, rel=1e-6, abs=1e-4)
    wanted, other = (
        {(demand, bucket): units for demand, bucket, units in one["sold"].select("demand", "bucket", "wanted").rows()}
        for one in (plan, said)
    )
    for key in wanted.keys() | other.keys():
        assert wanted.get(key, 0.0) == pytest.approx(other.get(key, 0.0), rel=1e-9, abs=1e-9)
