"""Where a plan was solved: values, prices and the corner, kept so that its program can be solved again from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.planning.bounds import Room
from coplant.program.corner import Corner
from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.search import Leaves
from coplant.program.solve import Solution

COLUMNS, ROWS, LEAVES = KEPT = "solved_columns", "solved_rows", "solved_leaves"
"""Names under which they are kept beside the tables of a plan."""

_SIDES = ("low", "high")

_NOWHERE = -1
"""State of columns and rows where there is no corner."""


class Solved(NamedTuple):
    """Where a program was solved.

    Parameters
    ----------
    columns : ndarray
        Value of each column.
    prices : ndarray
        Gain in the objective per unit by which the bound of each row is relaxed upward.
    corner : Corner or None
        The corner; None if it was not brought to one.
    leaves : Leaves or None
        Where the search of whole numbers ended; None if there was none.
    room : Room or None
        Bounds that its program was written with, for the sake of other futures; None if they were its own. They are not
        kept in tables, as the plans of a hedge are not.
    """

    columns: Floats
    prices: Floats
    corner: Corner | None
    leaves: Leaves | None
    room: Room | None = None

    @classmethod
    def of(cls, solution: Solution, room: Room | None = None) -> Solved:
        """Keep what is needed of a solution."""
        return cls(solution.columns, solution.row_dual, solution.corner, solution.leaves, room)

    def fits(self, program: LinearProgram) -> bool:
        """Whether it can be of a program."""
        return (len(self.columns), len(self.prices)) == (program.column_count, program.row_count)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Write it as tables, a row for each column and each row."""
        states = self.corner or [
            np.full(len(values), _NOWHERE, dtype=np.int8) for values in (self.columns, self.prices)
        ]
        return {
            COLUMNS: pl.DataFrame({"value": self.columns, "state": states[0]}),
            ROWS: pl.DataFrame({"price": self.prices, "state": states[1]}),
            LEAVES: self._leaves(),
        }

    def _leaves(self) -> pl.DataFrame:
        """A row for each whole number: its value, and its bounds in each box."""
        if self.leaves is None:
            return pl.DataFrame({"value": np.empty(0)})
        bounds = zip(self.leaves.low, self.leaves.high, strict=True)
        boxes = {
            f"{side}_{place}": one for place, box in enumerate(bounds) for side, one in zip(_SIDES, box, strict=True)
        }
        return pl.DataFrame({"value": self.leaves.integers, **boxes})

    @classmethod
    def of_tables(cls, tables: Mapping[str, pl.DataFrame]) -> Solved | None:
        """Read it from tables; None if it is not among them."""
        if any(name not in tables for name in KEPT):
            return None
        columns, rows, boxes = (tables[name] for name in KEPT)
        states = [frame["state"].to_numpy().astype(np.int8) for frame in (columns, rows)]
        corner = None if (states[0] == _NOWHERE).any() else Corner(*states)
        low, high = (boxes.select(pl.col(f"^{side}_.*$")).to_numpy().T for side in _SIDES)
        leaves = Leaves(boxes["value"].to_numpy(), low, high) if boxes.height else None
        return cls(columns["value"].to_numpy(), rows["price"].to_numpy(), corner, leaves)
