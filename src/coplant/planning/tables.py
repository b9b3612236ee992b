"""Reading a solved program back into tables."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import polars as pl

from coplant.clauses import Reservation
from coplant.network.activities import LANE, OFFER, ROUTE, agreement_end
from coplant.network.frames import dates
from coplant.planning.marginal_values import marginal_values
from coplant.planning.money_tables import by_year, cash_table, money_table
from coplant.planning.reader import Reader, Unread, frame, named
from coplant.program.money import Floats, Integers


def tables_of(reader: Reader) -> Unread:
    """Say how every table of a plan is read.

    Parameters
    ----------
    reader : Reader
        The draft that was solved, and its solution.
    """
    money = cache(lambda: money_table(reader))
    yearly = cache(lambda: by_year(reader, money()))
    of_reader = {
        "buckets": _buckets,
        "signed": _signed,
        "starts": _starts,
        "left": _left,
        "reserved": _reserved,
        "made": _made,
        "bought": _bought,
        "moved": _moved,
        "stock": _stock,
        "sold": _sold,
        "loads": _loads,
        "allotted": _allotted,
        "uses": _uses,
    }
    return Unread(
        {name: partial(read, reader) for name, read in of_reader.items()}
        | {
            "money": money,
            "revenue": lambda: yearly()["revenue"],
            "concentration": lambda: yearly()["concentration"],
            "cash": lambda: cash_table(money(), _buckets(reader)),
            "marginal_values": partial(marginal_values, reader),
        }
    )


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
    # An option that is not signed has no such days.
    dated = pl.Series(signed) | (table["status"] != "option")
    return table.select(
        "agreement",
        "title",
        "host",
        "site",
        "group",
        "status",
        pl.Series("signed", signed, dtype=pl.Boolean),
        pl.when(dated).then(pl.coalesce("sign_from", "starts")).alias("sign_date"),
        pl.when(dated).then("starts").alias("starts"),
        pl.when(dated).then(dates(agreement_end(reader.draft.network.case))).alias("ends"),
    )


def _starts(reader: Reader) -> pl.DataFrame:
    """First day after each milestone that a route waits for."""
    network = reader.draft.network
    waited = set(network.case["routes"]["milestone"])
    rows = [(milestone, day.astype(object)) for milestone, day in network.starts.day.items() if milestone in waited]
    return pl.DataFrame(rows, schema={"milestone": pl.String, "day": pl.Date}, orient="row")


def _left(reader: Reader) -> pl.DataFrame:
    """Agreements that are left before their term is over, and the bucket at whose start they are."""
    agreements, nodes = [], []
    for name, scope in reader.draft.scopes.items():
        taken = reader.solution.columns[np.maximum(scope.leaving, 0)] > 0.5
        for node in np.flatnonzero(taken & (scope.leaving >= 0)):
            agreements.append(name)
            nodes.append(node)
    return frame({"agreement": pl.Series(agreements, dtype=pl.String), **reader.when(np.array(nodes, dtype=np.int64))})


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
        clauses = Reservation.read(network.case, name)
        for clause, rate, now in zip(clauses, rates, reader.reserved(name), strict=True):
            first, until = scope.window(clause.valid_from, clause.valid_until)
            length = clause.in_nodes(scope)
            within = (scope.share_of_nodes(first, until) * started[routes].sum(axis=0)) @ probability
            units = float((now * length) @ probability)
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
    wanted, starts = demands.wanted.copy(), demands.diffusions
    np.add.at(wanted, starts.demand, np.rint(reader.values("opened"))[:, None] * starts.wanted)
    demand, node = np.nonzero((wanted > 0.0) | (sold > 0.0) | (waiting > 0.0) | (lost > 0.0))
    country = network.case["sites"]["country"]
    return frame(
        {
            "demand": named(demands.labels, demand),
            "item": reader.names("items", demands.item[demand]),
            "family": reader.names("families", network.family[demands.item[demand]]),
            "site": reader.names("sites", demands.site[demand]),
            "country": country.gather(demands.site[demand]),
            **reader.when(node),
            "wanted": wanted[demand, node],
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
