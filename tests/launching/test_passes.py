"""Passes over a programme against the same said plainly, one sample, link and day at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from launching import plain
from launching.drawn import in_order_of_starts, network_of, programmes
from launching.small_programme import SmallProgramme

from coplant.launching.critical_path import early, handed_over, late
from coplant.launching.passes import drives
from coplant.launching.simulation import Sampler, least_moments, run_forward, simulate

SAMPLES = 4


@given(programmes())
def test_every_sample_is_that_of_the_plain_programme(small: SmallProgramme) -> None:
    programme = small.programme()
    target = programme.names.index("end")
    (_, duration), *_ = Sampler(programme, 3).blocks(0, SAMPLES)
    start, finish = least_moments(programme, SAMPLES)
    waited = run_forward(programme, duration, start, finish).waited
    driving = np.empty(duration.shape, dtype=bool)
    drives(programme.precedence, programme.shared.teams, target, duration, start, finish, waited, driving)
    for sample in range(SAMPLES):
        expected = plain.done(network_of(small, programme, duration[:, sample]), "end")
        assert dict(zip(programme.names, start[:, sample].tolist(), strict=True)) == expected.start
        assert dict(zip(programme.names, finish[:, sample].tolist(), strict=True)) == expected.finish
        marked = {name for name, on in zip(programme.names, driving[:, sample], strict=True) if on}
        assert marked == expected.driving["end"]


@given(programmes(uncertain=False))
def test_without_variance_the_samples_are_the_critical_path(small: SmallProgramme) -> None:
    programme = small.programme()
    planned = early(programme, programme.likely_duration())
    target = programme.names.index("end")
    drawn = simulate(programme, 300, 5)
    assert (drawn.reached == planned.finish[target]).all()
    critical = late(programme, planned, target).critical
    assert (drawn.driving[0] == np.where(critical, 300, 0)).all()
    assert (drawn.duration_deviation == 0.0).all()


@given(programmes(uncertain=False))
def test_an_activity_can_slip_by_its_float_and_no_more(small: SmallProgramme) -> None:
    programme, planned = in_order_of_starts(small.programme())
    target = programme.names.index("end")
    latest = late(programme, planned, target)
    tied = handed_over(programme, planned)
    for activity in range(len(programme)):
        if latest.start[activity] < 0:
            continue
        for slip, keeps in ((0, True), (1, False)):
            start, finish = least_moments(programme, 1)
            start[activity] = latest.start[activity] + slip
            run_forward(tied, planned.duration[:, None].copy(), start, finish)
            if planned.duration[activity] == 0 and not keeps:
                continue
            assert (finish[target, 0] == planned.finish[target]) == keeps, programme.names[activity]


@given(programmes())
def test_samples_do_not_depend_on_the_workers_or_on_what_else_is_done(small: SmallProgramme) -> None:
    programme = small.programme()
    one, two = simulate(programme, 40_000, 2), simulate(programme, 40_000, 2, workers=2)
    assert (one.reached == two.reached).all()
    assert (one.driving == two.driving).all()
    assert (one.correlation == two.correlation).all()
    assert (one.ends == two.ends).all()
    small.activity("aside", 3, distribution="triangular", low=1, high=8, range="limits")
    more = simulate(small.programme(), 300, 2)
    assert (more.reached == one.reached[:, :300]).all()
