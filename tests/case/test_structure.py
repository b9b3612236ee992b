"""What can be had where, against a plain reading of the rules; and the order of the bill of materials."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coplant
from coplant.case import bill_order, obtainable
from coplant.case.structure import bill_loops, why_not
from coplant.schema import TABLES

Put = Callable[[Mapping[str, str]], Path]
Rows = dict[str, list[dict[str, Any]]]

ITEMS = [f"item{number}" for number in range(6)]
SITES = [f"site{number}" for number in range(3)]
FAMILIES = ["metal", "glass"]


def tables(rows: Rows) -> dict[str, pl.DataFrame]:
    """Tables that need not be a case."""
    return {
        name: pl.DataFrame(rows.get(name, []), schema={column.name: column.dtype for column in table.columns})
        for name, table in TABLES.items()
    }


@st.composite
def networks(draw: st.DrawFn) -> Rows:
    item, site = st.sampled_from(ITEMS), st.sampled_from(SITES)
    points = st.lists(st.tuples(item, site), max_size=4)
    family = {name: draw(st.sampled_from([None, *FAMILIES])) for name in ITEMS}
    routes = draw(points)
    lanes = draw(st.lists(st.tuples(st.one_of(item, st.sampled_from(FAMILIES)), site, site), max_size=5))
    return {
        "items": [{"item": name, "family": family[name]} for name in ITEMS],
        "sites": [{"site": name} for name in SITES],
        "routes": [{"route": f"r{n}", "item": one, "site": where} for n, (one, where) in enumerate(routes)],
        "bom": [
            {"route": f"r{number}", "item": part, "quantity": 1.0}
            for number in range(len(routes))
            for part in draw(st.sets(item, max_size=3))
        ],
        "lanes": [
            {"lane": f"l{n}", "item" if what in ITEMS else "family": what, "from_site": a, "to_site": b}
            for n, (what, a, b) in enumerate(lanes)
        ],
        "offers": [{"offer": f"o{n}", "item": one, "site": where} for n, (one, where) in enumerate(draw(points))],
        "stock": [
            {"item": one, "site": where, "quantity": float(draw(st.integers(0, 1)))} for one, where in set(draw(points))
        ],
        "receipts": [{"item": one, "site": where, "quantity": 1.0} for one, where in draw(points)[:1]],
    }


def plainly_obtainable(rows: Rows) -> set[tuple[str, str]]:
    """The same, one row after the other until nothing more is found."""
    family = {row["item"]: row["family"] or row["item"] for row in rows["items"]}
    parts = {
        row["route"]: {one["item"] for one in rows["bom"] if one["route"] == row["route"]} for row in rows["routes"]
    }
    known = {(row["item"], row["site"]) for row in rows["offers"]}
    known |= {(row["item"], row["site"]) for name in ("stock", "receipts") for row in rows[name] if row["quantity"] > 0}
    while True:
        more = {
            (row["item"], row["site"])
            for row in rows["routes"]
            if all((part, row["site"]) in known for part in parts[row["route"]])
        }
        more |= {
            (one, row["to_site"])
            for row in rows["lanes"]
            for one in ITEMS
            if (row["item"] == one if row.get("item") else row["family"] == family[one])
            and (one, row["from_site"]) in known
        }
        if more <= known:
            return known
        known |= more


@given(networks())
def test_what_can_be_had_is_found(rows: Rows) -> None:
    found = obtainable(tables(rows))
    assert found.columns == ["item", "site"]
    assert not found.is_duplicated().any()
    assert set(found.rows()) == plainly_obtainable(rows)


@given(networks())
def test_what_cannot_be_had_has_a_reason(rows: Rows) -> None:
    frames = tables(rows)
    known = obtainable(frames)
    for item in ITEMS:
        for site in SITES:
            if (item, site) not in known.rows():
                reason = why_not(frames, known, item, site)
                assert "supplies" in reason or "waits for itself" in reason


@given(networks())
def test_parts_come_before_products_or_a_loop_is_named(rows: Rows) -> None:
    frames = tables(rows)
    product = {row["route"]: row["item"] for row in rows["routes"]}
    pairs = {(row["item"], product[row["route"]]) for row in rows["bom"]}
    loops = bill_loops(frames)
    if loops:
        with pytest.raises(ValueError, match="loop"):
            bill_order(frames)
        for loop in loops:
            assert {*zip(loop, [*loop[1:], loop[0]], strict=True)} <= pairs
        assert len({item for loop in loops for item in loop}) == sum(map(len, loops))
    else:
        order = bill_order(frames)
        assert sorted(order) == ITEMS
        assert all(order.index(part) < order.index(made) for part, made in pairs)


def test_every_group_of_items_that_need_each_other_has_a_loop() -> None:
    routes = [{"route": f"r{number}", "item": ITEMS[number], "site": "site0"} for number in range(6)]
    uses = [(0, 1), (1, 0), (2, 3), (3, 2), (4, 0), (4, 2), (5, 5)]
    bom = [{"route": f"r{number}", "item": ITEMS[part], "quantity": 1.0} for number, part in uses]
    rows: Rows = {"items": [{"item": name} for name in ITEMS], "routes": routes, "bom": bom}
    assert bill_loops(tables(rows)) == [["item0", "item1"], ["item2", "item3"], ["item5"]]


def test_an_empty_network_has_nothing() -> None:
    assert obtainable(tables({})).is_empty()
    assert bill_order(tables({})) == []


def test_a_case_is_asked_itself(files: dict[str, str], put: Put) -> None:
    case = coplant.read(put(files))
    assert set(obtainable(case).rows()) == {
        ("car", "plant"),
        ("car", "china"),
        ("car", "depot"),
        ("seat", "plant"),
        ("chip", "plant"),
    }
    order = bill_order(case)
    assert order.index("car") == 2


def test_ten_thousand_items_at_fifty_sites_take_no_time() -> None:

    count, width = 10_000, 50
    items = [f"i{number}" for number in range(count)]
    sites = [f"s{number}" for number in range(width)]
    routes = [{"route": f"r{n}", "item": items[n], "site": sites[n % width]} for n in range(5_000, count)]
    frames = tables(
        {
            "items": [{"item": item, "family": f"f{number % 5}"} for number, item in enumerate(items)],
            "sites": [{"site": site} for site in sites],
            "routes": routes,
            "bom": [
                {"route": f"r{n}", "item": items[(n * step) % n], "quantity": 1.0}
                for n in range(5_000, count)
                for step in (7, 11, 13)
            ],
            "offers": [{"offer": f"o{n}", "item": items[n], "site": "s0"} for n in range(5_000)],
            "lanes": [
                {"lane": f"l{n}", "family": f"f{n % 5}", "from_site": a, "to_site": b}
                for n, (a, b) in enumerate([pair for site in sites[1:] for pair in (("s0", site), (site, "s0"))] * 5)
            ],
        }
    )
    obtainable(frames)
    start = time.process_time()
    found = obtainable(frames)
    order = bill_order(frames)
    assert time.process_time() - start < 1.0
    assert len(order) == count
    assert found.height > 5_000
