"""The case: checked, typed tables that never change."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from coplant.case.check import check_settings, check_tables
from coplant.case.draft import ROW, Draft
from coplant.case.edits import Where, changed, check_columns, known_table, matching
from coplant.case.folder import write_folder
from coplant.case.found import Found
from coplant.case.names import did_you_mean
from coplant.case.settings import Settings
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES

if TYPE_CHECKING:
    from coplant.case.rules import Read

Records = pl.DataFrame | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A brand, its hosts, agreements, materials, products and markets, as checked tables.

    Made by `read`, by `Case.from_tables`, or from another case by `edit`, `without` and `replace`.

    Attributes
    ----------
    settings : Settings
        Name, currency, horizon.
    tables : mapping of str to DataFrame
        Every table of the schema but ``case``.
    rows : mapping of str to Series
        For every row of a table, the row of its source as a planner sees it.
    read : mapping of Rule to set of str, optional
        The tables that each rule looked at when it was checked; left out where rows were taken out since.
    files : mapping of str
        The file of each table that is not in the folder that was read but in one it stands on.
    """

    settings: Settings
    tables: Mapping[str, pl.DataFrame]
    rows: Mapping[str, pl.Series]
    read: Read | None = None
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_tables(cls, settings: Mapping[str, Any], tables: Mapping[str, Records]) -> Case:
        """Make a case of settings and tables in memory.

        Parameters
        ----------
        settings : mapping
            What ``case.toml`` holds.
        tables : mapping of str to DataFrame or list of dict
            Tables by name; messages count their rows from 1.

        Raises
        ------
        CaseError
            With every mistake in the tables.
        """
        return make_case(settings, {name: Found.of(records) for name, records in tables.items()})

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table: all columns of the schema in order, defaults filled in, sorted by key."""
        if table == "case":
            return self.settings.frame()
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table. {did_you_mean(table, TABLES)}")
        return self.tables[table]

    def __repr__(self) -> str:
        filled = ", ".join(f"{name} {frame.height}" for name, frame in self.tables.items() if frame.height)
        return f"<Case {self.settings.name!r}: {filled}>"

    def __eq__(self, other: object) -> bool:
        """Whether two cases have the same settings and the same rows."""
        if not isinstance(other, Case):
            return NotImplemented
        return self.settings == other.settings and all(
            frame.equals(other.tables[name], null_equal=True) for name, frame in self.tables.items()
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: all but which rules have been checked, which are of this one."""
        return {**vars(self), "read": None}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content in hexadecimal, whatever the format it was read from and the order of its rows."""
        return self.digest_of(*TABLES)

    def digest_of(self, *tables: str) -> str:
        """SHA-256 of the content of some tables in hexadecimal.

        Parameters
        ----------
        *tables : str
            Their names.
        """
        total = hashlib.sha256()
        for name in tables:
            frame = self[name]
            for column in TABLES[name].columns if frame.height else ():
                content = frame[column.name]
                # What says nothing is left out, so that a column added to the schema leaves digests as they are.
                told = content.is_not_null() if column.default is None else content != column.default
                if not told.any():
                    continue
                total.update(f"\x1d{name}\x1e{column.name}\x1e{len(content)}\x1e".encode())
                total.update(_bytes(content))
        return total.hexdigest()

    @cached_property
    def families(self) -> dict[str, str]:
        """Family of each item; the item's own name where it has none."""
        return dict(self["items"].select("item", pl.coalesce("family", "item")).iter_rows())

    def dated(self, table: str) -> pl.DataFrame:
        """Return a table whose rows hold from a day, with the day on which each ends.

        Returns
        -------
        DataFrame
            The table with a column ``until``: the ``from`` of the next row of the same key, null in the last.
        """
        if not TABLES[table].dated:
            raise ValueError(f"rows of {table} do not hold from a day until the next")
        rest = [name for name in TABLES[table].key if name != "from"]
        return self[table].with_columns(pl.col("from").shift(-1).over(rest).alias("until"))

    def edit(self, table: str, /, where: Where | None = None, **changes: Any) -> Case:
        """Change columns in some rows of a table.

        Parameters
        ----------
        table : str
            The table; ``case`` for the settings.
        where : expression or mapping, optional
            Rows to change: a polars expression, or columns and the value each must have (a list of values for any of
            them, None for an empty cell). All rows if left out.
        **changes : object
            New values by column, or polars expressions of the columns as they were; None empties a cell.

        Returns
        -------
        Case
            A new case, checked.

        Raises
        ------
        CaseError
            No row matches, a name is unknown, or the new case has mistakes.

        Examples
        --------
        A supplier grants three tenths less::

            case.edit("allotments", {"allotment": "chips"}, quantity=pl.col("quantity") * 0.7)
        """
        schema = known_table(table)
        if table == "case":
            return self._with_settings(where, changes)
        mask = matching(schema, self.tables[table], where)
        frame = changed(schema, self.tables[table], mask, changes)
        return self._with({table: Found.of(frame, self.rows[table])})

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Let mistakes in rows name the file of their table, where the case stands on another whose file it is."""
        return _placed(problems, self.files)

    @property
    def certain(self) -> bool:
        """Whether things can turn out in one way only."""
        return self.tables["branches"].is_empty() and self.settings.start_levels == 1

    def as_it_stands(self) -> Case:
        """Return the case as if no outcome changed it, and production started at the mean of its launch."""
        if self.certain:
            return self
        gone = {name: Found.of(self.tables[name].clear()) for name in ("branches", "edits")}
        return make_case({**vars(self.settings), "start_levels": 1}, {**self._found(), **gone})

    def without(self, table: str, where: Where) -> Case:
        """Drop rows of a table.

        Parameters
        ----------
        table : str
            The table.
        where : expression or mapping
            Rows to drop, as for `edit`.

        Raises
        ------
        CaseError
            No row matches, a name is unknown, or the new case has mistakes.
        """
        schema = known_table(table)
        if table == "case":
            problem = Problem(
                "case", None, None, None, "a table with rows to drop", "The settings are one row: edit it"
            )
            raise CaseError([problem], "the edit")
        keep = ~matching(schema, self.tables[table], where)
        return self._with({table: Found.of(self.tables[table].filter(keep), self.rows[table].filter(keep))})

    def replace(self, tables: Mapping[str, Records]) -> Case:
        """Put other tables in the place of some of this case.

        Parameters
        ----------
        tables : mapping of str to DataFrame or list of dict
            Tables by name; messages count their rows from 1.

        Raises
        ------
        CaseError
            With every mistake in the new case.
        """
        return self._with({name: Found.of(records) for name, records in tables.items()})

    def with_edited(self, tables: Mapping[str, pl.DataFrame], rows: Mapping[str, pl.Series]) -> Case:
        """Put edited tables in the place of those of this case.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            Tables by name, all of whose cells are of this case or were read as cells of their columns.
        rows : mapping of str to Series
            For every row of these tables, the row of its source of which it was made, by which messages name it.

        Raises
        ------
        CaseError
            With every mistake in the new case.
        """
        found = {name: Found.of(frame, rows[name]) for name, frame in tables.items()}
        for name, table in found.items():
            table.typed, table.file = True, self.files.get(name)
        return self._with(found)

    def known(self, on: datetime.date | None = None) -> Case:
        """Return the case as it was known on a day: of each clause and each actual the version that counts.

        Parameters
        ----------
        on : date, optional
            The day; all that is recorded counts if left out.

        Returns
        -------
        Case
            Rows recorded later are left out; a row that a later version replaces is left out; one that a later version
            takes over from is valid until the day it does.
        """
        from coplant.case.versions import PLACE, known_tables

        changed = known_tables(self, on)
        tables = {name: frame.drop(PLACE) for name, frame in changed.items()}
        rows = {name: self.rows[name].gather(frame[PLACE]) for name, frame in changed.items()}
        return dataclasses.replace(self, tables={**self.tables, **tables}, rows={**self.rows, **rows}, read=None)

    def write(self, path: str | Path, format: Literal["csv", "parquet"] = "csv") -> None:  # noqa: A002
        """Write the case, whole or not at all.

        Parameters
        ----------
        path : str or Path
            A workbook if it ends in ``.xlsx``, else a folder.
        format : {"csv", "parquet"}
            Format of the tables in a folder.

        Raises
        ------
        FileError
            The path cannot be written; what it held is still there.
        """
        place = Path(path)
        tables = {name: self[name] for name in TABLES}
        if place.suffix.lower() == ".xlsx":
            from coplant.case.workbook import write_workbook

            write_workbook(tables, place)
        elif format in ("csv", "parquet"):
            write_folder(tables, place, format)
        else:
            raise ValueError(f"{format!r} is no format of a case: it is csv or parquet")

    def _with(self, found: Mapping[str, Found]) -> Case:
        from coplant.case.rules import check_rules  # as in `make_case`

        files = {name: found[name].file if name in found else file for name, file in self.files.items()}
        draft = Draft(self.settings, files={name: file for name, file in files.items() if file is not None})
        check_tables(found, draft, self._drafted)
        # A table that is as it was stays the same object, by which it is known again.
        return _made(draft, check_rules(draft, self.read, found), self, found)

    def _with_settings(self, where: Where | None, changes: Mapping[str, Any]) -> Case:
        check_columns(TABLES["case"], changes)
        if where is not None:
            problem = Problem("case", None, None, None, "no condition", "The settings are one row: leave where out")
            raise CaseError([problem], "the edit")
        return make_case({**vars(self.settings), **changes}, self._found())

    @cached_property
    def _drafted(self) -> dict[str, pl.DataFrame]:
        """The tables with the row of each record."""
        return {name: frame.with_columns(self.rows[name].alias(ROW)) for name, frame in self.tables.items()}

    def _found(self) -> dict[str, Found]:
        found = {name: Found.of(frame, self.rows[name]) for name, frame in self.tables.items() if frame.height}
        for name, table in found.items():
            table.checked, table.file = True, self.files.get(name)
        return found


def make_case(
    settings: Mapping[str, Any],
    found: Mapping[str, Found],
    origin: str = "the case",
    setting_rows: Mapping[str, int] | None = None,
    problems: Sequence[Problem] = (),
    setting_files: Mapping[str, str] | None = None,
) -> Case:
    """Check what was found and make a case of it.

    Parameters
    ----------
    settings : mapping
        Settings as found.
    found : mapping of Found
        Tables as found.
    origin : str
        Where they were found.
    setting_rows : mapping of int, optional
        The line or row of each setting.
    problems : sequence of Problem
        Mistakes noticed while reading.
    setting_files : mapping of str, optional
        The file of each setting that is not of the folder that was read but of one it stands on.

    Raises
    ------
    CaseError
        With every mistake, in the order of the tables, rows and columns.
    """
    from coplant.case.rules import check_rules  # needs numpy, which takes longer to load than all else here

    draft = Draft(files={name: table.file for name, table in found.items() if table.file is not None})
    draft.add(*problems)
    check_settings(settings, setting_rows or {}, draft, setting_files or {})
    check_tables(found, draft)
    return _made(draft, check_rules(draft), origin=origin)


def _made(
    draft: Draft, read: Read, like: Case | None = None, changed: Collection[str] = (), origin: str = "the case"
) -> Case:
    """Make a case of a draft in which everything has been checked, like another but for the tables that changed."""
    if draft.problems or draft.settings is None:
        raise CaseError(_placed(_in_order(draft.problems), draft.files), origin)
    new = {name: frame for name, frame in draft.tables.items() if like is None or name in changed}
    tables = {name: frame.drop(ROW) for name, frame in new.items()}
    rows = {name: frame[ROW] for name, frame in new.items()}
    if like is not None:
        tables, rows = {**like.tables, **tables}, {**like.rows, **rows}
    return Case(draft.settings, tables, rows, read, draft.files)


def _placed(problems: Iterable[Problem], files: Mapping[str, str]) -> list[Problem]:
    """Let mistakes name the file of their table where it has one of its own."""
    return [dataclasses.replace(one, file=one.file or files.get(one.table)) for one in problems]


def _in_order(problems: list[Problem]) -> list[Problem]:
    places = {name: place for place, name in enumerate(TABLES)}

    def place(problem: Problem) -> tuple[int, int, int]:
        names = TABLES[problem.table].names if problem.table in TABLES else ()
        column = names.index(problem.column) if problem.column in names else -1
        return places.get(problem.table, -1), problem.row or 0, column

    return sorted(problems, key=place)


def _bytes(content: pl.Series) -> bytes:
    """Canonical bytes of a column; no cell of a case holds the characters that stand for null and for the end."""
    if content.dtype == pl.String:
        return "\x1f".join(content.fill_null("\x00").to_list()).encode()
    if content.dtype == pl.Float64:
        return content.fill_null(float("nan")).to_numpy().astype("<f8").tobytes()
    return content.to_physical().cast(pl.Int64).fill_null(-(2**63)).to_numpy().astype("<i8").tobytes()
