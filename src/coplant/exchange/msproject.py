"""Microsoft Project's XML, as its public schema http://schemas.microsoft.com/project describes it.

Durations are working time such as PT40H0M0S, lags tenths of a minute, and days of the week count from 1 for Sunday. A
task is worked on when its own calendar and those of its resources work; without a calendar of its own, when its
resources do, and without resources on the project's calendar. Lags count on the successor's own calendar, or on the
project's.
"""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coplant.case import Case
from coplant.case.files import read_bytes, written_whole
from coplant.exchange.cells import Cells, Place
from coplant.exchange.elements import Element, read_elements
from coplant.exchange.giving import EVERY_DAY, link_of, project_of, same_days, worked_on
from coplant.exchange.hours import DAY, Hours, WorkCalendar, merged, runs
from coplant.exchange.project import Assignment, Link, Project, Task, Team, Words

NAMESPACE = "http://schemas.microsoft.com/project"

WORDS = Words("Microsoft Project", "Calendar", "WorkingTimes", "Task", "Duration", "PredecessorLink")

_TYPES = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
_NONE = ("-1", None)
"""How a task or a calendar says that it has no calendar."""

_ELAPSED = {"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"}
_WORKING = {"3", "5", "7", "9", "11", "21", "35", "37", "39", "41", "43", "53"}
_PERCENT = {"19", "20", "51", "52"}
"""Formats of durations and lags: of working time, of the clock, and shares; the larger ones are estimates."""

_AS_SOON_AS_POSSIBLE, _NOT_BEFORE = "0", "4"
_CONSTRAINTS = {
    "1": "as late as possible",
    "2": "must start on",
    "3": "must finish on",
    "5": "start no later than",
    "6": "finish no earlier than",
    "7": "finish no later than",
}
_MATERIAL, _COST = "0", "2"
_NOBODY = "-65535"
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_TIME = re.compile(r"(\d\d):(\d\d):\d\d(?:\.0+)?")
_ONE_DAY = datetime.timedelta(days=1)
_MOST_BASES = 20
"""How many calendars may be based on one another."""
_LONGEST_PERIOD = 100 * 366
"""Days beyond which a period of a calendar is not laid out."""


def read(path: Path) -> Project:
    """Read a file.

    Raises
    ------
    FileError
        It cannot be read, or is no XML of this kind.
    """
    root = read_elements(read_bytes(path), path, NAMESPACE, "Project")
    return _Reading(root, path).project


class _Reading:
    """A project, made of the elements of a file."""

    def __init__(self, root: Element, path: Path) -> None:
        name = re.sub(r"\.(xml|mpp)$", "", root.get("Name") or root.get("Title") or path.stem, flags=re.IGNORECASE)
        self.project = Project(WORDS, name, root.get("Title"), root.get("CurrencyCode"))
        self.cells = Cells(self.project.problems)
        self._settings(root)
        calendars = _Calendars(root, self.cells)
        self.project.calendars = calendars.calendars
        self.project.calendar = self._calendar(root, "CalendarUID", "Project")
        self._teams(root)
        self._tasks(root)
        self._links()
        self._assignments(root)
        calendars.refuse_unsaid(self._used_calendars())

    # -- the project ----------------------------------------------------------------------------------------------

    def _settings(self, root: Element) -> None:
        start = self._moment(root, "StartDate", "Project")
        if start is not None:
            self.project.start = start.date()
        elif root.get("StartDate") is None:
            self.cells.refuse(Place("Project", root.row, "StartDate"), None, "the project's first day", "Give it")
        if root.get("ScheduleFromStart") in ("0", "false"):
            self.cells.refuse(
                Place("Project", root.row, "ScheduleFromStart"), "0", "a project that is scheduled from its start",
                "Schedule it from its start: dates that are counted back from the end have no counterpart",
            )  # fmt: skip

    def _used_calendars(self) -> set[str]:
        used = {task.calendar for task in self.project.tasks} | {team.calendar for team in self.project.teams}
        return {key for key in used | {link.calendar for link in self.project.links} if key is not None}

    # -- teams ----------------------------------------------------------------------------------------------------

    def _teams(self, root: Element) -> None:
        self.known_resources: set[str] = set()
        for element in root.all("Resources", "Resource"):
            key = self._key(element, "Resource", self.known_resources)
            if key is None or element.get("IsNull") in ("1", "true"):
                continue
            if element.get("Type") in (_MATERIAL, _COST):
                self.project.count("Resource that is material or a cost, left out")
                continue
            if key == "0" and not element.get("Name"):
                continue  # stands for nobody
            place = Place("Resource", element.row, "MaxUnits")
            units = element.get("MaxUnits")
            self.project.teams.append(Team(
                key, element.row, element.get("Name") or "", element.get("Code"),
                None if units is None else self.cells.number(place, units),
                self._calendar(element, "CalendarUID", "Resource") or self.project.calendar,
            ))  # fmt: skip

    def _assignments(self, root: Element) -> None:
        tasks, teams = {task.key: task for task in self.project.tasks}, {team.key for team in self.project.teams}
        for element in root.all("Assignments", "Assignment"):
            task, team = element.get("TaskUID"), element.get("ResourceUID")
            if team in (_NOBODY, None) or (team == "0" and team not in teams):
                continue
            if task not in self.known_tasks:
                self._dangling(element, "Assignment", "TaskUID", "Task")
            elif team not in self.known_resources:
                self._dangling(element, "Assignment", "ResourceUID", "Resource")
            elif task in tasks and team in teams:
                units = element.get("Units")
                place = Place("Assignment", element.row, "Units")
                self.project.assignments.append(Assignment(
                    element.row, task, team, None if units is None else self.cells.number(place, units)
                ))  # fmt: skip
            elif task not in tasks and team in teams:
                self.project.count("Assignment to a summary or to an inactive task, left out")
        busy = {assignment.task for assignment in self.project.assignments}
        for one in self.project.tasks:
            if one.calendar is None and not one.elapsed and one.key not in busy:
                one.calendar = self.project.calendar

    # -- tasks ----------------------------------------------------------------------------------------------------

    def _tasks(self, root: Element) -> None:
        self.known_tasks: set[str] = set()
        self.elements: dict[str, Element] = {}
        self.summaries: set[str] = set()
        rows = [element for element in root.all("Tasks", "Task") if element.get("IsNull") not in ("1", "true")]
        levels = [self._level(element) for element in rows]
        above: list[tuple[int, str]] = []
        for number, (element, level) in enumerate(zip(rows, levels, strict=True)):
            key = self._key(element, "Task", self.known_tasks)
            while above and above[-1][0] >= level:
                above.pop()
            said = element.get("Summary")
            follows = number + 1 < len(levels) and levels[number + 1] > level
            if level == 0 or said in ("1", "true") or (said is None and follows):
                if level > 0:
                    above.append((level, element.get("Name") or ""))
                if key is not None:
                    self._summary(key, element)
            elif element.get("Active") in ("0", "false"):
                self.project.count("Task that is inactive, left out with its links")
            elif key is not None:
                self.elements[key] = element
                self.project.tasks.append(self._task(key, element, tuple(name for _, name in above)))

    def _level(self, element: Element) -> int:
        level, outline = element.get("OutlineLevel"), element.get("OutlineNumber")
        if level is None:
            return outline.count(".") + 1 if outline and outline != "0" else int(element.get("UID") != "0")
        return int(self.cells.number(Place("Task", element.row, "OutlineLevel", _of(element)), level, at_least=0))

    def _summary(self, key: str, element: Element) -> None:
        self.summaries.add(key)
        if element.get("ConstraintType") not in (_AS_SOON_AS_POSSIBLE, None):
            self.cells.refuse(
                Place("Task", element.row, "ConstraintType", _of(element)), element.get("ConstraintType"),
                "0, as soon as possible, on a summary", "Constrain the tasks in it instead",
            )  # fmt: skip
        self.elements[key] = element

    def _task(self, key: str, element: Element, phase: tuple[str, ...]) -> Task:
        outline, wbs = element.get("OutlineNumber"), element.get("WBS")
        elapsed = element.get("DurationFormat") in _ELAPSED
        milestone = element.get("Milestone") in ("1", "true")
        begun = element.get("ActualStart") is not None or element.get("PercentComplete") not in ("0", None)
        if begun:
            self.project.count("Task on which work has begun: what was done is not taken over")
        if element.get("Manual") in ("1", "true"):
            self.project.count("Task that is scheduled by hand: here its links decide")
        deadline = self._moment(element, "Deadline", "Task")
        calendar = self._calendar(element, "CalendarUID", "Task")
        return Task(
            key, element.row, element.get("Name") or "", self._minutes(element, milestone),
            code=wbs if wbs != outline else None,
            mark=outline or "",
            phase=phase,
            calendar=None if elapsed else calendar,
            elapsed=elapsed,
            heeds_teams=not elapsed and not (calendar and element.get("IgnoreResourceCalendar") in ("1", "true")),
            not_before=self._not_before(element),
            milestone=milestone,
            target=deadline.date() if deadline else None,
            note=element.get("Notes"),
            start=self._moment(element, "Start", "Task"),
            finish=self._moment(element, "Finish", "Task"),
            begun=begun,
        )  # fmt: skip

    def _minutes(self, element: Element, milestone: bool) -> float:
        place, text = Place("Task", element.row, "Duration", _of(element)), element.get("Duration")
        kind = element.get("DurationFormat")
        if kind is not None and kind not in _ELAPSED | _WORKING:
            expected = "a duration in minutes, hours, days, weeks or months"
            self.cells.refuse(place._replace(column="DurationFormat"), kind, expected, "Change the unit")
        if text is None and milestone:
            return 0.0
        match = _DURATION.fullmatch(text or "")
        if match is None or not any(match.groups()):
            self.cells.refuse(place, text, "hours, minutes and seconds such as PT16H0M0S", "Mend the duration")
            return 0.0
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 60 + minutes + seconds / 60

    def _not_before(self, element: Element) -> datetime.datetime | None:
        kind, place = element.get("ConstraintType"), Place("Task", element.row, "ConstraintType", _of(element))
        if kind in (_AS_SOON_AS_POSSIBLE, None):
            return None
        if kind != _NOT_BEFORE:
            self.cells.refuse(
                place, f"{kind}, {_CONSTRAINTS[kind]}" if kind in _CONSTRAINTS else kind,
                "0, as soon as possible, or 4, start no earlier than",
                "Use one of them, or a deadline: other constraints have no counterpart",
            )  # fmt: skip
            return None
        if element.get("ConstraintDate") is None:
            self.cells.refuse(place._replace(column="ConstraintDate"), None, "the date of the constraint", "Give it")
        return self._moment(element, "ConstraintDate", "Task")

    # -- links ----------------------------------------------------------------------------------------------------

    def _links(self) -> None:
        tasks = {task.key: task for task in self.project.tasks}
        for key, element in self.elements.items():
            for link in element.all("PredecessorLink"):
                made = self._link(key, link, tasks)
                if made:
                    self.project.links.append(made)

    def _link(self, successor: str, link: Element, tasks: dict[str, Task]) -> Link | None:
        before = link.get("PredecessorUID")
        place = Place("PredecessorLink", link.row, "PredecessorUID", _of(self.elements[successor]))
        if link.get("CrossProject") in ("1", "true"):
            expected = "a task of this file"
            self.cells.refuse(place, link.get("CrossProjectName"), expected, "Put both into one project")
            return None
        if before not in self.known_tasks:
            self.cells.refuse(place, before, "the UID of a task of this file", "Mend it, or remove the link")
            return None
        if successor in self.summaries or before in self.summaries:
            expected = "a link between two tasks that are no summaries"
            self.cells.refuse(place, before, expected, "Link the tasks in the summary instead")
            return None
        kind = link.get("Type")
        if kind not in _TYPES:
            known = "0, 1, 2 or 3: finish to finish, finish to start, start to finish or start to start"
            self.cells.refuse(place._replace(column="Type"), kind, known, "Mend the type of the link")
        minutes, elapsed = self._lag(link, place)
        if before not in tasks:
            return None
        calendar = None if elapsed else tasks[successor].calendar or self.project.calendar
        return Link(link.row, before, successor, _TYPES.get(kind or "", "FS"), minutes, calendar)

    def _lag(self, link: Element, place: Place) -> tuple[float, bool]:
        """Minutes of a lag, and whether they are of the clock."""
        text, kind = link.get("LinkLag"), link.get("LagFormat")
        tenths = self.cells.number(place._replace(column="LinkLag"), text) if text is not None else 0.0
        if tenths and kind in _PERCENT:
            expected = "a lag in minutes, hours, days, weeks or months"
            mend = "Write it as a time: a share of the predecessor's duration has no counterpart"
            self.cells.refuse(place._replace(column="LinkLag"), f"{text} %", expected, mend)
        elif tenths and kind is not None and kind not in _ELAPSED | _WORKING:
            expected = "the number of a unit of time, such as 7 for days"
            self.cells.refuse(place._replace(column="LagFormat"), kind, expected, "Mend the unit of the lag")
        return tenths / 10, kind in _ELAPSED

    # -- cells ----------------------------------------------------------------------------------------------------

    def _key(self, element: Element, table: str, known: set[str]) -> str | None:
        """UID of an element; None where it has none, or one that is taken."""
        key, place = element.get("UID"), Place(table, element.row, "UID", _of(element))
        if key is None or key in known:
            self.cells.refuse(place, key, "a UID that no other has", "Give it one")
            return None
        known.add(key)
        return key

    def _calendar(self, element: Element, column: str, table: str) -> str | None:
        key = element.get(column)
        if key in _NONE:
            return None
        if key not in self.project.calendars:
            self._dangling(element, table, column, "Calendar")
            return None
        return key

    def _dangling(self, element: Element, table: str, column: str, to: str) -> None:
        place = Place(table, element.row, column, _of(element))
        self.cells.refuse(place, element.get(column), f"the UID of a {to} of this file", "Mend it, or remove it")

    def _moment(self, element: Element, column: str, table: str) -> datetime.datetime | None:
        found = element.one(column)
        if found is None or not found.text:
            return None
        return self.cells.moment(Place(table, found.row, column, _of(element)), found.text)


def _of(element: Element) -> str:
    """Name a task, for whoever looks for it in the tool rather than in the file."""
    if element.name != "Task":
        return ""
    return f'Task {element.get("ID") or element.get("UID") or "without UID"}, "{element.get("Name") or ""}": '


class _Period(NamedTuple):
    """Dates that are not like their day of the week."""

    days: list[datetime.date]
    hours: Hours
    name: str


class _Calendars:
    """The calendars of a file, with what they have of their base calendars filled in."""

    def __init__(self, root: Element, cells: Cells) -> None:
        self.cells = cells
        self.elements: dict[str, Element] = {}
        self.calendars: dict[str, WorkCalendar] = {}
        self.weeks: dict[str, list[Hours | None]] = {}
        """Hours of Monday to Sunday of each calendar; None where the file says nothing of them."""
        for element in root.all("Calendars", "Calendar"):
            key = element.get("UID")
            if key is None or key in self.elements:
                place = Place("Calendar", element.row, "UID")
                cells.refuse(place, key, "a UID that no other has", "Give it one")
            else:
                self.elements[key] = element
        for key in self.elements:
            self._read(key, ())

    def refuse_unsaid(self, used: set[str]) -> None:
        """Report days of the week of which a calendar that is used says nothing."""
        for key in sorted(used):
            element = self.elements[key]
            for number in ((day + 1) % 7 + 1 for day, hours in enumerate(self.weeks[key]) if hours is None):
                self.cells.refuse(
                    Place("Calendar", element.row, "WeekDays"), element.get("Name"),
                    f"a WeekDay of DayType {number}", "Say whether it is worked, or name a base calendar",
                )  # fmt: skip

    def _read(self, key: str, children: tuple[str, ...]) -> WorkCalendar | None:
        """Read a calendar after its base calendar; None if it is its own base."""
        if key in self.calendars:
            return self.calendars[key]
        element, base = self.elements[key], None
        place = Place("Calendar", element.row, "BaseCalendarUID")
        above = element.get("BaseCalendarUID")
        if above not in _NONE and element.get("IsBaseCalendar") not in ("1", "true"):
            if above in (key, *children) or len(children) > _MOST_BASES:
                self.cells.refuse(place, above, "calendars that are not based on themselves", "Name another")
            elif above not in self.elements:
                self.cells.refuse(place, above, "the UID of a Calendar of this file", "Mend it, or remove it")
            else:
                base = self._read(above, (key, *children))
        week: list[Hours | None] = list(self.weeks[base.key]) if base else [None] * 7
        dates = dict(base.dates) if base else {}
        for number, hours in self._weekdays(element):
            week[(number + 5) % 7] = hours
        periods = [*self._work_weeks(element), *self._days_of_old(element), *self._exceptions(element)]
        for days, hours, name in periods:
            dates.update(dict.fromkeys(days, (hours, name)))
        self.weeks[key] = week
        self.calendars[key] = WorkCalendar(
            key, element.get("Name") or "", element.row, tuple(hours or () for hours in week), dates
        )
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
        if day.get("DayWorking") not in ("1", "true"):
            return ()
        spans = []
        for time in day.all("WorkingTimes", "WorkingTime"):
            begin, end = (_minute(time.get(name) or "") for name in ("FromTime", "ToTime"))
            if begin is None or end is None:
                told = f"{time.get('FromTime')} to {time.get('ToTime')}"
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


# -- writing --------------------------------------------------------------------------------------------------------


def write_case(case: Case, path: Path) -> tuple[str, ...]:
    """Write the launch programme of a case to a file, and return what is left out or reckoned otherwise there."""
    project, on = project_of(case, WORDS), worked_on(case)
    own = {task.key: task.calendar for task in project.tasks}
    for row in case["links"].iter_rows(named=True):
        counted = on[row[row["lag_calendar"]]] if row["lag_calendar"] != "elapsed" else frozenset()
        calendar = own[row["successor"]] or project.calendar
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
        _write_day(ET.SubElement(week, "WeekDay"), calendar.week[(number + 5) % 7], DayType=str(number))
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
             ConstraintType=_NOT_BEFORE if constrained else _AS_SOON_AS_POSSIBLE,
             CalendarUID="-1" if task.calendar is None else calendars[task.calendar],
             ConstraintDate=_moment(task.not_before),
             Deadline=f"{task.target}T17:00:00" if task.target else None, Notes=task.note)  # fmt: skip
    types = {name: code for code, name in _TYPES.items()}
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
