"""Between which moments activities start and finish, by however much any of them is made shorter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.critical_path import early, late
from coplant.launching.passes import TO_FINISH, Precedence, forward
from coplant.launching.programme import Programme
from coplant.launching.simulation import least_moments
from coplant.launching.working_time import DAY, Ticks

Window = tuple[int, int]
"""The first and the last moment that something can be at."""


class Windows(NamedTuple):
    """Moments, each of shape (A,)."""

    first_start: Ticks
    last_start: Ticks
    first_finish: Ticks
    last_finish: Ticks

    def start(self, activity: int) -> Window:
        """When an activity starts."""
        return int(self.first_start[activity]), int(self.last_start[activity])

    def finish(self, activity: int) -> Window:
        """When an activity finishes."""
        return int(self.first_finish[activity]), int(self.last_finish[activity])


def windows(programme: Programme, duration: Ticks, shortest: Ticks, target: int) -> Windows:
    """Find the windows of all activities in programmes in which a target ends by the planned moment.

    The earlier end is that of the shortest durations without the links to a finish: it is these alone that let an
    activity start later when it is made shorter. Where there are none, the later end is what is planned, as nothing
    becomes later; else it is how late the shortest can be without delaying the target.

    Parameters
    ----------
    programme : Programme
        The programme.
    duration, shortest : ndarray of int32, shape (A,)
        Ticks each takes as planned, and at the least.
    target : int
        The activity.
    """
    planned = early(programme, duration)
    start, finish = least_moments(programme, 1)
    forward(_to_starts(programme.precedence), shortest[:, None].copy(), start, finish)
    last_start, last_finish = planned.start, planned.finish
    if (programme.precedence.kind & TO_FINISH).any() or len(programme.most_lags.first):
        latest = late(programme, planned._replace(duration=shortest), target)
        horizon = (programme.precedence.worked.shape[1] - 1) * DAY
        last_start, last_finish = (
            np.where(moments < 0, horizon, moments).astype(np.int32) for moments in (latest.start, latest.finish)
        )
    return Windows(start[:, 0], last_start, finish[:, 0], last_finish)


def leading_to(programme: Programme, target: int) -> NDArray[np.bool_]:
    """Whether each activity can bear on when a target ends, shape (A,)."""
    links, most = programme.precedence, programme.most_lags
    leads = np.zeros(len(programme), dtype=bool)
    leads[target] = True
    while True:
        known = leads.sum()
        for activity in range(len(programme) - 1, -1, -1):
            if leads[activity]:
                leads[links.predecessor[links.pointer[activity] : links.pointer[activity + 1]]] = True
        # What comes first waits for what comes after where a most lag would be broken.
        leads[most.second[leads[most.first]]] = True
        if leads.sum() == known:
            return leads


def _to_starts(precedence: Precedence) -> Precedence:
    """The links to starts alone."""
    keep = (precedence.kind & TO_FINISH) == 0
    before = np.concatenate([[0], np.cumsum(keep)])
    return precedence._replace(
        pointer=before[precedence.pointer].astype(np.int32),
        predecessor=precedence.predecessor[keep],
        kind=precedence.kind[keep],
        lag=precedence.lag[keep],
        lag_calendar=precedence.lag_calendar[keep],
    )
