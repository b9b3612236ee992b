"""Columns of the tables of a result: unit, key and meaning of each, from the ``columns.csv`` of its package."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple


class Column(NamedTuple):
    """One column of a table of a result, or of a sheet of its workbook."""

    name: str
    """The column."""
    unit: str
    """Its unit; money stands for the currency of the case. Empty where there is none."""
    key: bool
    """Whether it is part of the table's key: no two rows have the same values in all key columns."""
    meaning: str
    """What it holds."""


def columns_of(package: str) -> Mapping[str, tuple[Column, ...]]:
    """Read the columns of a package's result by table, in order."""
    columns: dict[str, tuple[Column, ...]] = {}
    lines = files(package).joinpath("columns.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        column = Column(row["column"], row["unit"], row["key"] == "yes", row["meaning"])
        columns[row["table"]] = (*columns.get(row["table"], ()), column)
    return columns
