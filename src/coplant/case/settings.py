"""The case itself: its name, currency and horizon."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from coplant.case.cells import EXPECTED, parse
from coplant.case.names import did_you_mean
from coplant.errors import Problem
from coplant.schema import TABLES

KINDS = ("day", "week", "month", "quarter", "year")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_GRAMMAR = re.compile(r"\s*(\w+)\s*:\s*(\d+)\s*")


@dataclass(frozen=True)
class Settings:
    """What holds for the whole case.

    Attributes
    ----------
    name : str
        Short name of the case.
    currency : str
        Currency of every amount.
    start : date
        First day of the horizon.
    buckets : tuple of (kind, count)
        The buckets of the horizon in order; kinds are day, week, month, quarter, year.
    title : str or None
        What the case is about.
    discount_rate : float
        Share per year.
    lag_rule : {"exact", "conservative"}
        How lead times fall on buckets.
    source, note : str or None
        Where the case comes from; a remark.
    """

    name: str
    currency: str
    start: datetime.date
    buckets: tuple[tuple[str, int], ...]
    title: str | None = None
    discount_rate: float = 0.0
    lag_rule: Literal["exact", "conservative"] = "exact"
    source: str | None = None
    note: str | None = None

    @property
    def until(self) -> datetime.date:
        """First day after the horizon."""
        return _end(self.start, self.buckets)

    def frame(self) -> pl.DataFrame:
        """Return the settings as a table of one row."""
        table = TABLES["case"]
        values = {name: getattr(self, name) for name in table.names}
        values["buckets"] = " ".join(f"{kind}:{count}" for kind, count in self.buckets)
        return pl.DataFrame([values], schema={column.name: column.dtype for column in table.columns})


def check_settings(
    found: Mapping[str, Any], problems: list[Problem], rows: Mapping[str, int] | None = None
) -> Settings | None:
    """Make settings of what was found; None if they have problems.

    Parameters
    ----------
    found : dict
        Values by name, as a file or a caller has them.
    problems : list of Problem
        Takes the mistakes.
    rows : dict of int, optional
        Line or row on which each value stands.
    """
    table = TABLES["case"]
    rows = rows or {}
    before = len(problems)
    values: dict[str, Any] = {}

    def report(name: str, value: Any, expected: str, mend: str) -> None:
        problems.append(Problem("case", rows.get(name), name, value, expected, mend))

    for name, value in found.items():
        if name not in table.names:
            otherwise = f"The settings of a case are {', '.join(table.names)}"
            report(name, value, "a setting of a case", did_you_mean(name, table.names, otherwise))
    for column in table.columns:
        value = found.get(column.name)
        if column.name == "buckets":
            value = _joined(value)
        cells = parse([value], column)
        cell = cells.values.item()
        if cells.bad.item():
            report(column.name, value, EXPECTED[column.type], f"{column.description}")
        elif cell is None and column.required:
            report(column.name, None, "a value", f"{column.description}")
        elif cell is None:
            cell = column.default
        elif column.choices and cell not in column.choices:
            report(column.name, cell, f"one of {', '.join(column.choices)}", did_you_mean(cell, column.choices))
        elif column.bounds and not cell >= (column.bounds.low or 0.0):
            report(column.name, cell, f"a number {column.range}", column.description)
        values[column.name] = cell
    if values["buckets"] is not None:
        values["buckets"] = _buckets(values["buckets"], values["start"], report)
    return Settings(**values) if len(problems) == before else None


def _joined(value: Any) -> Any:
    """Buckets as one text, whether they come as text, a list of texts or a list of pairs."""
    if not isinstance(value, (list, tuple)):
        return value
    return " ".join(":".join(map(str, one)) if isinstance(one, (list, tuple)) else str(one) for one in value)


def _buckets(text: str, start: datetime.date | None, report: Any) -> tuple[tuple[str, int], ...]:
    buckets: list[tuple[str, int]] = []
    for one in re.sub(r"\s*:\s*", ":", text).replace(",", " ").split():
        match = _GRAMMAR.fullmatch(one)
        if match is None or int(match[2]) < 1:
            report(
                "buckets", one, "kind:count, such as month:33", "Write each part as a kind, a colon and a count above 0"
            )
        elif match[1] not in KINDS:
            otherwise = f"Kinds are {', '.join(KINDS)}"
            report("buckets", one, "a kind of bucket before the colon", did_you_mean(match[1], KINDS, otherwise))
        else:
            buckets.append((match[1], int(match[2])))
    try:
        if start is not None:
            _end(start, tuple(buckets))
    except (ValueError, OverflowError):
        report("buckets", text, "a horizon that ends before the year 9999", "Give fewer or shorter buckets")
    return tuple(buckets)


def _end(start: datetime.date, buckets: tuple[tuple[str, int], ...]) -> datetime.date:
    day = start
    for kind, count in buckets:
        if kind in _DAYS:
            day += datetime.timedelta(days=_DAYS[kind] * count)
        else:
            months = day.year * 12 + day.month - 1 + _MONTHS[kind] * count
            year, month = divmod(months, 12)
            day = datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day
