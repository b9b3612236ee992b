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
        elif len(asked.nodes):
            tables["gates"], tables["customer"], limits = self._in_the_way(asked)
            if limits:
                tables["raised"] = self._raised(asked, limits[0])
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
            rows.append((RULES, _family(name), None, None, None, float(rest[block.index[block.index >= 0]].sum())))
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

    def _in_the_way(self, asked: _Asked) -> tuple[pl.DataFrame, pl.DataFrame, list[Limit]]:
        """What forbids to serve any customer more: limits, stock and other rules; and the limits again.

        Those come first of which a unit more is worth the most.
        """
        limits, rows = self._forbidding(asked)
        gates = []
        for limit in limits:
            nodes = np.flatnonzero(np.isin(self._own_rows(limit), rows).any(axis=0))
            gates.append(self._gate(limit, int(nodes[-1]), nodes))
        table = answered("gates", gates)
        order = table["value"].arg_sort(descending=True).to_list()
        return table[order], answered("customer", self._other_rules(rows)), [limits[place] for place in order]

    def _forbidding(self, asked: _Asked) -> tuple[list[Limit], Integers]:
        """Limits that forbid to serve any customer more even if all others are let go, and rows that prove it.

        None of the limits could be let go: the deletion filter of Chinneck & Dravnieks (1991).
        """
        every, serve, by = self.optimum.limits, self._serve(asked), 0.5 * float(asked.unserved.sum())

        def proof(kept: Sequence[Limit]) -> Integers:
            gone = [self._own_rows(limit) for limit in every if limit not in kept]
            rows = np.concatenate([np.empty(0, dtype=np.int64), *(rows[rows >= 0] for rows in gone)])
            return self.ranging.in_the_way(serve, by, rows)

        rows = proof(every)
        kept = [limit for limit in every if np.isin(self._own_rows(limit), rows).any()]
        for limit in tuple(kept):
            without = [other for other in kept if other is not limit]
            if len(found := proof(without)):
                kept, rows = without, found
        return kept, rows

    def _other_rules(self, rows: Integers) -> list[dict[str, object]]:
        """Stock of which nothing more can come, and families of rules that are no limits, among some rows."""
        points = self.draft.network.stock_points
        given = (points.opening > 0.0) | (points.receipts > 0.0).any(axis=1)
        stock = np.flatnonzero(given & np.isin(self._balance, rows).any(axis=1))
        found: list[dict[str, object]] = [{"kind": AT_HAND, "what": points.labels[point]} for point in stock]
        limiting = np.concatenate([self._balance.reshape(-1), *(limit.all_rows for limit in self.optimum.limits)])
        others = np.setdiff1d(rows, limiting)
        blocks = self.draft.program.row_blocks.items()
        families = dict.fromkeys(_family(name) for name, block in blocks if np.isin(block.index, others).any())
        # That who is served is not lost is no rule that somebody set.
        found += [{"kind": RULES, "what": family} for family in families if family != "sales"]
        return found

    def _own_rows(self, limit: Limit) -> Integers:
        """Rows of a limit, and of those that move with it the ones of no other limit; -1 for none, shape (M, N)."""
        with_it = [np.where(np.isin(rows, self._limiting), -1, rows) for rows, _ in limit.with_it]
        return np.array([limit.rows, *with_it])

    @cached_property
    def _limiting(self) -> Integers:
        """Rows of all limits."""
        return np.concatenate([np.empty(0, dtype=np.int64), *(limit.rows for limit in self.optimum.limits)])

    def _gate(self, limit: Limit, node: int, tight: Integers | None = None) -> dict[str, object]:
        """A limit, what a unit more of it is worth at a node, and the nodes in which it is used up."""
        bounds, nodes = self.draft.timeline.bounds, np.arange(len(self.draft.tree))
        unit = self.ranging.slope(limit.move((nodes == node) * 1.0))
        value, until = (unit.value, unit.until) if unit else (0.0, 0.0)
        tight = np.flatnonzero(self.optimum.priced(limit)) if tight is None else tight
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
        alike = self._alike(gate.limit)
        weight = np.sum([self._taken(limit) for limit in alike], axis=0)
        gates = np.concatenate([limit.rows[limit.rows >= 0] for limit in alike])
        amount, ends = pegging.spread(weight), pegging.ends
        sold = np.flatnonzero((ends.kind == SOLD) & (amount > 0.0))
        by_demand = np.bincount(ends.thing[sold], amount[sold], minlength=len(demands))
        rows: list[dict[str, object]] = []
        for demand in np.argsort(-by_demand, kind="stable")[: int((by_demand > 0.0).sum())].tolist():
            cells = sold[ends.thing[sold] == demand]
            row = {"demand": demands.labels[demand], "item": self.draft.network.items[demands.item[demand]],
                   "quantity": float(by_demand[demand]), "share": float(by_demand[demand] / amount.sum())}  # fmt: skip
            if len(rows) < MOST_USERS:
                row |= self._worth_there(demand, ends.node[cells], amount[cells], gates)
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

    def _worth_there(self, demand: int, nodes: Integers, amount: Floats, gates: Integers) -> dict[str, object]:
        """What a customer less of a stream would lose, and what a unit of the gates' rows is worth there.

        What a customer brings beyond all else that the way takes is what that customer loses and what the gates' rows
        on the way are worth to others.
        """
        units = self._sold["sold"][demand, nodes]
        shares, columns = units / units.sum(), self.draft.sold.index[demand, nodes]
        slope = self.ranging.slope(Move.of_columns(columns, -shares, forced=True))
        told: dict[str, object] = {"each": float(amount.sum() / units.sum())}
        if slope is None:
            return told
        point = np.full(len(nodes), self.draft.network.demands.stock_point[demand])
        ways = Ways(self.draft, self.ranging.columns, slope.basic, slope.prices)
        on_the_way = ways.to(point, nodes, shares).rows[gates]
        taken, elsewhere = float(on_the_way.sum()), float(slope.prices[gates] @ on_the_way)
        if taken > _LITTLE:
            told |= {"loss": -slope.value, "worth": (elsewhere - slope.value) / taken}
        return told

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
        there = days[self._reach.there[point]]
        rows: list[dict[str, object]] = []
        for one in self._reach.waits(point):
            row = {"activity": labels[one], "opens": days[self._reach.opens[one]], "there": there}
            rows.append(row | self._sooner(labels[one], demand, late))
        # Where all is open from the start it takes that long, or there is no way.
        return answered("waits", rows or [{"there": there}])

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


def _family(block: str) -> str:
    """Family of rules that a block of rows belongs to."""
    return block.partition("/")[0].partition(".")[0]
