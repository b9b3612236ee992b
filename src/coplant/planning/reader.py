"""A solved draft, and how it is read into tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.network.frames import dates
from coplant.planning.draft import Draft
from coplant.program import Solution
from coplant.program.money import Floats, Integers

Tables = dict[str, pl.DataFrame]


class Unread(Mapping[str, pl.DataFrame]):
    """Tables of a plan, each of which is read when it is first looked at.

    Of the plans of many futures few are looked at in full. To another process the tables travel once they are read.

    Parameters
    ----------
    reading : mapping of str to callable
        How each is read.
    """

    def __init__(self, reading: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self._reading = dict(reading)
        self._read: Tables = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = self._reading[name]()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._reading)

    def __len__(self) -> int:
        return len(self._reading)

    def __contains__(self, name: object) -> bool:
        return name in self._reading

    def __reduce__(self) -> tuple[type, tuple[Tables]]:
        return dict, (dict(self),)


@dataclass(frozen=True, eq=False)
class Reader:
    """A solved draft, and how its indices are named.

    Parameters
    ----------
    draft : Draft
        The draft.
    solution : Solution
        Its solution.
    """

    draft: Draft
    solution: Solution

    def values(self, block: str) -> Floats:
        """Values of a block of columns; zero where there is no column."""
        return self.draft.program.column_blocks[block].values(self.solution.columns)

    def reserved(self, agreement: str) -> Floats:
        """Rate reserved under each reservation of an agreement at each node: nothing once it is left, shape (C, N)."""
        blocks = self.draft.program.column_blocks
        if f"reserved_now/{agreement}" in blocks:
            return self.values(f"reserved_now/{agreement}")
        rates = self.values(f"reserved/{agreement}")
        return np.broadcast_to(rates[:, None], (len(rates), len(self.draft.tree)))

    def when(self, node: Integers) -> dict[str, pl.Series]:
        """Bucket of some nodes as a column."""
        tree = self.draft.tree
        return {"bucket": dates(tree.timeline.bounds[tree.bucket[node]])}

    def names(self, of: str, index: Integers) -> pl.Series:
        """Names behind some indices of items, sites, families or agreements; null for -1."""
        return named(getattr(self.draft.network, of), index)


def named(names: tuple[str, ...], index: Integers) -> pl.Series:
    """Names behind indices; null for -1."""
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(index < 0, len(names), index))


def frame(columns: Mapping[str, pl.Series | Floats | Integers | np.ndarray]) -> pl.DataFrame:
    """Columns of one length as a table; NaN becomes null."""
    return pl.DataFrame(dict(columns), nan_to_null=True)
