"""Why an agreement is signed, or is not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from coplant.report.view import View
from coplant.report.words import words_of

if TYPE_CHECKING:
    from coplant.insight.why_signed import WhySigned

MOST = 6
"""Causes that are named."""

_NOTHING = 1e-9
"""Share of the largest cause below which one is none."""


def signature_in_words(why: WhySigned, language: str) -> str:
    """Tell why an agreement is signed, or is not.

    Parameters
    ----------
    why : WhySigned
        The answer.
    language : str
        The language.
    """
    return "\n".join(_lines(why, language))


def _lines(why: WhySigned, language: str) -> Iterator[str]:
    view, words = View(why.plan, words_of(language)), words_of(language, "coplant.report.explained")
    title = view.title("agreement", why.agreement)
    if why.worth is None:
        yield words("signature.must" if why.without_it is None else "signature.cannot", title=title)
        return
    unit = view.items_unit(why.plan.products(why.agreement))
    yield words(
        "signature.signed" if why.signed else "signature.not_signed",
        title=title,
        worth=view.headline(abs(why.worth)),
        instead=_instead(why, view),
    )
    if why.fee is not None:
        # What a fee may rise by is known to within the gap of the plans.
        yield words(
            "signature.may_rise" if why.worth >= 0.0 else "signature.must_fall",
            fee=view.numbers.full(abs(why.fee.at), view.currency, 0 if abs(why.fee.at) >= 100.0 else 2),
            unit=view.words("unit.one") if unit == view.unit("unit") else unit,
        )
    elif why.free is not None:
        yield words("signature.not_even_free", short=view.headline(abs(why.free)))
    elif why.plan.case["processing_fees"].filter(agreement=why.agreement).is_empty():
        yield words("signature.no_fee")
    yield words("signature.causes")
    comparison = why.comparison
    assert comparison is not None
    rows = (
        comparison["bridge"]
        .group_by("line", maintain_order=True)
        .agg(pl.col("difference").sum())
        .filter(pl.col("difference").abs() > _NOTHING * pl.col("difference").abs().max())
        .sort(pl.col("difference").abs(), descending=True)
    )
    for row in rows.head(MOST).iter_rows(named=True):
        yield words("signature.cause", line=view.line(row["line"]), amount=view.gain(row["difference"]))
    rest = float(rows.tail(max(rows.height - MOST, 0))["difference"].sum())
    if rows.height > MOST:
        yield words("signature.rest", amount=view.gain(rest))


def _instead(why: WhySigned, view: View) -> str:
    """What else is signed, with it or without it."""
    words = words_of(view.words.language, "coplant.report.explained")
    sides = [
        set(plan["signed"].filter(pl.col("signed"), pl.col("status") == "option")["agreement"]) - {why.agreement}
        for plan in (why.with_it, why.without_it)
        if plan is not None
    ]
    others = sorted(sides[1] - sides[0])
    if not others:
        return ""
    return words("signature.instead", others=view.list([view.title("agreement", name) for name in others]))
