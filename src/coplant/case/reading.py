"""Cases read from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coplant.case.base import BASE, base_of, stood
from coplant.case.case import Case, make_case
from coplant.case.files import refused
from coplant.case.folder import SETTINGS, Source, read_folder
from coplant.case.names import did_you_mean
from coplant.errors import FileError, Problem

_RESULTS = {"plan": ("plan.json", "decision"), "settlement": ("settlement.json", "statements")}
"""What is made from a case and kept as it is: the file by which its folder is known, and the sheet of its workbook."""

PROGRAMMES = (".xml", ".xer")
"""Endings of files of tools for projects, of which `coplant.exchange` makes cases."""


def read(path: str | Path) -> Case:
    """Read and check a case.

    Parameters
    ----------
    path : str or Path
        A folder with ``case.toml`` and a CSV or Parquet file for each table, or a workbook (``.xlsx``) with a sheet for
        each. A folder whose ``case.toml`` names a ``base`` stands on the case in that folder.

    Returns
    -------
    Case
        Checked and frozen.

    Raises
    ------
    FileError
        The path cannot be read.
    CaseError
        The tables hold mistakes; all of them are listed.
    """
    return case_of(find(path), path)


def case_of(source: Source, path: str | Path) -> Case:
    """Check what was found at a path and make a case of it.

    Raises
    ------
    CaseError
        The tables hold mistakes; all of them are listed.
    """
    return make_case(
        source.settings, source.tables, str(path), source.setting_rows, source.problems, source.setting_files
    )


def find(path: str | Path) -> Source:
    """Find the settings and tables of a case, and check nothing in them yet.

    Parameters
    ----------
    path : str or Path
        As for `read`.

    Raises
    ------
    FileError
        The path cannot be read, or holds what was made from a case.
    CaseError
        The case stands on something that is no case, or on itself.
    """
    return _find(Path(path), ())


def _find(place: Path, above: Sequence[Path]) -> Source:
    """Find a case and what it takes from the one it stands on; `above` are the folders of those that stand on it."""
    source = _found(place)
    if not place.is_dir():
        return _on_nothing(source)
    try:
        base = base_of(place, source, above)
    except OSError as error:
        raise refused(place / SETTINGS, "followed to its base", error) from error
    return source if base is None else stood(source, _find(base, [*above, place]), base)


def _on_nothing(source: Source) -> Source:
    """Refuse that a workbook stands on another case."""
    if BASE not in source.settings:
        return source
    settings = dict(source.settings)
    mend = "Only the case.toml of a folder names one: remove the column, or `coplant convert` the folder"
    problem = Problem("case", source.setting_rows[BASE], BASE, settings.pop(BASE), "no base of a workbook", mend)
    return source._replace(settings=settings, problems=[*source.problems, problem])


def _found(place: Path) -> Source:
    """Find what is at a path."""
    try:
        if place.is_dir():
            _refuse_folder_of_result(place)
            return read_folder(place)
        if not place.exists():
            raise FileError(f"{place} does not exist. {_remedy(place)}")
        if place.suffix.lower() in (".xlsx", ".xlsm"):
            from coplant.case.workbook import read_workbook

            source = read_workbook(place)
            _refuse_workbook_of_result(place, source)
            return source
        if place.name == SETTINGS:
            raise FileError(f"{place} is part of a case. Name its folder, {place.parent}")
        if place.suffix.lower() in PROGRAMMES:
            mend = f"`coplant convert {place} {place.stem}` makes a case of it"
            raise FileError(f"{place} is the file of a tool for projects, not a case. {mend}")
        raise FileError(f"{place} is not a case. A case is a folder with {SETTINGS}, or a workbook (.xlsx)")
    except OSError as error:
        raise refused(place, "read", error) from error


def _refuse_folder_of_result(place: Path) -> None:
    for kind, (facts, _) in _RESULTS.items():
        if (place / facts).is_file() and not (place / SETTINGS).is_file():
            mend = f"The case it came from is in it: name {place / 'case'}"
            raise FileError(f"{place} is the folder of a {kind}, not of a case. {mend}")


def _refuse_workbook_of_result(place: Path, source: Source) -> None:
    for kind, (_, sheet) in _RESULTS.items():
        if sheet in source.tables and not source.settings:
            mend = "Name the workbook or the folder of the case it came from"
            raise FileError(f"{place} is the workbook of a {kind}, not of a case. {mend}")


def _remedy(place: Path) -> str:
    siblings = [one.name for one in place.parent.iterdir()] if place.parent.is_dir() else []
    return did_you_mean(place.name, siblings, "Name the folder or the workbook of a case")
