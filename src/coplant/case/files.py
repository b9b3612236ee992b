"""Files read and written whole: a failed write leaves what was there."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coplant.errors import FileError

BOM = b"\xef\xbb\xbf"
"""The mark with which some programs begin a file in UTF-8."""

_REMEDIES = {
    errno.ENOSPC: "Free some space, or name a place on another disk",
    errno.EDQUOT: "Free some space, or name a place on another disk",
    errno.EACCES: "Ask for permission, or name another place",
    errno.EPERM: "Ask for permission, or name another place",
    errno.EROFS: "Name another place",
    errno.EISDIR: "It is a folder; name a file",
    errno.EEXIST: "A part of the path is a file; name a folder",
    errno.ENOTDIR: "A part of the path is a file; name a folder",
    errno.EBUSY: "Close the program that has it open",
    errno.ENAMETOOLONG: "Name a shorter path",
}


def refused(path: Path, verb: str, error: OSError) -> FileError:
    """Say why the system does not let a path be read or written, and what to do.

    Parameters
    ----------
    path : Path
        The path.
    verb : {"read", "written"}
        What failed.
    error : OSError
        How the system put it.
    """
    remedy = _REMEDIES.get(error.errno or 0, "Check the path and the permissions")
    return FileError(f"{path} cannot be {verb}: {error.strerror or error}. {remedy}")


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    FileError
        It cannot be read, or is empty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refused(path, "read", error) from error
    if not content.removeprefix(BOM).strip():
        raise FileError(f"{path} is empty. Write its content, or remove the file")
    return content


@contextmanager
def written_whole(path: str | Path, *, folder: bool = False) -> Iterator[Path]:
    """Write a file or a folder so that it is there either whole or not at all.

    What is written goes to a temporary sibling, reaches the disk, and then takes the path's name. If anything fails
    before, Ctrl-C included, the sibling is removed and what the path held stays as it was. A file is replaced in one
    step; a folder in two, renaming the old one aside first.

    Parameters
    ----------
    path : str or Path
        Where the result goes. Missing parents are made; what is there is replaced.
    folder : bool
        Whether to write a folder.

    Yields
    ------
    Path
        Where to write: a path that does not exist yet, or an empty folder.

    Raises
    ------
    FileError
        The system refuses, or a folder stands where a file is to be, or the other way round.
    """
    shown = Path(path)
    target = Path(os.path.realpath(shown))
    token = secrets.token_hex(4)
    temporary = target.with_name(f".{token}.{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if folder and target.exists() and not target.is_dir():
            raise FileError(f"{shown} is a file. Name a folder, or remove the file")
        if not folder and target.is_dir():
            raise FileError(f"{shown} is a folder. Name a file in it")
        if folder:
            temporary.mkdir()
        yield temporary
        _reach_disk(temporary)
        if folder:
            _exchange(temporary, target, target.with_name(f".{token}.old.{target.name}"))
        else:
            temporary.replace(target)
        _reach_disk_folder(target.parent)
    except OSError as error:
        raise refused(shown, "written", error) from error
    finally:
        _remove(temporary)


def _exchange(temporary: Path, target: Path, aside: Path) -> None:
    try:
        if target.exists():
            target.replace(aside)
        temporary.replace(target)
    except BaseException:
        if aside.exists() and not target.exists():
            aside.replace(target)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _reach_disk(path: Path) -> None:
    if path.is_dir():
        for one in path.iterdir():
            _reach_disk(one)
        _reach_disk_folder(path)
        return
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _reach_disk_folder(path: Path) -> None:
    if os.name == "nt":  # Windows has no such call for folders
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
