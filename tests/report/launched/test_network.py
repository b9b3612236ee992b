"""How a network is laid out."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from coplant.report.launched.network import LEAST, MOST, drawing_of, drawn


def paths(*shares: tuple[str, float]) -> pl.DataFrame:
    return pl.DataFrame(shares, schema={"activity": pl.String, "criticality": pl.Float64}, orient="row")


def links(*ends: str) -> pl.DataFrame:
    return pl.DataFrame([tuple(one) for one in ends], schema=["predecessor", "successor"], orient="row")


def test_what_comes_after_stands_below() -> None:
    drawing = drawing_of(paths(("a", 1.0), ("b", 0.5), ("c", 0.5), ("d", 1.0)), links("ab", "ac", "bd", "cd"))
    assert {name: y for name, (_, y) in drawing.places.items()} == {"a": 0.0, "b": 1.0, "c": 1.0, "d": 2.0}
    assert drawing.places["b"][0] != drawing.places["c"][0]
    assert drawing.layers == 3


def test_links_that_follow_from_others_are_left_out() -> None:
    drawing = drawing_of(paths(("a", 1.0), ("b", 1.0), ("c", 1.0)), links("ab", "bc", "ac"))
    assert list(drawing.edges) == [("a", "b"), ("b", "c")]


def test_a_long_link_passes_beside_what_lies_between() -> None:
    chain = paths(*((name, 1.0) for name in "abcdx"))
    drawing = drawing_of(chain, links("ab", "bc", "cd", "xd"))
    route = drawing.edges["x", "d"]
    assert [y for _, y in route] == [0.0, 1.0, 2.0, 3.0]
    between = {(x, y) for x, y in route[1:-1]}
    assert not between & set(drawing.places.values())
    assert all(first != second for first, second in pairwise(route))


def test_only_what_matters_is_drawn() -> None:
    many = paths(("never", LEAST / 2), *((f"a{number:02}", 0.5 + number / 100) for number in range(MOST + 3)))
    names = drawn(many)
    assert len(names) == MOST
    assert "never" not in names
    assert "a00" not in names


def test_layers_are_put_in_an_order_without_crossings() -> None:
    """The second row is given the wrong way round."""
    drawing = drawing_of(paths(*((name, 1.0) for name in "abcdyz")), links("ya", "zb", "ad", "bc"))
    places = drawing.places
    assert (places["y"][0] < places["z"][0]) == (places["a"][0] < places["b"][0])
    assert (places["a"][0] < places["b"][0]) == (places["d"][0] < places["c"][0])
