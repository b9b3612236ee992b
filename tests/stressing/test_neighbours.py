"""Samples that are alike are carried out together."""

from __future__ import annotations

import numpy as np
import pytest

from coplant.stressing.neighbours import nearest_first, neighbourhoods


@pytest.fixture
def places() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(95, 3))


def test_every_point_is_in_one_group(places: np.ndarray) -> None:
    groups = neighbourhoods(places, 10)
    assert sorted(np.concatenate(groups).tolist()) == list(range(95))
    assert sorted(map(len, groups)) == [5] + [10] * 9


def test_a_group_lies_closer_together_than_any_ten(places: np.ndarray) -> None:
    spread = [places[group].var(axis=0).sum() for group in neighbourhoods(places, 10)]
    assert np.mean(spread) < 0.5 * places.var(axis=0).sum()


def test_what_lies_furthest_apart_is_parted_first() -> None:
    far = np.array([[0.0, 3.0], [100.0, 1.0], [0.0, 2.0], [100.0, 4.0]])
    assert [group.tolist() for group in neighbourhoods(far, 2)] == [[0, 2], [1, 3]]


def test_each_is_near_to_one_before_it(places: np.ndarray) -> None:
    order = nearest_first(places)
    assert sorted(point for point, _ in order) == list(range(95))
    assert order[0] == (int(np.argmin((places**2).sum(axis=1))), None)
    for count, (point, near) in enumerate(order[1:], start=1):
        before, after = ([one for one, _ in part] for part in (order[:count], order[count:]))
        away = ((places[before][:, None] - places[after]) ** 2).sum(axis=-1)
        # No other step from what there is to what there is not yet would be shorter.
        assert ((places[near] - places[point]) ** 2).sum() == pytest.approx(away.min())
        assert near in before
