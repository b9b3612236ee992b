"""Settings for every test."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.testing
from hypothesis import settings

from coplant.clauses import Record
from coplant.report.words import LANGUAGES, words_of
from coplant.workers import Cluster, Processes, Workers

# Solving takes as long as the machine is busy, so no example has a deadline. `make test` draws the same examples each
# time; `make test-all` draws new ones, and many more.
settings.register_profile("default", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("all", max_examples=200, deadline=None, print_blob=True)
settings.load_profile("default")


@pytest.fixture(scope="session", autouse=True)
def words_of_lines() -> Iterator[None]:
    """Refuse a line that any test bills if a message file has no text for it, or one that leaves out an operand."""
    charge, keep = Record.charge, Record.keep
    texts = {language: words_of(language).texts for language in LANGUAGES}

    def charged(self: Record, clause: str, line: str, words: str, *args: Any, **more: Any) -> None:
        count = len(self.lines)
        charge(self, clause, line, words, *args, **more)
        for language, told in texts.items():
            for billed in self.lines[count:]:
                missing = [name for name in (f"words.{words}", f"clause.{clause}") if f"settle.{name}" not in told]
                assert missing == [], f"messages/{language}.toml has no text settle.{missing[0]}"
                unnamed = [name for name in billed.operands if f"{{{name}}}" not in told[f"settle.words.{words}"]]
                assert unnamed == [], f"settle.words.{words} in messages/{language}.toml does not name {unnamed}"

    def kept(self: Record, clause: str, account: str, *args: Any, **more: Any) -> None:
        keep(self, clause, account, *args, **more)
        for language, told in texts.items():
            assert f"settle.account.{account}" in told, f"messages/{language}.toml has no text settle.account.{account}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Record, "charge", charged)
        patch.setattr(Record, "keep", kept)
        yield


@pytest.fixture(scope="session", autouse=True)
def commands_are_built_once() -> Iterator[None]:
    """Let typer's runner keep the commands that it builds of an app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", functools.cache(typer.testing._get_command))
        yield


@pytest.fixture(scope="session", params=["processes", "cluster"])
def two(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Two workers of each kind, who stay for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        # A cluster of the tests' own, whose processes find the functions of the tests.
        patch.setenv("RAY_ADDRESS", "local")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        workers = Processes(2) if request.param == "processes" else Cluster(count=2)
    yield workers
    workers.close()
