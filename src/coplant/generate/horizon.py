"""The horizon of a made-up case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coplant.generate.values import Days

MONTH, WEEK = 365.25 / 12, 7.0
"""Days of a month and of a week."""

FIRST_MONTH = np.datetime64("2027-01-01")
"""Where buckets of days and weeks end and calendar buckets begin."""


def bucket_kinds(buckets: int | Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Kinds of buckets and how many of each: two thirds of weeks, then months, where only a number is given."""
    if not isinstance(buckets, int):
        return [(kind, count) for kind, count in buckets if count]
    weeks = 2 * buckets // 3 if buckets > 8 else 0
    return [(kind, count) for kind, count in (("week", weeks), ("month", buckets - weeks)) if count]


@dataclass(frozen=True)
class Horizon:
    """First days of the buckets and the day after the last."""

    bounds: Days

    @classmethod
    def of(cls, kinds: list[tuple[str, int]]) -> Horizon:
        """Lay buckets so that the first calendar bucket starts a month."""
        fixed = {"day": 1, "week": 7}
        months = {"month": 1, "quarter": 3, "year": 12}
        lead = 0
        for kind, count in kinds:
            if kind not in fixed:
                break
            lead += fixed[kind] * count
        edges = [FIRST_MONTH - np.timedelta64(lead, "D")]
        for kind, count in kinds:
            for _ in range(count):
                if kind in fixed:
                    edges.append(edges[-1] + np.timedelta64(fixed[kind], "D"))
                else:
                    month = edges[-1].astype("datetime64[M]")
                    # Days after a calendar bucket need not start a month; the day of the month is kept.
                    within = edges[-1] - month.astype("datetime64[D]")
                    edges.append((month + np.timedelta64(months[kind], "M")).astype("datetime64[D]") + within)
        return cls(np.array(edges, dtype="datetime64[D]"))

    @property
    def start(self) -> np.datetime64:
        """First day."""
        return np.datetime64(self.bounds[0])

    @property
    def days(self) -> float:
        """Days of the horizon."""
        return float((self.bounds[-1] - self.bounds[0]).astype(np.int64))

    def at(self, share: float) -> np.datetime64:
        """Day after a share of the horizon."""
        return np.datetime64(self.start + np.timedelta64(round(share * self.days), "D"))

    def steps(self, months: int) -> Days:
        """Give the start, and every so many months the first day of a month until the horizon ends."""
        first = self.start.astype("datetime64[M]") + np.timedelta64(months, "M")
        later = np.arange(first, self.bounds[-1].astype("datetime64[M]"), np.timedelta64(months, "M"))
        return np.concatenate([self.bounds[:1], later.astype("datetime64[D]")])
