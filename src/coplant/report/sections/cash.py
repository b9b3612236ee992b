"""The cash curve and its lowest point."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import running
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View
from coplant.timeline import lag_matrix


def cash(view: View) -> Section | None:
    """Show money paid and received, summed from the start of the horizon."""
    words, table = view.words, view.plan["cash"]
    if table.is_empty():
        return None
    values = table["cumulative"].to_list()
    least = table.row(min(range(len(values)), key=lambda index: values[index]), named=True)
    if least["cumulative"] < 0.0:
        place, amount = view.bucket(least["bucket"]), view.money(least["cumulative"])
        lead = words("cash.lead", money=amount, bucket=place, end=view.money(values[-1]))
        lowest = words("cash.lowest", bucket=place)
    else:
        lead, lowest = words("cash.never", end=view.money(values[-1])), words("cash.lowest_start")
    columns = [
        Column("bucket", words("column.bucket"), "bucket"),
        Column("amount", words("column.cash_in_bucket", currency=view.currency), "money"),
        Column("cumulative", words("column.cumulative", currency=view.currency), "money"),
    ]
    chart = running(view, values, view.currency, words("cash.label"), words("cash.cumulative"), lowest)
    block = Block(chart=chart, table=tabulate(view, table, columns, words("cash.table")))
    return Section("cash", words("cash.title"), [lead, *run_down(view, "cash")], blocks=[block])


def run_down(view: View, where: str) -> list[str]:
    """Say by how much the end of the horizon runs down stock and goods under way, which flatters the last buckets.

    Parameters
    ----------
    view : View
        The plan in a language.
    where : {"production", "cash"}
        Section that says it.

    Returns
    -------
    list of str
        A sentence, or none if there is as much at the end as at the start.
    """
    case, stock = view.plan.case, view.plan["stock"]
    worth = {
        "start": _worth(view, case["stock"]),
        "start_under_way": _worth(view, case["receipts"]),
        "end": _worth(
            view, stock.filter(pl.col("bucket") == view.buckets["bucket"].max()).rename({"stock": "quantity"})
        ),
        "end_under_way": _worth(view, under_way(view)),
    }
    if worth["end"] + worth["end_under_way"] >= worth["start"] + worth["start_under_way"]:
        return []
    return [view.words(f"{where}.run_down", **{name: view.money(value) for name, value in worth.items()})]


def _worth(view: View, goods: pl.DataFrame) -> float:
    """Material cost of some goods."""
    value = view.plan.case["items"].select("item", "value")
    return float(goods.join(value, on="item").select((pl.col("quantity") * pl.col("value")).sum()).item())


def under_way(view: View) -> pl.DataFrame:
    """What is made, moved or bought and arrives after the horizon.

    Returns
    -------
    DataFrame
        item, quantity.
    """
    case, plan = view.plan.case, view.plan
    started = pl.concat(
        [
            plan[table]
            .join(case[of].select(key, "lead_time").unique(key), on=key)
            .select("item", "bucket", "lead_time", pl.col(good).alias("quantity"))
            for table, of, key, good in (
                ("made", "routes", "route", "good"),
                ("moved", "lanes", "lane", "quantity"),
                ("bought", "offers", "offer", "quantity"),
            )
        ]
    )
    if started.is_empty():
        return started.select("item", "quantity")
    buckets = view.buckets["bucket"]
    bounds = np.append(buckets.to_numpy(), np.datetime64(case.settings.until)).astype("datetime64[D]")
    late = [
        pl.DataFrame(
            {"bucket": buckets, "late": 1.0 - lag_matrix(bounds, days, case.settings.lag_rule).sum(axis=1)}
        ).with_columns(lead_time=pl.lit(days))
        for days in started["lead_time"].unique().to_list()
    ]
    return started.join(pl.concat(late), on=["bucket", "lead_time"]).select("item", pl.col("quantity") * pl.col("late"))
