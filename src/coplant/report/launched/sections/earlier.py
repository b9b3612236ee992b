"""What it costs to reach a milestone earlier, what is paid for, and whether that is worth it."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.launched.charts import accelerated
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def earlier(view: LaunchedView) -> Section | None:
    """Draw the least cost of being earlier for each milestone; nothing where nothing can be paid for."""
    words = view.words
    bought = set(view.launch["acceleration"].filter(pl.col("earlier") > 0)["milestone"])
    names = [name for name in view.milestones if name in bought]
    if not names:
        return None
    blocks = [
        Block(view.headed(name, view.usual(name)), _paying(view, name), chart=accelerated(view, name),
              table=_table(view, name), wide=len(names) == 1)
        for name in names
    ]  # fmt: skip
    lead = words("launched.earlier.lead")
    if "earlier" in view.launch.tables:
        lead += " " + words("launched.earlier.valued")
    return Section("earlier", words("launched.earlier.title"), [lead], blocks=blocks, grid=True)


def _paying(view: LaunchedView, milestone: str) -> list[str]:
    """Say by how much it pays to be earlier, where it is known what that is worth."""
    words = view.words
    if "earlier" not in view.launch.tables or view.at("earlier", milestone, view.usual(milestone)).is_empty():
        return []
    best = view.launch.best_step(milestone)
    if best is None:
        return [words("launched.earlier.unpaid")]
    money = {name: view.money(best[name]) for name in ("value", "cost", "net")}
    return [words("launched.earlier.pays", days=view.days(best["earlier"]), **money)]


def _table(view: LaunchedView, milestone: str) -> Table:
    """Every step, and what is paid for."""
    words, advice = view.words, view.usual(milestone)
    paid = view.at("accelerated", milestone, advice)
    told = [
        words("launched.earlier.option", activity=view.title("activity", row["activity"]), option=row["option"],
              days=view.days(row["days"]) if row["days"] >= 1.0 else view.numbers.number(row["days"], 1))
        for row in paid.iter_rows(named=True)
    ]  # fmt: skip
    bills = paid.with_columns(told=pl.Series(told, dtype=pl.String)).group_by("of", "earlier").agg(
        pl.col("told").str.join("; "))  # fmt: skip
    rows = (
        view.at("acceleration", milestone, advice)
        .filter(pl.col("earlier") > 0)
        .join(bills, on=["of", "earlier"], how="left", maintain_order="left")
    )
    kinds = [words(f"launched.earlier.{of}") for of in rows["of"].to_list()]
    columns = [
        Column("kind", words("launched.column.kind")),
        Column("earlier", words("launched.column.earlier"), "number"),
        Column("day", words("launched.column.day"), "date"),
        Column("cost", words("launched.column.cost", currency=view.currency), "money"),
        Column("marginal", words("launched.column.marginal", currency=view.currency), "money"),
        Column("told", words("launched.column.paid_for")),
    ]
    caption = words("launched.earlier.table", milestone=view.title("milestone", milestone))
    return tabulate(view, rows.with_columns(kind=pl.Series(kinds, dtype=pl.String)), columns, caption)
