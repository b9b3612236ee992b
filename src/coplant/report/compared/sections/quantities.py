"""What is sold in each plan."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate

_SAME = 1e-6
"""Share of a quantity below which two are the same."""


def quantities(view: ComparedView) -> Section | None:
    """List what is sold of each item in each year, where plans differ, the largest shares first."""
    words, names = view.words, view.names
    sold = view.comparison["quantities"].filter(what="sold")
    wide = sold.pivot(on="plan", index=["item", "year"], values="quantity").with_columns(pl.col(names).fill_null(0.0))
    spread = pl.max_horizontal(names) - pl.min_horizontal(names)
    rows = (
        wide.with_columns(spread=spread / pl.max_horizontal(*names, 1e-12))
        .filter(pl.col("spread") > _SAME)
        .sort("spread", "item", "year", descending=[True, False, False])
    )
    if rows.is_empty():
        return Section("quantities", words("compared.quantities.title"), [words("compared.quantities.same")])
    columns = [
        Column("item", words("column.product"), "item"),
        Column("year", words("compared.column.year"), "year"),
        *(Column(name, name, "number") for name in names),
        Column("spread", words("compared.column.spread"), "share"),
    ]
    title = words("compared.quantities.title")
    return Section("quantities", title, blocks=[Block(table=tabulate(view, rows, columns, title, 30))])
