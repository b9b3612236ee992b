"""Microsoft Project's XML read: tasks, links, resources and assignments."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from coplant.case.files import read_bytes
from coplant.exchange.cells import Cells, Place
from coplant.exchange.elements import Element, read_elements
from coplant.exchange.msproject.calendars import Calendars
from coplant.exchange.msproject.codes import (
    AS_SOON_AS_POSSIBLE,
    CONSTRAINTS,
    COST,
    ELAPSED,
    MATERIAL,
    NAMESPACE,
    NO,
    NOBODY,
    NONE,
    NOT_BEFORE,
    PERCENT,
    TYPES,
    WORDS,
    WORKING,
    YES,
)
from coplant.exchange.project import Assignment, Link, Project, Task, Team

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


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
        self.broken: set[str] = set()
        """Elements some of which have no UID, so that what leads there is not reported as well."""
        self._settings(root)
        calendars = Calendars(root, self.cells)
        self.known_calendars = calendars.calendars
        self.project.calendars = {key: one for key, one in self.known_calendars.items() if key == one.key}
        minutes = root.get("MinutesPerDay")
        if minutes is not None:
            shown = self.cells.number(Place("Project", root.row, "MinutesPerDay"), minutes, at_least=0)
            for calendar in self.project.calendars.values():
                calendar.shown = shown
        self.project.calendar = self._calendar(root, "CalendarUID", "Project")
        if root.get("CalendarUID") in NONE:
            expected = "the calendar of what has none of its own"
            self.cells.refuse(Place("Project", root.row, "CalendarUID"), root.get("CalendarUID"), expected, "Give it")
        self._teams(root)
        self._tasks(root)
        self._links()
        self._assignments(root)
        calendars.refuse_unsaid(self._used_calendars())
        self.project.doubtful = calendars.doubtful

    # -- the project ----------------------------------------------------------------------------------------------

    def _settings(self, root: Element) -> None:
        start = self._moment(root, "StartDate", "Project")
        if start is not None:
            self.project.start = start.date()
        elif root.get("StartDate") is None:
            self.cells.refuse(Place("Project", root.row, "StartDate"), None, "the project's first day", "Give it")
        if root.get("ScheduleFromStart") in NO:
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
            if key is None or element.get("IsNull") in YES:
                continue
            if element.get("Type") in (MATERIAL, COST):
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
            if team in (NOBODY, None) or (team == "0" and team not in teams):
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
        rows = [element for element in root.all("Tasks", "Task") if element.get("IsNull") not in YES]
        levels = [self._level(element) for element in rows]
        above: list[tuple[int, str]] = []
        for number, (element, level) in enumerate(zip(rows, levels, strict=True)):
            key = self._key(element, "Task", self.known_tasks)
            while above and above[-1][0] >= level:
                above.pop()
            said = element.get("Summary")
            follows = number + 1 < len(levels) and levels[number + 1] > level
            if level == 0 or said in YES or (said is None and follows):
                if level > 0:
                    above.append((level, element.get("Name") or ""))
                if key is not None:
                    self._summary(key, element)
            elif element.get("Active") in NO:
                self.project.count("Task that is inactive, left out with its links")
            elif element.get("ExternalTask") in YES or element.get("IsSubproject") in YES:
                place = Place("Task", element.row, "IsSubproject", _of(element))
                self.cells.refuse(place, element.get("Name"), "a task of this project", "Put all into one project")
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
        if element.get("ConstraintType") not in (AS_SOON_AS_POSSIBLE, None):
            self.cells.refuse(
                Place("Task", element.row, "ConstraintType", _of(element)), element.get("ConstraintType"),
                "0, as soon as possible, on a summary", "Constrain the tasks in it instead",
            )  # fmt: skip
        self.elements[key] = element

    def _task(self, key: str, element: Element, phase: tuple[str, ...]) -> Task:
        outline, wbs = element.get("OutlineNumber"), element.get("WBS")
        elapsed = element.get("DurationFormat") in ELAPSED
        milestone = element.get("Milestone") in YES
        begun = element.get("ActualStart") is not None or element.get("PercentComplete") not in ("0", None)
        if begun:
            self.project.count("Task on which work has begun: what was done is not taken over")
        if element.get("Manual") in YES:
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
            heeds_teams=not elapsed and not (calendar and element.get("IgnoreResourceCalendar") in YES),
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
        if kind is not None and kind not in ELAPSED | WORKING:
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
        if kind in (AS_SOON_AS_POSSIBLE, None):
            return None
        if kind != NOT_BEFORE:
            self.cells.refuse(
                place, f"{kind}, {CONSTRAINTS[kind]}" if kind in CONSTRAINTS else kind,
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
        if link.get("CrossProject") in YES:
            expected = "a task of this file"
            self.cells.refuse(place, link.get("CrossProjectName"), expected, "Put both into one project")
            return None
        if before not in self.known_tasks:
            self._dangling(link, "PredecessorLink", "PredecessorUID", "Task", place.of)
            return None
        if successor in self.summaries or before in self.summaries:
            expected = "a link between two tasks that are no summaries"
            self.cells.refuse(place, before, expected, "Link the tasks in the summary instead")
            return None
        kind = link.get("Type")
        if kind not in TYPES:
            known = "0, 1, 2 or 3: finish to finish, finish to start, start to finish or start to start"
            self.cells.refuse(place._replace(column="Type"), kind, known, "Mend the type of the link")
        minutes, elapsed = self._lag(link, place)
        if before not in tasks:
            return None
        calendar = None if elapsed else tasks[successor].calendar or self.project.calendar
        return Link(link.row, before, successor, TYPES.get(kind or "", "FS"), minutes, calendar)

    def _lag(self, link: Element, place: Place) -> tuple[float, bool]:
        """Minutes of a lag, and whether they are of the clock."""
        text, kind = link.get("LinkLag"), link.get("LagFormat")
        tenths = self.cells.number(place._replace(column="LinkLag"), text) if text is not None else 0.0
        if tenths and kind in PERCENT:
            expected = "a lag in minutes, hours, days, weeks or months"
            mend = "Write it as a time: a share of the predecessor's duration has no counterpart"
            self.cells.refuse(place._replace(column="LinkLag"), f"{text} %", expected, mend)
        elif tenths and kind is not None and kind not in ELAPSED | WORKING:
            expected = "the number of a unit of time, such as 7 for days"
            self.cells.refuse(place._replace(column="LagFormat"), kind, expected, "Mend the unit of the lag")
        return tenths / 10, kind in ELAPSED

    # -- cells ----------------------------------------------------------------------------------------------------

    def _key(self, element: Element, table: str, known: set[str]) -> str | None:
        """UID of an element; None where it has none, or one that is taken."""
        key, place = element.get("UID"), Place(table, element.row, "UID", _of(element))
        if key is None or key in known:
            self.cells.refuse(place, key, "a UID that no other has", "Give it one")
            self.broken.add(table)
            return None
        known.add(key)
        return key

    def _calendar(self, element: Element, column: str, table: str) -> str | None:
        key = element.get(column)
        if key in NONE:
            return None
        if key not in self.known_calendars:
            self._dangling(element, table, column, "Calendar")
            return None
        return self.known_calendars[key].key

    def _dangling(self, element: Element, table: str, column: str, to: str, of: str = "") -> None:
        if to not in self.broken:
            place = Place(table, element.row, column, of or _of(element))
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
