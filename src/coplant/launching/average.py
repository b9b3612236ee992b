"""When an activity ends in the mean of fixed samples, and what a day less of each activity does to that.

The samples stay the same whatever is made shorter, so the mean is a plain function of the days taken off. A sample's
moment is the longest of its ways through the programme, each a sum of durations, so without calendars it is convex in
the durations, and so is the mean. What is taken off comes off what was drawn, after factors, drivers and events, and
nothing is left at least. Along one way that decides a sample, a tick less of an activity is a tick less of the whole
where the way leads from its start to its finish, a tick more where it leads back from its finish to its start (links to
finishes and from starts), and else it is nothing: minus the activity's criticality in the first case (Bowman, 1994).

A working day on a calendar counts as many days as go by for it in the long run. With calendars the mean is convex but
for weekends, over which a spread of a week or more smooths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.options import shortened
from coplant.launching.passes import FROM_FINISH, TO_FINISH, Precedence
from coplant.launching.programme import Programme
from coplant.launching.simulation import CHUNK, Sampler, least_moments, run_forward
from coplant.launching.working_time import DAY, Ticks, compiled, lagged, work_before
from coplant.timeline.calendar import Floats


class Mean(NamedTuple):
    """A mean over samples, and how it leans."""

    days: float
    """Days from the programme's first morning."""
    slope: Floats
    """Days by which a working day less of each activity changes that, shape (A,)."""


class Average:
    """The mean of fixed samples.

    Parameters
    ----------
    programme : Programme
        The programme.
    target : int
        The activity whose end counts.
    samples, seed : int
        As for `simulate`: the samples are its first.
    """

    def __init__(self, programme: Programme, target: int, samples: int, seed: int) -> None:
        self.programme, self.target, self.samples = programme, target, samples
        sampler = Sampler(programme, seed)
        self._drawn = [
            duration
            for chunk in range(-(-samples // CHUNK))
            for _, duration in sampler.blocks(chunk, min(CHUNK, samples - chunk * CHUNK))
        ]
        worked = programme.precedence.worked
        self._days = (worked.shape[1] - 1) / worked[programme.precedence.calendar, -1]

    def without(self, shorter: Ticks) -> Mean:
        """Take the ticks off by which each activity becomes shorter, shape (A,)."""
        programme = self.programme
        total, ways = 0.0, np.zeros(len(programme), dtype=np.int64)
        for drawn in self._drawn:
            duration = shortened(drawn, shorter)
            start, finish = least_moments(programme, duration.shape[1])
            run_forward(programme, duration, start, finish)
            total += finish[self.target].sum(dtype=np.float64)
            _trace(programme.precedence, self.target, duration, start, finish, ways)
        return Mean(total / self.samples / DAY, -ways / self.samples * self._days)


@compiled()
def _trace(
    precedence: Precedence, target: int, duration: Ticks, start: Ticks, finish: Ticks, ways: NDArray[np.int64]
) -> None:
    """Follow one way back from a target in each sample, and count those that lead through each activity.

    A way from start to finish counts one, one from finish to start minus one.
    """
    calendar, pointer, predecessor, kind, lag, lag_calendar, worked, day = precedence
    for s in range(duration.shape[1]):
        a, finishes = target, True
        while a >= 0:
            takes, on_its, back = duration[a, s], calendar[a], -1
            to_finish = False
            for link in range(pointer[a], pointer[a + 1]):
                p = predecessor[link]
                moment = finish[p, s] if kind[link] & FROM_FINISH else start[p, s]
                late, on = lag[link], lag_calendar[link]
                at = np.int64(moment) + late
                if late != 0 and on != 0:
                    at = lagged(worked[on], day[on], moment, late)
                ends = kind[link] & TO_FINISH
                if on_its == 0 or takes == 0:
                    binds = at == (finish[a, s] if ends else start[a, s])
                else:
                    work = work_before(worked[on_its], at) - (takes if ends else 0)
                    binds = work == work_before(worked[on_its], start[a, s])
                if binds:
                    back, to_finish = link, ends != 0
                    break
            if takes > 0:
                if finishes and not to_finish:
                    ways[a] += 1
                elif not finishes and to_finish:
                    ways[a] -= 1
            if back < 0:
                a = -1
            else:
                a, finishes = predecessor[back], (kind[back] & FROM_FINISH) != 0
