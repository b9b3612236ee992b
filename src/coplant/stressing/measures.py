"""What is measured of a plan that was carried through a sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coplant.planning.draft import Draft
from coplant.program.money import Floats, Integers
from coplant.stressing.planner import Lived

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


def measures(lived: Lived, awaited: tuple[str, ...]) -> list[Measure]:
    """Measure what became of a plan.

    Parameters
    ----------
    lived : Lived
        What became of it.
    awaited : tuple of str
        Items whose first sale matters.
    """
    draft, columns = lived
    cash, of_family = _money(draft, columns)
    told = [
        Measure("present_value", None, None, float(draft.program.worth() @ columns)),
        Measure("lowest_cash", None, None, float(np.cumsum(cash).min())),
        Measure("service", None, None, _service(draft, columns)),
    ]
    years, share = _shares_of_years(draft)
    revenue = of_family @ share
    for family, year in np.argwhere(revenue > 0.0).tolist():
        name = draft.network.families[family]
        told.append(Measure("revenue", int(years[year]), name, float(revenue[family, year])))
    return told + [Measure("first_sold", None, item, _first_sold(draft, columns, item)) for item in awaited]


def _money(draft: Draft, columns: Floats) -> tuple[Floats, Floats]:
    """Undiscounted money of each bucket: all that is paid and received, (T,), and revenue by family, (families, T)."""
    steps, families = len(draft.timeline), len(draft.network.families)
    cash, revenue = np.zeros(steps), np.zeros(families * steps)
    for line in draft.program.money_lines:
        if not line.cash and line.name not in REVENUE:
            continue
        due = line.entries()
        amount = due.coefficient * columns[due.column]
        if line.cash:
            cash += np.bincount(due.node, amount, minlength=steps)
        if line.name in REVENUE:
            revenue += np.bincount(due.tags["family"] * steps + due.node, amount, minlength=len(revenue))
    return cash, revenue.reshape(families, steps)


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
