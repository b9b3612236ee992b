"""The case itself: its name, currency and horizon."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from coplant.case.names import did_you_mean
from coplant.schema import TABLES

Buckets = tuple[tuple[str, int], ...]
Mistake = tuple[str, str, str]

KINDS = ("day", "week", "month", "quarter", "year")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_GRAMMAR = re.compile(r"(\w+):(\d+)")


@dataclass(frozen=True)
class Settings:
    """What holds for the whole case.

    Attributes
    ----------
    name : str
        Short name of the case.
    currency : str
        Currency of every amount.
    start : date
        First day of the horizon.
    buckets : tuple of (kind, count)
        The buckets of the horizon in order; kinds are day, week, month, quarter, year.
    title : str or None
        What the case is about.
    discount_rate : float
        Share per year.
    lag_rule : {"exact", "conservative"}
        How lead times fall on buckets.
    start_levels : int
        On how many levels of luck the launch programme ends.
    review_months : int
        After how many months a plan is reviewed in a stress test.
    risk_share : float
        Share of the futures, by probability, that the worst are short of all.
    risk_weight : float
        Weight of the mean over the worst futures in what is maximised.
    probabilities : {"exact", "normalise"}
        Whether the probabilities of a branch add up to one, or are divided by what they add up to.
    source, note : str or None
        Where the case comes from; a remark.
    """

    name: str
    currency: str
    start: datetime.date
    buckets: Buckets
    title: str | None = None
    discount_rate: float = 0.0
    lag_rule: Literal["exact", "conservative"] = "exact"
    start_levels: int = 1
    review_months: int = 12
    risk_share: float = 0.9
    risk_weight: float = 0.0
    probabilities: Literal["exact", "normalise"] = "exact"
    source: str | None = None
    note: str | None = None

    @property
    def until(self) -> datetime.date:
        """First day after the horizon."""
        return _end(self.start, self.buckets)

    def frame(self) -> pl.DataFrame:
        """Return the settings as a table of one row."""
        table = TABLES["case"]
        values = {name: getattr(self, name) for name in table.names}
        values["buckets"] = " ".join(f"{kind}:{count}" for kind, count in self.buckets)
        return pl.DataFrame([values], schema={column.name: column.dtype for column in table.columns})


def joined(buckets: Any) -> Any:
    """Return buckets as one text, whether they come as text, a list of texts or a list of pairs."""
    if not isinstance(buckets, (list, tuple)):
        return buckets
    return " ".join(":".join(map(str, one)) if isinstance(one, (list, tuple)) else str(one) for one in buckets)


def parse_buckets(text: str, start: datetime.date | None) -> tuple[Buckets, list[Mistake]]:
    """Read the buckets of a horizon.

    Parameters
    ----------
    text : str
        Such as ``month:33 quarter:12``.
    start : date or None
        First day of the horizon, if known.

    Returns
    -------
    buckets : tuple of (kind, count)
        Those that could be read.
    mistakes : list of (value, expected, mend)
        What is wrong with the others.
    """
    buckets: list[tuple[str, int]] = []
    mistakes: list[Mistake] = []
    for one in re.sub(r"\s*:\s*", ":", text).replace(",", " ").split():
        match = _GRAMMAR.fullmatch(one)
        if match is None or int(match[2]) < 1:
            mend = "Write each part as a kind, a colon and a count above 0"
            mistakes.append((one, "kind:count, such as month:33", mend))
        elif match[1] not in KINDS:
            mend = did_you_mean(match[1], KINDS, f"Kinds are {', '.join(KINDS)}")
            mistakes.append((one, "a kind of bucket before the colon", mend))
        else:
            buckets.append((match[1], int(match[2])))
    try:
        if start is not None:
            _end(start, tuple(buckets))
    except (ValueError, OverflowError):
        mistakes.append((text, "a horizon that ends before the year 10000", "Give fewer or shorter buckets"))
    return tuple(buckets), mistakes


def _end(start: datetime.date, buckets: Buckets) -> datetime.date:
    day = start
    for kind, count in buckets:
        if kind in _DAYS:
            day += datetime.timedelta(days=_DAYS[kind] * count)
        else:
            months = day.year * 12 + day.month - 1 + _MONTHS[kind] * count
            year, month = divmod(months, 12)
            day = datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day
