"""What limits activities: resources, allotments, lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.network.frames import Integers, indices, mean_in_buckets, rate_in_buckets
from coplant.timeline.calendar import Floats
from coplant.tree import Tree


@dataclass(frozen=True, eq=False)
class Resources:
    """The R resources: labels, site, and for each node capacity, most overtime and its cost per unit, each (R, N)."""

    labels: tuple[str, ...]
    site: Integers
    capacity: Floats
    overtime: Floats
    overtime_cost: Floats

    @classmethod
    def of(cls, case: Case, tree: Tree, sites: tuple[str, ...]) -> Resources:
        """Read resources and their dated capacity."""
        table, dated = case["resources"], case.dated("resource_capacity")
        labels = tuple(table["resource"])
        owner = indices(dated["resource"], labels)
        node = tree.bucket
        cost = mean_in_buckets(tree.timeline, dated, "overtime_cost", owner, len(labels))
        return cls(
            labels,
            indices(table["site"], sites),
            rate_in_buckets(tree.timeline, dated, "quantity", owner, len(labels))[:, node],
            rate_in_buckets(tree.timeline, dated, "overtime_quantity", owner, len(labels))[:, node],
            np.nan_to_num(cost)[:, node],
        )


@dataclass(frozen=True, eq=False)
class Allotments:
    """The A allotments: labels, and the most units that may be ordered at each node, (A, N), infinite for no limit."""

    labels: tuple[str, ...]
    quantity: Floats

    @classmethod
    def of(cls, case: Case, tree: Tree) -> Allotments:
        """Read dated allotments; a bucket that an allotment covers in part is limited in that part only if it is
        limited throughout.
        """
        dated = case.dated("allotments")
        labels = tuple(case["allotments"]["allotment"].unique(maintain_order=True))
        owner = indices(dated["allotment"], labels)
        granted = rate_in_buckets(tree.timeline, dated, "quantity", owner, len(labels), null=np.inf)
        covered = rate_in_buckets(
            tree.timeline, dated.with_columns(per=pl.lit("day"), quantity=pl.lit(1.0)), "quantity", owner, len(labels)
        )
        limited = covered >= tree.timeline.days - 0.5
        return cls(labels, np.where(limited, granted, np.inf)[:, tree.bucket])


@dataclass(frozen=True, eq=False)
class LaneCapacity:
    """Lanes with a capacity: labels, and the most units that may leave at each node, shape (lanes, N)."""

    labels: tuple[str, ...]
    quantity: Floats

    @classmethod
    def of(cls, case: Case, tree: Tree) -> LaneCapacity:
        """Read the capacity of lanes; infinite where a lane has none."""
        table = case["lanes"]
        labels = tuple(table["lane"])
        limited = table.filter(pl.col("capacity").is_not_null()).with_columns(
            pl.lit(tree.timeline.bounds[0].astype(object)).alias("from"), pl.lit(None, pl.Date).alias("until")
        )
        owner = indices(limited["lane"], labels)
        quantity = rate_in_buckets(tree.timeline, limited, "capacity", owner, len(labels))
        free = np.ones(len(labels), dtype=bool)
        free[owner] = False
        quantity[free] = np.inf
        return cls(labels, quantity[:, tree.bucket])
