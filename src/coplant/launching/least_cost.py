"""The least that it costs to end by a day: a linear program of the programme as planned.

Moments are days on a clock that counts the days on which anyone works who matters (see `clock`). With u_i the share of
option i that is used, c_i its cost and D_i its days, d_a the days that an activity takes, s_a and f_a when it starts
and finishes,

    minimise sum of c_i u_i  subject to  f_a = s_a + d_a - y_a,  y_a = sum of D_i u_i over the options of a,
                                         s_a >= f_p + lag (and so for the other types),  f_target <= the day

(Kelley, 1961; Fulkerson, 1961). Where all that matters works on the same days and no option is whole, that is a linear
program; see `programme_rows` for calendars.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coplant.errors import NumericalError, SolverError
from coplant.launching.critical_path import early
from coplant.launching.options import Options, shortened
from coplant.launching.passes import FROM_FINISH, TO_FINISH
from coplant.launching.programme import Programme
from coplant.launching.programme_rows import ProgrammeRows
from coplant.launching.sketch import charge, limit, values
from coplant.launching.windows import leading_to
from coplant.launching.working_time import Ticks
from coplant.program import LinearProgram, solve
from coplant.timeline.calendar import Floats

EXACT = 1e-9
"""Relative gap at which the search among whole numbers stops."""

NEAR = 1e-6
"""Relative distance at which a cost is as low as its bound."""

SECONDS = 60.0
"""Seconds after which it stops in any case."""

_HALVINGS = 20
_SOME = 1e-9


class Found(NamedTuple):
    """Options that end a target in time, and what was measured with them."""

    moment: int
    """When the target ends, by the forward pass."""
    used: Ticks
    """Ticks of each option, shape (O,)."""
    cost: float
    """Their price."""
    bound: float
    """No options cost less that end it by the moment asked for."""
    kept: bool
    """Whether all most lags are kept."""


class LeastCost:
    """The program of one target.

    Parameters
    ----------
    programme : Programme
        The programme.
    options : Options
        What can be paid for.
    duration : ndarray of int32, shape (A,)
        Ticks each activity takes as planned.
    target : int
        The activity that is to end earlier.
    """

    def __init__(self, programme: Programme, options: Options, duration: Ticks, target: int) -> None:
        self.programme, self.options, self.duration, self.target = programme, options, duration, target

    @property
    def helps(self) -> bool:
        """Whether any option is of an activity that bears on the target."""
        bears = leading_to(self.programme, self.target) & (self.duration > 0)
        return bool(bears[self.options.activity].any())

    def planned(self) -> Found:
        """What is planned: nothing is used."""
        return self._measured(np.zeros(len(self.options), dtype=np.int32), 0.0)

    def fastest(self) -> Found:
        """End the target as early as can be, whatever it costs."""
        if not self._may_delay():
            return self._measured(self.options.ticks, 0.0)
        rows = self._rows(self.planned().moment, every=True)
        program = rows.sketch.program()
        charge(program, "time", rows.finish)
        everything = self._measured(self.options.ticks, 0.0)
        found = self._solved(program, SECONDS)
        return everything if found is None or found.moment > everything.moment else found._replace(bound=0.0)

    def by(self, moment: int, seconds: float = SECONDS) -> Found:
        """End the target by a moment for the least cost.

        Parameters
        ----------
        moment : int
            By when, in ticks; no earlier than it can.
        seconds : float
            Seconds after which the search among whole numbers stops with the best found.

        Raises
        ------
        InfeasibleError
            It cannot end by then.
        """
        rows = self._rows(moment)
        found = self._solved(self._in_time(rows, moment), seconds)
        if found is not None and found.cost <= found.bound + NEAR * max(found.cost, 1.0):
            return found
        # Time was over.
        offers = [self._filled_up(rows, moment)]
        if found is not None:
            offers.append(self._measured(self._trimmed(found.used, moment), found.bound))
        best = min(offers, key=lambda offer: (offer.moment > moment, offer.cost))
        return best._replace(bound=max(offer.bound for offer in offers))

    def _in_time(self, rows: ProgrammeRows, moment: int, relaxed: bool = False) -> LinearProgram:
        program = rows.sketch.program(relaxed)
        limit(program, "in_time", rows.finish, rows.clock.at(moment))
        charge(program, "accelerating", rows.cost)
        return program

    def _filled_up(self, rows: ProgrammeRows, moment: int) -> Found:
        """Take the options of the program in which whole numbers may be any, more of all, then less of each in turn.

        It is what is left where time is over before anything was found; the program is a bound.
        """
        program = self._in_time(rows, moment, relaxed=True)
        solution = solve(program)
        share = values(program, "used", solution.columns)
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            in_time = self._measured(self._between(share, middle), 0.0).moment <= moment
            low, high = (low, middle) if in_time else (middle, high)
        return self._measured(self._trimmed(self._between(share, high), moment), -solution.bound)

    def _trimmed(self, used: Ticks, moment: int) -> Ticks:
        """Take as little as is in time, of the dearest option first."""
        options, used = self.options, used.copy()
        for option in np.argsort(-options.cost / np.maximum(options.ticks, 1), kind="stable").tolist():
            low, high = -1, int(used[option])
            # All of what is whole goes, or nothing.
            while high - low > 1:
                used[option] = 0 if options.whole[option] else (low + high) // 2
                in_time = self._measured(used, 0.0).moment <= moment
                if options.whole[option]:
                    low, high = (-1, 0) if in_time else (high - 1, high)
                else:
                    low, high = (low, int(used[option])) if in_time else (int(used[option]), high)
            used[option] = high
        return used

    def _between(self, share: Floats, more: float) -> Ticks:
        """Ticks of each option on the way from some shares to all; of one that is whole all, if any."""
        there = share + more * (1.0 - share)
        return self.options.used(np.where(self.options.whole & (there > _SOME), 1.0, there))

    def _rows(self, moment: int, every: bool = False) -> ProgrammeRows:
        return ProgrammeRows(self.programme, self.options, self.duration, self.target, moment, every)

    def _may_delay(self) -> bool:
        """Whether something may start later because an activity is made shorter: what follows from the start of one
        that is bound to its finish.
        """
        links, most = self.programme.precedence, self.programme.most_lags
        bound = np.zeros(len(self.programme), dtype=bool)
        bound[np.repeat(np.arange(len(self.programme)), np.diff(links.pointer))[(links.kind & TO_FINISH) > 0]] = True
        return bool(bound[links.predecessor[(links.kind & FROM_FINISH) == 0]].any()) or bool(len(most.first))

    def _solved(self, program: LinearProgram, seconds: float) -> Found | None:
        """Solve a program, or do not find anything in time."""
        try:
            solution = solve(program, gap=EXACT, time_limit=seconds, nodes=1)
        except NumericalError:
            raise
        except SolverError:
            return None
        share = values(program, "used", solution.columns)
        return self._measured(self.options.used(share), -solution.bound)

    def _measured(self, used: Ticks, bound: float) -> Found:
        """Carry the programme out with what is used."""
        shorter = self.options.shorter(used, len(self.programme))
        done = early(self.programme, shortened(self.duration, shorter))
        cost = float(self.options.price(used).sum())
        return Found(int(done.finish[self.target]), used, cost, bound, not done.broken.any())
