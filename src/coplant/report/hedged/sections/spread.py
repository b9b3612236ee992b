"""How far the futures lie apart: what each earns, and its cash over time."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import Block, Section, Table
from coplant.report.hedged.charts import (
    LEVELS,
    MOST_BARS,
    MOST_LINES,
    cash_of,
    cash_over_time,
    close,
    earned,
    quantiles,
)
from coplant.report.hedged.view import HedgedView
from coplant.report.tabulate import Column, tabulate


def spread(view: HedgedView) -> Section:
    """Draw the present value of all futures, and their cash."""
    words, count = view.words, len(view.hedge.plans)
    tail = view.numbers.share(view.tail, 0)
    blocks = [
        Block(
            words("hedged.spread.earned"),
            [words(f"hedged.spread.{'bars' if count <= MOST_BARS else 'stairs'}{'_close' * close(view)}", tail=tail)],
            earned(view),
            _earned(view),
            wide=True,
        ),
        Block(
            words("hedged.spread.cash"),
            [words(f"hedged.spread.{'lines' if count <= MOST_LINES else 'bands'}")],
            cash_over_time(view),
            _cash(view),
            wide=True,
        ),
    ]
    return Section("spread", words("hedged.spread.title"), blocks=blocks)


def _earned(view: HedgedView) -> Table:
    words = view.words
    names = [view.future(number) for number in range(len(view.hedge.plans))]
    table = view.hedge["futures"].with_columns(name=pl.Series(names, dtype=pl.String))
    columns = [
        Column("name", words("hedged.column.future")),
        Column("probability", words("hedged.column.probability"), "share"),
        Column("present_value", words("column.present_value", currency=view.currency), "money"),
        Column("lowest_cash", words("hedged.column.lowest_cash", currency=view.currency), "money"),
    ]
    shown = table.sort("present_value", maintain_order=True)
    return tabulate(view, shown, columns, words("hedged.spread.earned_table"))


def _cash(view: HedgedView) -> Table:
    """Cash by bucket: of each future where they are few, else what so many of them are below."""
    words, cash = view.words, cash_of(view)
    if len(view.hedge.plans) <= MOST_LINES:
        shown = view.chosen(MOST_LINES)
        names, values = [view.future(future) for future in shown], cash[shown]
    else:
        names = [words("hedged.spread.below", share=view.numbers.share(level, 0)) for level in LEVELS]
        values = quantiles(cash, view.probability, LEVELS)
    buckets = {"bucket": view.buckets["bucket"]}
    table = pl.DataFrame(buckets | {str(number): row for number, row in enumerate(values)})
    columns = [
        Column("bucket", words("column.bucket"), "bucket"),
        *(Column(str(number), name, "money") for number, name in enumerate(names)),
    ]
    return tabulate(view, table, columns, words("hedged.spread.cash_table", currency=view.currency))
