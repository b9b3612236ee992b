"""Trees, and lead times and spans of days along their branches, against plain loops."""

from __future__ import annotations

import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coplant.timeline import Timeline, lag_matrix
from coplant.tree import Tree

START = datetime.date(2023, 1, 20)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees over a few buckets of any lengths."""
    kinds = draw(
        st.lists(st.tuples(st.sampled_from(["day", "week", "month"]), st.integers(1, 2)), min_size=1, max_size=3)
    )
    timeline = Timeline.of(START, kinds)
    return Tree.line(timeline)


def _up(tree: Tree, node: int) -> list[int]:
    """A node and what came before it, from the root."""
    way = [node]
    while tree.parent[way[0]] >= 0:
        way.insert(0, int(tree.parent[way[0]]))
    return way


def test_a_line_has_a_node_for_each_bucket() -> None:
    timeline = Timeline.of(START, [("month", 3)])
    tree = Tree.line(timeline)
    assert tree.parent.tolist() == [-1, 0, 1]
    assert tree.bucket.tolist() == [0, 1, 2]
    assert tree.probability.tolist() == [1.0, 1.0, 1.0]
    assert tree.leaves.tolist() == [2]
    assert tree.labels == timeline.labels


@given(trees(), st.integers(0, 60), st.sampled_from(["exact", "conservative"]))
def test_what_starts_arrives_on_the_same_branch_only(tree: Tree, lead: int, rule: str) -> None:
    steps = lag_matrix(tree.timeline.bounds, float(lead), rule).toarray()
    slow = np.zeros((len(tree), len(tree)))
    for arrival in range(len(tree)):
        for start in _up(tree, arrival):
            slow[start, arrival] = steps[tree.bucket[start], tree.bucket[arrival]]
    assert np.array_equal(tree.lag(float(lead), rule).toarray(), slow)


@given(trees(), st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 60)), min_size=1, max_size=4))
def test_a_window_is_a_span_on_each_branch_that_it_tells_apart(tree: Tree, spans: list[tuple[int, int]]) -> None:
    day = np.datetime64(START, "D")
    first = np.array([day + begin for begin, _ in spans])
    until = np.array([day + begin + length for begin, length in spans])
    bounds = tree.timeline.bounds
    slow = {}
    for span in range(len(spans)):
        share = [
            max(int((min(until[span], bounds[b + 1]) - max(first[span], bounds[b])).astype(int)), 0)
            / int((bounds[b + 1] - bounds[b]).astype(int))
            for b in range(len(tree.timeline))
        ]
        met = [b for b, part in enumerate(share) if part > 0]
        for closing in np.flatnonzero(tree.bucket == met[-1]) if met else ():
            on_way = _up(tree, int(closing))
            slow[span, int(closing)] = {node: share[tree.bucket[node]] for node in on_way if share[tree.bucket[node]]}
    found = tree.windows(first, until)
    got = {
        (int(span), int(closing)): {
            int(found.node[entry]): float(found.share[entry]) for entry in np.flatnonzero(found.window == number)
        }
        for number, (span, closing) in enumerate(zip(found.span, found.closing, strict=True))
    }
    assert got == slow
