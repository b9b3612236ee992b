"""Examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import coplant

SOURCE = Path(coplant.__file__).parent
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages([str(SOURCE)], "coplant.")
    if any(
        file.exists() and ">>> " in file.read_text(encoding="utf-8")
        for stem in [SOURCE.joinpath(*name.split(".")[1:])]
        for file in (stem.with_suffix(".py"), stem / "__init__.py")
    )
]


def test_some_docstrings_have_examples() -> None:
    assert len(MODULES) > 5


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
