"""The command line as a process of its own, and a case to give it."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def command() -> Path:
    """Find the command that belongs to the Python that runs the tests."""
    return Path(sys.executable).with_name("coplant")


@pytest.fixture
def coplant(command: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a folder of its own."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *map(str, words)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.fixture
def lamps(tmp_path: Path) -> Path:
    """Copy the case of five rows."""
    folder = tmp_path / "lamps"
    folder.mkdir()
    for source in files("coplant").joinpath("templates", "five-rows").iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    return folder


@pytest.fixture
def collide(lamps: Path) -> None:
    """Rewrite the case: all of January's lamps are asked for in January, and made from March."""
    (lamps / "routes.csv").write_text("route,item,site,from\nbuild,lamp,workshop,2026-03-01\n")
    (lamps / "demand.csv").write_text(
        "demand,item,site,from,quantity,per,least_fill\norders,lamp,workshop,2026-01-01,500,month,1\n"
    )
