"""What is measured of a plan that was carried through a sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from coplant.planning.draft import Draft
from coplant.program.linear import Term
from coplant.program.money import Floats, Integers

REVENUE = ("revenue", "annuity")
"""Money lines that are revenue."""

_SOLD = 1e-6
"""Share of what is asked for in all above which an item counts as sold."""


class Measure(NamedTuple):
    """One thing measured."""

    measure: str
    year: int | None
    thing: str | None
    value: float | None


class Gauge:
    """What is measured of plans that were carried through one sample.

    Parameters
    ----------
    draft : Draft
        The program of all that happened.
    awaited : tuple of str
        Items whose first sale matters.
    """

    def __init__(self, draft: Draft, awaited: tuple[str, ...]) -> None:
        self.draft, self.awaited = draft, awaited
        self._worth = draft.program.worth()
        self._cash, self._revenue = _money(draft)
        self._years, self._share = _shares_of_years(draft)

    def measures(self, columns: Floats) -> list[Measure]:
        """Measure what became of a plan.

        Parameters
        ----------
        columns : ndarray
            Values of the program's columns.
        """
        draft = self.draft
        told = [
            Measure("present_value", None, None, float(self._worth @ columns)),
            Measure("lowest_cash", None, None, float(np.cumsum(self._cash @ columns).min())),
            Measure("service", None, None, _service(draft, columns)),
        ]
        revenue = (self._revenue @ columns).reshape(-1, len(draft.timeline)) @ self._share
        for family, year in np.argwhere(revenue > 0.0).tolist():
            name = draft.network.families[family]
            told.append(Measure("revenue", int(self._years[year]), name, float(revenue[family, year])))
        return told + [Measure("first_sold", None, item, _first_sold(draft, columns, item)) for item in self.awaited]


def _money(draft: Draft) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Undiscounted money of a unit of each column in each bucket: all that is paid and received, shape (T, columns),
    and revenue by family, (families x T, columns).
    """
    steps, families, count = len(draft.timeline), len(draft.network.families), draft.program.column_count
    cash: list[Term] = []
    revenue: list[Term] = []
    for line in draft.program.money_lines:
        if line.cash or line.name in REVENUE:
            due = line.entries()
            if line.cash:
                cash.append(Term(due.node, due.column, due.coefficient))
            if line.name in REVENUE:
                revenue.append(Term(due.tags["family"] * steps + due.node, due.column, due.coefficient))
    return _joined(cash, (steps, count)), _joined(revenue, (families * steps, count))


def _joined(terms: list[Term], shape: tuple[int, int]) -> sparse.csr_array:
    empty = Term(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    row, column, value = (np.concatenate(parts) for parts in zip(empty, *terms, strict=True))
    return sparse.csr_array((value, (row, column)), shape=shape)


def _service(draft: Draft, columns: Floats) -> float:
    """Share of demand that is met, at its prices; all of it where nothing is asked for."""
    demands = draft.network.demands
    wanted = demands.wanted.copy()
    opened = draft.opened.values(columns)
    np.add.at(wanted, demands.diffusions.demand, np.rint(opened)[:, None] * demands.diffusions.wanted)
    asked = float((wanted * demands.price).sum())
    return float((draft.sold.values(columns) * demands.price).sum()) / asked if asked > 0.0 else 1.0


def _shares_of_years(draft: Draft) -> tuple[Integers, Floats]:
    """Calendar years, and the share of each bucket's days in each, shape (T, years)."""
    bounds = draft.timeline.bounds
    years = np.unique(bounds[:-1].astype("datetime64[Y]"))
    first, after = years.astype("datetime64[D]"), (years + 1).astype("datetime64[D]")
    inside = np.minimum(bounds[1:, None], after) - np.maximum(bounds[:-1, None], first)
    share = np.maximum(inside.astype(np.float64), 0.0) / draft.timeline.days[:, None]
    return years.astype(np.int64) + 1970, share


def _first_sold(draft: Draft, columns: Floats, item: str) -> float | None:
    """First day of the bucket in which an item is first sold, as days since 1970; None if never."""
    demands = draft.network.demands
    mine = demands.item == draft.network.items.index(item)
    sold = draft.sold.values(columns)[mine].sum(axis=0)
    seen = np.flatnonzero(sold > _SOLD * max(float(demands.most_wanted[mine].sum()), 1.0))
    return float(draft.timeline.bounds[seen[0]].astype("datetime64[D]").astype(np.int64)) if len(seen) else None
