"""A result seen in one language: its titles, its periods, its money."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from coplant.report.numbers import DAYS_PER_MONTH, Numbers
from coplant.report.words import Words
from coplant.settlement.money import Rounding

if TYPE_CHECKING:
    from coplant.case import Case
    from coplant.planning import Plan

TITLED = {
    "activity": "activities",
    "agreement": "agreements",
    "calendar": "calendars",
    "driver": "drivers",
    "event": "events",
    "item": "items",
    "milestone": "milestones",
    "party": "parties",
    "resource": "resources",
    "site": "sites",
    "team": "teams",
}
"""Tables of a case that give a title to what they name."""

REVENUE = ("revenue", "annuity")
"""Money lines that are revenue."""

BOUND = 1e-6
"""Relative distance to a limit within which it counts as reached."""


class CaseView(ABC):
    """A case seen in one language: what a page says of it, whatever the result that it shows."""

    words: Words
    """Texts of the language."""

    @property
    @abstractmethod
    def case(self) -> Case:
        """The case that the result came from."""

    @property
    @abstractmethod
    def spans(self) -> pl.DataFrame:
        """Periods that figures are drawn over: bucket, until, days."""

    @cached_property
    def numbers(self) -> Numbers:
        """How numbers are written."""
        return Numbers(self.words)

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return str(self.case.settings.currency)

    @property
    def name(self) -> str:
        """Title of the case, or its name."""
        return str(self.case.settings.title or self.case.settings.name)

    @cached_property
    def buckets(self) -> pl.DataFrame:
        """Periods, their names, and what turns a quantity in each into one per month."""
        table = self.spans
        names = [self.numbers.bucket(first, until) for first, until in table.select("bucket", "until").iter_rows()]
        # Whole months count as such, so that a steady rate is a straight line whatever the calendar.
        months = 12 * (pl.col("until").dt.year() - pl.col("bucket").dt.year()) + (
            pl.col("until").dt.month().cast(pl.Int32) - pl.col("bucket").dt.month().cast(pl.Int32)
        )
        whole = (pl.col("bucket").dt.day() == 1) & (pl.col("until").dt.day() == 1)
        return table.select(
            "bucket",
            "until",
            "days",
            name=pl.Series(names, dtype=pl.String),
            per_month=pl.when(whole).then(1.0 / months).otherwise(DAYS_PER_MONTH / pl.col("days")),
        )

    @cached_property
    def _bucket_names(self) -> dict[datetime.date, str]:
        return dict(self.buckets.select("bucket", "name").iter_rows())

    def bucket(self, day: datetime.date | None) -> str:
        """Name of the bucket that starts on a day."""
        return "" if day is None else self._bucket_names.get(day) or self.numbers.date(day)

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        titles: dict[str, dict[str, str]] = {}
        for key, table in TITLED.items():
            rows = self.case[table].select(key, "title").iter_rows()
            titles[key] = {name: title or name for name, title in rows}
        alone = self.case["items"].filter(pl.col("family").is_null())["item"].to_list()
        titles["family"] = {name: titles["item"][name] for name in alone}
        return titles

    def title(self, key: str, name: str | None) -> str:
        """Title of an agreement, item, family or whatever else is titled; its name where it has none."""
        if name is None:
            return self.words("none")
        return self._titles.get(key, {}).get(name, name)

    def unit(self, name: str | None) -> str:
        """Word for a unit; the case's own, but for the default."""
        return self.words.known(f"unit.{name}", name or "")

    def money(self, value: float | None) -> str:
        """Write an amount briefly."""
        return self.numbers.money(value, self.currency)

    def headline(self, value: float | None) -> str:
        """Write an amount that is compared between plans: with a figure more, for what-ifs are small beside it."""
        return self.numbers.money(value, self.currency, 4)

    @cached_property
    def digits(self) -> int:
        """Decimals of the smallest unit of money."""
        return Rounding.of(self.currency).digits

    def exact(self, value: float | None) -> str:
        """Write an amount to the smallest unit of money."""
        return self.numbers.full(value, self.currency, self.digits)

    def full_money(self, value: float | None) -> str:
        """Write an amount to the last unit of money."""
        digits = 2 if value is not None and abs(value) < 1_000.0 and value != round(value) else 0
        return self.numbers.full(value, self.currency, digits)

    def gain(self, value: float) -> str:
        """Write how much more money, with its sign."""
        text = self.headline(value)
        return text if value < 0.0 else f"+{text}"

    def each(self, value: float) -> str:
        """Write money for one unit, with the digits that matter."""
        if abs(value) < 0.5e-4:
            return self.numbers.full(0.0, self.currency, 0)
        digits = 0 if abs(value) >= 1_000.0 else 2 if abs(value) >= 0.1 else 4
        return self.numbers.full(value, self.currency, digits)

    def line(self, name: str) -> str:
        """Word for a money line."""
        return self.words.known(f"line.{name}", name)

    def list(self, names: Sequence[str]) -> str:
        """Write names one after another, the last after "and"; semicolons set names with commas in them apart."""
        if len(names) < 2:
            return "".join(names)
        apart = self.words("apart") if len(names) > 2 and any(", " in name for name in names) else ", "
        return self.words("and", first=apart.join(names[:-1]), last=names[-1])


@dataclass(frozen=True)
class View(CaseView):
    """A plan seen in one language.

    Parameters
    ----------
    plan : Plan
        The plan.
    words : Words
        Texts of the language.
    """

    plan: Plan
    words: Words

    @property
    def case(self) -> Case:
        """The case that was planned."""
        return self.plan.case

    @property
    def spans(self) -> pl.DataFrame:
        """Buckets of the plan."""
        return self.plan["buckets"]

    def items_unit(self, items: Iterable[str]) -> str:
        """Word for the unit of some items: their own where they share one, else units."""
        return self.unit(self.plan.unit(items))

    @cached_property
    def yearly(self) -> pl.DataFrame:
        """Share of the days of each bucket in each calendar year: bucket, year, share."""
        start, until = pl.col("bucket").dt.year(), (pl.col("until") - pl.duration(days=1)).dt.year()
        first, last = pl.date(pl.col("year"), 1, 1), pl.date(pl.col("year") + 1, 1, 1)
        inside = pl.min_horizontal("until", last) - pl.max_horizontal("bucket", first)
        return (
            self.plan["buckets"]
            .with_columns(year=pl.int_ranges(start, until + 1).cast(pl.List(pl.Int32)))
            .explode("year")
            .select("bucket", pl.col("year").cast(pl.Int64), share=inside.dt.total_days() / pl.col("days"))
        )

    def by_year(self, money: pl.DataFrame, *keys: str) -> pl.DataFrame:
        """Sum undiscounted money by calendar year and keys; a bucket in two years is shared by days."""
        return (
            money.join(self.yearly, on="bucket")
            .group_by("year", *keys)
            .agg((pl.col("amount") * pl.col("share")).sum())
            .sort("year", *keys)
        )

    @cached_property
    def families(self) -> Mapping[str, str]:
        """Family of each item; an item without one is a family of its own."""
        return self.plan.case.families


def largest(table: pl.DataFrame, key: str, value: str, most: int) -> list[str]:
    """Names with the largest sums of absolute values, largest first; ties by name."""
    ranked = table.group_by(key).agg(pl.col(value).abs().sum()).filter(pl.col(value) > 0.0)
    return ranked.sort(value, key, descending=[True, False])[key].head(most).to_list()
