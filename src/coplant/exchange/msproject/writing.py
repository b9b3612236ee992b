"""Microsoft Project's XML written, its elements in the order of the schema."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET
from pathlib import Path

from coplant.case import Case
from coplant.case.files import written_whole
from coplant.exchange.giving import EVERY_DAY, link_of, project_of, same_days, worked_on
from coplant.exchange.hours import DAY, Hours, WorkCalendar, runs
from coplant.exchange.msproject.codes import (
    AS_SOON_AS_POSSIBLE,
    NAMESPACE,
    NOT_BEFORE,
    TYPES,
    WORDS,
    weekday_of,
)
from coplant.exchange.project import Project


def write_case(case: Case, path: Path) -> tuple[str, ...]:
    """Write the launch programme of a case to a file, and return what is left out or reckoned otherwise there."""
    project, on = project_of(case, WORDS), worked_on(case)
    own = {task.key: task.calendar for task in project.tasks}
    for row in case["links"].iter_rows(named=True):
        counted = on[row[row["lag_calendar"]]] if row["lag_calendar"] != "elapsed" else frozenset()
        its = own[row["successor"]]
        calendar = project.calendar if its is None else its
        if not counted and not (row["lag_calendar"] == "successor" and calendar == EVERY_DAY):
            calendar = None
        if row["lag"] and not same_days(project, counted, calendar):
            project.count("Lag that counts there on the successor's own calendar, or on the project's")
        project.links.append(link_of(row, calendar))
    for key, calendar in own.items():
        if calendar is None and len(on[key]) > 1:
            project.count("Activity whose teams work together here, and there each on its own calendar")
    _write(project, path)
    return tuple(project.counted())


def _write(project: Project, path: Path) -> None:
    root = ET.Element("Project", xmlns=NAMESPACE)
    uids = {key: str(number) for number, key in enumerate(project.calendars, start=1)}
    minutes = str(8 * 60)
    finish = max((task.finish for task in project.tasks if task.finish), default=None)
    _add(root, SaveVersion="14", Name=project.name, Title=project.title, ScheduleFromStart="1",
         StartDate=f"{project.start}T08:00:00", FinishDate=_moment(finish), CurrencyCode=project.currency,
         CalendarUID=uids[project.calendar or ""], DefaultStartTime="08:00:00", DefaultFinishTime="17:00:00",
         MinutesPerDay=minutes, MinutesPerWeek=str(5 * 8 * 60), DaysPerMonth="20")  # fmt: skip
    calendars = ET.SubElement(root, "Calendars")
    for key, calendar in project.calendars.items():
        _write_calendar(calendars, uids[key], calendar)
    team_uids = {team.key: str(number) for number, team in enumerate(project.teams, start=1)}
    team_calendars = {team.key: str(len(uids) + number) for number, team in enumerate(project.teams, start=1)}
    for team in project.teams:
        own = ET.SubElement(calendars, "Calendar")
        base = uids[team.calendar or ""]
        _add(own, UID=team_calendars[team.key], Name=team.name, IsBaseCalendar="0", BaseCalendarUID=base)
    task_uids = _write_tasks(root, project, uids)
    resources = ET.SubElement(root, "Resources")
    for number, team in enumerate(project.teams, start=1):
        capacity = None if team.capacity is None else f"{team.capacity:.12g}"
        _add(ET.SubElement(resources, "Resource"), UID=team_uids[team.key], ID=str(number), Name=team.name, Type="1",
             Code=team.code, MaxUnits=capacity, CalendarUID=team_calendars[team.key])  # fmt: skip
    assignments = ET.SubElement(root, "Assignments")
    for number, one in enumerate(project.assignments, start=1):
        quantity = None if one.quantity is None else f"{one.quantity:.12g}"
        _add(ET.SubElement(assignments, "Assignment"), UID=str(number), TaskUID=task_uids[one.task],
             ResourceUID=team_uids[one.team], Units=quantity)  # fmt: skip
    ET.indent(root)
    with written_whole(path) as place:
        ET.ElementTree(root).write(place, encoding="UTF-8", xml_declaration=True)


def _write_calendar(calendars: ET.Element, uid: str, calendar: WorkCalendar) -> None:
    element = ET.SubElement(calendars, "Calendar")
    _add(element, UID=uid, Name=calendar.name, IsBaseCalendar="1", BaseCalendarUID="-1")
    week = ET.SubElement(element, "WeekDays")
    for number in range(1, 8):
        _write_day(ET.SubElement(week, "WeekDay"), calendar.week[weekday_of(number)], DayType=str(number))
    exceptions = None
    for first, last, (hours, name) in runs(calendar.dates):
        exceptions = ET.SubElement(element, "Exceptions") if exceptions is None else exceptions
        exception = ET.SubElement(exceptions, "Exception")
        _add(exception, EnteredByOccurrences="0")
        _add(ET.SubElement(exception, "TimePeriod"), FromDate=f"{first}T00:00:00", ToDate=f"{last}T23:59:00")
        _write_day(exception, hours, Occurrences=str((last - first).days + 1), Name=name or None, Type="1")


def _write_day(day: ET.Element, hours: Hours, **before: str | None) -> None:
    _add(day, **before, DayWorking="1" if hours else "0")
    times = ET.SubElement(day, "WorkingTimes") if hours else None
    for begin, end in hours:
        if times is not None:
            _add(ET.SubElement(times, "WorkingTime"), FromTime=_time(begin), ToTime=_time(end % DAY))


def _write_tasks(root: ET.Element, project: Project, calendars: dict[str, str]) -> dict[str, str]:
    """Write tasks under the summaries of their phases, and return their UIDs."""
    tasks = ET.SubElement(root, "Tasks")
    uids: dict[str, str] = {}
    elements: dict[str, ET.Element] = {}
    above: tuple[str, ...] = ()
    number = 0
    for task in sorted(project.tasks, key=lambda task: task.phase):
        shared = 0
        while shared < min(len(above), len(task.phase)) and above[shared] == task.phase[shared]:
            shared += 1
        for level in range(shared, len(task.phase)):
            number += 1
            _add(ET.SubElement(tasks, "Task"), UID=str(number), ID=str(number), Name=task.phase[level],
                 OutlineLevel=str(level + 1), Summary="1")  # fmt: skip
        above, number = task.phase, number + 1
        uids[task.key] = str(number)
        elements[task.key] = element = ET.SubElement(tasks, "Task")
        constrained = task.not_before is not None
        seconds = round(task.minutes * 60)
        _add(element, UID=str(number), ID=str(number), Name=task.name, Active="1", Manual="0", Type="1", WBS=task.code,
             OutlineLevel=str(len(above) + 1), Start=_moment(task.start), Finish=_moment(task.finish),
             Duration=f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S", DurationFormat="7",
             EffortDriven="0", Milestone="1" if task.milestone else "0", Summary="0",
             ConstraintType=NOT_BEFORE if constrained else AS_SOON_AS_POSSIBLE,
             CalendarUID="-1" if task.calendar is None else calendars[task.calendar],
             ConstraintDate=_moment(task.not_before),
             Deadline=f"{task.target}T17:00:00" if task.target else None, Notes=task.note)  # fmt: skip
    types = {name: code for code, name in TYPES.items()}
    for link in project.links:
        _add(ET.SubElement(elements[link.successor], "PredecessorLink"), PredecessorUID=uids[link.predecessor],
             Type=types[link.type], CrossProject="0", LinkLag=str(round(link.minutes * 10)),
             LagFormat="8" if link.calendar is None and link.minutes else "7")  # fmt: skip
    return uids


def _add(parent: ET.Element, **children: str | None) -> None:
    """Add an element for every text that there is."""
    for name, text in children.items():
        if text is not None:
            ET.SubElement(parent, name).text = text


def _moment(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"
