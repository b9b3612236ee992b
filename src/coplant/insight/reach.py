"""What can be somewhere in time: the first bucket in which anything can arrive, and what that waits for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.planning.draft import Draft
from coplant.program.money import Booleans, Floats, Integers


@dataclass(frozen=True, eq=False)
class Reach:
    """When anything can first be at each stock point, whatever it costs and however little it is.

    Parameters
    ----------
    draft : Draft
        The program of a plan of one branch, N nodes.
    opens : ndarray of int, shape (J,)
        First node in which each activity is open; N where it never is.
    arrives : ndarray of int, shape (J,)
        First node in which anything that is started of it can arrive; N where nothing can.
    there : ndarray of int, shape (S,)
        First node in which anything can be at each stock point; N where nothing can.
    """

    draft: Draft
    opens: Integers
    arrives: Integers
    there: Integers

    @classmethod
    def of(cls, draft: Draft, columns: Floats) -> Reach:
        """Follow what is there, started and arrives, until nothing is there any sooner.

        Parameters
        ----------
        draft : Draft
            The program.
        columns : ndarray
            Value of each column: nothing is started under agreements that are not signed.
        """
        network = draft.network
        points, every = network.stock_points, np.arange(len(network.activities))
        inputs, given = network.inputs.tocoo(), network.outputs.tocoo()
        first_open, first_there = _first_from(_open(draft, columns)), _first_arrival(draft)
        there = np.where(points.opening > 0.0, 0, _first_from(points.receipts > 0.0)[:, 0])
        while True:
            # An activity can be started once the last of its inputs is there and it is open.
            ready = np.zeros(len(every), dtype=np.int64)
            np.maximum.at(ready, inputs.col, there[inputs.row])
            arrives = first_there[every, first_open[every, ready]]
            sooner = there.copy()
            np.minimum.at(sooner, given.row, arrives[given.col])
            if np.array_equal(sooner, there):
                return cls(draft, first_open[:, 0], arrives, there)
            there = sooner

    def waits(self, point: int) -> list[int]:
        """Activities that are closed for so long that nothing can be at a stock point sooner, the last first.

        Parameters
        ----------
        point : int
            The stock point.
        """
        network, found, seen = self.draft.network, list[int](), set[int]()
        inputs, given = network.inputs.tocoo(), network.outputs.tocoo()
        while point not in seen:
            seen.add(point)
            giving = given.col[given.row == point]
            if not len(giving):
                break
            activity = int(giving[np.argmin(self.arrives[giving])])
            taken = inputs.row[inputs.col == activity]
            late = int(taken[np.argmax(self.there[taken])]) if len(taken) else -1
            if self.opens[activity] > 0 and (late < 0 or self.opens[activity] >= self.there[late]):
                found.append(activity)
            if late < 0:
                break
            point = late
        return found


def _open(draft: Draft, columns: Floats) -> Booleans:
    """Where each activity can be started, shape (J, N)."""
    agreement = draft.network.activities.agreement
    signed = np.append(draft.signed.values(columns) > 0.5, True)
    return np.asarray((draft.start.index >= 0) & signed[agreement][:, None])


def _first_from(present: Booleans) -> Integers:
    """First place from each on at which something is, along the last axis, shape (..., N + 1); N where nothing is."""
    nodes = present.shape[1]
    place = np.where(present, np.arange(nodes), nodes)
    padded = np.concatenate([place, np.full((len(place), 1), nodes)], axis=1)
    return np.minimum.accumulate(padded[:, ::-1], axis=1)[:, ::-1]


def _first_arrival(draft: Draft) -> Integers:
    """First node in which anything that is started at each node arrives, shape (J, N + 1); N where nothing does."""
    network, nodes = draft.network, len(draft.tree)
    first = np.full((len(network.activities), nodes + 1), nodes, dtype=np.int64)
    for days in np.unique(network.activities.lead_time):
        lag = draft.tree.lag(float(days), network.case.settings.lag_rule).tocoo()
        arrival = np.full(nodes + 1, nodes, dtype=np.int64)
        np.minimum.at(arrival, lag.row, lag.col)
        first[network.activities.lead_time == days] = arrival
    return first
