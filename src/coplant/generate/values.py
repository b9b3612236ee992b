"""Values of made-up tables: names, texts, days and money."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Days = NDArray[np.datetime64]

Table = dict[str, Any]
"""Columns by name."""


def named(prefix: str, count: int) -> NDArray[np.object_]:
    """Names with numbers of the same length."""
    width = len(str(count))
    return np.array([f"{prefix}-{number:0{width}d}" for number in range(1, count + 1)], dtype=object)


def text(values: NDArray[np.object_] | list[str | None]) -> pl.Series:
    """Texts as a column."""
    return pl.Series(list(values), dtype=pl.String)


def dates(values: Days) -> pl.Series:
    """Days as a column."""
    return pl.Series(values.astype("datetime64[D]")).cast(pl.Date)


def money(values: NDArray[np.floating[Any]], digits: int = 2) -> Floats:
    """Amounts, rounded, and not nothing."""
    return np.asarray(np.maximum(np.round(values, digits), 10.0**-digits), dtype=np.float64)


def filled(table: Table) -> bool:
    """Whether a table has rows."""
    return len(next(iter(table.values()))) > 0
