"""Templates: cases to start from, each a folder of this package."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from coplant.case.files import written_whole
from coplant.case.folder import SETTINGS

SMALLEST = "five-rows"
"""The template that is written where none is named."""

_PLACE = files(__name__)


def templates() -> dict[str, str]:
    """Title of every template by its name, in the order of names."""
    names = sorted(entry.name for entry in _PLACE.iterdir() if entry.joinpath(SETTINGS).is_file())
    return {name: tomllib.loads(_PLACE.joinpath(name, SETTINGS).read_text("utf-8"))["title"] for name in names}


def start(name: str, folder: str | Path) -> None:
    """Write a template to a new folder.

    Parameters
    ----------
    name : str
        One of `templates`.
    folder : str or Path
        The folder to make.
    """
    with written_whole(Path(folder), folder=True) as place:
        for source in _PLACE.joinpath(name).iterdir():
            (place / source.name).write_bytes(source.read_bytes())
