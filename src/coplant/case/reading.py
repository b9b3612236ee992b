"""Cases read from files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl

from coplant.case.case import Case, make_case
from coplant.case.found import Found
from coplant.errors import FileError


def read(path: str | Path) -> Case:
    """Read and check a case.

    Parameters
    ----------
    path : str or Path
        A folder with ``case.toml`` and a CSV file for each table.

    Raises
    ------
    FileError
        The path cannot be read.
    CaseError
        The tables hold mistakes; all of them are listed.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FileError(f"{folder} is not a folder")
    settings = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8-sig"))
    found: dict[str, Found] = {}
    for file in sorted(folder.glob("*.csv")):
        frame = pl.read_csv(file, infer_schema=False)
        found[file.stem] = Found.of(frame, pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True))
    return make_case(settings, found, str(folder))
