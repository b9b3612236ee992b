"""Present value line by line, down to the objective."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Mark, Section
from coplant.report.charts import Step, waterfall
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View

GROUPS: dict[str, tuple[str, ...]] = {
    "revenue": ("revenue",),
    "annuity": ("annuity",),
    "annuity_cost": ("annuity_cost",),
    "credits": ("credit",),
    "material": (
        "material",
        "material_turnkey",
        "material_bought",
        "material_sold",
        "material_handling",
        "material_credit",
    ),
    "conversion": ("conversion", "learning"),
    "fees": (
        "reservation_fee",
        "processing_fee",
        "fixed_charge",
        "take_or_pay",
        "cancellation",
        "loss_cover",
        "advisory",
        "licence",
        "exit",
        "relocation",
    ),
    "tooling": ("tooling",),
    "security": ("security",),
    "transport": ("transport",),
    "overtime": ("overtime",),
    "holding": ("holding",),
    "vesting": ("vesting",),
    "penalties": ("below_safety_stock", "lost_sale"),
    "end": ("stock_at_end", "remaining_commitments", "annuity_after_end"),
}
"""Money lines that the waterfall draws as one step, in its order; a line of no group is a step of its own."""

NOT_CASH = ("vesting", "penalties", "end")
"""Groups of lines that are not cash."""

LINES = {line: group not in NOT_CASH for group, lines in GROUPS.items() for line in lines}
"""Every money line, income first, and whether it is cash."""


def money(view: View) -> Section | None:
    """Show how the objective adds up."""
    words, table = view.words, view.plan["money"]
    if table.is_empty():
        return None
    group_of = {line: group for group, lines in GROUPS.items() for line in lines}
    order = {group: number for number, group in enumerate(GROUPS)}
    lines = (
        table.group_by("line", "cash")
        .agg(pl.col("amount", "present_value").sum())
        .with_columns(group=pl.col("line").replace(group_of))
        .with_columns(order=pl.col("group").replace_strict(order, default=len(order), return_dtype=pl.Int64))
    )
    groups = (
        lines.group_by("group", "order")
        .agg(pl.col("present_value").sum(), cash=pl.col("cash").any())
        .sort("order", "group")
    )
    steps = [
        Step(
            words.known(f"group.{row['group']}", view.line(row["group"])),
            row["present_value"],
            "plus" if row["present_value"] >= 0.0 else "minus",
            hatched=not row["cash"],
        )
        for row in groups.iter_rows(named=True)
    ]
    total = float(lines["present_value"].sum())
    steps.append(Step(words("money.total"), total, "total", total=True))
    legend = [
        Mark(words("money.plus"), "plus", "fill"),
        Mark(words("money.minus"), "minus", "fill"),
        Mark(words("money.not_cash"), "grey", "hatch"),
        Mark(words("money.total"), "total", "fill"),
    ]
    in_cash = float(lines.filter("cash")["present_value"].sum())
    amounts = view.numbers.alike([total, in_cash, total - in_cash], view.currency)
    lead = words("money.lead", **dict(zip(("total", "cash", "rest"), amounts, strict=True)))
    shown = lines.sort("order", pl.col("present_value").abs(), descending=[False, True])
    shown = shown.with_columns(line=pl.Series([view.line(name) for name in shown["line"].to_list()], dtype=pl.String))
    sums = pl.DataFrame(
        {
            "line": [words("money.total")],
            "cash": pl.Series([None], dtype=pl.Boolean),
            "amount": [float(lines["amount"].sum())],
            "present_value": [total],
        }
    )
    shown = pl.concat([shown.select(sums.columns), sums]).with_columns(
        kind=pl.when(pl.col("cash").is_null())
        .then(pl.lit(""))
        .otherwise(pl.when("cash").then(pl.lit(words("yes"))).otherwise(pl.lit(words("no"))))
    )
    columns = [
        Column("line", words("column.line")),
        Column("kind", words("column.cash")),
        Column("present_value", words("column.present_value", currency=view.currency), "money"),
        Column("amount", words("column.amount", currency=view.currency), "money"),
    ]
    block = Block(
        chart=waterfall(view, steps, view.currency, words("money.label"), legend),
        table=tabulate(view, shown, columns, words("money.table")),
    )
    return Section("money", words("money.title"), [lead], blocks=[block])
