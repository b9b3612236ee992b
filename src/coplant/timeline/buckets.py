"""The buckets of a horizon."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coplant.timeline.calendar import DAYS_PER_YEAR, Days, Floats, add_months, periods

_MONTHS_PER_BUCKET = {"month": 1, "quarter": 3, "year": 12}
_DAYS_PER_BUCKET = {"day": 1, "week": 7}


@dataclass(frozen=True, eq=False)
class Timeline:
    """The buckets of a horizon, which may differ in length.

    Parameters
    ----------
    bounds : ndarray of datetime64[D], shape (T + 1,)
        First days of the buckets in ascending order, and the day after the last.
    labels : tuple of str, length T
        What each bucket is called.
    """

    bounds: Days
    labels: tuple[str, ...]

    @classmethod
    def of(cls, start: datetime.date, buckets: Iterable[tuple[str, int]]) -> Timeline:
        """Lay buckets end to end from a day.

        Parameters
        ----------
        start : date
            First day of the first bucket.
        buckets : iterable of (kind, count)
            Kinds are day, week, month, quarter and year. Months, quarters and years run from the day of the month
            on which they start to the same day of a later month.
        """
        bounds = [np.array([start], dtype="datetime64[D]")]
        labels: list[str] = []
        for kind, count in buckets:
            first = bounds[-1][-1]
            steps = np.arange(count + 1)
            if kind in _MONTHS_PER_BUCKET:
                edges = add_months(first, steps * _MONTHS_PER_BUCKET[kind])
            else:
                edges = first + steps * _DAYS_PER_BUCKET[kind]
            bounds.append(edges[1:])
            labels += [_label(day, kind) for day in edges[:-1]]
        return cls(np.concatenate(bounds), tuple(labels))

    def __len__(self) -> int:
        return len(self.labels)

    def split(self, dates: Days) -> Timeline:
        """Let a bucket begin on each of some days, and be called by it where none does yet.

        Parameters
        ----------
        dates : ndarray of datetime64[D]
            Days within the horizon.
        """
        bounds = np.union1d(self.bounds, dates)
        named = dict(zip(self.bounds[:-1].tolist(), self.labels, strict=True))
        return Timeline(bounds, tuple(named.get(day, str(day)) for day in bounds[:-1].tolist()))

    @cached_property
    def days(self) -> Floats:
        """Length of each bucket, shape (T,), in days."""
        return np.diff(self.bounds).astype(np.float64)

    @cached_property
    def years(self) -> Floats:
        """Length of each bucket, shape (T,), in years of 365.25 days."""
        return self.days / DAYS_PER_YEAR

    @cached_property
    def months(self) -> Floats:
        """Length of each bucket, shape (T,), in calendar months."""
        return np.diff(periods(self.bounds, "month"))

    def discount_factors(self, rate: float) -> Floats:
        """Value at the horizon's start of one unit of money in the middle of each bucket.

        Parameters
        ----------
        rate : float
            Share per year.

        Returns
        -------
        ndarray, shape (T,)
            (1 + rate) ** -(years from the horizon's start to the bucket's middle).
        """
        middle = np.cumsum(self.years) - self.years / 2
        return np.asarray((1.0 + rate) ** -middle, dtype=np.float64)

    def discount_factor_at(self, day: np.datetime64, rate: float) -> float:
        """Value at the horizon's start of one unit of money on a day."""
        years = (day - self.bounds[0]).astype(np.float64) / DAYS_PER_YEAR
        return float((1.0 + rate) ** -years)

    def bucket_of(self, day: np.datetime64) -> int:
        """Index of the bucket that holds a day; the first for a day before the horizon, the last for one after."""
        return int(np.clip(np.searchsorted(self.bounds, day, side="right") - 1, 0, len(self) - 1))


def _label(day: np.datetime64, kind: str) -> str:
    text = str(day)
    month = int(text[5:7])
    if kind == "month" and text.endswith("-01"):
        return text[:7]
    if kind == "quarter" and text.endswith("-01") and month % 3 == 1:
        return f"{text[:4]}-Q{(month + 2) // 3}"
    if kind == "year" and text.endswith("-01-01"):
        return text[:4]
    return text
