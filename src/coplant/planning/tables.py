"""Reading a solved program back into tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.clauses import Reservation
from coplant.network.activities import LANE, OFFER, ROUTE, agreement_end
from coplant.planning.costing import average_cost
from coplant.planning.draft import Draft
from coplant.program import Solution
from coplant.program.linear import TAGS
from coplant.program.money import Entries, Floats, Integers
from coplant.timeline.calendar import Days

Tables = dict[str, pl.DataFrame]

COST_OF_UNITS = {"processing_fee", "learning"}
"""Money lines that follow the units of a route and so are part of what the goods cost."""

MARGINAL = ("capacity", "lane_capacity", "allotment", "reservation", "launch_gate", "sales", "least_fill")
"""Families of rows whose limits are reported with what one more unit is worth."""


@dataclass(frozen=True, eq=False)
class Reader:
    """A solved draft, and how its indices are named.

    Parameters
    ----------
    draft : Draft
        The draft.
    solution : Solution
        Its solution.
    """

    draft: Draft
    solution: Solution

    def values(self, block: str) -> Floats:
        """Values of a block of columns; zero where there is no column."""
        return self.draft.program.column_blocks[block].values(self.solution.columns)

    def when(self, node: Integers) -> dict[str, pl.Series]:
        """Bucket of some nodes as columns; in a tree that branches the node too."""
        tree = self.draft.tree
        columns = {"bucket": dates(tree.timeline.bounds[tree.bucket[node]])}
        if len(tree.leaves) > 1:
            columns["node"] = pl.Series(node)
        return columns

    def names(self, of: str, index: Integers) -> pl.Series:
        """Names behind some indices of items, sites, families or agreements; null for -1."""
        return named(getattr(self.draft.network, of), index)


def tables_of(draft: Draft, solution: Solution) -> Tables:
    """Read every table of a plan.

    Parameters
    ----------
    draft : Draft
        The draft that was solved.
    solution : Solution
        Its solution.
    """
    reader = Reader(draft, solution)
    money = _money(reader)
    return {
        "buckets": _buckets(reader),
        "signed": _signed(reader),
        "reserved": _reserved(reader),
        "made": _made(reader),
        "bought": _bought(reader),
        "moved": _moved(reader),
        "stock": _stock(reader),
        "sold": _sold(reader),
        "loads": _loads(reader),
        "allotted": _allotted(reader),
        "uses": _uses(reader),
        "money": money,
        **_by_year(reader, money),
        "cash": _cash(money, _buckets(reader)),
        "marginal_values": _marginal_values(reader),
    }


def named(names: tuple[str, ...], index: Integers) -> pl.Series:
    """Names behind indices; null for -1."""
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(index < 0, len(names), index))


def dates(days_of: Days) -> pl.Series:
    """Days as a column of dates."""
    return pl.Series(days_of.astype("datetime64[ms]")).cast(pl.Date)


def frame(columns: Mapping[str, pl.Series | Floats | Integers | np.ndarray]) -> pl.DataFrame:
    """Columns of one length as a table; NaN becomes null."""
    return pl.DataFrame(dict(columns), nan_to_null=True)


def _buckets(reader: Reader) -> pl.DataFrame:
    timeline = reader.draft.timeline
    return frame(
        {
            "bucket": dates(timeline.bounds[:-1]),
            "until": dates(timeline.bounds[1:]),
            "days": timeline.days,
            "label": pl.Series(list(timeline.labels)),
        }
    )


def _signed(reader: Reader) -> pl.DataFrame:
    table = reader.draft.network.case["agreements"]
    signed = reader.values("sign") > 0.5
    return table.select(
        "agreement",
        "title",
        "host",
        "site",
        "group",
        "status",
        pl.Series("signed", signed, dtype=pl.Boolean),
        pl.coalesce("sign_from", "starts").alias("sign_date"),
        "starts",
        dates(agreement_end(reader.draft.network.case)).alias("ends"),
    )


def _reserved(reader: Reader) -> pl.DataFrame:
    """Rates reserved, and how much of them is used within the horizon."""
    draft = reader.draft
    network = draft.network
    bounds = draft.timeline.bounds
    probability, started = network.tree.probability, reader.values("start")
    rows = []
    for number, row in enumerate(network.case["agreements"].iter_rows(named=True)):
        name = row["agreement"]
        if f"reserved/{name}" not in draft.program.column_blocks:
            continue
        rates = reader.values(f"reserved/{name}")
        routes = network.activities.agreement == number
        scope = draft.scopes[name]
        for clause, rate in zip(Reservation.read(network.case, name), rates, strict=True):
            first, until = scope.window(clause.valid_from, clause.valid_until)
            length = clause.in_nodes(scope)
            within = (scope.share_of_nodes(first, until) * started[routes].sum(axis=0)) @ probability
            units = float(rate * (length @ probability))
            rows.append(
                {
                    "agreement": name,
                    "from": max(first, bounds[0]).astype(object),
                    "until": min(until, bounds[-1]).astype(object),
                    "reserved": float(rate),
                    "per": clause.per,
                    "yearly": float(rate) * clause.in_a_year,
                    "fee": clause.fee,
                    "kind": clause.kind,
                    "units": units,
                    "used": float(within),
                    "share_used": float(within) / units if units > 0.0 else None,
                }
            )
    types = {
        "agreement": pl.String,
        "from": pl.Date,
        "until": pl.Date,
        "reserved": pl.Float64,
        "per": pl.String,
        "yearly": pl.Float64,
        "fee": pl.Float64,
        "kind": pl.String,
        "units": pl.Float64,
        "used": pl.Float64,
        "share_used": pl.Float64,
    }
    return pl.DataFrame(rows, schema=types)


def _activities(reader: Reader, kind: int) -> tuple[Integers, Integers, Integers, Floats]:
    """Activities of a kind that are started: activity, row of its table, node, units."""
    activities = reader.draft.network.activities
    started = reader.values("start")
    activity, node = np.nonzero((started > 0.0) & (activities.kind == kind)[:, None])
    return activity, activities.row[activity], node, started[activity, node]


def _made(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    activity, row, node, units = _activities(reader, ROUTE)
    routes = network.case["routes"]
    return frame(
        {
            "route": routes["route"].gather(row),
            "item": routes["item"].gather(row),
            "site": routes["site"].gather(row),
            "agreement": routes["agreement"].gather(row),
            **reader.when(node),
            "started": units,
            "good": units * network.activities.good_share[activity],
        }
    )


def _bought(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    activity, row, node, units = _activities(reader, OFFER)
    offers = network.case["offers"]
    return frame(
        {
            **{name: offers[name].gather(row) for name in ("offer", "item", "site", "supplier", "allotment")},
            **reader.when(node),
            "quantity": units,
            "price": network.activities.cost[activity, node],
        }
    )


def _moved(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    activity, row, node, units = _activities(reader, LANE)
    lanes = network.case["lanes"]
    return frame(
        {
            "lane": lanes["lane"].gather(row),
            "item": reader.names("items", network.activities.item[activity]),
            "from_site": lanes["from_site"].gather(row),
            "to_site": lanes["to_site"].gather(row),
            **reader.when(node),
            "quantity": units,
        }
    )


def _stock(reader: Reader) -> pl.DataFrame:
    points = reader.draft.network.stock_points
    stock, scrapped = reader.values("stock"), reader.values("scrapped")
    blocks = reader.draft.program.column_blocks
    below = reader.values("below") if "below" in blocks else np.zeros_like(stock)
    point, node = np.nonzero((stock > 0.0) | (scrapped > 0.0) | (below > 0.0) | (points.target > 0.0))
    return frame(
        {
            "item": reader.names("items", points.item[point]),
            "site": reader.names("sites", points.site[point]),
            **reader.when(node),
            "stock": stock[point, node],
            "below": below[point, node],
            "scrapped": scrapped[point, node],
            "target": points.target[point, node],
        }
    )


def _sold(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    demands = network.demands
    sold, waiting, lost = (reader.values(block) for block in ("sold", "waiting", "lost"))
    later = np.flatnonzero(network.tree.parent >= 0)
    lost[:, later] += (1.0 - demands.stay_share[:, later]) * waiting[:, network.tree.parent[later]]
    demand, node = np.nonzero((demands.wanted > 0.0) | (sold > 0.0) | (waiting > 0.0) | (lost > 0.0))
    country = network.case["sites"]["country"]
    return frame(
        {
            "demand": named(demands.labels, demand),
            "item": reader.names("items", demands.item[demand]),
            "family": reader.names("families", network.family[demands.item[demand]]),
            "site": reader.names("sites", demands.site[demand]),
            "country": country.gather(demands.site[demand]),
            **reader.when(node),
            "wanted": demands.wanted[demand, node],
            "sold": sold[demand, node],
            "waiting": waiting[demand, node],
            "lost": lost[demand, node],
            "price": demands.price[demand, node],
        }
    )


def _loads(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    resources = network.resources
    load = network.loads @ reader.values("start")
    overtime = reader.values("overtime")
    resource, node = np.nonzero((resources.capacity > 0.0) | (load > 0.0))
    return frame(
        {
            "resource": named(resources.labels, resource),
            "site": reader.names("sites", resources.site[resource]),
            **reader.when(node),
            "load": load[resource, node],
            "capacity": resources.capacity[resource, node],
            "overtime": overtime[resource, node],
            "overtime_most": resources.overtime[resource, node],
        }
    )


def _allotted(reader: Reader) -> pl.DataFrame:
    network = reader.draft.network
    granted = network.allotments
    started = reader.values("start")
    ordered = np.zeros((len(granted.labels), len(network.tree)))
    orders = np.flatnonzero(network.activities.allotment >= 0)
    np.add.at(ordered, network.activities.allotment[orders], started[orders])
    allotment, node = np.nonzero((ordered > 0.0) | np.isfinite(granted.quantity))
    quantity = granted.quantity[allotment, node]
    return frame(
        {
            "allotment": named(granted.labels, allotment),
            **reader.when(node),
            "ordered": ordered[allotment, node],
            "quantity": np.where(np.isfinite(quantity), quantity, np.nan),
        }
    )


def _uses(reader: Reader) -> pl.DataFrame:
    """Which route takes which component, and for which product."""
    network = reader.draft.network
    activities, points = network.activities, network.stock_points
    started = reader.values("start")
    taken = network.inputs.tocoo()
    by_route = activities.kind[taken.col] == ROUTE
    point, activity, quantity = taken.row[by_route], taken.col[by_route], taken.data[by_route]
    used = quantity[:, None] * started[activity]
    entry, node = np.nonzero(used > 0.0)
    return frame(
        {
            "item": reader.names("items", points.item[point[entry]]),
            "site": reader.names("sites", points.site[point[entry]]),
            **reader.when(node),
            "route": named(activities.labels, activity[entry]),
            "product": reader.names("items", activities.item[activity[entry]]),
            "quantity": used[entry, node],
        }
    )


def _money(reader: Reader) -> pl.DataFrame:
    """Money lines summed by what they belong to and when."""
    draft = reader.draft
    network = draft.network
    country = network.case["sites"]["country"]
    parts = []
    for line in draft.program.money_lines:
        due = _by_route(reader, line.entries()) if line.name == "learning" else line.entries()
        amount = due.coefficient * reader.solution.columns[due.column]
        present = amount * due.discount * network.tree.probability[due.node]
        keep = amount != 0.0
        codes = pl.DataFrame(
            {
                **{tag: due.tags[tag][keep] for tag in TAGS},
                "node": due.node[keep],
                "amount": amount[keep],
                "present_value": present[keep],
            }
        )
        parts.append(codes.select(pl.lit(line.name).alias("line"), pl.lit(line.cash).alias("cash"), pl.all()))
    total = (
        pl.concat(parts, how="vertical_relaxed")
        .group_by("line", "cash", *TAGS, "node", maintain_order=True)
        .agg(pl.col("amount", "present_value").sum(), size=pl.col("amount").abs().sum())
        .filter(pl.col("amount").abs() > 1e-12 * pl.col("size"))
    )
    code = {tag: total[tag].to_numpy() for tag in TAGS}
    site = np.where(code["site"] < 0, len(country), code["site"])
    return frame(
        {
            "line": total["line"],
            "family": reader.names("families", code["family"]),
            "agreement": reader.names("agreements", code["agreement"]),
            "item": reader.names("items", code["item"]),
            "site": reader.names("sites", code["site"]),
            "country": pl.concat([country, pl.Series([None], dtype=pl.String)]).gather(site),
            **reader.when(total["node"].to_numpy()),
            "amount": total["amount"],
            "present_value": total["present_value"],
            "cash": total["cash"],
        }
    )


def _by_route(reader: Reader, due: Entries) -> Entries:
    """Split what a curve costs among its routes: at each node in the shares of the good units that they make there."""
    activities = reader.draft.network.activities
    routes = np.flatnonzero(activities.learning == due.tags["learning"].max(initial=-1))
    good = reader.values("start")[routes] * activities.good_share[routes][:, None]
    made = good.sum(axis=0)
    share = np.divide(good, made, out=np.zeros_like(good), where=made > 0.0)[:, due.node]
    place, made_there = np.nonzero(share)
    # What falls due where nothing is made adds up to nothing, and stays as it was stated.
    entry = np.concatenate([made_there, np.flatnonzero(made[due.node] <= 0.0)])
    owned, route = np.arange(len(entry)) < len(made_there), routes[place]
    of_route = {
        "item": activities.item[route],
        "site": activities.site[route],
        "family": reader.draft.network.family[activities.item[route]],
        "agreement": activities.agreement[route],
    }
    tags = {tag: due.tags[tag][entry] for tag in TAGS}
    for tag, index in of_route.items():
        tags[tag][owned] = index
    coefficient = due.coefficient[entry]
    coefficient[owned] *= share[place, made_there]
    return Entries(due.column[entry], coefficient, due.node[entry], due.discount[entry], tags)


def _by_year(reader: Reader, money: pl.DataFrame) -> Tables:
    """Revenue, cost of goods sold and margin by family and year, and how concentrated revenue is."""
    goods = _cost_of_goods(reader)
    revenue = money.filter(pl.col("line").is_in(["revenue", "annuity"]))
    served = money.filter(pl.col("line") == "annuity_cost")
    probability = _probability(reader, revenue)
    both = pl.concat(
        [
            revenue.select("family", "bucket", revenue=pl.col("amount") * probability, cost=pl.lit(0.0)),
            served.select(
                "family", "bucket", revenue=pl.lit(0.0), cost=-pl.col("amount") * _probability(reader, served)
            ),
            goods.select("family", "bucket", revenue=pl.lit(0.0), cost=pl.col("cost")),
        ]
    )
    yearly = (
        both.join(_year_shares(reader), on="bucket")
        .group_by("year", "family")
        .agg((pl.col("revenue", "cost") * pl.col("share")).sum())
        .sort("year", "family")
    )
    total = pl.col("revenue").sum().over("year")
    share = pl.when(total > 0.0).then(pl.col("revenue") / total).otherwise(0.0)
    result = yearly.with_columns(margin=pl.col("revenue") - pl.col("cost"), share=share)
    concentration = result.group_by("year", maintain_order=True).agg(
        pl.col("revenue").sum(), hhi=(pl.col("share") ** 2).sum()
    )
    return {"revenue": result, "concentration": concentration}


def _probability(reader: Reader, table: pl.DataFrame) -> pl.Series:
    """Probability of each row of a table by its node, one in a plan with one branch."""
    if "node" not in table.columns:
        return pl.Series(np.ones(table.height))
    return pl.Series(reader.draft.tree.probability[table["node"].to_numpy()])


def _year_shares(reader: Reader) -> pl.DataFrame:
    """Share of the days of each bucket in each calendar year."""
    timeline = reader.draft.timeline
    years = np.unique(timeline.bounds.astype("datetime64[Y]"))
    first = years.astype("datetime64[D]")
    begin = np.maximum(timeline.bounds[:-1, None], first)
    end = np.minimum(timeline.bounds[1:, None], (years + 1).astype("datetime64[D]"))
    inside = np.maximum((end - begin).astype(np.float64), 0.0) / timeline.days[:, None]
    bucket, year = np.nonzero(inside)
    return frame(
        {
            "bucket": dates(timeline.bounds[:-1][bucket]),
            "year": years.astype(np.int64)[year] + 1970,
            "share": inside[bucket, year],
        }
    )


def _cost_of_goods(reader: Reader) -> pl.DataFrame:
    """Cost of what is sold, by family and bucket, expected over the tree."""
    network = reader.draft.network
    started, stock, sold = (reader.values(block) for block in ("start", "stock", "sold"))
    extra = network.activities.cost + _fees_per_unit(reader, started)
    cost = average_cost(network, started, extra, stock)[network.demands.stock_point] * sold
    demand, node = np.nonzero(cost)
    return frame(
        {
            "family": reader.names("families", network.family[network.demands.item[demand]]),
            "bucket": reader.when(node)["bucket"],
            "cost": cost[demand, node] * network.tree.probability[node],
        }
    )


def _fees_per_unit(reader: Reader, started: Floats) -> Floats:
    """Processing fees and learning per unit started: each line's money of a node over the units it is for."""
    network = reader.draft.network
    activities = network.activities
    per_unit = np.zeros_like(started)
    for line in reader.draft.program.money_lines:
        if line.name not in COST_OF_UNITS:
            continue
        entries = line.entries()
        amount = -entries.coefficient * reader.solution.columns[entries.column]
        owners = np.stack([entries.tags["agreement"], entries.tags["item"]])
        for agreement, item in np.unique(owners, axis=1).T:
            mine = (owners[0] == agreement) & (owners[1] == item)
            due = np.bincount(entries.node[mine], amount[mine], minlength=len(network.tree))
            routes = np.ones(len(activities), dtype=bool) if agreement < 0 else activities.agreement == agreement
            routes = routes & (activities.kind == ROUTE)
            if item >= 0:
                routes = routes & (activities.item == item)
            if line.name == "learning":
                routes = routes & (activities.learning >= 0)
            units = started[routes].sum(axis=0)
            per_unit[routes] += np.divide(due, units, out=np.zeros_like(due), where=units > 0.0)
    return per_unit


def _cash(money: pl.DataFrame, buckets: pl.DataFrame) -> pl.DataFrame:
    """Money paid and received in each bucket, and its running sum, along each branch."""
    if "node" in money.columns:
        return money.filter("cash").group_by("bucket", "node").agg(pl.col("amount").sum()).sort("bucket", "node")
    paid = money.filter("cash").group_by("bucket").agg(pl.col("amount").sum())
    return (
        buckets.select("bucket")
        .join(paid, on="bucket", how="left", maintain_order="left")
        .with_columns(pl.col("amount").fill_null(0.0))
        .with_columns(pl.col("amount").cum_sum().alias("cumulative"))
    )


def _worth_in_ramps(reader: Reader) -> Floats:
    """What one more unit of a resource adds because its routes may rise with it, shape (resources, nodes)."""
    network, program = reader.draft.network, reader.draft.program
    worth = np.zeros((len(network.resources.labels), len(reader.draft.tree)))
    if "launch_gate" in program.row_blocks:
        gate, load = program.row_blocks["launch_gate"].index, network.loads.tocoo()
        dual = np.where(gate >= 0, reader.solution.row_dual[np.maximum(gate, 0)], 0.0)
        np.add.at(worth, load.row, network.activities.open_share[load.col] * dual)
    return worth


def _marginal_values(reader: Reader) -> pl.DataFrame:
    """What one more unit of each limit is worth, in present value, ranked by what one percent of it is."""
    draft, solution = reader.draft, reader.solution
    upper, lower = draft.program.row_upper, draft.program.row_lower
    none = np.empty(0)
    nothing: dict[str, pl.Series | Floats] = {
        "constraint": pl.Series([], dtype=pl.String),
        "thing": pl.Series([], dtype=pl.String),
        **reader.when(np.empty(0, dtype=np.int64)),
        "value": none,
        "unit": pl.Series([], dtype=pl.String),
        "used": none,
        "limit": none,
    }
    parts = [frame(nothing)]
    for name, block in draft.program.row_blocks.items():
        family = name.split("/")[0]
        if family not in MARGINAL:
            continue
        cell = np.flatnonzero(block.index.reshape(-1) >= 0)
        row = block.index.reshape(-1)[cell]
        thing, node = np.divmod(cell, len(draft.tree))
        labels = (name.split("/", 1)[1],) if "/" in name else tuple(block.axes[0])
        limit = np.where(np.isfinite(upper[row]), upper[row], lower[row])
        used, value = solution.row_activity[row], solution.row_dual[row]
        if family == "capacity":
            value = value + _worth_in_ramps(reader)[thing, node]
        if family == "reservation":
            limit = _reserved_units(reader, labels[0])[node]
            used = solution.row_activity[row] + limit
        parts.append(
            frame(
                {
                    "constraint": pl.Series([family] * len(row), dtype=pl.String),
                    "thing": named(labels, thing),
                    **reader.when(node),
                    "value": value,
                    "unit": _unit_of(reader, family, labels).gather(thing),
                    "used": used,
                    "limit": limit,
                }
            )
        )
    table = pl.concat(parts).with_columns(one_percent=(pl.col("value") * pl.col("limit") * 0.01).abs())
    least = 1e-9 * max(float(np.abs(table["value"].to_numpy()).max(initial=0.0)), 1.0)
    return table.filter(pl.col("value").abs() > least).sort(
        "one_percent", "thing", "bucket", descending=[True, False, False]
    )


def _reserved_units(reader: Reader, agreement: str) -> Floats:
    """Units of capacity reserved in each node."""
    scope = reader.draft.scopes[agreement]
    rates = reader.values(f"reserved/{agreement}")
    clauses = Reservation.read(reader.draft.network.case, agreement)
    return np.asarray(sum(rate * clause.in_nodes(scope) for rate, clause in zip(rates, clauses, strict=True)))


def _unit_of(reader: Reader, family: str, labels: tuple[str, ...]) -> pl.Series:
    """What each thing is counted in."""
    case = reader.draft.network.case
    if family == "capacity":
        return case["resources"]["unit"]
    if family == "launch_gate":
        unit = dict(case["resources"].select("resource", "unit").iter_rows())
        return pl.Series([unit[label.rsplit(",", 1)[1]] for label in labels], dtype=pl.String)
    if family in ("sales", "least_fill"):
        unit = dict(case["items"].select("item", "unit").iter_rows())
        item = reader.draft.network.demands.item
        return pl.Series([unit[reader.draft.network.items[i]] for i in item], dtype=pl.String)
    return pl.Series(["unit"] * len(labels), dtype=pl.String)
