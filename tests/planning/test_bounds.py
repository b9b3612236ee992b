"""Bounds that no sensible plan exceeds."""

from __future__ import annotations

import numpy as np

from coplant.generate import generate
from coplant.network import Network
from coplant.planning.bounds import lot_size, useful_units
from coplant.timeline import Timeline
from coplant.tree import Tree


def test_branches_with_the_same_future_leave_the_same_of_use() -> None:
    """Along each branch as many lots can be started as without branches, though there are more nodes."""
    case = generate(20, [("month", 4)], 2, seed=1)
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    plain, branching = (
        Network.of(case, tree)
        for tree in (Tree.line(timeline), Tree.branching(timeline, {1: (0.5, 0.5), 2: (0.3, 0.7)}))
    )
    assert lot_size(plain).max() > 0.0
    np.testing.assert_allclose(useful_units(branching), useful_units(plain), rtol=1e-12)
