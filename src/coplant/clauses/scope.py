"""What a clause sees of a plan: the agreement it belongs to and the units started under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coplant.program import LinearProgram, Term, term
from coplant.program.money import Floats, Integers
from coplant.timeline import overlaps, periods
from coplant.timeline.calendar import Days
from coplant.tree import Tree, Windows

HORIZON_END = "remaining_commitments"
"""Money line of what an agreement still costs after the horizon, if nothing more is built."""


@dataclass(frozen=True, eq=False)
class Scope:
    """An agreement within a program.

    Parameters
    ----------
    program : LinearProgram
        The program that clauses add to.
    tree : Tree
        The tree it lives on.
    discount_rate : float
        Share per year.
    name : str
        Name of the agreement.
    agreement, site : int
        Index of the agreement and of the host's plant, for tags of money.
    starts, ends, sign_date : datetime64[D]
        When it is in force, and when it is signed.
    signed : int
        Column that is one if it is signed.
    routes : tuple of str
        Names of the K routes under it.
    started : ndarray of int, shape (K, N)
        Columns of the units started, -1 where none can be.
    good_share : ndarray, shape (K,)
        Good units per unit started.
    item, family : ndarray of int, shape (K,)
        What each route makes, and its family.
    item_names : tuple of str, length K
        Name of what each route makes.
    open_share : ndarray, shape (K, N)
        Share of the full rate at which each route can be started.
    most : ndarray, shape (K, N)
        Bound on the units started that no sensible plan exceeds; for the size of binaries.
    useful : ndarray, shape (K,)
        Bound on the units of what each route makes that could ever be of use.
    """

    program: LinearProgram
    tree: Tree
    discount_rate: float
    name: str
    agreement: int
    site: int
    starts: np.datetime64
    ends: np.datetime64
    sign_date: np.datetime64
    signed: int
    routes: tuple[str, ...]
    started: Integers
    good_share: Floats
    item: Integers
    family: Integers
    item_names: tuple[str, ...]
    open_share: Floats
    most: Floats
    useful: Floats

    def block(self, clause: str, *parts: str) -> str:
        """Name a block of a clause: ``clause/agreement``, and what tells it from others of the same clause."""
        return "/".join((clause, self.name, *(part for part in parts if part)))

    def tags(self, routes: Integers | slice = slice(None)) -> dict[str, Integers]:
        """Item and family of some routes, as columns beside the nodes."""
        return {"item": self.item[routes][:, None], "family": self.family[routes][:, None]}

    def window(self, first: np.datetime64, until: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
        """Validity of a clause, that of the agreement where it says nothing."""
        return (self.starts if np.isnat(first) else first), (self.ends if np.isnat(until) else until)

    def periods_in(self, first: np.datetime64, until: np.datetime64, per: str) -> Floats:
        """Periods of [first, until) that fall into each node, shape (N,)."""
        hit = overlaps(self.tree.timeline.bounds, np.array([first]), np.array([until]))
        length = np.zeros(len(self.tree.timeline))
        length[hit.bucket] = periods(hit.last, per) - periods(hit.first, per)
        return length[self.tree.bucket]

    def periods_after_end(self, first: np.datetime64, until: np.datetime64, per: str) -> float:
        """Periods of [first, until) that lie after the horizon."""
        begin = max(first, self.tree.timeline.bounds[-1])
        return float(periods(until, per) - periods(begin, per)) if until > begin else 0.0

    def windows(self, first: Days, until: Days) -> Windows:
        """Spans of days along the branches; the share of a node is that of its days on which the agreement is in force.

        The units of a bucket count as spread evenly over those days.
        """
        in_force = self.periods_in(self.starts, self.ends, "day") / self.tree.timeline.days[self.tree.bucket]
        found = self.tree.windows(np.maximum(first, self.starts), np.minimum(until, self.ends))
        return found._replace(share=np.minimum(found.share / in_force[found.node], 1.0))

    def share_of_nodes(self, first: np.datetime64, until: np.datetime64) -> Floats:
        """Share of each node's days in force that lies in [first, until), shape (N,)."""
        in_force = self.periods_in(self.starts, self.ends, "day")
        inside = self.periods_in(max(first, self.starts), min(until, self.ends), "day")
        return np.divide(inside, in_force, out=np.zeros_like(inside), where=in_force > 0.0)

    def good_units(self, windows: Windows, routes: Integers) -> Term:
        """Good units of some routes in each window; the term's row is the window."""
        return term(
            windows.window[:, None],
            self.started[routes][:, windows.node].T,
            windows.share[:, None] * self.good_share[routes],
        )

    def most_good(self, windows: Windows, routes: Integers) -> Floats:
        """Bound on the good units of some routes in each window, shape (W,)."""
        weight = windows.share[:, None] * self.good_share[routes] * self.most[routes][:, windows.node].T
        made = np.bincount(windows.window, weight.sum(axis=1), minlength=len(windows.span))
        _, first = np.unique(self.item[routes], return_index=True)
        return np.asarray(np.minimum(made, self.useful[routes][first].sum()))

    def pay(
        self,
        line: str,
        column: ArrayLike,
        amount: ArrayLike,
        node: ArrayLike,
        tags: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        """Charge an amount per unit of some columns to the brand; a negative amount is a credit."""
        self.program.money(
            line,
            column,
            -np.asarray(amount, dtype=np.float64),
            node,
            tags={"agreement": self.agreement, "site": self.site, **(tags or {})},
        )

    def owe_after_end(
        self, column: ArrayLike, amount: ArrayLike, day: np.datetime64 | None = None, leaf: ArrayLike | None = None
    ) -> None:
        """Charge what is still owed after the horizon, at its end or on a later day, on every branch or at some
        leaves.
        """
        timeline = self.tree.timeline
        self.program.money(
            HORIZON_END,
            column,
            -np.asarray(amount, dtype=np.float64),
            self.tree.leaves if leaf is None else leaf,
            cash=False,
            discount=timeline.discount_factor_at(timeline.bounds[-1] if day is None else day, self.discount_rate),
            tags={"agreement": self.agreement, "site": self.site},
        )
