"""Numbers, money and dates as a reader of each language writes them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coplant.report.words import Words

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
DAYS_PER_MONTH = 365.25 / 12.0

_SEPARATORS = {"en": (".", ","), "fr": (",", NARROW)}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


@dataclass(frozen=True)
class Magnitude:
    """A power of ten in which amounts are read, such as billions.

    Parameters
    ----------
    scale : float
        How many ones make one.
    short : str
        How it is written after a number; empty for ones.
    name : str
        Its name; empty for ones.
    """

    scale: float
    short: str = ""
    name: str = ""


@dataclass(frozen=True)
class Numbers:
    """How numbers are written in one language.

    Parameters
    ----------
    words : Words
        Texts of the language.
    """

    words: Words

    @property
    def separators(self) -> str:
        """Decimal separator, then the one between thousands."""
        return "".join(_SEPARATORS[self.words.language])

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number with so many decimals; nothing for none."""
        if value is None or not math.isfinite(value):
            return ""
        decimal, thousands = _SEPARATORS[self.words.language]
        text = f"{abs(value):,.{digits}f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)
        negative = value < 0 and any(digit in "123456789" for digit in text)
        return f"{MINUS}{text}" if negative else text

    def figure(self, value: float | None, least: int = 0) -> str:
        """Write a figure that others follow from, with the decimals that it has: up to four, six if it is small."""
        if value is None or not math.isfinite(value):
            return ""
        text = f"{abs(value):.{6 if abs(value) < 0.1 else 4}f}"
        decimals = len(text.partition(".")[2].rstrip("0"))
        return self.number(value, max(decimals, least) if decimals else 0)

    def full_figure(self, value: float, unit: str, least: int) -> str:
        """Write such a figure with its unit; one with decimals has so many at least."""
        return self._joined(self.figure(value, least), unit)

    def brief(self, value: float | None, figures: int = 3) -> str:
        """Write a number in a few figures with its magnitude, such as 12.3 bn; below a million in full."""
        if value is None or not math.isfinite(value):
            return ""
        # Thousands are read as easily in full.
        magnitude = self.magnitude([value], figures) if abs(value) >= 999_500.0 else Magnitude(1.0)
        scaled = value / magnitude.scale
        return self._joined(self.number(scaled, _decimals(scaled, figures)), magnitude.short)

    def money(self, value: float | None, currency: str, figures: int = 3) -> str:
        """Write an amount with a few figures, its magnitude and its currency."""
        return self._joined(self.brief(value, figures), currency) if value is not None else ""

    def alike(self, values: Sequence[float], currency: str, figures: int = 4) -> list[str]:
        """Write amounts that are read together: all in the magnitude and with the decimals of the largest."""
        largest = max(map(abs, values), default=0.0)
        magnitude = self.magnitude([largest], figures) if largest >= 999_500.0 else Magnitude(1.0)
        digits = _decimals(largest / magnitude.scale, figures)
        texts = (self.number(value / magnitude.scale, digits) for value in values)
        return [self._joined(self._joined(text, magnitude.short), currency) for text in texts]

    def count(self, value: float) -> str:
        """Write how many, with a decimal where they are few and not whole."""
        return self.number(value, 0 if value >= 100.0 or abs(value - round(value)) < 1e-6 else 1)

    def full(self, value: float | None, unit: str, digits: int = 0) -> str:
        """Write a number to its last digit with its unit."""
        return self._joined(self.number(value, digits), unit) if value is not None else ""

    def exact(self, value: float, unit: str = "", least: int = 0) -> str:
        """Write a number as it was given, with its unit: every decimal, and so many at least if it is not whole."""
        decimals = given_digits(value)
        return self._joined(self.number(value, max(decimals, least) if decimals else 0), unit)

    def exact_share(self, value: float) -> str:
        """Write a share as a percentage, with every decimal it was given."""
        return self.share(value, given_digits(value * 100.0))

    def share(self, value: float | None, digits: int = 1) -> str:
        """Write a share as a percentage."""
        if value is None or not math.isfinite(value):
            return ""
        text = self.number(value * 100.0, digits)
        return f"{text}%" if self.words.language == "en" else f"{text}{NARROW}%"

    def magnitude(self, values: Iterable[float | None], figures: int = 3) -> Magnitude:
        """Return the magnitude in which the largest of some values has one to three figures before the separator."""
        largest = max((abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0)
        for scale, name in _SCALES:
            if largest >= scale * (1.0 - 0.5 * 10.0**-figures):
                return Magnitude(scale, self.words(f"magnitude.{name}"), name)
        return Magnitude(1.0)

    def axis(self, magnitude: Magnitude, unit: str) -> str:
        """Write what an axis counts, such as million hours: a magnitude cut short would pass for a unit."""
        if not magnitude.name:
            return unit
        return self.words("magnitude.axis", magnitude=self.words(f"magnitude.long.{magnitude.name}"), unit=unit)

    def date(self, day: datetime.date | None) -> str:
        """Write a day."""
        if day is None:
            return ""
        return self.words("date.day", day=self._day(day), month=self.words(f"month.long.{day.month}"), year=day.year)

    def day(self, day: datetime.date | None) -> str:
        """Write a day with the month cut short, in one piece."""
        if day is None:
            return ""
        return self._short(day).replace(" ", SPACE)

    def month(self, day: datetime.date) -> str:
        """Write the month of a day."""
        return self.words("date.month", month=self.words(f"month.short.{day.month}"), year=day.year)

    def bucket(self, first: datetime.date, until: datetime.date) -> str:
        """Write the name of a bucket: its year, quarter or month where it is one, its first day where it is a day or a
        week, and else its first and last day.
        """
        months = (until.year - first.year) * 12 + until.month - first.month
        if first.day == 1 and until.day == 1:
            if months == 12 and first.month == 1:
                return str(first.year)
            if months == 3 and first.month % 3 == 1:
                return self.words("date.quarter", quarter=first.month // 3 + 1, year=first.year)
            if months == 1:
                return self.month(first)
        last = until - datetime.timedelta(days=1)
        if (until - first).days in (1, 7):
            return self._short(first)
        if (first.year, first.month) == (last.year, last.month):
            return self.words("date.within", first=self._day(first), last=self._short(last))
        return self.words("date.span", first=self._short(first), last=self._short(last))

    def _short(self, day: datetime.date) -> str:
        month = self.words(f"month.short.{day.month}")
        return self.words("date.short", day=self._day(day), month=month, year=day.year)

    def _day(self, day: datetime.date) -> str:
        return self.words("date.first") if day.day == 1 else str(day.day)

    @staticmethod
    def _joined(text: str, unit: str) -> str:
        return f"{text}{SPACE}{unit}" if text and unit else text


def column_digits(values: Iterable[float | None]) -> int:
    """Return how many decimals a column of numbers needs: none where all are whole or the largest is a thousand."""
    known = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(known, default=0.0)
    if largest >= 1_000.0 or all(abs(value - round(value)) < 1e-6 for value in known):
        return 0
    return 2 if largest >= 1.0 else 4


def given_digits(value: float) -> int:
    """Return how many decimals a number was given; what binary numbers add to them is left out."""
    exponent = Decimal(f"{value:.15g}").normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _decimals(scaled: float, figures: int) -> int:
    size = abs(scaled)
    if size == 0.0:
        return 0
    whole = 1 + sum(size >= limit - 0.5 * limit * 10.0**-figures for limit in (10.0, 100.0, 1_000.0))
    return max(figures - whole, 0)
