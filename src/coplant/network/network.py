"""The network: a case on a scenario tree, ready to be planned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from coplant.case import Case
from coplant.case.structure import supplied_parts
from coplant.network.activities import LANE, ROUTE, Activities, Openings
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
        First day after each milestone, by branch.
    openings : tuple of Openings
        When routes can be started, for each branch of the tree; one where it is the same on all.
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
    openings: tuple[Openings, ...]

    def tags(self, item: Integers, site: Integers) -> dict[str, Integers]:
        """What the money of some items at some sites belongs to, as columns beside the nodes, each shape (..., 1)."""
        return {"item": item[:, None], "site": site[:, None], "family": self.family[item][:, None]}

    @classmethod
    def of(cls, case: Case, tree: Tree, starts: Starts | None = None) -> Network:
        """Lay a case out on a tree.

        Parameters
        ----------
        case : Case
            The case.
        tree : Tree
            The tree.
        starts : Starts, optional
            When routes that wait for a milestone start on each of its branches; those of milestones with a date by
            default.
        """
        led = starts or Starts.dated(case)
        openings = tuple(Openings.of(led.lead(case, branch), tree.timeline) for branch in range(led.branches))
        items, sites = tuple(case["items"]["item"]), tuple(case["sites"]["site"])
        agreements, curves = tuple(case["agreements"]["agreement"]), tuple(case["learning"]["learning"])
        of_item = case["items"].select(pl.coalesce("family", "item"))["family"]
        families = tuple(pl.concat([of_item, case["annuities"]["family"].drop_nulls()]).unique(maintain_order=True))
        allotments = Allotments.of(case, tree)
        activities = Activities.of(case, tree, openings, items, sites, agreements, allotments.labels, curves)
        bom = supplied_parts(case)
        stock_points = StockPoints.of(
            case,
            tree,
            items,
            sites,
            [
                (activities.item, activities.site),
                (activities.item[activities.kind == LANE], activities.from_site[activities.kind == LANE]),
                pairs(bom, items, sites),
            ],
        )
        resources = Resources.of(case, tree, sites)
        routes = activities.labels[: int(np.sum(activities.kind == ROUTE))]
        shape = (len(stock_points), len(activities))
        lane = np.flatnonzero(activities.kind == LANE)
        taken = stock_points.index[pairs(bom, items, sites)]
        left = stock_points.index[activities.item[lane], activities.from_site[lane]]
        inputs = sparse.csr_array(
            (
                np.concatenate([floats(bom["quantity"]), np.ones(len(lane))]),
                (np.concatenate([taken, left]), np.concatenate([indices(bom["route"], routes), lane])),
            ),
            shape=shape,
        )
        given = stock_points.index[activities.item, activities.site]
        outputs = sparse.csr_array((activities.good_share, (given, np.arange(len(activities)))), shape=shape)
        load = case["loads"]
        loads = sparse.csr_array(
            (
                floats(load["quantity"]),
                (indices(load["resource"], resources.labels), indices(load["route"], routes)),
            ),
            shape=(len(resources.labels), len(activities)),
        )
        return cls(
            case,
            tree,
            items,
            sites,
            families,
            agreements,
            curves,
            indices(of_item, families),
            stock_points,
            activities,
            resources,
            allotments,
            LaneCapacity.of(case, tree),
            Demands.of(case, tree, items, sites, agreements, stock_points.index, led, openings[0]),
            inputs,
            outputs,
            loads,
            led,
            openings,
        )
