"""Forecasts: what was forecast to a host, as it was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.network.frames import days, floats, indices
from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline.calendar import Days

NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Snapshots of what is forecast for some items and months, in the order of their publication.

    Parameters
    ----------
    items : tuple of str
        The items.
    item : ndarray of int, shape (C,)
        Which of them each cell is of; a cell is an item in a month.
    month : ndarray of datetime64[D], shape (C,)
        First day of the month of each cell.
    cell : ndarray of int, shape (S,)
        Cell of each snapshot.
    published : ndarray of datetime64[D], shape (S,)
        Day on which each was published, ascending.
    quantity : ndarray, shape (S,)
        Units forecast.
    """

    items: tuple[str, ...]
    item: Integers
    month: Days
    cell: Integers
    published: Days
    quantity: Floats

    @classmethod
    def read(cls, case: Case, agreement: str, items: Sequence[str]) -> Forecasts:
        """Read what was forecast for some items of an agreement."""
        rows = case["forecasts"].filter(agreement=agreement).filter(pl.col("item").is_in(items))
        rows = rows.sort("published", maintain_order=True)
        item, month = indices(rows["item"], items), days(rows["month"])
        cells, cell = np.unique(np.stack([item, month.astype(np.int64)]), axis=1, return_inverse=True)
        return cls(
            tuple(items),
            cells[0],
            cells[1].astype("datetime64[D]"),
            cell.reshape(-1),
            days(rows["published"]),
            floats(rows["quantity"]),
        )

    @property
    def close(self) -> Days:
        """Day after the last of the month of each cell."""
        return np.asarray((self.month.astype("datetime64[M]") + 1).astype("datetime64[D]"))

    def only(self, snapshots: Booleans) -> Forecasts:
        """Keep some of the snapshots; the cells stay."""
        return Forecasts(
            self.items, self.item, self.month,
            self.cell[snapshots], self.published[snapshots], self.quantity[snapshots],
        )  # fmt: skip

    def latest(self, on: Days) -> Floats:
        """Units of each cell by the last snapshot published by some days, 0 before the first, shape (len(on), C)."""
        dates, place = np.unique(self.published, return_inverse=True)
        number = np.zeros((len(dates) + 1, len(self.month)), dtype=np.int64)
        number[place + 1, self.cell] = np.arange(len(self.cell)) + 1
        known = np.append(0.0, self.quantity)[np.maximum.accumulate(number)]
        return np.asarray(known[np.searchsorted(dates, on, side="right")])

    def last_published(self, on: Days) -> Days:
        """Day of the last publication by some days, NaT before the first."""
        place = np.searchsorted(self.published, on, side="right") - 1
        return np.append(self.published, NEVER)[place]
