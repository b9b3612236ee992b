"""The launch again, as plainly as it can be said: one sample, one activity, one link and one day at a time.

It shares no code with the package and no table of working days: time is counted by walking from day to day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

TICKS = 1440
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Works = Callable[[int], bool]
"""Whether a day, counted from the first, is worked."""


class Done(NamedTuple):
    start: dict[str, int]
    finish: dict[str, int]
    driving: dict[str, set[str]]


def calendar(tables: dict[str, list[dict[str, Any]]], first: datetime.date, names: Iterable[str | None]) -> Works:
    """The days on which all of some calendars work."""
    needed = [name for name in names if name]

    def works(day: int) -> bool:
        date = first + datetime.timedelta(days=day)
        return all(_works(tables, name, date) for name in needed)

    return works


def _works(tables: dict[str, list[dict[str, Any]]], name: str, date: datetime.date) -> bool:
    row = next(row for row in tables["calendars"] if row["calendar"] == name)
    works = _NAMES[date.weekday()] in row.get("days", "mon tue wed thu fri").split()
    for off in sorted(tables.get("holidays", []), key=lambda row: row["from"]):
        until = off.get("until") or off["from"] + datetime.timedelta(days=1)
        if off["calendar"] == name and off["from"] <= date < until:
            works = off.get("works", "no") == "yes"
    return works


def work(works: Works, moment: int) -> int:
    """Working ticks before a moment."""
    day, rest = divmod(moment, TICKS)
    return sum(TICKS for earlier in range(day) if works(earlier)) + (rest if works(day) else 0)


def first_with(works: Works, needed: int) -> int:
    """The first moment with so many working ticks before it."""
    day = 0
    while needed > 0:
        if works(day):
            if needed <= TICKS:
                return day * TICKS + needed
            needed -= TICKS
        day += 1
    return 0


def last_with(works: Works, needed: int) -> int:
    """The last moment with so many working ticks before it."""
    day = 0
    while True:
        if works(day):
            if needed < TICKS:
                return day * TICKS + needed
            needed -= TICKS
        day += 1


def lagged(works: Works | None, moment: int, lag: int) -> int:
    if works is None or lag == 0:
        return moment + lag
    total = work(works, moment) + lag
    return first_with(works, total) if lag > 0 else last_with(works, max(total, 0))


def done(
    order: Iterable[str],
    duration: dict[str, int],
    calendars: dict[str, Works | None],
    links: list[tuple[str, str, str, int, Works | None]],
    earliest: dict[str, int],
    target: str,
) -> Done:
    """Start and finish every activity as early as its links (from, to, type, lag, on) allow; say what drives one."""
    start: dict[str, int] = {}
    finish: dict[str, int] = {}
    binds: dict[str, set[str]] = {}
    for name in order:
        works, takes = calendars[name], duration[name]
        bounds = []
        for before, after, kind, lag, on in links:
            if after == name:
                bounds.append((before, kind[1], lagged(on, (finish if kind[0] == "F" else start)[before], lag)))
        if takes == 0:
            at = max([earliest[name], *(moment for _, _, moment in bounds)])
            start[name] = finish[name] = at
            binds[name] = {before for before, _, moment in bounds if moment == at}
            continue

        def counted(moment: int, works: Works | None = works) -> int:
            return moment if works is None else work(works, moment)

        needed = [(before, counted(moment) - (takes if end == "F" else 0)) for before, end, moment in bounds]
        begins = max([counted(earliest[name]), *(ticks for _, ticks in needed)])
        start[name] = begins if works is None else last_with(works, begins)
        finish[name] = begins + takes if works is None else first_with(works, begins + takes)
        binds[name] = {before for before, ticks in needed if ticks == begins}
    driving, ahead = set(), [target]
    while ahead:
        name = ahead.pop()
        if name not in driving:
            driving.add(name)
            ahead.extend(binds[name])
    return Done(start, finish, {target: driving})
