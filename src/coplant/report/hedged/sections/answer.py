"""What to sign now and what then, what to keep open, and what that earns, in a few sentences and figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import polars as pl

from coplant.report.blocks import KeyFigure, Section
from coplant.report.hedged.view import HedgedView

MOST_NODES = 8
"""Cases in which something is decided later that are told in sentences; a table has more."""

MOST_ITEMS = 3
"""Items that are named."""

AGREED = ("sign", "decline", "reserve", "leave")
"""What is decided about agreements."""

SURE = 1.0 - 1e-9
"""Probability from which something is so whatever becomes known."""


def answer(view: HedgedView) -> Section:
    """Say what is decided now, what then, and what it all earns."""
    return Section("answer", view.words("hedged.answer.title"), answer_lines(view), key_figures(view))


def answer_lines(view: HedgedView) -> list[str]:
    """Sentences of the answer, each a paragraph."""
    now = [*now_lines(view), *_started(view)] or [view.words("hedged.answer.nothing_now")]
    return [*now, *_then(view), *_earned(view)]


# -- what is decided --------------------------------------------------------------------------------------------------


def now_lines(view: HedgedView) -> list[str]:
    """What is decided about agreements before anything is known: those that may be signed, and those in force."""
    rows = view.hedge["now"].filter(pl.col("decision").is_in(AGREED)).rename({"thing": "agreement"})
    options = view.case["agreements"].filter(status="option")["agreement"]
    lines = []
    for key, mask in (("now", pl.col("agreement").is_in(options.implode())),
                      ("in_force", ~pl.col("agreement").is_in(options.implode()))):  # fmt: skip
        told = rows.filter(mask)
        if told.height:
            lines.append(view.words(f"hedged.answer.{key}", what=decided(view, told.iter_rows(named=True))))
    return lines


def _started(view: HedgedView) -> list[str]:
    """What is ordered and made before anything is known; of what is made, what is sold if any of it is."""
    now, lines = view.hedge["now"], []
    products = pl.col("item").is_in(view.case["demand"]["item"].implode())
    made = now.filter(pl.col("decision") == "make")
    for decision, rows in (
        ("order", now.filter(pl.col("decision") == "order")),
        ("make", made.filter(products) if made.select(products.any()).item() else made),
    ):
        if rows.height:
            told = view.words(
                f"hedged.answer.{decision}",
                what=_items(view, rows),
                date=view.numbers.date(view.last_common_day),
                money=view.money(float(rows["cost"].sum())),
            )
            lines.append(told)
    return lines


def _items(view: HedgedView, rows: pl.DataFrame) -> str:
    """How much of what, the dearest or the most first."""
    sums = (
        rows.group_by("item", "unit", maintain_order=True)
        .agg(pl.col("quantity", "cost").sum())
        .sort("cost", "quantity", descending=True, maintain_order=True)
    )
    named = [
        view.words(
            "hedged.answer.item",
            quantity=_count(view, row["quantity"]),
            unit=view.unit(row["unit"]),
            item=view.title("item", row["item"]),
        )
        for row in sums.head(MOST_ITEMS).iter_rows(named=True)
    ]
    rest = sums.height - len(named)
    return view.list([*named, *([view.words.counted("others", rest)] if rest else [])])


def _count(view: HedgedView, quantity: float) -> str:
    return view.numbers.brief(quantity) if quantity >= 1e6 else view.numbers.count(quantity)


def _then(view: HedgedView) -> list[str]:
    """What is decided about agreements once something is known, and which to keep open for that."""
    chances = (
        view.hedge["then"]
        .filter(pl.col("decision").is_in(["sign", "decline"]))
        .group_by("agreement", maintain_order=True)
        .agg(pl.col("probability").filter(pl.col("decision") == "sign").sum(), pl.col("day").min())
    )
    lines = _by_what_is_known(view, chances.filter(pl.col("probability") == 0.0)["agreement"])
    for agreement, chance, day in chances.iter_rows():
        if chance < SURE:
            told = view.words(
                "hedged.answer.open" if chance > 0.0 else "hedged.answer.never",
                agreement=view.words("quoted", text=view.title("agreement", agreement)),
                share=view.numbers.share(chance),
                date=view.numbers.date(day),
            )
            lines.append(told)
    return lines


def _by_what_is_known(view: HedgedView, never: pl.Series) -> list[str]:
    """What is decided by what is known; nothing where there are too many cases, and of what is never signed nothing."""
    words, cases = view.words, dict[tuple[datetime.date, str], list[tuple[str, float]]]()
    then = view.hedge["then"].filter(~pl.col("agreement").is_in(never.implode()))
    for node in then.partition_by("bucket", "known", maintain_order=True):
        first = node.row(0, named=True)
        case = (words("quoted", text=view.known(first["known"])), float(first["probability"]))
        cases.setdefault((first["bucket"], decided(view, node.iter_rows(named=True))), []).append(case)
    if sum(map(len, cases.values())) > MOST_NODES:
        return []
    lines = []
    for (day, what), known_in in cases.items():
        share = sum(chance for _, chance in known_in)
        key = "then" if share < SURE else "anyway"
        known = reduce(
            lambda first, then: words("hedged.answer.or", first=first, then=then), [one for one, _ in known_in]
        )
        values = {"known": known, "share": view.numbers.share(share), "date": view.numbers.date(day)}
        lines.append(words(f"hedged.answer.{key}", what=what, **values))
    return lines


def decided(view: HedgedView, rows: Iterable[Mapping[str, Any]]) -> str:
    """Put decisions about agreements in words, one after another."""
    words, parts = view.words, list[str]()
    hosts = dict(view.case["agreements"].select("agreement", "host").iter_rows())
    before = None
    for row in rows:
        values = {
            "agreement": words("quoted", text=view.title("agreement", row["agreement"])),
            "host": view.title("party", hosts[row["agreement"]]),
            "date": view.numbers.date(row["day"]),
        }
        key = row["decision"]
        if key == "reserve":
            values["rate"] = rate(view, row)
            # What it is reserved under is plain where that was just signed.
            key = "reserve" if before == row["agreement"] else "reserve_under"
        parts.append(words(f"hedged.decision.{key}", **values))
        before = row["agreement"]
    return reduce(lambda first, then: words("hedged.decision.next", first=first, then=then), parts)


def rate(view: HedgedView, row: Mapping[str, Any]) -> str:
    """What is reserved in each period."""
    unit, _, per = row["unit"].rpartition("/")
    return view.words(
        "reservations.rate",
        rate=view.numbers.count(row["quantity"]),
        unit=view.unit(unit),
        per=view.words(f"per.{per}"),
    )


# -- what it earns ----------------------------------------------------------------------------------------------------


def _earned(view: HedgedView) -> list[str]:
    words, settings = view.words, view.case.settings
    expected, worst = view.numbers.alike([view.hedge.expected, view.hedge.worst], view.currency)
    lines = [words("hedged.answer.earns", expected=expected, worst=worst, tail=view.numbers.share(view.tail, 0))]
    if settings.risk_weight > 0.0:
        weight = view.numbers.share(settings.risk_weight, 0)
        lines.append(
            words("hedged.answer.weighed", weight=weight, own=view.numbers.share(1.0 - settings.risk_weight, 0))
        )
    return lines


def key_figures(view: HedgedView) -> list[KeyFigure]:
    """Expected present value, the mean over the worst, the worst future, and the lowest point of cash in any."""
    words, numbers, hedge = view.words, view.numbers, view.hedge
    weighed = view.case.settings.risk_weight > 0.0
    expected, worst, best = hedge.expected, int(view.values.argmin()), int(view.values.argmax())
    figures = [
        KeyFigure(
            words("hedged.key.expected"),
            view.headline(expected),
            view.full_money(expected),
            words("hedged.key.weighed" if weighed else "hedged.key.gap", gap=numbers.share(hedge.gap, 2)),
        ),
        KeyFigure(
            words("hedged.key.worst_mean", tail=numbers.share(view.tail, 0)),
            view.headline(hedge.worst),
            view.full_money(hedge.worst),
            words("hedged.key.worst_note"),
        ),
        KeyFigure(
            words("hedged.key.worst"),
            view.headline(view.values[worst]),
            view.full_money(view.values[worst]),
            words(
                "hedged.key.best",
                future=view.future(worst),
                share=numbers.share(view.probability[worst]),
                money=view.headline(view.values[best]),
            ),
        ),
    ]
    lowest = hedge["futures"]["lowest_cash"].to_numpy()
    future = int(np.argmin(lowest))
    cash = hedge.plans[future]["cash"]
    falls = lowest[future] < 0.0
    amount = float(lowest[future]) if falls else 0.0
    note = words("key.at_start")
    if falls:
        place = int(cash["cumulative"].arg_min() or 0)
        key = "cash_all" if place < view.common else "cash_note"
        note = words(f"hedged.key.{key}", bucket=view.bucket(cash["bucket"][place]), future=view.future(future))
    figures.append(KeyFigure(words("hedged.key.cash"), view.headline(amount), view.full_money(amount), note))
    return figures
