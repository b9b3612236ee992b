"""A pass over the programme for a block of samples: when everything starts and ends, and what drives that.

Each activity a takes in its links in turn. A link from p gives a moment: the lag after p's start or finish. Links to
a's start bind its start, s_a >= moment; links to its finish bind that, f_a >= moment. With W_a the working time of a's
calendar and d_a its duration,

    w_a = max(W_a(s_p + lag) over links to the start, W_a(f_p + lag) - d_a over links to the finish),
    s_a = the moment at which work that follows w_a starts, f_a = that at which w_a + d_a are done

(Kelley and Walker, 1959, with the lags of precedence diagrams: Crandall, 1973). Activities come in an order in which
predecessors are first. A duration of nothing is a point in time: it starts and ends as soon as its links let it.

Where teams are short their order is also that in which they are served; see `serial`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.working_time import DAY, Ticks, compiled, finish_after, lagged, start_after, work_before

FROM_FINISH, TO_FINISH = 1, 2
"""Bits of a link's kind: whether it starts from the predecessor's finish, and whether it binds the successor's."""

KINDS = {"SS": 0, "FS": FROM_FINISH, "SF": TO_FINISH, "FF": FROM_FINISH | TO_FINISH}
"""A link's kind by its type."""


class Precedence(NamedTuple):
    """What comes before what, and when activities are worked on."""

    calendar: Ticks
    """Calendar of each activity, a row of `worked`; 0 for round the clock; shape (A,)."""
    pointer: Ticks
    """Where the links into each activity begin, shape (A + 1,)."""
    predecessor: Ticks
    """Where each link comes from, shape (L,)."""
    kind: Ticks
    """Bits of each link, shape (L,)."""
    lag: Ticks
    """Least ticks that each link leaves between the two, shape (L,)."""
    lag_calendar: Ticks
    """On which calendar they count, shape (L,)."""
    worked: Ticks
    """Working days before each day, by calendar, shape (K, H + 1)."""
    day: Ticks
    """The day of each working day, by calendar, shape (K, H + 1)."""


class MostLags(NamedTuple):
    """Most time between two activities."""

    first: Ticks
    """Activity that comes first, shape (Q,)."""
    second: Ticks
    """Activity that comes after, shape (Q,)."""
    kind: Ticks
    """Bits of the link, shape (Q,)."""
    most: Ticks
    """Most ticks between the two, shape (Q,)."""
    calendar: Ticks
    """On which calendar they count, shape (Q,)."""


class Teams(NamedTuple):
    """Which activities share the teams that can be short."""

    pointer: Ticks
    """Where the teams of each activity begin, shape (A + 1,)."""
    team: Ticks
    """The team, shape (M,)."""
    quantity: NDArray[np.int64]
    """How much of it the activity takes from its start to its finish, in parts of the team, shape (M,)."""
    capacity: NDArray[np.int64]
    """Parts of each team, shape (R,)."""
    taken: Ticks
    """Where the activities of each team begin, shape (R + 1,)."""
    taker: Ticks
    """The activity, those of one team in their order, shape (M,)."""

    @classmethod
    def of(cls, activity: Ticks, team: Ticks, quantity: NDArray[np.int64], capacity: NDArray[np.int64],
           activities: int) -> Teams:  # fmt: skip
        """Arrange assignments by activity and by team.

        Parameters
        ----------
        activity, team : ndarray of int32, shape (M,)
            Who is assigned to what.
        quantity : ndarray of int64, shape (M,)
            How much of the team.
        capacity : ndarray of int64, shape (R,)
            How much of it there is.
        activities : int
            Number of activities.
        """
        by_activity, by_team = np.lexsort((team, activity)), np.lexsort((activity, team))
        return cls(
            np.searchsorted(activity[by_activity], np.arange(activities + 1)).astype(np.int32),
            team[by_activity],
            quantity[by_activity],
            capacity,
            np.searchsorted(team[by_team], np.arange(len(capacity) + 1)).astype(np.int32),
            activity[by_team],
        )


@compiled()
def place(precedence: Precedence, a: int, duration: Ticks, start: Ticks, finish: Ticks) -> None:
    """Start and finish one activity as early as its links allow from others that are placed; see `forward`."""
    calendar, pointer, predecessor, kind, lag, lag_calendar, worked, day = precedence
    samples = duration.shape[1]
    to_start, to_finish, takes = start[a], finish[a], duration[a]
    for link in range(pointer[a], pointer[a + 1]):
        p = predecessor[link]
        moment = finish[p] if kind[link] & FROM_FINISH else start[p]
        bound = to_finish if kind[link] & TO_FINISH else to_start
        late, on = lag[link], lag_calendar[link]
        if late == 0 or on == 0:
            for s in range(samples):
                bound[s] = max(bound[s], moment[s] + late)
        else:
            for s in range(samples):
                bound[s] = max(bound[s], lagged(worked[on], day[on], moment[s], late))
    if calendar[a] == 0:
        for s in range(samples):
            to_start[s] = max(to_start[s], to_finish[s] - takes[s])
            to_finish[s] = to_start[s] + takes[s]
    else:
        its_worked, its_day = worked[calendar[a]], day[calendar[a]]
        for s in range(samples):
            if takes[s] == 0:
                to_start[s] = max(to_start[s], to_finish[s])
                to_finish[s] = to_start[s]
            else:
                work = work_before(its_worked, to_start[s])
                if to_finish[s] > 0:
                    work = max(work, work_before(its_worked, to_finish[s]) - takes[s])
                to_start[s] = start_after(its_day, work)
                to_finish[s] = finish_after(its_day, work + takes[s])


@compiled()
def forward(precedence: Precedence, duration: Ticks, start: Ticks, finish: Ticks) -> None:
    """Start and finish every activity as early as its links allow.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    duration : ndarray of int32, shape (A, B)
        Ticks each activity takes in each sample.
    start, finish : ndarray of int32, shape (A, B)
        Moments. What they hold bounds the start and the finish from below; it is replaced by what follows.
    """
    for a in range(len(precedence.calendar)):
        place(precedence, a, duration, start, finish)


@compiled()
def drives(
    precedence: Precedence,
    teams: Teams,
    target: int,
    duration: Ticks,
    start: Ticks,
    finish: Ticks,
    waited: Ticks,
    driving: NDArray[np.bool_],
) -> None:
    """Mark what drives an activity: it, and along the links that bind, whatever comes before.

    Of an activity that waited for a team, those that are done with the team at the moment at which it starts.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    teams : Teams
        Who shares what.
    target : int
        The activity.
    duration, start, finish : ndarray of int32, shape (A, B)
        As `forward` or `serial` takes and leaves them.
    waited : ndarray of int32, shape (A, B), or (0, B) if none ever waits
        As `serial` leaves it.
    driving : ndarray of bool, shape (A, B)
        Becomes whether each activity drives the target in each sample.
    """
    calendar, pointer, predecessor, kind, lag, lag_calendar, worked, day = precedence
    samples = duration.shape[1]
    driving[:] = False
    driving[target] = True
    for a in range(target, -1, -1):
        its = driving[a]
        if not its.any():
            continue
        on_its = calendar[a]
        for link in range(pointer[a], pointer[a + 1]):
            p = predecessor[link]
            moment = finish[p] if kind[link] & FROM_FINISH else start[p]
            back = driving[p]
            late, on = lag[link], lag_calendar[link]
            if on_its == 0 and (late == 0 or on == 0):
                bound = finish[a] if kind[link] & TO_FINISH else start[a]
                for s in range(samples):
                    back[s] |= its[s] & (moment[s] + late == bound[s])
                continue
            for s in range(samples):
                if not its[s] or back[s]:
                    continue
                at = moment[s] + late if on == 0 else lagged(worked[on], day[on], moment[s], late)
                if on_its == 0 or duration[a, s] == 0:
                    back[s] = at == (finish[a, s] if kind[link] & TO_FINISH else start[a, s])
                else:
                    work = work_before(worked[on_its], at)
                    if kind[link] & TO_FINISH:
                        work -= duration[a, s]
                    back[s] = work == work_before(worked[on_its], start[a, s])
        if len(waited) == 0:
            continue
        for s in range(samples):
            team = waited[a, s]
            if not its[s] or team < 0:
                continue
            work = work_before(worked[on_its], start[a, s])
            for m in range(teams.taken[team], teams.taken[team + 1]):
                b = teams.taker[m]
                if b >= a:
                    break
                if duration[b, s] > 0 and work_before(worked[on_its], finish[b, s]) == work:
                    driving[b, s] = True


@compiled()
def hold_together(
    precedence: Precedence,
    most_lags: MostLags,
    start: Ticks,
    finish: Ticks,
    least_start: Ticks,
    least_finish: Ticks,
    broken: NDArray[np.bool_],
) -> bool:
    """Bring up what comes first where a most lag is broken, and say whether any is.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    most_lags : MostLags
        The most lags.
    start, finish : ndarray of int32, shape (A, B)
        As `forward` leaves them.
    least_start, least_finish : ndarray of int32, shape (A, B)
        Bounds for the next pass; raised where they have to be.
    broken : ndarray of bool, shape (Q, B)
        Becomes whether each is broken in each sample.
    """
    first, second, kind, most, calendar = most_lags
    worked, day, found = precedence.worked, precedence.day, False
    for q in range(len(first)):
        a, b = first[q], second[q]
        before = finish[a] if kind[q] & FROM_FINISH else start[a]
        after = finish[b] if kind[q] & TO_FINISH else start[b]
        least = least_finish[a] if kind[q] & FROM_FINISH else least_start[a]
        on = calendar[q]
        for s in range(start.shape[1]):
            due = np.int64(after[s]) - most[q]
            if on > 0:
                due = finish_after(day[on], work_before(worked[on], after[s]) - most[q])
            broken[q, s] = before[s] < due
            if broken[q, s]:
                found = True
                least[s] = max(least[s], due)
    return found


@compiled()
def count_days(moment: Ticks, counts: NDArray[np.int32]) -> None:
    """Count on which day each activity ends.

    Parameters
    ----------
    moment : ndarray of int32, shape (A, B)
        Moments.
    counts : ndarray of int32, shape (A, H + 1)
        For each activity and day, samples that end on it; added to.
    """
    for a in range(moment.shape[0]):
        for s in range(moment.shape[1]):
            counts[a, (moment[a, s] + DAY - 1) // DAY] += 1
