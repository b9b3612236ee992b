"""What a clause sees of a plan: the agreement it belongs to and the units started under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coplant.clauses.record import Exit
from coplant.program import LinearProgram, Term, term
from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline import overlaps, periods
from coplant.timeline.calendar import Days
from coplant.tree import Tree, Windows

HORIZON_END = "remaining_commitments"
"""Money line of what an agreement still costs after the horizon, if nothing more is built."""


class Closings(NamedTuple):
    """Spans of days at whose end something is settled."""

    windows: Windows
    """The spans along the branches, shape (W,)."""
    due: Integers
    """Column that is one if the span closes so: the agreement runs then, or is left then, shape (W,)."""
    until: Days
    """Day after the last of each, shape (W,)."""
    broken: Booleans
    """Whether an exit breaks it off, shape (W,)."""
    chance: Floats
    """Probability of the branch on which it closes so, given the node at which it closes, shape (W,)."""


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
    sign_node : int
        Node at which that is decided.
    running : ndarray of int, shape (N,)
        Column that is one while it runs: it is signed and has not been left.
    leaving : ndarray of int, shape (N,)
        Column that is one if the brand leaves it at the start of a node; -1 where it cannot.
    exit : Exit or None
        How it ended before its term, or will by the notice given; then `ends` is the day of the exit.
    term_ends : datetime64[D]
        When its term is over.
    tooling_share : callable
        Share of the unpaid tooling that is due if it is left on a day.
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
    sign_node: int
    running: Integers
    leaving: Integers
    exit: Exit | None
    term_ends: np.datetime64
    tooling_share: Callable[[np.datetime64], float]
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

    def routes_of(self, item: str | None) -> Integers:
        """Positions of the routes that make a product; all for None."""
        return np.flatnonzero([item in (None, name) for name in self.item_names])

    def common_tags(self, routes: Integers) -> dict[str, int]:
        """Item and family of what some routes count together, where they make only one."""
        items, families = np.unique(self.item[routes]), np.unique(self.family[routes])
        return {
            "item": int(items[0]) if len(items) == 1 else -1,
            "family": int(families[0]) if len(families) == 1 else -1,
        }

    def window(self, first: np.datetime64, until: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
        """Validity of a clause until the agreement ends, that of the agreement where it says nothing."""
        return (self.starts if np.isnat(first) else first), (self.ends if np.isnat(until) else min(until, self.ends))

    def nodes_on(self, day: np.datetime64) -> Integers:
        """Nodes that hold a day; none for a day outside the horizon."""
        bounds = self.tree.timeline.bounds
        step = np.searchsorted(bounds, day, side="right") - 1
        return np.flatnonzero((self.tree.bucket == step) & (day >= bounds[0]))

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

    def closings(self, first: Days, until: Days) -> Closings:
        """Spans of days at whose end something is settled, each as it closes in full and as an exit breaks it off.

        Parameters
        ----------
        first, until : ndarray of datetime64[D], shape (K,)
            Spans [first, until).
        """
        full = self.windows(first, until)
        bounds = self.tree.timeline.bounds
        closes = np.minimum(until, self.ends)[full.span]
        closings = Closings(
            full, self.running[full.closing], closes, np.zeros(len(closes), dtype=bool), np.ones(len(closes))
        )
        if not (self.leaving >= 0).any():
            return closings
        # Of each span on each branch, one for every node of the branch at whose start the agreement can be left.
        path = self.tree.path[full.closing]
        window, step = np.nonzero((path >= 0) & (self.leaving[np.maximum(path, 0)] >= 0))
        day = bounds[step]
        within = (day > np.maximum(first, bounds[0])[full.span[window]]) & (day < closes[window])
        window, step, day = window[within], step[within], day[within]
        left = path[window, step]
        _, once = np.unique(np.stack([full.span[window], left]), axis=1, return_index=True)
        window, step, day, left = window[once], step[once], day[once], left[once]
        entry, member = _members(full.window, window)
        kept = self.tree.bucket[full.node[entry]] < step[member]
        entry, member = entry[kept], member[kept]
        broken = Windows(full.span[window], self.tree.parent[left], member, full.node[entry], full.share[entry])
        count = len(closes)
        both = Windows(
            np.concatenate([full.span, broken.span]),
            np.concatenate([full.closing, broken.closing]),
            np.concatenate([full.window, broken.window + count]),
            np.concatenate([full.node, broken.node]),
            np.concatenate([full.share, broken.share]),
        )
        return Closings(
            both,
            np.concatenate([closings.due, self.leaving[left]]),
            np.concatenate([closes, day]),
            np.arange(count + len(day)) >= count,
            np.concatenate([closings.chance, self.chance(left)]),
        )

    def chance(self, left: ArrayLike) -> Floats:
        """Probability of some nodes given those before them, at which an exit at their start is paid for."""
        nodes = np.asarray(left)
        probability, before = self.tree.probability[nodes], self.tree.probability[self.tree.parent[nodes]]
        return np.asarray(np.divide(probability, before, out=np.ones(nodes.shape), where=before > 0.0))

    def successions(self, closings: Closings) -> tuple[Integers, Integers]:
        """Every two closings of which one closes in full before the other closes on the same branch.

        Returns
        -------
        earlier, later : ndarray of int, shape (P,)
            Positions of the two.
        """
        windows, bucket = closings.windows, self.tree.bucket[closings.windows.closing]
        on_path = self.tree.path[windows.closing][:, bucket]  # node of each later one's branch at each one's close
        before = (on_path == windows.closing) & (windows.span < windows.span[:, None]) & ~closings.broken
        later, earlier = np.nonzero(before)
        return earlier, later

    def units_if_due(self, name: str, labels: tuple[str, ...], closings: Closings) -> Term:
        """Good units of each closing if it closes as it does, else none; see `quantity_if_due`."""
        routes = np.arange(len(self.routes))
        most = np.maximum(self.most_good(closings.windows, routes), 1.0)
        return self.quantity_if_due(name, labels, closings, self.good_units(closings.windows, routes), most)

    def quantity_if_due(
        self, name: str, labels: tuple[str, ...], closings: Closings, quantity: Term, most: Floats
    ) -> Term:
        """A quantity of each closing if it closes as it does, else nothing; the term's row is the closing.

        Where the agreement can be left they are columns t of their own, with the quantity q and a bound M on it:
        ``name.within``: t <= q, ``name.due``: t <= M due, ``name.all``: t >= q - M (1 - due).
        """
        if not (self.leaving >= 0).any():
            return quantity
        every = np.arange(len(labels))
        part = self.program.columns(name, (labels,), upper=most, node=closings.windows.closing)
        less = Term(quantity.row, quantity.column, -quantity.value)
        both = [term(every, part.index), less]
        self.program.rows(f"{name}.within", (labels,), both, upper=0.0)
        self.program.rows(
            f"{name}.due", (labels,), [term(every, part.index), term(every, closings.due, -most)], upper=0.0
        )
        self.program.rows(f"{name}.all", (labels,), [*both, term(every, closings.due, -most)], lower=-most)
        return term(every, part.index)

    def closing_labels(self, first: Days, closings: Closings) -> tuple[str, ...]:
        """Names of closings: the first day of the span, and the node at which it closes."""
        windows = closings.windows
        return tuple(
            f"{first[span]}.{self.tree.labels[node]}{'.left' if broken else ''}"
            for span, node, broken in zip(windows.span, windows.closing, closings.broken, strict=True)
        )

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
        cash: bool = True,
    ) -> None:
        """Charge an amount per unit of some columns to the brand; a negative amount is a credit."""
        self.program.money(
            line,
            column,
            -np.asarray(amount, dtype=np.float64),
            node,
            cash=cash,
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


def _members(window: Integers, wanted: Integers) -> tuple[Integers, Integers]:
    """Entries of some windows, and the position among the wanted of the window of each."""
    order = np.argsort(window, kind="stable")
    begin = np.searchsorted(window[order], wanted, side="left")
    count = np.searchsorted(window[order], wanted, side="right") - begin
    member = np.repeat(np.arange(len(wanted)), count)
    return order[begin[member] + np.arange(len(member)) - np.repeat(np.cumsum(count) - count, count)], member
