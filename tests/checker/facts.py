"""The tables of a case and of a plan as plain rows, and the list of what is found wrong."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.dates import FOREVER, Row, bounds_of, later

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Violation:
    """One thing that a plan's tables say and that does not hold."""

    kind: str
    thing: str
    bucket: str
    found: float
    expected: float

    def __str__(self) -> str:
        return f"{self.kind} {self.thing} {self.bucket}: {self.found!r}, not {self.expected!r}"


def grouped(rows: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    """Rows by the values of some columns."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[c] for c in columns) if len(columns) > 1 else row[columns[0]]].append(row)
    return dict(groups)


@dataclass
class Facts:
    """A case and a plan side by side.

    Only the rows of the tables are used: what is in a case folder, and what is in the folder of a result.
    """

    case: Mapping[str, list[Row]]
    plan: Mapping[str, list[Row]]
    settings: Any
    objective: float
    tolerance: float = TOLERANCE
    violations: list[Violation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bounds = bounds_of(self.settings.start, self.settings.buckets)
        self.count = len(self.bounds) - 1
        self.place = {day: number for number, day in enumerate(self.bounds[:-1])}
        self.items = {row["item"]: row for row in self.case["items"]}
        self.sites = {row["site"]: row for row in self.case["sites"]}
        self.routes = {row["route"]: row for row in self.case["routes"]}
        self.offers = {row["offer"]: row for row in self.case["offers"]}
        self.lanes = {row["lane"]: row for row in self.case["lanes"]}
        self.agreements = {row["agreement"]: row for row in self.case["agreements"]}
        self.left = {row["agreement"]: row["bucket"] for row in self.plan["left"]}
        self.signed = {
            name: bool(next((r["signed"] for r in self.plan["signed"] if r["agreement"] == name), False))
            for name in self.agreements
        }

    def family(self, item: str) -> str:
        """Line of business of an item; its own name where it has none."""
        return self.items[item]["family"] or item

    def term(self, agreement: str) -> tuple[datetime.date, datetime.date]:
        """Days on which an agreement is in force if it is signed, until it is left."""
        starts, ends = self.agreements[agreement]["starts"], self.term_ends(agreement)
        return starts, min(ends, self.left.get(agreement, ends))

    def term_ends(self, agreement: str) -> datetime.date:
        """Day after the last of the term, whether or not the agreement is left before."""
        row = self.agreements[agreement]
        return later(row["starts"], row["term"])

    def window(self, clause: Row) -> tuple[datetime.date, datetime.date]:
        """Days that a row of a clause covers, within its agreement's term."""
        starts, ends = self.term(clause["agreement"])
        return max(clause["valid_from"] or starts, starts), min(clause["valid_until"] or FOREVER, ends)

    def label(self, bucket: int) -> str:
        """Name of a bucket in a violation."""
        return self.bounds[bucket].isoformat()

    def bucket_of(self, day: datetime.date) -> int | None:
        """Bucket that a day falls in: the first for what was due earlier, none after the horizon."""
        if day >= self.bounds[-1]:
            return None
        return max((number for number in range(self.count) if self.bounds[number] <= day), default=0)

    def days(self, bucket: int) -> int:
        """Length of a bucket."""
        return (self.bounds[bucket + 1] - self.bounds[bucket]).days

    def worth_on(self, day: datetime.date) -> float:
        """Value at the start of the horizon of money of a day."""
        return float((1 + self.settings.discount_rate) ** (-(day - self.bounds[0]).days / 365.25))

    def worth_in(self, bucket: int) -> float:
        """Value at the start of the horizon of money of the middle of a bucket."""
        middle = ((self.bounds[bucket] - self.bounds[0]).days + (self.bounds[bucket + 1] - self.bounds[0]).days) / 2
        return float((1 + self.settings.discount_rate) ** (-middle / 365.25))

    def last_row(self, rows: Iterable[Row], bucket: int) -> Row | None:
        """Row of a dated table that holds on the last day of a bucket."""
        last = self.bounds[bucket + 1] - datetime.timedelta(days=1)
        return max((row for row in rows if row["from"] <= last), key=lambda row: row["from"], default=None)

    def level(self, table: str, column: str, *key: str) -> dict[Any, float]:
        """Sum a column of a result table by some columns and the number of the bucket."""
        total: dict[Any, float] = defaultdict(float)
        for row in self.plan[table]:
            total[(*(row[c] for c in key), self.place[row["bucket"]])] += row[column] or 0.0
        return total

    def equal(self, kind: str, thing: str, bucket: str, found: float, expected: float, scale: float = 0.0) -> None:
        """Report a figure that is not what it should be, relative to the larger of the figures or of what made it."""
        if abs(found - expected) > self.tolerance * max(1.0, abs(found), abs(expected), scale):
            self.violations.append(Violation(kind, thing, bucket, found, expected))

    def at_most(self, kind: str, thing: str, bucket: str, found: float, most: float, scale: float = 0.0) -> None:
        """Report a figure above its limit."""
        if found > most + self.tolerance * max(1.0, abs(found), abs(most), scale):
            self.violations.append(Violation(kind, thing, bucket, found, most))
