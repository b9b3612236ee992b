"""Primavera P6's XER: tables of cells with tabs between.

A line begins with what it is: %T a table, %F the names of its columns, %R a row, %E the end of the file. Durations and
lags are hours. A task-dependent activity is worked on when its calendar works, a resource-dependent one when its
resources do. On which calendar lags count is one choice for the whole project.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from coplant.case import Case
from coplant.case.files import BOM, read_bytes, written_whole
from coplant.errors import FileError
from coplant.exchange.cells import Cells, Place
from coplant.exchange.giving import link_of, project_of, same_days, worked_on
from coplant.exchange.hours import DAY, Hours, WorkCalendar, hours_on, length, merged, shared
from coplant.exchange.naming import one_line
from coplant.exchange.project import Assignment, Link, Project, Task, Team, Words

WORDS = Words("Primavera", "CALENDAR", "clndr_data", "TASK", "target_drtn_hr_cnt", "TASKPRED")

_TYPES = {"PR_FF": "FF", "PR_FS": "FS", "PR_SF": "SF", "PR_SS": "SS"}
_RESOURCE_DEPENDENT = "TT_Rsrc"
_MILESTONES = ("TT_Mile", "TT_FinMile")
_SUMMARIES = ("TT_LOE", "TT_WBS")
_NOT_BEFORE, _TARGET = "CS_MSOA", "CS_MEOB"
_CONSTRAINTS = {
    "CS_ALAP": "as late as possible",
    "CS_MSO": "start on",
    "CS_MSOB": "start on or before",
    "CS_MEO": "finish on",
    "CS_MEOA": "finish on or after",
    "CS_MANDSTART": "mandatory start",
    "CS_MANDFIN": "mandatory finish",
}
_LAGS = {"predecessor": "rcal_Predecessor", "successor": "rcal_Successor", "elapsed": "rcal_24Hour"}
_LAGS_ON_PROJECTS = "rcal_projdefault"
_MATERIAL = "RT_Mat"
_FIRST_SERIAL = datetime.date(1899, 12, 30)
_MOMENT = "a date and time like 2026-03-02 08:00"


def read(path: Path, encoding: str | None = None) -> Project:
    """Read a file.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        Its encoding. If left out it is UTF-8 where the file can be read so, else Windows-1252.

    Raises
    ------
    FileError
        It cannot be read, is none of these files, is cut off, or is in another encoding.
    """
    text, notes = _decoded(read_bytes(path), path, encoding)
    tables = _tables(text, path)
    project = _Reading(tables, path).project
    project.notes[:0] = notes
    return project


def _decoded(content: bytes, path: Path, encoding: str | None) -> tuple[str, list[str]]:
    try:
        if encoding is not None:
            return content.removeprefix(BOM if encoding.lower() in ("utf-8", "utf8") else b"").decode(encoding), []
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16"), []
        try:
            return content.removeprefix(BOM).decode("utf-8"), []
        except UnicodeDecodeError:
            told = "The file is not UTF-8 and was read as Windows-1252: if names look wrong, say its encoding"
            return content.decode("cp1252"), [told]
    except LookupError as error:
        raise FileError(f"{encoding!r} is no encoding that is known. Name one such as utf-8 or cp1251") from error
    except UnicodeError as error:
        tried = encoding or "UTF-8 nor Windows-1252"
        mend = "Say its encoding, or save it as UTF-8"
        raise FileError(f"{path} is not in {'neither ' if encoding is None else ''}{tried}: {error}. {mend}") from error


@dataclass
class _Table:
    """A table of the file: rows by line."""

    name: str
    row: int
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    """Lines in it that are no row."""


def _tables(text: str, path: Path) -> dict[str, _Table]:
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines[0].startswith("ERMHDR"):
        found = lines[0].split("\t")[0][:20]
        raise FileError(f"{path} is no XER file: it begins with {found!r} instead of ERMHDR. Export the project as XER")
    tables: dict[str, _Table] = {"ERMHDR": _Table("ERMHDR", 1, rows=[(1, lines[0].split("\t"))])}
    table: _Table | None = None
    for number, line in enumerate(lines[1:], start=2):
        kind, *cells = line.split("\t")
        if kind == "%E":
            return tables
        if kind == "%T" and cells:
            table = tables.setdefault(cells[0].strip(), _Table(cells[0].strip(), number))
        elif table is not None and kind == "%F":
            table.columns = [cell.strip() for cell in cells]
        elif table is not None and kind == "%R":
            table.rows.append((number, cells))
        elif table is not None and line.strip():
            table.stray.append(number)
    raise FileError(
        f"{path} is cut off: it ends in line {len(lines)} without the line %E that closes it. Export or send it again"
    )


@dataclass
class _Row:
    """A row of a table: cells by column, an empty one as None."""

    table: str
    row: int
    cells: dict[str, str]

    def get(self, column: str) -> str | None:
        return self.cells.get(column) or None

    def place(self, column: str) -> Place:
        of = f"Activity {self.cells.get('task_code') or '?'}: " if self.table == "TASK" else ""
        return Place(self.table, self.row, column, of)


class _Reading:
    """A project, made of the tables of a file."""

    def __init__(self, tables: dict[str, _Table], path: Path) -> None:
        self.tables = tables
        self.project = Project(WORDS, path.stem)
        self.cells = Cells(self.project.problems)
        self._settings()
        self._calendars()
        self._teams()
        self._tasks()
        self._links()
        self._assignments()

    def _rows(self, name: str, *needed: str) -> list[_Row]:
        """Rows of a table; columns that it needs and lacks are problems, and so are rows of another length."""
        table = self.tables.get(name)
        if table is None:
            return []
        lacking = [column for column in needed if column not in table.columns]
        for column in lacking:
            self.cells.refuse(Place(name, table.row, column), None, "this column", "Export the file with it")
        if lacking:
            return []
        for number in table.stray:
            self.cells.refuse(Place(name, number, "%R"), None, "a line that begins with %R", "Join it to the one above")
        rows = []
        for number, cells in table.rows:
            if len(cells) != len(table.columns):
                told, expected = f"{len(cells)} cells", f"{len(table.columns)} cells, as there are columns"
                self.cells.refuse(Place(name, number, "%R"), told, expected, "Export or send the file again")
            else:
                stripped = (cell.strip() for cell in cells)
                rows.append(_Row(name, number, dict(zip(table.columns, stripped, strict=True))))
        return rows

    def _keyed(self, name: str, key: str, *needed: str) -> dict[str, _Row]:
        """Rows of a table by key; a key that is missing or taken is a problem."""
        found: dict[str, _Row] = {}
        for row in self._rows(name, key, *needed):
            value = row.get(key)
            if value is None or value in found:
                self.cells.refuse(row.place(key), value, f"a {key} that no other row has", "Give it one")
            else:
                found[value] = row
        return found

    def _known(self, row: _Row, column: str, among: Collection[str], table: str) -> str | None:
        """A reference to another table; None where it is empty or leads to nothing, which is a problem."""
        value = row.get(column)
        if value is not None and value not in among:
            self.cells.refuse(row.place(column), value, f"a {column} of {table}", "Mend it, or export that row too")
            return None
        return value

    def _moment(self, row: _Row, column: str) -> datetime.datetime | None:
        text = row.get(column)
        return None if text is None else self.cells.moment(row.place(column), text, _MOMENT)

    # -- the project ----------------------------------------------------------------------------------------------

    def _settings(self) -> None:
        header = self.tables["ERMHDR"].rows[0][1]
        currency = header[-1].strip()
        self.project.currency = currency if re.fullmatch("[A-Z]{3}", currency) else None
        rows = self._rows("PROJECT", "proj_id", "proj_short_name")
        if len(rows) != 1 and not self.project.problems:
            place = Place("PROJECT", rows[1].row if rows else 1, "proj_id")
            self.cells.refuse(place, f"{len(rows)} projects", "one project in the file", "Export it by itself")
        self.row = rows[0] if rows else None
        self.default = None
        self.lags = "predecessor"
        if self.row is None:
            return
        self.project.name = self.row.get("proj_short_name") or self.project.name
        start = self._moment(self.row, "last_recalc_date") or self._moment(self.row, "plan_start_date")
        if start is None:
            expected = "the data date, or else plan_start_date"
            self.cells.refuse(self.row.place("last_recalc_date"), None, expected, "Give it")
        else:
            self.project.start = start.date()
        for options in self._rows("SCHEDOPTIONS", "proj_id"):
            said = (options.get("sched_calendar_on_relationship_lag") or "").lower()
            known = {code.lower(): name for name, code in _LAGS.items()} | {_LAGS_ON_PROJECTS: "project"}
            if said in known:
                self.lags = known[said]
            elif said:
                self.cells.refuse(
                    options.place("sched_calendar_on_relationship_lag"), said,
                    f"one of {', '.join(_LAGS.values())}, rcal_ProjDefault", "Mend on which calendar lags count",
                )  # fmt: skip

    def _calendars(self) -> None:
        rows = self._keyed("CALENDAR", "clndr_id", "clndr_name", "clndr_data")
        read: dict[str, WorkCalendar | None] = {}
        for key, row in rows.items():
            read[key] = self._calendar(key, row)
        for key, row in rows.items():
            calendar, seen = read[key], {key}
            base = self._known(row, "base_clndr_id", rows, "CALENDAR")
            while calendar is not None and base is not None and base not in seen:
                seen.add(base)
                above = read[base]
                # A day of its own counts before that of the calendar it is based on.
                calendar.dates = {**(above.dates if above else {}), **calendar.dates}
                base = rows[base].get("base_clndr_id") if rows[base].get("base_clndr_id") in rows else None
        self.rows = rows
        self.project.calendars = {key: calendar for key, calendar in read.items() if calendar is not None}
        if self.row is not None:
            self.project.calendar = self._known(self.row, "clndr_id", rows, "CALENDAR")

    def _calendar(self, key: str, row: _Row) -> WorkCalendar | None:
        place = row.place("clndr_data")
        try:
            data = _parsed(row.get("clndr_data") or "")
            days = data.one("DaysOfWeek")
            week: list[Hours] = [()] * 7
            told = set()
            for day in days.children:
                number = int(day.name)
                told.add(number)
                week[(number + 5) % 7] = _hours(day)
            if told != set(range(1, 8)):
                raise ValueError("not all days of the week")
            dates = {}
            for day in data.children_of("Exceptions"):
                dates[_FIRST_SERIAL + datetime.timedelta(days=int(day.values["d"]))] = (_hours(day), "")
        except (ValueError, KeyError, IndexError, OverflowError) as error:
            expected = f"the days of a week with their hours, and exceptions ({error})"
            self.cells.refuse(place, row.get("clndr_data"), expected, "Export the calendar again")
            return None
        return WorkCalendar(key, row.get("clndr_name") or "", row.row, tuple(week), dates)

    # -- teams ----------------------------------------------------------------------------------------------------

    def _teams(self) -> None:
        self.resources = self._keyed("RSRC", "rsrc_id", "rsrc_short_name")
        capacity: dict[str, float] = {}
        for rate in self._rows("RSRCRATE", "rsrc_id", "max_qty_per_hr"):
            key, text = rate.get("rsrc_id"), rate.get("max_qty_per_hr")
            if key is None or text is None:
                continue
            number = self.cells.number(rate.place("max_qty_per_hr"), text)
            if capacity.setdefault(key, number) != number:
                self.project.count("Resource whose most units change over time: the most that it ever has counts")
                capacity[key] = max(capacity[key], number)
        for key, row in self.resources.items():
            if row.get("rsrc_type") == _MATERIAL:
                self.project.count("Resource that is material, left out")
                continue
            self.project.teams.append(Team(
                key, row.row, row.get("rsrc_name") or "", row.get("rsrc_short_name"), capacity.get(key),
                self._known(row, "clndr_id", self.rows, "CALENDAR"),
            ))  # fmt: skip

    def _assignments(self) -> None:
        teams = {team.key for team in self.project.teams}
        tasks = {task.key: task for task in self.project.tasks}
        for row in self._rows("TASKRSRC", "task_id", "rsrc_id"):
            task = self._known(row, "task_id", self.activities, "TASK")
            team = self._known(row, "rsrc_id", self.resources, "RSRC")
            if task in tasks and team in teams and task is not None and team is not None:
                units = row.get("target_qty_per_hr")
                number = None if units is None else self.cells.number(row.place("target_qty_per_hr"), units)
                self.project.assignments.append(Assignment(row.row, task, team, number))
        busy = {assignment.task for assignment in self.project.assignments}
        for task in self.project.tasks:
            if task.heeds_teams and task.key in busy:
                task.calendar = None

    # -- tasks ----------------------------------------------------------------------------------------------------

    def _tasks(self) -> None:
        phases = self._phases()
        self.activities = self._keyed("TASK", "task_id", "task_code", "task_name", "clndr_id", "task_type",
                                      "target_drtn_hr_cnt")  # fmt: skip
        for key, row in self.activities.items():
            kind = row.get("task_type")
            if kind in _SUMMARIES:
                self.project.count("Level of effort or WBS summary, left out with its links")
                continue
            if kind not in ("TT_Task", _RESOURCE_DEPENDENT, *_MILESTONES):
                known = ", ".join(["TT_Task", _RESOURCE_DEPENDENT, *_MILESTONES, *_SUMMARIES])
                self.cells.refuse(row.place("task_type"), kind, f"one of {known}", "Mend the type of the activity")
            self.project.tasks.append(self._task(key, row, phases))

    def _task(self, key: str, row: _Row, phases: dict[str, tuple[str, ...]]) -> Task:
        not_before, target = self._constraints(row)
        begun = row.get("status_code") not in ("TK_NotStart", None)
        if begun:
            self.project.count("Activity on which work has begun: what was done is not taken over")
        milestone = row.get("task_type") in _MILESTONES
        calendar = self._known(row, "clndr_id", self.rows, "CALENDAR")
        if row.get("clndr_id") is None:
            self.cells.refuse(row.place("clndr_id"), None, "the calendar of the activity", "Give it one")
        hours = row.get("target_drtn_hr_cnt")
        if hours is None and milestone:
            hours = "0"
        wbs = self._known(row, "wbs_id", phases, "PROJWBS") if "PROJWBS" in self.tables else None
        start, finish = (
            self._moment(row, f"early_{end}_date") or self._moment(row, f"target_{end}_date")
            for end in ("start", "end")
        )
        if milestone:
            # A start milestone has no end, and a finish milestone no start.
            start, finish = start or finish, finish or start
        return Task(
            key, row.row, row.get("task_name") or "",
            self.cells.number(row.place("target_drtn_hr_cnt"), hours, at_least=0) * 60,
            code=row.get("task_code"),
            phase=phases[wbs] if wbs else (),
            calendar=calendar,
            heeds_teams=row.get("task_type") == _RESOURCE_DEPENDENT,
            not_before=not_before,
            milestone=milestone,
            target=target,
            start=start,
            finish=finish,
            begun=begun,
        )  # fmt: skip

    def _phases(self) -> dict[str, tuple[str, ...]]:
        """Names of the WBS elements that lead to each, that of the project left out."""
        rows = self._keyed("PROJWBS", "wbs_id", "wbs_name", "parent_wbs_id")
        phases: dict[str, tuple[str, ...]] = {}
        for key in rows:
            names: list[str] = []
            above: str | None = key
            seen = set()
            while above in rows and above not in seen and rows[above].get("proj_node_flag") != "Y":
                seen.add(above)
                names.append(rows[above].get("wbs_name") or "")
                above = rows[above].get("parent_wbs_id")
            if above in seen:
                self.cells.refuse(rows[key].place("parent_wbs_id"), above, "a WBS that is no part of itself", "Mend it")
            phases[key] = tuple(reversed(names))
        title = next((row.get("wbs_name") for row in rows.values() if row.get("proj_node_flag") == "Y"), None)
        self.project.title = title if title != self.project.name else None
        return phases

    def _constraints(self, row: _Row) -> tuple[datetime.datetime | None, datetime.date | None]:
        """Moment before which an activity does not start, and day by which it should be done."""
        not_before, target = None, None
        for kind, when in (("cstr_type", "cstr_date"), ("cstr_type2", "cstr_date2")):
            said, moment = row.get(kind), self._moment(row, when)
            if said in (_NOT_BEFORE, _TARGET) and row.get(when) is None:
                self.cells.refuse(row.place(when), None, "the date of the constraint", "Give it")
            elif said == _NOT_BEFORE:
                not_before = moment
            elif said == _TARGET:
                target = moment.date() if moment else None
            elif said is not None:
                self.cells.refuse(
                    row.place(kind), f"{said}, {_CONSTRAINTS[said]}" if said in _CONSTRAINTS else said,
                    f"{_NOT_BEFORE}, start on or after, or {_TARGET}, finish on or before",
                    "Use one of them: other constraints have no counterpart",
                )  # fmt: skip
        return not_before, target

    # -- links ----------------------------------------------------------------------------------------------------

    def _links(self) -> None:
        tasks = {task.key: task for task in self.project.tasks}
        for row in self._rows("TASKPRED", "task_id", "pred_task_id", "pred_type", "lag_hr_cnt"):
            ends = [self._end(row, column) for column in ("pred_task_id", "task_id")]
            kind = row.get("pred_type")
            if kind not in _TYPES:
                expected = f"one of {', '.join(_TYPES)}"
                self.cells.refuse(row.place("pred_type"), kind, expected, "Mend the type of the relationship")
            minutes = self.cells.number(row.place("lag_hr_cnt"), row.get("lag_hr_cnt") or "0") * 60
            before, after = (tasks.get(key or "") for key in ends)
            if before is None or after is None:
                continue
            calendar = {
                "predecessor": before.calendar,
                "successor": after.calendar,
                "project": self.project.calendar,
                "elapsed": None,
            }[self.lags]
            self.project.links.append(
                Link(row.row, before.key, after.key, _TYPES.get(kind or "", "FS"), minutes, calendar)
            )

    def _end(self, row: _Row, column: str) -> str | None:
        value = row.get(column)
        if value not in self.activities:
            self.cells.refuse(row.place(column), value, "a task_id of TASK", "Mend it, or remove the relationship")
            return None
        return value


# -- calendars as text ------------------------------------------------------------------------------------------------


@dataclass
class _Node:
    """A part of the text of a calendar: ``(0||name(key|value)(parts))``."""

    name: str
    values: dict[str, str]
    children: list[_Node]

    def one(self, name: str) -> _Node:
        """The part of a name; KeyError if there is none."""
        return {child.name: child for child in self.children}[name]

    def children_of(self, name: str) -> list[_Node]:
        """Parts of the part of a name; none if there is none."""
        return [part for child in self.children if child.name == name for part in child.children]


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


def _text_of(calendar: WorkCalendar) -> str:
    """The text of a calendar."""
    days = "".join(f"(0||{number}()({_shifts(calendar.week[(number + 5) % 7])}))" for number in range(1, 8))
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


# -- writing --------------------------------------------------------------------------------------------------------


def write_case(case: Case, path: Path) -> tuple[str, ...]:
    """Write the launch programme of a case to a file, and return what is left out or reckoned otherwise there."""
    project, on = project_of(case, WORDS), worked_on(case)
    busy = {assignment.task for assignment in project.assignments}
    joint: dict[str, frozenset[str]] = {}
    for task in project.tasks:
        names = on[task.key]
        task.heeds_teams = task.calendar is None and len(names) == 1
        if task.heeds_teams:
            (task.calendar,) = names
        elif task.calendar is None or not same_days(project, names, task.calendar):
            project.count("Activity that several calendars hold up at once: they are written as one")
            task.calendar = _together(project, names)
            joint[task.calendar] = names
        if task.milestone and (task.minutes > 0 or task.key in busy):
            task.milestone = False
            project.notes.append(f"The milestone of {task.key} is left out: none has a duration or a team there")
    own = {task.key: task.calendar for task in project.tasks}

    def calendar_of(row: dict[str, Any], counted: str) -> str | None:
        return None if counted == "elapsed" else own[row[counted]]

    def kept(row: dict[str, Any], counted: str) -> bool:
        names = on[row[row["lag_calendar"]]] if row["lag_calendar"] != "elapsed" else frozenset()
        calendar = calendar_of(row, counted)
        return not row["lag"] or same_days(project, names, calendar) or joint.get(calendar or "") == names

    rows = case["links"].to_dicts()
    lags = max(_LAGS, key=lambda counted: sum(kept(row, counted) for row in rows))
    for row in rows:
        project.links.append(link_of(row, calendar_of(row, lags)))
        if not kept(row, lags):
            told = "round the clock" if lags == "elapsed" else f"on the {lags}'s calendar"
            project.count(f"Lag that counts there {told}, as all lags do")
    text = "\r\n".join(_lines(project, lags)) + "\r\n"
    with written_whole(path) as place:
        place.write_bytes(_encoded(text))
    return tuple(project.counted())


def _together(project: Project, names: frozenset[str]) -> str:
    """Add a calendar that works when all of some do, and return its key."""
    key = " + ".join(sorted(names))
    calendars = [project.calendars[name] for name in sorted(names)]
    week = tuple(reduce(shared, (calendar.week[day] for calendar in calendars)) for day in range(7))
    days = {day for calendar in calendars for day in calendar.dates}
    project.calendars[key] = WorkCalendar(key, key, 0, week, {day: (hours_on(calendars, day), "") for day in days})
    return key


def _encoded(text: str) -> bytes:
    """Windows-1252, as the tool expects it; UTF-8 with its mark where that cannot be, or might be taken for UTF-8."""
    try:
        content = text.encode("cp1252")
    except UnicodeEncodeError:
        return BOM + text.encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content if content.isascii() else BOM + text.encode()


def _lines(project: Project, lags: str) -> Iterator[str]:
    start = f"{project.start} 00:00"
    calendars = {key: str(number) for number, key in enumerate(project.calendars, start=1)}
    teams = {team.key: str(number) for number, team in enumerate(project.teams, start=1)}
    tasks = {task.key: str(number) for number, task in enumerate(project.tasks, start=1)}
    wbs = {(): "1"}
    for task in project.tasks:
        for depth in range(1, len(task.phase) + 1):
            wbs.setdefault(task.phase[:depth], str(len(wbs) + 1))
    yield "\t".join(
        ["ERMHDR", "8.0", str(project.start), "Project", "coplant", "coplant", "", "", project.currency or ""]
    )
    yield from _table("PROJECT", [{
        "proj_id": "1", "proj_short_name": project.name, "clndr_id": calendars[project.calendar or ""],
        "plan_start_date": start, "last_recalc_date": start, "export_flag": "Y",
    }])  # fmt: skip
    yield from _table("CALENDAR", [
        {"clndr_id": calendars[key], "default_flag": "Y" if key == project.calendar else "N",
         "clndr_name": calendar.name, "proj_id": "", "base_clndr_id": "", "clndr_type": "CA_Base",
         "day_hr_cnt": _number(max(length(hours) for hours in calendar.week) / 60),
         "week_hr_cnt": _number(sum(length(hours) for hours in calendar.week) / 60), "clndr_data": _text_of(calendar)}
        for key, calendar in project.calendars.items()
    ])  # fmt: skip
    yield from _table("SCHEDOPTIONS", [
        {"schedoptions_id": "1", "proj_id": "1", "sched_calendar_on_relationship_lag": _LAGS[lags]}
    ])  # fmt: skip
    yield from _table("PROJWBS", [
        {"wbs_id": key, "proj_id": "1", "seq_num": key, "proj_node_flag": "N" if phase else "Y", "status_code": "WS_Open",
         "wbs_short_name": key if phase else project.name, "wbs_name": phase[-1] if phase else project.title or project.name,
         "parent_wbs_id": wbs[phase[:-1]] if phase else ""}
        for phase, key in wbs.items()
    ])  # fmt: skip
    yield from _table("RSRC", [
        {"rsrc_id": teams[team.key], "clndr_id": calendars[team.calendar or ""], "rsrc_name": team.name,
         "rsrc_short_name": team.code or team.name, "rsrc_type": "RT_Labor", "active_flag": "Y"}
        for team in project.teams
    ])  # fmt: skip
    yield from _table("RSRCRATE", [
        {"rsrc_rate_id": teams[team.key], "rsrc_id": teams[team.key], "max_qty_per_hr": _number(team.capacity),
         "start_date": start}
        for team in project.teams
    ])  # fmt: skip
    yield from _table("TASK", [_task(task, tasks, wbs, calendars) for task in project.tasks])
    types = {name: code for code, name in _TYPES.items()}
    yield from _table("TASKPRED", [
        {"task_pred_id": str(number), "task_id": tasks[link.successor], "pred_task_id": tasks[link.predecessor],
         "proj_id": "1", "pred_proj_id": "1", "pred_type": types[link.type], "lag_hr_cnt": _number(link.minutes / 60)}
        for number, link in enumerate(project.links, start=1)
    ])  # fmt: skip
    yield from _table("TASKRSRC", [
        {"taskrsrc_id": str(number), "task_id": tasks[one.task], "proj_id": "1", "rsrc_id": teams[one.team],
         "target_qty_per_hr": _number(one.quantity), "rsrc_type": "RT_Labor"}
        for number, one in enumerate(project.assignments, start=1)
    ])  # fmt: skip
    yield "%E"


def _task(
    task: Task, tasks: dict[str, str], wbs: dict[tuple[str, ...], str], calendars: dict[str, str]
) -> dict[str, str]:
    constraints = [(_NOT_BEFORE, _moment(task.not_before))] if task.not_before else []
    constraints += [(_TARGET, f"{task.target} 17:00")] if task.target else []
    (first, on), (second, by) = (*constraints, ("", ""), ("", ""))[:2]
    hours = _number(task.minutes / 60)
    kind = "TT_FinMile" if task.milestone else _RESOURCE_DEPENDENT if task.heeds_teams else "TT_Task"
    return {
        "task_id": tasks[task.key], "proj_id": "1", "wbs_id": wbs[task.phase], "clndr_id": calendars[task.calendar or ""],
        "complete_pct_type": "CP_Drtn", "task_type": kind, "duration_type": "DT_FixedDUR2", "status_code": "TK_NotStart",
        "task_code": task.code or task.name, "task_name": task.name, "remain_drtn_hr_cnt": hours,
        "target_drtn_hr_cnt": hours, "cstr_date": on, "early_start_date": _moment(task.start),
        "early_end_date": _moment(task.finish), "target_start_date": _moment(task.start),
        "target_end_date": _moment(task.finish), "cstr_date2": by, "cstr_type": first, "cstr_type2": second,
    }  # fmt: skip


def _table(name: str, rows: list[dict[str, str]]) -> Iterator[str]:
    if rows:
        yield f"%T\t{name}"
        yield "\t".join(["%F", *rows[0]])
        for row in rows:
            # A cell is one line without tabs.
            yield "\t".join(["%R", *map(one_line, row.values())])


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:.12g}"


def _moment(moment: datetime.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
