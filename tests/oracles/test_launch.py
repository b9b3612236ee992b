"""Numbers known to be right about launch programmes."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from launching.small_programme import SmallProgramme, milwaukee
from scipy import stats

from coplant.launching import Launch
from coplant.launching.critical_path import early, late
from coplant.launching.simulation import simulate
from coplant.launching.working_time import DAY

MILLION = 1_000_000


def _standard_errors(values: np.ndarray, mean: float, variance: float) -> tuple[float, float]:
    """How many standard errors the sample's mean and variance are off."""
    count = len(values)
    of_variance = np.sqrt((np.mean((values - values.mean()) ** 4) - variance**2) / count)
    return (values.mean() - mean) / np.sqrt(variance / count), (values.var() - variance) / of_variance


def test_milwaukee_paper_is_done_in_fifteen_weeks() -> None:
    programme = milwaukee(uncertain=False).programme()
    planned = early(programme, programme.likely_duration())
    end = programme.names.index("H")
    assert planned.finish[end] == 15 * DAY
    latest = late(programme, planned, end)
    slack = dict(zip(programme.names, (latest.total_float / DAY).tolist(), strict=True))
    assert slack == {"A": 0, "B": 1, "C": 0, "D": 1, "E": 0, "F": 6, "G": 0, "H": 0}
    critical = {name for name, on in zip(programme.names, latest.critical, strict=True) if on}
    assert critical == set("ACEGH")


def test_milwaukee_paper_with_pert_durations() -> None:
    small = milwaukee()
    programme = small.programme()
    expected = early(programme, programme.mean_duration())
    assert expected.finish[programme.names.index("H")] == 15 * DAY
    launched = small.launch(200_000)
    row = launched["milestones"].row(0, named=True)
    assert row["expected"] == datetime.date(2027, 1, 7)
    assert row["pert_deviation"] ** 2 == pytest.approx(3.1111, abs=1e-4)
    assert stats.norm.cdf((16 - 15) / row["pert_deviation"]) == pytest.approx(0.7146, abs=1e-4)
    weeks = launched.reached["end", None] / DAY
    assert np.mean(weeks <= 16) == pytest.approx(0.690, abs=0.003)
    assert row["merge_bias"] == pytest.approx(weeks.mean() - 15)


def _exponential(small: SmallProgramme, name: str, *after: str) -> None:
    small.activity(name, None, *after, distribution="exponential", low=-np.log(0.9), high=-np.log(0.1), range="p10_p90")


def test_the_bridge_network_has_its_exact_moments() -> None:
    small = SmallProgramme()
    _exponential(small, "a")
    _exponential(small, "b")
    _exponential(small, "c", "a")
    _exponential(small, "d", "a")
    _exponential(small, "e", "b", "c")
    small.activity("end", 0, "d", "e").milestone("end")
    reached = simulate(small.programme(), MILLION, 1).reached[0] / DAY
    assert np.abs(_standard_errors(reached, 83 / 24, 1663 / 576)).max() < 3


@pytest.mark.parametrize("count", [2, 5, 10])
def test_the_longest_of_some_exponential_durations_is_a_harmonic_number(count: int) -> None:
    small = SmallProgramme()
    names = [f"a{number}" for number in range(count)]
    for name in names:
        _exponential(small, name)
    small.activity("end", 0, *names).milestone("end")
    reached = simulate(small.programme(), MILLION, 2).reached[0] / DAY
    terms = 1 / np.arange(1, count + 1)
    assert np.abs(_standard_errors(reached, terms.sum(), (terms**2).sum())).max() < 3


def test_the_later_of_two_normal_durations() -> None:
    small = SmallProgramme()
    for name in "ab":
        low, high = stats.norm(10, 2).ppf([0.1, 0.9])
        small.activity(name, None, distribution="normal", low=low, high=high, range="p10_p90")
    small.activity("end", 0, "a", "b").milestone("end")
    reached = simulate(small.programme(), MILLION, 3).reached[0] / DAY
    variance = 4 * (1 - 1 / np.pi)
    assert np.abs(_standard_errors(reached, 10 + 2 / np.sqrt(np.pi), variance)).max() < 3
    assert 10 + 2 / np.sqrt(np.pi) == pytest.approx(11.1284, abs=1e-4)


def test_advice_brings_the_target_within_reach() -> None:
    small = SmallProgramme()
    low, high = stats.norm(110, 8).ppf([0.1, 0.9])
    small.activity("all", None, distribution="normal", low=low, high=high, range="p10_p90")
    better = stats.norm(102, 7)
    chance = _chance(small.milestone("all").launch(MILLION), 104)
    assert chance == pytest.approx(0.2266, abs=3 * 0.0005)
    low, high = better.ppf([0.1, 0.9])
    other = SmallProgramme().activity("all", None, distribution="normal", low=low, high=high, range="p10_p90")
    assert _chance(other.milestone("all").launch(MILLION), 104) == pytest.approx(0.6125, abs=3 * 0.0005)


def _chance(launched: Launch, days: float) -> float:
    return float(np.mean(launched.reached["end", None] <= days * DAY))


def test_five_working_days_over_the_turn_of_the_year() -> None:
    small = SmallProgramme().add("calendars", calendar="office")
    for off in ("2026-12-25", "2026-12-28", "2027-01-01"):
        small.add("holidays", calendar="office", from_=datetime.date.fromisoformat(off))
    small.activity("five", 5, calendar="office").milestone("five")
    assert small.launch(10)["milestones"]["planned"].item() == datetime.date(2027, 1, 4)
