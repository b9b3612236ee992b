"""Provisions: rows of a clause that were agreed together, and what later versions made of them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.versions import RECORDED, in_force, same_thing, with_terms, with_windows
from coplant.schema import TABLES, Table
from coplant.timeline import add_months

CLAUSE = "Clause:"
"""How the description of a table begins whose rows are clauses of an agreement."""

_LINE = "_line"
_OUTSET = datetime.date.min
_State = dict[int, datetime.date | None]


class Change(NamedTuple):
    """What a later version did to a provision."""

    known: datetime.date
    """Day on which the later version became known."""
    since: datetime.date | None
    """Day from which the later version holds in its place; None where it replaced it whole."""
    by: tuple[int, ...]
    """Rows of the later version."""


@dataclass(frozen=True, eq=False)
class Provision:
    """Rows of a clause that were agreed together, such as the tiers of a fee.

    Parameters
    ----------
    clause : str
        Table of the clause.
    case : Case
        The case, with these rows as the only ones of the clause: what reads the clause reads these.
    agreement : str
        The agreement.
    rows : tuple of mapping
        The rows, with the days for which they hold.
    lines : tuple of int
        Each row as a planner sees it.
    begins, ends : date or None
        First day, and day after the last; None in a clause whose rows do not say.
    agreed_until : date or None
        Day after the last as it was agreed, before a later version took over.
    recorded : date or None
        Day from which they are known; None for the outset.
    stands : bool
        Whether they are in force by all that is known.
    changes : tuple of Change
        What later versions did to them, in the order of their days.
    """

    clause: str
    case: Case
    agreement: str
    rows: tuple[Mapping[str, Any], ...]
    lines: tuple[int, ...]
    begins: datetime.date | None
    ends: datetime.date | None
    agreed_until: datetime.date | None
    recorded: datetime.date | None
    stands: bool
    changes: tuple[Change, ...]

    @property
    def row(self) -> Mapping[str, Any]:
        """The first row; in what is common to all, any is as good."""
        return self.rows[0]

    @property
    def thing(self) -> dict[str, Any]:
        """What the provision is about, beside the agreement: an item, a charge, a tool."""
        named = {column: self.row[column] for column in same_thing(TABLES[self.clause]) if column != "agreement"}
        return {column: name for column, name in named.items() if name is not None}

    def holds_on(self, day: datetime.date, *, as_agreed: bool = False) -> bool:
        """Whether it holds on a day; one that does not say when holds on every day."""
        ends = self.agreed_until if as_agreed else self.ends
        return (self.begins is None or self.begins <= day) and (ends is None or day < ends)


def clause_tables() -> Iterator[Table]:
    """The tables whose rows are clauses of an agreement."""
    return (table for table in TABLES.values() if table.description.startswith(CLAUSE))


def provisions_of(
    case: Case, agreement: str, known_on: datetime.date | None, over: datetime.date | None
) -> list[Provision]:
    """Read the provisions of an agreement, those in force and those that later versions replaced.

    Parameters
    ----------
    case : Case
        The case, with all its versions.
    agreement : str
        The agreement.
    known_on : date or None
        Rows recorded later are left out; None for all that is recorded.
    over : date or None
        First day on which the agreement is no longer in force, if it ended before its term.
    """
    known = case.known(known_on)
    found = []
    for table in clause_tables():
        rows = with_windows(case, table.name) if "valid_from" in table.names else with_terms(case, table.name)
        rows = rows.with_columns(case.rows[table.name].alias(_LINE)).filter(agreement=agreement)
        if known_on is not None:
            rows = rows.filter(pl.col(RECORDED).is_null() | (pl.col(RECORDED) <= known_on))
        if rows.height:
            found += _provisions(known, table, rows, over)
    return found


def left_out(case: Case, agreement: str, known_on: datetime.date | None) -> int:
    """Count the rows of an agreement's clauses that were recorded after a day."""
    if known_on is None:
        return 0
    rows = (case[table.name].filter(agreement=agreement) for table in clause_tables())
    return sum(frame.filter(pl.col(RECORDED) > known_on).height for frame in rows)


def _provisions(known: Case, table: Table, rows: pl.DataFrame, over: datetime.date | None) -> list[Provision]:
    days = sorted(rows[RECORDED].drop_nulls().unique())
    until = "valid_until" if _dated(table) else RECORDED
    # What each day's knowledge leaves of the rows: those that count, and the day after the last of each if it says one.
    states = [dict(in_force(table, rows, day).select(_LINE, until).iter_rows()) for day in (_OUTSET, *days)]
    when = ["valid_from"] if _dated(table) else []
    groups = rows.group_by([*same_thing(table), *when, RECORDED], maintain_order=True)
    provisions = [_provision(known, table, group, states[-1]) for _, group in groups]
    return [
        dataclasses.replace(
            one,
            ends=_earlier(one.ends, over),
            agreed_until=_earlier(one.agreed_until, over),
            changes=tuple(_changes(one, provisions, days, states)),
        )
        for one in provisions
    ]


def _provision(known: Case, table: Table, group: pl.DataFrame, state: _State) -> Provision:
    first = group.row(0, named=True)
    line = first[_LINE]
    begins, agreed, ends = None, None, None
    if _dated(table):
        begins, agreed = first["begins"], first["ends"]
        if first.get("months") is not None:
            # It holds for so many months from its first day on, if the agreement lasts as long.
            agreed = min(agreed, add_months(np.datetime64(begins), first["months"]).astype(object))
        ends = min(state.get(line) or agreed, agreed)
        group = group.with_columns(valid_until=pl.lit(ends))
    shown, lines = group.select(table.names), group[_LINE]
    tables, places = {**known.tables, table.name: shown}, {**known.rows, table.name: lines}
    return Provision(
        clause=table.name,
        case=dataclasses.replace(known, tables=tables, rows=places),
        agreement=first["agreement"],
        rows=tuple(shown.iter_rows(named=True)),
        lines=tuple(lines),
        begins=begins,
        ends=ends,
        agreed_until=agreed,
        recorded=first[RECORDED],
        stands=line in state,
        changes=(),
    )


def _earlier(day: datetime.date | None, over: datetime.date | None) -> datetime.date | None:
    return day if day is None or over is None else min(day, over)


def _dated(table: Table) -> bool:
    return "valid_from" in table.names


def _changes(
    one: Provision,
    provisions: list[Provision],
    days: list[datetime.date],
    states: list[_State],
) -> Iterator[Change]:
    """What became of a provision on each day on which something became known."""
    line, dated = one.lines[0], one.begins is not None
    for day, before, after in zip(days, states, states[1:], strict=False):
        if line not in before or (line in after and before[line] == after[line]):
            continue
        since = after.get(line)
        hit = since or one.begins
        later = next(
            other
            for other in provisions
            if other.recorded == day
            and other.thing == one.thing
            and (not dated or hit is None or other.holds_on(hit, as_agreed=True))
        )
        yield Change(day, since, later.lines)
