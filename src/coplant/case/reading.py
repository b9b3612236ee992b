"""Cases read from files."""

from __future__ import annotations

from pathlib import Path

from coplant.case.case import Case, make_case
from coplant.case.files import refused
from coplant.case.folder import SETTINGS, read_folder
from coplant.case.names import did_you_mean
from coplant.errors import FileError


def read(path: str | Path) -> Case:
    """Read and check a case.

    Parameters
    ----------
    path : str or Path
        A folder with ``case.toml`` and a CSV or Parquet file for each table, or a workbook (``.xlsx``) with a sheet for
        each.

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
    place = Path(path)
    try:
        if place.is_dir():
            source = read_folder(place)
        elif not place.exists():
            raise FileError(f"{place} does not exist. {_remedy(place)}")
        elif place.suffix.lower() in (".xlsx", ".xlsm"):
            from coplant.case.workbook import read_workbook

            source = read_workbook(place)
        elif place.name == SETTINGS:
            raise FileError(f"{place} is part of a case. Name its folder, {place.parent}")
        else:
            raise FileError(f"{place} is not a case. A case is a folder with {SETTINGS}, or a workbook (.xlsx)")
    except OSError as error:
        raise refused(place, "read", error) from error
    return make_case(source.settings, source.tables, str(place), source.setting_rows, source.problems)


def _remedy(place: Path) -> str:
    siblings = [one.name for one in place.parent.iterdir()] if place.parent.is_dir() else []
    return did_you_mean(place.name, siblings, "Name the folder or the workbook of a case")
