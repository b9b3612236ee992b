"""How the activities that matter to a milestone are laid out: in layers from top to bottom, with few crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

LEAST = 0.1
"""Criticality from which an activity is drawn."""

MOST = 24
"""Activities that are drawn."""

_SWEEPS = 8
"""How often layers are put in order, down and up."""

_BEND = 0.3
"""Room of a link that passes a layer, beside that of an activity."""

Place = tuple[float, float]
Link = tuple[str, str]


@dataclass(frozen=True)
class Drawing:
    """Where activities and the links between them are drawn.

    Parameters
    ----------
    places : mapping of str to (x, y)
        Middle of each activity; x from 0 to 1, y its layer.
    edges : mapping of (str, str) to sequence of (x, y)
        Points that each link is drawn through; links that follow from others are left out.
    layers : int
        How many layers there are.
    """

    places: Mapping[str, Place]
    edges: Mapping[Link, Sequence[Place]]
    layers: int


def drawn(paths: pl.DataFrame) -> list[str]:
    """Activities of a milestone that are drawn: those that the path most often leads through."""
    often = paths.filter(pl.col("criticality") >= LEAST)
    return often.sort("criticality", "activity", descending=[True, False])["activity"].head(MOST).to_list()


def links_between(names: Sequence[str], links: pl.DataFrame) -> pl.DataFrame:
    """Links that begin and end at some activities."""
    return links.filter(pl.col("predecessor").is_in(names), pl.col("successor").is_in(names))


def drawing_of(paths: pl.DataFrame, links: pl.DataFrame) -> Drawing:
    """Lay out the activities of a milestone that are drawn."""
    names = drawn(paths)
    between = links_between(names, links).select("predecessor", "successor").unique(maintain_order=True)
    edges = [(first, second) for first, second in between.iter_rows() if first != second]
    depth = _depths(names, edges)
    kept = _reduced(names, edges)
    # Links over several layers bend in each that they pass, where room is kept for them.
    routes = {edge: _route(edge, depth) for edge in kept}
    layers: list[list[str]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for name in sorted(names, key=lambda one: depth[one]):
        layers[depth[name]].append(name)
    for (first, _), route in routes.items():
        for step, bend in enumerate(route[1:-1], start=1):
            layers[depth[first] + step].append(bend)
    ordered = _ordered(layers, routes)
    places = {
        name: (x, float(number))
        for number, layer in enumerate(ordered)
        for name, x in zip(layer, _across(layer, set(names)), strict=True)
    }
    return Drawing(
        {name: places[name] for name in names},
        {edge: [places[step] for step in route] for edge, route in routes.items()},
        len(ordered),
    )


def _depths(names: Sequence[str], edges: Sequence[Link]) -> dict[str, int]:
    """Layer of each activity: one below the lowest that it comes after."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for first, second in edges:
            depth[second] = max(depth[second], depth[first] + 1)
    return depth


def _reduced(names: Sequence[str], edges: Sequence[Link]) -> list[Link]:
    """Links that do not follow from others."""
    after: dict[str, set[str]] = {name: set() for name in names}
    for first, second in edges:
        after[first].add(second)
    reached = {name: set(later) for name, later in after.items()}
    for _ in names:
        for later in reached.values():
            later |= set().union(*(reached[one] for one in later))
    return [
        (first, second)
        for first, second in edges
        if not any(second in reached[other] for other in after[first] if other != second)
    ]


def _route(edge: Link, depth: Mapping[str, int]) -> list[str]:
    """The two ends of a link, and a bend in each layer between."""
    first, second = edge
    return [first, *(f"{first} > {second} > {layer}" for layer in range(depth[first] + 1, depth[second])), second]


def _ordered(layers: Sequence[Sequence[str]], routes: Mapping[Link, Sequence[str]]) -> list[list[str]]:
    """Put each layer in the order of the means of what it hangs on, down and up a few times."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for route in routes.values():
        for first, second in pairwise(route):
            above.setdefault(second, []).append(first)
            below.setdefault(first, []).append(second)
    ordered = [list(layer) for layer in layers]
    place: dict[str, float] = {}

    def seat(layer: Sequence[str]) -> None:
        place.update({name: (number + 0.5) / len(layer) for number, name in enumerate(layer)})

    for layer in ordered:
        seat(layer)
    for sweep in range(_SWEEPS):
        beside, turn = (above, ordered) if sweep % 2 == 0 else (below, ordered[::-1])
        for layer in turn:
            means = {name: _mean([place[one] for one in beside.get(name, [name])]) for name in layer}
            layer.sort(key=means.__getitem__)
            seat(layer)
    return ordered


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _across(layer: Sequence[str], names: set[str]) -> list[float]:
    """Spread a layer over the width; a bend takes less room than an activity."""
    rooms = [1.0 if name in names else _BEND for name in layer]
    whole, left, places = sum(rooms), 0.0, []
    for room in rooms:
        places.append((left + room / 2.0) / whole)
        left += room
    return places
