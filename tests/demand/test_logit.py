"""Shares of a market beside rivals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.demand import logit_share, share_kept

attractions = st.floats(-20.0, 20.0)


def _together(rivals: list[float]) -> float:
    return float(np.logaddexp.reduce(rivals, initial=-np.inf))


@given(attractions)
def test_without_rivals_all_buyers_are_kept(own: float) -> None:
    assert share_kept(own, _together([])) == 1.0


@given(attractions, st.lists(attractions, min_size=1, max_size=4))
def test_shares_and_that_of_buying_nothing_add_up_to_one(own: float, rivals: list[float]) -> None:
    every = [own, *rivals]
    shares = [logit_share(u, _together(every[:k] + every[k + 1 :])) for k, u in enumerate(every)]
    nothing = 1.0 / (1.0 + np.exp(every).sum())
    assert sum(shares) + nothing == pytest.approx(1.0)


@given(attractions, st.lists(attractions, min_size=1, max_size=4))
def test_what_is_kept_is_the_share_beside_rivals_by_that_alone(own: float, rivals: list[float]) -> None:
    kept = share_kept(own, _together(rivals))
    assert kept == pytest.approx(logit_share(own, _together(rivals)) / logit_share(own))
    assert kept == pytest.approx((1 + np.exp(own)) / (1 + np.exp(own) + np.exp(rivals).sum()))


def test_a_rival_without_appeal_takes_nothing_and_one_without_equal_takes_all() -> None:
    assert share_kept(1.0, -800.0) == 1.0
    assert share_kept(1.0, 800.0) == 0.0
