"""Draws: factors have the distribution and the correlations that are said, and the mean that is expected of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from small_case import SmallCase

from coplant.case import Case
from coplant.stressing.drawing import Draws, Reverting
from coplant.timeline import Timeline

SAMPLES = 4000

FIRST = np.zeros(2, dtype=np.int64)
"""All factors show in the first bucket."""


def _case(*rows: dict[str, object], together: float | None = None) -> Case:
    small = SmallCase("month:24").item("box").offer("box", 1.0).demand("box", 100.0, "month", 10.0)
    for row in rows:
        small.add("factors", **row)
    if together is not None:
        small.add("factor_correlations", factor="a", correlation=together, **{"with": "b"})
    return small.case()


def _draws(case: Case, samples: int = SAMPLES, seed: int = 1) -> Draws:
    return Draws.of(case, Timeline.of(case.settings.start, case.settings.buckets), samples, seed)


LEVELS = tuple(
    {"factor": name, "distribution": "lognormal", "low": 0.8, "high": 1.25, "range": "p10_p90"} for name in "ab"
)
MOVING = tuple({"factor": name, "distribution": "reverting", "reversion": 1.5, "volatility": 0.4} for name in "ab")


def test_quantiles_are_those_that_are_given() -> None:
    level = _draws(_case(LEVELS[0])).level[:, 0]
    # A Latin hypercube has as many samples in each tenth.
    assert (level < 0.8).mean() == pytest.approx(0.1, abs=1e-3)
    assert (level > 1.25).mean() == pytest.approx(0.1, abs=1e-3)


def test_what_is_likely_for_certain_is_that() -> None:
    draws = _draws(_case({"factor": "a", "distribution": "fixed", "likely": 0.5}))
    assert (draws.level == 0.5).all()


@pytest.mark.parametrize("together", [-0.6, 0.8])
def test_levels_come_together_as_is_said(together: float) -> None:
    level = _draws(_case(*LEVELS, together=together)).level
    assert np.corrcoef(np.log(level).T)[0, 1] == pytest.approx(together, abs=0.03)
    # Either keeps its own distribution.
    assert stats.kstest(np.log(level[:, 1]) / 0.1741, "norm").pvalue > 0.01


def test_what_moves_strays_together_as_is_said() -> None:
    path = _draws(_case(*MOVING, together=0.7)).path
    stray = [np.diff(path[k], axis=1).reshape(-1) for k in (0, 1)]
    assert np.corrcoef(stray)[0, 1] == pytest.approx(0.7, abs=0.02)


def test_a_factor_that_moves_keeps_the_mean_of_one() -> None:
    draws = _draws(_case(MOVING[0]))
    every = np.stack([draws.seen(sample, 24, FIRST[:1])[0] for sample in range(SAMPLES)])
    assert every.mean(axis=0) == pytest.approx(1.0, abs=0.02)
    deviation = np.log(every[:, -1]).std()
    assert deviation == pytest.approx(np.sqrt(0.4**2 / (2 * 1.5) * (1 - np.exp(-2 * 1.5 * draws.years[-1]))), rel=0.05)


def test_what_is_expected_is_the_mean_of_what_may_come() -> None:
    process, years = Reverting(1.5, 0.4), np.array([0.5, 1.0, 2.0])
    start = np.array([0.3, np.nan, np.nan])
    rng = np.random.default_rng(0)
    later = [start[0]]
    paths = np.full((200_000, 3), start[0])
    for step in (1, 2):
        gap = years[step] - years[step - 1]
        spread = np.sqrt(process.variance(np.array([gap])))[0]
        paths[:, step] = np.exp(-1.5 * gap) * paths[:, step - 1] + spread * rng.standard_normal(len(paths))
    expected = process.expected(np.array([*later, 0.0, 0.0]), years, 1)
    assert expected == pytest.approx(np.exp(paths - process.variance(years) / 2).mean(axis=0), rel=2e-3)


def test_before_anything_is_known_all_factors_are_expected_to_be_one() -> None:
    draws = _draws(_case(LEVELS[0], {**MOVING[1]}), 10)
    assert draws.seen(3, 0, FIRST) == pytest.approx(1.0)
    seen = draws.seen(3, 5, FIRST)
    assert (seen[0] == draws.level[3, 0]).all()
    assert seen[1, :5] == pytest.approx(draws.seen(3, 24, FIRST)[1, :5])
    # What is expected returns to one.
    assert abs(seen[1, -1] - 1.0) < abs(seen[1, 5] - 1.0)


def test_what_is_drawn_once_is_expected_to_be_one_until_it_shows() -> None:
    draws = _draws(_case(*LEVELS), 10)
    shown = np.array([5, 2])
    assert (draws.seen(3, 2, shown) == 1.0).all()
    assert (draws.seen(3, 5, shown) == [[1.0], [draws.level[3, 1]]]).all()
    assert (draws.seen(3, 6, shown) == draws.level[3][:, None]).all()


def test_the_seed_decides_the_draws() -> None:
    case = _case(*LEVELS)
    assert np.array_equal(_draws(case, 20, 7).level, _draws(case, 20, 7).level)
    assert not np.array_equal(_draws(case, 20, 7).level, _draws(case, 20, 8).level)
