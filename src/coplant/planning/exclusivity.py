"""Exclusivity: what no other host builds while an agreement runs, and for some time after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses import Scope
from coplant.planning.bounds import full_rate
from coplant.planning.draft import Draft
from coplant.program import term
from coplant.program.money import Integers
from coplant.timeline import add_months


def exclusivity(draft: Draft) -> None:
    """Keep products from other hosts while an agreement runs, and for some months after it has ended.

    ``exclusivity[j,n]``: x_{j,n} + sum_e (M_{j,n} - L_{j,n,e}) v_{n,e} <= M_{j,n} for each route j that makes such a
    product at another host's site, and at the brand's own plants where they are excluded too. Of the ways e in which a
    node can be covered at most one has v = 1:

    - the agreement runs at the node, or ran until its end and `months_after` have not passed: v = r at the node, or at
      the last one at which it is in force;
    - it was left at the start of a node m on the way, less than `months_after` before: v = y_m.

    L is nothing where no day is left on which the route is open, and else what full_rate, capacity and overtime, lets
    through on the days that are left; M where there is no such limit.

    It holds between agreements, asks for no money, and so is no clause with a price of its own.
    """
    rows = draft.network.case["exclusivity"]
    if rows.is_empty():
        return
    for row in rows.iter_rows(named=True):
        scope = draft.scopes[row["agreement"]]
        clause = _Exclusivity.of(row, scope)
        routes = _others(draft.network.case, row)
        if len(routes):
            _keep_from(draft, scope, clause, routes)


@dataclass(frozen=True)
class _Exclusivity:
    """One row of the table.

    Parameters
    ----------
    name : str
        Name of its block of rows.
    first, until : datetime64[D]
        First day, and day after the last on which it holds while the agreement is in force.
    months_after : float
        How long it holds on after the agreement.
    """

    name: str
    first: np.datetime64
    until: np.datetime64
    months_after: float

    @classmethod
    def of(cls, row: Mapping[str, Any], scope: Scope) -> _Exclusivity:
        first, until = (np.datetime64(row[day], "D") for day in ("valid_from", "valid_until"))
        part = "" if np.isnat(first) else str(first)
        return cls(
            scope.block("exclusivity", row["item"] or "", part), *scope.window(first, until), row["months_after"]
        )

    def after(self, end: np.datetime64) -> np.datetime64:
        """Day after the last on which it holds if the agreement ends on a day."""
        return np.datetime64(add_months(end, self.months_after) if self.first < end <= self.until else end)


class _Cover(NamedTuple):
    """A way in which nodes are covered."""

    column: Integers
    """Column that is one if they are so, -1 at nodes that cannot be, shape (N,)."""
    first: np.datetime64
    """First day that is covered then."""
    until: np.datetime64
    """Day after the last."""


def _covers(scope: Scope, clause: _Exclusivity) -> Iterator[_Cover]:
    tree = scope.tree
    bounds = tree.timeline.bounds
    # After its term an agreement counts as it did on the last day.
    last = min(int(np.searchsorted(bounds, scope.ends, side="left")) - 1, len(tree.timeline) - 1)
    if last < 0:
        running = np.full(len(tree), scope.signed)
    else:
        running = scope.running[tree.path[np.arange(len(tree)), np.minimum(tree.bucket, last)]]
    yield _Cover(running, clause.first, clause.after(clause.until) if clause.until == scope.ends else clause.until)
    for node in np.flatnonzero(scope.leaving >= 0):
        day = bounds[tree.bucket[node]]
        until = clause.after(day)
        if until > day:
            follows = tree.path[:, tree.bucket[node]] == node
            yield _Cover(np.where(follows, scope.leaving[node], -1), day, until)


def _keep_from(draft: Draft, scope: Scope, clause: _Exclusivity, routes: Integers) -> None:
    """Add the rows of one exclusivity for the routes of others."""
    network, tree = draft.network, draft.tree
    most, rate = draft.room.most[routes], full_rate(network, routes)
    opened = network.activities.open_share[routes]
    cell = draft.cells(len(routes))
    terms, covered = [term(cell, draft.start.index[routes])], np.zeros(cell.shape, dtype=bool)
    for cover in _covers(scope, clause):
        within = network.openings.within(cover.first, cover.until)
        closed = within.averaged(tree.timeline, network.case["routes"].height)[routes]
        free = np.maximum(opened - closed, 0.0)
        through = np.multiply(free, rate, out=most.copy(), where=np.isfinite(rate))
        left = np.where(free > 1e-9, np.minimum(most, through), 0.0)
        hit = (closed > 0.0) & (cover.column >= 0)
        terms.append(term(cell, cover.column, np.where(hit, most - left, 0.0)))
        covered |= hit
    program, names = scope.program, tuple(network.activities.labels[route] for route in routes)
    where = covered & (draft.start.index[routes] >= 0)
    program.rows(clause.name, (names, tree.labels), terms, upper=most, where=where)


def _others(case: Case, row: Mapping[str, Any]) -> Integers:
    """Routes that an exclusivity closes: those that make its products elsewhere than at its host."""
    parties = case["parties"].select(host="party", role="role")
    hosts = case["agreements"].select("agreement", "host")
    routes = (
        case["routes"]
        .with_row_index("place")
        .join(hosts, on="agreement", how="left", maintain_order="left")
        .join(case["sites"].select("site", "party"), on="site", how="left", maintain_order="left")
        .with_columns(host=pl.coalesce("host", "party"))
        .join(parties, on="host", how="left", maintain_order="left")
    )
    made = routes.filter(agreement=row["agreement"])["item"]
    host = hosts.filter(agreement=row["agreement"])["host"].item()
    own = pl.col("host").is_null() | (pl.col("role") == "brand")
    products = [row["item"]] if row["item"] is not None else made.unique().to_list()
    elsewhere = pl.col("host").ne_missing(host) & (pl.lit(row["own_plant"] == "excluded") | ~own)
    return routes.filter(pl.col("item").is_in(products), elsewhere)["place"].to_numpy().astype(np.int64)
