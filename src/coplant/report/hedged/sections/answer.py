"""What to sign now and what then, what to keep open, and what that earns, in a few sentences and figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, cast

import numpy as np
import polars as pl

from coplant.planning.decided import AGREEING, Decided, decided_alike, kept_open, started_now, tell_days
from coplant.report.blocks import KeyFigure, Section
from coplant.report.hedged.view import HedgedView

MOST_DECISIONS = 8
"""Things decided later that are told in sentences; a table has more."""

MOST_ITEMS = 3
"""Items, or cases in which the same is decided, that are named."""

SURE = 1.0 - 1e-9
"""Probability from which something is so whatever becomes known."""


def answer(view: HedgedView) -> Section:
    """Say what is decided now, what then, and what it all earns."""
    return Section("answer", view.words("hedged.answer.title"), answer_lines(view), key_figures(view))


def answer_lines(view: HedgedView) -> list[str]:
    """Sentences of the answer, each a paragraph."""
    later = kept_open(view.hedge["then"])
    now = [*now_lines(view), *_started(view)]
    if not now and later.is_empty():
        now = [view.words("hedged.answer.nothing_now")]
    return [*now, *_kept_open(view, later), *_then(view, later), *_earned(view)]


# -- what is decided --------------------------------------------------------------------------------------------------


def now_lines(view: HedgedView) -> list[str]:
    """What is decided about agreements before anything is known: those that may be signed, and those in force."""
    rows = view.hedge["now"].filter(pl.col("decision").is_in(AGREEING)).rename({"thing": "agreement"})
    options = pl.col("agreement").is_in(view.case["agreements"].filter(status="option")["agreement"].implode())
    chosen, words = rows.filter(options), view.words
    told = [decided(view, chosen.iter_rows(named=True))] if chosen.height else []
    if "sign" not in chosen["decision"] and kept_open(view.hedge["then"]).height:
        told = [words("hedged.decision.wait"), *told]
    lines = [words("hedged.answer.now", what=_one_after_another(view, told))] if told else []
    in_force = rows.filter(~options)
    if in_force.height:
        lines.append(words("hedged.answer.in_force", what=decided(view, in_force.iter_rows(named=True))))
    return lines


def _started(view: HedgedView) -> list[str]:
    """What is ordered and made before anything is known; of what is made, what is sold if any of it is."""
    now, products = view.hedge["now"], view.case["demand"]["item"]
    return [
        view.words(f"hedged.answer.{decision}", what=_items(view, sums), money=view.money(float(sums["cost"].sum())))
        for decision, sums in started_now(now, view.spans, products)
    ]


def _items(view: HedgedView, sums: pl.DataFrame) -> str:
    """How much of what, and when."""
    shown = sums.head(MOST_ITEMS)
    named = []
    for row, dated in zip(shown.iter_rows(named=True), tell_days(shown), strict=True):
        what = view.words(
            "hedged.answer.item",
            quantity=_count(view, row["quantity"]),
            unit=view.unit(row["unit"]),
            item=view.title("item", row["item"]),
        )
        named.append(_dated(view, what, row["first"], row["last"]) if dated else what)
    rest = sums.height - len(named)
    return view.list([*named, *([view.words.counted("others", rest)] if rest else [])])


def _dated(view: HedgedView, what: str, first: datetime.date, last: datetime.date) -> str:
    key = "on" if first == last else "between"
    return view.words(f"hedged.answer.{key}", what=what, first=view.numbers.date(first), last=view.numbers.date(last))


def _count(view: HedgedView, quantity: float) -> str:
    return view.numbers.brief(quantity) if quantity >= 1e6 else view.numbers.count(quantity)


def _kept_open(view: HedgedView, later: pl.DataFrame) -> list[str]:
    """Agreements that are signed in some cases and not in others, which are to be kept open until then."""
    words, lines = view.words, []
    perhaps = later.filter(pl.col("probability") > 0.0, pl.col("probability") < SURE)
    for (day,), rows in perhaps.group_by("day", maintain_order=True):
        names = [
            words("hedged.answer.perhaps", agreement=_quoted(view, name), share=share)
            for name, share in zip(rows["agreement"], view.chances(rows["probability"].to_list()), strict=True)
        ]
        date = view.numbers.date(cast("datetime.date", day))
        lines.append(words("hedged.answer.open", agreements=view.list(names), date=date))
    return lines


def _quoted(view: HedgedView, agreement: str) -> str:
    return view.words("quoted", text=view.title("agreement", agreement))


def _then(view: HedgedView, later: pl.DataFrame) -> list[str]:
    """What is decided about agreements once something is known; of what is never signed, that only."""
    words, never = view.words, later.filter(probability=0.0)
    rows = view.hedge["then"].filter(~pl.col("agreement").is_in(never["agreement"].implode()))
    cases = decided_alike(view.hedge.futures, rows, lambda node: decided(view, node.iter_rows(named=True)))
    lines = [_in_case(view, case) for case in cases[:MOST_DECISIONS]]
    if len(cases) > MOST_DECISIONS:
        more = words.counted("hedged.more", len(cases) - MOST_DECISIONS)
        lines.append(words("hedged.answer.more", more=more, date=view.numbers.date(cases[MOST_DECISIONS].bucket)))
    for name, day in never.select("agreement", "day").iter_rows():
        lines.append(words("hedged.answer.never", agreement=_quoted(view, name), date=view.numbers.date(day)))
    return lines


def _in_case(view: HedgedView, case: Decided) -> str:
    """What is decided, and what is known where it is."""
    words, share = view.words, view.chance(case.share)
    if case.sure:
        return words("hedged.answer.anyway", what=case.what, date=view.numbers.date(case.bucket))
    named = [
        view.quoted(outcomes) if outcomes else words("hedged.known.nothing") for outcomes in case.known[:MOST_ITEMS]
    ]
    rest = len(case.known) - len(named)
    if rest:
        named.append(words.counted("hedged.cases", rest))
    known = reduce(lambda first, then: words("hedged.answer.or", first=first, then=then), named)
    return words("hedged.answer.then", known=known, share=share, what=case.what)


def decided(view: HedgedView, rows: Iterable[Mapping[str, Any]]) -> str:
    """Put decisions about agreements in words, one after another."""
    words, parts = view.words, list[str]()
    hosts = dict(view.case["agreements"].select("agreement", "host").iter_rows())
    before = None
    for row in rows:
        values = {
            "agreement": _quoted(view, row["agreement"]),
            "host": view.title("party", hosts[row["agreement"]]),
            "date": view.numbers.date(row["day"]),
        }
        key = row["decision"]
        if key == "reserve":
            values["rate"] = rate(view, row)
            # What it is reserved under is plain where that was just signed.
            key = "reserve" if before == row["agreement"] else "reserve_under"
        parts.append(words(f"hedged.decision.{key}", **values) + (_fee(view, row) if "rate" in values else ""))
        before = row["agreement"]
    return _one_after_another(view, parts)


def _one_after_another(view: HedgedView, parts: Sequence[str]) -> str:
    return reduce(lambda first, then: view.words("hedged.decision.next", first=first, then=then), parts)


def _fee(view: HedgedView, row: Mapping[str, Any]) -> str:
    """What is paid in a year for what is reserved; nothing where that is nothing."""
    rows = view.hedge["reserved"].filter(
        pl.col("agreement") == row["agreement"], pl.col("from") == row["day"], pl.col("reserved") > 0.0
    )
    yearly, fee, kind = rows.select(pl.col("yearly") / pl.col("reserved"), "fee", "kind").row(0)
    if fee == 0.0:
        return ""
    money = view.money(row["quantity"] * yearly * fee)
    return view.words(f"hedged.decision.fee_{kind}", money=money)


def rate(view: HedgedView, row: Mapping[str, Any]) -> str:
    """What is reserved in each period."""
    unit, _, per = row["unit"].rpartition("/")
    return view.words(
        "reservations.rate",
        rate=_count(view, row["quantity"]),
        unit=view.unit(unit),
        per=view.words(f"per.{per}"),
    )


# -- what it earns ----------------------------------------------------------------------------------------------------


def _earned(view: HedgedView) -> list[str]:
    words, settings = view.words, view.case.settings
    expected, worst = view.numbers.alike([view.hedge.expected, view.hedge.worst], view.currency)
    lines = [words("hedged.answer.earns", expected=expected, worst=worst, tail=view.numbers.share(view.tail, 0))]
    means = view.hedge.means
    amounts = view.numbers.alike([mean for _, mean in means], view.currency)
    # Where every way is a future these have no mean.
    if len(means) < len(view.values) and len(set(amounts)) > 1:
        told = [
            words("hedged.answer.mean", money=money, known=view.quoted(outcomes))
            for money, (outcomes, _) in zip(amounts, means, strict=True)
        ]
        lines.append(words("hedged.answer.means", means=view.list(told)))
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
                share=view.chance(view.probability[worst]),
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
