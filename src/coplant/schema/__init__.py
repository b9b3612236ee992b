"""The tables of a case: every column with its type, unit, default, limits and meaning.

The vocabulary is itself a set of tables, ``tables.csv`` and ``tables/<table>.csv``. Checks, defaults, templates and
documentation are all made from it.

>>> TABLES["items"].key
('item',)
>>> TABLES["routes"].column("yield").default
1.0
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

if TYPE_CHECKING:
    import polars

Type = Literal["id", "text", "number", "integer", "date", "choice"]

__all__ = ["TABLES", "Bounds", "Column", "Table", "Type"]


class Bounds(NamedTuple):
    """Limits of a number; None where there is no limit on that side."""

    low: float | None
    high: float | None
    low_open: bool
    high_open: bool


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        The column.
    type : {"id", "text", "number", "integer", "date", "choice"}
        What its cells hold.
    unit : str
        Unit of a number; empty where it has none.
    key : bool
        Whether it is part of the table's key: no two rows have the same values in all key columns.
    required : bool
        Whether every row must have a value.
    default : str, float, int or None
        What an empty cell means; None where it stays empty.
    range : str
        Limits of a number, such as ``>= 0`` or ``(0, 1]``; empty where there are none.
    choices : tuple of str
        The values allowed in a choice.
    refers_to : (table, column) or None
        Where the value must be found.
    description : str
        What it means.
    """

    name: str
    type: Type
    unit: str
    key: bool
    required: bool
    default: str | float | int | None
    range: str
    choices: tuple[str, ...]
    refers_to: tuple[str, str] | None
    description: str

    @property
    def dtype(self) -> polars.DataType:
        """The polars type of the column in a case."""
        import polars as pl

        return {"number": pl.Float64(), "integer": pl.Int64(), "date": pl.Date()}.get(self.type, pl.String())

    @cached_property
    def bounds(self) -> Bounds | None:
        """The range as numbers; None where there is none."""
        return _bounds(self.range)


@dataclass(frozen=True)
class Table:
    """One table of a case.

    Attributes
    ----------
    name : str
        The table.
    required : bool
        Whether a case must have rows in it.
    description : str
        What a row is.
    columns : tuple of Column
        Its columns in order; ``source`` and ``note`` come last in every table.
    """

    name: str
    required: bool
    description: str
    columns: tuple[Column, ...]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """Return the column of a name; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(self._by_name)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that make up the key."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def dated(self) -> bool:
        """Whether a row holds from a day until the next row of the same key."""
        return "from" in self.key and "until" not in self.names


_SOURCE = Column("source", "text", "", False, False, None, "", (), None, "Where the row comes from")
_NOTE = Column("note", "text", "", False, False, None, "", (), None, "A remark for whoever reads the table")


class _Tables(Mapping[str, Table]):
    """The tables by name, in the order of ``tables.csv``; each is read when it is first asked for."""

    def __init__(self) -> None:
        self._read: dict[str, Table] = {}

    @cached_property
    def _list(self) -> dict[str, tuple[bool, str]]:
        return {row["table"]: (row["required"] == "yes", row["description"]) for row in _rows("tables.csv")}

    def __getitem__(self, name: str) -> Table:
        table = self._read.get(name)
        if table is None:
            required, description = self._list[name]
            columns = tuple(_column(row) for row in _rows("tables", f"{name}.csv"))
            table = self._read[name] = Table(name, required, description, (*columns, _SOURCE, _NOTE))
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)


TABLES: Mapping[str, Table] = _Tables()
"""Every table by name, in the order in which they are documented."""


def _rows(*path: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(*path).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _column(row: dict[str, str]) -> Column:
    kind = cast(Type, row["type"])
    default: str | float | int | None = row["default"] or None
    if default is not None and kind == "number":
        default = float(default)
    elif default is not None and kind == "integer":
        default = int(default)
    table, _, column = row["refers_to"].partition(".")
    return Column(
        row["column"],
        kind,
        row["unit"],
        row["key"] == "yes",
        row["required"] == "yes",
        default,
        row["range"],
        tuple(row["choices"].split()),
        (table, column) if column else None,
        row["description"],
    )


def _bounds(text: str) -> Bounds | None:
    if not text:
        return None
    if text.startswith(">"):
        sign, _, limit = text.partition(" ")
        return Bounds(float(limit), None, sign == ">", False)
    low, high = text[1:-1].split(",")
    return Bounds(float(low), float(high), text[0] == "(", text[-1] == ")")
