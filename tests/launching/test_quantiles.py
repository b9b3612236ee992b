"""Tables of quantiles against the distributions they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from coplant.launching.quantiles import Quantiles, Shape, draw, quantiles_of

COUNT = 1 << 20
UNIFORM = ((np.arange(COUNT) * (2**24 // COUNT)) / 2**24).astype(np.float32)
"""Evenly spread uniform numbers: what is drawn from them has the moments of the distribution."""


def _drawn(quantiles: Quantiles) -> np.ndarray:
    out = np.empty(COUNT, dtype=np.float32)
    draw(quantiles.curve, quantiles.value, quantiles.upper, UNIFORM, out)
    return out.astype(np.float64)


@pytest.mark.parametrize(
    ("shape", "meant"),
    [
        (Shape("pert", 2, 4, 12, "limits"), stats.beta(1.8, 4.2, loc=2, scale=10)),
        (Shape("triangular", 2, 4, 12, "limits"), stats.triang(0.2, loc=2, scale=10)),
        (Shape("uniform", 2, None, 12, "limits"), stats.uniform(2, 10)),
        (Shape("uniform", 3, None, 11, "p10_p90"), stats.uniform(2, 10)),
        (Shape("normal", 87.18448434, None, 112.81551566, "p10_p90"), stats.norm(100, 10)),
        (Shape("lognormal", np.exp(1 - 0.512620626), None, np.exp(1 + 0.512620626), "p10_p90"),
         stats.lognorm(0.4, scale=np.e)),
        (Shape("exponential", 0.105360516, None, 2.302585093, "p10_p90"), stats.expon()),
    ],
    ids=lambda value: value.distribution if isinstance(value, Shape) else "",
)  # fmt: skip
def test_draws_have_the_moments_and_quantiles_of_their_distribution(shape: Shape, meant: stats.rv_continuous) -> None:
    quantiles = quantiles_of(shape)
    drawn = _drawn(quantiles)
    spread = meant.std()
    assert quantiles.mean == pytest.approx(meant.mean(), abs=1e-4 * spread)
    assert quantiles.deviation == pytest.approx(spread, rel=1e-3)
    assert drawn.mean() == pytest.approx(meant.mean(), abs=2e-4 * spread)
    assert drawn.std() == pytest.approx(spread, rel=1e-3)
    for share in (0.001, 0.05, 0.37, 0.5, 0.82, 0.999):
        # Share p of the evenly spread numbers lies below quantile p.
        assert np.mean(drawn <= meant.ppf(share)) == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("distribution", ["pert", "triangular"])
@given(st.floats(0.02, 0.98), st.floats(1, 50), st.floats(1, 50))
def test_ten_and_ninety_percent_are_where_they_are_said_to_be(
    distribution: str, mode: float, low: float, width: float
) -> None:
    likely = low + mode * width
    drawn = quantiles_of(Shape(distribution, low, likely, low + width, "p10_p90"))
    drawn_values = _drawn(drawn)
    clipped = drawn_values.min() <= 0.0
    assert np.quantile(drawn_values, 0.9) == pytest.approx(low + width, rel=2e-4)
    if not clipped:
        assert np.quantile(drawn_values, 0.1) == pytest.approx(low, rel=2e-3, abs=2e-3)


def test_a_share_is_on_plan_and_the_rest_is_drawn() -> None:
    plain = quantiles_of(Shape("uniform", 5, 4, 9, "limits"))
    mixed = quantiles_of(Shape("uniform", 5, 4, 9, "limits", 0.25))
    drawn = _drawn(mixed)
    assert np.mean(drawn == 4) == pytest.approx(0.25, abs=1e-6)
    assert drawn[drawn != 4].mean() == pytest.approx(plain.mean, abs=1e-4)
    assert mixed.mean == pytest.approx(0.25 * 4 + 0.75 * 7)
    assert quantiles_of(Shape("uniform", 5, 4, 9, "limits", 1.0)).certain


def test_steps_take_their_values_as_often_as_they_weigh() -> None:
    steps = Quantiles.steps(np.array([7.0, 3.0, 5.0]), np.array([1.0, 2.0, 1.0]))
    values, counts = np.unique(_drawn(steps), return_counts=True)
    assert values.tolist() == [3.0, 5.0, 7.0]
    assert (counts / COUNT).tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert steps.mean == pytest.approx(4.5)
    assert steps.most == 7.0
    more = steps.or_else(1.0, 0.5)
    values, counts = np.unique(_drawn(more), return_counts=True)
    assert dict(zip(values.tolist(), (counts / COUNT).tolist(), strict=True)) == pytest.approx(
        {1.0: 0.5, 3.0: 0.25, 5.0: 0.125, 7.0: 0.125}
    )


def test_what_cannot_vary_is_certain() -> None:
    assert quantiles_of(Shape("fixed", None, 3, None, None)).certain
    assert quantiles_of(Shape("pert", 3, 3, 3, "limits")).deviation == 0.0
    assert _drawn(quantiles_of(Shape("pert", 3, 3, 3, "limits"))).tolist()[:2] == [3.0, 3.0]
