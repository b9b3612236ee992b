"""Tables on their way to a case: typed, with what is wrong about them so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from coplant.case.settings import Settings
from coplant.errors import Problem
from coplant.schema import TABLES

ROW = "#row"
"""Hidden column of a draft's tables: the row as a planner sees it."""


@dataclass
class Draft:
    """Typed tables and their problems.

    Attributes
    ----------
    settings : Settings or None
        None if they have problems.
    tables : mapping of DataFrame
        Every table but ``case``, with all columns of the schema and `ROW`, in the order found; bad cells are null.
    problems : list of Problem
        What is wrong so far.
    files : mapping of str
        The file of each table that is not in the folder that was read but in one it stands on.
    """

    settings: Settings | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: Mapping[str, str] = field(default_factory=dict)
    _doubtful: set[str] = field(default_factory=set)

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table as it is so far."""
        return self.tables[table]

    def lookup(self, table: str, *columns: str) -> pl.DataFrame:
        """Return columns of a table, with one row for each value of the first."""
        frame = self.tables[table].select(columns)
        return frame.filter(pl.col(columns[0]).is_not_null()).unique(columns[0], keep="first", maintain_order=True)

    def add(self, *problems: Problem) -> None:
        """Take mistakes, after which the columns at fault are unsound."""
        for problem in problems:
            self.problems.append(problem)
            if problem.column is None:
                self._doubtful.add(problem.table)
            else:
                self._doubtful.update(f"{problem.table}.{name}" for name in problem.column.split(", "))

    def report(self, table: str, rows: pl.DataFrame, column: str, expected: str, mend: str) -> None:
        """Report the same mistake in some rows, after which a column of references is unsound.

        Parameters
        ----------
        table : str
            The table.
        rows : DataFrame
            The rows, with `ROW` and the column; names in braces in the texts stand for its other columns.
        column : str
            The column at fault.
        expected, mend : str
            What should be there; how to put it right.
        """
        for record in rows.iter_rows(named=True):
            words = {name: _told(value) for name, value in record.items()}
            problem = Problem(
                table, record[ROW], column, record[column], expected.format_map(words), mend.format_map(words)
            )
            self.problems.append(problem)
        if rows.height and TABLES[table].column(column).refers_to:
            self._doubtful.add(f"{table}.{column}")

    def sound(self, cells: tuple[str, ...]) -> bool:
        """Whether no mistake is known in any of some columns, each given as table.column."""
        return not any(cell in self._doubtful or cell.partition(".")[0] in self._doubtful for cell in cells)

    def doubt(self, table: str) -> None:
        """Take a table for unsound, so that what it lacks is not reported as well."""
        self._doubtful.add(table)


def _told(value: object) -> object:
    """Value of a cell as a text tells it: a whole number has no decimals, and no number has noise."""
    if value is None:
        return "nothing"
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else float(f"{value:.12g}")
