"""The register of golden rows: what a family of rows looks like in the smallest case that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from small_case import SmallCase


@dataclass(frozen=True)
class Golden:
    """A case, the blocks of rows to look at, and their text.

    A line of the text that starts further in goes on with the line before.
    """

    small: SmallCase
    blocks: tuple[str, ...]
    text: str

    @property
    def lines(self) -> list[str]:
        """Rows, one a line."""
        lines: list[str] = []
        for line in filter(str.strip, self.text.split("\n")):
            if line.startswith(" " * 8):
                lines[-1] += f" {line.strip()}"
            else:
                lines.append(line.strip())
        return lines


Maker = Callable[[], Golden]

GOLDEN: dict[str, Maker] = {}
"""Every golden, by name."""


def golden(maker: Maker) -> Maker:
    """Enter a golden under the name of its function."""
    assert maker.__name__ not in GOLDEN, maker.__name__
    GOLDEN[maker.__name__] = maker
    return maker


def family(block: str) -> str:
    """Family of a block of rows: its name without the agreement or the curve, such as ``learning.full``."""
    name, _, owner = block.partition("/")
    part = owner.rpartition("/")[2].partition(".")[2] if owner else ""
    return f"{name}.{part}" if part else name
