"""What is owed for forecasts that change, and for parts that are too many, whatever they are."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import SmallCase

import coplant

START = datetime.date(2023, 1, 1)
MONTHS = [datetime.date(2023, month, 1) for month in range(3, 13)]
SHARES = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])
UNITS = st.sampled_from([0.0, 1.0, 10.0, 95.0, 100.0, 120.0, 1_000.0])

Row = dict[str, Any]


@st.composite
def fences(draw: st.DrawFn) -> list[Row]:
    """Fences that bind less the further ahead, and from the last on not at all."""
    edges = [0, *sorted(draw(st.sets(st.integers(1, 6), min_size=1, max_size=3)))]
    down = sorted(draw(SHARES) for _ in edges)
    binding = [*sorted((draw(SHARES) for _ in edges[1:]), reverse=True), 0.0]
    method = draw(st.sampled_from(["step_to_step", "original"]))
    return [
        {"agreement": "deal", "months_ahead": edge, "up_share": draw(st.one_of(st.none(), SHARES)), "down_share": fall,
         "binding_share": share, "price": 10.0, "method": method}
        for edge, fall, share in zip(edges, down, binding, strict=True)
    ]  # fmt: skip


def _hosted() -> SmallCase:
    """A host builds cars and vans, and has built one so that all months are settled."""
    small = SmallCase("month:1", start=datetime.date(2024, 1, 1)).host(starts=START, term=12.0)
    for item in ("car", "van"):
        small.item(item).route(item, site="host", agreement="deal")
        small.demand(item, 1, "month", price=1.0, site="host")
    return small


def _snapshot(published: datetime.date, month: datetime.date, quantity: float, item: str = "car") -> Row:
    return {"agreement": "deal", "item": item, "published": published, "month": month, "quantity": quantity}


def _changed(small: SmallCase, published: datetime.date, month: datetime.date, before: float, after: float) -> float:
    """What is owed if a forecast of the first day is changed on another."""
    rows = [_snapshot(START, month, before), _snapshot(published, month, after)]
    tables = {**small.tables, "forecasts": rows}
    return coplant.settle(coplant.Case.from_tables(small.settings, tables)).total


@given(fences(), st.sampled_from(MONTHS), UNITS, UNITS)
def test_liability_falls_with_the_age_of_a_forecast(
    schedule: list[Row], month: datetime.date, before: float, after: float
) -> None:
    small = _hosted()
    small.tables["flexibility"] = schedule
    binding = schedule[-1]["months_ahead"]
    owed = [
        _changed(small, datetime.date(2023, published, 15), month, before, after)
        for published in range(1, month.month + 1)
    ]
    assert owed == sorted(owed)
    assert all(amount == 0.0 for ahead, amount in enumerate(reversed(owed)) if ahead >= binding)


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Snapshots of cars and vans."""
    keys = st.tuples(st.sampled_from(["car", "van"]), st.sampled_from(MONTHS[:4]), st.integers(0, 150))
    return [
        _snapshot(
            min(START + datetime.timedelta(days=day), month + datetime.timedelta(days=27)), month, draw(UNITS), item
        )
        for item, month, day in draw(st.sets(keys, max_size=20).filter(_apart))
    ]


def _apart(keys: set[tuple[str, datetime.date, int]]) -> bool:
    """Whether no two snapshots of a month are of one day."""
    days = [(item, month, min(day, (month - START).days + 27)) for item, month, day in keys]
    return len(set(days)) == len(days)


def _case(schedule: list[Row], history: list[Row]) -> coplant.Case:
    small = _hosted().item("bolt").offer("bolt", 1.0, site="host").add("bom", route="car", item="bolt", quantity=2)
    small.add("excess", agreement="deal", item="bolt", window_months=2, cost=3, carrying_rate=0.01, review="month")
    for month, held, ordered in ((2, 100, 50), (4, 300, 0), (6, 50, 400)):
        for measure, units in (("on_hand", held), ("on_order", ordered)):
            small.add("actuals", agreement="deal", measure=measure, item="bolt", quantity=units,
                      from_=datetime.date(2023, month, 5))  # fmt: skip
    small.tables |= {"flexibility": schedule, "forecasts": [*history, _snapshot(START, MONTHS[-1], 1.0)]}
    return small.case()


@given(fences(), histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(schedule: list[Row], history: list[Row], order: Any) -> None:
    shuffled = (order.sample(rows, len(rows)) for rows in (schedule, history))
    first, again = (coplant.settle(case) for case in (_case(schedule, history), _case(*shuffled)))
    for name, table in first.tables.items():
        assert table.equals(again[name]), name


@given(fences(), histories())
def test_evidence_adds_up_to_the_lines(schedule: list[Row], history: list[Row]) -> None:
    settlement = coplant.settle(_case(schedule, history))
    lines, changes, excesses = (settlement[name] for name in ("lines", "changes", "excesses"))
    assert changes["owed"].sum() == pytest.approx(lines.filter(line="cancellation")["amount"].sum(), abs=0.01)
    assert 3 * excesses["claim"].sum() == pytest.approx(lines.filter(line="excess")["amount"].sum(), abs=0.01)
    assert (changes["quantity"] - changes["beyond"] <= changes["most"] + 1e-9).all()
    assert (changes["quantity"] + changes["cancelled"] >= changes["least"] - 1e-9).all()
    last = settlement["balances"].filter(account="claimed")
    assert last["closing"].tail(1).sum() == pytest.approx(0.0)
    assert (last["closing"] >= -1e-9).all()


@given(fences(), histories())
def test_statements_of_an_old_day_stay_as_they_were(schedule: list[Row], history: list[Row]) -> None:
    case = _case(schedule, history)
    now, then = coplant.settle(case), coplant.settle(case, as_of=datetime.date(2023, 5, 20))
    drawn_up = then["statements"]["statement"]
    assert drawn_up.len() > 2
    for table in ("statements", "lines", "operands", "due", "due_operands", "changes", "excesses"):
        old = now[table].filter(now[table]["statement"].is_in(drawn_up.implode()))
        assert old.equals(then[table]), table
