"""Demands: what could be sold, where, when and at what price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.network.activities import Openings
from coplant.network.diffusions import Diffusions
from coplant.network.frames import Integers, indices, mean_in_buckets
from coplant.network.market import Market
from coplant.network.starts import Starts
from coplant.timeline.calendar import Floats
from coplant.tree import Tree


@dataclass(frozen=True, eq=False)
class Demands:
    """The D streams of demand.

    Parameters
    ----------
    labels : tuple of str
        Names of the streams.
    item, site, stock_point : ndarray of int, shape (D,)
        What is asked for, where, and the stock point it is sold from.
    wanted : ndarray, shape (D, N)
        Units newly asked for at each node whatever is decided.
    price : ndarray, shape (D, N)
        Revenue per unit.
    stay_share : ndarray, shape (D, N)
        Share of those who waited when the node's parent closed that still wait at the node.
    lost_penalty : ndarray, shape (D, N)
        Cost of a lost sale beside the lost margin, money per unit.
    least_fill : ndarray, shape (D, N)
        Least share of what is newly asked for that must be sold.
    diffusions : Diffusions
        Starts of sale that hang on agreements, and what is asked for more with each.
    """

    labels: tuple[str, ...]
    item: Integers
    site: Integers
    stock_point: Integers
    wanted: Floats
    price: Floats
    stay_share: Floats
    lost_penalty: Floats
    least_fill: Floats
    diffusions: Diffusions

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def most_wanted(self) -> Floats:
        """Units newly asked for at each node at most, whatever is decided, shape (D, N)."""
        most = np.zeros_like(self.wanted)
        np.maximum.at(most, self.diffusions.demand, self.diffusions.wanted)
        return self.wanted + most

    @classmethod
    def of(
        cls,
        case: Case,
        tree: Tree,
        items: tuple[str, ...],
        sites: tuple[str, ...],
        agreements: tuple[str, ...],
        stock_points: Integers,
        starts: Starts,
        openings: Openings,
    ) -> Demands:
        """Read demand, its diffusion and its rivals, and prices."""
        timeline, node = tree.timeline, tree.bucket
        market = Market.of(case, timeline.bounds)
        labels = market.labels
        diffusions = Diffusions.of(case, timeline, agreements, market, starts, openings)
        wanted, certain = market.dated(), diffusions.certain
        np.add.at(wanted, diffusions.demand[certain], diffusions.wanted[certain])
        dated = case.dated("demand")
        streams = dated.unique("demand", keep="first", maintain_order=True)
        owner = indices(dated["demand"], labels)
        item, site = indices(streams["item"], items), indices(streams["site"], sites)
        prices = case.dated("prices")
        price = mean_in_buckets(timeline, prices, "price", indices(prices["demand"], labels), len(labels))

        def terms(column: str) -> Floats:
            return np.nan_to_num(mean_in_buckets(timeline, dated, column, owner, len(labels)))

        return cls(
            labels,
            item,
            site,
            stock_points[item, site],
            wanted[:, node],
            np.nan_to_num(price)[:, node],
            (terms("wait_share") ** timeline.months)[:, node],
            terms("lost_penalty")[:, node],
            terms("least_fill")[:, node],
            diffusions.only(~certain, node),
        )
