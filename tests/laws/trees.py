"""Cases whose futures are a tree of any depth: each outcome may raise another question, and change anything."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from hypothesis import strategies as st
from laws.small_cases import FEW, Draft, drafts

from coplant.timeline import Timeline

MANY = 50 if FEW >= 200 else 4
"""Examples of laws that plan for several futures, of which each takes some seconds."""

SECONDS = 10 if FEW >= 200 else 3
"""How long parts may try to close a gap that is narrower than some of them can reach."""

LEAVES = 8
"""Futures at the most."""

CHANGES = (
    ("demand", "quantity", ("0.3", "0.8", "1.5")),
    ("resource_capacity", "quantity", ("0.5", "1.5")),
    ("offer_prices", "price", ("1.2", "2")),
    ("prices", "price", ("0.7", "1.3")),
)
"""What outcomes change, and by what it is multiplied; parts do not get so cheap that to keep them has no limit."""


@st.composite
def trees(draw: st.DrawFn, *, integers: bool = False, plain: bool = False) -> Draft:
    """Draw a case with branches, of which the first is open from the start and others hang on its outcomes.

    Parameters
    ----------
    draw
        Hypothesis.
    integers
        Whether the plans may need whole-number decisions.
    plain
        Whether rates are constant, lead times nothing and time free.
    """
    draft = draw(drafts(integers=integers, plain=plain, hosts=1))
    case = draft.case()
    bounds = Timeline.of(case.settings.start, case.settings.buckets).bounds
    changes = [change for change in CHANGES if not case[change[0]].is_empty()]
    open_: list[tuple[str | None, int]] = [(None, 1)]
    leaves = 1
    while open_ and leaves < LEAVES:
        after, since = open_.pop(0)
        step = draw(st.integers(since, len(bounds) - 2))
        day: datetime.date = bounds[step].astype(object)
        weights = draw(st.lists(st.sampled_from([1, 1, 2, 5]), min_size=2, max_size=3))
        leaves += len(weights) - 1
        for number, weight in enumerate(weights):
            outcome = f"{after}.{number}" if after else f"way {number}"
            draft.add("branches", branch=f"after {after}" if after else "at first", outcome=outcome,
                      probability=weight / sum(weights), reveal_date=day, after=after)  # fmt: skip
            if draw(st.booleans()):
                _change(draw, draft, outcome, changes)
            if step + 1 <= len(bounds) - 2 and draw(st.booleans()):
                open_.append((outcome, step + 1))
    draft.settings |= {"probabilities": "normalise", "risk_share": draw(st.sampled_from([0.5, 0.8]))}
    draft.settings["risk_weight"] = draw(st.sampled_from([0.0, 0.4, 1.0]))
    return draft


def _change(draw: st.DrawFn, draft: Draft, outcome: str, changes: list[tuple[str, str, tuple[str, ...]]]) -> None:
    table, column, factors = draw(st.sampled_from(changes))
    edit: dict[str, Any] = {"outcome": outcome, "table": table, "column": column, "operation": "times"}
    draft.tables.setdefault("edits", []).append(edit | {"value": draw(st.sampled_from(factors))})


def split(draft: Draft, outcome: str, share: float) -> Draft:
    """Let an outcome come in two ways, after which all is the same.

    Parameters
    ----------
    draft : Draft
        A case that `trees` drew.
    outcome : str
        The outcome.
    share : float
        Part of its probability that is the first way's.
    """
    twice = copy.deepcopy(draft)
    for table in ("branches", "edits"):
        rows = []
        for row in twice.tables.get(table, []):
            if row["outcome"] == outcome or row["outcome"].startswith(f"{outcome}."):
                rows += [_again(row, outcome, way, share) for way in ("a", "b")]
            else:
                rows.append(row)
        twice.tables[table] = rows
    return twice


def _again(row: dict[str, Any], outcome: str, way: str, share: float) -> dict[str, Any]:
    """A row about an outcome, or about what hangs on it, in one of its two ways."""
    new = dict(row)
    for column in ("branch", "outcome", "after"):
        text = row.get(column)
        names = {outcome, f"after {outcome}"}
        if text and (text in names or text.startswith((f"{outcome}.", f"after {outcome}."))):
            new[column] = text.replace(outcome, f"{outcome}{way}", 1)
    if row["outcome"] == outcome and "probability" in row:
        new["probability"] = row["probability"] * (share if way == "a" else 1.0 - share)
    return new
