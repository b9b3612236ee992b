"""Who ends up with a part: from where it comes, what it is built into, and where that goes."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from coplant.report.answered.charts import Flow, flows
from coplant.report.answered.page import texts
from coplant.report.blocks import Block, Section
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View

MOST_NODES = 8
"""Sources, products and markets that have a bar of their own in each column; the rest share one."""


def flows_section(view: View, table: pl.DataFrame, item: str) -> Section:
    """Draw and list who ends up with an item.

    Parameters
    ----------
    view : View
        The plan in a language.
    table : DataFrame
        Lots of the item and their ends.
    item : str
        The item.
    """
    words = texts(view)
    title = words("flows.title", item=view.title("item", item))
    unit = view.items_unit([item])
    total = float(table["quantity"].sum())
    if total <= 0.0:
        return Section("flows", title, [words("flows.none", item=view.title("item", item))])
    named = table.select(
        _named(table, _source_namer(view), "lot", "by").alias("source"),
        _named(table, lambda name: view.title("item", name), "end_item").alias("product"),
        _named(table, _end_namer(view), "end", "end_site").alias("market"),
        "quantity",
    )
    folded = named.with_columns(_folded(view, named, column) for column in ("source", "product", "market"))
    links = [
        Flow((place, one), (place + 1, other), quantity)
        for place, pair in enumerate((("source", "product"), ("product", "market")))
        for one, other, quantity in folded.group_by(pair, maintain_order=True).agg(pl.col("quantity").sum()).iter_rows()
    ]
    heads = [words(f"flows.{column}") for column in ("source", "product", "market")]
    chart = flows(view, links, heads, unit, words("flows.label", item=view.title("item", item)))
    sums = (
        named.group_by("product", "market")
        .agg(pl.col("quantity").sum())
        .with_columns(share=pl.col("quantity") / total)
        .sort("quantity", "product", "market", descending=[True, False, False])
    )
    columns = [
        Column("product", words("flows.product")),
        Column("market", words("flows.market")),
        Column("quantity", words("flows.quantity", unit=unit), "number"),
        Column("share", words("flows.share"), "share"),
    ]
    first = sums.group_by("product", maintain_order=True).agg(pl.col("share").sum()).sort("share", descending=True)
    lead = words("flows.lead", item=view.title("item", item), product=first["product"][0],
                 share=view.numbers.share(float(first["share"][0])))  # fmt: skip
    return Section("flows", title, [lead], blocks=[Block(chart=chart, table=tabulate(view, sums, columns, title))])


def _named(table: pl.DataFrame, namer: Callable[..., str], *columns: str) -> pl.Series:
    """Names of the rows of a table, each pair of values named once."""
    pairs = table.select(columns).unique().iter_rows()
    names = {pair: namer(*pair) for pair in pairs}
    return pl.Series([names[pair] for pair in table.select(columns).iter_rows()], dtype=pl.String)


def _source_namer(view: View) -> Callable[[str, str | None], str]:
    offers = dict(view.plan.case["offers"].select("offer", "supplier").iter_rows())
    words = texts(view)

    def name(lot: str, by: str | None) -> str:
        if lot == "bought":
            supplier = offers.get(str(by))
            return view.title("party", supplier) if supplier else str(by)
        return words.known(f"lot.{lot.replace(' ', '_')}", lot)

    return name


def _end_namer(view: View) -> Callable[[str, str], str]:
    words = texts(view)

    def name(end: str, site: str) -> str:
        return view.title("site", site) if end == "sold" else words.known(f"lot.{end.replace(' ', '_')}", end)

    return name


def _folded(view: View, table: pl.DataFrame, column: str) -> pl.Series:
    """Names of a column, all but the largest as one."""
    sums = table.group_by(column).agg(pl.col("quantity").sum()).sort("quantity", column, descending=[True, False])
    names = sums[column].to_list()
    if len(names) <= MOST_NODES + 1:
        return table[column]
    rest = view.words.counted("others", len(names) - MOST_NODES)
    return table.select(
        pl.when(pl.col(column).is_in(names[:MOST_NODES])).then(column).otherwise(pl.lit(rest)).alias(column)
    ).to_series()
