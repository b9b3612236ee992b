"""The launch again, as plainly as it can be said: one sample, one activity, one link and one day at a time.

It shares no code with the package and no table of working days: time is counted by walking from day to day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from functools import cache
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
    """Working ticks before a moment; none before the first morning."""
    day, rest = divmod(max(moment, 0), TICKS)
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


class Network(NamedTuple):
    """A programme with certain durations."""

    order: tuple[str, ...]
    duration: dict[str, int]
    calendars: dict[str, Works | None]
    links: list[tuple[str, str, str, int, Works | None]]
    """From, to, type, lag, and the calendar it counts on."""
    earliest: dict[str, int]
    takes: dict[str, dict[str, float]]
    """How much of which teams each activity takes."""
    capacity: dict[str, float]

    def counted(self, name: str, moment: int) -> int:
        """Working ticks of an activity before a moment; a point in time knows no days off."""
        works = self.calendars[name] if self.duration[name] else None
        return moment if works is None else work(works, moment)

    def placed(self, name: str, ticks: int) -> tuple[int, int]:
        """Start and finish of an activity that starts after so many working ticks."""
        works, takes = self.calendars[name], self.duration[name]
        if works is None or takes == 0:
            return ticks, ticks + takes
        return last_with(works, ticks), first_with(works, ticks + takes)

    def needed(self, name: str, start: dict[str, int], finish: dict[str, int]) -> list[tuple[str | None, int]]:
        """Working ticks after which an activity can start, by what it comes after."""
        needed: list[tuple[str | None, int]] = [(None, self.counted(name, self.earliest[name]))]
        for before, after, kind, lag, on in self.links:
            if after == name:
                moment = lagged(on, (finish if kind[0] == "F" else start)[before], lag)
                needed.append((before, self.counted(name, moment) - (self.duration[name] if kind[1] == "F" else 0)))
        return needed

    def short(self, name: str, moments: tuple[int, int], start: dict[str, int], finish: dict[str, int]) -> str | None:
        """The first team that has no room for an activity between two moments beside those that are placed."""
        begin, end = moments
        for team, capacity in self.capacity.items():
            others = [other for other in finish if team in self.takes[other]]
            for moment in (begin, *(start[other] for other in others)):
                held = sum(self.takes[other][team] for other in others if start[other] <= moment < finish[other])
                if begin <= moment < end and team in self.takes[name] and held + self.takes[name][team] > capacity:
                    return team
        return None


def done(network: Network, target: str) -> Done:
    """Start and finish every activity as early as its links and teams allow; say what drives one."""
    start: dict[str, int] = {}
    finish: dict[str, int] = {}
    binds: dict[str, set[str]] = {}
    for name in network.order:
        needed = network.needed(name, start, finish)
        begins = max(ticks for _, ticks in needed)
        freed = {network.counted(name, moment) for moment in finish.values()}
        while network.short(name, network.placed(name, begins), start, finish):
            begins = min(ticks for ticks in freed if ticks > begins)
        binds[name] = {before for before, ticks in needed if before and ticks == begins}
        if begins > max(ticks for _, ticks in needed):
            team = network.short(name, network.placed(name, begins - 1), start, finish)
            binds[name] = {
                other for other in finish if team in network.takes[other] and network.duration[other]
                and network.counted(name, finish[other]) == begins
            }  # fmt: skip
        start[name], finish[name] = network.placed(name, begins)
    driving, ahead = set(), [target]
    while ahead:
        name = ahead.pop()
        if name not in driving:
            driving.add(name)
            ahead.extend(binds[name])
    return Done(start, finish, {target: driving})


def can_end_before(network: Network, moment: int, unit: int) -> bool:
    """Whether everything can be done before a moment, by trying every start of what takes a team, a unit apart."""

    placed = cache(network.placed)

    def rest(number: int, start: dict[str, int], finish: dict[str, int]) -> bool:
        if number == len(network.order):
            return True
        name = network.order[number]
        begins = max(ticks for _, ticks in network.needed(name, start, finish))
        while (moments := placed(name, begins))[1] < moment:
            if network.short(name, moments, start, finish) is None:
                begin, end = moments
                if rest(number + 1, {**start, name: begin}, {**finish, name: end}):
                    return True
            if not network.takes[name]:
                return False
            begins += unit
        return False

    return rest(0, {}, {})
