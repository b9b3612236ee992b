"""Programmes of a few activities, written as briefly as a test can be read."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from coplant import Case, Launch, launch
from coplant.launching.programme import Programme

START = datetime.date(2026, 12, 24)


class SmallProgramme:
    """Rows of a case that is a launch programme by itself; the first day is a Thursday."""

    def __init__(self, start: datetime.date = START) -> None:
        self.settings = {"name": "small", "currency": "EUR", "start": start, "buckets": ["month:12"]}
        self.tables: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **row: Any) -> SmallProgramme:
        self.tables.setdefault(table, []).append({name.removesuffix("_"): value for name, value in row.items()})
        return self

    def activity(self, name: str, likely: float | None = None, *after: str, **row: Any) -> SmallProgramme:
        """Add an activity, and links from those it comes after."""
        for predecessor in after:
            self.add("links", predecessor=predecessor, successor=name)
        return self.add("activities", activity=name, **({} if likely is None else {"likely": likely}), **row)

    def pert(self, name: str, low: float, likely: float, high: float, *after: str, **row: Any) -> SmallProgramme:
        return self.activity(
            name, likely, *after, **{"distribution": "pert", "low": low, "high": high, "range": "limits", **row}
        )

    def milestone(self, activity: str, milestone: str = "end", **row: Any) -> SmallProgramme:
        return self.add("milestones", milestone=milestone, activity=activity, **row)

    def case(self) -> Case:
        return Case.from_tables(self.settings, {name: list(rows) for name, rows in self.tables.items()})

    def programme(self) -> Programme:
        return Programme.of(self.case())

    def launch(self, samples: int = 1_000, seed: int = 1, **options: Any) -> Launch:
        return launch(self.case(), samples, seed, **options)


MILWAUKEE = {
    "A": ("", 2, (1, 2, 3)), "B": ("", 3, (2, 3, 4)), "C": ("A", 2, (1, 2, 3)), "D": ("AB", 4, (2, 4, 6)),
    "E": ("C", 4, (1, 4, 7)), "F": ("C", 3, (1, 2, 9)), "G": ("DE", 5, (3, 4, 11)), "H": ("FG", 2, (1, 2, 3)),
}  # fmt: skip
"""Milwaukee Paper (Heizer and Render): predecessors, weeks, and weeks at best, likely and at worst."""


def milwaukee(uncertain: bool = True) -> SmallProgramme:
    """Milwaukee Paper with a day for a week."""
    small = SmallProgramme()
    for name, (after, weeks, (low, likely, high)) in MILWAUKEE.items():
        if uncertain:
            small.pert(name, low, likely, high, *after)
        else:
            small.activity(name, weeks, *after)
    return small.milestone("H")


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")
