"""The rows of a programme whose activities can be made shorter, up to a moment at which one of them is to end.

An activity whose calendar has gaps on the clock counts in its own working days: w before its start and w + d - y before
its finish. Each gap that it may or may not have behind it is a whole number of 0 or 1, and so is what a lag on such a
calendar leads to. What cannot delay the target beyond the moment is left out, and gaps that are behind or ahead in any
case are numbers and no columns.
"""

from __future__ import annotations

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


class _Work(NamedTuple):
    """Days of work on a calendar with gaps, and between which they lie."""

    label: str
    calendar: int
    days: Expression
    low: float
    high: float


class _Own(NamedTuple):
    """How an activity on a calendar with gaps is counted."""

    before: _Work
    """Work before its start."""
    after: _Work
    """Work before its finish."""
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
        self._moments: dict[tuple[str, bool], Expression] = {}
        matter = np.flatnonzero(self._matters).tolist()
        for activity in matter:
            self._lay_out(activity, shorter[activity])
        for activity in matter:
            for link in range(precedence.pointer[activity], precedence.pointer[activity + 1]):
                if self._matters[precedence.predecessor[link]]:
                    self._link(activity, link)
            self._hold_back(activity)
        self.finish = self._place(target, True).moment

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
        before = self._work(f"{name} start", calendar, starts)
        after = self._work(f"{name} finish", calendar, finishes)
        sketch.row("takes", name, after.days.plus(before.days, -1.0).plus(shorter), takes, takes)
        own = _Own(before, after)
        if self._shortest[activity] == 0:
            gone = sketch.column("gone", name, 0.0, 1.0, True)
            sketch.row("gone_all", name, shorter.plus(gone, -takes), 0.0)
            sketch.row("gone_not", name, shorter.plus(gone, -TICK), high=takes - TICK)
            first = self.clock.at(starts[0])
            start = sketch.column("point", f"{name} start", first, np.inf)
            finish = sketch.column("point", f"{name} finish", first, np.inf)
            late = before.high + self.clock.gaps(calendar).between(before.high, before.high, True)[0]
            begun = start.plus(self._begins(activity, before), -1.0).plus(gone, late - first)
            sketch.row("point_start", name, begun, 0.0)
            sketch.row("point_finish", name, finish.plus(self._moment(after, starts=False), -1.0), 0.0)
            sketch.row("point_order", name, finish.plus(start, -1.0), 0.0)
            self._starts[activity], self._finishes[activity] = start, finish
            own = _Own(before, after, gone, start)
        self._own[activity] = own

    def _work(self, label: str, calendar: int, window: Window) -> _Work:
        """Count days of work on a calendar with gaps until a moment that lies in a window."""
        worked = self.programme.precedence.worked[calendar]
        low, high = (work_before(worked, max(moment, 0)) / DAY for moment in window)
        return _Work(label, calendar, self.sketch.column("work", label, low, high), low, high)

    def _moment(self, work: _Work, *, starts: bool, strict: bool = False) -> Expression:
        """The moment that days of work come to, in days on the clock.

        Parameters
        ----------
        work : _Work
            The work.
        starts : bool
            Whether it is that at which more work starts, rather than that at which these days are done.
        strict : bool
            Whether it must not be earlier than that either, as something follows from a start.
        """
        if (work.label, starts) in self._moments:
            return self._moments[work.label, starts]
        sketch, (label, calendar, days, low, high) = self.sketch, work
        behind, gaps = self.clock.gaps(calendar).between(low, high, starts)
        moment = lower = upper = days
        past = [sketch.column("past", f"{label},{after:g}", 0.0, 1.0, True) for after in gaps.after.tolist()]
        from_below = np.diff(gaps.after, prepend=low).tolist()
        margin = TICK if strict else 0.0
        from_above = np.diff(gaps.after - margin, append=high).tolist()
        for gap, size, below, above in zip(past, gaps.size.tolist(), from_below, from_above, strict=True):
            moment = moment.plus(gap, size)
            lower, upper = lower.plus(gap, -below), upper.plus(gap, -above)
        if past:
            sketch.row("work_past", label, lower, low)
            sketch.row("work_before", label, upper, high=float(gaps.after[0]) - margin)
        for number in range(len(past) - 1):
            sketch.row("past_in_turn", f"{label},{number}", past[number].plus(past[number + 1], -1.0), 0.0)
        self._moments[label, starts] = moment.plus(behind)
        return self._moments[label, starts]

    def _begins(self, activity: int, before: _Work) -> Expression:
        """When an activity starts on its calendar."""
        return self._moment(before, starts=True, strict=self._is_started_from(activity))

    def _straight(self, calendar: int) -> bool:
        """Whether a calendar works on every day of the clock."""
        return not len(self.clock.gaps(calendar).after)

    def _is_started_from(self, activity: int) -> bool:
        """Whether a link leads from the start of an activity."""
        links, most = self.programme.precedence, self.programme.most_lags
        before = links.kind[links.predecessor == activity]
        after = most.kind[most.second == activity]
        return bool(((before & FROM_FINISH) == 0).any() or ((after & TO_FINISH) == 0).any())

    def _link(self, activity: int, link: int) -> None:
        """Let an activity follow a link."""
        links, names = self.programme.precedence, self.programme.names
        before, kind = int(links.predecessor[link]), int(links.kind[link])
        lag, on = int(links.lag[link]), int(links.lag_calendar[link])
        label = f"{names[before]} to {names[activity]},{link}"
        from_finish, to_finish = bool(kind & FROM_FINISH), bool(kind & TO_FINISH)
        own, its = self._own.get(activity), self._own.get(before)
        alike = own is not None and its is not None and its.before.calendar == own.before.calendar
        if own is None or not (on == own.before.calendar if lag else alike):
            self._follow(activity, self._lagged(self._place(before, from_finish), lag, on, label), to_finish, label)
            return
        # What counts on the same calendar needs no moments.
        if its is not None and alike:
            work = (its.after if from_finish else its.before).days
        else:
            work = self._before(self._place(before, from_finish), on, label)
        bound = (own.after if to_finish else own.before).days
        self.sketch.row("follows_in_work", label, bound.plus(work, -1.0), lag / DAY)
        if own.gone is not None:
            place = self._lagged(self._place(before, from_finish), lag, on, f"{label} point")
            self._point(activity, place, to_finish, label)

    def _hold_back(self, activity: int) -> None:
        """Let an activity not be before what follows by more than a most lag."""
        most, names = self.programme.most_lags, self.programme.names
        for limited in np.flatnonzero(most.first == activity).tolist():
            after, kind = int(most.second[limited]), int(most.kind[limited])
            label = f"{names[after]} after {names[activity]},{limited}"
            place = self._place(after, bool(kind & TO_FINISH))
            ticks, on = int(most.most[limited]), int(most.calendar[limited])
            self._follow(activity, self._due(place, ticks, on, label), bool(kind & FROM_FINISH), label)

    def _place(self, activity: int, finish: bool) -> _Place:
        """When an activity starts or finishes."""
        known, window = (self._finishes, self._windows.finish) if finish else (self._starts, self._windows.start)
        if activity not in known:
            own = self._own[activity]
            known[activity] = self._moment(own.after, starts=False) if finish else self._begins(activity, own.before)
        return _Place(known[activity], window(activity))

    def _lagged(self, place: _Place, lag: int, on: int, label: str) -> _Place:
        """The moment a lag after another; see `working_time.lagged`."""
        if lag == 0 or on == 0:
            return _Place(place.moment.plus(lag / DAY), (place.window[0] + lag, place.window[1] + lag))
        worked, day = self.programme.precedence.worked[on], self.programme.precedence.day[on]
        first, last = (lagged(worked, day, max(moment, 0), lag) for moment in place.window)
        if self._straight(on):
            return _Place(place.moment.plus(lag / DAY), (first, last))
        back = lag < 0
        after = self._work(f"{label} lag", on, (first, last))
        # A lag back beyond the first day stops there.
        between = after.days.plus(self._before(place, on, label), -1.0)
        self.sketch.row("lags", label, between, lag / DAY, np.inf if back else lag / DAY)
        return _Place(self._moment(after, starts=back, strict=back), (first, last))

    def _due(self, place: _Place, most: int, on: int, label: str) -> _Place:
        """The moment from which another is no more than a most lag away; see `passes.hold_together`."""
        if on == 0:
            return _Place(place.moment.plus(-most / DAY), (place.window[0] - most, place.window[1] - most))
        worked, day = self.programme.precedence.worked[on], self.programme.precedence.day[on]
        first, last = (finish_after(day, work_before(worked, max(moment, 0)) - most) for moment in place.window)
        if self._straight(on):
            return _Place(place.moment.plus(-most / DAY), (first, last))
        after = self._work(f"{label} due", on, (first, last))
        self.sketch.row("lags", label, after.days.plus(self._before(place, on, label), -1.0), -most / DAY)
        return _Place(self._moment(after, starts=False), (first, last))

    def _before(self, place: _Place, calendar: int, label: str) -> Expression:
        """Days of work on a calendar before a moment."""
        work = self._work(f"{label} before", calendar, place.window)
        reached = self._moment(work, starts=True).plus(place.moment, -1.0)
        self.sketch.row("before", label, reached, 0.0)
        return work.days

    def _follow(self, activity: int, place: _Place, to_finish: bool, label: str) -> None:
        """Let the start or the finish of an activity not be before a moment."""
        sketch, own = self.sketch, self._own.get(activity)
        if own is None:
            # On a straight line of work, time that is off is no time.
            bound = self._place(activity, to_finish).moment
            sketch.row("follows", label, bound.plus(place.moment, -1.0), 0.0)
            return
        if to_finish:
            before = self._before(place, own.after.calendar, f"{label} finish")
            sketch.row("finishes", label, own.after.days.plus(before, -1.0), 0.0)
        else:
            sketch.row("follows", label, self._begins(activity, own.before).plus(place.moment, -1.0), 0.0)
        self._point(activity, place, to_finish, label)

    def _point(self, activity: int, place: _Place, to_finish: bool, label: str) -> None:
        """Let an activity of which nothing is left, a point in time on no calendar, not be before a moment."""
        own = self._own[activity]
        if own.gone is None or own.point is None:
            return
        late = own.point.plus(place.moment, -1.0)
        reach = self.clock.at(max(place.window[1], 0)) if to_finish else 0.0
        self.sketch.row("point_follows", label, late.plus(own.gone, -reach) if to_finish else late, -reach)
