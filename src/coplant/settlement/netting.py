"""Call-offs net of what came: cumulatives, as schedulers on both sides keep them."""

from __future__ import annotations

import polars as pl

from coplant.case import Case


def netting(case: Case) -> pl.DataFrame:
    """What was called off, received and is under way, by agreement, item and month, as running sums.

    Returns
    -------
    DataFrame
        agreement, item, month (its first day); required, received and in_transit, cumulative at the month's end [unit];
        net: required - received - in_transit, what is still to come. A negative net is an over-delivery and stays one.

    Examples
    --------
    12,000 required, 10,500 received and 700 in transit leave 800.
    """
    of_call_off = case["call_offs"].select("call_off", "agreement", "item")
    shipped = case["shipments"].join(of_call_off, on="call_off")
    moves = pl.concat(
        [
            _moves(case["call_offs"], "due", required=pl.col("quantity")),
            _moves(shipped, "shipped", in_transit=pl.col("quantity")),
            _moves(
                shipped.filter(pl.col("received").is_not_null()),
                "received",
                received=pl.col("quantity"),
                in_transit=-pl.col("quantity"),
            ),
        ],
        how="diagonal",
    )
    sums = ("required", "received", "in_transit")
    return (
        moves.group_by("agreement", "item", "month")
        .agg(pl.col(sums).sum())
        .sort("agreement", "item", "month")
        .with_columns(pl.col(sums).cum_sum().over("agreement", "item"))
        .with_columns(net=pl.col("required") - pl.col("received") - pl.col("in_transit"))
    )


def _moves(frame: pl.DataFrame, day: str, **counts: pl.Expr) -> pl.DataFrame:
    columns = {name: pl.lit(0.0) for name in ("required", "received", "in_transit")} | counts
    return frame.select("agreement", "item", pl.col(day).dt.truncate("1mo").alias("month"), **columns)
