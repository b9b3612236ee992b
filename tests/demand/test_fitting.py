"""How a product spreads is told from what was sold of it."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coplant.demand import BassFit, adopted, fit_bass

FIRST = np.datetime64("2015-01-01")
UNEVEN = FIRST + np.cumsum([0, 31, 59, 92, 30, 45, 200, 365, 366, 100, 80, 90, 365, 300])
QUARTERS = FIRST + np.arange(44) * 91


def _asked(dates: Any, p: float, q: float, m: float, start: np.datetime64 = FIRST) -> np.ndarray:
    return np.asarray(m * np.diff(adopted((dates - start).astype(float) / 365.25, p, q)))


def _numbers(fit: BassFit) -> tuple[float, float, float]:
    return fit.innovation, fit.imitation, fit.potential


@pytest.mark.parametrize(
    ("product", "first", "sales", "published"),
    [
        (
            "room air conditioners", 1949,
            [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500],
            (0.0094, 0.3748, 18_713),
        ),
        ("colour televisions", 1963, [747, 1480, 2646, 5118, 5777, 5982, 5962, 4631], (0.0185, 0.6159, 39_659)),
        (
            "clothes dryers", 1949,
            [106, 319, 492, 635, 737, 890, 1397, 1523, 1294, 1240, 1425, 1260, 1236],
            (0.0136, 0.3267, 16_497),
        ),
    ],
)  # fmt: skip
def test_products_of_history_spread_as_was_published(
    product: str, first: int, sales: list[float], published: tuple[float, float, float]
) -> None:
    """Nonlinear least squares of Srinivasan and Mason (1986), from yearly sales in the United States in thousands."""
    fit = fit_bass([datetime.date(first + year, 1, 1) for year in range(len(sales) + 1)], sales)
    # Years of 365 and of 366 days are not quite the same.
    assert _numbers(fit) == pytest.approx(published, rel=6e-3)
    assert fit.identified


@pytest.mark.parametrize("numbers", [(0.03, 0.38, 1e5), (0.001, 0.9, 1e6), (0.02, 1.5, 50.0)])
def test_numbers_behind_an_exact_curve_are_found(numbers: tuple[float, float, float]) -> None:
    fit = fit_bass(UNEVEN, _asked(UNEVEN, *numbers))
    assert _numbers(fit) == pytest.approx(numbers, rel=1e-4)
    assert fit.identified


def test_where_nobody_imitates_that_is_found() -> None:
    fit = fit_bass(UNEVEN, _asked(UNEVEN, 0.3, 0.0, 1e4))
    assert (fit.innovation, fit.potential) == pytest.approx((0.3, 1e4), rel=1e-4)
    assert fit.imitation == pytest.approx(0.0, abs=1e-6)


def test_numbers_behind_an_exact_curve_are_found_though_supply_held_sales_back() -> None:
    asked = _asked(UNEVEN, 0.03, 0.38, 1e5)
    supply = np.full(len(asked), np.nan)
    supply[[3, 6, 7]] = 0.7 * asked[[3, 6, 7]]
    fit = fit_bass(UNEVEN, np.fmin(asked, supply), supply)
    assert _numbers(fit) == pytest.approx((0.03, 0.38, 1e5), rel=1e-4)
    assert np.flatnonzero(fit.censored).tolist() == [3, 6, 7]
    assert fit.residuals[3] == pytest.approx(-0.3 * asked[3], rel=1e-3)


def test_a_history_may_begin_after_the_first_sale() -> None:
    start = np.datetime64("2013-06-01")
    fit = fit_bass(UNEVEN, _asked(UNEVEN, 0.03, 0.38, 1e5, start), start=start)
    assert _numbers(fit) == pytest.approx((0.03, 0.38, 1e5), rel=1e-4)


def test_a_supply_that_is_never_hit_changes_nothing() -> None:
    sales = _asked(UNEVEN, 0.03, 0.38, 1e5)
    assert _numbers(fit_bass(UNEVEN, sales, sales * 2.0)) == _numbers(fit_bass(UNEVEN, sales))


def _noisy(seed: int) -> np.ndarray:
    asked = _asked(QUARTERS, 0.03, 0.6, 1e5)
    return np.maximum(asked + np.random.default_rng(seed).normal(0.0, 200.0, len(asked)), 0.0)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    truth = {"innovation": 0.03, "imitation": 0.6, "potential": 1e5}
    fits = [fit_bass(QUARTERS, _noisy(seed)) for seed in range(40)]
    for name, true in truth.items():
        held = [fit.interval()[name][0] <= true <= fit.interval()[name][1] for fit in fits]
        # Of 40 draws with a chance of 0.95, fewer than 33 come once in 1,000 times.
        assert sum(held) >= 33
    assert np.mean([fit.deviation for fit in fits]) == pytest.approx(200.0, rel=0.1)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.6, 0.85))
def test_to_know_where_supply_held_sales_back_brings_the_market_nearer(seed: int, quantile: float) -> None:
    asked = _noisy(seed)
    cap = float(np.quantile(asked, quantile))
    sales = np.minimum(asked, cap)
    knowing = fit_bass(QUARTERS, sales, np.full(len(sales), cap))
    naive = fit_bass(QUARTERS, sales)
    assert abs(knowing.potential - 1e5) < abs(naive.potential - 1e5)
    assert naive.potential < knowing.potential


def test_a_history_that_ends_early_says_how_little_it_knows() -> None:
    early = fit_bass(QUARTERS[:17], _noisy(3)[:16])
    whole = fit_bass(QUARTERS, _noisy(3))
    assert early.potential_error > 3.0 * whole.potential_error
    three = fit_bass(UNEVEN[:4], _asked(UNEVEN[:4], 0.03, 0.38, 1e5))
    assert not three.identified
    assert three.potential_error == np.inf
    assert "does not tell how large the market is" in three.summary()


def test_sales_that_only_rise_tell_no_potential() -> None:
    sales = 100.0 * np.exp(0.2 * np.arange(10))
    with pytest.raises(ValueError, match="the larger the market, the better"):
        fit_bass(QUARTERS[:11], sales)
    assert not fit_bass(QUARTERS[:11], sales * (1.0 + 0.1 * (-1.0) ** np.arange(10))).identified


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dates": QUARTERS[:5]}, "5 dates and 5 sales"),
        ({"dates": QUARTERS[[0, 1, 3, 2, 4, 5]]}, "periods do not overlap"),
        ({"dates": QUARTERS[[0, 1, 1, 2, 4, 5]]}, "periods do not overlap"),
        ({"sales": [1, 2, -3, 4, 5]}, "are -3.0: they are at least 0"),
        ({"sales": [1, 2, np.nan, 4, 5]}, "are nan: they are at least 0"),
        ({"dates": [], "sales": []}, "0 dates and 0 sales"),
        ({"dates": QUARTERS[:1], "sales": []}, "nothing was sold"),
        ({"sales": np.zeros(5)}, "nothing was sold"),
        ({"sales": [0, 0, 1e9, 0, 0]}, "sold in 1 period only"),
        ({"sales": [0, 1e9, 5e8, 0, 0]}, "sold in 2 periods only"),
        ({"sales": [0, 1e3, 1e9, 1e6, 0]}, "how fast the product spreads: nearly all sales lie in few periods"),
        ({"dates": QUARTERS[:3], "sales": [1, 2]}, "2 periods in which sales were not held back"),
        ({"supply": [1, 2, 3, 9, 9]}, "2 periods in which sales were not held back"),
        ({"supply": [1, 2, 3, 4]}, "5 sales and 4 supplies"),
        ({"supply": [9, 9, 1, 9, 9]}, "sales of period 3 are 3.0, beyond a supply of 1.0"),
        ({"start": datetime.date(2016, 1, 1)}, "sales start on 2016-01-01, after"),
    ],
)
def test_a_history_that_is_none_is_refused(changes: dict[str, Any], message: str) -> None:
    history = {"dates": QUARTERS[:6], "sales": [1, 2, 3, 4, 5], **changes}
    with pytest.raises(ValueError, match=message):
        fit_bass(**history)


def test_a_fit_says_what_it_found() -> None:
    asked = _noisy(1)
    cap = np.quantile(asked, 0.8)
    told = fit_bass(QUARTERS, np.minimum(asked, cap), np.full(len(asked), cap)).summary()
    assert "potential m" in told
    assert "from 43 periods, in 9 of which sales hit supply" in told
