"""Primavera's XER read: activities, relationships, resources and assignments."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from pathlib import Path

from coplant.case.files import read_bytes
from coplant.exchange.cells import Cells, Place
from coplant.exchange.hours import WorkCalendar
from coplant.exchange.primavera.codes import (
    CONSTRAINTS,
    LAGS,
    LAGS_ON_PROJECTS,
    MATERIAL,
    MILESTONES,
    NOT_BEFORE,
    RESOURCE_DEPENDENT,
    SUMMARIES,
    TARGET,
    TASK_DEPENDENT,
    TYPES,
    WORDS,
)
from coplant.exchange.primavera.shifts import days_of
from coplant.exchange.primavera.tables import Row, Table, decoded, tables_of
from coplant.exchange.project import Assignment, Link, Project, Task, Team

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
    text, notes = decoded(read_bytes(path), path, encoding)
    tables = tables_of(text, path)
    project = _Reading(tables, path).project
    project.notes[:0] = notes
    return project


class _Reading:
    """A project, made of the tables of a file."""

    def __init__(self, tables: dict[str, Table], path: Path) -> None:
        self.tables = tables
        self.project = Project(WORDS, path.stem)
        self.cells = Cells(self.project.problems)
        self.broken: set[str] = set()
        """Tables of which rows are missing, so that what leads there is not reported as well."""
        self._settings()
        self._calendars()
        self._teams()
        self._tasks()
        self._links()
        self._assignments()

    def _rows(self, name: str, *needed: str) -> list[Row]:
        """Rows of a table; columns that it needs and lacks are problems, and so are rows of another length."""
        table = self.tables.get(name)
        if table is None:
            return []
        lacking = [column for column in needed if column not in table.columns]
        for column in lacking:
            self.cells.refuse(Place(name, table.row, column), None, "this column", "Export the file with it")
        if lacking:
            self.broken.add(name)
            return []
        for number in table.stray:
            self.cells.refuse(Place(name, number, "%R"), None, "a line that begins with %R", "Join it to the one above")
        rows = []
        for number, cells in table.rows:
            if len(cells) != len(table.columns):
                told, expected = f"{len(cells)} cells", f"{len(table.columns)} cells, as there are columns"
                self.cells.refuse(Place(name, number, "%R"), told, expected, "Export or send the file again")
                self.broken.add(name)
            else:
                stripped = (cell.strip() for cell in cells)
                rows.append(Row(name, number, dict(zip(table.columns, stripped, strict=True))))
        return rows

    def _keyed(self, name: str, key: str, *needed: str) -> dict[str, Row]:
        """Rows of a table by key; a key that is missing or taken is a problem."""
        found: dict[str, Row] = {}
        for row in self._rows(name, key, *needed):
            value = row.get(key)
            if value is None or value in found:
                self.cells.refuse(row.place(key), value, f"a {key} that no other row has", "Give it one")
                self.broken.add(name)
            else:
                found[value] = row
        return found

    def _known(self, row: Row, column: str, among: Collection[str], table: str) -> str | None:
        """A reference to another table; None where it is empty or leads to nothing, which is a problem."""
        value = row.get(column)
        if value is not None and value not in among:
            if table in self.broken:
                return None
            self.cells.refuse(
                row.place(column), value, f"the key of a row in {table}", "Mend it, or export that row too"
            )
            return None
        return value

    def _moment(self, row: Row, column: str) -> datetime.datetime | None:
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
            known = {code.lower(): name for name, code in LAGS.items()} | {LAGS_ON_PROJECTS.lower(): "project"}
            if said in known:
                self.lags = known[said]
            elif said:
                self.cells.refuse(
                    options.place("sched_calendar_on_relationship_lag"), said,
                    f"one of {', '.join(LAGS.values())}, rcal_ProjDefault", "Mend on which calendar lags count",
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
            if self.lags == "project" and self.row.get("clndr_id") is None:
                self.cells.refuse(self.row.place("clndr_id"), None, "a calendar, as lags count on it", "Give it one")

    def _calendar(self, key: str, row: Row) -> WorkCalendar | None:
        place = row.place("clndr_data")
        try:
            week, dates = days_of(row.get("clndr_data") or "")
        except ValueError as error:
            expected = f"the days of a week with their hours, and exceptions; {error}"
            self.cells.refuse(place, row.get("clndr_data"), expected, "Export the calendar again")
            return None
        hours = row.get("day_hr_cnt")
        shown = None if hours is None else self.cells.number(row.place("day_hr_cnt"), hours, at_least=0) * 60
        return WorkCalendar(key, row.get("clndr_name") or "", row.row, week, dates, shown)

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
            if row.get("rsrc_type") == MATERIAL:
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
            key = self._known(row, "task_id", self.activities, "TASK")
            team = self._known(row, "rsrc_id", self.resources, "RSRC")
            if key not in tasks or team not in teams:
                continue
            units = row.get("target_qty_per_hr")
            number = None if units is None else self.cells.number(row.place("target_qty_per_hr"), units)
            self.project.assignments.append(Assignment(row.row, key, team, number))
            if tasks[key].heeds_teams:
                tasks[key].calendar = None
                resource = self.resources[team]
                if resource.get("clndr_id") is None:
                    expected = "a calendar, as a resource-dependent activity follows it"
                    self.cells.refuse(resource.place("clndr_id"), None, expected, "Give it one")

    # -- tasks ----------------------------------------------------------------------------------------------------

    def _tasks(self) -> None:
        phases = self._phases()
        self.activities = self._keyed("TASK", "task_id", "task_code", "task_name", "clndr_id", "task_type",
                                      "target_drtn_hr_cnt")  # fmt: skip
        for key, row in self.activities.items():
            kind = row.get("task_type")
            if kind in SUMMARIES:
                self.project.count("Level of effort or WBS summary, left out with its links")
                continue
            if kind not in (TASK_DEPENDENT, RESOURCE_DEPENDENT, *MILESTONES):
                known = ", ".join([TASK_DEPENDENT, RESOURCE_DEPENDENT, *MILESTONES, *SUMMARIES])
                self.cells.refuse(row.place("task_type"), kind, f"one of {known}", "Mend the type of the activity")
            self.project.tasks.append(self._task(key, row, phases))

    def _task(self, key: str, row: Row, phases: dict[str, tuple[str, ...]]) -> Task:
        not_before, target = self._constraints(row)
        begun = row.get("status_code") not in ("TK_NotStart", None)
        if begun:
            self.project.count("Activity on which work has begun: what was done is not taken over")
        milestone = row.get("task_type") in MILESTONES
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
            heeds_teams=row.get("task_type") == RESOURCE_DEPENDENT,
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

    def _constraints(self, row: Row) -> tuple[datetime.datetime | None, datetime.date | None]:
        """Moment before which an activity does not start, and day by which it should be done."""
        not_before, target = None, None
        for kind, when in (("cstr_type", "cstr_date"), ("cstr_type2", "cstr_date2")):
            said, moment = row.get(kind), self._moment(row, when)
            if said in (NOT_BEFORE, TARGET) and row.get(when) is None:
                self.cells.refuse(row.place(when), None, "the date of the constraint", "Give it")
            elif said == NOT_BEFORE:
                not_before = moment
            elif said == TARGET:
                target = moment.date() if moment else None
            elif said is not None:
                self.cells.refuse(
                    row.place(kind), f"{said}, {CONSTRAINTS[said]}" if said in CONSTRAINTS else said,
                    f"{NOT_BEFORE}, start on or after, or {TARGET}, finish on or before",
                    "Use one of them: other constraints have no counterpart",
                )  # fmt: skip
        return not_before, target

    # -- links ----------------------------------------------------------------------------------------------------

    def _links(self) -> None:
        tasks = {task.key: task for task in self.project.tasks}
        for row in self._rows("TASKPRED", "task_id", "pred_task_id", "pred_type", "lag_hr_cnt"):
            ends = [self._known(row, column, self.activities, "TASK") for column in ("pred_task_id", "task_id")]
            kind = row.get("pred_type")
            if kind not in TYPES:
                expected = f"one of {', '.join(TYPES)}"
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
                Link(row.row, before.key, after.key, TYPES.get(kind or "", "FS"), minutes, calendar)
            )
