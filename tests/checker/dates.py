"""Calendar of the checker: lengths of time, buckets, dated rows and lead times, one number at a time."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
Day = datetime.date
FOREVER = datetime.date.max
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0}


def length_of(first: Day, until: Day, per: str) -> float:
    """Count the periods between two days; a part of a calendar period is its share of days."""
    if until <= first:
        return 0.0
    if per in DAYS:
        return (until - first).days / DAYS[per]
    total, day = 0.0, first
    while day < until:
        start, following = _period(day, MONTHS[per])
        stop = min(until, following)
        total += (stop - day).days / (following - start).days
        day = stop
    return total


def _period(day: Day, months: int) -> tuple[Day, Day]:
    """Calendar period of so many months that holds a day: its first day and the day after its last."""
    begin = (day.month - 1) // months * months + 1
    following = begin + months
    return (
        datetime.date(day.year, begin, 1),
        datetime.date(day.year + (following > 12), (following - 1) % 12 + 1, 1),
    )


def later(day: Day, months: float) -> Day:
    """Add calendar months to a day; a day that the month lacks becomes its last; a part month is days, rounded."""
    whole = int(months // 1)
    count = day.year * 12 + day.month - 1 + whole
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    reached = datetime.date(year, month + 1, min(day.day, last))
    return reached + datetime.timedelta(days=round((months - whole) * last))


def bounds_of(start: Day, kinds: Iterable[tuple[str, int]]) -> list[Day]:
    """First days of the buckets and the day after the last."""
    bounds = [start]
    for kind, count in kinds:
        first = bounds[-1]
        for number in range(1, count + 1):
            if kind in MONTHS:
                bounds.append(later(first, number * MONTHS[kind]))
            else:
                bounds.append(first + datetime.timedelta(days=number * int(DAYS[kind])))
    return bounds


def spans(rows: Iterable[Row]) -> list[tuple[Day, Day, Row]]:
    """Give each dated row the days on which it holds: from its own day until that of the next."""
    ordered = sorted(rows, key=lambda row: row["from"])
    ends = [row["from"] for row in ordered[1:]] + [FOREVER]
    return [(row["from"], end, row) for row, end in zip(ordered, ends, strict=True)]


def shared(first: Day, until: Day, low: Day, high: Day) -> tuple[Day, Day] | None:
    """Days that two spans share, if any."""
    begin, end = max(first, low), min(until, high)
    return (begin, end) if begin < end else None


def quantity_in(rows: Iterable[Row], first: Day, until: Day, column: str = "quantity") -> float:
    """Integrate a dated rate over [first, until); an empty rate is no limit."""
    total = 0.0
    for begin, end, row in spans(rows):
        hit = shared(first, until, begin, end)
        if hit:
            if row[column] is None:
                return float("inf")
            total += row[column] * length_of(*hit, row["per"])
    return total


def mean_in(rows: Iterable[Row], first: Day, until: Day, column: str) -> float | None:
    """Mean of a dated value over the days of [first, until) on which it is known; none where it never is."""
    total, days = 0.0, 0
    for begin, end, row in spans(rows):
        hit = shared(first, until, begin, end)
        if hit and row[column] is not None:
            count = (hit[1] - hit[0]).days
            total += row[column] * count
            days += count
    return total / days if days else None


def arrivals(bounds: list[Day], bucket: int, lead: float, rule: str) -> Iterator[tuple[int, float]]:
    """Buckets in which what starts in one arrives, each with its share; what arrives after the end is left out."""
    origin = bounds[0]
    edge = [float((day - origin).days) for day in bounds]
    begin, end = edge[bucket] + lead, edge[bucket + 1] + lead
    for number in range(bucket, len(edge) - 1):
        if rule == "conservative":
            if edge[number] < end <= edge[number + 1]:
                yield number, 1.0
        else:
            overlap = min(end, edge[number + 1]) - max(begin, edge[number])
            if overlap > 0:
                yield number, overlap / (end - begin)
