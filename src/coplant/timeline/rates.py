"""Dated step functions on the buckets of a horizon: the integral of a rate, the mean of a price."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.timeline.calendar import Days, Floats, periods

Integers = NDArray[np.int64]


class Overlaps(NamedTuple):
    """Where spans of days meet buckets, one entry for each pair that does."""

    span: Integers
    """Which span."""
    bucket: Integers
    """Which bucket."""
    first: Days
    """First day that the two share."""
    last: Days
    """Day after the last that the two share."""


def overlaps(bounds: Days, first: Days, until: Days) -> Overlaps:
    """Find the buckets that each span of days meets.

    Parameters
    ----------
    bounds : ndarray of datetime64[D], shape (T + 1,)
        First days of the buckets, and the day after the last.
    first, until : ndarray of datetime64[D], shape (K,)
        Spans [first, until); NaT in `until` means without end. Empty spans meet nothing.

    Returns
    -------
    Overlaps
        In order of span, then bucket.
    """
    start = np.maximum(first, bounds[0])
    end = np.minimum(np.where(np.isnat(until), bounds[-1], until), bounds[-1])
    low = np.searchsorted(bounds, start, side="right") - 1
    high = np.searchsorted(bounds, end, side="left")
    count = np.where(end > start, high - low, 0)
    span = np.repeat(np.arange(len(first)), count)
    bucket = low[span] + np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count)
    return Overlaps(span, bucket, np.maximum(start[span], bounds[bucket]), np.minimum(end[span], bounds[bucket + 1]))


def integral(
    bounds: Days, first: Days, until: Days, rate: Floats, per: NDArray[np.object_], owner: Integers, owners: int
) -> Floats:
    """Integrate dated rates over buckets.

    Parameters
    ----------
    bounds : ndarray of datetime64[D], shape (T + 1,)
        First days of the buckets, and the day after the last.
    first, until : ndarray of datetime64[D], shape (K,)
        When each rate holds.
    rate : ndarray, shape (K,)
        Quantity per period; infinite where there is no limit.
    per : ndarray of str, shape (K,)
        The period of each rate.
    owner : ndarray of int, shape (K,)
        Whose rate it is; an owner's rates add up.
    owners : int
        Number of owners.

    Returns
    -------
    ndarray, shape (owners, T)
        Quantity in each bucket; zero where no rate holds.
    """
    total = np.zeros((owners, len(bounds) - 1))
    for kind in np.unique(per.astype(str)):
        rows = np.flatnonzero(per == kind)
        hit = overlaps(bounds, first[rows], until[rows])
        length = periods(hit.last, kind) - periods(hit.first, kind)
        span = rows[hit.span]
        np.add.at(total, (owner[span], hit.bucket), rate[span] * length)
    return total


def mean_value(bounds: Days, first: Days, until: Days, value: Floats, owner: Integers, owners: int) -> Floats:
    """Average a dated value, such as a price, over the days of each bucket on which it is known.

    Parameters
    ----------
    bounds, first, until, owner, owners
        As for `integral`.
    value : ndarray, shape (K,)
        The value while it holds.

    Returns
    -------
    ndarray, shape (owners, T)
        Mean over the days; NaN in a bucket in which it is never known.
    """
    hit = overlaps(bounds, first, until)
    days = (hit.last - hit.first).astype(np.float64)
    weighted = np.zeros((owners, len(bounds) - 1))
    known = np.zeros_like(weighted)
    np.add.at(weighted, (owner[hit.span], hit.bucket), value[hit.span] * days)
    np.add.at(known, (owner[hit.span], hit.bucket), days)
    return np.divide(weighted, known, out=np.full_like(known, np.nan), where=known > 0)
