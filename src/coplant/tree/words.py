"""How counts, shares and names of outcomes are written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_WHOLE = 1e-6
"""How far a number may be from a whole one that it counts as."""


def counted(count: int, thing: str) -> str:
    """Count things.

    >>> counted(1, "future"), counted(1_000, "future")
    ('1 future', '1,000 futures')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def decimals(shares: Iterable[float]) -> int:
    """Count the decimals of a percentage with which shares are written that are read together.

    One, or two where one of them has just two: cut short, such shares would not add up to all.

    >>> decimals([0.45, 0.55]), decimals([0.5625, 0.4375]), decimals([1 / 3, 2 / 3])
    (1, 2, 1)
    """
    return 2 if any(_is_whole(share * 1e4) and not _is_whole(share * 1e3) for share in shares) else 1


def percentages(shares: Sequence[float]) -> list[str]:
    """Write shares that are read together.

    >>> percentages([0.5625, 0.4375])
    ['56.25%', '43.75%']
    """
    digits = decimals(shares)
    return [f"{share:.{digits}%}" for share in shares]


def joined(names: Iterable[str]) -> str:
    """Write names one after another with commas between; one that has a comma itself stands in quotation marks.

    >>> joined(["yes, sure", "late"])
    '"yes, sure", late'
    """
    return ", ".join(_quoted(name) if "," in name or '"' in name else name for name in names)


def parted(text: str) -> list[str]:
    """Read names that were joined.

    >>> parted('"yes, sure", late')
    ['yes, sure', 'late']
    """
    return next(csv.reader(io.StringIO(text), skipinitialspace=True), [])


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < _WHOLE
