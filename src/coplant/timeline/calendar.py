"""Calendar arithmetic on whole arrays of days.

A day is a ``datetime64[D]``. Lengths of time are counted by *clocks*: for each kind of period a function that
says how many of them have passed on the morning of a day, so that the count between two days is a difference.
A month is the calendar month, a part of one its share of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]

DAYS_PER_YEAR = 365.25
"""Length of a year for discounting and holding."""

_FIXED_LENGTH: Mapping[str, float] = {"hour": 1 / 24, "day": 1.0, "week": 7.0}
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}


def periods(days: ArrayLike, per: str) -> Floats:
    """Count the periods that have passed since 1970 on the morning of each day.

    Parameters
    ----------
    days : array_like of datetime64[D]
        Days, any shape.
    per : {"hour", "day", "week", "month", "quarter", "year"}
        Kind of period.

    Returns
    -------
    ndarray of float
        Periods since 1970-01-01, same shape. A part of a calendar period counts as its share of days.
    """
    day = np.asarray(days, dtype="datetime64[D]")
    if per in _FIXED_LENGTH:
        return np.asarray(day.astype(np.int64) / _FIXED_LENGTH[per], dtype=np.float64)
    months = _MONTHS[per]
    index = day.astype("datetime64[M]").astype(np.int64) // months
    first = (index * months).astype("datetime64[M]").astype("datetime64[D]")
    following = ((index + 1) * months).astype("datetime64[M]").astype("datetime64[D]")
    share = (day - first).astype(np.float64) / (following - first).astype(np.float64)
    return np.asarray(index + share, dtype=np.float64)


def add_months(days: ArrayLike, months: ArrayLike) -> Any:
    """Add calendar months to days; a day that the month lacks becomes its last day.

    Parameters
    ----------
    days : array_like of datetime64[D]
        Days.
    months : array_like of float
        Months to add; the part of a month is taken as its share of the days of the month reached.

    Returns
    -------
    ndarray of datetime64[D]
        Broadcast of the two; a single datetime64[D] where both are single.

    Examples
    --------
    >>> add_months(np.datetime64("2024-01-31"), 1)
    np.datetime64('2024-02-29')
    """
    day, count = np.broadcast_arrays(np.asarray(days, dtype="datetime64[D]"), np.asarray(months, dtype=np.float64))
    whole = np.floor(count).astype(np.int64)
    month = day.astype("datetime64[M]") + whole
    length = (month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")
    offset = np.minimum(day - day.astype("datetime64[M]").astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    part = np.rint((count - whole) * length.astype(np.float64)).astype(np.int64)
    result = month.astype("datetime64[D]") + offset + part
    return np.asarray(result) if result.ndim else result[()]


def spans(first: np.datetime64, until: np.datetime64, months: int) -> tuple[Days, Days]:
    """Cut [first, until) into spans of some calendar months; the last may be a part.

    Returns
    -------
    first, until : ndarray of datetime64[D], shape (K,)
        First day of each span, and the day after its last.
    """
    count = max(int(np.ceil((periods(until, "month") - periods(first, "month")) / months)), 0) + 1
    edges = np.unique(np.minimum(add_months(first, np.arange(count + 1) * months), until))
    return edges[:-1], edges[1:]


def calendar_months(first: np.datetime64, until: np.datetime64) -> tuple[Days, Days]:
    """Cut [first, until) at the first days of calendar months; the first and the last may be parts.

    Returns
    -------
    first, until : ndarray of datetime64[D], shape (K,)
        First day of each, and the day after its last.
    """
    begin, end = spans(first.astype("datetime64[M]").astype("datetime64[D]"), until, 1)
    return np.maximum(begin, first), end
