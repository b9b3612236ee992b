"""Where results go: what is wrong with the places is said before any work, all of it at once."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import python_calamine as calamine

from coplant.case.files import holds_other, refused
from coplant.errors import FileError

PAGES = (".html", ".htm")
"""What the name of a page may end in."""

PAGE = ("Coplant", "page of Coplant")
"""What makes a page that may be replaced, and what the page is."""

_GENERATOR = re.compile(rb'<meta name="generator" content="([^" ]+)')
_HEAD = 4_096
"""Bytes of a page within which it says what made it."""


@dataclass(frozen=True)
class Output:
    """A place that something is to be written to.

    Attributes
    ----------
    path : Path
        The place.
    endings : tuple of str
        What the name of a file may end in; empty where no file is written.
    option : str
        The option that names it; empty where there is none.
    folder : bool
        Whether a name without such an ending means a folder.
    replaces : (mark, kind) or None
        The file by which a folder is known that may be replaced, the sheet of a workbook, or what made a page; and what
        it is in a word or two. None for any.
    told : tuple of str
        Names of what that file of a folder tells, where it is JSON.
    if_there : str
        How to mend it if something is there already; empty where that is replaced.
    """

    path: Path
    endings: tuple[str, ...] = ()
    option: str = ""
    folder: bool = False
    replaces: tuple[str, str] | None = None
    told: tuple[str, ...] = ()
    if_there: str = ""

    def __str__(self) -> str:
        return f"{self.option} {self.path}".lstrip()

    @property
    def is_folder(self) -> bool:
        """Whether a folder is written."""
        return self.folder and self.path.suffix.lower() not in self.endings

    @property
    def real(self) -> Path:
        """The place itself, behind any links."""
        return Path(os.path.realpath(self.path))


def check_outputs(outputs: Sequence[Output], case: Path | None = None) -> None:
    """Check that places can be written to, and that nothing is lost by it.

    Parameters
    ----------
    outputs : sequence of Output
        The places.
    case : Path, optional
        The case that is read.

    Raises
    ------
    FileError
        With all that is wrong: a place is the case or lies in it, is named twice, lies in a folder that is replaced,
        ends like something else, is of another kind, or cannot be written.
    """
    problems = [] if case is None else [one for output in outputs for one in _at_the_case(output, case)]
    problems += [one for pair in combinations(outputs, 2) for one in _at_each_other(*pair)]
    problems += [problem for output in outputs if (problem := _unfit(output))]
    if problems:
        raise FileError("\n".join(problems))


def _at_the_case(output: Output, case: Path) -> Iterator[str]:
    place = Path(os.path.realpath(case))
    kind = "folder" if output.is_folder else "file"
    if _same(output.real, place):
        yield f"{output} is the case that is read. Name another {kind}"
    elif _within(output.real, place):
        yield f"{output} lies in the folder of the case that is read. Name a {kind} outside {case}"
    elif _within(place, output.real):
        yield f"{output} holds the case that is read, {case}. Name another {kind}"


def _at_each_other(one: Output, other: Output) -> Iterator[str]:
    if _same(one.real, other.real):
        yield f"{one.option} and {other.option} both name {one.path}. Name two places"
        return
    for inner, outer in ((one, other), (other, one)):
        if _within(inner.real, outer.real):
            yield f"{inner} lies in the folder of {outer}, which is replaced. Name a place outside it"


def _same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _within(inner: Path, outer: Path) -> bool:
    return any(_same(parent, outer) for parent in inner.parents)


def _unfit(output: Output) -> str | None:
    """Say what is wrong with a place by itself; None if nothing is."""
    try:
        return _of_another_kind(output) or _misnamed(output) or _there(output) or _closed(output)
    except OSError as error:
        return str(refused(output.path, "written", error))


def _of_another_kind(output: Output) -> str | None:
    path = output.path
    if output.is_folder:
        wrong = path.exists() and not path.is_dir()
        return f"{output} is no folder, and a folder is written. Name another place" if wrong else None
    if path.is_dir():
        return f"{output} is a folder, and a file is written. Name one in it"
    if path.exists() and not path.is_file():
        return f"{output} is no ordinary file. Name one, or a file that does not exist yet"
    return None


def _misnamed(output: Output) -> str | None:
    path, ending = output.path, output.path.suffix
    if ending.lower() in output.endings:
        return None
    names = [str(path.with_suffix(one)) for one in output.endings[:1]]
    if not output.folder:
        return f"{output} does not end in {' or '.join(output.endings)}. Name it {names[0]}"
    # A folder that is there may be called anything, and 2024.06 has no ending.
    if path.is_dir() or not ending[1:].isalpha():
        return None
    wanted = " or ".join(["a folder", *(f"a file in {one}" for one in output.endings)])
    mend = " or ".join([str(path.with_suffix("")), *names])
    return f"{output} ends in {ending}, and {wanted} is written. Name it {mend}"


def _there(output: Output) -> str | None:
    path = output.path
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return None
    if output.if_there:
        return f"{output} {'holds files' if path.is_dir() else 'is there'} already. {output.if_there}"
    if output.replaces:
        mark, kind = output.replaces
        if holds_other(path, mark, output.told):
            return f"{output} holds files that are no {kind}. Name a new or an empty folder"
        if path.is_file() and mark not in _marks(path):
            return f"{output} is there and no {kind}. Name a file that does not exist yet"
    return None


def _marks(path: Path) -> list[str]:
    """Names of the sheets of a workbook, or what a page says it was made by; none if it is neither."""
    if path.suffix.lower() in PAGES:
        with path.open("rb") as file:
            made_by = _GENERATOR.search(file.read(_HEAD))
        return [made_by[1].decode("utf-8", "replace")] if made_by else []
    try:
        return list(calamine.CalamineWorkbook.from_path(path).sheet_names)
    except (calamine.CalamineError, calamine.PasswordError, calamine.XmlError, calamine.ZipError):
        return []


def _closed(output: Output) -> str | None:
    """Say that the system does not let a place be written."""
    folder = output.real.parent
    if any(place.exists() and not place.is_dir() for place in (folder, *folder.parents)):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not folder.exists():
        return f"{output} cannot be written: there is no folder {folder}. Make it, or name another place"
    for place in (folder, output.real):
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return None
