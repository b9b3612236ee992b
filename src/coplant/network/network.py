"""The network: a case on a scenario tree, ready to be planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from coplant.case import Case
from coplant.case.reads import Kept
from coplant.case.structure import supplied_parts
from coplant.network.activities import LANE, ROUTE, Activities, Openings, lanes_by_item
from coplant.network.demands import Demands
from coplant.network.frames import Integers, floats, indices
from coplant.network.limits import Allotments, LaneCapacity, Resources
from coplant.network.starts import Starts
from coplant.network.stock_points import StockPoints, pairs
from coplant.tree import Tree


@dataclass(frozen=True, eq=False)
class Network:
    """Stock points, activities, limits and demands as arrays.

    Parameters
    ----------
    case : Case
        The case it was made from.
    tree : Tree
        The tree it lives on.
    items, sites, families, agreements, curves : tuple of str
        Names that indices refer to; families are those of items and of annuities, curves those of learning.
    family : ndarray of int, shape (items,)
        Family of each item.
    stock_points, activities, resources, allotments, lane_capacity, demands
        See there.
    inputs : csr_array, shape (S, J)
        Units taken from a stock point per unit of an activity started; what hosts buy is not among them.
    outputs : csr_array, shape (S, J)
        Units given to a stock point, after the lead time, per unit started.
    loads : csr_array, shape (R, J)
        Resource units taken per unit started.
    starts : Starts
        First day after each milestone.
    openings : Openings
        When routes can be started.
    """

    case: Case
    tree: Tree
    items: tuple[str, ...]
    sites: tuple[str, ...]
    families: tuple[str, ...]
    agreements: tuple[str, ...]
    curves: tuple[str, ...]
    family: Integers
    stock_points: StockPoints
    activities: Activities
    resources: Resources
    allotments: Allotments
    lane_capacity: LaneCapacity
    demands: Demands
    inputs: sparse.csr_array
    outputs: sparse.csr_array
    loads: sparse.csr_array
    starts: Starts
    openings: Openings

    def tags(self, item: Integers, site: Integers) -> dict[str, Integers]:
        """What the money of some items at some sites belongs to, as columns beside the nodes, each shape (..., 1)."""
        return {"item": item[:, None], "site": site[:, None], "family": self.family[item][:, None]}

    def upstream(self, points: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Activities by which something can get to some stock points.

        Parameters
        ----------
        points : ndarray of bool, shape (S,)
            The stock points.

        Returns
        -------
        ndarray of bool, shape (J,)
        """
        reached = points
        while True:
            leads = np.asarray(self.outputs.T @ reached.astype(np.float64) > 0.0)
            further = reached | np.asarray(self.inputs @ leads.astype(np.float64) > 0.0)
            if np.array_equal(further, reached):
                return leads
            reached = further

    @classmethod
    def of(cls, case: Case, tree: Tree, starts: Starts | None = None, kept: Kept | None = None) -> Network:
        """Lay a case out on a tree.

        Parameters
        ----------
        case : Case
            The case.
        tree : Tree
            The tree.
        starts : Starts, optional
            When routes that wait for a milestone start; those of milestones with a date by default.
        kept : Kept, optional
            Parts of the networks of similar cases.
        """
        part = kept or Kept()
        led = starts or part(Starts.dated, case)
        openings = part(_openings, case, tree, led)
        names = part(_Names.of, case)
        items, sites = names.items, names.sites
        allotments = part(Allotments.of, case, tree)
        lanes = part(lanes_by_item, case)
        activities = part(
            Activities.of, case, tree, openings, lanes, items, sites, names.agreements, allotments.labels, names.curves
        )
        bom = part(supplied_parts, case)
        asked = part(_asked_at, case, names)
        stock_points = part(_stock_points, case, tree, names, activities, bom, asked)
        resources = part(Resources.of, case, tree, sites)
        inputs, outputs = _taken_and_given(names, activities, stock_points, bom)
        return cls(
            case,
            tree,
            items,
            sites,
            names.families,
            names.agreements,
            names.curves,
            names.family,
            stock_points,
            activities,
            resources,
            allotments,
            part(LaneCapacity.of, case, tree),
            part(Demands.of, case, tree, items, sites, names.agreements, stock_points.index, led, openings),
            inputs,
            outputs,
            part(_loads, case, activities, resources.labels),
            led,
            openings,
        )


class _Names(NamedTuple):
    """Names that indices refer to, and the family of each item."""

    items: tuple[str, ...]
    sites: tuple[str, ...]
    families: tuple[str, ...]
    agreements: tuple[str, ...]
    curves: tuple[str, ...]
    family: Integers

    @classmethod
    def of(cls, case: Case) -> _Names:
        of_item = case["items"].select(pl.coalesce("family", "item"))["family"]
        families = tuple(pl.concat([of_item, case["annuities"]["family"].drop_nulls()]).unique(maintain_order=True))
        return cls(
            tuple(case["items"]["item"]),
            tuple(case["sites"]["site"]),
            families,
            tuple(case["agreements"]["agreement"]),
            tuple(case["learning"]["learning"]),
            indices(of_item, families),
        )


def _openings(case: Case, tree: Tree, led: Starts) -> Openings:
    return Openings.of(led.lead(case), tree.timeline)


def _asked_at(case: Case, names: _Names) -> tuple[Integers, Integers]:
    """Item and site of each row of demand."""
    return pairs(case["demand"], names.items, names.sites)


def _stock_points(
    case: Case,
    tree: Tree,
    names: _Names,
    activities: Activities,
    bom: pl.DataFrame,
    asked: tuple[Integers, Integers],
) -> StockPoints:
    """Where anything is made, taken to or from, used or asked for."""
    lane = activities.kind == LANE
    return StockPoints.of(
        case,
        tree,
        names.items,
        names.sites,
        (
            (activities.item, activities.site),
            (activities.item[lane], activities.from_site[lane]),
            pairs(bom, names.items, names.sites),
            asked,
        ),
    )


def _route_labels(activities: Activities) -> tuple[str, ...]:
    return activities.labels[: int(np.sum(activities.kind == ROUTE))]


def _taken_and_given(
    names: _Names, activities: Activities, stock_points: StockPoints, bom: pl.DataFrame
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Units that activities take from stock points, and give to them."""
    shape = (len(stock_points), len(activities))
    lane = np.flatnonzero(activities.kind == LANE)
    taken = stock_points.index[pairs(bom, names.items, names.sites)]
    left = stock_points.index[activities.item[lane], activities.from_site[lane]]
    inputs = sparse.csr_array(
        (
            np.concatenate([floats(bom["quantity"]), np.ones(len(lane))]),
            (
                np.concatenate([taken, left]),
                np.concatenate([indices(bom["route"], _route_labels(activities)), lane]),
            ),
        ),
        shape=shape,
    )
    given = stock_points.index[activities.item, activities.site]
    outputs = sparse.csr_array((activities.good_share, (given, np.arange(len(activities)))), shape=shape)
    return inputs, outputs


def _loads(case: Case, activities: Activities, resources: tuple[str, ...]) -> sparse.csr_array:
    """Resource units that activities take."""
    load = case["loads"]
    rows = indices(load["resource"], resources), indices(load["route"], _route_labels(activities))
    return sparse.csr_array((floats(load["quantity"]), rows), shape=(len(resources), len(activities)))
