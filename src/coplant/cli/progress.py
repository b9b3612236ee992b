"""Progress: what is being done, on the standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress:
    """Says on the standard error what is being done.

    A terminal has one live line. Elsewhere each stage is a line when it ends, and a long one a line now and then.
    """

    _EVERY = 10.0
    """Seconds between the lines of a long stage where there is no terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage = ""
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Name what is being done, and say how long it took."""
        self._stage, began = name, time.monotonic()
        self._told = began
        if self._live:
            self.say("")
        yield
        self._clear()
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Say how far the stage is."""
        line = f"{self._stage}: {text}" if text else f"{self._stage} ..."
        if self._live:
            width = max(os.get_terminal_size(sys.stderr.fileno()).columns - 1, 20)
            print(f"\r\x1b[2K{line[:width]}", end="", file=sys.stderr, flush=True)
        elif text and time.monotonic() - self._told >= self._EVERY:
            self._told = time.monotonic()
            print(line, file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._live:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
