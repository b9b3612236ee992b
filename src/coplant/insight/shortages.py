"""Why customers of a plan are not served: what gates them, who got the scarce thing instead, and what would lift it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case.names import did_you_mean
from coplant.errors import CaseError, InfeasibleError, Problem
from coplant.insight.limits import Limit, set_in
from coplant.insight.optimum import Optimum
from coplant.insight.pegging import SOLD
from coplant.insight.period import nodes_at
from coplant.insight.reach import Reach
from coplant.insight.sooner import sooner, waits_for
from coplant.insight.way import Way, Ways
from coplant.insight.why_short import AT_HAND, BRINGS, COSTS, RULES, SCARCE, TABLES, WhyShort, answered
from coplant.network.activities import OFFER
from coplant.planning.reader import frame, named
from coplant.planning.result import Plan
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.ranging import Move, Slope, together

_SHORT = 1e-6
"""Share of what is wanted below which nobody is short of it."""

_TRIED = 3
"""Buckets that are tried by themselves where no plan could serve one customer more in all of them."""

_LITTLE = 1e-9
"""Share of what a customer brings below which an amount is nothing."""

MOST_USERS = 6
"""Users of a gate of whom it is worked out what a customer less would lose."""

RAISED = (5.0, 10.0, 25.0)
"""Per cent by which the first gate is raised to see how far that lifts a shortage."""


class _Asked(NamedTuple):
    """Cells that are asked about."""

    demand: int
    nodes: Integers
    """Nodes in which customers are not served, shape (B,)."""
    unserved: Floats
    """How many are not, shape (B,)."""

    @property
    def shares(self) -> Floats:
        """Share of each node."""
        return np.asarray(self.unserved / self.unserved.sum())


class _Used(NamedTuple):
    """A limit that the way of a customer more uses."""

    limit: Limit
    node: int
    """Node in which that takes most money."""
    quantity: float
    """What is used of it in all."""
    amount: float
    """What that is worth [money]."""


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
        number, nodes = self._demand(demand), nodes_at(self.draft, at)
        wanted, sold = (float(self._sold[what][number, nodes].sum()) for what in ("wanted", "sold"))
        missing = self._sold["lost"][number, nodes] + self._sold["waiting"][number, nodes]
        short = nodes[missing > _SHORT * max(float(self._sold["wanted"][number].max()), 1e-9)]
        if not len(short):
            return None
        # Who stops waiting would have had to be served before.
        served = self._unserved[number, short] <= 0.0
        at_issue = np.unique(np.where(served, np.maximum(short - 1, 0), short))
        at_issue = at_issue[self._unserved[number, at_issue] > 0.0]
        asked = _Asked(number, at_issue, self._unserved[number, at_issue])
        in_time = self._reach.there[self.draft.network.demands.stock_point[number]] <= asked.nodes
        late, asked = (
            asked.nodes[~in_time],
            asked._replace(nodes=asked.nodes[in_time], unserved=asked.unserved[in_time]),
        )
        asked, forced = self._forced(asked)
        labels = tuple(self.draft.tree.labels[node] for node in short)
        tables = {name: answered(name) for name in TABLES}
        tables |= {
            "gives_way": self._giving_way(asked, forced),
            "waits": self._waits(number, late) if len(late) else answered("waits"),
        }
        if forced is not None:
            way = self._way(asked, forced)
            used = self._used(way, forced)
            tables["customer"] = self._customer(asked, forced, way, used)
            gates = self._gates(used)
            tables["gates"] = gates
            if gates.height:
                first = next(one for one in used if (one.limit.constraint, one.limit.thing) == gates.row(0)[:2])
                tables["users"] = self._users(first)
                tables["raised"] = self._raised(asked, first.limit)
        loss, until = (None, 0.0) if forced is None else (-forced.value, forced.until)
        lost = float(self._sold["lost"][number, nodes].sum()) + float(self._sold["waiting"][number, nodes[-1]])
        return WhyShort(self.plan, demand, labels, wanted, sold, lost, loss, until, tables)

    # -- what is asked -------------------------------------------------------------------------------------------

    def _demand(self, name: str) -> int:
        labels = self.draft.network.demands.labels
        if name not in labels:
            mend = did_you_mean(name, labels, f"Streams of demand are {', '.join(labels)}")
            raise CaseError([Problem("demand", None, "demand", name, "a stream of demand", mend)], "the question")
        return labels.index(name)

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
        for name in ("wanted", "sold", "lost", "waiting"):
            found[name] = np.zeros(shape)
            found[name][row, node] = table[name].to_numpy()
        return found

    @cached_property
    def _unserved(self) -> Floats:
        """Customers who are lost or wait when each node closes, shape (D, N)."""
        return self.draft.lost.values(self.ranging.columns) + self.draft.waiting.values(self.ranging.columns)

    def _serve(self, asked: _Asked) -> Move:
        """Serve one customer more of those who are not served, in the shares in which they are not."""
        columns = self.draft.sold.index[asked.demand, asked.nodes]
        return Move.of_columns(columns, asked.shares, forced=True)

    def _forced(self, asked: _Asked) -> tuple[_Asked, Slope | None]:
        """What happens if one customer more is served: in all the buckets, else in the shortest in which one can be."""
        if not len(asked.nodes):
            return asked, None
        slope = self.ranging.slope(self._serve(asked))
        for place in np.argsort(-asked.unserved, kind="stable")[:_TRIED] if len(asked.nodes) > 1 else ():
            if slope is not None:
                break
            one = asked._replace(nodes=asked.nodes[place : place + 1], unserved=asked.unserved[place : place + 1])
            slope = self.ranging.slope(self._serve(one))
            asked = one if slope is not None else asked
        return asked, slope

    # -- what a customer more takes ------------------------------------------------------------------------------

    def _way(self, asked: _Asked, forced: Slope) -> Way:
        """The way of what one customer more would get, at the prices at which that holds."""
        point = np.full(len(asked.nodes), self.draft.network.demands.stock_point[asked.demand])
        ways = Ways(self.draft, self.ranging.columns, forced.basic, forced.prices)
        return ways.to(point, asked.nodes, asked.shares)

    def _used(self, way: Way, forced: Slope) -> list[_Used]:
        """What the way uses of each limit that is worth anything, the most money first."""
        amount = forced.prices * way.rows
        least = _LITTLE * float(np.abs(amount).max(initial=0.0))
        found = []
        for limit in self.optimum.limits:
            there = limit.rows >= 0
            of_limit = np.where(there, amount[np.maximum(limit.rows, 0)], 0.0)
            if of_limit.sum() > least:
                quantity = float(way.rows[limit.rows[there]].sum())
                found.append(_Used(limit, int(np.argmax(of_limit)), quantity, float(of_limit.sum())))
        return sorted(found, key=lambda one: -one.amount)

    def _customer(self, asked: _Asked, forced: Slope, way: Way, used: Sequence[_Used]) -> pl.DataFrame:
        """What one customer more brings, costs, and takes of what is scarce; it adds up to what that loses."""
        program, days = self.draft.program, self.draft.timeline.bounds.tolist()
        sold = np.zeros(program.column_count)
        sold[self.draft.sold.index[asked.demand, asked.nodes]] = asked.shares
        rows: list[tuple[str, str, str | None, datetime.date | None, float | None, float]] = []
        for kind, change in ((BRINGS, sold), (COSTS, way.columns)):
            lines: dict[str, float] = {}
            for line in program.money_lines:
                due = line.entries()
                amount = float((due.coefficient * due.discount) @ change[due.column])
                lines[line.name] = lines.get(line.name, 0.0) + amount
            rows += [(kind, name, None, None, None, amount) for name, amount in lines.items()]
        rest = -forced.prices * (way.rows + np.where(self._is_balance, 0.0, program.matrix() @ sold))
        for one in used:
            there = one.limit.rows[one.limit.rows >= 0]
            rows.append((SCARCE, one.limit.thing, one.limit.constraint, days[one.node], one.quantity, -one.amount))
            rest[there] -= -forced.prices[there] * way.rows[there]
        points = self.draft.network.stock_points.labels
        for point, node in np.argwhere(way.at_hand[self._balance] != 0.0):
            row = self._balance[point, node]
            amount = float(forced.prices[row] * way.at_hand[row])
            rows.append((AT_HAND, points[point], None, days[node], float(way.at_hand[row]), amount))
        # Other rules that are kept: tiers, lots, and that who is served is not lost and does not wait.
        for name, block in program.row_blocks.items():
            family = name.partition("/")[0].partition(".")[0]
            rows.append((RULES, family, None, None, None, float(rest[block.index[block.index >= 0]].sum())))
        table = pl.DataFrame(rows, schema=TABLES["customer"], orient="row")
        return (
            table.group_by("kind", "what", "constraint", "bucket", "quantity", maintain_order=True)
            .agg(pl.col("amount").sum())
            .filter(pl.col("amount").abs() > _LITTLE * pl.col("amount").abs().max())
        )

    @property
    def _balance(self) -> Integers:
        """Rows of the stock balances, shape (S, N)."""
        return self.draft.program.row_blocks["stock_balance"].index

    @cached_property
    def _is_balance(self) -> Booleans:
        found = np.zeros(self.draft.program.row_count, dtype=bool)
        found[self._balance] = True
        return found

    # -- gates ---------------------------------------------------------------------------------------------------

    def _gates(self, used: Sequence[_Used]) -> pl.DataFrame:
        """What gates a shortage: limits on the way, and those that could be moved in their place."""
        rows: list[dict[str, object]] = []
        for one in used:
            rows.append({**self._gate(one.limit, one.node), "takes": one.quantity, "amount": one.amount})
            for other in self._alike(one.limit):
                if other is not one.limit:
                    price = np.where(self.optimum.priced(other), self.ranging.prices[other.rows], -np.inf)
                    node = one.node if np.isfinite(price[one.node]) else int(np.argmax(price))
                    rows.append({**self._gate(other, node), "in_place_of": one.limit.thing})
        return answered("gates", rows)

    def _gate(self, limit: Limit, node: int) -> dict[str, object]:
        """A limit, and what a unit more of it is worth at a node."""
        bounds, nodes = self.draft.timeline.bounds, np.arange(len(self.draft.tree))
        unit = self.ranging.slope(limit.move((nodes == node) * 1.0))
        value, until = (unit.value, unit.until) if unit else (0.0, 0.0)
        tight = np.flatnonzero(self.optimum.priced(limit))
        return {
            "constraint": limit.constraint,
            "thing": limit.thing,
            "bucket": bounds[node].item(),
            "limit": float(self.optimum.stated(limit)[node]),
            "value": value,
            "holds_until": until,
            "alone": value > _LITTLE * float(np.abs(self.ranging.prices[limit.all_rows]).max()),
            "set_in": set_in(self.plan.case, limit.constraint, limit.thing),
            "from": bounds[tight[0]].item() if len(tight) else None,
            "until": bounds[tight[-1] + 1].item() if len(tight) else None,
        }

    def _alike(self, limit: Limit) -> list[Limit]:
        """A limit and those that are used up and let through the same: other allotments of the same part."""
        if limit.constraint != "allotment":
            return [limit]
        items = self.draft.network.activities.item
        of_limit = np.unique(items[limit.activities])
        return [
            one
            for one in self.optimum.limits
            if one.constraint == "allotment"
            and (one is limit or self.optimum.priced(one).any())
            and np.isin(items[one.activities], of_limit).any()
        ]

    def _raised(self, asked: _Asked, limit: Limit) -> pl.DataFrame:
        """What more of a limit, and of those like it, would do in all buckets in which they are used up."""
        alike = self._alike(limit)
        by = [np.where(self.optimum.priced(one), 0.01 * self.optimum.stated(one), 0.0) for one in alike]
        move = together([one.move(amount) for one, amount in zip(alike, by, strict=True)])
        rows: list[dict[str, object]] = []
        for percent in RAISED if len(move.rows) else ():
            columns = self.ranging.moved(move, percent)
            if columns is None:
                continue
            served = float(self.draft.sold.values(columns - self.ranging.columns)[asked.demand, asked.nodes].sum())
            gained = self.optimum.worth(columns)
            rows.append({"percent": percent, "more": percent * float(sum(map(np.sum, by))), "served": served,
                         "gained": gained})  # fmt: skip
        return answered("raised", rows)

    # -- who got it ----------------------------------------------------------------------------------------------

    def _users(self, gate: _Used) -> pl.DataFrame:
        """Who gets what a gate leaves where it is used up, and what a customer less of the largest would lose."""
        pegging, demands = self.optimum.pegging, self.draft.network.demands
        weight = np.zeros(len(pegging.lots.quantity))
        for limit in self._alike(gate.limit):
            weight += self._taken(limit)
        amount, ends = pegging.spread(weight), pegging.ends
        sold = np.flatnonzero((ends.kind == SOLD) & (amount > 0.0))
        by_demand = np.bincount(ends.thing[sold], amount[sold], minlength=len(demands))
        rows: list[dict[str, object]] = []
        row_of_gate = int(gate.limit.rows[gate.node])
        for demand in np.argsort(-by_demand, kind="stable")[: int((by_demand > 0.0).sum())].tolist():
            cells = sold[ends.thing[sold] == demand]
            row = {"demand": demands.labels[demand], "item": self.draft.network.items[demands.item[demand]],
                   "quantity": float(by_demand[demand]), "share": float(by_demand[demand] / amount.sum())}  # fmt: skip
            if len(rows) < MOST_USERS:
                row |= self._worth_there(demand, ends.node[cells], amount[cells], row_of_gate)
            rows.append(row)
        return answered("users", rows)

    def _taken(self, limit: Limit) -> Floats:
        """What each lot takes of a limit where that is used up, shape (K,)."""
        lots, matrix = self.optimum.pegging.lots, self.draft.program.matrix()
        started = np.flatnonzero(lots.kind <= OFFER)
        source, node = lots.source[started], lots.node[started]
        mine = limit.activities[source] & self.optimum.priced(limit)[node]
        lot, source, node = started[mine], source[mine], node[mine]
        each = np.asarray(matrix[limit.rows[node], self.draft.start.index[source, node]]).reshape(-1)
        taken = np.zeros(len(lots.quantity))
        taken[lot] = each * lots.quantity[lot]
        return taken

    def _worth_there(self, demand: int, nodes: Integers, amount: Floats, gate: int) -> dict[str, object]:
        """What a customer less of a stream would lose, and what a unit of the gate is worth there."""
        units = self._sold["sold"][demand, nodes]
        columns = self.draft.sold.index[demand, nodes]
        slope = self.ranging.slope(Move.of_columns(columns, -units / units.sum(), forced=True))
        each = float(amount.sum() / units.sum())
        if slope is None:
            return {"each": each}
        return {"each": each, "loss": -slope.value, "worth": float(slope.prices[gate]) - slope.value / each}

    def _giving_way(self, asked: _Asked, forced: Slope | None) -> pl.DataFrame:
        """Who would be served less for one customer more."""
        change = np.zeros_like(self._unserved) if forced is None else self.draft.sold.values(forced.columns)
        change[asked.demand, asked.nodes] = np.maximum(change[asked.demand, asked.nodes], 0.0)
        demand, node = np.nonzero(change < -_SHORT)
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

    # -- what cannot be there in time ----------------------------------------------------------------------------

    def _waits(self, demand: int, late: Integers) -> pl.DataFrame:
        """What cannot be started sooner, so that nothing can be there in time, and what a month sooner is worth."""
        point = int(self.draft.network.demands.stock_point[demand])
        days = [*self.draft.timeline.bounds[:-1].tolist(), None]
        labels = self.draft.network.activities.labels
        rows: list[dict[str, object]] = []
        for one in self._reach.waits(point):
            opens, there = days[self._reach.opens[one]], days[self._reach.there[point]]
            row = {"activity": labels[one], "opens": opens, "there": there}
            rows.append(row | self._sooner(labels[one], demand, late))
        return answered("waits", rows)

    def _sooner(self, route: str, demand: int, late: Integers) -> dict[str, object]:
        """What the plan would gain if the milestone that a route waits for were reached a month earlier."""
        milestone = waits_for(self.plan, route)
        if milestone is None:
            return {}
        try:
            other = sooner(self.plan, milestone)
        except InfeasibleError:
            return {"milestone": milestone}
        buckets = [self.draft.timeline.bounds[node].item() for node in late]
        mine = (pl.col("demand") == self.draft.network.demands.labels[demand]) & pl.col("bucket").is_in(buckets)
        before, after = (float(one["sold"].filter(mine)["sold"].sum()) for one in (self.plan, other))
        gained = other.objective - self.plan.objective
        return {"milestone": milestone, "sooner_gained": gained, "sooner_served": after - before}

    @cached_property
    def _reach(self) -> Reach:
        return Reach.of(self.draft, self.ranging.columns)
