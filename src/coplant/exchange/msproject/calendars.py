"""Calendars of Microsoft Project's XML, with what they have of their base calendars filled in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from coplant.exchange.cells import Cells, Place
from coplant.exchange.elements import Element
from coplant.exchange.hours import DAY, Hours, WorkCalendar, merged
from coplant.exchange.msproject.codes import (
    NONE,
    YES,
    weekday_of,
)

_TIME = re.compile(r"(\d\d):(\d\d):\d\d(?:\.0+)?")
_ONE_DAY = datetime.timedelta(days=1)
_MOST_BASES = 20
"""How many calendars may be based on one another."""
_LONGEST_PERIOD = 100 * 366
"""Days beyond which a period of a calendar is not laid out."""


class _Period(NamedTuple):
    """Dates that are not like their day of the week."""

    days: list[datetime.date]
    hours: Hours
    name: str


class Calendars:
    """The calendars of a file, with what they have of their base calendars filled in."""

    def __init__(self, root: Element, cells: Cells) -> None:
        self.cells = cells
        self.elements: dict[str, Element] = {}
        self.calendars: dict[str, WorkCalendar] = {}
        """Calendars by UID; of one that is just like its base calendar, that."""
        self.weeks: dict[str, list[Hours | None]] = {}
        """Hours of Monday to Sunday of each calendar; None where the file says nothing of them."""
        for element in root.all("Calendars", "Calendar"):
            key = element.get("UID")
            if key is None or key in self.elements:
                place = Place("Calendar", element.row, "UID")
                cells.refuse(place, key, "a UID that no other has", "Give it one")
            else:
                self.elements[key] = element
        self.doubtful: set[str] = set()
        """UIDs of calendars with problems."""
        for key in self.elements:
            self._read(key, ())

    def refuse_unsaid(self, used: set[str]) -> None:
        """Report days of the week of which a calendar that is used says nothing."""
        for key in sorted(used - self.doubtful):
            element = self.elements[key]
            for number in ((day + 1) % 7 + 1 for day, hours in enumerate(self.weeks[key]) if hours is None):
                self.cells.refuse(
                    Place("Calendar", element.row, "WeekDays"), element.get("Name"),
                    f"a WeekDay of DayType {number}", "Say whether it is worked, or name a base calendar",
                )  # fmt: skip
                self.doubtful.add(key)

    def _read(self, key: str, children: tuple[str, ...]) -> WorkCalendar | None:
        """Read a calendar after its base calendar; None if it is its own base."""
        if key in self.calendars:
            return self.calendars[key]
        element, base, problems = self.elements[key], None, len(self.cells.problems)
        place = Place("Calendar", element.row, "BaseCalendarUID")
        above = element.get("BaseCalendarUID")
        if above not in NONE and element.get("IsBaseCalendar") not in YES:
            if above in (key, *children) or len(children) > _MOST_BASES:
                self.cells.refuse(place, above, "calendars that are not based on themselves", "Name another")
            elif above not in self.elements:
                self.cells.refuse(place, above, "the UID of a Calendar of this file", "Mend it, or remove it")
            else:
                base = self._read(above, (key, *children))
        week: list[Hours | None] = list(self.weeks[base.key]) if base else [None] * 7
        dates = dict(base.dates) if base else {}
        for number, hours in self._weekdays(element):
            week[weekday_of(number)] = hours
        periods = [*self._work_weeks(element), *self._days_of_old(element), *self._exceptions(element)]
        for days, hours, name in periods:
            dates.update(dict.fromkeys(days, (hours, name)))
        self.weeks[key] = week
        calendar = WorkCalendar(
            key, element.get("Name") or "", element.row, tuple(hours or () for hours in week), dates
        )
        if len(self.cells.problems) > problems or (base and base.key in self.doubtful):
            self.doubtful.add(key)
        # That of a resource is most often its base calendar, with nothing changed.
        same = base is not None and (base.week, base.dates) == (calendar.week, calendar.dates)
        self.calendars[key] = base if same and base is not None else calendar
        return self.calendars[key]

    def _weekdays(self, element: Element) -> Iterator[tuple[int, Hours]]:
        """Days of the week, from 1 for Sunday, and their hours."""
        for day in element.all("WeekDays", "WeekDay"):
            number = day.get("DayType")
            if number in {str(one) for one in range(1, 8)}:
                yield int(number), self._hours(day)
            elif number != "0":
                expected = "1 for Sunday to 7 for Saturday, or 0 for a period"
                self.cells.refuse(Place("WeekDay", day.row, "DayType"), number, expected, "Mend it")

    def _days_of_old(self, element: Element) -> Iterator[_Period]:
        for day in element.all("WeekDays", "WeekDay"):
            if day.get("DayType") == "0":
                yield _Period(self._period(day), self._hours(day), "")

    def _work_weeks(self, element: Element) -> Iterator[_Period]:
        """Weeks that hold for a period only."""
        for week in element.all("WorkWeeks", "WorkWeek"):
            days = self._period(week)
            for number, hours in self._weekdays(week):
                yield _Period(
                    [day for day in days if day.isoweekday() % 7 + 1 == number], hours, week.get("Name") or ""
                )

    def _exceptions(self, element: Element) -> Iterator[_Period]:
        for exception in element.all("Exceptions", "Exception"):
            days, kind = self._period(exception), exception.get("Type")
            place = Place("Exception", exception.row, "Type")
            if kind == "2":
                days = self._every_year(exception, days)
            elif kind not in ("1", None) or exception.get("Period") not in ("0", "1", None):
                expected = "1 for a run of days, or 2 for a day of the month each year"
                self.cells.refuse(place, kind, expected, "Write the days one by one")
            yield _Period(days, self._hours(exception), exception.get("Name") or "")

    def _every_year(self, exception: Element, days: list[datetime.date]) -> list[datetime.date]:
        """Days of a period that are the same day of the year; months count from 0."""
        numbers = [
            int(self.cells.number(Place("Exception", exception.row, name), exception.get(name), at_least=0))
            for name in ("Month", "MonthDay")
        ]
        return [day for day in days if [day.month - 1, day.day] == numbers]

    def _period(self, element: Element) -> list[datetime.date]:
        """Days of a TimePeriod, the last one included."""
        period, ends = element.one("TimePeriod"), []
        for name in ("FromDate", "ToDate"):
            text = period.get(name) if period else None
            place = Place(element.name, element.row, name)
            if text is None:
                self.cells.refuse(place, None, "a date", "Give it")
            else:
                ends.append(self.cells.moment(place, text))
        if len(ends) < 2 or ends[0] is None or ends[1] is None:
            return []
        first, last = ends[0].date(), ends[1].date()
        if not 0 <= (last - first).days <= _LONGEST_PERIOD:
            place = Place(element.name, element.row, "ToDate")
            self.cells.refuse(place, str(last), f"a day within a hundred years from {first}", "Mend the period")
            return []
        return [first + _ONE_DAY * number for number in range((last - first).days + 1)]

    def _hours(self, day: Element) -> Hours:
        if day.get("DayWorking") not in YES:
            return ()
        spans = []
        for time in day.all("WorkingTimes", "WorkingTime"):
            begin, end = (_minute(time.get(name) or "") for name in ("FromTime", "ToTime"))
            if begin is None or end is None:
                told = f"{time.get('FromTime') or 'nothing'} to {time.get('ToTime') or 'nothing'}"
                expected = "times such as 08:00:00"
                self.cells.refuse(Place("WorkingTime", time.row, "FromTime"), told, expected, "Mend it")
            else:
                spans.append((begin, end or DAY))
        if not spans:
            self.cells.refuse(
                Place(day.name, day.row, "WorkingTimes"), None, "the hours of a day that is worked",
                "Give them, or say that it is off",
            )  # fmt: skip
        return merged(spans)


def _minute(time: str) -> int | None:
    match = _TIME.fullmatch(time)
    return int(match[1]) * 60 + int(match[2]) if match else None
