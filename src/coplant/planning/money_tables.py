"""Money of a plan: by line, by family and year, and as a curve of cash."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.network.frames import dates
from coplant.planning.costing import average_cost
from coplant.planning.reader import Reader, Tables, frame
from coplant.program.linear import TAGS
from coplant.program.money import Entries, Floats, Integers, MoneyLine

PER_UNIT = (
    "processing_fee",
    "licence",
    "material_turnkey",
    "material_bought",
    "material_sold",
    "material_handling",
    "material_credit",
)
"""Money lines of clauses that belong to the cost of what is made."""


def money_table(reader: Reader) -> pl.DataFrame:
    """Money lines summed by what they belong to and when."""
    draft = reader.draft
    network = draft.network
    country = network.case["sites"]["country"]
    parts = []
    for line in draft.program.money_lines:
        due = _by_route(reader, line) if "learning" in line.tags else line.entries()
        amount = due.coefficient * reader.solution.columns[due.column]
        present = amount * due.discount
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
        # What is paid and returned after the horizon may add up to nothing and still cost its interest.
        .filter(pl.max_horizontal(pl.col("amount", "present_value").abs()) > 1e-12 * pl.col("size"))
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


def _by_route(reader: Reader, line: MoneyLine) -> Entries:
    """Split what a curve costs among its routes, in the shares of the good units that they make at each node."""
    activities, due = reader.draft.network.activities, line.entries()
    routes, share = _shares_of_curve(reader, line)
    share = share[:, due.node]
    place, entry = np.nonzero(share)
    route = routes[place]
    # What falls due where nothing is made adds up to nothing, and stays as it was stated.
    rest = np.flatnonzero(~share.any(axis=0))
    of_route = {
        "item": activities.item[route],
        "site": activities.site[route],
        "family": reader.draft.network.family[activities.item[route]],
        "agreement": activities.agreement[route],
    }
    every = np.concatenate([entry, rest])
    return Entries(
        due.column[every],
        np.concatenate([due.coefficient[entry] * share[place, entry], due.coefficient[rest]]),
        due.node[every],
        due.discount[every],
        {tag: np.concatenate([of_route[tag], due.tags[tag][rest]]) for tag in TAGS},
    )


def _shares_of_curve(reader: Reader, line: MoneyLine) -> tuple[Integers, Floats]:
    """Routes of the learning curve of a line, and the share of each in the good units that they make at each node."""
    activities = reader.draft.network.activities
    routes = np.flatnonzero(activities.learning == line.tags["learning"])
    good = reader.values("start")[routes] * activities.good_share[routes][:, None]
    return routes, _share(good)


def by_year(reader: Reader, money: pl.DataFrame) -> Tables:
    """Revenue, cost of goods sold and margin by family and year, and how concentrated revenue is."""
    goods = _cost_of_goods(reader)
    revenue = money.filter(pl.col("line").is_in(["revenue", "annuity"]))
    served = money.filter(pl.col("line") == "annuity_cost")
    both = pl.concat(
        [
            revenue.select("family", "bucket", revenue="amount", cost=pl.lit(0.0)),
            served.select("family", "bucket", revenue=pl.lit(0.0), cost=-pl.col("amount")),
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
    """Cost of what is sold, by family and bucket."""
    network = reader.draft.network
    started, stock, sold = (reader.values(block) for block in ("start", "stock", "sold"))
    extra = network.activities.cost + _fees_per_unit(reader, started)
    cost = average_cost(network, started, extra, stock)[network.demands.stock_point] * sold
    demand, node = np.nonzero(cost)
    return frame(
        {
            "family": reader.names("families", network.family[network.demands.item[demand]]),
            "bucket": reader.when(node)["bucket"],
            "cost": cost[demand, node],
        }
    )


def _fees_per_unit(reader: Reader, started: Floats) -> Floats:
    """Fees, royalties, material of hosts and learning per unit started: money of a node over the units it is for."""
    network = reader.draft.network
    activities = network.activities
    per_unit = np.zeros_like(started)

    def spread(cost: Floats, routes: Integers) -> None:
        units = started[routes]
        per_unit[routes] += np.divide(cost, units, out=np.zeros_like(units), where=units > 0.0)

    for line in reader.draft.program.money_lines:
        due = line.entries()
        amount = -due.coefficient * reader.solution.columns[due.column]
        if "learning" in line.tags:
            routes, share = _shares_of_curve(reader, line)
            spread(share * np.bincount(due.node, amount, minlength=len(network.tree)), routes)
        elif line.name in PER_UNIT:
            owners = np.stack([due.tags["agreement"], due.tags["item"]])
            # Of a licence the royalty is for an item, and the fee for none.
            for agreement, item in np.unique(owners[:, (line.name != "licence") | (owners[1] >= 0)], axis=1).T:
                mine = (owners[0] == agreement) & (owners[1] == item)
                cost = np.bincount(due.node[mine], amount[mine], minlength=len(network.tree))
                made = (activities.agreement == agreement) & ((item < 0) | (activities.item == item))
                routes = np.flatnonzero(made)
                spread(cost * _share(started[routes]), routes)
    return per_unit


def _share(quantity: Floats) -> Floats:
    """Share of each row in the sum of its column, zero where that is."""
    total: Floats = quantity.sum(axis=0)
    return np.divide(quantity, total, out=np.zeros_like(quantity), where=total > 0.0)


def cash_table(money: pl.DataFrame, buckets: pl.DataFrame) -> pl.DataFrame:
    """Money paid and received in each bucket, and its running sum."""
    paid = money.filter("cash").group_by("bucket").agg(pl.col("amount").sum())
    return (
        buckets.select("bucket")
        .join(paid, on="bucket", how="left", maintain_order="left")
        .with_columns(pl.col("amount").fill_null(0.0))
        .with_columns(pl.col("amount").cum_sum().alias("cumulative"))
    )
