"""What a case leaves to its defaults: cells that are empty and columns that are not there."""

from __future__ import annotations

from typing import NamedTuple

from coplant.case.cells import as_series, filled
from coplant.case.folder import Source
from coplant.case.found import Found
from coplant.schema import TABLES, Column


class Default(NamedTuple):
    """A default that counts in some rows of a table, because they say nothing else."""

    table: str
    """The table."""
    column: str
    """The column."""
    value: str | float | int
    """What an empty cell means."""
    rows: int
    """Rows in which it counts."""
    of: int
    """Rows of the table."""


def defaults_taken(source: Source) -> list[Default]:
    """Return the defaults that count in what was found, in the order of the tables and their columns.

    Parameters
    ----------
    source : Source
        A case as found, without mistakes.
    """
    settings = {name: cell for name, cell in source.settings.items() if name != "buckets"}
    found = {**source.tables, "case": Found.of([settings])}
    return [
        Default(name, column.name, column.default, empty, len(found[name].rows))
        for name in TABLES
        if name in found
        for column in TABLES[name].columns
        if column.default is not None and (empty := _empty(found[name], column))
    ]


def _empty(table: Found, column: Column) -> int:
    """Count the rows of a table that say nothing in a column."""
    if column.name not in table.columns:
        return len(table.rows)
    cells = as_series(table.columns[column.name], column).alias(column.name).to_frame()
    return int(cells.select((~filled(column, cells.dtypes[0])).sum()).item())
