"""The least cost of each day against every way to pay, tried one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from launching.drawn import programmes
from launching.small_programme import SmallProgramme

from coplant.launching import acceleration_curve
from coplant.launching.critical_path import early, handed_over
from coplant.launching.least_cost import LeastCost
from coplant.launching.options import Options, shortened
from coplant.launching.programme import Programme
from coplant.launching.simulation import least_moments, run_forward
from coplant.launching.working_time import DAY, Ticks

QUARTER = DAY // 4


@st.composite
def accelerated(draw: st.DrawFn) -> SmallProgramme:
    """A programme of quarters of days with most lags and up to three options, some of which leave nothing."""
    small = draw(programmes(uncertain=False, most=5))
    for link in small.tables["links"]:
        if draw(st.integers(0, 4)) == 0:
            link["most_lag"] = link.get("lag", 0) + draw(st.sampled_from([0, 0.25, 1, 4]))
    some = [row for row in small.tables["activities"] if row["likely"] > 0]
    assume(some)
    for number in range(draw(st.integers(1, 3))):
        row = draw(st.sampled_from(some))
        paid = sum(option["days"] for option in small.tables.get("acceleration", [])
                   if option["activity"] == row["activity"])  # fmt: skip
        left = min(row["likely"] - paid, 1.5)
        if left <= 0:
            continue
        small.add(
            "acceleration", activity=row["activity"], option=f"o{number}",
            days=draw(st.integers(1, round(left * 4))) / 4, cost=draw(st.integers(0, 9)),
            whole=draw(st.sampled_from(["no", "no", "yes"])),
        )  # fmt: skip
    return small


def _programme(small: SmallProgramme) -> Programme:
    """The programme with its teams handed over in the order of its activities."""
    programme = small.programme()
    return handed_over(programme, early(programme, programme.likely_duration()))


def _tries(options: Options) -> Ticks:
    """Every way to use options in quarters of days, and a tick less or more; shape (tries, O)."""
    ways = []
    for most, whole in zip(options.ticks.tolist(), options.whole.tolist(), strict=True):
        near = {ticks + off for ticks in range(0, most + 1, QUARTER) for off in (-1, 0, 1)}
        ways.append([0, most] if whole else sorted(ticks for ticks in near if 0 <= ticks <= most))
    return np.array(list(itertools.product(*ways)), dtype=np.int32)


@given(accelerated())
def test_no_way_to_pay_is_cheaper_or_faster(small: SmallProgramme) -> None:
    programme = _programme(small)
    target = programme.names.index("end")
    planned = programme.likely_duration()
    options = Options.of(small.case(), programme)
    tries = _tries(options)
    duration = np.stack([shortened(planned, options.shorter(used, len(programme))) for used in tries], axis=1)
    start, finish = least_moments(programme, len(tries))
    assume(not run_forward(programme, duration, start, finish).broken.any())
    moment = finish[target]
    cost = np.array([options.price(used).sum() for used in tries])
    model = LeastCost(programme, options, planned, target)
    assert model.planned().moment == moment[0]
    assert model.fastest().moment == moment.min()
    for day in range(-(-int(moment[0]) // DAY), -(-int(moment.min()) // DAY) - 1, -1):
        found = model.by(day * DAY)
        assert found.moment <= day * DAY
        assert found.cost == pytest.approx(cost[moment <= day * DAY].min(), abs=1e-6)
        assert found.bound == pytest.approx(found.cost, abs=1e-6)


def test_a_weekend_is_worth_paying_for() -> None:
    """Thursday and Friday are worked, then Monday; the last half day ends on Monday unless half a day is bought."""
    small = SmallProgramme().add("calendars", calendar="office").activity("a", 2.5, calendar="office").milestone("a")
    small.add("acceleration", activity="a", option="overtime", days=1, cost=100)
    curve = acceleration_curve(small.case(), "end").curve
    assert curve["earlier"].to_list() == [0, 3]
    assert curve["cost"].to_list() == pytest.approx([0, 50])


def test_what_is_cured_over_a_weekend_needs_no_hurry() -> None:
    """Paint that dries round the clock is dry on Monday, whenever it was put on before Saturday."""
    small = SmallProgramme().add("calendars", calendar="office")
    small.activity("paint", 1.5, calendar="office").activity("dry", 2, "paint")
    small.activity("pack", 1, "dry", calendar="office").milestone("pack")
    small.add("acceleration", activity="paint", option="robot", days=1.5, cost=30)
    curve = acceleration_curve(small.case(), "end").curve
    # It is dry on Sunday at noon, or on Saturday at midnight at the earliest, and packed on Monday.
    assert curve["earlier"].to_list() == [0]
    assert curve["cost"].to_list() == [0.0]


def test_an_option_is_whole_or_any_part() -> None:
    small = SmallProgramme().activity("a", 10).milestone("a")
    small.add("acceleration", activity="a", option="press", days=4, cost=100, whole="yes")
    small.add("acceleration", activity="a", option="overtime", days=2, cost=80)
    found = acceleration_curve(small.case(), "end")
    assert found.curve["earlier"].to_list() == [0, 1, 2, 4, 5, 6]
    assert found.curve["cost"].to_list() == pytest.approx([0, 40, 80, 100, 140, 180])
    assert found.used.filter(earlier=5).sort("option").select("option", "days", "cost").rows() == [
        ("overtime", 1.0, 40.0), ("press", 4.0, 100.0)
    ]  # fmt: skip


def test_know_how_may_leave_less_than_is_bought() -> None:
    """Ten days that know-how makes five: a press that saves eight leaves nothing, and no time is won beyond that."""
    small = SmallProgramme().activity("a", 10).activity("b", 3, "a").milestone("b")
    small.add("know_how", activity="a", factor=0.5)
    small.add("acceleration", activity="a", option="press", days=8, cost=100, whole="yes")
    curve = acceleration_curve(small.case(), "end").curve
    assert curve["saved"].to_list() == [0.0, 5.0]
    assert curve["cost"].to_list() == pytest.approx([0, 100])


def test_what_does_not_lead_to_the_milestone_is_left_alone() -> None:
    small = SmallProgramme().activity("a", 3).activity("aside", 9).milestone("a")
    small.add("acceleration", activity="aside", option="free", days=4, cost=0)
    found = acceleration_curve(small.case(), "end")
    assert found.curve.height == 1
    assert found.used.is_empty()


@given(accelerated())
def test_where_time_is_over_what_is_paid_for_is_in_time_and_not_below_the_bound(small: SmallProgramme) -> None:
    programme = _programme(small)
    target = programme.names.index("end")
    assume(not len(programme.most_lags.first))
    model = LeastCost(programme, Options.of(small.case(), programme), programme.likely_duration(), target)
    fastest = model.fastest().moment
    day = -(-fastest // DAY) + 1
    exact, rough = model.by(day * DAY), model.by(day * DAY, 0.0)
    assert rough.bound <= exact.cost + 1e-6
    assert rough.cost >= exact.cost - 1e-6
    everything = model._measured(model.options.ticks, 0.0).moment
    assert rough.moment <= max(day * DAY, everything)
