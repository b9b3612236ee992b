"""More of anything scarce never lowers the optimum, and no unit brings more than its marginal value."""

from __future__ import annotations

import copy
from collections import defaultdict

from checker.dates import bounds_of, length_of, shared, spans
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts

import coplant

CHANGES = {"capacity": ("resource_capacity", "resource"), "allotment": ("allotments", "allotment")}


def _more(draft: Draft, table: str, name: str, thing: str, amount: float) -> Draft:
    """The same case with so much more per period, and no less than nothing."""
    other = copy.deepcopy(draft)
    for row in other.tables[table]:
        if row[name] == thing:
            row["quantity"] = max(0.0, row["quantity"] + amount)
    return other


def _added(draft: Draft, other: Draft, table: str, name: str, thing: str) -> list[float]:
    """Units by which the limit of each bucket differs."""
    kinds = [(kind, int(count)) for kind, count in (text.split(":") for text in draft.settings["buckets"])]
    bounds = bounds_of(draft.settings["start"], kinds)
    total = [0.0] * (len(bounds) - 1)
    for sign, one in ((-1.0, draft), (1.0, other)):
        for first, until, row in spans(row for row in one.tables[table] if row[name] == thing):
            for number in range(len(total)):
                hit = shared(first, until, *bounds[number : number + 2])
                if hit:
                    total[number] += sign * row["quantity"] * length_of(*hit, row["per"])
    return total


@given(drafts(), st.sampled_from(sorted(CHANGES)), st.sampled_from([-20.0, -1.0, 0.5, 5.0, 50.0]))
def test_a_change_gains_at_most_its_marginal_value(draft: Draft, constraint: str, amount: float) -> None:
    table, name = CHANGES[constraint]
    things = sorted({row[name] for row in draft.tables.get(table, [])})
    if not things:
        return
    base = coplant.plan(draft.case())
    value: dict[tuple[str, object], float] = defaultdict(float)
    for row in base["marginal_values"].to_dicts():
        if row["constraint"] == constraint:
            value[row["thing"], row["bucket"]] += row["value"]
    buckets = base["buckets"]["bucket"].to_list()
    for thing in things:
        other = _more(draft, table, name, thing, amount)
        changed = coplant.plan(other.case()).objective
        room = 1e-6 * max(1.0, abs(base.objective), abs(changed))
        gain = changed - base.objective
        added = _added(draft, other, table, name, thing)
        most = sum(value[thing, day] * units for day, units in zip(buckets, added, strict=True))
        assert gain * amount >= -room * abs(amount)
        assert gain <= most + room


@given(drafts(integers=True), st.sampled_from([1.1, 2.0, 10.0]))
def test_more_of_everything_scarce_never_lowers_the_optimum(draft: Draft, factor: float) -> None:
    # The segments that follow a learning curve reach as far as capacity does: more of it changes the curve as planned.
    draft.tables.pop("learning", None)
    for row in draft.tables["routes"]:
        row.pop("learning", None)
    other = copy.deepcopy(draft)
    for table in ("resource_capacity", "allotments"):
        for row in other.tables.get(table, []):
            row["quantity"] *= factor
    before = coplant.plan(draft.case(), gap=1e-9).objective
    after = coplant.plan(other.case(), gap=1e-9).objective
    assert after >= before - 1e-6 * max(1.0, abs(before))
