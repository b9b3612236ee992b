"""Cells of a file read as numbers and dates; those that cannot be are problems, never something else."""

from __future__ import annotations

import datetime
import math
import re
from typing import NamedTuple

from coplant.errors import Problem


class Cells:
    """Reads cells and keeps what is wrong with them.

    Parameters
    ----------
    problems : list of Problem
        Takes what is wrong.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def refuse(self, place: Place, value: object, expected: str, mend: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(place.table, place.row, place.column, value, expected, f"{place.of}{mend}"))

    def number(self, place: Place, text: str | None, *, at_least: float = -math.inf) -> float:
        """Read a number; what is none is a problem, and then 0."""
        try:
            number = float(text or "")
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or number < at_least or "_" in (text or ""):
            expected = "a number" if at_least == -math.inf else f"a number of at least {at_least:g}"
            self.refuse(place, text, f"{expected}, with a point for decimals", "Mend it")
            return 0.0
        return number

    def moment(
        self, place: Place, text: str, expected: str = "a date and time like 2026-03-02T08:00:00"
    ) -> datetime.datetime | None:
        """Read a date and a time; what is none is a problem, and then None."""
        try:
            if _MOMENT.fullmatch(text):
                return datetime.datetime.fromisoformat(text)
        except ValueError:
            pass
        self.refuse(place, text, expected, "Mend the date")
        return None


class Place(NamedTuple):
    """Where a cell stands."""

    table: str
    row: int
    column: str
    of: str = ""
    """Whose cell it is, where that helps to find it: how a sentence about how to mend it begins."""


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.0+)?)?")
