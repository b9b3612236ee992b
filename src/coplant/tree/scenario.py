"""Scenario trees over a timeline. A plain plan is a tree with one branch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coplant.timeline import Timeline, lag_matrix, overlaps
from coplant.timeline.calendar import Days, Floats

Integers = NDArray[np.int64]


class Windows(NamedTuple):
    """Spans of days seen along the branches of a tree: which nodes fall into each, and with what share.

    A window is one span on one branch as far as it is told apart; it closes at the last node that meets the span.
    """

    span: Integers
    """Which span each window is, shape (W,)."""
    closing: Integers
    """The node at which each window closes, shape (W,)."""
    window: Integers
    """Window of each entry, shape (M,)."""
    node: Integers
    """Node of each entry, shape (M,)."""
    share: Floats
    """Share of the node's days that lie in the window, shape (M,)."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes, each a bucket on one branch.

    Everything decided at a node may depend on what is known at it and on nothing later: variables live on nodes, so
    no equality has to tie scenarios together.

    Parameters
    ----------
    timeline : Timeline
        The buckets; every branch has the same.
    parent : ndarray of int, shape (N,)
        The node before each, -1 at the root. Parents come before their children.
    bucket : ndarray of int, shape (N,)
        Bucket of each node.
    probability : ndarray of float, shape (N,)
        Probability that the node is reached.
    """

    timeline: Timeline
    parent: Integers
    bucket: Integers
    probability: Floats

    @classmethod
    def line(cls, timeline: Timeline) -> Tree:
        """Make the tree with one branch."""
        count = len(timeline)
        return cls(timeline, np.arange(count) - 1, np.arange(count), np.ones(count))

    def __len__(self) -> int:
        return len(self.parent)

    @cached_property
    def leaves(self) -> Integers:
        """Nodes of the last bucket."""
        return np.flatnonzero(self.bucket == len(self.timeline) - 1)

    @cached_property
    def path(self) -> Integers:
        """Ancestor of each node at each bucket, itself included, shape (N, T); -1 after the node's own bucket."""
        path = np.full((len(self), len(self.timeline)), -1, dtype=np.int64)
        for step in range(len(self.timeline)):
            nodes = np.flatnonzero(self.bucket == step)
            if step:
                path[nodes] = path[self.parent[nodes]]
            path[nodes, step] = nodes
        return path

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each node is called: its bucket, and in a tree that branches its number."""
        names = self.timeline.labels
        if len(self) == len(self.timeline):
            return names
        return tuple(f"{names[step]}#{node}" for node, step in enumerate(self.bucket))

    def lag(self, days: float, rule: str) -> sparse.csr_array:
        """Share of what starts at one node that arrives at another, on the same branch.

        Returns
        -------
        scipy.sparse.csr_array, shape (N, N)
            Rows are the nodes of the start, columns those of the arrival. Not to be changed.
        """
        if (days, rule) not in self._lags:
            self._lags[days, rule] = self.along(lag_matrix(self.timeline.bounds, days, rule))
        return self._lags[days, rule]

    @cached_property
    def _lags(self) -> dict[tuple[float, str], sparse.csr_array]:
        """Shares that were asked for, by lead time and rule: programs of similar cases ask for the same."""
        return {}

    def along(self, steps: sparse.csr_array) -> sparse.csr_array:
        """Lay a matrix from earlier buckets to later ones along every branch.

        Parameters
        ----------
        steps : csr_array, shape (T, T)
            Upper triangular.

        Returns
        -------
        scipy.sparse.csr_array, shape (N, N)
            The entry of two nodes on one branch is that of their buckets.
        """
        if len(self) == len(self.timeline):
            return steps
        arrivals = steps.tocsc()
        begin, end = arrivals.indptr[self.bucket], arrivals.indptr[self.bucket + 1]
        count = end - begin
        arrival = np.repeat(np.arange(len(self)), count)
        entry = begin[arrival] + np.arange(len(arrival)) - np.repeat(np.cumsum(count) - count, count)
        start = self.path[arrival, arrivals.indices[entry]]
        return sparse.csr_array((arrivals.data[entry], (start, arrival)), shape=(len(self), len(self)))

    def windows(self, first: Days, until: Days) -> Windows:
        """See spans of days along the branches.

        Parameters
        ----------
        first, until : ndarray of datetime64[D], shape (K,)
            Spans [first, until) that may overlap one another; spans outside the horizon give no window.
        """
        hit = overlaps(self.timeline.bounds, first, until)
        share = (hit.last - hit.first).astype(np.float64) / self.timeline.days[hit.bucket]
        last = np.full(len(first), -1, dtype=np.int64)
        np.maximum.at(last, hit.span, hit.bucket)
        closing_by_bucket = [np.flatnonzero(self.bucket == step) for step in range(len(self.timeline))]
        met = np.flatnonzero(last >= 0)
        span = np.concatenate([np.full(len(closing_by_bucket[last[k]]), k) for k in met] or [np.empty(0, np.int64)])
        closing = np.concatenate([closing_by_bucket[last[k]] for k in met] or [np.empty(0, np.int64)])
        # Each window takes the buckets of its span, read off the path to its closing node.
        begin = np.searchsorted(hit.span, span, side="left")
        count = np.searchsorted(hit.span, span, side="right") - begin
        window = np.repeat(np.arange(len(span)), count)
        entry = begin[window] + np.arange(len(window)) - np.repeat(np.cumsum(count) - count, count)
        node = self.path[closing[window], hit.bucket[entry]]
        return Windows(span.astype(np.int64), closing.astype(np.int64), window, node, share[entry])
