"""A launch programme becomes a project of another tool: likely durations, and the dates of the critical path.

A working day of the case becomes one of eight hours, and what is worked on every day a calendar that works round the
clock. What a project cannot say is left out, and noted.
"""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.rules.programme import WEEKDAYS
from coplant.errors import CaseError, Problem
from coplant.exchange.hours import DAY, OFFICE, ROUND_THE_CLOCK, WorkCalendar, covers, finish_after, length, start_after
from coplant.exchange.project import Assignment, Link, Project, Task, Team, Words
from coplant.launching import working_time
from coplant.launching.critical_path import early
from coplant.launching.programme import Programme
from coplant.schema import TABLES

EVERY_DAY = ""
"""Key of the calendar that works round the clock."""

_TAKEN = ("activities", "links", "calendars", "holidays", "teams", "assignments", "milestones")
_UNCERTAIN = ("observations", "drivers", "driven", "events", "know_how", "advisory_effects")
_SHOWN = 5
"""Tables that a note names."""

_Names = frozenset[str]


def project_of(case: Case, words: Words) -> Project:
    """Make a project of the launch programme of a case.

    Parameters
    ----------
    case : Case
        The case.
    words : Words
        Of the format to which it is written.

    Returns
    -------
    Project
        Without links, whose lags count on what each format can say; see `link_of`.

    Raises
    ------
    CaseError
        The case has no activities.
    """
    if case["activities"].is_empty():
        mend = "Add the activities of a launch programme, or write the case to a folder or a workbook"
        raise CaseError([Problem("activities", None, None, None, "at least one row in this table", mend)])
    settings = case.settings
    project = Project(words, settings.name, settings.title, settings.currency, settings.start)
    project.calendars = _calendars(case)
    used = Counter(case["activities"]["calendar"].drop_nulls().to_list())
    project.calendar = used.most_common(1)[0][0] if used else EVERY_DAY
    project.teams = [
        Team(row["team"], 0, row["title"] or row["team"], row["team"], row["capacity"], row["calendar"] or EVERY_DAY)
        for row in case["teams"].iter_rows(named=True)
    ]
    project.assignments = [
        Assignment(0, *row) for row in case["assignments"].select("activity", "team", "quantity").iter_rows()
    ]
    project.tasks = _tasks(case)
    _note_what_is_left_out(case, project)
    return project


def worked_on(case: Case) -> dict[str, _Names]:
    """Calendars on all of which each activity is worked on; none for every day."""
    teams = dict(case["teams"].select("team", "calendar").iter_rows())
    names: dict[str, set[str | None]] = {
        activity: {calendar} for activity, calendar in case["activities"].select("activity", "calendar").iter_rows()
    }
    for activity, team in case["assignments"].select("activity", "team").iter_rows():
        names[activity].add(teams[team])
    return {activity: frozenset(name for name in its if name is not None) for activity, its in names.items()}


def same_days(project: Project, names: _Names, key: str | None) -> bool:
    """Whether some calendars together work on the days of one of them; None and `EVERY_DAY` work on every day."""
    if key in (None, EVERY_DAY):
        return not names
    calendars = project.calendars
    return key in names and all(covers(calendars[name], calendars[key]) for name in names)


def minutes_of_a_day(key: str | None) -> int:
    """Minutes of a working day of a calendar."""
    return DAY if key in (None, EVERY_DAY) else length(OFFICE)


def link_of(row: dict[str, Any], calendar: str | None) -> Link:
    """A link whose lag counts on a calendar."""
    minutes = row["lag"] * minutes_of_a_day(calendar)
    return Link(0, row["predecessor"], row["successor"], row["type"], minutes, calendar)


def _calendars(case: Case) -> dict[str, WorkCalendar]:
    calendars = {EVERY_DAY: WorkCalendar(EVERY_DAY, "Every day", 0, (ROUND_THE_CLOCK,) * 7)}
    for name, days in case["calendars"].select("calendar", "days").iter_rows():
        worked = days.lower().split()
        week = tuple(OFFICE if day in worked else () for day in WEEKDAYS)
        calendars[name] = WorkCalendar(name, name, 0, week)
    for row in case["holidays"].iter_rows(named=True):
        day, until = row["from"], row["until"] or row["from"] + datetime.timedelta(days=1)
        while day < until:
            hours = OFFICE if row["works"] == "yes" else ()
            calendars[row["calendar"]].dates[day] = (hours, row["note"] or "")
            day += datetime.timedelta(days=1)
    return calendars


def _tasks(case: Case) -> list[Task]:
    programme = Programme.of(case)
    at = early(programme, programme.likely_duration())
    place = {name: index for index, name in enumerate(programme.names)}
    on = worked_on(case)
    targets = dict(case["milestones"].drop_nulls("activity").select("activity", "target").iter_rows())
    tasks = []
    for row in case["activities"].iter_rows(named=True):
        name, its = row["activity"], place[row["activity"]]
        # Without a calendar of its own it is worked on when its teams work.
        calendar = row["calendar"] or (None if on[name] else EVERY_DAY)
        begins = row["from"]
        ticks = int(at.duration[its])
        start, finish = _moments(programme, its, ticks, int(at.start[its]), int(at.finish[its]))
        tasks.append(Task(
            name, 0, row["title"] or name, ticks * (length(OFFICE) if on[name] else DAY) / working_time.DAY,
            code=name,
            phase=tuple(row["phase"].split(" / ")) if row["phase"] else (),
            calendar=calendar,
            not_before=begins and datetime.datetime.combine(begins, datetime.time(8 if calendar else 0)),
            milestone=name in targets,
            target=targets.get(name),
            note=row["note"],
            start=start,
            finish=finish,
        ))  # fmt: skip
    return tasks


def _moments(
    programme: Programme, activity: int, ticks: int, start: int, finish: int
) -> tuple[datetime.datetime, datetime.datetime]:
    """Start and finish of an activity as moments of a calendar of eight hours a day, or round the clock."""
    on = programme.precedence.calendar[activity]
    if on == 0:
        return _round_the_clock(programme, start), _round_the_clock(programme, finish)
    if ticks > 0:
        return _begins(programme, start), _ends(programme, finish)
    worked, day = programme.precedence.worked[on], programme.precedence.day[on]
    work = working_time.work_before(worked, start)
    if work <= 0 or start == programme.least_start[activity]:
        moment = _begins(programme, working_time.start_after(day, work))
    else:
        moment = _ends(programme, working_time.finish_after(day, work))
    return moment, moment


def _round_the_clock(programme: Programme, moment: int) -> datetime.datetime:
    first: datetime.date = programme.first.astype(object)
    return datetime.datetime.combine(first, datetime.time()) + datetime.timedelta(
        minutes=moment * DAY / working_time.DAY
    )


def _begins(programme: Programme, moment: int) -> datetime.datetime:
    day, ticks = divmod(moment, working_time.DAY)
    return _at(programme.first, day, start_after(OFFICE, ticks * length(OFFICE) / working_time.DAY))


def _ends(programme: Programme, moment: int) -> datetime.datetime:
    day = (moment - 1) // working_time.DAY
    ticks = moment - day * working_time.DAY
    return _at(programme.first, day, finish_after(OFFICE, ticks * length(OFFICE) / working_time.DAY))


def _at(first: np.datetime64, day: int, minute: float) -> datetime.datetime:
    date: datetime.date = (first + np.timedelta64(day, "D")).astype(object)
    return datetime.datetime.combine(date, datetime.time()) + datetime.timedelta(seconds=round(minute * 60))


def _note_what_is_left_out(case: Case, project: Project) -> None:
    varied = case["activities"].filter(
        (pl.col("distribution") != "fixed") | (pl.col("low").is_not_null()) | (pl.col("high").is_not_null())
    )
    if varied.height:
        project.notes.append(f"How durations vary is left out ({varied.height}): each is the likely one")
    uncertain = [f"{name} ({case[name].height})" for name in _UNCERTAIN if case[name].height]
    if uncertain:
        project.notes.append(f"What makes durations uncertain is left out: {', '.join(uncertain)}")
    most = case["links"]["most_lag"].drop_nulls().len()
    if most:
        project.notes.append(f"Most lags are left out ({most})")
    milestones = case["milestones"]
    dated = milestones.filter(pl.col("activity").is_null())
    if dated.height:
        project.notes.append(f"Milestones with a date and no activity are left out: {', '.join(dated['milestone'])}")
    renamed = milestones.filter(pl.col("activity") != pl.col("milestone"))
    if renamed.height:
        told = ", ".join(f"{name} by {activity}" for name, activity in renamed["milestone", "activity"].iter_rows())
        project.notes.append(f"Milestones are named like the activities that end them: {told}")
    if case["calendars"]["title"].drop_nulls().len():
        project.notes.append("Titles of calendars are left out")
    others = [name for name in TABLES if name not in ("case", *_TAKEN, *_UNCERTAIN) and case[name].height]
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        project.notes.append(f"Tables that are no programme are left out: {', '.join(others[:_SHOWN])}{more}")
