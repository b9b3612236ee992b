"""Working time: calendars as tables, and the arithmetic of moments on them.

A moment is a whole number of ticks since the morning of the programme's first day; a tick is a minute of a day of 24
hours. A day's work fills its day, so a duration of 2.5 days is 3,600 ticks on whatever calendar. All sums are exact,
and the answer does not depend on their order.

On a calendar, time that is off does not count: the evening of a Friday, any moment of the weekend and the morning of
the Monday after are one working moment. Work starts at its last form (Monday morning) and finishes at its first
(Friday evening).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from coplant.case import Case
from coplant.timeline.calendar import Days

DAY = 1440
"""Ticks in a day."""

Ticks = NDArray[np.int32]
Function = TypeVar("Function", bound=Callable[..., object])


def compiled(signature: str | None = None) -> Callable[[Function], Function]:
    """Compile a function to machine code, which is kept for the next run where there is a place for it.

    A function that is called with whole numbers of several sizes names its signature, so that there is one of it.
    """

    def compiling(function: Function) -> Function:
        try:
            return cast(Function, numba.njit(signature, cache=True, nogil=True)(function))
        except RuntimeError:
            return cast(Function, numba.njit(signature, nogil=True)(function))

    return compiling


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIRST_MONDAY = np.datetime64("1970-01-05", "D")


def working_days(works: NDArray[np.bool_]) -> tuple[Ticks, Ticks]:
    """Count the working days of K calendars over H days.

    Parameters
    ----------
    works : ndarray of bool, shape (K, H)
        Whether each day is worked.

    Returns
    -------
    worked : ndarray of int32, shape (K, H + 1)
        Working days before each day.
    day : ndarray of int32, shape (K, H + 1)
        The day of each working day; H for those after the last.
    """
    count, length = works.shape
    worked = np.zeros((count, length + 1), dtype=np.int32)
    np.cumsum(works, axis=1, out=worked[:, 1:])
    day = np.full((count, length + 1), length, dtype=np.int32)
    for calendar, days in enumerate(works):
        on = np.flatnonzero(days)
        day[calendar, : len(on)] = on
    return worked, day


def works_on(case: Case, first: np.datetime64, length: int) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Read which days are worked on each calendar of a case.

    Parameters
    ----------
    case : Case
        The case.
    first : datetime64[D]
        The first day.
    length : int
        How many days.

    Returns
    -------
    names : tuple of str, length K
        The calendars; the first is that of every day.
    works : ndarray of bool, shape (K, length)
        Whether each day is worked.
    """
    names = ("", *case["calendars"]["calendar"])
    works = np.ones((len(names), length), dtype=bool)
    weekday = ((first + np.arange(length)) - _FIRST_MONDAY).astype(np.int64) % 7
    for calendar, days in enumerate(case["calendars"]["days"], start=1):
        week = np.isin(_WEEKDAYS, days.split())
        works[calendar] = week[weekday]
    for name, begin, until, on in case["holidays"].select("calendar", "from", "until", "works").iter_rows():
        start = np.datetime64(begin, "D")
        end = np.datetime64(until, "D") if until is not None else start + np.timedelta64(1, "D")
        inside = np.clip(np.array([start, end]) - first, np.timedelta64(0, "D"), np.timedelta64(length, "D"))
        works[names.index(name), slice(*inside.astype(np.int64))] = on == "yes"
    return names, works


def together(works: NDArray[np.bool_], calendars: list[int]) -> NDArray[np.bool_]:
    """Days on which all of some calendars work, shape (H,)."""
    return np.asarray(works[calendars].all(axis=0))


def last_day(first: np.datetime64, moment: Any) -> Days:
    """The day that closes at a moment or in which it lies: that on which a piece of work ends."""
    return np.asarray(first + (np.asarray(moment, dtype=np.int64) + DAY - 1) // DAY - 1)


def next_morning(first: np.datetime64, moment: Any) -> Days:
    """The first day that begins at or after a moment."""
    return np.asarray(first + (np.asarray(moment, dtype=np.int64) + DAY - 1) // DAY)


def day_of(first: np.datetime64, moment: Any) -> Days:
    """The day that holds a moment, a midnight being that of the day it opens."""
    return np.asarray(first + np.asarray(moment, dtype=np.int64) // DAY)


@compiled("i8(i4[::1], i8)")
def work_before(worked: Ticks, moment: int) -> int:
    """Working ticks before a moment, by the row of a calendar."""
    day = min(moment // DAY, len(worked) - 2)
    before = np.int64(worked[day])
    return int(before * DAY + (worked[day + 1] - before) * min(moment - day * DAY, DAY))


@compiled("i8(i4[::1], i8)")
def start_after(day: Ticks, work: int) -> int:
    """The last moment with so many working ticks before it: that at which work that follows them starts."""
    whole = min(work // DAY, len(day) - 1)
    return int(np.int64(day[whole]) * DAY + min(work - whole * DAY, DAY))


@compiled("i8(i4[::1], i8)")
def finish_after(day: Ticks, work: int) -> int:
    """The first moment with so many working ticks before it: that at which they are done."""
    if work <= 0:
        return 0
    whole = min((work - 1) // DAY, len(day) - 1)
    return int(np.int64(day[whole]) * DAY + min(work - whole * DAY, DAY))


@compiled("i8(i4[::1], i4[::1], i8, i8)")
def lagged(worked: Ticks, day: Ticks, moment: int, lag: int) -> int:
    """The moment a lag of working ticks after another; a negative lag leads to the latest that it can be."""
    if lag == 0:
        return moment
    work = work_before(worked, moment) + lag
    return finish_after(day, work) if lag > 0 else start_after(day, max(work, 0))
