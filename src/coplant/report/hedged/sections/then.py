"""What is decided once something is known, and what each future then looks like."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.hedged.sections.answer import decided
from coplant.report.hedged.view import HedgedView
from coplant.report.tabulate import MOST_ROWS
from coplant.report.view import REVENUE

MOST_FUTURES = 24
"""Futures that are listed."""

MOST_FAMILIES = 4
"""Families whose share of revenue is told."""


def then(view: HedgedView) -> Section:
    """List what is decided about agreements by what is known, and the futures."""
    words, shown = view.words, view.chosen(MOST_FUTURES)
    nodes = view.hedge["then"].partition_by("bucket", "known", maintain_order=True)
    blocks = []
    if nodes:
        blocks.append(Block(words("hedged.then.agreements"), table=_agreements(view, nodes)))
    blocks.append(
        Block(words("hedged.then.futures"), list(filter(None, [view.told(len(shown))])), table=_futures(view, shown))
    )
    return Section("then", words("hedged.then.title"), [words("hedged.then.lead")], blocks=blocks)


def _agreements(view: HedgedView, nodes: Sequence[pl.DataFrame]) -> Table:
    """A row for each thing that can be known when agreements are decided on."""
    words, numbers = view.words, view.numbers
    heads = [
        (words("hedged.column.if"), False),
        (words("hedged.column.probability"), True),
        (words("hedged.column.from"), False),
        (words("hedged.column.decided"), False),
    ]
    rows = []
    for node in nodes[:MOST_ROWS]:
        first = node.row(0, named=True)
        told = decided(view, node.iter_rows(named=True))
        rows.append(
            [
                Cell(view.known(first["known"])),
                Cell(view.chance(first["probability"])),
                Cell(numbers.day(first["bucket"])),
                Cell(told[:1].upper() + told[1:]),
            ]
        )
    left_out = ""
    if len(nodes) > MOST_ROWS:
        left_out = words("table.left_out", shown=numbers.number(MOST_ROWS), all=numbers.number(len(nodes)))
    return Table(words("hedged.then.agreements"), heads, rows, left_out)


def _futures(view: HedgedView, shown: Sequence[int]) -> Table:
    """A row for each future: what is signed, what is sold first when, what revenue is made of, the lowest cash."""
    words, numbers, hedge = view.words, view.numbers, view.hedge
    signed, firsts, mixes = _signed(view), _first_sales(view), _mixes(view)
    told = (
        ("signed", signed, any(signed.values())),
        ("first_sale", firsts, any(firsts.values())),
        ("mix", mixes, any(len(one) > 1 for one in mixes.values())),
    )
    kept = [(key, lines) for key, lines, tells in told if tells]
    heads = [
        (words("hedged.column.future"), False),
        (words("hedged.column.probability"), True),
        (words("column.present_value", currency=view.currency), True),
        (words("hedged.column.lowest_cash", currency=view.currency), True),
        *((words(f"hedged.column.{key}"), False) for key, _ in kept),
    ]
    cash = hedge["futures"]["lowest_cash"].to_list()
    rows = [
        [
            Cell(view.future(number)),
            Cell(chance),
            Cell(numbers.number(view.values[number])),
            Cell(numbers.number(min(cash[number], 0.0))),
            *(_lines(view, lines.get(hedge.futures.names[number], [])) for _, lines in kept),
        ]
        for number, chance in zip(shown, view.chances(view.probability[shown].tolist()), strict=True)
    ]
    return Table(words("hedged.then.futures"), heads, rows)


def _lines(view: HedgedView, lines: Sequence[str]) -> Cell:
    if len(lines) < 2:
        return Cell(lines[0] if lines else view.words("none"))
    return Cell("", below=lines)


def _signed(view: HedgedView) -> dict[str, list[str]]:
    """Agreements that are signed in each future."""
    rows = view.hedge["signed"].filter("signed", pl.col("status") == "option")
    return {
        future: [view.title("agreement", name) for name in names]
        for future, names in rows.group_by("future").agg("agreement").iter_rows()
    }


def _first_sales(view: HedgedView) -> dict[str, list[str]]:
    """When what may have to be launched is first sold in each future."""
    routes = view.case["routes"].join(view.case["agreements"], on="agreement", how="left", maintain_order="left")
    launched = routes.filter((pl.col("status") == "option") | pl.col("milestone").is_not_null())["item"].unique()
    sold = view.hedge["sold"].filter(pl.col("item").is_in(launched.implode()))
    first = sold.filter(pl.col("sold") > 0.5).group_by("future", "item").agg(pl.col("bucket").min())
    every = sold.select("future", "item").unique().sort("item")
    told: dict[str, list[str]] = {}
    for future, item, bucket in every.join(first, on=["future", "item"], how="left", maintain_order="left").iter_rows():
        when = view.words("hedged.then.not_sold") if bucket is None else view.bucket(bucket)
        line = view.words("hedged.then.first_sale", item=view.title("item", item), when=when)
        told.setdefault(future, []).append(line)
    return told


def _mixes(view: HedgedView) -> dict[str, list[str]]:
    """Shares of families in the revenue of each future, the largest first."""
    sums = (
        view.hedge["money"]
        .filter(pl.col("line").is_in(REVENUE), pl.col("family").is_not_null())
        .group_by("future", "family")
        .agg(pl.col("amount").sum())
        .with_columns(share=pl.col("amount") / pl.col("amount").sum().over("future"))
        .filter(pl.col("share") >= 0.0005)
        .sort("share", "family", descending=[True, False])
    )
    told: dict[str, list[str]] = {}
    for future, family, share in sums.select("future", "family", "share").iter_rows():
        lines = told.setdefault(future, [])
        if len(lines) < MOST_FAMILIES:
            values = {"family": view.title("family", family), "share": view.numbers.share(share)}
            lines.append(view.words("hedged.then.mix", **values))
    return told
