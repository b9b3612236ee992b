"""The text that a calendar of an XER file is: parts in parts, each ``(0||name(key|value)(parts))``."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from coplant.exchange.hours import DAY, Hours, WorkCalendar, merged

_FIRST_SERIAL = datetime.date(1899, 12, 30)
"""Day from which days are counted."""


@dataclass
class _Node:
    """A part of the text of a calendar: ``(0||name(key|value)(parts))``."""

    name: str
    values: dict[str, str]
    children: list[_Node]

    def one(self, name: str) -> _Node:
        """The part of a name; KeyError if there is none."""
        return {child.name: child for child in self.children}[name]

    def parts_of(self, name: str) -> list[_Node]:
        """Parts of the part of a name; none if there is none."""
        return [part for child in self.children if child.name == name for part in child.children]


def days_of(text: str) -> tuple[tuple[Hours, ...], dict[datetime.date, tuple[Hours, str]]]:
    """Read the text of a calendar: hours of Monday to Sunday, and dates that are not like their day of the week.

    Raises
    ------
    ValueError
        It is no such text, is cut off, or leaves a day of the week out.
    """
    try:
        data = _parsed(text)
        week = {int(day.name): _hours(day) for day in data.one("DaysOfWeek").children}
        dates = {
            _FIRST_SERIAL + datetime.timedelta(days=int(day.values["d"])): (_hours(day), "")
            for day in data.parts_of("Exceptions")
        }
    except KeyError as error:
        raise ValueError(f"{error} is not there") from error
    except OverflowError as error:
        raise ValueError("a day of no year") from error
    if set(week) != set(range(1, 8)):
        raise ValueError("not all days of the week are there")
    # They count from 1 for Sunday.
    return tuple(week[number] for number in (2, 3, 4, 5, 6, 7, 1)), dates


_PART = re.compile(r"\(\d+\|\|([^()|]*)\(([^()]*)\)\(")
_DEEPEST = 10


def _parsed(text: str) -> _Node:
    """Read the text of a calendar; ValueError where it is none."""
    text = re.sub("[\x00-\x20\x7f]+", "", text)
    root = _Node("", {}, [])
    above = [root]
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match:
            values = match[2].split("|") if match[2] else []
            node = _Node(match[1], dict(zip(values[::2], values[1::2], strict=True)), [])
            above[-1].children.append(node)
            above.append(node)
            at = match.end()
        elif text.startswith("))", at) and len(above) > 1:
            above.pop()
            at += 2
        else:
            raise ValueError(f"not readable from {text[at : at + 20]!r} on")
        if len(above) > _DEEPEST:
            raise ValueError("parts too deep in one another")
    if len(above) > 1 or len(root.children) != 1:
        raise ValueError("cut off" if len(above) > 1 else "nothing there")
    return root.children[0]


def _hours(day: _Node) -> Hours:
    spans = []
    for shift in day.children:
        begin, end = (_minute(shift.values[key]) for key in ("s", "f"))
        spans.append((begin, end or DAY))
    return merged(spans)


def _minute(time: str) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", time)
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        raise ValueError(f"{time!r} is no time such as 08:00")
    return int(match[1]) * 60 + int(match[2])


def text_of(calendar: WorkCalendar) -> str:
    """The text of a calendar."""
    sunday_first = enumerate([calendar.week[-1], *calendar.week[:-1]], start=1)
    days = "".join(f"(0||{number}()({_shifts(hours)}))" for number, hours in sunday_first)
    exceptions = "".join(
        f"(0||{number}(d|{(day - _FIRST_SERIAL).days})({_shifts(hours)}))"
        for number, (day, (hours, _)) in enumerate(sorted(calendar.dates.items()))
    )
    return f"(0||CalendarData()((0||DaysOfWeek()({days}))(0||VIEW(ShowTotal|N)())(0||Exceptions()({exceptions}))))"


def _shifts(hours: Hours) -> str:
    return "".join(
        f"(0||{number}(s|{_time(begin)}|f|{_time(end % DAY)})())" for number, (begin, end) in enumerate(hours)
    )


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
