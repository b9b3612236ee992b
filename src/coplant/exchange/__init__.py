"""Exchange: launch programmes read from the files of tools for projects, and written to them.

The endings say the format: ``.xml`` is Microsoft Project's XML, ``.xer`` Primavera's. The readers are small and take
what a programme needs; what has no counterpart is reported, and nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coplant.case import Case
from coplant.case.files import refused
from coplant.case.reading import PROGRAMMES
from coplant.errors import FileError
from coplant.exchange.taking import Imported

__all__ = ["Imported", "is_programme", "read_programme", "write_programme"]


def is_programme(path: str | Path) -> bool:
    """Whether a name is that of a file of a tool for projects."""
    return Path(path).suffix.lower() in PROGRAMMES


def read_programme(path: str | Path, encoding: str | None = None) -> Imported:
    """Make a case of the file of another tool.

    Parameters
    ----------
    path : str or Path
        A file in Microsoft Project's XML (``.xml``) or Primavera's XER (``.xer``).
    encoding : str, optional
        Encoding of an XER file, such as ``cp1251``. If left out it is UTF-8 where the file can be read so, else
        Windows-1252. An XML file says its own.

    Returns
    -------
    Imported
        The case, which is a launch programme by itself, and notes: what was left out, and which tasks have other
        dates than the file says.

    Raises
    ------
    FileError
        The file cannot be read, is cut off, or is of another kind.
    CaseError
        It holds what cannot be read, or said in a case: every such thing, by the line of the file.
    """
    from coplant.exchange import msproject, primavera
    from coplant.exchange.taking import case_of

    place = Path(path)
    ending = _ending(place)
    if not place.exists():
        raise FileError(f"{place} does not exist. Name a file in {' or '.join(PROGRAMMES)}")
    try:
        if ending == ".xer":
            project = primavera.read(place, encoding)
        elif encoding is not None:
            raise FileError(f"{place} says its encoding itself. Name none")
        else:
            project = msproject.read(place)
    except OSError as error:
        raise refused(place, "read", error) from error
    return case_of(project, str(place), place.name)


def write_programme(case: Case, path: str | Path) -> tuple[str, ...]:
    """Write the launch programme of a case to a file of another tool, whole or not at all.

    Dates are those of the critical path when everything takes as long as is likely.

    Parameters
    ----------
    case : Case
        The case.
    path : str or Path
        A name in ``.xml`` for Microsoft Project's XML, or in ``.xer`` for Primavera's XER.

    Returns
    -------
    tuple of str
        What was left out, and what the other tool reckons otherwise.

    Raises
    ------
    CaseError
        The case has no activities.
    FileError
        The path cannot be written; what it held is still there.
    """
    from coplant.exchange import msproject, primavera

    place = Path(path)
    write: Callable[[Case, Path], tuple[str, ...]]
    write = primavera.write_case if _ending(place) == ".xer" else msproject.write_case
    return write(case, place)


def _ending(place: Path) -> str:
    if not is_programme(place):
        raise FileError(f"{place} does not end in {' or '.join(PROGRAMMES)}. Name it so")
    return place.suffix.lower()
