"""What a hedge decides, in a few lines: what now, what to keep open, and what then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.planning.decided import AGREEING, decided_alike, kept_open, started_now, tell_days
from coplant.tree.words import counted, percentages

if TYPE_CHECKING:
    from coplant.planning.hedge import Hedge

MOST_LINES = 12
"""Lines on what is decided once something is known; the table ``then`` has all."""

MOST_NAMED = 3
"""Items, or cases in which the same is decided, that are named."""

_STARTING = {"order": "Order", "make": "Start to make"}

_SURE = 1.0 - 1e-9
"""Probability from which something is so whatever becomes known."""


def answer(hedge: Hedge) -> Iterator[str]:
    """Say what is decided before anything is known, what is kept open for how long, and what is decided then."""
    titles = dict(hedge.case["agreements"].select("agreement", pl.coalesce("title", "agreement")).rows())
    options = hedge.case["agreements"].filter(status="option")["agreement"].implode()
    now = hedge["now"].rename({"thing": "agreement"})
    agreed = now.filter(pl.col("decision").is_in(AGREEING))
    decided = agreed.filter(pl.col("agreement").is_in(options))
    later = kept_open(hedge["then"])
    nothing = later.height and "sign" not in decided["decision"]
    if decided.height or nothing:
        told = [_told(hedge, titles, decided)] if decided.height else []
        yield f"Now: {'; '.join([*(['sign nothing yet'] if nothing else []), *told])}."
    in_force = agreed.filter(~pl.col("agreement").is_in(options))
    if in_force.height:
        yield f"Now: {_told(hedge, titles, in_force)}."
    for decision, sums in started_now(hedge["now"], hedge.plans[0]["buckets"], hedge.case["demand"]["item"]):
        what = f"{_STARTING[decision]}, whichever way things turn out: {_items(sums)}"
        cost = f", for {sums['cost'].sum():,.0f} {hedge.case.settings.currency}" if decision == "order" else ""
        yield f"{what}{cost}."
    yield from _open(later, titles)
    yield from _then(hedge, later, titles)


def _told(hedge: Hedge, titles: Mapping[str, str], rows: pl.DataFrame) -> str:
    """Put decisions about agreements in words, one after another."""
    parts, before = list[str](), None
    for row in rows.iter_rows(named=True):
        title = titles[row["agreement"]]
        match row["decision"]:
            case "sign":
                parts.append(f"sign {title} on {row['day']}")
            case "decline":
                parts.append(f"do not sign {title}")
            case "leave":
                parts.append(f"leave {title} on {row['day']}")
            case _:
                # What it is reserved under is plain where that was just signed.
                under = "" if before == row["agreement"] else f" under {title}"
                parts.append(f"reserve {_rate(hedge, row)}{under} from {row['day']}")
        before = row["agreement"]
    return "; ".join(parts)


def _rate(hedge: Hedge, row: Mapping[str, Any]) -> str:
    """What is reserved in each period, and in a year."""
    unit, _, per = row["unit"].rpartition("/")
    text = f"{_count(row['quantity'])} {'units' if unit == 'unit' else unit} per {per}"
    if per == "year":
        return text
    same = hedge["reserved"].filter(
        pl.col("agreement") == row["agreement"], pl.col("from") == row["day"], pl.col("reserved") > 0.0
    )
    yearly = row["quantity"] * same.select(pl.col("yearly").first() / pl.col("reserved").first()).item()
    return f"{text} ({_count(yearly)} a year)"


def _count(quantity: float) -> str:
    return f"{quantity:,.0f}" if quantity >= 100.0 or abs(quantity - round(quantity)) < 1e-6 else f"{quantity:,.1f}"


def _items(sums: pl.DataFrame) -> str:
    """How much of what, and when."""
    shown = sums.head(MOST_NAMED)
    named = [
        f"{_count(row['quantity'])} {'units' if row['unit'] == 'unit' else row['unit']} of {row['item']}"
        + (_when(row) if dated else "")
        for row, dated in zip(shown.iter_rows(named=True), tell_days(shown), strict=True)
    ]
    return _listed([*named, *([f"{sums.height - len(named)} more"] if sums.height > len(named) else [])])


def _when(row: Mapping[str, Any]) -> str:
    return f" on {row['first']}" if row["first"] == row["last"] else f" from {row['first']} to {row['last']}"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _open(later: pl.DataFrame, titles: Mapping[str, str]) -> Iterator[str]:
    """Agreements that are signed in some cases and not in others, which has a price only once they are."""
    perhaps = later.filter(pl.col("probability") > 0.0, pl.col("probability") < _SURE)
    for (day,), rows in perhaps.group_by("day", maintain_order=True):
        shares = percentages(rows["probability"].to_list())
        names = [f"{titles[name]} (signed with {share})" for name, share in zip(rows["agreement"], shares, strict=True)]
        yield f"Keep open until {day}: {_listed(names)}; nothing is paid for that before it is signed."


def _then(hedge: Hedge, later: pl.DataFrame, titles: Mapping[str, str]) -> Iterator[str]:
    """What is decided once something is known, by what is known."""
    never = later.filter(probability=0.0)
    rows = hedge["then"].filter(~pl.col("agreement").is_in(never["agreement"].implode()))
    cases = decided_alike(hedge.futures, rows, lambda node: _told(hedge, titles, node))
    for case in cases[:MOST_LINES]:
        known = [hedge.futures.titled(outcomes) or "nothing is known yet" for outcomes in case.known[:MOST_NAMED]]
        if len(case.known) > MOST_NAMED:
            known.append(f"in {counted(len(case.known) - MOST_NAMED, 'case')} more")
        if case.sure:
            yield f"By {case.bucket}, whatever is known: {case.what}."
        else:
            yield f"If {' or '.join(known)}: {case.what}."
    if len(cases) > MOST_LINES:
        rest = counted(len(cases) - MOST_LINES, "decision")
        yield f"And {rest} more from {cases[MOST_LINES].bucket} on, which the table then lists."
    for name, day in never.select("agreement", "day").iter_rows():
        yield f"Do not sign {titles[name]}, whatever is known by {day}."
