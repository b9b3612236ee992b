"""A result in a folder: a Parquet file for each table, a file of facts by which it is known, and the case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from coplant.case import Case, read
from coplant.case.files import carry_over, holds_other, written_whole
from coplant.case.folder import SETTINGS
from coplant.errors import FileError
from coplant.schema import TABLES


class Kind(NamedTuple):
    """A kind of result."""

    name: str
    """What it is called."""
    command: str
    """The command that writes one."""
    told: tuple[str, ...] = ("digest", "tables")
    """Names of what the file of facts of any of them tells."""

    @property
    def facts(self) -> str:
        """File of its folder that says what it is, and which tables are its own."""
        return f"{self.name}.json"


class Kept(NamedTuple):
    """A result as it was read."""

    case: Case
    tables: dict[str, pl.DataFrame]
    facts: dict[str, Any]


def write_result(
    folder: str | Path, kind: Kind, case: Case, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]
) -> None:
    """Write a result to a folder, whole or not at all.

    The files of an older result of its kind in its place are replaced; others are kept.

    Parameters
    ----------
    folder : str or Path
        The folder.
    kind : Kind
        What is written.
    case : Case
        The case it came from.
    tables : mapping of str to DataFrame
        Its tables.
    facts : mapping
        All that is not a table, as plain values.

    Raises
    ------
    FileError
        The folder cannot be written, or holds files and no result of the kind.
    """
    old = Path(folder)
    if holds_other(old, kind.facts, kind.told):
        raise FileError(f"{old} holds files that are no {kind.name}. Name a new or an empty folder")
    with written_whole(old, folder=True) as place:
        for name, table in tables.items():
            table.write_parquet(place / f"{name}.parquet")
        told = json.dumps({"digest": case.digest, **facts, "tables": list(tables)}, indent=2, default=str)
        (place / kind.facts).write_text(told + "\n", encoding="utf-8")
        case.write(place / "case", format="parquet")
        own = {f"{name}.parquet" for name in (*tables, *_tables_in(old, kind))}
        carry_over(old, place, {kind.facts, *own, f"case/{SETTINGS}", *(f"case/{name}.parquet" for name in TABLES)})


def read_result(folder: str | Path, kind: Kind) -> Kept:
    """Read a result that was written.

    Raises
    ------
    FileError
        The folder does not hold a result of the kind, or holds it with another case.
    """
    place, file = Path(folder), kind.facts
    try:
        facts = json.loads((place / file).read_text(encoding="utf-8"))
        digest, names, tables = facts.pop("digest"), facts.pop("tables"), {}
        for name in names:
            file = f"{name}.parquet"
            tables[name] = pl.read_parquet(place / file)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, pl.exceptions.PolarsError) as error:
        damage = f"{file} in it is damaged: {error}" if (place / file).is_file() else f"there is no {file} in it"
        why = damage if place.is_dir() else "there is no such folder"
        raise FileError(f"{place} does not hold a {kind.name}: {why}. Write one with {kind.command}") from error
    case = read(place / "case")
    if case.digest != digest:
        raise FileError(
            f"{place / 'case'} was changed since the {kind.name} was made, which is of the case as it was. Change the"
            f" case somewhere else, and write another {kind.name} with {kind.command}"
        )
    return Kept(case, tables, facts)


def _tables_in(folder: Path, kind: Kind) -> list[str]:
    """Names of the tables of a result that was written to a folder; none if it does not say."""
    try:
        return list(json.loads((folder / kind.facts).read_text(encoding="utf-8"))["tables"])
    except (OSError, ValueError, TypeError, KeyError):
        return []
