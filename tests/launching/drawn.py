"""Programmes drawn at random: links of every type, lags on every calendar, teams, drivers and events."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from launching import plain
from launching.small_programme import START, SmallProgramme

from coplant.launching.critical_path import Early, early
from coplant.launching.programme import Programme
from coplant.launching.schedule import ranked
from coplant.launching.working_time import DAY

CALENDARS = ("office", "six")
_DAYS = st.sampled_from(["mon tue wed thu fri", "mon tue wed thu fri sat", "tue", "sat sun mon"])


@st.composite
def programmes(draw: st.DrawFn, *, uncertain: bool = True, most: int = 7) -> SmallProgramme:
    """A programme that ends with one activity, to which every other leads."""
    small = SmallProgramme()
    small.add("calendars", calendar="office", days="mon tue wed thu fri")
    small.add("calendars", calendar="six", days=draw(_DAYS))
    for offset, length, works in draw(
        st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.sampled_from(["yes", "no"])), max_size=3,
                 unique_by=lambda row: row[0])
    ):  # fmt: skip
        begins = START + datetime.timedelta(days=offset)
        small.add(
            "holidays", calendar="office", from_=begins, until=begins + datetime.timedelta(days=length), works=works
        )
    small.add("teams", team="experts", calendar=draw(st.sampled_from([None, "six"])))
    small.add("teams", team="crew", capacity=draw(st.sampled_from([2, 2.5, 4])))
    names = [f"a{number}" for number in range(draw(st.integers(2, most)))]
    for number, name in enumerate(names):
        low = draw(st.integers(0, 12)) / 4
        rise, more = draw(st.integers(0, 8)) / 4, draw(st.integers(1, 12)) / 4
        shape = draw(st.sampled_from(["fixed", "pert", "triangular", "uniform"])) if uncertain else "fixed"
        row = {"distribution": shape, "calendar": draw(st.sampled_from([None, *CALENDARS]))}
        if shape != "fixed":
            row |= {"low": low, "high": low + rise + more, "range": "limits"}
        if draw(st.booleans()):
            row["from_"] = START + datetime.timedelta(days=draw(st.integers(0, 9)))
        small.activity(name, None if shape == "uniform" else low + rise, **row)
        if draw(st.integers(0, 2)) == 0:
            small.add("assignments", activity=name, team="experts")
        if draw(st.integers(0, 2)) == 0:
            small.add("assignments", activity=name, team="crew", quantity=draw(st.sampled_from([0.5, 1, 1.5, 2])))
        for before in draw(st.lists(st.sampled_from(names[:number]), max_size=3, unique=True)) if number else []:
            small.add(
                "links", predecessor=before, successor=name, type=draw(st.sampled_from(["FS", "SS", "FF", "SF"])),
                lag=draw(st.sampled_from([0, 0, 0.5, 1, 3, -1, -0.25])),
                lag_calendar=draw(st.sampled_from(["elapsed", "predecessor", "successor"])),
            )  # fmt: skip
    if uncertain:
        small.add("drivers", driver="d", distribution="triangular", low=0.5, likely=1, high=2, range="limits")
        for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
            small.add("driven", driver="d", activity=name, strength=draw(st.sampled_from([1, 0.5, 2])))
        small.add("events", event="e", activity=draw(st.sampled_from(names)), probability=0.4, likely=2, most_times=3,
                  again=0.5, learning=0.5)  # fmt: skip
    small.activity("end", 0, *names)
    return small.milestone("end")


def in_order_of_starts(programme: Programme) -> tuple[Programme, Early]:
    """The programme in the order in which its activities then start, and the schedule that this gives.

    Served in the order of their starts, none starts later than before; so it comes to an end. What a lead lets start
    before its predecessor cannot hand over to that, and is not looked at.
    """
    while True:
        planned = early(programme, programme.likely_duration())
        order = ranked(programme, planned.start, planned.finish)
        if (order == range(len(programme))).all():
            assume((np.diff(planned.start) >= 0).all())
            return programme, planned
        programme = programme.in_order(order)


def network_of(small: SmallProgramme, programme: Programme, takes: Any) -> plain.Network:
    """The rows of a programme with certain durations, in ticks, for the plain pass; in the programme's order."""
    tables = small.tables
    teams = {row["team"]: row for row in tables.get("teams", [])}
    taken: dict[str, dict[str, float]] = {row["activity"]: {} for row in tables["activities"]}
    for row in tables.get("assignments", []):
        taken[row["activity"]][row["team"]] = row.get("quantity", 1)
    first = programme.first.astype(object)
    named = {row["activity"]: [row.get("calendar"), *(teams[team].get("calendar") for team in taken[row["activity"]])]
             for row in tables["activities"]}  # fmt: skip
    works = {name: plain.calendar(tables, first, names) if any(names) else None for name, names in named.items()}
    on = {"elapsed": lambda _: None, "predecessor": lambda row: works[row["predecessor"]],
          "successor": lambda row: works[row["successor"]]}  # fmt: skip
    links = [
        (row["predecessor"], row["successor"], row.get("type", "FS"), round(row.get("lag", 0) * DAY),
         on[row.get("lag_calendar", "successor")](row))
        for row in tables.get("links", [])
    ]  # fmt: skip
    return plain.Network(
        programme.names,
        {name: int(ticks) for name, ticks in zip(programme.names, takes, strict=True)},
        works,
        links,
        {row["activity"]: (row["from"] - first).days * DAY if row.get("from") else 0 for row in tables["activities"]},
        taken,
        {team: row.get("capacity", 1) for team, row in teams.items()},
    )
