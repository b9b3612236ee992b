"""The bill of an agreement: every clause settled on what happened over some days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coplant.case import Case
from coplant.clauses import Record, Texts, clauses_of, exit_of
from coplant.network.activities import term_end
from coplant.network.frames import dates, days
from coplant.program.money import Integers
from coplant.settlement.facts import happenings
from coplant.settlement.money import Rounding
from coplant.timeline.calendar import Days


class Term(NamedTuple):
    """When an agreement is in force, and when it was signed."""

    starts: np.datetime64
    ends: np.datetime64
    signed: np.datetime64

    @classmethod
    def of(cls, case: Case, agreement: str) -> Term:
        """Read the term of an agreement."""
        table = case["agreements"]
        place = table["agreement"].to_list().index(agreement)
        starts, signed = days(table["starts"])[place], days(table["sign_from"])[place]
        return cls(starts, term_end(case)[place], starts if np.isnat(signed) else signed)


def bill(
    case: Case,
    agreement: str,
    periods: Days,
    *,
    since: np.datetime64,
    until: np.datetime64,
    known_on: np.datetime64 | None = None,
    accrues: bool = False,
) -> Record:
    """Settle every clause of an agreement on what happened.

    Parameters
    ----------
    case : Case
        The case as known on the day.
    agreement : str
        The agreement.
    periods : ndarray of datetime64[D], shape (P + 1,)
        Bounds of the statements.
    since, until : datetime64[D]
        The days that are settled.
    known_on : datetime64[D] or None
        Day by which answers to call-offs are known; None for all.
    accrues : bool
        Whether a year that the settled days cut counts its share of days.
    """
    term = Term.of(case, agreement)
    facts, subjects = happenings(case, agreement, known_on)
    products = tuple(case["routes"].filter(agreement=agreement)["item"].unique(maintain_order=True))
    record = Record(
        agreement, *term, since, until, periods, products, facts, subjects, exit_of(case, agreement), accrues
    )
    for clause in clauses_of(case, agreement):
        clause.settle(record)
    return record


class Billed(NamedTuple):
    """A bill as tables."""

    lines: pl.DataFrame
    """A row for each line: ``id``, clause, line, words, item, part, period (its number), day, quantity, rate, amount
    (rounded as money is), formula."""
    operands: pl.DataFrame
    """The figures that quantities follow from: ``id`` of the line, name, value, and the day on which it was counted."""


_TEXTS = ("clause", "line", "words", "item", "part", "formula")


def tabulated(record: Record, rounding: Rounding) -> Billed:
    """Put the lines of a settled record into tables."""
    sizes = np.array([len(lines.day) for lines in record.lines], dtype=np.int64)
    texts = {name: _spread([getattr(lines, name) for lines in record.lines], sizes) for name in _TEXTS}
    day = _joined([lines.day for lines in record.lines], "datetime64[D]")
    quantity = _joined([lines.quantity for lines in record.lines])
    rate = _joined([lines.rate for lines in record.lines])
    period = np.searchsorted(record.periods, day, side="right") - 1
    lines = pl.DataFrame(
        {
            "id": np.arange(len(day)),
            **texts,
            "period": period,
            "day": dates(day),
            "quantity": quantity,
            "rate": rate,
            "amount": rounding(quantity * rate),
        }
    )
    starts = np.cumsum(sizes) - sizes
    named = [
        (np.arange(start, start + size), name, values, one.counted.get(name, np.full(size, np.datetime64("NaT", "D"))))
        for start, size, one in zip(starts, sizes, record.lines, strict=True)
        for name, values in one.operands.items()
    ]
    counts = [len(ids) for ids, *_ in named]
    operands = pl.DataFrame(
        {
            "id": _joined([ids for ids, *_ in named], "int64"),
            "name": pl.Series([name for _, name, *_ in named], dtype=pl.String).gather(
                np.repeat(np.arange(len(counts)), counts)
            ),
            "value": _joined([values for _, _, values, _ in named]),
            "counted": dates(_joined([counted for *_, counted in named], "datetime64[D]")),
        }
    )
    return Billed(lines, operands)


def _spread(texts: Sequence[str | Texts | None], sizes: Integers) -> pl.Series:
    """Texts of lines, of which several may share one."""
    parts = [np.broadcast_to(np.asarray(text, dtype=object), size) for text, size in zip(texts, sizes, strict=True)]
    return pl.Series(_joined(parts, "object").tolist(), dtype=pl.String)


def _joined(parts: Sequence[NDArray[Any]], dtype: str = "float64") -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])
