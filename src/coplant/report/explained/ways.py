"""Why an item is made or bought where it is, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.insight.why_made import CLOSED, DEARER, FULL, UNSIGNED, USED
from coplant.report.view import View
from coplant.report.words import words_of

if TYPE_CHECKING:
    from coplant.insight.why_made import WhyMade

_NOTHING = 1e-6
"""What a unit loses by less, as a share of the dearest way, is nothing."""

_KEYS = {DEARER: "dearer", FULL: "full", UNSIGNED: "unsigned", CLOSED: "closed"}


def ways_in_words(why: WhyMade, language: str) -> str:
    """Tell why an item is made or bought where it is.

    Parameters
    ----------
    why : WhyMade
        The answer.
    language : str
        The language.
    """
    return "\n".join(_lines(why, language))


def _lines(why: WhyMade, language: str) -> Iterator[str]:
    view, words = View(why.plan, words_of(language)), words_of(language, "coplant.report.explained")
    labels = dict(why.plan["buckets"].select("label", "bucket").iter_rows())
    names = [view.bucket(labels[label]) for label in why.buckets]
    when = view.list(names) if len(names) < 3 else words("short.span", first=names[0], last=names[-1])
    head = {"item": view.title("item", why.item), "when": when}
    taken = why.table.filter(status=USED)
    total = view.numbers.count(float(taken["quantity"].sum()))
    if not taken.height and set(why.table["status"]) <= {CLOSED, UNSIGNED}:
        yield words("ways.nothing", **head)
        return
    yield words("ways.head" if taken.height else "ways.none", quantity=total, unit=view.items_unit([why.item]), **head)
    scale = float(why.table.select(pl.max_horizontal(pl.col("more", "less").abs().max())).item() or 0.0)
    for row in why.table.iter_rows(named=True):
        yield f"  {_told(view, row, _NOTHING * scale)}"


def _told(view: View, row: Mapping[str, Any], nothing: float) -> str:
    words = words_of(view.words.language, "coplant.report.explained")
    way = words(f"ways.{row['way']}", site=view.title("site", row["site"]), by=row["by"])
    if row["status"] != USED:
        told = words(f"ways.{_KEYS[row['status']]}", way=way, agreement=view.title("agreement", row["agreement"]),
                     loss="" if row["more"] is None else view.each(row["more"]))  # fmt: skip
        if row["status"] == DEARER and abs(row["more"]) <= nothing:
            told = words("ways.as_good", way=way)
        return told
    told = words("ways.used", way=way, share=view.numbers.share(row["share"]))
    if row["less"] is not None and row["less"] > nothing:
        told += " " + words("ways.less", loss=view.each(row["less"]), until=_many(view, row["less_until"]))
    if row["more"] is None:
        told += " " + words("ways.no_more")
    elif row["more"] > nothing:
        told += " " + words("ways.more", loss=view.each(row["more"]), until=_many(view, row["more_until"]))
    return told


def _many(view: View, quantity: float) -> str:
    words = words_of(view.words.language, "coplant.report.explained")
    return words("ways.all") if quantity == float("inf") else view.numbers.count(quantity)
