"""The rows of a programme whose activities can be made shorter, up to a moment at which one of them is to end.

An activity whose calendar has gaps on the clock counts in its own working days: w before its start and w + d - y before
its finish. Each gap that it may or may not have behind it is a whole number of 0 or 1, and so is what a lag on such a
calendar leads to. What cannot delay the target beyond the moment is left out, and gaps that are behind or ahead in any
case are numbers and no columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coplant.launching.clock import Clock
from coplant.launching.options import Options, shortened
from coplant.launching.passes import FROM_FINISH, TO_FINISH
from coplant.launching.programme import Programme
from coplant.launching.sketch import Expression, Sketch
from coplant.launching.windows import Window, windows
from coplant.launching.working_time import DAY, Ticks, finish_after, lagged, work_before

TICK = 1.0 / DAY
"""A tick in days."""

_NOTHING = Expression({})


class _Place(NamedTuple):
    """Where a link leads from: an expression of the moment, and its window."""

    moment: Expression
    window: Window


class _Own(NamedTuple):
    """How an activity on a calendar with gaps is counted."""

    start: Expression
    """When it starts on its calendar."""
    after: Expression
    """Days of work before its finish."""
    gone: Expression | None = None
    """Whether nothing is left of it."""
    point: Expression | None = None
    """When it starts, whether anything is left of it or not."""


class ProgrammeRows:
    """The rows for one target and one moment.

    Parameters
    ----------
    programme : Programme
        The programme.
    options : Options
        What can be paid for.
    duration : ndarray of int32, shape (A,)
        Ticks each activity takes as planned.
    target : int
        The activity that is to end.
    moment : int
        The latest moment at which it may.
    every : bool
        Whether what cannot delay it beyond the moment is kept, as it is to end before that.

    Attributes
    ----------
    sketch : Sketch
        Columns and rows.
    cost : Expression
        Money for what is used.
    finish : Expression
        When the target ends, in days on the clock.
    clock : Clock
        The clock.
    """

    def __init__(
        self, programme: Programme, options: Options, duration: Ticks, target: int, moment: int, every: bool = False
    ) -> None:
        self.programme, self.options, self.duration, self.target = programme, options, duration, target
        self._all = options.shorter(options.ticks, len(programme))
        self._shortest = shortened(duration, self._all)
        self._windows = windows(programme, duration, self._shortest, target, moment, every)
        self._matters = self._windows.matters
        self._lasts = self._matters & (duration > 0)
        precedence = programme.precedence
        self.clock = Clock(precedence.worked, precedence.day, self._calendars())
        self.sketch = Sketch()
        shares = self._shares()
        shorter = [self._shorter(activity, shares) for activity in range(len(programme))]
        self.cost = _NOTHING
        for share, cost in zip(shares, options.cost.tolist(), strict=True):
            self.cost = self.cost.plus(share, cost)
        self._starts: dict[int, Expression] = {}
        self._finishes: dict[int, Expression] = {}
        self._own: dict[int, _Own] = {}
        matter = np.flatnonzero(self._matters).tolist()
        for activity in matter:
            self._lay_out(activity, shorter[activity])
        for activity in matter:
            for place, to_finish, label in [*self._links_into(activity), *self._held_back(activity)]:
                self._follow(activity, place, to_finish, label)
        self.finish = self._finishes[target]

    def _calendars(self) -> set[int]:
        """Calendars that matter."""
        precedence, most = self.programme.precedence, self.programme.most_lags
        matters = set(precedence.calendar[self._lasts].tolist())
        successor = np.repeat(np.arange(len(self.programme)), np.diff(precedence.pointer))
        into = self._matters[successor] & self._matters[precedence.predecessor]
        matters |= set(precedence.lag_calendar[into & (precedence.lag != 0)].tolist())
        matters |= set(most.calendar[self._matters[most.first]].tolist())
        # Where a point in time can be that at which work starts, days off tell it from the evening before them.
        point = into & (self._shortest[successor] == 0)
        from_start = ((precedence.kind & FROM_FINISH) == 0) & (self.duration[precedence.predecessor] > 0)
        back = (precedence.lag < 0) & (precedence.lag_calendar > 0)
        if self._shortest[self.target] == 0 and (point & (from_start | back)).any():
            matters.add(0)
        return matters

    def _shares(self) -> list[Expression]:
        """Share of each option that is used."""
        of = self.options
        return [
            self.sketch.column(
                "used", f"{self.programme.names[activity]},{name}", 0.0, float(self._lasts[activity]), whole
            )
            for name, activity, whole in zip(of.names, of.activity.tolist(), of.whole.tolist(), strict=True)
        ]

    def _shorter(self, activity: int, shares: list[Expression]) -> Expression:
        """Days by which an activity becomes shorter, never by more than it takes."""
        of, sketch, name = self.options, self.sketch, self.programme.names[activity]
        bought = _NOTHING
        for option in np.flatnonzero(of.activity == activity).tolist():
            bought = bought.plus(shares[option], of.ticks[option] / DAY)
        takes, most = self.duration[activity] / DAY, self._all[activity] / DAY
        if not bought.terms or not self._lasts[activity]:
            return _NOTHING
        days = sketch.column("shorter", name, 0.0, min(most, takes))
        if most <= takes:
            sketch.row("bought", name, bought.plus(days, -1.0), 0.0, 0.0)
        else:
            # The lesser of what is bought and what it takes: `beyond` says which.
            beyond = sketch.column("beyond", name, 0.0, 1.0, True)
            sketch.row("bought", name, bought.plus(days, -1.0), 0.0)
            sketch.row("bought_all", name, days.plus(bought, -1.0).plus(beyond, most - takes), 0.0)
            sketch.row("taken_all", name, days.plus(beyond, -takes), 0.0)
        return days

    def _lay_out(self, activity: int, shorter: Expression) -> None:
        """Say when an activity starts and finishes."""
        precedence, sketch, name = self.programme.precedence, self.sketch, self.programme.names[activity]
        calendar, takes = int(precedence.calendar[activity]), self.duration[activity] / DAY
        starts, finishes = self._windows.start(activity), self._windows.finish(activity)
        if takes == 0.0 or self._straight(calendar):
            start = sketch.column("start", name, self.clock.at(starts[0]), self.clock.at(starts[1]))
            self._starts[activity] = start
            self._finishes[activity] = start.plus(takes).plus(shorter, -1.0)
            return
        before, start = self._work(
            f"{name} start", calendar, starts, starts=True, strict=self._is_started_from(activity)
        )
        after, finish = self._work(f"{name} finish", calendar, finishes)
        sketch.row("takes", name, after.plus(before, -1.0).plus(shorter), takes, takes)
        own = _Own(start, after)
        if self._shortest[activity] == 0:
            gone = sketch.column("gone", name, 0.0, 1.0, True)
            sketch.row("gone_all", name, shorter.plus(gone, -takes), 0.0)
            sketch.row("gone_not", name, shorter.plus(gone, -TICK), high=takes - TICK)
            first = self.clock.at(starts[0])
            at = sketch.column("point", f"{name} start", first, np.inf)
            sketch.row(
                "point_start", name, at.plus(start, -1.0).plus(gone, self._latest(calendar, starts) - first), 0.0
            )
            end = sketch.column("point", f"{name} finish", first, np.inf)
            sketch.row("point_finish", name, end.plus(finish, -1.0), 0.0)
            sketch.row("point_order", name, end.plus(at, -1.0), 0.0)
            own, start, finish = _Own(own.start, after, gone, at), at, end
        self._starts[activity], self._finishes[activity], self._own[activity] = start, finish, own

    def _latest(self, calendar: int, window: Window) -> float:
        """The last moment, on the clock, at which work starts that can start by the end of a window."""
        work = work_before(self.programme.precedence.worked[calendar], window[1]) / DAY
        return work + self.clock.gaps(calendar).between(work, work, True)[0]

    def _work(
        self, label: str, calendar: int, window: Window, *, starts: bool = False, strict: bool = False
    ) -> tuple[Expression, Expression]:
        """Count days of work on a calendar with gaps, and the moment that they come to.

        Parameters
        ----------
        label : str
            What it is.
        calendar : int
            The calendar.
        window : tuple of int
            Between which moments it lies.
        starts : bool
            Whether the moment is that at which more work starts, rather than that at which these days are done.
        strict : bool
            Whether it must not be earlier than that either, as something follows from a start.

        Returns
        -------
        work : Expression
            Days of work before it.
        moment : Expression
            Days on the clock.
        """
        sketch, worked = self.sketch, self.programme.precedence.worked[calendar]
        low, high = (work_before(worked, max(moment, 0)) / DAY for moment in window)
        behind, gaps = self.clock.gaps(calendar).between(low, high, starts)
        work = sketch.column("work", label, low, high)
        moment = work.plus(behind)
        if not len(gaps.after):
            return work, moment
        past = [sketch.column("past", f"{label},{after:g}", 0.0, 1.0, True) for after in gaps.after.tolist()]
        from_below = np.diff(gaps.after, prepend=low).tolist()
        margin = TICK if strict else 0.0
        from_above = np.diff(gaps.after - margin, append=high).tolist()
        lower, upper = work, work
        for gap, size, below, above in zip(past, gaps.size.tolist(), from_below, from_above, strict=True):
            moment = moment.plus(gap, size)
            lower, upper = lower.plus(gap, -below), upper.plus(gap, -above)
        sketch.row("work_past", label, lower, low)
        sketch.row("work_before", label, upper, high=float(gaps.after[0]) - margin)
        for number in range(len(past) - 1):
            sketch.row("past_in_turn", f"{label},{number}", past[number].plus(past[number + 1], -1.0), 0.0)
        return work, moment

    def _straight(self, calendar: int) -> bool:
        """Whether a calendar works on every day of the clock."""
        return not len(self.clock.gaps(calendar).after)

    def _is_started_from(self, activity: int) -> bool:
        """Whether a link leads from the start of an activity."""
        links, most = self.programme.precedence, self.programme.most_lags
        before = links.kind[links.predecessor == activity]
        after = most.kind[most.second == activity]
        return bool(((before & FROM_FINISH) == 0).any() or ((after & TO_FINISH) == 0).any())

    def _links_into(self, activity: int) -> Iterator[tuple[_Place, bool, str]]:
        """Moments that links into an activity lead to, and whether they bind its finish."""
        links, names = self.programme.precedence, self.programme.names
        for link in range(links.pointer[activity], links.pointer[activity + 1]):
            before, kind = int(links.predecessor[link]), int(links.kind[link])
            if not self._matters[before]:
                continue
            label = f"{names[before]} to {names[activity]},{link}"
            place = self._place(before, bool(kind & FROM_FINISH))
            lag, on = int(links.lag[link]), int(links.lag_calendar[link])
            yield self._lagged(place, lag, on, label), bool(kind & TO_FINISH), label

    def _held_back(self, activity: int) -> Iterator[tuple[_Place, bool, str]]:
        """Moments before which an activity must not start or finish, as what follows may only be so much later."""
        most, names = self.programme.most_lags, self.programme.names
        for limited in np.flatnonzero(most.first == activity).tolist():
            after, kind = int(most.second[limited]), int(most.kind[limited])
            label = f"{names[after]} after {names[activity]},{limited}"
            place = self._place(after, bool(kind & TO_FINISH))
            ticks, on = int(most.most[limited]), int(most.calendar[limited])
            yield self._due(place, ticks, on, label), bool(kind & FROM_FINISH), label

    def _place(self, activity: int, finish: bool) -> _Place:
        if finish:
            return _Place(self._finishes[activity], self._windows.finish(activity))
        return _Place(self._starts[activity], self._windows.start(activity))

    def _lagged(self, place: _Place, lag: int, on: int, label: str) -> _Place:
        """The moment a lag after another; see `working_time.lagged`."""
        if lag == 0 or on == 0:
            return _Place(place.moment.plus(lag / DAY), (place.window[0] + lag, place.window[1] + lag))
        worked, day = self.programme.precedence.worked[on], self.programme.precedence.day[on]
        first, last = (lagged(worked, day, moment, lag) for moment in place.window)
        if self._straight(on):
            return _Place(place.moment.plus(lag / DAY), (first, last))
        before = self._before(place, on, label)
        back = lag < 0
        after, moment = self._work(f"{label} lag", on, (first, last), starts=back, strict=back)
        # A lag back beyond the first day stops there.
        self.sketch.row("lags", label, after.plus(before, -1.0), lag / DAY, np.inf if back else lag / DAY)
        return _Place(moment, (first, last))

    def _due(self, place: _Place, most: int, on: int, label: str) -> _Place:
        """The moment from which another is no more than a most lag away; see `passes.hold_together`."""
        if on == 0:
            return _Place(place.moment.plus(-most / DAY), (place.window[0] - most, place.window[1] - most))
        worked, day = self.programme.precedence.worked[on], self.programme.precedence.day[on]
        first, last = (finish_after(day, work_before(worked, moment) - most) for moment in place.window)
        if self._straight(on):
            return _Place(place.moment.plus(-most / DAY), (first, last))
        before = self._before(place, on, label)
        after, moment = self._work(f"{label} due", on, (first, last))
        self.sketch.row("lags", label, after.plus(before, -1.0), -most / DAY)
        return _Place(moment, (first, last))

    def _before(self, place: _Place, calendar: int, label: str) -> Expression:
        """Days of work on a calendar before a moment."""
        work, moment = self._work(f"{label} before", calendar, place.window, starts=True)
        self.sketch.row("before", label, moment.plus(place.moment, -1.0), 0.0)
        return work

    def _follow(self, activity: int, place: _Place, to_finish: bool, label: str) -> None:
        """Let the start or the finish of an activity not be before a moment."""
        sketch, own = self.sketch, self._own.get(activity)
        if own is None:
            # On a straight line of work, time that is off is no time.
            bound = self._finishes[activity] if to_finish else self._starts[activity]
            sketch.row("follows", label, bound.plus(place.moment, -1.0), 0.0)
        elif to_finish:
            before = self._before(place, int(self.programme.precedence.calendar[activity]), f"{label} finish")
            sketch.row("finishes", label, own.after.plus(before, -1.0), 0.0)
        else:
            sketch.row("follows", label, own.start.plus(place.moment, -1.0), 0.0)
        if own is not None and own.gone is not None and own.point is not None:
            # What is gone is a point in time, on no calendar, and no link may be before it.
            reach = self.clock.at(max(place.window[1], 0)) if to_finish else 0.0
            late = own.point.plus(place.moment, -1.0)
            sketch.row("point_follows", label, late.plus(own.gone, -reach) if to_finish else late, -reach)
