"""Hours of the day, and calendars that have them: how tools for projects keep working time.

A moment of the day is its minute, 0 to 1440; working hours are spans of minutes, in order and apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value")

Hours = tuple[tuple[int, int], ...]

DAY = 24 * 60
"""Minutes of a day."""

ROUND_THE_CLOCK: Hours = ((0, DAY),)
OFFICE: Hours = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
"""Hours that a working day of a case gets in a file: eight, as the tools take it unless they are told otherwise."""


def merged(spans: Iterable[tuple[int, int]]) -> Hours:
    """Put spans in order, and join those that touch."""
    hours: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if hours and begin <= hours[-1][1]:
            hours[-1] = (hours[-1][0], max(hours[-1][1], end))
        elif begin < end:
            hours.append((begin, end))
    return tuple(hours)


def length(hours: Hours) -> int:
    """Minutes that are worked."""
    return sum(end - begin for begin, end in hours)


def shared(hours: Hours, others: Hours) -> Hours:
    """Hours that lie in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in hours for c, d in others)
    return tuple(sorted((begin, end) for begin, end in pairs if begin < end))


def worked_before(hours: Hours, minute: float) -> float:
    """Minutes worked before one of the day."""
    return sum(max(min(minute, end) - begin, 0.0) for begin, end in hours)


def start_after(hours: Hours, worked: float) -> float:
    """The last minute with so many worked before it: that at which work that follows starts."""
    for begin, end in hours:
        if worked < end - begin:
            return begin + worked
        worked -= end - begin
    return hours[-1][1]


def finish_after(hours: Hours, worked: float) -> float:
    """The first minute with so many worked before it: that at which they are done."""
    for begin, end in hours:
        if worked <= end - begin:
            return begin + worked
        worked -= end - begin
    return hours[-1][1]


@dataclass
class WorkCalendar:
    """A calendar of a file.

    Attributes
    ----------
    key : str
        What the file calls it by.
    name : str
        Its name.
    row : int
        The line of the file in which it stands.
    week : tuple of Hours, length 7
        Hours of Monday to Sunday; empty for a day off.
    dates : dict of date to (Hours, name)
        Days that are not like their day of the week, and what they are called.
    shown : float or None
        Minutes that the tool shows as a day, whatever the hours are.
    """

    key: str
    name: str
    row: int
    week: tuple[Hours, ...]
    dates: dict[datetime.date, tuple[Hours, str]] = field(default_factory=dict)
    shown: float | None = None

    def on(self, day: datetime.date) -> Hours:
        """Hours of a day."""
        return self.dates[day][0] if day in self.dates else self.week[day.weekday()]

    @property
    def every_day(self) -> bool:
        """Whether it works round the clock, always."""
        hours = [*self.week, *(hours for hours, _ in self.dates.values())]
        return all(one == ROUND_THE_CLOCK for one in hours)


def runs(days: Mapping[datetime.date, Value]) -> Iterator[tuple[datetime.date, datetime.date, Value]]:
    """Days that follow one another and are alike: the first, the last, and what they are."""
    first: datetime.date | None = None
    for day in sorted(days):
        after = day + datetime.timedelta(days=1)
        first = day if first is None else first
        if after not in days or days[after] != days[day]:
            yield first, day, days[day]
            first = None


def kinds_of_days(calendars: Sequence[WorkCalendar]) -> Iterator[tuple[Hours, ...]]:
    """Hours of each calendar on every kind of day that some have together."""
    for weekday in range(7):
        yield tuple(calendar.week[weekday] for calendar in calendars)
    for day in {day for calendar in calendars for day in calendar.dates}:
        yield tuple(calendar.on(day) for calendar in calendars)


def day_lengths(calendars: Sequence[WorkCalendar]) -> list[int]:
    """Minutes that all of some calendars work on the days on which each of them does: all lengths, shortest first."""
    found = set()
    for kinds in kinds_of_days(calendars):
        if all(kinds):
            hours = ROUND_THE_CLOCK
            for one in kinds:
                hours = shared(hours, one)
            found.add(length(hours))
    return sorted(found)


def covers(calendar: WorkCalendar, other: WorkCalendar | None) -> bool:
    """Whether a calendar works on every day on which another does; None for every day."""
    if other is None:
        return all(hours for (hours,) in kinds_of_days([calendar]))
    return all(one for one, its in kinds_of_days([calendar, other]) if its)


def hours_on(calendars: Sequence[WorkCalendar], day: datetime.date) -> Hours:
    """Hours of a day in which all of some calendars work; round the clock where there is none."""
    hours = ROUND_THE_CLOCK
    for calendar in calendars:
        hours = shared(hours, calendar.on(day))
    return hours
