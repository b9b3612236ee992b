"""Which teams can be short, and who hands them over to whom."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from launching.drawn import in_order_of_starts, programmes
from launching.small_programme import SmallProgramme

from coplant.launching.critical_path import early, handed_over
from coplant.launching.simulation import Sampler, least_moments, run_forward
from coplant.launching.teams import most_at_once


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_the_most_at_once_is_that_of_the_heaviest_that_are_not_apart(
    quantities: list[int], data: st.DataObject
) -> None:
    count = len(quantities)
    before = np.zeros((count, count), dtype=bool)
    for first, second in itertools.combinations(range(count), 2):
        before[first, second] = data.draw(st.booleans())
    for middle in range(count):
        before |= before[:, [middle]] & before[[middle]]
    heaviest = max(
        sum(quantities[k] for k in some)
        for size in range(1, count + 1)
        for some in itertools.combinations(range(count), size)
        if not before[np.ix_(some, some)].any()
    )
    assert most_at_once(np.array(quantities), before, 0) == heaviest


@given(programmes())
def test_no_team_is_short_as_long_as_it_is_handed_over(small: SmallProgramme) -> None:
    programme, planned = in_order_of_starts(small.programme())
    tied = handed_over(programme, planned)
    again = early(tied, planned.duration)
    assert (again.finish <= planned.finish).all()
    (_, duration), *_ = Sampler(programme, 5).blocks(0, 50)
    # What takes no time in the schedule has no part in handing over.
    duration[planned.duration == 0] = 0
    start, finish = least_moments(tied, 50)
    run_forward(tied, duration, start, finish)
    teams, place = programme.shared.teams, {name: a for a, name in enumerate(programme.names)}
    for number, team in enumerate(programme.shared.names):
        rows = [row for row in small.tables["assignments"] if row["team"] == team]
        takers, quantity = [place[row["activity"]] for row in rows], [row.get("quantity", 1) for row in rows]
        most = next(row for row in small.tables["teams"] if row["team"] == team).get("capacity", 1)
        assert len(takers) == teams.taken[number + 1] - teams.taken[number]
        for moment in start[takers]:
            assert (quantity @ ((start[takers] <= moment) & (moment < finish[takers])) <= most).all()
