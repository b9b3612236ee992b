"""Stock points: an item at a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.network.frames import Integers, days, floats, indices
from coplant.network.market import Market
from coplant.timeline import Timeline
from coplant.timeline.calendar import Floats
from coplant.tree import Tree


@dataclass(frozen=True, eq=False)
class StockPoints:
    """The S stock points of a network.

    Parameters
    ----------
    labels : tuple of str
        ``item@site``.
    item, site : ndarray of int, shape (S,)
        What and where.
    value, holding_rate, end_value_share : ndarray, shape (S,)
        Of the item: money per unit, share per year, share.
    opening : ndarray, shape (S,)
        Units in stock at the start.
    receipts : ndarray, shape (S, N)
        Units under way at the start that arrive at each node.
    target : ndarray, shape (S, N)
        Units that should be in stock when the node closes; zero for no target.
    penalty : ndarray, shape (S, N)
        Cost of one unit below the target through the node.
    index : ndarray of int, shape (items, sites)
        Stock point of an item at a site, -1 where there is none.
    """

    labels: tuple[str, ...]
    item: Integers
    site: Integers
    value: Floats
    holding_rate: Floats
    end_value_share: Floats
    opening: Floats
    receipts: Floats
    target: Floats
    penalty: Floats
    index: Integers

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(
        cls,
        case: Case,
        tree: Tree,
        items: tuple[str, ...],
        sites: tuple[str, ...],
        more: tuple[tuple[Integers, Integers], ...],
    ) -> StockPoints:
        """Collect the stock points that tables of stock name, and more pairs of item and site."""
        present = np.zeros((len(items), len(sites)), dtype=bool)
        for name in ("stock", "receipts", "safety_stock"):
            frame = case[name]
            present[indices(frame["item"], items), indices(frame["site"], sites)] = True
        for item, site in more:
            present[item, site] = True
        item, site = np.nonzero(present)
        index = np.full(present.shape, -1, dtype=np.int64)
        index[item, site] = np.arange(len(item))

        table = case["items"]
        stock = case["stock"]
        opening = np.zeros(len(item))
        opening[index[indices(stock["item"], items), indices(stock["site"], sites)]] = floats(stock["quantity"])
        target, penalty = _targets(case, tree.timeline, items, sites, index, len(item))
        return cls(
            tuple(f"{items[i]}@{sites[s]}" for i, s in zip(*np.nonzero(present), strict=True)),
            item,
            site,
            floats(table["value"])[item],
            floats(table["holding_rate"])[item],
            floats(table["end_value_share"])[item],
            opening,
            _receipts(case, tree, items, sites, index, len(item)),
            target[:, tree.bucket],
            penalty[:, tree.bucket],
            index,
        )


def _receipts(
    case: Case, tree: Tree, items: tuple[str, ...], sites: tuple[str, ...], index: Integers, count: int
) -> Floats:
    """Receipts on their nodes; what is due before the horizon comes with its first bucket, what is due after it is not
    part of the plan.
    """
    frame = case["receipts"]
    place = index[indices(frame["item"], items), indices(frame["site"], sites)]
    date = days(frame["date"])
    within = date < tree.timeline.bounds[-1]
    bucket = np.maximum(np.searchsorted(tree.timeline.bounds, date, side="right") - 1, 0)
    arriving = np.zeros((count, len(tree.timeline)))
    np.add.at(arriving, (place[within], bucket[within]), floats(frame["quantity"])[within])
    return arriving[:, tree.bucket]


def _targets(
    case: Case, timeline: Timeline, items: tuple[str, ...], sites: tuple[str, ...], index: Integers, count: int
) -> tuple[Floats, Floats]:
    """Targets at the close of each bucket, and what a unit below them costs through the bucket, both (S, T)."""
    target, penalty = np.zeros((count, len(timeline))), np.zeros((count, len(timeline)))
    frame = case.dated("safety_stock")
    if frame.is_empty():
        return target, penalty
    place = index[indices(frame["item"], items), indices(frame["site"], sites)]
    last_day = timeline.bounds[1:] - np.timedelta64(1, "D")
    first, until = days(frame["from"])[:, None], days(frame["until"])[:, None]
    row, bucket = np.nonzero((first <= last_day) & (np.isnat(until) | (last_day < until)))
    quantity, cover = floats(frame["quantity"]), floats(frame["days"])
    lengths = np.unique(cover[~np.isnan(cover)])
    every = _demand_after_close(case, timeline, items, sites, index, count, lengths)
    for length, following in zip(lengths, every, strict=True):
        hit = cover[row] == length
        target[place[row[hit]], bucket[hit]] = following[place[row[hit]], bucket[hit]]
    fixed = ~np.isnan(quantity[row])
    target[place[row[fixed]], bucket[fixed]] = quantity[row[fixed]]
    penalty[place[row], bucket] = floats(frame["penalty"])[row] * timeline.months[bucket]
    return target, penalty


def _demand_after_close(
    case: Case,
    timeline: Timeline,
    items: tuple[str, ...],
    sites: tuple[str, ...],
    index: Integers,
    count: int,
    lengths: Floats,
) -> Floats:
    """Demand at each stock point in so many days that follow the close of each bucket, shape (L, S, T)."""
    close = timeline.bounds[1:]
    end = close + np.rint(lengths).astype("timedelta64[D]")[:, None]
    edges = np.unique(np.concatenate([timeline.bounds[:1], close, end.ravel()]))
    market = Market.of(case, edges)
    streams = case["demand"].unique("demand", keep="first", maintain_order=True)
    parts = np.zeros((count, len(edges) - 1))
    np.add.at(parts, index[indices(streams["item"], items), indices(streams["site"], sites)], market.dated())
    total = np.concatenate([np.zeros((count, 1)), np.cumsum(parts, axis=1)], axis=1)
    later, now = total[:, np.searchsorted(edges, end)], total[:, np.searchsorted(edges, close)]
    return np.moveaxis(later - now[:, None], 1, 0)


def pairs(frame: pl.DataFrame, items: tuple[str, ...], sites: tuple[str, ...]) -> tuple[Integers, Integers]:
    """Item and site of each row of a table, as indices."""
    return indices(frame["item"], items), indices(frame["site"], sites)
