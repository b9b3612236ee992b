"""The planning program in pieces that any modelling library can be fed with: blocks of columns, families of rows.

Peers get the same network arrays as Coplant's own builder, and from them the entries of each family of rows. The rows
of clauses (a few hundred) and the objective come ready made, as `prepare.py` wrote them, which spares the peers work.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coplant import read
from coplant.network import Network
from coplant.timeline import Timeline
from coplant.tree import Tree


@dataclass
class Block:
    """Columns of one name, numbered from 0."""

    name: str
    lower: np.ndarray
    upper: np.ndarray
    cost: np.ndarray


@dataclass
class Entries:
    """Entries of a family of rows that lie on one block of columns."""

    block: str
    row: np.ndarray
    cell: np.ndarray
    value: np.ndarray


@dataclass
class Family:
    """Rows low <= sum of the entries <= high; rows are numbered from 0."""

    name: str
    entries: list[Entries]
    low: np.ndarray
    high: np.ndarray


def network_of(path: Path) -> Network:
    """Read a case and lay out its network, as Coplant does."""
    case = read(path)
    return Network.of(case, Tree.line(Timeline.of(case.settings.start, case.settings.buckets)))


class Pieces:
    """Blocks and families of a network on a tree with one branch."""

    def __init__(self, network: Network, prepared: Path) -> None:
        self.network = network
        self.nodes = len(network.tree)
        with np.load(prepared, allow_pickle=False) as file:
            self.ready = dict(file)
        starts = np.concatenate([[0], np.cumsum(self.ready["block_size"])])
        self.offset = {str(name): int(first) for name, first in zip(self.ready["block_name"], starts, strict=False)}
        self.size = {str(n): int(s) for n, s in zip(self.ready["block_name"], self.ready["block_size"], strict=True)}
        self.start = _numbered(network.activities.open_share > 0.0)
        self.sold = _numbered(self._asked())
        self.stock = np.arange(len(network.stock_points) * self.nodes).reshape(-1, self.nodes)

    def blocks(self) -> list[Block]:
        """Every block of columns."""
        return [
            Block(
                name,
                *(self.ready[part][first : first + self.size[name]] for part in ("lower", "upper", "objective")),
            )
            for name, first in self.offset.items()
        ]

    def families(self) -> list[Family]:
        """Every family of rows."""
        return [
            family
            for family in (
                self._stock_balance(),
                self._safety_stock(),
                self._capacity(),
                self._launch_gate(),
                self._lane_capacity(),
                self._allotment(),
                self._sales(),
                *self._ready_made(),
            )
            if len(family.low)
        ]

    def _asked(self) -> np.ndarray:
        """Demands and nodes by which anything has been asked for."""
        demands = self.network.demands
        seen = demands.wanted > 0.0
        for node in range(1, self.nodes):
            seen[:, node] |= seen[:, node - 1] & (demands.stay_share[:, node] > 0.0)
        return seen

    def _on(self, block: str, row: np.ndarray, cell: np.ndarray, value: np.ndarray | float) -> Entries:
        rows, cells, values = np.broadcast_arrays(row, cell, np.asarray(value, dtype=np.float64))
        keep = (cells >= 0) & (values != 0.0) & (rows >= 0)
        return Entries(block, rows[keep], cells[keep], values[keep])

    def _stock_balance(self) -> Family:
        network, nodes = self.network, self.nodes
        points = network.stock_points
        row = self.stock
        entries = [
            self._on("stock", row[:, 1:], self.stock[:, :-1], 1.0),
            self._on("stock", row, self.stock, -1.0),
            self._on("sold", row[network.demands.stock_point], self.sold, -1.0),
        ]
        scrapped = _numbered(np.repeat((points.value * points.holding_rate > 0.0)[:, None], nodes, axis=1))
        entries.append(self._on("scrapped", row, scrapped, -1.0))
        given = network.outputs.tocoo()
        lead = network.activities.lead_time[given.col]
        for days in np.unique(lead):
            lag = network.tree.lag(float(days), network.case.settings.lag_rule).tocoo()
            some = np.flatnonzero(lead == days)
            entries.append(
                self._on(
                    "start",
                    row[given.row[some][:, None], lag.col],
                    self.start[given.col[some][:, None], lag.row],
                    given.data[some][:, None] * lag.data,
                )
            )
        taken = network.inputs.tocoo()
        entries.append(self._on("start", row[taken.row], self.start[taken.col], -taken.data[:, None]))
        known = points.receipts.copy()
        known[:, 0] += points.opening
        return Family("stock_balance", entries, -known.reshape(-1), -known.reshape(-1))

    def _safety_stock(self) -> Family:
        target = self.network.stock_points.target
        row = _numbered(target > 0.0)
        low = target[target > 0.0]
        entries = [self._on("stock", row, self.stock, 1.0)]
        if len(low):
            entries.append(self._on("below", row, row, 1.0))
        return Family("safety_stock", entries, low, np.full(len(low), np.inf))

    def _capacity(self) -> Family:
        resources, load = self.network.resources, self.network.loads.tocoo()
        loaded = np.zeros(resources.capacity.shape, dtype=bool)
        np.logical_or.at(loaded, load.row, self.start[load.col] >= 0)
        row = _numbered(loaded)
        overtime = _numbered(resources.overtime > 0.0)
        entries = [
            self._on("start", row[load.row], self.start[load.col], load.data[:, None]),
            self._on("overtime", row, overtime, -1.0),
        ]
        high = resources.capacity[loaded]
        return Family("capacity", entries, np.full(len(high), -np.inf), high)

    def _launch_gate(self) -> Family:
        resources, load = self.network.resources, self.network.loads.tocoo()
        share = self.network.activities.open_share[load.col]
        rising = (share > 0.0) & (share < 1.0)
        row = _numbered(rising)
        overtime = _numbered(resources.overtime > 0.0)[load.row]
        entries = [
            self._on("start", row, self.start[load.col], load.data[:, None]),
            self._on("overtime", row, overtime, -share),
        ]
        high = (share * resources.capacity[load.row])[rising]
        return Family("launch_gate", entries, np.full(len(high), -np.inf), high)

    def _lane_capacity(self) -> Family:
        limit = self.network.lane_capacity.quantity
        row = _numbered(np.isfinite(limit))
        moves = np.flatnonzero(self.network.activities.kind == 1)
        entries = [self._on("start", row[self.network.activities.row[moves]], self.start[moves], 1.0)]
        high = limit[np.isfinite(limit)]
        return Family("lane_capacity", entries, np.full(len(high), -np.inf), high)

    def _allotment(self) -> Family:
        limit = self.network.allotments.quantity
        row = _numbered(np.isfinite(limit))
        orders = np.flatnonzero(self.network.activities.allotment >= 0)
        entries = [self._on("start", row[self.network.activities.allotment[orders]], self.start[orders], 1.0)]
        high = limit[np.isfinite(limit)]
        return Family("allotment", entries, np.full(len(high), -np.inf), high)

    def _sales(self) -> Family:
        demands = self.network.demands
        row = _numbered(self.sold >= 0)
        waiting = _numbered((self.sold >= 0) & (demands.stay_share > 0.0))
        entries = [
            self._on("sold", row, self.sold, 1.0),
            self._on("waiting", row, waiting, 1.0),
            self._on("lost", row, self.sold, 1.0),
            self._on("waiting", row[:, 1:], waiting[:, :-1], -demands.stay_share[:, 1:]),
        ]
        wanted = demands.wanted[self.sold >= 0]
        return Family("sales", entries, wanted, wanted)

    def _ready_made(self) -> list[Family]:
        """Rows of mix and clauses as they were prepared."""
        ready = self.ready
        order = np.argsort([self.offset[name] for name in self.offset], kind="stable")
        names = np.array(list(self.offset))[order]
        first = np.array([self.offset[name] for name in names])
        families = []
        for name, begin, end in zip(ready["family_name"], ready["family_begin"], ready["family_end"], strict=True):
            inside = (ready["entry_row"] >= begin) & (ready["entry_row"] < end)
            column = ready["entry_column"][inside]
            block = np.searchsorted(first, column, side="right") - 1
            entries = [
                Entries(
                    str(names[number]),
                    ready["entry_row"][inside][block == number] - begin,
                    column[block == number] - first[number],
                    ready["entry_value"][inside][block == number],
                )
                for number in np.unique(block)
            ]
            families.append(Family(str(name), entries, ready["row_lower"][begin:end], ready["row_upper"][begin:end]))
        return families


def _numbered(present: np.ndarray) -> np.ndarray:
    """Number the cells that are present, -1 elsewhere."""
    index = np.full(present.shape, -1, dtype=np.int64)
    index[present] = np.arange(int(present.sum()))
    return index
