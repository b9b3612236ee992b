"""The one border between polars tables and numpy arrays: names become indices, columns become arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coplant.timeline import Timeline, integral, mean_value
from coplant.timeline.calendar import Days, Floats

Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]


def indices(names: pl.Series, among: Sequence[str]) -> Integers:
    """Index of each name among others; -1 where the name is null."""
    code = names.cast(pl.Enum(list(among))).to_physical().cast(pl.Int64)
    return (code.fill_null(-1) if code.null_count() else code).to_numpy()


def floats(values: pl.Series, null: float = np.nan) -> Floats:
    """Column of numbers as an array, with what stands for null."""
    numbers = values.cast(pl.Float64)
    return (numbers.fill_null(null) if numbers.null_count() else numbers).to_numpy()


def days(values: pl.Series) -> Days:
    """Column of dates as an array; NaT for null."""
    return values.to_numpy().astype("datetime64[D]")


def dates(of_days: Days) -> pl.Series:
    """Days as a column of dates."""
    return pl.Series(of_days.astype("datetime64[ms]")).cast(pl.Date)


def texts(values: pl.Series) -> NDArray[np.object_]:
    """Column of texts as an array of objects."""
    return np.array(values.to_list(), dtype=object)


def rate_in_buckets(
    timeline: Timeline, dated: pl.DataFrame, value: str, owner: Integers, owners: int, null: float = np.nan
) -> Floats:
    """Integrate a dated rate of a table over the buckets.

    Parameters
    ----------
    timeline : Timeline
        The buckets.
    dated : DataFrame
        With columns from, until, per and the one named by `value`.
    value : str
        Column of the rate.
    owner : ndarray of int, shape (rows,)
        Whose rate each row is.
    owners : int
        Number of owners.
    null : float
        What an empty rate stands for.

    Returns
    -------
    ndarray, shape (owners, T)
    """
    return integral(
        timeline.bounds,
        days(dated["from"]),
        days(dated["until"]),
        floats(dated[value], null),
        texts(dated["per"]),
        owner,
        owners,
    )


def mean_in_buckets(timeline: Timeline, dated: pl.DataFrame, value: str, owner: Integers, owners: int) -> Floats:
    """Average a dated value of a table over the days of each bucket, shape (owners, T); NaN where never known."""
    return mean_value(timeline.bounds, days(dated["from"]), days(dated["until"]), floats(dated[value]), owner, owners)
