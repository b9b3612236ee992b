"""Why customers are not served: what gates them, who got the scarce thing instead, and what would lift it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.insight.limits import Limit
from coplant.insight.optimum import Optimum
from coplant.insight.pegging import SOLD
from coplant.insight.reach import Reach
from coplant.network.activities import ROUTE
from coplant.planning.reader import frame, named
from coplant.planning.result import Plan
from coplant.program.money import Floats, Integers
from coplant.program.ranging import Move, Slope

_SHORT = 1e-6
"""Share of what is wanted below which nobody is short of it."""

_SERVED = 1e-5
"""Share of a shortage by which it has to shrink for a limit to gate it."""

MOST_USERS = 6
"""Users of a gate of whom it is worked out what a unit less would lose."""

_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-\d{2})?|[Qq]([1-4])))?")


@dataclass(frozen=True, eq=False, repr=False)
class WhyShort:
    """Why customers are not served.

    Parameters
    ----------
    plan : Plan
        The plan.
    demand : str
        The stream of demand.
    buckets : tuple of str
        The buckets in which it is short.
    wanted, sold, unserved : float
        Customers of these buckets who are new, who are served, and who are lost or wait when a bucket ends [unit].
    loss : float or None
        What the plan would lose for each customer more that is served in these buckets, in the shares in which they are
        short, as others would give way [money/unit]; None if no plan could serve any more.
    together : bool
        Whether the gates lift nothing by themselves, but together.
    tables : mapping of str to DataFrame
        What is behind it; see the reference of results.

        - ``gates``: what gates it, in order of effect;
        - ``users``: who gets what is scarce instead;
        - ``gives_way``: who would give way;
        - ``money``: what one customer more would bring and cost, by money line;
        - ``waits``: what cannot be started in time, where that is why.
    """

    plan: Plan
    demand: str
    buckets: tuple[str, ...]
    wanted: float
    sold: float
    unserved: float
    loss: float | None
    together: bool
    tables: dict[str, pl.DataFrame]

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a shortage; there are {', '.join(self.tables)}")
        return self.tables[table]


class _Asked(NamedTuple):
    """Cells that are asked about."""

    demand: int
    nodes: Integers
    """Nodes in which customers are not served, shape (B,)."""
    unserved: Floats
    """How many are not, shape (B,)."""


class _Gate(NamedTuple):
    """A limit that gates a shortage."""

    limit: Limit
    tight: Floats
    """By how much it is moved at each node for 1 % more: a hundredth of what there is where that is used up."""
    served: float
    """Customers more that are served if there is as much of it as can be of use [unit]."""
    needed: float
    """How much more of it is then used."""


class Shortages:
    """Answers to why customers of a plan are not served.

    Parameters
    ----------
    plan : Plan
        The plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.optimum = Optimum.of(plan)
        self.plan, self.reader, self.draft = plan, self.optimum.reader, self.optimum.draft
        self.ranging = self.optimum.ranging

    def why(self, demand: str, at: str | datetime.date) -> WhyShort | None:
        """Say why customers of a stream are not served in some buckets.

        Parameters
        ----------
        demand : str
            The stream of demand.
        at : str or date
            The buckets: the label of one, a month (2021-07), a quarter (2021-Q3), a year, or a day.

        Returns
        -------
        WhyShort or None
            None if all customers are served.

        Raises
        ------
        CaseError
            There is no such stream, or no such bucket.
        """
        number, nodes = self._demand(demand), self._nodes(at)
        wanted, sold = self._values("wanted")[number, nodes].sum(), self._values("sold")[number, nodes].sum()
        unserved = self._unserved[number, nodes]
        short = unserved > _SHORT * np.maximum(self._values("wanted")[number].max(initial=0.0), 1e-9)
        if not short.any():
            return None
        asked = _Asked(number, nodes[short], unserved[short])
        forced = self.ranging.slope(self._serve(asked))
        gates, together = self._gates(asked)
        labels = tuple(self.draft.tree.labels[node] for node in asked.nodes)
        tables = {
            "gates": self._gates_told(gates),
            "users": self._users(gates),
            "gives_way": self._giving_way(asked, forced),
            "money": self._money(forced),
            "waits": self._waits(asked),
        }
        loss = None if forced is None else -forced.value
        return WhyShort(
            self.plan, demand, labels, float(wanted), float(sold), float(asked.unserved.sum()), loss, together, tables
        )

    # -- what is asked -------------------------------------------------------------------------------------------

    def _demand(self, name: str) -> int:
        labels = self.draft.network.demands.labels
        if name not in labels:
            mend = did_you_mean(name, labels, f"Streams of demand are {', '.join(labels)}")
            raise CaseError([Problem("demand", None, "demand", name, "a stream of demand", mend)], "the question")
        return labels.index(name)

    def _nodes(self, at: str | datetime.date) -> Integers:
        timeline, labels = self.draft.timeline, list(self.draft.tree.labels)
        if str(at) in labels:
            return np.array([labels.index(str(at))])
        found = _PERIOD.fullmatch(str(at))
        first = None
        if isinstance(at, datetime.date) or (found and re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(at))):
            first = np.datetime64(str(at), "D")
            until = first + 1
        elif found:
            year, month, quarter = found.groups()
            months = 1 if month else 3 if quarter else 12
            start = int(month or 3 * int(quarter or 1) - 2)
            if 1 <= start <= 12:
                begins = np.datetime64(f"{year}-{start:02d}", "M")
                first, until = begins.astype("datetime64[D]"), (begins + months).astype("datetime64[D]")
        if first is not None:
            bounds = timeline.bounds
            inside = np.flatnonzero((bounds[:-1] < until) & (bounds[1:] > first))
            if len(inside):
                return inside
        expected = f"a bucket, month, quarter, year or day from {labels[0]} to {labels[-1]}"
        mend = "Write it like 2021-07, 2021-Q3, 2021 or 2021-07-15"
        raise CaseError([Problem("", None, None, str(at), expected, mend)], "the question")

    @cached_property
    def _sold(self) -> dict[str, Floats]:
        """Cells of the plan's table of sales, each shape (D, N)."""
        table, demands = self.plan["sold"], self.draft.network.demands.labels
        shape = len(demands), len(self.draft.tree)
        place = {name: number for number, name in enumerate(demands)}
        days = {day: number for number, day in enumerate(self.plan["buckets"]["bucket"].to_list())}
        row = np.array([place[name] for name in table["demand"].to_list()], dtype=np.int64)
        node = np.array([days[day] for day in table["bucket"].to_list()], dtype=np.int64)
        found = {}
        for name in ("wanted", "sold"):
            found[name] = np.zeros(shape)
            found[name][row, node] = table[name].to_numpy()
        return found

    def _values(self, what: str) -> Floats:
        return self._sold[what]

    @cached_property
    def _unserved(self) -> Floats:
        """Customers who are lost or wait when each node closes, shape (D, N)."""
        return self.draft.lost.values(self.ranging.columns) + self.draft.waiting.values(self.ranging.columns)

    def _serve(self, asked: _Asked) -> Move:
        """Serve one customer more of those who are not served, in the shares in which they are not."""
        columns = self.draft.sold.index[asked.demand, asked.nodes]
        return Move.of_columns(columns, asked.unserved / asked.unserved.sum(), forced=True)

    # -- gates ---------------------------------------------------------------------------------------------------

    def _gates(self, asked: _Asked) -> tuple[list[_Gate], bool]:
        """Limits that gate a shortage, in order of effect; and whether they do so only together."""
        point = self.draft.network.demands.stock_point[asked.demand]
        points = np.zeros(len(self.draft.network.stock_points), dtype=bool)
        points[point] = True
        leading = self.draft.network.upstream(points)
        suspects = [
            limit
            for limit in self.optimum.limits
            if (limit.activities & leading).any() and self.optimum.priced(limit).any()
        ]
        found = [gate for limit in suspects if (gate := self._gate(asked, [limit])) is not None]
        if found or not suspects:
            return sorted(found, key=lambda gate: -gate.served), False
        if self._gate(asked, suspects) is None:
            return [], False
        needed = list(suspects)
        for limit in suspects:
            others = [one for one in needed if one is not limit]
            if others and self._gate(asked, others) is not None:
                needed = others
        both = self._gate(asked, needed)
        return [_Gate(limit, self._tight(limit), both.served if both else 0.0, np.nan) for limit in needed], True

    def _tight(self, limit: Limit) -> Floats:
        """A hundredth of a limit at each node in which it is used up."""
        return np.where(self.optimum.priced(limit), 0.01 * self.optimum.stated(limit), 0.0)

    def _gate(self, asked: _Asked, limits: Sequence[Limit]) -> _Gate | None:
        """What becomes of a shortage if there is as much of some limits as can be of use; None if no less of it."""
        rows = np.concatenate([limit.all_rows for limit in limits])
        columns = self.ranging.moved(Move.of_rows(rows, np.ones(len(rows))), np.inf)
        if columns is None:
            return None
        left = self.draft.lost.values(columns) + self.draft.waiting.values(columns)
        served = float((asked.unserved - left[asked.demand, asked.nodes]).sum())
        if served <= _SERVED * asked.unserved.sum():
            return None
        limit = limits[0]
        stated = self.draft.program.row_upper[np.maximum(limit.rows, 0)]
        beyond = np.maximum(self.optimum.use(limit, columns) - np.maximum(stated, self.optimum.use(limit)), 0.0)
        return _Gate(limit, self._tight(limit), served, float(beyond[limit.rows >= 0].sum()))

    def _gates_told(self, gates: Sequence[_Gate]) -> pl.DataFrame:
        """The gates, and what a unit more of each is worth where it is worth most."""
        rows = []
        labels, bounds = self.draft.tree.labels, self.draft.timeline.bounds
        for gate in gates:
            limit = gate.limit
            tight = np.flatnonzero(gate.tight > 0.0)
            price = np.where(gate.tight > 0.0, self.ranging.prices[np.maximum(limit.rows, 0)], -np.inf)
            best = int(np.argmax(price))
            unit = self.ranging.slope(limit.move((np.arange(len(price)) == best) * 1.0))
            share = self.ranging.slope(limit.move(gate.tight))
            rows.append(
                {
                    "constraint": limit.constraint,
                    "thing": limit.thing,
                    "from": bounds[tight[0]].item(),
                    "until": bounds[tight[-1] + 1].item(),
                    "used": float(self.optimum.use(limit)[tight].sum()),
                    "served": gate.served,
                    "needed": gate.needed,
                    "bucket": bounds[best].item(),
                    "label": labels[best],
                    "value": unit.value if unit else 0.0,
                    "holds_until": unit.until if unit else 0.0,
                    "one_percent": share.value if share else 0.0,
                    "percent_until": share.until if share else 0.0,
                }
            )
        return pl.DataFrame(rows, schema=_GATES)

    # -- who got it ----------------------------------------------------------------------------------------------

    def _users(self, gates: Sequence[_Gate]) -> pl.DataFrame:
        """Who gets what the first gate leaves, and what a unit less would lose each of the largest."""
        if not gates:
            return _NO_USERS
        gate = gates[0]
        pegging = self.optimum.pegging
        weight = np.zeros(len(pegging.lots.quantity))
        started = np.flatnonzero(pegging.lots.kind <= max(ROUTE, 2))
        source, node = pegging.lots.source[started], pegging.lots.node[started]
        mine = gate.limit.activities[source] & (gate.tight[node] > 0.0)
        lot, source, node = started[mine], source[mine], node[mine]
        matrix = self.draft.program.matrix()
        taken = np.asarray(matrix[gate.limit.rows[node], self.draft.start.index[source, node]]).reshape(-1)
        weight[lot] = taken * pegging.lots.quantity[lot]
        ends = pegging.ends
        amount = pegging.spread(weight)
        sold = np.flatnonzero((ends.kind == SOLD) & (amount > 0.0))
        by_demand = np.bincount(ends.thing[sold], amount[sold], minlength=len(self.draft.network.demands))
        total = float(amount.sum())
        order = [int(d) for d in np.argsort(-by_demand) if by_demand[d] > 1e-9 * total]
        rows = []
        for place, demand in enumerate(order):
            cells = sold[ends.thing[sold] == demand]
            slope = self._lose(demand, ends.node[cells], amount[cells]) if place < MOST_USERS else None
            rows.append((demand, by_demand[demand], by_demand[demand] / total, None if slope is None else -slope.value))
        demands = self.draft.network.demands
        number = np.array([row[0] for row in rows], dtype=np.int64)
        return frame(
            {
                "demand": named(demands.labels, number),
                "item": self.reader.names("items", demands.item[number]),
                "quantity": np.array([row[1] for row in rows]),
                "share": np.array([row[2] for row in rows]),
                "loss": np.array([np.nan if row[3] is None else row[3] for row in rows]),
            }
        )

    def _lose(self, demand: int, nodes: Integers, weight: Floats) -> Slope | None:
        """What happens if one customer less of a stream is served, in some shares of nodes."""
        columns = self.draft.sold.index[demand, nodes]
        return self.ranging.slope(Move.of_columns(columns, -weight / weight.sum(), forced=True))

    def _giving_way(self, asked: _Asked, forced: Slope | None) -> pl.DataFrame:
        """Who would be served less for one customer more."""
        change = np.zeros_like(self._unserved) if forced is None else self.draft.sold.values(forced.columns)
        change[asked.demand, asked.nodes] = np.maximum(change[asked.demand, asked.nodes], 0.0)
        demand, node = np.nonzero(change < -1e-6)
        demands = self.draft.network.demands
        return frame(
            {
                "demand": named(demands.labels, demand),
                "item": self.reader.names("items", demands.item[demand]),
                "site": self.reader.names("sites", demands.site[demand]),
                **self.reader.when(node),
                "quantity": -change[demand, node],
            }
        ).sort("quantity", descending=True)

    def _money(self, forced: Slope | None) -> pl.DataFrame:
        """What one customer more would bring and cost, by money line."""
        lines: dict[str, float] = {}
        for line in self.draft.program.money_lines if forced is not None else ():
            due = line.entries()
            amount = float((due.coefficient * due.discount) @ forced.columns[due.column])  # type: ignore[union-attr]
            lines[line.name] = lines.get(line.name, 0.0) + amount
        least = 1e-9 * max((abs(amount) for amount in lines.values()), default=0.0)
        kept = {name: amount for name, amount in lines.items() if abs(amount) > least}
        return pl.DataFrame(
            {"line": list(kept), "present_value": list(kept.values())},
            schema={"line": pl.String, "present_value": pl.Float64},
        ).sort(pl.col("present_value").abs(), descending=True)

    # -- what cannot be there in time ----------------------------------------------------------------------------

    def _waits(self, asked: _Asked) -> pl.DataFrame:
        """What cannot be started in time, if nothing can be there in the last of the buckets."""
        point = int(self.draft.network.demands.stock_point[asked.demand])
        reach = self._reach
        late = reach.there[point] > asked.nodes.max()
        waiting = reach.waits(point) if late else []
        bounds, activities = self.draft.timeline.bounds, self.draft.network.activities
        there = int(reach.there[point])
        arrives = bounds[there].item() if late and there < len(bounds) - 1 else None
        opens = [bounds[node].item() if node < len(bounds) - 1 else None for node in reach.opens[waiting]]
        return pl.DataFrame(
            {
                "activity": [activities.labels[one] for one in waiting],
                "opens": opens,
                "there": [arrives] * len(waiting),
            },
            schema={"activity": pl.String, "opens": pl.Date, "there": pl.Date},
        )

    @cached_property
    def _reach(self) -> Reach:
        return Reach.of(self.draft)


_GATES = {
    "constraint": pl.String,
    "thing": pl.String,
    "from": pl.Date,
    "until": pl.Date,
    "used": pl.Float64,
    "served": pl.Float64,
    "needed": pl.Float64,
    "bucket": pl.Date,
    "label": pl.String,
    "value": pl.Float64,
    "holds_until": pl.Float64,
    "one_percent": pl.Float64,
    "percent_until": pl.Float64,
}

_NO_USERS = pl.DataFrame(
    schema={"demand": pl.String, "item": pl.String, "quantity": pl.Float64, "share": pl.Float64, "loss": pl.Float64}
)
