"""What it costs to hold something: what is earned against what is held, and the plan as it is."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from coplant.insight.frontier import Held
from coplant.report.answered.charts import frontier
from coplant.report.answered.page import texts
from coplant.report.blocks import Block, Section
from coplant.report.charts import COLOURS, Series
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View


def frontier_section(view: View, held: Held, table: pl.DataFrame) -> Section:
    """Draw and list what is earned against what is held.

    Parameters
    ----------
    view : View
        The plan in a language.
    held : Held
        What is held.
    table : DataFrame
        Points.
    """
    words = texts(view)
    what = _held(view, held)
    found = table.filter(pl.col("present_value").is_not_null()).sort("value")
    write = _writer(view, held.kind)
    places = found["value"].to_list()
    curve = Series(words("frontier.held"), found["present_value"].to_list(), COLOURS[0], "line")
    plan = (words("frontier.plan"), held.now, view.plan.objective)
    chart = frontier(view, places, curve, plan, what, write, words("frontier.label", what=what),
                     share=held.kind == "share")  # fmt: skip
    kind = {"share": "share", "concentration": "index", "reserved": "number"}[held.kind]
    columns = [
        Column("at", words("frontier.at"), kind),
        Column("value", words("frontier.value"), kind),
        Column("present_value", words("frontier.present_value", currency=view.currency), "money"),
        Column("costs", words("frontier.costs", currency=view.currency), "money"),
    ]
    lead = [words("frontier.now", what=what, now=write(held.now), money=view.headline(view.plan.objective))]
    if found.height:
        row = found.sort("costs", descending=True).row(0, named=True)
        lead.append(words("frontier.most", at=write(row["value"]), costs=view.headline(row["costs"])))
    impossible = table.filter(pl.col("present_value").is_null())["at"].to_list()
    if impossible:
        lead.append(words("frontier.impossible", at=view.list([write(at) for at in impossible])))
    title = words("frontier.title", what=what)
    return Section("frontier", title, lead, blocks=[Block(chart=chart, table=tabulate(view, table, columns, title))])


def _held(view: View, held: Held) -> str:
    """What is held, and in which unit."""
    words = texts(view)
    if held.of is None:
        return words(f"frontier.{held.kind}", year=held.year)
    if held.kind != "reserved":
        return words(f"frontier.{held.kind}", of=view.title("family", held.of), year=held.year)
    per = view.plan.case["reservations"].filter(agreement=held.of)["per"].item()
    unit = view.items_unit(view.plan.products(held.of))
    return words("frontier.reserved", of=view.title("agreement", held.of), unit=unit, per=view.words(f"per.{per}"))


def _writer(view: View, kind: str) -> Callable[[float], str]:
    """How what is held is written."""
    numbers = view.numbers
    if kind == "share":
        return numbers.share
    return numbers.count if kind == "reserved" else lambda value: numbers.number(value, 3)
