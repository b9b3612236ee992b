"""What is signed and declined, what is reserved, and what it costs."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, OTHER, Series, by_category
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View, largest


def agreements(view: View) -> Section | None:
    """Show each agreement, its reservations and its costs; nothing in a case without agreements."""
    if view.plan["signed"].is_empty():
        return None
    blocks = [_agreements(view), _reservations(view), _costs(view)]
    return Section("agreements", view.words("agreements.title"), blocks=[block for block in blocks if block])


def _agreements(view: View) -> Block:
    words = view.words

    def decided(signed: bool, status: str) -> str:
        if status == "option":
            return words("agreements.sign" if signed else "agreements.decline")
        return words("agreements.in_force" if status == "signed" else "agreements.ended")

    signed = view.plan["signed"].sort(pl.col("status") == "option", "signed", descending=True, maintain_order=True)
    table = signed.with_columns(
        decision=pl.Series([decided(*row) for row in signed.select("signed", "status").iter_rows()], dtype=pl.String)
    )
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("decision", words("column.decision")),
        Column("host", words("column.host"), "party"),
        Column("site", words("column.site"), "site"),
        Column("sign_date", words("column.sign_date"), "date"),
        Column("starts", words("column.starts"), "date"),
        Column("ends", words("column.ends"), "until"),
    ]
    return Block(table=tabulate(view, table, columns, words("agreements.table")))


def _reservations(view: View) -> Block | None:
    words = view.words
    reserved = view.plan["reserved"].filter(pl.col("reserved") > 0.0)
    if reserved.is_empty():
        return None
    table = reserved.with_columns(
        rate=pl.Series([_rate(view, *row) for row in reserved.select("agreement", "reserved", "per").iter_rows()]),
        kind=pl.Series([words.known(f"kind.{kind}", kind) for kind in reserved["kind"].to_list()], dtype=pl.String),
    )
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("from", words("column.from"), "date"),
        Column("until", words("column.until"), "until"),
        Column("rate", words("column.reserved")),
        Column("yearly", words("column.yearly"), "number"),
        Column("units", words("column.reserved_units"), "number"),
        Column("used", words("column.used"), "number"),
        Column("share_used", words("column.share_used"), "share"),
        Column("fee", words("column.fee", currency=view.currency), "number"),
        Column("kind", words("column.kind")),
    ]
    return Block(words("reservations.title"), table=tabulate(view, table, columns, words("reservations.table")))


def _rate(view: View, agreement: str, rate: float, per: str) -> str:
    unit = view.items_unit(view.plan.products(agreement))
    return view.words("reservations.rate", rate=view.numbers.count(rate), unit=unit, per=view.words(f"per.{per}"))


def _costs(view: View) -> Block | None:
    words = view.words
    signed = view.plan["signed"].filter("signed")["agreement"].to_list()
    money = view.plan["money"].filter(pl.col("agreement").is_in(signed))
    by_line = money.group_by("agreement", "line").agg(pl.col("present_value").sum(), pl.col("amount").sum())
    names = largest(by_line, "agreement", "present_value", 12)
    kept = largest(by_line, "line", "present_value", len(COLOURS) + 1)
    if not names:
        return None
    by_line = by_line.with_columns(
        shown=pl.when(pl.col("line").is_in(kept[: len(COLOURS)])).then("line").otherwise(pl.lit(None, pl.String))
    )
    sums = {
        (agreement, line): value
        for agreement, line, value in by_line.group_by("agreement", "shown")
        .agg(pl.col("present_value").sum())
        .iter_rows()
    }
    shown: list[str | None] = list(kept[: len(COLOURS)])
    if len(kept) > len(COLOURS):
        shown.append(None)
    series = [
        Series(
            words("other_lines") if line is None else view.line(line),
            [-sums.get((name, line), 0.0) for name in names],
            OTHER if line is None else COLOURS[number],
        )
        for number, line in enumerate(shown)
    ]
    titles = [view.title("agreement", name) for name in names]
    label = words("costs.label")
    table = by_line.with_columns(
        line=pl.Series([view.line(name) for name in by_line["line"].to_list()], dtype=pl.String),
        order=pl.col("agreement").replace_strict(names, range(len(names)), default=len(names)),
        cost=-pl.col("present_value"),
        paid=-pl.col("amount"),
    ).sort("order", "cost", descending=[False, True])
    columns = [
        Column("agreement", words("column.agreement"), "agreement"),
        Column("line", words("column.line")),
        Column("cost", words("column.cost_now", currency=view.currency), "money"),
        Column("paid", words("column.cost_sum", currency=view.currency), "money"),
    ]
    return Block(
        words("costs.title"),
        [words("costs.lead")],
        by_category(view, titles, series, view.currency, label, across=True),
        tabulate(view, table, columns, words("costs.table")),
    )
