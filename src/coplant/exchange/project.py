"""A project as tools for projects keep it, whatever the format: minutes, hours of the day, dates that are moments."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from coplant.errors import Problem
from coplant.exchange.hours import WorkCalendar


class Words(NamedTuple):
    """What a format calls its tables and columns, to say where a problem is."""

    tool: str
    calendar: str
    hours: str
    task: str
    duration: str
    link: str


@dataclass
class Task:
    """Something to do.

    Attributes
    ----------
    key : str
        What the file calls it by.
    row : int
        The line of the file in which it stands.
    name : str
        Its name.
    minutes : float
        Working minutes it takes.
    code : str or None
        What people call it by, where that is not its name.
    mark : str
        What tells it from others of the same name.
    phase : tuple of str
        What it is part of, the largest first.
    calendar : str or None
        Key of its own calendar; None for none.
    elapsed : bool
        Whether its minutes are of the clock, on any day.
    heeds_teams : bool
        Whether it is worked on only when its teams work.
    not_before : datetime or None
        Moment before which it does not start.
    milestone : bool
        Whether it is marked as a milestone.
    target : date or None
        Day by which it should be done.
    note : str or None
        A remark.
    start, finish : datetime or None
        When the file says that it starts and ends.
    begun : bool
        Whether work on it has begun.
    """

    key: str
    row: int
    name: str
    minutes: float
    code: str | None = None
    mark: str = ""
    phase: tuple[str, ...] = ()
    calendar: str | None = None
    elapsed: bool = False
    heeds_teams: bool = True
    not_before: datetime.datetime | None = None
    milestone: bool = False
    target: datetime.date | None = None
    note: str | None = None
    start: datetime.datetime | None = None
    finish: datetime.datetime | None = None
    begun: bool = False


class Link(NamedTuple):
    """What has to come before a task."""

    row: int
    predecessor: str
    successor: str
    type: str
    minutes: float
    """Least minutes between the two."""
    calendar: str | None
    """Key of the calendar on which they count; None for the clock."""


class Team(NamedTuple):
    """Who does tasks."""

    key: str
    row: int
    name: str
    code: str | None
    capacity: float | None
    calendar: str | None
    """Key of its calendar; None for every day."""


class Assignment(NamedTuple):
    """A team that a task takes."""

    row: int
    task: str
    team: str
    quantity: float | None


@dataclass
class Project:
    """All that is taken from a file or put into one, with what is wrong about it and what is left out.

    Attributes
    ----------
    words : Words
        What its format calls things.
    name : str
        Its name.
    title : str or None
        What it is about.
    currency : str or None
        ISO 4217 code.
    start : date or None
        Its first day.
    calendar : str or None
        Key of the calendar that new tasks get.
    calendars, tasks, links, teams, assignments
        See there; calendars by key.
    doubtful : set of str
        Keys of calendars with problems, whose hours are not told.
    problems : list of Problem
        What cannot be read, or said in a case.
    notes : list of str
        What is left out, and what differs.
    """

    words: Words
    name: str = ""
    title: str | None = None
    currency: str | None = None
    start: datetime.date | None = None
    calendar: str | None = None
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    tasks: list[Task] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def count(self, what: str) -> None:
        """Count one more of what is left out; said once by `counted`."""
        self._counts[what] += 1

    def counted(self) -> list[str]:
        """Notes, with one for each thing that was counted."""
        return [*self.notes, *(f"{what} ({count})" for what, count in self._counts.items())]
