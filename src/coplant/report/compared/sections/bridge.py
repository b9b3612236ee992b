"""The way from the money of the first plan to that of each other."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Mark, Section
from coplant.report.charts import Step, waterfall
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate

MOST_STEPS = 9
"""Causes that are drawn; the rest is drawn as one."""

_NOTHING = 1e-9
"""Share of the largest cause below which one is none."""


def bridge(view: ComparedView) -> Section | None:
    """Draw what each line of money adds to the difference, in order of money, and list both parts of each."""
    words = view.words
    blocks = [_block(view, name) for name in view.names[1:]]
    return Section("bridge", words("compared.bridge.title"), [words("compared.bridge.lead")], blocks=blocks)


def _block(view: ComparedView, name: str) -> Block:
    words = view.words
    rows = (
        view.comparison["bridge"]
        .filter(pl.col("plan") == name)
        .group_by("line", "agreement", maintain_order=True)
        .agg(pl.col("charged", "decided", "difference").sum())
        .filter(pl.max_horizontal(pl.col("charged", "decided").abs()) > _NOTHING * _largest("charged", "decided"))
        .sort(pl.col("difference").abs(), "line", "agreement", descending=[True, False, False])
    )
    labels = [
        view.line(line) if agreement is None else f"{view.line(line)}, {view.title('agreement', agreement)}"
        for line, agreement in rows.select("line", "agreement").iter_rows()
    ]
    rows = rows.with_columns(label=pl.Series(labels, dtype=pl.String))
    steps = [_step(label, value) for label, value in rows.head(MOST_STEPS).select("label", "difference").iter_rows()]
    rest = float(rows.tail(max(rows.height - MOST_STEPS, 0))["difference"].sum())
    if rows.height > MOST_STEPS:
        steps.append(_step(words("compared.bridge.rest"), rest))
    total = float(rows["difference"].sum())
    steps.append(Step(words("compared.bridge.total"), total, "total", total=True))
    title = words("compared.bridge.of", first=view.names[0], plan=name)
    legend = [
        Mark(words("compared.bridge.plus"), "plus", "fill"),
        Mark(words("compared.bridge.minus"), "minus", "fill"),
        Mark(words("compared.bridge.total"), "total", "fill"),
    ]
    columns = [
        Column("label", words("column.line")),
        Column("charged", words("compared.column.charged", currency=view.currency), "money"),
        Column("decided", words("compared.column.decided", currency=view.currency), "money"),
        Column("difference", words("compared.column.difference", currency=view.currency), "money"),
    ]
    sums = (
        rows.select("charged", "decided", "difference").sum().with_columns(label=pl.lit(words("compared.bridge.total")))
    )
    shown = pl.concat(
        [
            rows.select("label", "charged", "decided", "difference"),
            sums.select("label", "charged", "decided", "difference"),
        ]
    )
    return Block(
        title, chart=waterfall(view, steps, view.currency, title, legend), table=tabulate(view, shown, columns, title)
    )


def _step(label: str, value: float) -> Step:
    return Step(label, value, "plus" if value >= 0.0 else "minus")


def _largest(*columns: str) -> pl.Expr:
    return pl.max_horizontal(pl.col(*columns).abs()).max()
