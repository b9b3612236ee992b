"""Learning: conversion cost that falls with experience."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import term
from coplant.program.money import Floats, Integers
from coplant.program.piecewise import filled_in_order


@dataclass(frozen=True)
class Curve:
    """An experience curve: cost per unit falls to `rate` of itself with every doubling of experience.

    With b = log2(rate) and c the cost of the first unit: by the convention ``unit`` (Crawford) the Q-th unit costs
    c Q^b, and the first Q units c sum_{i=1..Q} i^b; by ``cumulative_average`` (Wright, 1936) the first Q units cost
    c Q^(b+1).

    Parameters
    ----------
    rate : float
        Learning rate, in (0, 1].
    first_unit_cost : float
        Money per unit.
    convention : {"unit", "cumulative_average"}
        How the rate is meant.

    Examples
    --------
    >>> curve = Curve(0.8, 100.0, "unit")
    >>> [round(curve.unit_cost(units), 4) for units in (1, 2, 4, 8, 100)]
    [100.0, 80.0, 64.0, 51.2, 22.7062]
    >>> round(float(curve.total(np.array([100.0]))[0]), 2)
    3265.08
    """

    rate: float
    first_unit_cost: float
    convention: str

    @property
    def exponent(self) -> float:
        """The exponent b, not positive."""
        return float(np.log2(self.rate))

    def unit_cost(self, unit: float) -> float:
        """Cost of the unit that comes at an experience, in money."""
        if self.convention == "cumulative_average":
            count = np.array([unit, unit - 1.0])
            return float(-np.diff(self.total(count))[0])
        return float(self.first_unit_cost * unit**self.exponent)

    def total(self, units: Floats) -> Floats:
        """Cost of the first units, in money; linear between whole units.

        Parameters
        ----------
        units : ndarray
            Counts, not negative.
        """
        count = np.asarray(units, dtype=np.float64)
        if self.convention == "cumulative_average":
            return self.first_unit_cost * count ** (self.exponent + 1.0)
        below = np.floor(count)
        whole = _power_sum(below, self.exponent)
        return np.asarray(self.first_unit_cost * (whole + (count - below) * (below + 1.0) ** self.exponent))


def _power_sum(count: Floats, exponent: float) -> Floats:
    """Sum of i^exponent over i = 1..count, for whole counts and exponents in [-inf, 0].

    Directly for few, beyond that by the Euler-Maclaurin formula (Abramowitz & Stegun, 1964, 23.1.30).
    """
    few = 64
    first = np.concatenate([[0.0], np.cumsum(np.arange(1.0, few + 1.0) ** exponent)])
    start, last = float(few), np.maximum(count, few)
    antiderivative = (
        np.log(last / start)
        if exponent == -1.0
        else (last ** (exponent + 1.0) - start ** (exponent + 1.0)) / (exponent + 1.0)
    )
    correction = (last**exponent - start**exponent) / 2.0
    slope = exponent * (last ** (exponent - 1.0) - start ** (exponent - 1.0)) / 12.0
    third = exponent * (exponent - 1.0) * (exponent - 2.0)
    cubic = third * (last ** (exponent - 3.0) - start ** (exponent - 3.0)) / 720.0
    many = first[few] + antiderivative + correction + slope - cubic
    return np.where(count <= few, first[np.minimum(count, few).astype(np.int64)], many)


def experience(retention: float, months: Floats, made: Floats, opening: float = 0.0) -> Floats:
    """Experience after each of several periods: E_t = retention^months_t E_{t-1} + made_t.

    Examples
    --------
    >>> experience(0.96, np.ones(5), np.array([10.0, 10, 0, 0, 10])).round(4)
    array([10.    , 19.6   , 18.816 , 18.0634, 27.3408])
    """
    level, levels = opening, np.zeros(len(made))
    for step, (length, units) in enumerate(zip(months, made, strict=True)):
        level = level * retention**length + units
        levels[step] = level
    return levels


def learning(draft: Draft) -> None:
    """Charge conversion along experience curves.

    ``experience[g,n]``: Q_{g,n} - retention^months Q_{g,a(n)} - sum_{j in g} good_j x_{j,n} = 0, with Q the experience
    [unit] when the node closes and Q = initial_units x transfer_share before the first. The conversion of a node costs
    C(Q_{g,n}) - C(retention^months Q_{g,a(n)}), with C the curve's total, concave in Q: it is followed by straight
    segments between experiences in geometric steps, from the least there can be to the most, and binaries fill them in
    order (rows ``learning.sum``, ``learning.full``, ``learning.next``; ``faded`` likewise where
    experience fades). What a curve costs is one sum for all its routes: its money bears the tag ``learning``, the
    number of the curve, and is split among them when the plan is read.
    """
    for number, row in enumerate(draft.network.case["learning"].iter_rows(named=True)):
        _follow(draft, number, row)


def _follow(draft: Draft, number: int, row: dict[str, float | int | str]) -> None:
    network, program, tree = draft.network, draft.program, draft.tree
    activities = network.activities
    routes = np.flatnonzero(activities.learning == number)
    started = draft.start.index[routes]
    if not (started >= 0).any():
        return
    name = network.curves[number]
    curve = Curve(float(row["rate"]), float(row["first_unit_cost"]), str(row["convention"]))
    opening = float(row["initial_units"]) * float(row["transfer_share"])
    months = tree.timeline.months[tree.bucket]
    kept = float(row["retention"]) ** months
    good = activities.good_share[routes]
    least, most = _reach(draft, routes, opening)
    reach = float(np.max(most))
    labels = (tree.labels,)
    level = program.columns(f"experience/{name}", labels)
    every = draft.nodes
    later, root = np.flatnonzero(tree.parent >= 0), np.flatnonzero(tree.parent < 0)
    carried = np.zeros(len(tree))
    carried[root] = opening * kept[root]
    program.rows(
        f"experience/{name}",
        labels,
        [
            term(every, level.index),
            term(later, level.index[tree.parent[later]], -kept[later]),
            term(every, started, -good[:, None]),
        ],
        lower=carried,
        upper=carried,
    )
    edges = _edges(float(np.min(least)), opening, reach, int(row["segments"]))
    slope = np.diff(curve.total(edges)) / np.diff(edges)
    lasting = float(row["retention"]) == 1.0
    grows = tree.parent if lasting else None
    after = filled_in_order(
        program, f"learning/{name}", labels, term(every, level.index), least, most, edges, every, grows
    )
    tags = {"item": -1, "family": -1, "site": -1, "agreement": -1, "learning": number}
    for tag, values in (
        ("item", activities.item[routes]),
        ("family", network.family[activities.item[routes]]),
        ("site", activities.site[routes]),
        ("agreement", activities.agreement[routes]),
    ):
        if len(np.unique(values)) == 1:
            tags[tag] = int(values[0])
    program.money("learning", after.index, -slope, every[:, None], tags=tags)
    if lasting:
        program.money("learning", after.index[tree.parent[later]], slope, later[:, None], tags=tags)
    else:
        faded = filled_in_order(
            program,
            f"faded/{name}",
            (tuple(tree.labels[n] for n in later),),
            term(np.arange(len(later)), level.index[tree.parent[later]], kept[later]),
            0.0,
            most[tree.parent[later]],
            edges,
            later,
        )
        program.money("learning", faded.index, slope, later[:, None], tags=tags)
    begun = _followed(slope, edges, opening * kept[root])
    if begun.any():
        program.money("learning", program.constant(), begun, root, tags=tags)


def _reach(draft: Draft, routes: Integers, opening: float) -> tuple[Floats, Floats]:
    """Least and most experience when each node closes, each shape (N,).

    Of agreements that exclude each other only the one that can make the most counts, and nothing is made that could
    never be of use.
    """
    network, tree = draft.network, draft.tree
    activities = network.activities
    made = draft.room.most[routes] * activities.good_share[routes][:, None]
    group = network.case["agreements"]["group"]
    alternative = [group[int(k)] if k >= 0 else None for k in activities.agreement[routes]]
    together = np.zeros(len(tree))
    for name in set(alternative):
        of_group = np.array([other == name for other in alternative])
        agreement = activities.agreement[routes][of_group]
        each = [made[of_group][agreement == k].sum(axis=0) for k in np.unique(agreement)]
        together += np.sum(each, axis=0) if name is None else np.max(each, axis=0)
    made_so_far = np.where(tree.path >= 0, together[tree.path], 0.0).sum(axis=1)
    useful = float(draft.room.useful[np.unique(activities.item[routes])].sum())
    retention = float(network.case["learning"]["retention"][int(activities.learning[routes[0]])])
    age = np.cumsum(tree.timeline.months)[tree.bucket]
    return opening * retention**age, opening + np.minimum(made_so_far, useful)


def _edges(least: float, opening: float, reach: float, segments: int) -> Floats:
    """Experiences between which the curve is followed by straight segments.

    From nothing to the least there can be, in geometric steps to that of the start, and in geometric steps to the most;
    experience that fades is not followed below the start in coarser steps than above it.
    """
    first = max(opening, 1.0)
    last = max(reach, first * 2.0)
    steps = np.round(np.geomspace(first, last, segments + 1))
    fading = np.empty(0)
    if 0.0 < least < opening:
        count = int(np.ceil(segments * np.log(opening / least) / np.log(last / first)))
        fading = np.geomspace(least, opening, min(count, segments) + 1)
    return np.unique(np.concatenate([[0.0, opening], fading[:-1], steps[1:-1], [np.ceil(last)]]))


def _followed(slope: Floats, edges: Floats, units: Floats) -> Floats:
    """Total of the straight segments up to some experiences."""
    return np.clip(units[:, None] - edges[:-1], 0.0, np.diff(edges)) @ slope
