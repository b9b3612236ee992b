"""Every command and every line of Python on the pages is run, in order, and prints what the page says it prints."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(console|python|\{code-block\} text\n:caption: \S+\n)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "examples/*/README.md", "src/coplant/templates/*/README.md")
    for page in (str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))
    if _blocks(page)
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the reader's folder: the examples and the command are there, and what is written stays in it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    return tmp_path


WHOLE = "docs/tutorial.md"
"""The page whose questions about the reference case are asked every time."""


@pytest.mark.parametrize("page", PAGES)
def test_snippets_before_the_reference_case_run(page: str, place: Path) -> None:
    _run(itertools.takewhile(lambda block: page == WHOLE or "xiaomi" not in block[1], _blocks(page)), place)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != WHOLE and "xiaomi" in (ROOT / page).read_text(encoding="utf-8")]
)
def test_snippets_run(page: str, place: Path) -> None:
    _run(_blocks(page), place)


def _run(blocks: Iterable[tuple[str, str]], place: Path) -> None:
    names: dict[str, object] = {}
    for language, text in blocks:
        if language == "console":
            _run_commands(text, place)
        elif language == "python":
            _run_python(text, names)
        else:
            (place / language.split()[-1]).write_text(text, encoding="utf-8")


def _run_commands(text: str, place: Path) -> None:
    """Run the lines behind a dollar sign; the lines that follow one must be among what it prints."""
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        answer = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, text=True, check=False)
        printed = answer.stdout + answer.stderr
        assert answer.returncode == 0 or "problem" in shown, printed
        _assert_shown(shown, printed)


def _run_python(text: str, names: dict[str, object]) -> None:
    """Run the lines; what is shown behind `# ` on a line of its own must be among what they print."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "snippet", "exec"), names)
    _assert_shown("\n".join(re.findall(r"^# (.*)$", text, re.MULTILINE)), printed.getvalue())


def _assert_shown(shown: str, printed: str) -> None:
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for line in filter(None, (" ".join(line.split()) for line in shown.splitlines())):
        if line == "...":
            continue
        head = line.removesuffix(" ...").removesuffix("...")
        assert any(text == line or (head != line and text.startswith(head)) for text in lines), (line, printed)
