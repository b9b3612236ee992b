"""Which products parts end up in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from coplant.planning import Plan


def end_products(plan: Plan, items: Sequence[str]) -> pl.DataFrame:
    """Return how much of some parts goes into each product that is sold, by the bucket in which routes take them.

    A subassembly passes on what it takes in the shares in which its own users take it over the whole horizon.

    Parameters
    ----------
    plan : Plan
        The plan.
    items : sequence of str
        Parts.

    Returns
    -------
    DataFrame
        product, bucket, quantity.
    """
    uses = plan["uses"].group_by("item", "product").agg(pl.col("quantity").sum())
    sold = plan["sold"].filter(pl.col("sold") > 0.0)["item"].unique()
    # What is sold and also built into something else counts as a product: it can be had as such.
    passed = uses.filter(~pl.col("item").is_in(sold.implode())).with_columns(
        share=pl.col("quantity") / pl.col("quantity").sum().over("item")
    )
    at = plan["uses"].filter(pl.col("item").is_in(items)).group_by("product", "bucket").agg(pl.col("quantity").sum())
    # A part travels at most as many steps as there are products; items that use one another in a circle stop there.
    for _ in range(uses["product"].n_unique()):
        if not at["product"].is_in(passed["item"].implode()).any():
            break
        at = (
            at.join(passed.select("share", product="item", next="product"), on="product", how="left")
            .select(
                "bucket",
                product=pl.coalesce("next", "product"),
                quantity=pl.col("quantity") * pl.col("share").fill_null(1.0),
            )
            .group_by("product", "bucket")
            .agg(pl.col("quantity").sum())
        )
    return at.sort("product", "bucket")
