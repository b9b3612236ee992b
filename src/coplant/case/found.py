"""A table as it was found in a file or handed over, before anything in it is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import polars as pl

from coplant.errors import Problem

Raw = pl.Series | Sequence[Any]


@dataclass
class Found:
    """One table as found.

    Attributes
    ----------
    columns : mapping of str to Series or sequence
        Cells by column name, in whatever type the source has.
    rows : Series of int
        The row of each record as a planner sees it.
    problems : list of Problem
        Mistakes noticed while reading.
    typed : bool
        Whether the cells are those of a case, or were read as such: what is open is whether they are within limits.
    checked : bool
        Whether the table is one of a case, typed and sound in itself.
    origin : {"table", "sheet", "file"}
        What it was found as.
    path : str or None
        The file it was found in.
    file : str or None
        That file, where it is not in the folder that was read but in one it stands on.
    """

    columns: Mapping[str, Raw]
    rows: pl.Series
    problems: list[Problem] = field(default_factory=list)
    typed: bool = False
    checked: bool = False
    origin: Literal["table", "sheet", "file"] = "table"
    path: str | None = None
    file: str | None = None

    @classmethod
    def of(cls, records: pl.DataFrame | Sequence[Mapping[str, Any]], rows: pl.Series | None = None) -> Found:
        """Take a frame or a list of records; rows count from 1 unless they are given."""
        columns: dict[str, Raw]
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

    @classmethod
    def under(
        cls,
        table: str,
        header: Sequence[Any],
        columns: Sequence[Raw],
        rows: pl.Series,
        placed: Callable[[int], str] = str,
    ) -> Found:
        """Take columns under the cells of a header row; those without a name and without content are left out.

        `placed` says how a column is called that has no name, by its place counted from 1.
        """
        found = cls({}, rows)
        named: dict[str, Raw] = {}
        for place, (cell, raw) in enumerate(zip(header, columns, strict=True), start=1):
            name = "" if cell is None else str(cell).strip()
            if name in named:
                mend = "Remove one of the two columns, or mend its name"
                found.problems.append(Problem(table, 1, name, name, "a name that no other column has", mend))
            elif name:
                named[name] = raw
            else:
                filled = ((row, one) for row, one in zip(rows, raw, strict=True) if one is not None and one != "")
                for row, one in islice(filled, 1):
                    content = one.content if isinstance(one, Fault) else one
                    mend = f"Name column {placed(place)} in the first row, or clear it"
                    found.problems.append(Problem(table, row, None, content, "a name above every column", mend))
        found.columns = named
        return found


@dataclass(frozen=True)
class Fault:
    """A cell that has no value because its source is broken, or is of another kind.

    Attributes
    ----------
    content : object
        What is in the cell.
    expected, mend : str
        What should be there; how to put it right.
    """

    content: Any
    expected: str
    mend: str
