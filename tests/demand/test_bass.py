"""The curve along which a product spreads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.demand import adopted

innovations, imitations = st.floats(1e-3, 0.5), st.floats(0.0, 2.0)


@given(innovations, imitations)
def test_nobody_has_adopted_before_the_first_day_and_all_have_in_the_end(p: float, q: float) -> None:
    assert adopted(np.array([-3.0, 0.0]), p, q).tolist() == [0.0, 0.0]
    assert adopted(1e6, p, q) == pytest.approx(1.0)


@given(innovations, imitations, st.floats(0.0, 30.0))
def test_those_left_adopt_at_the_rate_of_the_law(p: float, q: float, years: float) -> None:
    """F' = (p + q F) (1 - F), the equation that the curve solves (Bass, 1969, p. 217)."""
    step = 1e-5
    slope = (adopted(years + step, p, q) - adopted(max(years - step, 0.0), p, q)) / (step + min(step, years))
    share = adopted(years, p, q)
    assert slope == pytest.approx((p + q * share) * (1.0 - share), rel=1e-4, abs=1e-9)


@given(st.floats(1e-3, 0.05), st.floats(0.1, 2.0))
def test_most_adopt_when_the_law_says(p: float, q: float) -> None:
    """Sales peak ln(q / p) / (p + q) years after the first (Bass, 1969, p. 218)."""
    peak = np.log(q / p) / (p + q)
    around = np.diff(adopted(peak + np.array([-0.15, -0.05, 0.05, 0.15]), p, q))
    assert around[1] > max(around[0], around[2])


def test_without_imitation_a_constant_share_of_those_left_adopts() -> None:
    assert adopted(np.arange(4.0), 0.1, 0.0) == pytest.approx(1.0 - np.exp(-0.1 * np.arange(4.0)))
