"""A project of another tool becomes a case that is a launch programme by itself.

Durations become working days: minutes by the minutes of a day of the calendars that the task is worked on. What has
no counterpart is a problem, or where the programme still says the same work in the same order, a note.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.case import make_case
from coplant.case.found import Found
from coplant.case.rules.programme import WEEKDAYS
from coplant.errors import CaseError, Problem
from coplant.exchange.hours import DAY, WorkCalendar, covers, day_lengths, hours_on, length, runs, worked_before
from coplant.exchange.naming import Named, ids, one_line
from coplant.exchange.project import Assignment, Link, Project, Task
from coplant.launching.critical_path import early
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY as TICKS
from coplant.launching.working_time import day_of, last_day

NO_CURRENCY = "XXX"
"""ISO 4217 code of no currency."""

_LONGEST = 100 * 366
"""Days beyond which nothing is taken for the duration of a task or for a lag."""
_SHOWN = 5
"""Tasks that a note names."""
_SLACK = 1e-3
"""Share of a day by which moments may differ: minutes and ticks are rounded."""


class Imported(NamedTuple):
    """A case made of the file of another tool."""

    case: Case
    notes: tuple[str, ...]
    """What was left out, and what differs from what the file says; for whoever gave the file."""


def case_of(project: Project, origin: str, source: str) -> Imported:
    """Make a case of a project.

    Parameters
    ----------
    project : Project
        As read from the file.
    origin : str
        The file, as shown at the head of a list of problems.
    source : str
        The file, as the column ``source`` names it.

    Raises
    ------
    CaseError
        With every problem: those of the file, or if it has none, those of the case made of it. A row is the line of
        the file.
    """
    taking = _Taking(project)
    tables = taking.tables(source)
    if project.problems:
        raise CaseError(sorted(project.problems, key=lambda problem: problem.row or 0), origin)
    settings = {
        "name": one_line(project.name) or source,
        "title": project.title,
        "currency": project.currency or NO_CURRENCY,
        "start": project.start,
        "buckets": ["month:1"],
        "source": source,
    }
    if not project.currency:
        project.notes.append(f"The file names no currency: the case has {NO_CURRENCY}, the code of none")
    case = make_case(settings, tables, origin)
    programme = Programme.of(case)
    at = early(programme, programme.likely_duration())
    last = last_day(programme.first, at.finish).max().astype(object)
    months = (last.year - case.settings.start.year) * 12 + last.month - case.settings.start.month + 1
    case = case.edit("case", buckets=f"month:{max(months, 1)}")
    taking.compare(programme, at.start, at.finish)
    if not case["milestones"].height:
        project.notes.append("The file has no milestone: name the activity that ends the programme in milestones")
    return Imported(case, tuple(project.counted()))


class _Taking:
    """The tables of a case, made of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tasks = {task.key: task for task in project.tasks}
        self.ids = ids([Named(task.code or task.name, task.mark, task.key) for task in project.tasks])
        self.team_ids = ids([Named(team.code or team.name, team.key, team.key) for team in project.teams])
        self.calendars = {key: one for key, one in project.calendars.items() if not one.every_day}
        self.calendar_ids = ids([Named(one.name, key, key) for key, one in self.calendars.items()])
        assigned: dict[str, list[Assignment]] = {}
        for assignment in project.assignments:
            assigned.setdefault(assignment.task, []).append(assignment)
        self.minutes: dict[tuple[str, ...], int | None] = {(): DAY}
        """Minutes of a working day of calendars together, by their keys."""
        self.team_calendars = self._team_calendars(assigned)
        self.effective = {task.key: self._effective(task, assigned.get(task.key, [])) for task in project.tasks}

    def tables(self, source: str) -> dict[str, Found]:
        """Return the tables; what stands against them is added to the problems of the project."""
        project = self.project
        if not project.tasks and not project.problems:
            mend = "Choose a file with tasks that are no summaries"
            project.problems.append(Problem(project.words.task, None, None, None, "at least one task", mend))
        activities = [self._activity(task, source) for task in project.tasks]
        links = [self._link(link) for link in project.links]
        kept, holidays = self._calendars(source)
        return {
            "activities": _found(activities, [task.row for task in project.tasks]),
            "links": _found(links, [link.row for link in project.links]),
            "calendars": _found(kept, [self.calendars[row.pop("key")].row for row in kept]),
            "holidays": _found(holidays, [row.pop("row") for row in holidays]),
            "teams": _found([self._team(team, source) for team in project.teams], [team.row for team in project.teams]),
            "assignments": _found(
                [
                    {"activity": self.ids[one.task], "team": self.team_ids[one.team], "quantity": one.quantity}
                    for one in project.assignments
                ],
                [one.row for one in project.assignments],
            ),
            "milestones": _found(
                [
                    {"milestone": self.ids[task.key], "activity": self.ids[task.key], "target": task.target}
                    for task in project.tasks
                    if task.milestone or task.target
                ],
                [task.row for task in project.tasks if task.milestone or task.target],
            ),
        }

    def compare(self, programme: Programme, start: Any, finish: Any) -> None:
        """Note which tasks have other dates than the file says."""
        differ, place = [], {name: index for index, name in enumerate(programme.names)}
        for task in self.project.tasks:
            if task.start is None or task.finish is None:
                continue
            index = place[self.ids[task.key]]
            on = programme.precedence.calendar[index]
            worked = programme.precedence.worked[on]
            calendars = [self.calendars[key] for key in self.effective[task.key]]
            minutes = self._minutes_of_a_day(self.effective[task.key]) or DAY
            days = [
                _working_day(when, programme.first, worked, calendars, minutes) for when in (task.start, task.finish)
            ]
            here = [_work(int(moment), worked) for moment in (start[index], finish[index])]
            if not _same_days(days, here, task.minutes > 0, every_day=on == 0):
                day = day_of if task.minutes > 0 else last_day
                begins, ends = day(programme.first, start[index]), last_day(programme.first, finish[index])
                differ.append(
                    f"{self.ids[task.key]} {begins} to {ends}, in the file {task.start:%Y-%m-%d} to"
                    f" {task.finish:%Y-%m-%d}"
                )
        if differ:
            more = f"; and {len(differ) - _SHOWN} more" if len(differ) > _SHOWN else ""
            begun = ", of which work on some has begun" if any(task.begun for task in self.project.tasks) else ""
            self.project.notes.append(
                f"{len(differ)} of {len(self.project.tasks)} tasks{begun} have other dates here than in the file:"
                f" {'; '.join(differ[:_SHOWN])}{more}"
            )

    # -- what a task is worked on ---------------------------------------------------------------------------------

    def _team_calendars(self, assigned: dict[str, list[Assignment]]) -> dict[str, str | None]:
        """Calendar of each team in the case, by its key: none where it would move tasks that it does not move."""
        teams = {team.key: team for team in self.project.teams}
        heeded, moved = set(), set()
        for key, assignments in assigned.items():
            task = self.tasks[key]
            own = self.calendars.get(task.calendar or "") if not task.elapsed else None
            for assignment in assignments:
                calendar = self.calendars.get(teams[assignment.team].calendar or "")
                if task.heeds_teams and not task.elapsed:
                    heeded.add(assignment.team)
                elif calendar is not None and not covers(calendar, own):
                    moved.add(assignment.team)
        for key in sorted(moved):
            what = "moves here also tasks that it does not move there" if key in heeded else "is not taken over"
            self.project.notes.append(f"The calendar of the team {self.team_ids[key]} {what}")
        return {
            key: None if key in moved - heeded or team.calendar not in self.calendars else team.calendar
            for key, team in teams.items()
        }

    def _effective(self, task: Task, assignments: list[Assignment]) -> tuple[str, ...]:
        """Keys of the calendars on which a task's minutes count, those of every day left out."""
        if task.elapsed:
            return ()
        keys = [task.calendar]
        if task.heeds_teams:
            keys += [self.team_calendars[assignment.team] for assignment in assignments]
        return tuple(sorted({key for key in keys if key in self.calendars}))

    def _works_on(self, task: str, calendar: str) -> bool:
        """Whether a task is worked on when a calendar works, and then only."""
        keys = self.effective[task]
        return calendar in keys and all(covers(self.calendars[key], self.calendars[calendar]) for key in keys)

    def _minutes_of_a_day(self, keys: tuple[str, ...]) -> int | None:
        """Minutes of a working day of some calendars together; None where they are not told, which is a problem."""
        if keys not in self.minutes:
            self.minutes[keys] = None if self.project.doubtful.intersection(keys) else self._measured(keys)
        return self.minutes[keys]

    def _measured(self, keys: tuple[str, ...]) -> int | None:
        """Minutes of a working day of some calendars together; None where days are of several lengths."""
        calendars = [self.calendars[key] for key in keys]
        lengths = day_lengths(calendars)
        names = " and ".join(calendar.name for calendar in calendars)
        if len(lengths) == 1 and lengths[0] > 0:
            shown = calendars[0].shown
            if len(keys) == 1 and shown is not None and shown != lengths[0]:
                self.project.notes.append(
                    f"The file shows {shown / 60:g} h as a day, and a day on the calendar {names} has"
                    f" {lengths[0] / 60:g} h: durations are taken by their hours"
                )
            return lengths[0]
        told = ", ".join(f"{minutes / 60:g} h" for minutes in lengths) or "no day at all"
        together = " of which are worked together" if len(keys) > 1 else ""
        self.project.problems.append(Problem(
            self.project.words.calendar, calendars[0].row, self.project.words.hours, told,
            f"working days of one length, all hours{together}, on the calendar {names}",
            "Give all its working days the same hours; take a shorter day for a whole one, or for a day off",
        ))  # fmt: skip
        return None

    # -- rows -----------------------------------------------------------------------------------------------------

    def _activity(self, task: Task, source: str) -> dict[str, Any]:
        minutes = self._minutes_of_a_day(self.effective[task.key])
        days = task.minutes / minutes if minutes else 0.0
        self._refuse_endless(self.project.words.task, task.row, self.project.words.duration, days)
        name = one_line(task.name)
        return {
            "activity": self.ids[task.key],
            "title": name if name and name != self.ids[task.key] else None,
            "phase": " / ".join(task.phase) or None,
            "likely": days,
            "calendar": self.calendar_ids.get(task.calendar or "") if not task.elapsed else None,
            "from": self._first_day(task),
            "source": f"{source}, task {task.key}",
            "note": task.note,
        }

    def _first_day(self, task: Task) -> datetime.date | None:
        """Day before which a task does not start."""
        if task.not_before is None:
            return None
        day, minute = task.not_before.date(), task.not_before.hour * 60 + task.not_before.minute
        key = task.calendar if not task.elapsed and task.calendar else self.project.calendar
        hours = self.project.calendars[key].on(day) if key in self.project.calendars else ()
        worked = worked_before(hours, minute)
        if worked and worked == length(hours):
            return day + datetime.timedelta(days=1)
        if worked:
            self.project.count("Time of day before which a task does not start: its whole day counts")
        return day

    def _link(self, link: Link) -> dict[str, Any]:
        row = {"predecessor": self.ids[link.predecessor], "successor": self.ids[link.successor], "type": link.type}
        if not link.minutes:
            return row
        if link.calendar is None or link.calendar not in self.calendars:
            of_a_day = self._minutes_of_a_day(())
            round_the_clock = link.calendar is not None and not self.effective[link.successor]
            counted = "successor" if round_the_clock else "elapsed"
        else:
            of_a_day = self._minutes_of_a_day((link.calendar,))
            counted = "successor"
            if not self._works_on(link.successor, link.calendar):
                if self._works_on(link.predecessor, link.calendar):
                    counted = "predecessor"
                else:
                    name = self.calendar_ids[link.calendar]
                    self.project.count(
                        f"Lag that counts on the calendar {name}, on which neither task is worked alone:"
                        " here it counts on the successor's"
                    )
        days = link.minutes / of_a_day if of_a_day else 0.0
        self._refuse_endless(self.project.words.link, link.row, "lag", days)
        return row | {"lag": days, "lag_calendar": counted}

    def _refuse_endless(self, table: str, row: int, column: str, days: float) -> None:
        if abs(days) > _LONGEST:
            expected = f"at most {_LONGEST:,} working days"
            self.project.problems.append(Problem(table, row, column, f"{days:g} days", expected, "Mend it"))

    def _team(self, team: Any, source: str) -> dict[str, Any]:
        name = one_line(team.name)
        calendar = self.team_calendars[team.key]
        return {
            "team": self.team_ids[team.key],
            "title": name if name and name != self.team_ids[team.key] else None,
            "capacity": team.capacity,
            "calendar": self.calendar_ids[calendar] if calendar else None,
            "source": f"{source}, resource {team.key}",
        }

    def _calendars(self, source: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows of calendars and holidays; a calendar that nothing uses is left out if a case cannot have it."""
        used = {key for keys in self.effective.values() for key in keys}
        used |= {key for key in self.team_calendars.values() if key}
        kept, holidays = [], []
        for key, calendar in self.calendars.items():
            if key not in used and len(day_lengths([calendar])) != 1:
                name = self.calendar_ids[key]
                self.project.notes.append(
                    f"The calendar {name} is left out: nothing uses it, and its days are of several lengths"
                )
                continue
            days = " ".join(name for name, hours in zip(WEEKDAYS, calendar.week, strict=True) if hours)
            kept.append(
                {"key": key, "calendar": self.calendar_ids[key], "days": days, "source": f"{source}, calendar {key}"}
            )
            holidays += self._holidays(calendar)
        return kept, holidays

    def _holidays(self, calendar: WorkCalendar) -> list[dict[str, Any]]:
        """Days that are not like their day of the week, those that follow one another in one row."""
        days = {
            day: ("yes" if hours else "no", one_line(name) or None) for day, (hours, name) in calendar.dates.items()
        }
        return [
            {"calendar": self.calendar_ids[calendar.key], "from": first, "until": last + datetime.timedelta(days=1),
             "works": works, "note": name, "row": calendar.row}
            for first, last, (works, name) in runs(days)
        ]  # fmt: skip


def _found(rows: list[dict[str, Any]], lines: Iterable[int]) -> Found:
    return Found.of(rows, pl.Series(list(lines), dtype=pl.Int64))


def _working_day(
    when: datetime.datetime, first: np.datetime64, worked: Any, calendars: list[WorkCalendar], minutes: int
) -> float:
    """Working days of some calendars before a moment of the file."""
    day = int((np.datetime64(when.date(), "D") - first).astype(np.int64))
    inside = min(max(day, 0), len(worked) - 2)
    share = 0.0
    if day == inside and worked[day + 1] > worked[day]:
        minute = when.hour * 60 + when.minute + when.second / 60
        share = worked_before(hours_on(calendars, when.date()), minute) / minutes
    # A day before the first is as many before.
    return float(worked[inside]) + share + min(day, 0)


def _work(moment: int, worked: Any) -> float:
    """Working days before a moment of the case."""
    day = min(moment // TICKS, len(worked) - 2)
    return float(worked[day] + (worked[day + 1] - worked[day]) * (moment - day * TICKS) / TICKS)


def _same_days(there: list[float], here: list[float], lasts: bool, every_day: bool) -> bool:
    """Whether a task starts and ends on the same working days, both counted from the first.

    What takes no time is on the day it opens or on the one it closes, and so is what goes on round the clock, where a
    day's work is over with the hours of the day there and at midnight here.
    """
    opens = [math.floor(this + _SLACK) == math.floor(other + _SLACK) for this, other in zip(there, here, strict=True)]
    closes = [math.ceil(this - _SLACK) == math.ceil(other - _SLACK) for this, other in zip(there, here, strict=True)]
    if lasts and not every_day:
        return opens[0] and closes[1]
    return all(one or other for one, other in zip(opens, closes, strict=True))
