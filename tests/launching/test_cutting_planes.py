"""Options chosen for the mean of samples against every way to pay, and slopes against differences."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from launching.small_programme import SmallProgramme

from coplant.launching import acceleration_curve, worth_paying_for
from coplant.launching.average import Average
from coplant.launching.curves import mean_steps
from coplant.launching.cutting_planes import CLOSE, CuttingPlanes
from coplant.launching.options import Options
from coplant.launching.working_time import DAY

SAMPLES = 500


def _diamond(whole: str = "no", **calendar: Any) -> SmallProgramme:
    """Two ways from a start to an end, neither of which always decides."""
    small = SmallProgramme()
    small.pert("A", 2, 4, 9, **calendar).pert("B", 3, 6, 12, "A", **calendar).pert("C", 3, 5, 16, "A", **calendar)
    small.pert("D", 1, 3, 4, "B", "C", **calendar).milestone("D")
    small.add("drivers", driver="weather", distribution="triangular", low=0.8, likely=1, high=1.6, range="limits")
    small.add("driven", driver="weather", activity="B")
    small.add("events", event="flood", activity="C", probability=0.2, likely=5)
    for name, price, most in (("A", 100, 2), ("B", 80, 2), ("C", 60, 2), ("D", 150, 1)):
        small.add("acceleration", activity=name, option="crash", days=most, cost=price * most, whole=whole)
    return small


def _average(small: SmallProgramme, samples: int = SAMPLES) -> tuple[Options, Average]:
    programme = small.programme()
    target = programme.names.index(small.tables["milestones"][0]["activity"])
    return Options.of(small.case(), programme), Average(programme, target, samples, 1)


@st.composite
def webs(draw: st.DrawFn) -> SmallProgramme:
    """Programmes without calendars, of links of every type, in which nothing is used up."""
    small = SmallProgramme()
    names = [f"a{number}" for number in range(draw(st.integers(2, 6)))]
    for number, name in enumerate(names):
        low = draw(st.integers(4, 12)) / 2
        small.activity(name, None, distribution="uniform", low=low, high=low + draw(st.integers(1, 6)), range="limits")
        for before in draw(st.lists(st.sampled_from(names[:number]), max_size=3, unique=True)) if number else []:
            kind = draw(st.sampled_from(["FS", "SS", "FF", "SF"]))
            small.add("links", predecessor=before, successor=name, type=kind, lag=draw(st.sampled_from([0, 1, -1])))
    return small.activity("end", 0, *names).milestone("end")


@given(webs(), st.data())
def test_the_slope_is_that_of_the_mean(small: SmallProgramme, data: st.DataObject) -> None:
    _, average = _average(small)
    count = len(average.programme)
    at = np.array(data.draw(st.lists(st.integers(0, DAY), min_size=count, max_size=count)), dtype=np.int32)
    here = average.without(at)
    for activity in range(count):
        step = np.zeros(count, dtype=np.int32)
        step[activity] = 2
        if at[activity] < 2:
            continue
        before, after = average.without(at - step).days, average.without(at + step).days
        # Some samples stand at a corner; their slope is on either side.
        assert (here.days - before) * DAY / 2 <= here.slope[activity] + 1e-9
        assert here.slope[activity] <= (after - here.days) * DAY / 2 + 1e-9
        assert (after - before) * DAY / 4 == pytest.approx(here.slope[activity], abs=0.02)


@given(webs(), st.data())
def test_a_plane_is_nowhere_above_the_mean(small: SmallProgramme, data: st.DataObject) -> None:
    _, average = _average(small, 50)
    count = len(average.programme)
    taken = st.lists(st.integers(0, 2 * DAY), min_size=count, max_size=count)
    at, other = (np.array(data.draw(taken), dtype=np.int32) for _ in range(2))
    here, there = average.without(at), average.without(other)
    assert there.days >= here.days + here.slope @ (other - at) / DAY - 1e-9


@pytest.mark.parametrize("whole", ["no", "yes"])
def test_nothing_is_worth_more_than_what_is_paid_for(whole: str) -> None:
    options, average = _average(_diamond(whole))
    worth = 120.0
    bought = CuttingPlanes(options, average).by_value(worth)
    tries = itertools.product(*([0, 1] if whole == "yes" else [0, 0.25, 0.5, 0.75, 1] for _ in range(len(options))))
    values = []
    for share in tries:
        used = options.used(np.array(share))
        mean = average.without(options.shorter(used, len(average.programme))).days
        values.append(float(options.price(used).sum()) + worth * mean)
    assert bought.bound <= min(values) + 1e-6
    assert bought.value <= min(values) + bought.gap + 1e-6
    assert bought.gap + 1e-6 >= 0
    assert bought.gap <= CLOSE * worth * 10
    if whole == "yes":
        assert bought.value == pytest.approx(min(values), abs=1e-6)


def test_the_mean_is_brought_forward_by_whole_days_for_the_least() -> None:
    small = _diamond()
    options, average = _average(small)
    steps = mean_steps(average.programme, options, average.target, SAMPLES, 1)
    assert steps[0].cost == 0.0
    for step in steps[1:]:
        assert (steps[0].moment - step.moment) / DAY >= step.earlier - CLOSE - 1e-9
        # A tick more or less of each option is what may lie between the two.
        assert step.cost == pytest.approx(step.bound, abs=sum(options.cost / options.ticks))
    costs = np.array([step.cost for step in steps])
    days = np.array([step.earlier for step in steps])
    assert (np.diff(np.diff(costs) / np.diff(days)) >= -0.5).all()
    # No way to pay of quarters does better.
    for share in itertools.product([0, 0.25, 0.5, 0.75, 1], repeat=len(options)):
        used = options.used(np.array(share))
        mean = average.without(options.shorter(used, len(average.programme))).days * DAY
        for step in steps[1:]:
            if mean <= steps[0].moment - step.earlier * DAY:
                assert options.price(used).sum() >= step.bound - 1e-6


def test_without_variance_the_mean_costs_what_the_plan_does() -> None:
    small = SmallProgramme().activity("A", 4).activity("B", 6, "A").activity("C", 5, "A").activity("D", 3, "B", "C")
    for name, price, most in (("A", 100, 2), ("B", 80, 2), ("C", 60, 2), ("D", 150, 1)):
        small.add("acceleration", activity=name, option="crash", days=most, cost=price * most)
    case = small.milestone("D").case()
    programme = small.programme()
    steps = mean_steps(programme, Options.of(case, programme), programme.names.index("D"), 10, 1)
    planned = acceleration_curve(case, "end").curve
    assert [step.earlier for step in steps] == planned["earlier"].to_list()
    assert [step.cost for step in steps] == pytest.approx(planned["cost"].to_list(), abs=0.5)


def test_what_is_worth_paying_for_is_told_with_its_price() -> None:
    bought, used = worth_paying_for(_diamond().case(), "end", 120.0, SAMPLES, 1)
    assert used["cost"].sum() == pytest.approx(bought.cost)
    nothing, none = worth_paying_for(_diamond().case(), "end", 1.0, SAMPLES, 1)
    assert (nothing.cost, none.height) == (0.0, 0)
    everything, _ = worth_paying_for(_diamond().case(), "end", 1e6, SAMPLES, 1)
    assert everything.cost == pytest.approx(200 + 160 + 120 + 150)


def test_with_a_calendar_the_planes_are_near() -> None:
    """On working weeks the mean is convex but for weekends; bound and value stay close for what is at stake."""
    small = _diamond(calendar="office").add("calendars", calendar="office")
    options, average = _average(small, 2_000)
    planes = CuttingPlanes(options, average)
    bought = planes.by_value(120.0)
    assert abs(bought.gap) <= 0.05 * 120 * (planes.nothing - planes.everything)
