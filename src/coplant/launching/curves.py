"""Curves of the least cost of reaching a milestone earlier: as planned, and in the mean of samples."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.launching.average import Average
from coplant.launching.cutting_planes import CuttingPlanes
from coplant.launching.least_cost import NEAR, Found, LeastCost
from coplant.launching.options import Options
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks, last_day
from coplant.network.frames import dates

SAMPLES = 4_000
"""Samples over which a mean is taken, at most."""

SECONDS = 60.0
"""Seconds for the searches of a curve, spread over its days; without calendars that differ it takes far less."""

DAYS = 60
"""Days of a curve, at most; if there are more, they are some days apart, and the earliest is the last."""

_LEAST_SECONDS = 0.5

STEPS = 12
"""Steps in which the mean is brought forward, at most."""

CURVE = {
    "milestone": pl.String, "advice": pl.String, "of": pl.String, "earlier": pl.Int64, "day": pl.Date,
    "saved": pl.Float64, "cost": pl.Float64, "bound": pl.Float64, "marginal": pl.Float64,
}  # fmt: skip
"""Columns of the table `acceleration`."""

USED = {
    "milestone": pl.String, "advice": pl.String, "of": pl.String, "earlier": pl.Int64, "activity": pl.String,
    "option": pl.String, "days": pl.Float64, "cost": pl.Float64,
}  # fmt: skip
"""Columns of the table `accelerated`."""


class Step(NamedTuple):
    """A point of a curve."""

    earlier: int
    """Whole days by which it is earlier."""
    moment: float
    """When the target ends, in ticks, as it was measured."""
    used: Ticks
    """Ticks of each option, shape (O,)."""
    cost: float
    """Their price."""
    bound: float
    """No options cost less that make it so much earlier."""


@dataclass(frozen=True, eq=False)
class Acceleration:
    """What it costs to reach a milestone earlier.

    Parameters
    ----------
    curve : DataFrame
        The least cost of each day; columns as in the table `acceleration` of a launch.
    used : DataFrame
        The options that are used for it; columns as in the table `accelerated`.
    """

    curve: pl.DataFrame
    used: pl.DataFrame

    def best(self, value_per_day: float) -> int:
        """By how many whole days it is best to be earlier, if a day that is saved is worth so much.

        >>> Acceleration(pl.DataFrame({"earlier": [0, 1, 2], "saved": [0.0, 1, 2], "cost": [0.0, 3, 9]}), None).best(5)
        1
        """
        gain = value_per_day * self.curve["saved"] - self.curve["cost"]
        return int(self.curve["earlier"][int(gain.arg_max() or 0)])


NOTHING = Acceleration(pl.DataFrame(schema=CURVE), pl.DataFrame(schema=USED))
"""Tables without rows."""


def planned_steps(programme: Programme, options: Options, target: int) -> list[Step]:
    """The least cost of each day, if everything takes as long as is likely.

    A day that is reached for the money of a later one, as that was a day off, stands for both.
    """
    model = LeastCost(programme, options, programme.likely_duration(), target)
    planned = model.planned()
    steps = [_step(planned, planned)]
    if not model.helps:
        return steps
    earliest, day = _evening(model.fastest().moment), _evening(planned.moment)
    apart = -(-(day - earliest) // DAYS)
    until = time.perf_counter() + SECONDS
    while day > earliest:
        day = max(day - apart, earliest)
        left = (until - time.perf_counter()) / ((day - earliest) // apart + 1)
        found = model.by((day + 1) * DAY, max(left, _LEAST_SECONDS))
        # What was found may miss the day where time was over, or a most lag that ends on a day off: it is not offered.
        if found.kept and _evening(found.moment) <= day:
            steps = _joined(steps, _step(found, planned))
        if found.cost <= found.bound + NEAR * max(found.cost, 1.0):
            day = min(day, _evening(found.moment))
    return sorted(steps, key=lambda step: step.earlier)


def _joined(steps: list[Step], new: Step) -> list[Step]:
    """Add a step, and leave out those that are no earlier and no cheaper than another; nothing is always offered."""
    if any(step.earlier >= new.earlier and step.cost <= new.cost for step in steps):
        return steps
    return [step for step in steps if not step.earlier or step.earlier > new.earlier or step.cost < new.cost] + [new]


def mean_steps(programme: Programme, options: Options, target: int, samples: int, seed: int) -> list[Step]:
    """The least cost of bringing the mean of a target forward by whole days."""
    planes = CuttingPlanes(options, Average(programme, target, min(samples, SAMPLES), seed))
    nothing = np.zeros(len(options), dtype=np.int32)
    steps = [Step(0, planes.nothing * DAY, nothing, 0.0, 0.0)]
    most = int(np.floor(planes.nothing - planes.everything + 1e-9))
    for earlier in np.unique(np.ceil(np.linspace(0, most, STEPS + 1))[1:]).astype(int).tolist() if most else []:
        found = planes.by_mean(planes.nothing - earlier)
        steps.append(Step(earlier, found.mean * DAY, found.used, found.cost, found.bound))
    return steps


def tabulated(
    programme: Programme, options: Options, milestone: str, advice: str | None, steps: dict[str, list[Step]]
) -> Acceleration:
    """Put curves into tables."""
    parts, bills = [NOTHING.curve], [NOTHING.used]
    for of, its in steps.items():
        moment = np.array([step.moment for step in its])
        saved = (moment[0] - moment) / DAY
        cost = np.array([step.cost for step in its])
        more = np.diff(saved, prepend=0.0)
        marginal = np.divide(np.diff(cost, prepend=0.0), more, out=np.full_like(cost, np.nan), where=more > 0.0)
        labels = {"milestone": milestone, "advice": advice, "of": of}
        # What a day costs in any case, an earlier one does too.
        bound = np.maximum.accumulate([step.bound for step in its])
        curve = pl.DataFrame(
            {
                "earlier": [step.earlier for step in its],
                "day": dates(last_day(programme.first, np.ceil(moment))),
                "saved": saved,
                "cost": cost,
                "bound": bound,
                "marginal": pl.Series(marginal).fill_nan(None),
            }
        )
        parts.append(_labelled(curve, labels, CURVE))
        bills += [_labelled(bill(programme, options, step.used), labels | {"earlier": step.earlier}, USED)
                  for step in its]  # fmt: skip
    return Acceleration(pl.concat(parts), pl.concat(bills))


def bill(programme: Programme, options: Options, used: Ticks) -> pl.DataFrame:
    """What is used of the options."""
    some = np.flatnonzero(used)
    return pl.DataFrame(
        {
            "activity": [programme.names[activity] for activity in options.activity[some]],
            "option": [options.names[option] for option in some],
            "days": used[some] / DAY,
            "cost": options.price(used)[some],
        },
        schema={"activity": pl.String, "option": pl.String, "days": pl.Float64, "cost": pl.Float64},
    )


def _labelled(table: pl.DataFrame, labels: Mapping[str, Any], columns: Mapping[str, Any]) -> pl.DataFrame:
    """A table with columns that are the same in all rows, in the order that it has in the result."""
    labelled = table.with_columns(pl.lit(value).alias(name) for name, value in labels.items())
    return labelled.select(pl.col(name).cast(kind) for name, kind in columns.items())


def _step(found: Found, planned: Found) -> Step:
    earlier = _evening(planned.moment) - _evening(found.moment)
    return Step(earlier, found.moment, found.used, found.cost, found.bound)


def _evening(moment: int) -> int:
    """Number of the day that closes at a moment or in which it lies; see `working_time.last_day`."""
    return -(-moment // DAY) - 1
