"""Activities: everything that happens. A route makes, a lane moves, an offer buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.structure import obtainable
from coplant.case.versions import with_windows
from coplant.network.frames import Integers, days, floats, indices, mean_in_buckets
from coplant.timeline import Timeline, add_months, overlaps
from coplant.timeline.calendar import Days, Floats
from coplant.tree import Tree

ROUTE, LANE, OFFER = 0, 1, 2
"""Kinds of activity."""


@dataclass(frozen=True, eq=False)
class Activities:
    """The J activities of a network: first the routes, then the lanes (one for each item a lane moves), then the
    offers.

    Parameters
    ----------
    labels : tuple of str
        Names; that of a lane is followed by its item.
    kind : ndarray of int, shape (J,)
        ROUTE, LANE or OFFER.
    row : ndarray of int, shape (J,)
        Row in the case's table of routes, lanes or offers.
    item, site : ndarray of int, shape (J,)
        What it gives and where.
    from_site : ndarray of int, shape (J,)
        Where a lane starts; the site itself for the others.
    lead_time : ndarray, shape (J,)
        Days from start to arrival.
    good_share : ndarray, shape (J,)
        Units that arrive per unit started.
    cost : ndarray, shape (J, N)
        Money per unit started.
    open_share : ndarray, shape (J, N)
        Share of the full rate at which it can be started through the node: 0 before the start of production, rising
        with the ramp, which counts from that day, 1 after it.
    least : ndarray, shape (J,)
        Least quantity started at a node, if any is.
    multiple : ndarray, shape (J,)
        Starts at a node are a whole number of this; NaN where any quantity will do.
    agreement, allotment, learning : ndarray of int, shape (J,)
        What it belongs to; -1 for nothing.
    """

    labels: tuple[str, ...]
    kind: Integers
    row: Integers
    item: Integers
    site: Integers
    from_site: Integers
    lead_time: Floats
    good_share: Floats
    cost: Floats
    open_share: Floats
    least: Floats
    multiple: Floats
    agreement: Integers
    allotment: Integers
    learning: Integers

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(
        cls,
        case: Case,
        tree: Tree,
        openings: Openings,
        lanes: pl.DataFrame,
        items: tuple[str, ...],
        sites: tuple[str, ...],
        agreements: tuple[str, ...],
        allotments: tuple[str, ...],
        curves: tuple[str, ...],
    ) -> Activities:
        """Read routes, lanes, one for each item that they move, and offers."""
        routes, offers = case["routes"], case["offers"]
        lane_row = indices(lanes["lane"], tuple(case["lanes"]["lane"]))
        count = (len(routes), len(lanes), len(offers))
        timeline = tree.timeline
        prices = case.dated("offer_prices")
        price = mean_in_buckets(
            timeline, prices, "price", indices(prices["offer"], tuple(offers["offer"])), len(offers)
        )
        flat = np.ones(len(timeline))
        none = -np.ones(max(count), dtype=np.int64)
        unlimited = np.full(len(lanes), np.nan)
        cost = np.concatenate(
            [floats(routes["cost"])[:, None] * flat, floats(lanes["cost"])[:, None] * flat, np.nan_to_num(price)]
        )
        opened = openings.averaged(tree.timeline, len(routes))
        orderable = np.concatenate([np.ones((len(lanes), len(timeline))), ~np.isnan(price)])
        return cls(
            (
                *routes["route"],
                *(f"{lane} {item}" for lane, item in zip(lanes["lane"], lanes["item"], strict=True)),
                *offers["offer"],
            ),
            np.repeat([ROUTE, LANE, OFFER], count),
            np.concatenate([np.arange(count[0]), lane_row, np.arange(count[2])]),
            np.concatenate([indices(frame["item"], items) for frame in (routes, lanes, offers)]),
            np.concatenate(
                [indices(routes["site"], sites), indices(lanes["to_site"], sites), indices(offers["site"], sites)]
            ),
            np.concatenate(
                [indices(routes["site"], sites), indices(lanes["from_site"], sites), indices(offers["site"], sites)]
            ),
            np.concatenate([floats(frame["lead_time"]) for frame in (routes, lanes, offers)]),
            np.concatenate([floats(routes["yield"]), np.ones(count[1] + count[2])]),
            cost[:, tree.bucket],
            np.concatenate([opened, orderable[:, tree.bucket]]),
            np.concatenate([floats(routes["least_lot"]), np.zeros(count[1]), floats(offers["moq"])]),
            np.concatenate([floats(routes["multiple"]), unlimited, floats(offers["multiple"])]),
            np.concatenate([indices(routes["agreement"], agreements), none[: count[1]], none[: count[2]]]),
            np.concatenate([none[: count[0]], none[: count[1]], indices(offers["allotment"], allotments)]),
            np.concatenate([indices(routes["learning"], curves), none[: count[1]], none[: count[2]]]),
        )


def lanes_by_item(case: Case) -> pl.DataFrame:
    """One row for each lane and item it moves; items that cannot be had where the lane starts are left out."""
    lanes = case["lanes"].with_row_index("order")
    families = case["items"].select("item", family=pl.coalesce("family", "item"))
    of_family = lanes.filter(pl.col("item").is_null()).drop("item").join(families, on="family")
    of_item = lanes.filter(pl.col("item").is_not_null())
    start = obtainable(case).rename({"site": "from_site"})
    return (
        pl.concat([of_item, of_family.select(of_item.columns)])
        .join(start, on=["item", "from_site"], how="semi")
        .sort("order", "item")
    )


class Openings(NamedTuple):
    """Spans of days on which routes can be started, each at one share of the full rate."""

    route: Integers
    """Row of the route, shape (K,)."""
    first: Days
    """First day, shape (K,)."""
    until: Days
    """Day after the last, shape (K,); a span that is empty opens nothing."""
    share: Floats
    """Share of the full rate, shape (K,)."""

    @classmethod
    def of(cls, case: Case, timeline: Timeline) -> Openings:
        """Read when routes can be started.

        A route is closed on days on which its agreement is not in force, or no licence holds where one is needed.
        """
        agreements = case["agreements"].select(
            "agreement", "starts", ends=pl.Series(agreement_end(case), dtype=pl.Date)
        )
        window = (
            case["routes"]
            .select("agreement", "from", "until")
            .join(agreements, on="agreement", how="left", maintain_order="left")
        )
        first = days(window.select(pl.max_horizontal("from", "starts"))["from"])
        until = days(window.select(pl.min_horizontal("until", "ends"))["until"])
        first = np.where(np.isnat(first), timeline.bounds[0], first)
        until = np.where(np.isnat(until), timeline.bounds[-1], until)
        return _licensed(case, _steps(case, first, until))

    def within(self, first: np.datetime64, until: np.datetime64) -> Openings:
        """Leave the days of [first, until)."""
        return self._replace(first=np.maximum(self.first, first), until=np.minimum(self.until, until))

    def averaged(self, timeline: Timeline, routes: int) -> Floats:
        """Share of the full rate over the days of each bucket, shape (routes, T)."""
        hit = overlaps(timeline.bounds, self.first, self.until)
        total = np.zeros((routes, len(timeline)))
        length = (hit.last - hit.first).astype(np.float64)
        np.add.at(total, (self.route[hit.span], hit.bucket), self.share[hit.span] * length)
        return np.asarray(total / timeline.days)


def _steps(case: Case, first: Days, until: Days) -> Openings:
    """Openings of each route between two days, along its ramp."""
    routes, ramps = case["routes"], case["ramps"]
    names = tuple(ramps["ramp"].unique(maintain_order=True))
    ramp = indices(routes["ramp"], names)
    plain = np.flatnonzero(ramp < 0)
    owners, begins, ends, shares = [plain], [first[plain]], [until[plain]], [np.ones(len(plain))]
    for number, name in enumerate(names):
        steps = ramps.filter(pl.col("ramp") == name).sort("month")
        month, share = floats(steps["month"]), floats(steps["share"])
        # A route whose milestone nobody has dated counts from the first day on which it is let.
        given = days(routes["from"])
        start = np.where(np.isnat(given), first, given)
        for owner in np.flatnonzero(ramp == number):
            edge = add_months(start[owner], month)
            close = np.append(edge[1:], np.maximum(until[owner], edge[-1]))
            owners.append(np.full(len(month), owner))
            begins.append(np.maximum(edge, first[owner]))
            ends.append(np.minimum(close, until[owner]))
            shares.append(share)
    return Openings(np.concatenate(owners), np.concatenate(begins), np.concatenate(ends), np.concatenate(shares))


def _licensed(case: Case, openings: Openings) -> Openings:
    """Openings on the days on which a licence holds, where the agreement has any for what a route makes."""
    licences = with_windows(case, "licences").select("agreement", "begins", "ends", of="item")
    if licences.is_empty():
        return openings
    held = (
        case["routes"]
        .select("agreement", "item")
        .with_row_index("route")
        .join(licences, on="agreement")
        .filter(pl.col("of").is_null() | (pl.col("of") == pl.col("item")))
        .sort("route", "begins")
    )
    # Licences that overlap or follow one another are one span.
    begun = (pl.col("begins") > pl.col("ends").cum_max().shift(1)).fill_null(True).cum_sum()
    held = held.group_by("route", begun.over("route").alias("span"), maintain_order=True).agg(
        pl.col("begins").min(), pl.col("ends").max()
    )
    holder, first, until = held["route"].to_numpy(), days(held["begins"]), days(held["ends"])
    free = np.flatnonzero(~np.isin(openings.route, holder))
    step, span = np.nonzero(openings.route[:, None] == holder)
    return Openings(
        np.append(openings.route[free], openings.route[step]),
        np.append(openings.first[free], np.maximum(openings.first[step], first[span])),
        np.append(openings.until[free], np.minimum(openings.until[step], until[span])),
        np.append(openings.share[free], openings.share[step]),
    )


def term_end(case: Case) -> Days:
    """Day after the last of the term of each agreement."""
    table = case["agreements"]
    return np.atleast_1d(add_months(days(table["starts"]), floats(table["term"])))


def signing_day(case: Case) -> Days:
    """Day of signature of each agreement, if it is signed."""
    return days(case["agreements"].select(pl.coalesce("sign_from", "starts")).to_series())


def agreement_end(case: Case) -> Days:
    """Day after the last on which each agreement is in force: that of its exit, or the end of its term."""
    left = case["agreements"].join(case["exits"], on="agreement", how="left", maintain_order="left")["exit"]
    exits = days(left)
    return np.where(np.isnat(exits), term_end(case), exits)
