"""Files read and written whole: a failed write leaves what was there."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
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
    verb : {"read", "written", "followed to its base"}
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


def holds_other(folder: Path, mark: str, told: Collection[str] = ()) -> bool:
    """Whether a folder holds files, and not the one by which a folder is known that may be replaced.

    Parameters
    ----------
    folder : Path
        The folder.
    mark : str
        Name of that file.
    told : collection of str
        Names of what it tells, where it is JSON; a file of that name that does not tell it is someone's own.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    return not (folder / mark).is_file() or (bool(told) and not _tells(folder / mark, told))


def _tells(path: Path, names: Collection[str]) -> bool:
    """Whether a file holds an object of JSON with some names."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.keys() >= set(names)


def carry_over(old: Path, new: Path, own: Collection[str]) -> None:
    """Copy what someone put into a folder to the one that takes its place.

    Parameters
    ----------
    old : Path
        The folder as it is; nothing is copied if there is none.
    new : Path
        The folder that takes its place.
    own : collection of str
        Paths in the old folder, with slashes, that are not copied because the new one has its own.

    Raises
    ------
    FileError
        Something cannot be copied.
    """

    def ignored(folder: str, names: list[str]) -> list[str]:
        inside = Path(folder).relative_to(old)
        return [name for name in names if (inside / name).as_posix() in own]

    if not old.is_dir():
        return
    try:
        shutil.copytree(old, new, symlinks=True, ignore=ignored, dirs_exist_ok=True)
    except shutil.Error as error:
        source, _, reason = error.args[0][0]
        raise FileError(f"{source} cannot be kept: {reason}. Move it out of {old}") from error


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file so that it is there either whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where it goes.
    content : str or bytes
        What it holds; text in UTF-8, its lines ended alike on every system.

    Raises
    ------
    FileError
        As for `written_whole`.
    """
    with written_whole(path) as place:
        place.write_bytes(content.encode() if isinstance(content, str) else content)


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
        The system refuses, or a folder stands where a file is to be, or the other way round, or a device does.
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
        if not folder and shown.exists() and not shown.is_file():
            raise FileError(f"{shown} is no ordinary file. Name one, or a file that does not exist yet")
        if folder:
            temporary.mkdir()
        yield temporary
        _reach_disk(temporary)
        if folder:
            _exchange(temporary, target, target.with_name(f".{token}.old.{target.name}"))
        else:
            temporary.replace(target)
        _sync(target.parent)
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
    if path.is_symlink():
        return
    if path.is_dir():
        for one in path.iterdir():
            _reach_disk(one)
    _sync(path)


def _sync(path: Path) -> None:
    windows = os.name == "nt"  # where there is no such call for folders, and a file must be open for writing
    if windows and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
