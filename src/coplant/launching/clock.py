"""A clock that counts only the days on which someone works who matters, and calendars as seen on it.

On such a clock a calendar that works on every day of it is a straight line: one more day of work is one more day on the
clock. Another calendar has gaps, days on which the clock runs and it does not. With w days worked, gaps k of h_k days
that stand after g_k working days,

    when what follows w starts (the last moment with w days of work before it)   w + sum of h_k over g_k <= w
    when w days are done (the first such moment)                                 w + sum of h_k over g_k <  w
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from coplant.launching.working_time import DAY, Ticks, together, work_before, working_days
from coplant.network.frames import Integers
from coplant.timeline.calendar import Floats


class Gaps(NamedTuple):
    """Days on which a clock runs and a calendar does not, K times in a row."""

    after: Floats
    """Working days of the calendar before each, ascending, shape (K,)."""
    size: Floats
    """Days on the clock, shape (K,)."""

    def between(self, low: float, high: float, starts: bool) -> tuple[float, Gaps]:
        """What lies behind `low` days of work, and the gaps that may or may not lie behind up to `high`.

        Parameters
        ----------
        low, high : float
            Working days.
        starts : bool
            Whether work is to start after them, so that a gap right after them lies behind.

        Returns
        -------
        behind : float
            Days of the gaps that lie behind in any case.
        open : Gaps
            The others.
        """
        first, until = np.searchsorted(self.after, [low, high], "right" if starts else "left")
        return float(self.size[:first].sum()), Gaps(self.after[first:until], self.size[first:until])


class Clock:
    """Time as the days on which any of some calendars works.

    Parameters
    ----------
    worked, day : ndarray of int32, shape (K, H + 1)
        The calendars; see `working_days`. The first is that of every day.
    calendars : iterable of int
        Those that matter.
    """

    def __init__(self, worked: Ticks, day: Ticks, calendars: Iterable[int]) -> None:
        works = np.diff(worked, axis=1) > 0
        off = together(~works, sorted(set(calendars)) or [0])
        (self.worked,), (self._day,) = working_days(~off[None])
        self._calendar_day = day
        self._count = works.sum(axis=1)
        self._gaps: dict[int, Gaps] = {}

    def at(self, moment: int) -> float:
        """Days on the clock until a moment."""
        return work_before(self.worked, int(moment)) / DAY

    def gaps(self, calendar: int) -> Gaps:
        """Days on which the clock runs and a calendar does not; it works on no other days than the clock's."""
        if calendar not in self._gaps:
            on: Integers = self._calendar_day[calendar, : self._count[calendar]].astype(np.int64)
            skipped = np.diff(self.worked[on], prepend=-1) - 1
            after = np.flatnonzero(skipped > 0)
            self._gaps[calendar] = Gaps(after.astype(np.float64), skipped[after].astype(np.float64))
        return self._gaps[calendar]
