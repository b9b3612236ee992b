"""A case that stands on another: what it has of its own, and all else from its base."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from coplant.case.folder import SETTINGS, Source
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem

BASE = "base"
"""The line of ``case.toml`` that names the folder of the case on which this one stands."""


def base_of(folder: Path, source: Source, above: Sequence[Path]) -> Path | None:
    """Find the folder on which a case stands.

    Parameters
    ----------
    folder : Path
        The folder of the case.
    source : Source
        What is in it.
    above : sequence of Path
        The folders of the cases that stand on this one, the one that was asked for first.

    Returns
    -------
    Path or None
        None if it stands on no other.

    Raises
    ------
    CaseError
        What is named is no folder of a case, or stands on this one.
    """
    if BASE not in source.settings:
        return None
    named = source.settings[BASE]
    if not isinstance(named, str) or not named.strip():
        raise _refused(folder, source, above, "the path of a folder, from this one", "Name one, or remove the line")
    base = _plain(folder / named)
    expected = f"the folder of a case, with {SETTINGS} in it"
    if not base.exists():
        beside = [one.name for one in base.parent.iterdir() if one.is_dir()] if base.parent.is_dir() else []
        mend = did_you_mean(base.name, beside, "Paths begin at the folder that names them")
        raise _refused(folder, source, above, expected, f"{base} does not exist. {mend}")
    if not base.is_dir():
        mend = (
            f"Name its folder, {base.parent}" if base.name == SETTINGS else "`coplant convert` makes one of a workbook"
        )
        raise _refused(folder, source, above, expected, f"{base} is a file. {mend}")
    if not (base / SETTINGS).is_file():
        raise _refused(folder, source, above, expected, f"{base} holds no {SETTINGS}: name another folder")
    circle = [*above, folder]
    if any(base.samefile(one) for one in circle):
        way = " stands on ".join(map(str, [*circle, base]))
        raise _refused(
            folder, source, above, "a case that does not stand on this one", f"{way}: remove one of the lines"
        )
    return base


def stood(source: Source, base: Source, folder: Path) -> Source:
    """Let a case stand on another: the other's tables and settings hold where it has none.

    Parameters
    ----------
    source : Source
        The case as found; a table of its own takes the place of the whole table of the other.
    base : Source
        The other.
    folder : Path
        Where the other was found.

    Returns
    -------
    Source
        Both as one, in which mistakes of the other name its files.
    """
    own = {name: value for name, value in source.settings.items() if name != BASE}
    for table in base.tables.values():
        table.file = table.file or table.path
    files = dict.fromkeys(base.settings, str(folder / SETTINGS)) | dict(base.setting_files)
    return Source(
        {**base.settings, **own},
        {**base.setting_rows, **source.setting_rows},
        {**base.tables, **source.tables},
        [*(replace(one, file=one.file or str(folder)) for one in base.problems), *source.problems],
        {name: file for name, file in files.items() if name not in own},
    )


def _plain(path: Path) -> Path:
    """The path without steps up and down again, if it leads to the same place."""
    short = Path(os.path.normpath(path))
    return short if not path.exists() or (short.exists() and short.samefile(path)) else path


def _refused(folder: Path, source: Source, above: Sequence[Path], expected: str, mend: str) -> CaseError:
    row, file = source.setting_rows.get(BASE), str(folder / SETTINGS)
    problem = Problem("case", row, BASE, source.settings[BASE], expected, mend, file)
    return CaseError([problem], str([*above, folder][0]))
