"""Primavera's XER written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from coplant.case import Case
from coplant.case.files import written_whole
from coplant.exchange.giving import link_of, project_of, same_days, worked_on
from coplant.exchange.hours import WorkCalendar, hours_on, length, shared
from coplant.exchange.naming import one_line
from coplant.exchange.primavera.codes import (
    LAGS,
    NOT_BEFORE,
    RESOURCE_DEPENDENT,
    TARGET,
    TASK_DEPENDENT,
    TYPES,
    WORDS,
)
from coplant.exchange.primavera.shifts import text_of
from coplant.exchange.primavera.tables import encoded
from coplant.exchange.project import Project, Task


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
    lags = max(LAGS, key=lambda counted: sum(kept(row, counted) for row in rows))
    for row in rows:
        project.links.append(link_of(row, calendar_of(row, lags)))
        if not kept(row, lags):
            told = "round the clock" if lags == "elapsed" else f"on the {lags}'s calendar"
            project.count(f"Lag that counts there {told}, as all lags do")
    text = "\r\n".join(_lines(project, lags)) + "\r\n"
    with written_whole(path) as place:
        place.write_bytes(encoded(text))
    return tuple(project.counted())


def _together(project: Project, names: frozenset[str]) -> str:
    """Add a calendar that works when all of some do, and return its key."""
    key = " + ".join(sorted(names))
    calendars = [project.calendars[name] for name in sorted(names)]
    week = tuple(reduce(shared, (calendar.week[day] for calendar in calendars)) for day in range(7))
    days = {day for calendar in calendars for day in calendar.dates}
    project.calendars[key] = WorkCalendar(key, key, 0, week, {day: (hours_on(calendars, day), "") for day in days})
    return key


def _lines(project: Project, lags: str) -> Iterator[str]:
    start = f"{project.start} 00:00"
    calendars = {key: str(number) for number, key in enumerate(project.calendars, start=1)}
    teams = {team.key: str(number) for number, team in enumerate(project.teams, start=1)}
    tasks = {task.key: str(number) for number, task in enumerate(project.tasks, start=1)}
    wbs: dict[tuple[str, ...], str] = {(): "1"}
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
         "week_hr_cnt": _number(sum(length(hours) for hours in calendar.week) / 60), "clndr_data": text_of(calendar)}
        for key, calendar in project.calendars.items()
    ])  # fmt: skip
    yield from _table("SCHEDOPTIONS", [
        {"schedoptions_id": "1", "proj_id": "1", "sched_calendar_on_relationship_lag": LAGS[lags]}
    ])  # fmt: skip
    yield from _table("PROJWBS", [
        {"wbs_id": key, "proj_id": "1", "seq_num": key, "proj_node_flag": "N" if phase else "Y",
         "status_code": "WS_Open", "wbs_short_name": key if phase else project.name,
         "wbs_name": phase[-1] if phase else project.title or project.name,
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
    types = {name: code for code, name in TYPES.items()}
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
    constraints = [(NOT_BEFORE, _moment(task.not_before))] if task.not_before else []
    constraints += [(TARGET, f"{task.target} 17:00")] if task.target else []
    (first, on), (second, by) = (*constraints, ("", ""), ("", ""))[:2]
    hours = _number(task.minutes / 60)
    kind = "TT_FinMile" if task.milestone else RESOURCE_DEPENDENT if task.heeds_teams else TASK_DEPENDENT
    return {
        "task_id": tasks[task.key], "proj_id": "1", "wbs_id": wbs[task.phase],
        "clndr_id": calendars[task.calendar or ""], "complete_pct_type": "CP_Drtn", "task_type": kind,
        "duration_type": "DT_FixedDUR2", "status_code": "TK_NotStart",
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
