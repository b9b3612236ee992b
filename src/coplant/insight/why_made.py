"""Why an item is made or bought where it is: what each other way would lose, and by how much it is too dear."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.insight.optimum import Optimum
from coplant.insight.period import nodes_at
from coplant.network.activities import LANE, OFFER
from coplant.planning.result import Plan
from coplant.program.money import Floats, Integers
from coplant.program.ranging import Move

USED, DEARER, UNSIGNED, CLOSED, FULL = "used", "dearer", "not signed", "not open", "not possible"
"""What is the matter with a way: it is taken; it would lose money; its agreement is not signed; it is not open then; no
more of it is possible whatever else gives way."""

_LITTLE = 1e-9
"""Share of all that comes below which nothing of a way is taken."""


@dataclass(frozen=True, eq=False, repr=False)
class WhyMade:
    """Why an item is made or bought where it is.

    Parameters
    ----------
    plan : Plan
        The plan.
    item : str
        The item.
    buckets : tuple of str
        The buckets.
    table : DataFrame
        A row for each way in which the item can be made or bought, those that are taken first.
    """

    plan: Plan
    item: str
    buckets: tuple[str, ...]
    table: pl.DataFrame

    def __repr__(self) -> str:
        return f"<WhyMade of {self.item!r} in {', '.join(self.buckets)}: {self.table.height} ways>"

    def __str__(self) -> str:
        return self.text()

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "currency": self.plan.settings.currency,
            "item": self.item,
            "buckets": self.buckets,
            "ways": self.table.to_dicts(),
        }

    def text(self, language: str = "en") -> str:
        """Say it in sentences.

        Parameters
        ----------
        language : {"en", "fr"}
            The language.
        """
        from coplant.report.explained import ways_in_words

        return ways_in_words(self, language)


_COLUMNS: dict[str, Any] = {
    "way": pl.String, "by": pl.String, "site": pl.String, "agreement": pl.String, "status": pl.String,
    "quantity": pl.Float64, "share": pl.Float64, "more": pl.Float64, "more_until": pl.Float64, "less": pl.Float64,
    "less_until": pl.Float64,
}  # fmt: skip


def why_made(plan: Plan, item: str, at: str | datetime.date) -> WhyMade:
    """Say why an item is made or bought where it is.

    Each way is forced to give one unit more, and one unit less where it gives any, and the plan is solved again: what
    that loses is the reduced cost of the way, told of one side.

    Parameters
    ----------
    plan : Plan
        The plan.
    item : str
        The item.
    at : str or date
        The buckets: the label of one, a month (2021-07), a quarter (2021-Q3), a year, or a day.

    Raises
    ------
    CaseError
        The item is neither made nor bought, or there is no such bucket.
    SolverError
        It cannot be solved again.
    """
    optimum = Optimum.of(plan)
    draft, network = optimum.draft, optimum.draft.network
    activities = network.activities
    made = activities.kind != LANE
    names = [network.items[number] for number in np.unique(activities.item[made])]
    if item not in names:
        mend = did_you_mean(item, names, f"Such are {', '.join(names[:12])}")
        raise CaseError([Problem("items", None, "item", item, "an item that is made or bought", mend)], "the question")
    nodes = nodes_at(draft, at)
    mine = np.flatnonzero(made & (activities.item == network.items.index(item)))
    started = draft.start.values(optimum.ranging.columns)[np.ix_(mine, nodes)] * activities.good_share[mine][:, None]
    total = float(started.sum())
    weights = started.sum(axis=0)
    weights = weights / weights.sum() if total > 0.0 else np.full(len(nodes), 1.0 / len(nodes))
    rows = [
        _row(optimum, activity, nodes, weights, quantity, total)
        for activity, quantity in zip(mine.tolist(), started, strict=True)
    ]
    table = pl.DataFrame(rows, schema=_COLUMNS).sort("quantity", "more", "by", descending=[True, False, False])
    return WhyMade(plan, item, tuple(draft.tree.labels[node] for node in nodes), table)


def _row(
    optimum: Optimum, activity: int, nodes: Integers, weights: Floats, quantity: Floats, total: float
) -> dict[str, object]:
    """What one way gives, and what a unit more or less of it would lose."""
    draft = optimum.draft
    network = draft.network
    every = network.activities
    agreement = int(every.agreement[activity])
    row: dict[str, object] = {
        "way": "bought" if every.kind[activity] == OFFER else "made",
        "by": every.labels[activity],
        "site": network.sites[every.site[activity]],
        "agreement": network.agreements[agreement] if agreement >= 0 else None,
        "quantity": float(quantity.sum()),
        "share": float(quantity.sum()) / total if total > 0.0 else 0.0,
    }
    used = float(quantity.sum()) > _LITTLE * max(total, 1.0)
    columns = draft.start.index[activity, nodes]
    if agreement >= 0 and not draft.signed.values(optimum.ranging.columns)[agreement] > 0.5:
        return row | {"status": UNSIGNED}
    if not (columns >= 0).any():
        return row | {"status": CLOSED}
    more = _forced(optimum, columns, weights, float(every.good_share[activity]))
    status = USED if used else FULL if more is None else DEARER
    row |= {"status": status}
    if more is not None:
        row |= {"more": -more[0], "more_until": more[1]}
    if used:
        less = _forced(optimum, columns, -quantity / quantity.sum(), float(every.good_share[activity]))
        row |= {} if less is None else {"less": -less[0], "less_until": min(less[1], float(quantity.sum()))}
    return row


def _forced(optimum: Optimum, columns: Integers, shares: Floats, good: float) -> tuple[float, float] | None:
    """Value of a good unit more, or less, that a way is forced to give, and up to how many; None if it cannot be."""
    there = (columns >= 0) & (shares != 0.0)
    if not there.any():
        return None
    by = shares[there] / np.abs(shares[there]).sum() / good
    slope = optimum.ranging.slope(Move.of_columns(columns[there], by, forced=True))
    return None if slope is None else (slope.value, slope.until)
