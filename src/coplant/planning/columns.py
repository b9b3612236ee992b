"""Columns of a plan's tables: the unit, the key and the meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["made"] if column.key]
['route', 'bucket']
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple


class Column(NamedTuple):
    """One column of a table of a plan, or of a sheet of its workbook."""

    name: str
    """The column."""
    unit: str
    """Its unit; money stands for the currency of the case. Empty where there is none."""
    key: bool
    """Whether it is part of the table's key: no two rows have the same values in all key columns."""
    meaning: str
    """What it holds."""


def _read() -> Mapping[str, tuple[Column, ...]]:
    columns: dict[str, tuple[Column, ...]] = {}
    lines = files("coplant.planning").joinpath("columns.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        column = Column(row["column"], row["unit"], row["key"] == "yes", row["meaning"])
        columns[row["table"]] = (*columns.get(row["table"], ()), column)
    return columns


COLUMNS: Mapping[str, tuple[Column, ...]] = _read()
"""Columns by table, in order; after the tables of a plan the sheets that only its workbook has."""
