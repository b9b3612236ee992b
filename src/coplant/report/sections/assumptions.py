"""Where the rows of the case come from, and what is assumed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from coplant.report.blocks import Block, Section
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import CaseView
from coplant.schema import TABLES

NONE = ""
MOST_NOTES = 200
MOST_NAMED = 3
"""Rows named beside a note that several share."""


def assumptions(view: CaseView, among: Sequence[str] = tuple(TABLES), lead: str = "assumptions.lead") -> Section:
    """Count rows by table and source, and list what is noted on those assumed, among some tables.

    Parameters
    ----------
    view : CaseView
        A result in a language.
    among : sequence of str
        The tables.
    lead : str
        Key of the texts that say how many of their rows name a source and how many of these are assumed, or that none
        names one.
    """
    words, case = view.words, view.case
    counted = pl.concat(
        [
            case[name]
            .select(table=pl.lit(name), source=pl.col("source").fill_null(NONE))
            .group_by("table", "source")
            .len()
            for name in among
            if name != "case"
        ]
    )
    known = ["story", "filed", "public", "assumed"]
    found = set(counted["source"].to_list())
    sources = (
        [name for name in known if name in found] + sorted(found - {*known, NONE}) + ([NONE] if NONE in found else [])
    )
    order = {name: number for number, name in enumerate(TABLES)}
    table = (
        counted.pivot("source", index="table", values="len", aggregate_function="sum")
        .select("table", *(pl.col(source).fill_null(0) for source in sources))
        .with_columns(
            all=pl.sum_horizontal(sources), order=pl.col("table").replace_strict(order, return_dtype=pl.Int64)
        )
        .sort("order")
    )
    columns = [
        Column("table", words("column.table")),
        *(Column(source, words.known(f"source.{source or 'none'}", source), "number") for source in sources),
        Column("all", words("column.all"), "number"),
    ]
    blocks = [Block(table=tabulate(view, table, columns, words("assumptions.table")))]
    notes = _notes(view, among)
    if notes.height:
        columns = [
            Column("table", words("column.table")),
            Column("rows", words("column.rows"), "number"),
            Column("named", words("column.which")),
            Column("note", words("column.note")),
        ]
        shown = tabulate(view, notes, columns, words("assumptions.notes"), MOST_NOTES)
        blocks.append(Block(words("assumptions.notes"), table=shown, collapsed=True))
    rows, sourced, assumed = (
        view.numbers.number(int(counted.filter(which)["len"].sum()))
        for which in (pl.lit(True), pl.col("source") != NONE, pl.col("source") == "assumed")
    )
    key = f"{lead}.{'some' if found - {NONE} else 'none'}"
    told = words(key, rows=rows, sourced=sourced, assumed=assumed)
    return Section("assumptions", words("assumptions.title"), [told], blocks=blocks)


def _notes(view: CaseView, among: Sequence[str]) -> pl.DataFrame:
    """Notes of rows that are assumed, each said once for a table, with how many rows say it, and the first of them."""
    parts = []
    for name in among:
        if name == "case":
            continue
        table = TABLES[name]
        rows = view.case[name].filter(pl.col("source") == "assumed", pl.col("note").is_not_null())
        key = [column for column in table.key if column in rows.columns]
        parts.append(
            rows.select(
                table=pl.lit(name),
                row=pl.concat_str(
                    [pl.col(column).cast(pl.String) for column in key], separator=", ", ignore_nulls=True
                ),
                note="note",
            )
            .group_by("table", "note", maintain_order=True)
            .agg(pl.col("row").head(MOST_NAMED), rows=pl.len())
        )
    notes = pl.concat(parts)
    named = [_named(view, names, rows) for names, rows in notes.select("row", "rows").iter_rows()]
    return notes.with_columns(named=pl.Series(named, dtype=pl.String))


def _named(view: CaseView, names: list[str], rows: int) -> str:
    """Name rows by their keys, and count those beyond."""
    rest = [view.words.counted("others", rows - len(names))] if rows > len(names) else []
    return "; ".join([*names, *rest])
