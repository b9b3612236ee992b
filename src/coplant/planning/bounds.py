"""Bounds that no sensible plan exceeds; they size the binaries and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.reads import Kept
from coplant.case.structure import bill_order
from coplant.network import Network
from coplant.program.money import Floats, Integers


@dataclass(frozen=True, eq=False)
class Room:
    """Bounds on what is of use and on what is started.

    Parameters
    ----------
    useful : ndarray, shape (items,)
        Bound on the units of each item that could ever be of use.
    most : ndarray, shape (J, N)
        Bound on the units of each activity started at each node: what capacity, overtime, allotments and lanes let
        through, and at most all that could ever be of use; nothing where it is not open.
    """

    useful: Floats
    most: Floats

    @classmethod
    def of(cls, network: Network, kept: Kept | None = None) -> Room:
        """Bound what a network can be asked for.

        Parameters
        ----------
        network : Network
            The network.
        kept : Kept, optional
            Parts of the bounds of similar networks.
        """
        activities = network.activities
        useful = useful_units(network, kept or Kept())
        wanted = useful[activities.item] + lot_size(network)
        most = np.minimum(wanted[:, None], full_rate(network, np.arange(len(activities))))
        limited = np.flatnonzero(activities.allotment >= 0)
        most[limited] = np.minimum(most[limited], network.allotments.quantity[activities.allotment[limited]])
        most[activities.open_share <= 0.0] = 0.0
        return cls(useful, most)

    @classmethod
    def widest(cls, rooms: Iterable[Room]) -> Room:
        """Bounds that hold wherever those of some networks, alike but for their numbers, do.

        Parameters
        ----------
        rooms : iterable of Room
            At least one.
        """
        every = list(rooms)
        return cls(np.maximum.reduce([room.useful for room in every]), np.maximum.reduce([room.most for room in every]))


def full_rate(network: Network, activities: Integers) -> Floats:
    """Units of some activities that capacity and overtime let start at each node; infinite for what loads nothing.

    Returns
    -------
    ndarray, shape (len(activities), N)
    """
    most = np.full((len(activities), len(network.tree)), np.inf)
    place = np.full(len(network.activities), -1, dtype=np.int64)
    place[activities] = np.arange(len(activities))
    load = network.loads.tocoo()
    hit = np.flatnonzero(place[load.col] >= 0)
    room = network.resources.capacity + network.resources.overtime
    np.minimum.at(most, place[load.col[hit]], room[load.row[hit]] / load.data[hit][:, None])
    return most


def useful_units(network: Network, part: Kept) -> Floats:
    """Bound on the units of each item that could ever be of use, shape (items,).

    All demand of the horizon, safety targets, lots, what take-or-pay and forecasts count, what makes up for a host's
    losses, the unit that reaches a milestone and the highest tier for all units, exploded through the bills of
    materials by the hungriest route of each item.
    """
    case, items = network.case, network.items
    points, demands = network.stock_points, network.demands
    need = np.zeros(len(items))
    np.add.at(need, demands.item, demands.most_wanted.sum(axis=1))
    np.add.at(need, points.item, np.max(points.target, axis=1, initial=0.0))
    for item, units in part(_units_of_items, case):
        need[items.index(item)] += units
    activities = network.activities
    made_in_lots = lot_size(network) * np.sum(activities.open_share > 0.0, axis=1)
    np.maximum.at(need, activities.item, need[activities.item] + made_in_lots)
    for agreement, units in part(_units_of_agreements, case):
        of_agreement = np.unique(activities.item[activities.agreement == network.agreements.index(agreement)])
        need[of_agreement] += units
    demanded_by: dict[int, list[tuple[int, float]]] = {}
    taken = network.inputs.tocoo()
    for point, activity, quantity in zip(taken.row, taken.col, taken.data, strict=True):
        if activities.kind[activity] == 0:
            per_good = quantity / activities.good_share[activity]
            demanded_by.setdefault(int(activities.item[activity]), []).append((int(points.item[point]), per_good))
    place = {item: number for number, item in enumerate(items)}
    for name in reversed(part(bill_order, case)):
        hungriest: dict[int, float] = {}
        for component, quantity in demanded_by.get(place[name], ()):
            hungriest[component] = max(hungriest.get(component, 0.0), quantity)
        for component, quantity in hungriest.items():
            need[component] += quantity * need[place[name]]
    return np.asarray(need / np.array([_worst_yield(network, item) for item in range(len(items))]))


def _units_of_items(case: Case) -> list[tuple[str, float]]:
    """Units of items that agreements count, or that forecasts bind a host to; bounds."""
    agreed = case["take_or_pay"].join(case["agreements"].select("agreement", "term"), on="agreement")
    counted = pl.concat(
        [agreed.select("agreement", units=pl.col("quantity") * pl.col("term") / 12.0), _units_without_loss(case)]
    )
    made = case["routes"].join(counted, on="agreement").select("item", "units")
    # A forecast may be worth building for nothing but what a cut would cost.
    bound = case["forecasts"].join(case["flexibility"], on="agreement", how="semi")
    bound = bound.filter(pl.col("month") >= case.settings.start)
    bound = bound.group_by("agreement", "item", "month").agg(units=pl.col("quantity").max())
    return pl.concat([made, bound.select("item", "units")]).group_by("item").sum().rows()


def _units_of_agreements(case: Case) -> list[tuple[str, float]]:
    """Units of whatever is built under agreements that reach a tier for all units, or a milestone."""
    tiers = case["processing_fees"].filter(method="all_units").group_by("agreement").agg(pl.col("above").max() + 1.0)
    milestones = case["security"].filter(pl.col("milestone_units").is_not_null()).select("agreement", pl.lit(1.0))
    return [*tiers.rows(), *milestones.rows()]


def _units_without_loss(case: Case) -> pl.DataFrame:
    """Units at which a host loses nothing in all the time that its losses are covered; a bound."""
    in_a_year = {"hour": 366.0 * 24.0, "day": 366.0, "week": 53.0, "month": 12.0, "quarter": 4.0, "year": 1.0}
    cover = case["loss_cover"].filter(pl.col("margin") > 0.0)
    months = pl.min_horizontal("months", "term") + 1.0
    cost = pl.col("fixed_cost") * pl.col("per").replace_strict(in_a_year, return_dtype=pl.Float64) * months / 12.0
    return cover.join(case["agreements"].select("agreement", "term"), on="agreement").select(
        "agreement", units=cost / pl.col("margin")
    )


def lot_size(network: Network) -> Floats:
    """Most by which one start of each activity can exceed what is wanted of it, shape (J,)."""
    activities = network.activities
    return np.asarray(np.maximum(activities.least, np.nan_to_num(activities.multiple)))


def _worst_yield(network: Network, item: int) -> float:
    return float(np.min(network.activities.good_share[network.activities.item == item], initial=1.0))
