"""A solved draft, and how it is read into tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.network.frames import dates
from coplant.planning.draft import Draft
from coplant.program import Solution
from coplant.program.money import Floats, Integers

Tables = dict[str, pl.DataFrame]


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
