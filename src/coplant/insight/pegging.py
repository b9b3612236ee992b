"""Pegging: which sales a purchase or a batch ends up in, and what a sale is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy import sparse

from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.network.activities import LANE, OFFER, ROUTE
from coplant.planning.reader import Reader, frame, named
from coplant.planning.reopened import as_it_is
from coplant.planning.result import Plan
from coplant.program.money import Booleans, Floats, Integers

KINDS = {ROUTE: "made", LANE: "moved", OFFER: "bought"}
"""What a lot is, by the kind of activity it is a start of."""

OPENING, RECEIPT = 3, 4
SOLD, SCRAPPED, STOCK, UNDER_WAY = range(4)
ENDS = {SOLD: "sold", SCRAPPED: "scrapped", STOCK: "in stock at the end", UNDER_WAY: "under way at the end"}
"""Where what was bought ends up."""

_DONE = 1e-13
"""Share of a lot whose way is not followed any further."""


class Lots(NamedTuple):
    """The K lots of a plan: starts of activities, what is in stock when the plan begins, and what is under way then."""

    kind: Integers
    """Kind of activity, OPENING or RECEIPT, shape (K,)."""
    source: Integers
    """Activity, or stock point, shape (K,)."""
    node: Integers
    """Node in which it is started or arrives, shape (K,)."""
    quantity: Floats
    """Units started, or there, shape (K,)."""


class Ends(NamedTuple):
    """The E ends of a plan: sales, what is scrapped, and what is in stock or under way when the plan ends."""

    kind: Integers
    """SOLD, SCRAPPED, STOCK or UNDER_WAY, shape (E,)."""
    thing: Integers
    """Stream of demand, stock point, or activity, shape (E,)."""
    node: Integers
    """Node, shape (E,)."""
    quantity: Floats
    """Units, shape (E,)."""


@dataclass(frozen=True, eq=False)
class Pegging:
    """Which lots of a plan end up where, through bills, lots, lanes and time.

    At each stock point what came first goes first; what comes in the same bucket goes in the order of the tables. A lot
    goes on in what is made of it, in the share in which that goes on; what is lost by yield goes with what is good. So
    the ends of a lot add up to the lot.

    Parameters
    ----------
    reader : Reader
        The program of the plan, solved.
    lots : Lots
        The lots.
    ends : Ends
        The ends.
    into_lots : csr_array, shape (K, K)
        Share of each lot that goes into each other.
    into_ends : csr_array, shape (K, E)
        Share of each lot that ends in each end.
    taken : csr_array, shape (K, K)
        Units of each lot that go into each other.
    given : csr_array, shape (K, E)
        Units of each lot that end in each end at once.
    """

    reader: Reader
    lots: Lots
    ends: Ends
    into_lots: sparse.csr_array
    into_ends: sparse.csr_array
    taken: sparse.csr_array
    given: sparse.csr_array

    @classmethod
    def of(cls, reader: Reader) -> Pegging:
        """Follow every lot of a plan."""
        lots, ends = _lots(reader), _ends(reader)
        supply, use = _supplies(reader, lots), _uses(reader, lots, ends)
        pieces = first_in_first_out(supply.point, supply.quantity, use.point, use.quantity)
        lot, user, amount = supply.lot[pieces.supply], pieces.use, pieces.quantity
        to_lot = use.is_lot[user]
        shape = len(lots.quantity), len(ends.quantity)
        taken = _matrix(lot[to_lot], use.number[user][to_lot], amount[to_lot], (shape[0], shape[0]))
        given = _matrix(lot[~to_lot], use.number[user][~to_lot], amount[~to_lot], shape)
        under_way = np.flatnonzero(ends.kind == UNDER_WAY)
        of_lot = _under_way(reader, lots)
        given = sparse.csr_array(given + _matrix(of_lot, under_way, ends.quantity[under_way], shape))
        total = np.asarray(taken.sum(axis=1) + given.sum(axis=1)).reshape(-1)
        whole = sparse.diags_array(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0.0))
        return cls(reader, lots, ends, sparse.csr_array(whole @ taken), sparse.csr_array(whole @ given), taken, given)

    def forward(self, quantity: sparse.csr_array) -> sparse.csr_array:
        """Where quantities of lots end up.

        Parameters
        ----------
        quantity : csr_array, shape (M, K)
            In each row quantities of lots.

        Returns
        -------
        csr_array, shape (M, E)
            The same quantities by where they end up.
        """
        found, left = quantity @ self.into_ends, quantity
        while True:
            left = _without_noise(left @ self.into_lots, _DONE)
            if not left.nnz:
                return sparse.csr_array(found)
            found = found + left @ self.into_ends

    def spread(self, quantity: Floats) -> Floats:
        """Where quantities of lots end up, all together.

        Parameters
        ----------
        quantity : ndarray, shape (K,)
            Quantities of lots.

        Returns
        -------
        ndarray, shape (E,)
        """
        lot = np.flatnonzero(quantity)
        return np.asarray(
            self.forward(_matrix(np.zeros(len(lot), dtype=np.int64), lot, quantity[lot], (1, len(quantity)))).todense()
        ).reshape(-1)

    def of_lots(self, chosen: Booleans) -> pl.DataFrame:
        """Table of where some lots end up, shape of the choice (K,)."""
        number = np.flatnonzero(chosen)
        picked = _matrix(np.arange(len(number)), number, self.lots.quantity[number], (len(number), len(chosen)))
        found = self.forward(picked).tocoo()
        return self._told(number[found.row], found.col, found.data)

    def of_ends(self, chosen: Booleans) -> pl.DataFrame:
        """Table of the lots that some ends are made of, shape of the choice (E,)."""
        number = np.flatnonzero(chosen)
        reached = sparse.csr_array(self.into_ends.tocsc()[:, number])
        found, step = reached, reached
        while True:
            step = _without_noise(self.into_lots @ step, _DONE)
            if not step.nnz:
                break
            found = found + step
        pairs = sparse.coo_array(found)
        return self._told(pairs.row, number[pairs.col], pairs.data * self.lots.quantity[pairs.row])

    def comes_in(self, item: str) -> Booleans:
        """Lots by which an item comes into the plan: bought, made, or there or under way when it begins, shape (K,)."""
        network = self.reader.draft.network
        place = network.items.index(item)
        return np.asarray((self._item == place) & (self.lots.kind != LANE))

    def sold(self, demand: str) -> Booleans:
        """Ends that are sales of a stream of demand, shape (E,)."""
        stream = self.reader.draft.network.demands.labels.index(demand)
        return np.asarray((self.ends.kind == SOLD) & (self.ends.thing == stream))

    @cached_property
    def _item(self) -> Integers:
        network, lots = self.reader.draft.network, self.lots
        started = lots.kind < OPENING
        of_activity = network.activities.item[np.where(started, lots.source, 0)]
        return np.where(started, of_activity, network.stock_points.item[np.where(started, 0, lots.source)])

    @cached_property
    def _site(self) -> Integers:
        network, lots = self.reader.draft.network, self.lots
        started = lots.kind < OPENING
        of_activity = network.activities.site[np.where(started, lots.source, 0)]
        return np.where(started, of_activity, network.stock_points.site[np.where(started, 0, lots.source)])

    def _told(self, lot: Integers, end: Integers, quantity: Floats) -> pl.DataFrame:
        reader, network = self.reader, self.reader.draft.network
        lots, ends, activities = self.lots, self.ends, network.activities
        kinds = [*(KINDS[kind] for kind in range(3)), "in stock at the start", "under way at the start"]
        started = lots.kind[lot] < OPENING
        sold = ends.kind[end] == SOLD
        demands, points = network.demands, network.stock_points
        held = np.isin(ends.kind[end], [SCRAPPED, STOCK])
        thing = ends.thing[end]
        of_activity = np.where(sold | held, 0, thing)
        item = np.where(
            sold,
            demands.item[np.where(sold, thing, 0)],
            np.where(held, points.item[np.where(held, thing, 0)], activities.item[of_activity]),
        )
        site = np.where(
            sold,
            demands.site[np.where(sold, thing, 0)],
            np.where(held, points.site[np.where(held, thing, 0)], activities.site[of_activity]),
        )
        return frame(
            {
                "lot": named(tuple(kinds), lots.kind[lot]),
                "by": named(activities.labels, np.where(started, lots.source[lot], -1)),
                "item": reader.names("items", self._item[lot]),
                "site": reader.names("sites", self._site[lot]),
                "bucket": reader.when(lots.node[lot])["bucket"],
                "end": named(tuple(ENDS.values()), ends.kind[end]),
                "demand": named(demands.labels, np.where(sold, thing, -1)),
                "end_item": reader.names("items", item),
                "end_site": reader.names("sites", site),
                "end_bucket": reader.when(ends.node[end])["bucket"],
                "quantity": quantity,
            }
        ).sort("lot", "by", "item", "site", "bucket", "end", "demand", "end_item", "end_site", "end_bucket")


def pegged(plan: Plan, item: str | None = None, demand: str | None = None) -> pl.DataFrame:
    """Say which lots of a plan end up where.

    Parameters
    ----------
    plan : Plan
        The plan.
    item, demand : str, optional
        As for `Plan.pegged`.

    Raises
    ------
    CaseError
        There is no such item or stream.
    """
    reader = as_it_is(plan)
    found, network = Pegging.of(reader), reader.draft.network
    lots, ends = np.ones(len(found.lots.quantity), dtype=bool), None
    if item is not None:
        _check_name(item, network.items, "items", "item", "an item")
        lots = found.comes_in(item)
    if demand is not None:
        _check_name(demand, network.demands.labels, "demand", "demand", "a stream of demand")
        ends = found.sold(demand)
    if ends is None:
        return found.of_lots(lots)
    table = found.of_ends(ends)
    return table if item is None else table.filter(pl.col("item") == item, pl.col("lot") != KINDS[LANE])


def _check_name(name: str, known: Collection[str], table: str, column: str, expected: str) -> None:
    if name not in known:
        mend = did_you_mean(name, known, f"There are {', '.join(sorted(known)[:12])}")
        raise CaseError([Problem(table, None, column, name, expected, mend)], "the question")


# -- lots and ends ----------------------------------------------------------------------------------------------------


class _Supplies(NamedTuple):
    """What comes to stock points, in the order in which it does: stock point, lot and units of each."""

    point: Integers
    lot: Integers
    quantity: Floats


class _Uses(NamedTuple):
    """What leaves stock points, in the order in which it does."""

    point: Integers
    is_lot: Booleans
    number: Integers
    quantity: Floats


def _lots(reader: Reader) -> Lots:
    network = reader.draft.network
    started, points = reader.values("start"), network.stock_points
    activity, node = np.nonzero(started > 0.0)
    opened = np.flatnonzero(points.opening > 0.0)
    receipt, arrival = np.nonzero(points.receipts > 0.0)
    return Lots(
        np.concatenate(
            [network.activities.kind[activity], np.full(len(opened), OPENING), np.full(len(receipt), RECEIPT)]
        ),
        np.concatenate([activity, opened, receipt]),
        np.concatenate([node, np.zeros(len(opened), dtype=np.int64), arrival]),
        np.concatenate([started[activity, node], points.opening[opened], points.receipts[receipt, arrival]]),
    )


def _ends(reader: Reader) -> Ends:
    last = len(reader.draft.tree) - 1
    sold, scrapped, stock = (reader.values(block) for block in ("sold", "scrapped", "stock"))
    demand, sold_in = np.nonzero(sold > 0.0)
    point, scrapped_in = np.nonzero(scrapped > 0.0)
    held = np.flatnonzero(stock[:, last] > 0.0)
    under_way, missing = _not_arrived(reader)
    count = len(demand), len(point), len(held), len(under_way)
    return Ends(
        np.repeat([SOLD, SCRAPPED, STOCK, UNDER_WAY], count),
        np.concatenate([demand, point, held, under_way[:, 0]]),
        np.concatenate([sold_in, scrapped_in, np.full(len(held), last), under_way[:, 1]]),
        np.concatenate([sold[demand, sold_in], scrapped[point, scrapped_in], stock[held, last], missing]),
    )


def _arrivals(reader: Reader) -> tuple[Integers, Integers, Integers, Floats]:
    """Activity, node of the start, node of the arrival, and good units of all that arrives."""
    draft = reader.draft
    network, started = draft.network, reader.values("start")
    parts = []
    for days in np.unique(network.activities.lead_time):
        lag = draft.tree.lag(float(days), network.case.settings.lag_rule).tocoo()
        which = np.flatnonzero(network.activities.lead_time == days)
        quantity = started[which][:, lag.row] * lag.data * network.activities.good_share[which][:, None]
        row, entry = np.nonzero(quantity > 0.0)
        parts.append((which[row], lag.row[entry], lag.col[entry], quantity[row, entry]))
    activity, begun, there, quantity = (np.concatenate(part) for part in zip(*parts, strict=True))
    return activity, begun, there, quantity


def _not_arrived(reader: Reader) -> tuple[Integers, Floats]:
    """Activity and node of starts of which something is still under way when the plan ends, and how much of it."""
    started = reader.values("start")
    good = reader.draft.network.activities.good_share[:, None]
    arrived = np.zeros_like(started)
    activity, begun, _, quantity = _arrivals(reader)
    np.add.at(arrived, (activity, begun), quantity)
    missing = started * good - arrived
    pairs = np.argwhere(missing > 1e-9 * np.maximum(started * good, 1e-12))
    return pairs, missing[pairs[:, 0], pairs[:, 1]]


def _under_way(reader: Reader, lots: Lots) -> Integers:
    """Lot of each start of which something is under way at the end."""
    pairs, _ = _not_arrived(reader)
    return _lot_of(reader, lots)[pairs[:, 0], pairs[:, 1]]


def _lot_of(reader: Reader, lots: Lots) -> Integers:
    """Lot of each start, shape (J, N); -1 where there is none."""
    index = np.full(reader.values("start").shape, -1, dtype=np.int64)
    begun = np.flatnonzero(lots.kind < OPENING)
    index[lots.source[begun], lots.node[begun]] = begun
    return index


def _supplies(reader: Reader, lots: Lots) -> _Supplies:
    network = reader.draft.network
    given = network.outputs.tocoo()
    point_of = np.full(len(network.activities), -1, dtype=np.int64)
    point_of[given.col] = given.row
    activity, begun, there, quantity = _arrivals(reader)
    at_hand = np.flatnonzero(lots.kind >= OPENING)
    point = np.concatenate([lots.source[at_hand], point_of[activity]])
    lot = np.concatenate([at_hand, _lot_of(reader, lots)[activity, begun]])
    amount = np.concatenate([lots.quantity[at_hand], quantity])
    # What is there already comes before what arrives in the first node.
    arrival = np.concatenate([np.where(lots.kind[at_hand] == OPENING, -1, lots.node[at_hand]), there])
    earlier = np.concatenate([np.full(len(at_hand), -1), begun])
    order = np.lexsort((lot, earlier, arrival, point))
    return _Supplies(point[order], lot[order], amount[order])


def _uses(reader: Reader, lots: Lots, ends: Ends) -> _Uses:
    network = reader.draft.network
    taken = network.inputs.tocoo()
    index = _lot_of(reader, lots)
    entry, node = np.nonzero(index[taken.col] >= 0)
    lot = index[taken.col[entry], node]
    quantity = taken.data[entry] * lots.quantity[lot]
    leaving = np.flatnonzero(ends.kind != UNDER_WAY)
    sold = ends.kind[leaving] == SOLD
    thing = ends.thing[leaving]
    at = np.where(sold, network.demands.stock_point[np.where(sold, thing, 0)], thing)
    point = np.concatenate([taken.row[entry], at])
    number = np.concatenate([lot, leaving])
    is_lot = np.repeat([True, False], [len(lot), len(leaving)])
    amount = np.concatenate([quantity, ends.quantity[leaving]])
    when = np.concatenate([node, ends.node[leaving]])
    rank = np.concatenate([np.zeros(len(lot), dtype=np.int64), 1 + ends.kind[leaving]])
    order = np.lexsort((number, rank, when, point))
    return _Uses(point[order], is_lot[order], number[order], amount[order])


# -- first in, first out ----------------------------------------------------------------------------------------------


class Pieces(NamedTuple):
    """What of each supply goes to each use, each of shape (P,)."""

    supply: Integers
    use: Integers
    quantity: Floats


def first_in_first_out(supply_point: Integers, supply: Floats, use_point: Integers, use: Floats) -> Pieces:
    """Match supplies with uses, at each stock point in their order.

    Parameters
    ----------
    supply_point, use_point : ndarray of int, shape (A,) and (B,)
        Stock point of each, ascending.
    supply, use : ndarray, shape (A,) and (B,)
        Units of each, in the order in which they come and go.

    Returns
    -------
    Pieces
        What is supplied beyond what is used goes nowhere.
    """
    if not len(supply) or not len(use):
        nothing = np.empty(0, dtype=np.int64)
        return Pieces(nothing, nothing, np.empty(0))
    supply_until, use_until = _running(supply_point, supply), _running(use_point, use)
    point = np.concatenate([supply_point, use_point])
    until = np.concatenate([supply_until, use_until])
    of_supply = np.repeat([True, False], [len(supply), len(use)])
    order = np.lexsort((until, point))
    point, until, of_supply = point[order], until[order], of_supply[order]
    # Each event ends a piece, of the first supply and the first use that have not ended before it.
    begins = np.concatenate([[0.0], np.where(point[1:] == point[:-1], until[:-1], 0.0)])
    ended_supply = np.concatenate([[0], np.cumsum(of_supply)[:-1]])
    ended_use = np.concatenate([[0], np.cumsum(~of_supply)[:-1]])
    known = (ended_supply < len(supply)) & (ended_use < len(use))
    at_supply, at_use = np.minimum(ended_supply, len(supply) - 1), np.minimum(ended_use, len(use) - 1)
    known &= (supply_point[at_supply] == point) & (use_point[at_use] == point) & (until > begins)
    return Pieces(at_supply[known], at_use[known], (until - begins)[known])


def _running(point: Integers, quantity: Floats) -> Floats:
    """Running sum of quantities within each stock point."""
    # Each stock point is summed by itself, so that none loses digits to the others.
    parts = np.split(quantity, np.flatnonzero(np.diff(point)) + 1)
    return np.concatenate([np.cumsum(part) for part in parts])


def _matrix(row: Integers, column: Integers, value: Floats, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((value, (row, column)), shape=shape)


def _without_noise(matrix: sparse.csr_array, share: float) -> sparse.csr_array:
    matrix = sparse.csr_array(matrix)
    if matrix.nnz:
        matrix.data[np.abs(matrix.data) <= share * np.abs(matrix.data).max()] = 0.0
        matrix.eliminate_zeros()
    return matrix
