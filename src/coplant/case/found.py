"""A table as it was found in a file or handed over, before anything in it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from coplant.errors import Problem


@dataclass
class Found:
    """One table as found.

    Attributes
    ----------
    columns : mapping of str to Series or list
        Cells by column name, in whatever type the source has.
    rows : Series of int
        The row of each record as a planner sees it.
    problems : list of Problem
        Mistakes noticed while reading.
    checked : bool
        Whether the table is one of a case, typed and sound in itself.
    """

    columns: Mapping[str, pl.Series | list[Any]]
    rows: pl.Series
    problems: list[Problem] = field(default_factory=list)
    checked: bool = False

    @classmethod
    def of(cls, records: pl.DataFrame | Sequence[Mapping[str, Any]], rows: pl.Series | None = None) -> Found:
        """Take a frame or a list of records; rows count from 1 unless they are given."""
        columns: dict[str, pl.Series | list[Any]]
        if isinstance(records, pl.DataFrame):
            columns = {series.name: series for series in records.get_columns()}
            height = records.height
        else:
            names = dict.fromkeys(str(name) for record in records for name in record)
            columns = {name: [record.get(name) for record in records] for name in names}
            height = len(records)
        if rows is None:
            rows = pl.int_range(1, height + 1, dtype=pl.Int64, eager=True)
        return cls(columns, rows)
