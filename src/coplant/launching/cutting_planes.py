"""What to pay for when it is the mean that counts, by cutting planes on fixed samples (Kelley, 1960).

With m(x) the mean for the days x taken off, convex but for calendars (see `average`), every x' that was tried gives a
plane below it,

    m(x) >= m(x') + slope(x') . (x - x')

The least cost subject to these planes, which only ever grows, is a bound; it is tried, its own plane is added, and so
on until bound and what was tried meet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coplant.launching.average import Average, Mean
from coplant.launching.options import Options
from coplant.launching.sketch import Expression, Sketch, charge, values
from coplant.launching.working_time import DAY, Ticks
from coplant.program import solve
from coplant.timeline.calendar import Floats

CLOSE = 1e-3
"""Days by which a mean may be missed, and share of the value at stake at which bound and value have met."""

ROUNDS = 60
"""Planes after which the search ends with the best found."""

_EXACT = 1e-9
_MISSED = 1e3
"""What a day by which a mean is missed costs, as a multiple of what all options cost."""


class Bought(NamedTuple):
    """Options, and what samples come to with them."""

    used: Ticks
    """Ticks of each option, shape (O,)."""
    cost: float
    """Their price."""
    mean: float
    """Days until the target ends in the mean, by a run of the samples."""
    value: float
    """What was made as small as can be: the cost, and where a day has a value that of the mean."""
    bound: float
    """What no options fall below, by the planes."""

    @property
    def gap(self) -> float:
        """How far the value is above the bound."""
        return self.value - self.bound


class CuttingPlanes:
    """Planes that are kept from one question to the next.

    Parameters
    ----------
    options : Options
        What can be paid for.
    average : Average
        The samples.
    """

    def __init__(self, options: Options, average: Average) -> None:
        self.options, self.average = options, average
        self._planes: list[tuple[Floats, float]] = []
        self.nothing = self._tried(np.zeros(len(options), dtype=np.int32)).days
        self.everything = self._tried(options.ticks).days

    def by_value(self, value_per_day: float) -> Bought:
        """Make the cost, and the value of the days until the target ends, as small as can be.

        Parameters
        ----------
        value_per_day : float
            What a day earlier is worth in the mean.
        """
        best: Bought | None = None
        for _ in range(ROUNDS):
            used, bound = self._least(value_per_day, np.inf)
            tried = self._bought(used, bound, value_per_day)
            best = tried if best is None or tried.value < best.value else best
            best = best._replace(bound=bound)
            if best.gap <= CLOSE * max(value_per_day * (self.nothing - self.everything), CLOSE):
                break
        assert best is not None
        return best

    def by_mean(self, days: float) -> Bought:
        """Let the target end in so many days in the mean, for the least cost.

        Parameters
        ----------
        days : float
            Days from the programme's first morning; no fewer than with all options.
        """
        best: Bought | None = None
        for _ in range(ROUNDS):
            used, bound = self._least(0.0, days)
            tried = self._bought(used, bound, 0.0)
            best = tried if best is None or tried.mean < best.mean else best
            best = best._replace(bound=bound)
            if tried.mean <= days + CLOSE:
                best = tried
                break
        assert best is not None
        return best

    def _bought(self, used: Ticks, bound: float, value_per_day: float) -> Bought:
        mean = self._tried(used).days
        cost = float(self.options.price(used).sum())
        return Bought(used, cost, mean, cost + value_per_day * mean, bound)

    def _tried(self, used: Ticks) -> Mean:
        """Run the samples, and add the plane that touches the mean there."""
        options = self.options
        mean = self.average.without(options.shorter(used, len(self.average.programme)))
        slope = mean.slope[options.activity]
        self._planes.append((slope * options.ticks / DAY, mean.days - float(slope @ used) / DAY))
        return mean

    def _least(self, value_per_day: float, most: float) -> tuple[Ticks, float]:
        """Options that are best by the planes, and their value."""
        options, sketch = self.options, Sketch()
        shares = [
            sketch.column("used", name, 0.0, 1.0, whole)
            for name, whole in zip(options.names, options.whole.tolist(), strict=True)
        ]
        mean, missed = sketch.column("mean", "mean", 0.0, np.inf), sketch.column("missed", "missed", 0.0, np.inf)
        for number, (lean, level) in enumerate(self._planes):
            below = mean
            for share, by in zip(shares, lean.tolist(), strict=True):
                below = below.plus(share, -by)
            sketch.row("plane", f"{number}", below, level)
        if np.isfinite(most):
            sketch.row("mean_in_time", "mean", mean.plus(missed, -1.0), high=most)
        cost = Expression({})
        for share, price in zip(shares, options.cost.tolist(), strict=True):
            cost = cost.plus(share, price)
        program = sketch.program()
        charge(program, "accelerating", cost)
        charge(program, "time", mean, value_per_day)
        charge(program, "missed", missed, _MISSED * (1.0 + float(options.cost.sum())))
        solution = solve(program, gap=_EXACT, nodes=1)
        return options.used(values(program, "used", solution.columns)), -solution.bound
