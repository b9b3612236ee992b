"""An agreement read in one language: its numbers, its days, its names."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.report.numbers import SPACE, Numbers
from coplant.report.view import TITLED
from coplant.report.words import Words, words_of
from coplant.settlement.bill import Term
from coplant.settlement.money import Rounding
from coplant.timeline import add_months, periods

_EVEN = ("month", "quarter", "year")
"""Periods of which every year has the same number."""


@dataclass(frozen=True)
class Reading:
    """An agreement read in one language.

    Parameters
    ----------
    case : Case
        The case as known on the day of which is told.
    agreement : str
        The agreement.
    language : str
        The language.
    """

    case: Case
    agreement: str
    language: str
    texts: Words = field(init=False)
    words: Words = field(init=False)
    numbers: Numbers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", words_of(self.language, "coplant.report.readback"))
        object.__setattr__(self, "words", words_of(self.language))
        object.__setattr__(self, "numbers", Numbers(self.words))

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of the agreement read back, with its values filled in."""
        return self.texts(key, **values)

    # -- the agreement ------------------------------------------------------------------------------------------

    @cached_property
    def term(self) -> Term:
        """When the agreement is in force by its term, and when it is signed."""
        return Term.of(self.case, self.agreement)

    @cached_property
    def products(self) -> list[str]:
        """What is built under it."""
        return self.case["routes"].filter(agreement=self.agreement)["item"].unique(maintain_order=True).to_list()

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return self.case.settings.currency

    # -- numbers ------------------------------------------------------------------------------------------------

    def money(self, amount: float) -> str:
        """Write an amount as it was given."""
        return self.numbers.exact(amount, self.currency, Rounding.of(self.currency).digits)

    def sum(self, amount: float) -> str:
        """Write an amount that was worked out, rounded as money is."""
        return self.money(float(Rounding.of(self.currency)(np.array(amount))))

    def rate(self, amount: float) -> str:
        """Write money per unit that was worked out, to the millionth: it is rounded only once it is a sum."""
        return self.money(round(amount, 6))

    def number(self, value: float) -> str:
        """Write a number, those worked out to the millionth."""
        return self.numbers.exact(round(value, 6) + 0.0)

    def share(self, value: float) -> str:
        """Write a share as a percentage."""
        return self.numbers.exact_share(value)

    def units(self, count: float, items: Iterable[str] | None = None) -> str:
        """Write a count with the unit of some items, of all that are built under the agreement if left out."""
        name = self._unit(self.products if items is None else items)
        word = self.texts.counted("unit", count) if name == "unit" else self.words.known(f"unit.{name}", name)
        return self.numbers.exact(round(count, 6) + 0.0, word)

    def _unit(self, items: Iterable[str]) -> str:
        units = self.case["items"].filter(pl.col("item").is_in(list(items)))["unit"].unique().to_list()
        return str(units[0]) if len(units) == 1 else "unit"

    def months(self, count: float) -> str:
        """Write a number of months."""
        return self.numbers.exact(count, self.texts.counted("months", count))

    def hours(self, count: float) -> str:
        """Write a number of hours."""
        return self.numbers.exact(count, self.texts.counted("hours", count))

    def per(self, period: str) -> str:
        """Word for a period."""
        return self.words(f"per.{period}")

    # -- days ---------------------------------------------------------------------------------------------------

    def day(self, day: datetime.date | np.datetime64 | None) -> str:
        """Write a day, in one piece; nothing for none."""
        return "" if day is None else self.numbers.date(as_date(day)).replace(" ", SPACE)

    def month(self, day: datetime.date | np.datetime64) -> str:
        """Write the month of a day in full."""
        one = as_date(day)
        return self.words("date.month", month=self.words(f"month.long.{one.month}"), year=one.year)

    def last(self, until: datetime.date | np.datetime64) -> str:
        """Write the day before the day after the last."""
        return self.day(as_date(until) - datetime.timedelta(days=1))

    def in_year(self, begins: datetime.date | None, per: str) -> float:
        """Periods in the twelve months from a day, as the calendar of clauses counts them."""
        first = np.datetime64(begins, "D")
        return round(float(periods(add_months(first, 12), per) - periods(first, per)), 6)

    def year(self, begins: datetime.date | None, per: str) -> str:
        """Word for the year over which a sum of periods is told: any, or the one that begins on a day."""
        return self("year.any") if per in _EVEN or begins is None else self("year.first", day=self.day(begins))

    # -- names --------------------------------------------------------------------------------------------------

    def title(self, key: str, name: str) -> str:
        """Title of an agreement, item, party or site; its name where it has none."""
        rows = self.case[TITLED[key]].filter(pl.col(key) == name)
        return str(rows["title"].item() or name)

    def name(self, column: str, value: object) -> str:
        """Write what a key column of a clause names: by its title if it has one, a number by its digits."""
        if column in TITLED:
            return self.title(column, str(value))
        return self.number(value) if isinstance(value, float) else str(value)

    def quoted(self, text: str) -> str:
        """Write a name or a remark between quotation marks."""
        return self.words("quoted", text=text)

    def listed(self, names: Iterable[str]) -> str:
        """Write names one after another, the last after "and"."""
        *rest, last = names
        return self.words("and", first=", ".join(rest), last=last) if rest else last


def as_date(day: datetime.date | np.datetime64) -> datetime.date:
    """Return a day as Python's own."""
    if isinstance(day, np.datetime64):
        found: datetime.date = day.astype("datetime64[D]").astype(object)
        return found
    return day
