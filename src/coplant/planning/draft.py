"""A plan in the making: the network, the program, and the columns that every family of constraints speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coplant.case.reads import Kept
from coplant.clauses import Scope
from coplant.network import Network
from coplant.network.activities import signing_day
from coplant.planning.bounds import Room
from coplant.program import Columns, LinearProgram
from coplant.program.money import Floats, Integers
from coplant.timeline import Timeline
from coplant.tree import Tree


@dataclass(frozen=True, eq=False)
class Draft:
    """What the functions that add constraints and money work on.

    Parameters
    ----------
    network : Network
        The case as arrays.
    program : LinearProgram
        The program that is being built.
    start : Columns
        x[j, n], units of an activity started at a node.
    stock : Columns
        I[s, n], units in stock when a node closes.
    scrapped : Columns
        Units of a stock point done away with at a node, where holding them costs.
    sold, waiting, lost : Columns
        Of each demand at each node: units sold, customers who wait when it closes, and customers lost.
    opened : Columns
        Of each start of sale: one if it starts sales.
    signed : Columns
        z[k], one if an agreement is signed.
    signing_node : ndarray of int, shape (K,)
        Node at which that is decided.
    wider : Room, optional
        Bounds to size binaries by, where those of the network's own are too tight.
    kept : Kept
        What was read of similar cases.
    scopes : dict of str to Scope
        Each agreement as its clauses see it, once `agreements` has run.
    """

    network: Network
    program: LinearProgram
    start: Columns
    stock: Columns
    scrapped: Columns
    sold: Columns
    waiting: Columns
    lost: Columns
    opened: Columns
    signed: Columns
    signing_node: Integers
    wider: Room | None = None
    kept: Kept = field(default_factory=Kept)
    scopes: dict[str, Scope] = field(default_factory=dict)

    @classmethod
    def of(cls, network: Network, wider: Room | None = None, kept: Kept | None = None) -> Draft:
        """Make the columns that every plan has."""
        tree = network.tree
        discount = tree.timeline.discount_factors(network.case.settings.discount_rate)[tree.bucket]
        program = LinearProgram(tree.probability, discount, tree.labels)
        activities, points, demands = network.activities, network.stock_points, network.demands
        nodes = tree.labels
        costly = (points.value * points.holding_rate > 0.0)[:, None]
        status = network.case["agreements"]["status"]
        signing = _signing_nodes(network)
        asked = _asked_so_far(network)
        can_wait = asked & (demands.stay_share > 0.0)
        signed, option = ((status == value).to_numpy() for value in ("signed", "option"))
        return cls(
            network,
            program,
            program.columns("start", (activities.labels, nodes), where=activities.open_share > 0.0),
            program.columns("stock", (points.labels, nodes)),
            program.columns("scrapped", (points.labels, nodes), where=costly),
            program.columns("sold", (demands.labels, nodes), where=asked),
            # Who is not served may still wait later.
            program.columns("waiting", (demands.labels, nodes), where=can_wait),
            program.columns("lost", (demands.labels, nodes), where=asked),
            program.columns("opened", (demands.diffusions.labels,), upper=1.0, node=demands.diffusions.node),
            program.columns(
                "sign",
                (network.agreements,),
                lower=signed,
                upper=signed | option,
                integer=option,
                decisive=True,
                node=signing,
            ),
            signing,
            wider,
            kept or Kept(),
        )

    @cached_property
    def room(self) -> Room:
        """Bounds that no sensible plan exceeds."""
        return self.wider or Room.of(self.network, self.kept)

    @property
    def tree(self) -> Tree:
        """The scenario tree."""
        return self.network.tree

    @property
    def timeline(self) -> Timeline:
        """The buckets."""
        return self.network.tree.timeline

    @property
    def nodes(self) -> Integers:
        """Every node, shape (N,)."""
        return np.arange(len(self.network.tree))

    @property
    def end_discount(self) -> float:
        """Value at the horizon's start of money at its end."""
        return self.timeline.discount_factor_at(self.timeline.bounds[-1], self.network.case.settings.discount_rate)

    def cells(self, rows: int) -> Integers:
        """Flat positions of the cells of a block of so many rows by all nodes."""
        return np.arange(rows * len(self.tree), dtype=np.int32).reshape(rows, len(self.tree))


def _signing_nodes(network: Network) -> Integers:
    """Node at which it is decided whether each agreement is signed."""
    tree = network.tree
    return np.array([tree.timeline.bucket_of(day) for day in signing_day(network.case)], dtype=np.int64)


def _asked_so_far(network: Network) -> np.ndarray:
    """Demands and nodes by which anything has been asked for."""
    tree = network.tree
    bucketwise: Floats = network.demands.most_wanted
    seen = np.zeros(bucketwise.shape, dtype=bool)
    for step in range(len(tree.timeline)):
        nodes = np.flatnonzero(tree.bucket == step)
        seen[:, nodes] = bucketwise[:, nodes] > 0.0
        if step:
            seen[:, nodes] |= seen[:, tree.parent[nodes]] & (network.demands.stay_share[:, nodes] > 0.0)
    return seen
