"""What is written is there whole, or what was there before is."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import coplant
from coplant.case.files import carry_over, read_bytes, written_whole

OLD, NEW = "old", "new"
Failure = Callable[..., Any]


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def write(path: Path, content: str, *, folder: bool = False, error: BaseException | None = None) -> None:
    with written_whole(path, folder=folder) as temporary:
        (temporary / "content" if folder else temporary).write_text(content)
        if error is not None:
            raise error


def test_a_file_appears_with_its_parents(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.txt"
    with written_whole(path) as temporary:
        temporary.write_text(NEW)
        assert not path.exists()
    assert path.read_text() == NEW
    assert names_in(path.parent) == ["file.txt"]


def test_the_temporary_keeps_the_suffix(tmp_path: Path) -> None:
    with written_whole(tmp_path / "plan.xlsx") as temporary:
        assert temporary.suffix == ".xlsx"
        temporary.write_text(NEW)


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "gone").write_text(OLD)
    with written_whole(path, folder=True) as temporary:
        (temporary / "sub").mkdir()
        (temporary / "sub" / "there").write_text(NEW)
        assert (path / "gone").exists()
    assert [one.relative_to(path).as_posix() for one in sorted(path.rglob("*"))] == ["sub", "sub/there"]
    assert names_in(tmp_path) == ["folder"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    (tmp_path / "link").symlink_to("file")
    with written_whole(tmp_path / "link") as temporary:
        temporary.write_text(NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == NEW


def raising(error: BaseException, after: int = 0) -> Failure:
    """A function that works some times and then fails once, as a full disk or Ctrl-C would."""
    calls = 0

    def fail(real: Failure) -> Failure:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == after + 1:
                raise error
            return real(*arguments, **options)

        return call

    return fail


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


FAILURES = [
    ("fsync", full(), 0),
    ("fsync", KeyboardInterrupt(), 0),
    ("replace", full(), 0),
    ("replace", KeyboardInterrupt(), 0),
]
WITH_THE_OLD_ASIDE = [("replace", full(), 1), ("replace", KeyboardInterrupt(), 1)]


@pytest.mark.parametrize(
    ("folder", "call", "error", "after"),
    [(folder, *failure) for folder in (False, True) for failure in FAILURES]
    + [(True, *failure) for failure in WITH_THE_OLD_ASIDE],
)
def test_a_failure_leaves_the_old(
    folder: bool, call: str, error: BaseException, after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result"
    inside = path / "content" if folder else path
    write(path, OLD, folder=folder)
    monkeypatch.setattr(os, call, raising(error, after)(getattr(os, call)))
    with pytest.raises(coplant.FileError if isinstance(error, OSError) else KeyboardInterrupt):
        write(path, NEW, folder=folder)
    assert inside.read_text() == OLD
    assert names_in(tmp_path) == ["result"]


@pytest.mark.parametrize("error", [full(), KeyboardInterrupt(), ValueError("a defect")])
@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_failure_while_writing_leaves_the_old(folder: bool, error: BaseException, tmp_path: Path) -> None:
    path = tmp_path / "result"
    inside = path / "content" if folder else path
    write(path, OLD, folder=folder)
    expected = coplant.FileError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write(path, NEW, folder=folder, error=error)
    assert inside.read_text() == OLD
    assert names_in(tmp_path) == ["result"]


@pytest.mark.parametrize("error", [full(), KeyboardInterrupt()])
def test_a_failed_first_write_leaves_nothing(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises((coplant.FileError, KeyboardInterrupt)):
        write(tmp_path / "result", NEW, error=error)
    assert names_in(tmp_path) == []


def test_a_full_disk_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(coplant.FileError, match=r"result cannot be written: No space left.*Free some space"):
        write(tmp_path / "result", NEW, error=full())


def test_a_file_is_not_replaced_by_a_folder_nor_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    (tmp_path / "folder").mkdir()
    with pytest.raises(coplant.FileError, match="is a file"), written_whole(tmp_path / "file", folder=True):
        pass
    with pytest.raises(coplant.FileError, match="is a folder"), written_whole(tmp_path / "folder"):
        pass
    with pytest.raises(coplant.FileError, match="cannot be written"), written_whole(tmp_path / "file" / "below"):
        pass
    assert (tmp_path / "file").read_text() == OLD


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(coplant.FileError, match="pipe is no ordinary file"), written_whole(tmp_path / "pipe"):
        pass
    assert (tmp_path / "pipe").is_fifo()


def test_what_is_carried_over_stays_as_it_was(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "sub").mkdir(parents=True)
    for name in ("mine", "own", "sub/mine", "sub/own"):
        (old / name).write_text(OLD)
    (old / "mine").chmod(0o400)
    (old / "link").symlink_to("nowhere")
    with written_whole(new, folder=True) as temporary:
        (temporary / "own").write_text(NEW)
        carry_over(old, temporary, {"own", "sub/own"})
    assert sorted(one.relative_to(new).as_posix() for one in new.rglob("*")) == [
        "link",
        "mine",
        "own",
        "sub",
        "sub/mine",
    ]
    assert ((new / "mine").read_text(), (new / "own").read_text()) == (OLD, NEW)
    assert (new / "mine").stat().st_mode & 0o777 == 0o400
    assert (new / "link").is_symlink()


def test_what_cannot_be_carried_over_is_told(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    os.mkfifo(tmp_path / "old" / "pipe")
    with pytest.raises(coplant.FileError, match=r"pipe cannot be kept: .* named pipe. Move it out of .*old"):
        carry_over(tmp_path / "old", tmp_path / "new", ())


def test_reading_says_why_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    with pytest.raises(coplant.FileError, match="empty is empty"):
        read_bytes(tmp_path / "empty")
    with pytest.raises(coplant.FileError, match=r"none cannot be read: No such file"):
        read_bytes(tmp_path / "none")
    with pytest.raises(coplant.FileError, match=r"cannot be read: Is a directory. It is a folder"):
        read_bytes(tmp_path)
