"""Trees, and lead times and spans of days along their branches, against plain loops."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.timeline import Timeline, lag_matrix
from coplant.tree import Tree

START = datetime.date(2023, 1, 20)
OUTCOMES = st.sampled_from([(1.0,), (0.5, 0.5), (0.2, 0.8), (0.1, 0.6, 0.3)])


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees over a few buckets of any lengths."""
    kinds = draw(
        st.lists(st.tuples(st.sampled_from(["day", "week", "month"]), st.integers(1, 2)), min_size=1, max_size=3)
    )
    timeline = Timeline.of(START, kinds)
    steps = draw(st.lists(st.integers(1, 5), max_size=2, unique=True))
    return Tree.branching(timeline, {step: draw(OUTCOMES) for step in steps if step < len(timeline)})


def _up(tree: Tree, node: int) -> list[int]:
    """A node and what came before it, from the root."""
    way = [node]
    while tree.parent[way[0]] >= 0:
        way.insert(0, int(tree.parent[way[0]]))
    return way


def test_a_line_is_a_tree_with_one_branch() -> None:
    timeline = Timeline.of(START, [("month", 3)])
    for tree in (Tree.line(timeline), Tree.branching(timeline, {})):
        assert tree.parent.tolist() == [-1, 0, 1]
        assert tree.bucket.tolist() == [0, 1, 2]
        assert tree.probability.tolist() == [1.0, 1.0, 1.0]
        assert tree.leaves.tolist() == [2]
        assert tree.labels == timeline.labels


def test_every_branch_splits_where_something_becomes_known() -> None:
    tree = Tree.branching(Timeline.of(START, [("day", 3)]), {1: (0.25, 0.75), 2: (0.5, 0.5)})
    assert tree.parent.tolist() == [-1, 0, 0, 1, 1, 2, 2]
    assert tree.bucket.tolist() == [0, 1, 1, 2, 2, 2, 2]
    assert tree.probability.tolist() == [1.0, 0.25, 0.75, 0.125, 0.125, 0.375, 0.375]
    assert tree.leaves.tolist() == [3, 4, 5, 6]
    assert tree.path.tolist() == [[0, -1, -1], [0, 1, -1], [0, 2, -1], [0, 1, 3], [0, 1, 4], [0, 2, 5], [0, 2, 6]]
    assert tree.labels[:2] == ("2023-01-20#0", "2023-01-21#1")
    assert len(set(tree.labels)) == 7


@pytest.mark.parametrize(
    ("branches", "words"), [({0: (1.0,)}, "root"), ({1: (0.5, 0.4)}, "add up"), ({1: (1.5, -0.5)}, "add up")]
)
def test_a_tree_that_cannot_be_is_refused(branches: dict[int, tuple[float, ...]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Tree.branching(Timeline.of(START, [("day", 2)]), branches)


@given(trees())
def test_nodes_follow_their_parents_and_probabilities_add_up(tree: Tree) -> None:
    for node in range(len(tree)):
        parent = tree.parent[node]
        assert parent < node
        assert tree.bucket[node] == (tree.bucket[parent] + 1 if parent >= 0 else 0)
        assert tree.path[node][tree.path[node] >= 0].tolist() == _up(tree, node)
        children = np.flatnonzero(tree.parent == node)
        if len(children):
            assert tree.probability[children].sum() == pytest.approx(tree.probability[node])
    for step in range(len(tree.timeline)):
        assert tree.probability[tree.bucket == step].sum() == pytest.approx(1.0)
    assert tree.leaves.tolist() == [node for node in range(len(tree)) if node not in tree.parent]


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


@given(st.lists(st.integers(1, 5), min_size=0, max_size=4).map(sorted))
def test_branches_part_one_after_another(buckets: list[int]) -> None:
    timeline = Timeline.of(START, [("month", 6)])
    probability = [1 / (len(buckets) + 1)] * (len(buckets) + 1)
    tree = Tree.revealing(timeline, buckets, probability)
    assert tree.probability[tree.leaves].tolist() == pytest.approx(probability)
    paths = tree.path[tree.leaves]
    for branch, parts in enumerate(buckets):
        for other in range(branch + 1, len(paths)):
            shared = paths[branch] == paths[other]
            assert shared.tolist() == [bucket < parts for bucket in range(6)]
    for step in range(6):
        assert tree.probability[tree.bucket == step].sum() == pytest.approx(1.0)
    # The branch of a node is one that leads through it.
    assert all(paths[tree.branch[node], tree.bucket[node]] == node for node in range(len(tree)))


@pytest.mark.parametrize(
    ("buckets", "probability"), [([0], [0.5, 0.5]), ([3, 2], [0.2, 0.3, 0.5]), ([2], [1.0]), ([2], [0.5, 0.6])]
)
def test_branches_that_cannot_part_are_refused(buckets: list[int], probability: list[float]) -> None:
    with pytest.raises(ValueError, match=r"part at|add up to one"):
        Tree.revealing(Timeline.of(START, [("month", 6)]), buckets, probability)
