"""What rival agreements cost at other volumes than the plan's, and where the cheapest changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from coplant.network.frames import days
from coplant.report.blocks import Block, Cell, Chart, Section, Table
from coplant.report.charts import COLOURS, Series, Upright, against
from coplant.report.view import View
from coplant.settlement.quotes import Quote, comparable, quote, round_step
from coplant.timeline import periods

if TYPE_CHECKING:
    from coplant.planning import Plan

FINE = 4
"""Points of a line for each volume of the table."""

HEADROOM = 1.6
"""How far above the cheapest unit at the second volume of the table the axis of averages ends."""


@dataclass(frozen=True, eq=False)
class Quoted:
    """A quote of a group of rivals, and what the plan builds.

    Parameters
    ----------
    group : str
        The group.
    agreements : sequence of str
        The rivals.
    quote : Quote
        What they cost, at volumes that make a line.
    step : float
        The volumes of the table are multiples of it.
    planned : float
        Units a year that the plan builds under the one that it signs; 0 where it builds none.
    """

    group: str
    agreements: list[str]
    quote: Quote
    step: float
    planned: float

    @property
    def totals(self) -> pl.DataFrame:
        """Totals at the volumes of the table."""
        count = pl.col("volume") / self.step
        return self.quote.totals.filter((count - count.round()).abs() < 1e-6)


@lru_cache(maxsize=1)
def quoted(plan: Plan) -> list[Quoted]:
    """Quote the rivals of a plan's case, built as the plan builds; a page asks for it in each language."""
    found = []
    for group, names, limit in comparable(plan.case):
        planned = _planned(plan, names)
        # Where nothing limits what can be reserved, the plan says what is worth knowing.
        most = limit or 2.0 * planned
        if most >= 1.0:
            step = round_step(most)
            volumes = [step * count / FINE for count in range(FINE, int(FINE * most / step + 1e-9) + 1)]
            found.append(Quoted(group, names, quote(plan.case, names, volumes or [most], plan), step, planned))
    return found


def _planned(plan: Plan, names: list[str]) -> float:
    """Units a year of what a plan builds under some agreements, from the first bucket in which it does to the last."""
    made = plan["made"].filter(pl.col("agreement").is_in(names), pl.col("good") > 0.0)
    if made.is_empty():
        return 0.0
    within = plan["buckets"].join(made, on="bucket", how="semi")
    months = periods(days(within["until"]).max(), "month") - periods(days(within["bucket"]).min(), "month")
    return float(made["good"].sum()) / float(months / 12.0)


def volumes(view: View) -> Section | None:
    """Show what each rival costs by volume, and where the cheapest changes; nothing in a case without rivals."""
    words = view.words
    groups = quoted(view.plan)
    if not groups:
        return None
    blocks = [block for one in groups for block in _blocks(view, one, several=len(groups) > 1)]
    return Section("volumes", words("volumes.title"), [words("volumes.lead")], blocks=blocks, grid=True)


def _blocks(view: View, one: Quoted, *, several: bool) -> list[Block]:
    words = view.words
    head = words("volumes.of_group", group=one.group) if several else ""
    return [
        Block(head, flips_in_words(view, one), table=_table(view, one), wide=True),
        Block(words("volumes.per_year"), chart=_chart(view, one, "per_year")),
        Block(words("volumes.average"), [words("volumes.average_lead")], chart=_chart(view, one, "average")),
    ]


def flips_in_words(view: View, one: Quoted) -> list[str]:
    """Say up to which volume each is the cheapest."""
    words, told = view.words, []
    unit = _unit(view, one)
    offered = one.quote.totals.group_by("volume").agg(pl.col("offered").sum())
    for _, first, until, name in one.quote.flips.iter_rows():
        number = {"unit": unit, "first": view.numbers.count(first)}
        if name is None:
            told.append(words("volumes.none", **number, most=view.numbers.count(first - 1.0)))
            continue
        agreement = words("quoted", text=view.title("agreement", name))
        after = offered.filter(pl.col("volume") >= first)
        within = after if until is None else after.filter(pl.col("volume") < until)
        alone = (within["offered"] == 1).all() and (until is None or not within.is_empty())
        reach = "on" if until is None else "up_to" if first <= 1.0 else "between"
        last = "" if until is None else view.numbers.count(until - 1.0)
        kind = "only" if alone else "cheapest"
        told.append(words(f"volumes.{kind}.{reach}", **number, agreement=agreement, last=last))
    return [" ".join(told), words("volumes.marked_means")]


def _unit(view: View, one: Quoted) -> str:
    return view.items_unit({item for name in one.agreements for item in view.plan.products(name)})


def _table(view: View, one: Quoted) -> Table:
    words, numbers = view.words, view.numbers
    totals = one.totals
    digits = 0 if totals.select((pl.col("average") >= 1_000.0).any()).item() else 2
    rows = []
    for (volume,), at in totals.group_by("volume", maintain_order=True):
        cells = [
            Cell(words("volumes.not_offered"))
            if average is None
            else Cell(
                words("volumes.marked" if cheapest else "volumes.unmarked", number=numbers.number(average, digits)),
                words("volumes.in_all", money=view.full_money(total), yearly=view.money(yearly)),
            )
            for average, total, yearly, cheapest in at.select("average", "total", "per_year", "cheapest").iter_rows()
        ]
        rows.append([Cell(numbers.count(float(str(volume)))), *cells])
    heads = [(words("volumes.volume", unit=_unit(view, one)), True)]
    heads += [(view.title("agreement", name), True) for name in one.agreements]
    return Table(words("volumes.table", currency=view.currency), heads, rows)


def _chart(view: View, one: Quoted, what: str) -> Chart:
    words = view.words
    totals, unit = one.quote.totals, _unit(view, one)
    places = totals["volume"].unique().sort().to_list()
    series = [
        Series(
            view.title("agreement", name),
            totals.filter(agreement=name).sort("volume")[what].to_list(),
            COLOURS[number % len(COLOURS)],
            "line",
        )
        for number, name in enumerate(one.agreements)
    ]
    changes = one.quote.flips.filter(pl.col("volume_from").is_between(places[0], places[-1]))["volume_from"].to_list()
    uprights = [Upright(words("volumes.flips"), changes, "grey", "dash")] if changes else []
    if one.planned:
        uprights.append(Upright(words("volumes.planned"), [one.planned], "ink", "line"))
    # At few units an average has no bounds, so that the axis ends where the rivals can still be told apart.
    cheapest = totals.filter("cheapest", pl.col("volume") >= 2.0 * one.step)["average"].max()
    known = totals[what].drop_nulls()
    top = 1.05 * float(np.max(known.to_numpy()))
    if what == "average" and isinstance(cheapest, float):
        top = min(top, HEADROOM * cheapest)
    per_unit = words("money_per", currency=view.currency, unit=words("volumes.one"))
    return against(
        view, places, series, uprights, words("volumes.volume", unit=unit),
        words("volumes.money_year", currency=view.currency) if what == "per_year" else per_unit,
        words(f"volumes.{what}_label"), top=top,
    )  # fmt: skip
