"""What an earlier or a later start of production is worth, and with it a host's advice."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from coplant.network.frames import dates
from coplant.planning.plan import awaited, plan
from coplant.planning.result import Plan
from coplant.timeline.calendar import Days, Floats

if TYPE_CHECKING:
    from coplant.launching import Launch

Progress = Callable[[str], None]

_SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Where among the days of all samples plans are made."""

_TWO_SIDED = 1.959963984540054
"""Standard errors on each side of a confidence interval of 95 %."""


def value_of_start(
    launch: Launch, *, gap: float = 1e-5, time_limit: float | None = None, progress: Progress | None = None
) -> Launch:
    """Say what each milestone's day is worth, and what a host's advice is.

    This is done for the milestones of the agreements that a plan with all of them at their means signs, and for those
    that advice goes into. For each a plan is made with production starting on each of some days, from the first to the
    last of all samples; in between its value V is taken to lie on straight lines. The other milestones stand at their
    means. Advice is worth the mean over the samples of V(day with it) - V(day without it), the two on
    the same luck, whose standard error follows from the samples. Where a milestone can be reached earlier for money,
    each step is worth the mean of V(day less that step) - V(day), with advice if there is any.
    Nothing else is uncertain: the case is taken as it stands, whatever outcomes of its branches change.

    Parameters
    ----------
    launch : Launch
        The launch.
    gap : float
        As for `plan`; small, as differences of plans are looked at.
    time_limit : float, optional
        As for `plan`, for each of them.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    Launch
        The same with the tables ``start_values``, ``advice`` and ``earlier``.

    Raises
    ------
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    """
    say = progress or (lambda _: None)
    values, advice, earlier = [_NO_VALUES], [_NO_ADVICE], [_NO_EARLIER]
    case = launch.case.as_it_stands()
    for milestone in _weighed(launch, plan(case, launch=launch, time_limit=time_limit, progress=progress)):
        adviser = launch.adviser(milestone)
        drawn = [launch.starts(milestone), *([launch.starts(milestone, advised=False)] if adviser else [])]
        steps = _steps(launch, milestone, adviser)
        days = np.quantile(np.concatenate(drawn).astype(np.int64), _SHARES, method="inverted_cdf")
        most = np.ceil(steps["saved"].to_numpy().max(initial=0.0))
        points = np.unique([days[0] - int(most), *days]).astype("datetime64[D]")
        plans = []
        for day in points:
            say(f"planning with {milestone} so that production starts on {day}")
            last = (day - np.timedelta64(1, "D")).astype(datetime.date)
            dated = case.edit("milestones", {"milestone": milestone}, activity=None, target=None, date=last)
            plans.append(plan(dated, launch=launch, gap=gap, time_limit=time_limit))
        worth = np.array([made.objective for made in plans])
        values.append(_values(milestone, points, worth))
        if adviser:
            advice.append(_advice(milestone, adviser, drawn[0], drawn[1], points, worth, plans))
        earlier.append(_earlier(steps, drawn[0], points, worth))
    tables = {
        **launch.tables,
        "start_values": pl.concat(values),
        "advice": pl.concat(advice),
        "earlier": pl.concat(earlier),
    }
    return dataclasses.replace(launch, tables=tables)


def _weighed(launch: Launch, usual: Plan) -> list[str]:
    """Milestones whose day matters: those of routes under no agreement or a signed one, and those with advice."""
    signed = usual["signed"].filter(pl.col("signed"))["agreement"]
    routes = launch.case["routes"]
    mine = routes.filter(pl.col("agreement").is_null() | pl.col("agreement").is_in(signed.implode()))
    matters = set(mine["milestone"].drop_nulls())
    return [name for name in awaited(launch.case) if name in matters or launch.adviser(name)]


_NO_VALUES = pl.DataFrame(schema={"milestone": pl.String, "day": pl.Date, "npv": pl.Float64, "week": pl.Float64})
_NO_ADVICE = pl.DataFrame(
    schema={
        "milestone": pl.String, "agreement": pl.String, "days": pl.Float64, "value": pl.Float64,
        "standard_error": pl.Float64, "low": pl.Float64, "high": pl.Float64, "cost": pl.Float64, "net": pl.Float64,
    }
)  # fmt: skip
_NO_EARLIER = pl.DataFrame(
    schema={
        "milestone": pl.String, "advice": pl.String, "earlier": pl.Int64, "saved": pl.Float64, "value": pl.Float64,
        "cost": pl.Float64, "net": pl.Float64,
    }
)  # fmt: skip


def _steps(launch: Launch, milestone: str, adviser: str | None) -> pl.DataFrame:
    """Steps by which the mean can be brought forward for money, with advice if there is any."""
    of_mean = launch["acceleration"].filter(milestone=milestone, of="mean")
    return of_mean.filter(pl.col("advice").eq_missing(adviser), pl.col("earlier") > 0)


def _values(milestone: str, points: Days, worth: Floats) -> pl.DataFrame:
    """Value of each day, and what each week since the day before it costs; nothing before the first."""
    weeks = np.diff(points).astype(np.float64) / 7.0
    lost = np.concatenate([[np.nan], -np.diff(worth) / weeks])
    table = {"milestone": [milestone] * len(points), "day": dates(points), "npv": worth, "week": lost}
    return pl.DataFrame(table, schema=_NO_VALUES.schema).with_columns(pl.col("week").fill_nan(None))


def _value(days: Floats, points: Days, worth: Floats) -> Floats:
    """Value of production that starts on some days, on straight lines between those planned for."""
    return np.asarray(np.interp(days, points.astype(np.float64), worth))


def _earlier(steps: pl.DataFrame, starts: Days, points: Days, worth: Floats) -> pl.DataFrame:
    """What each step is worth if all samples are earlier by it, and what remains of that."""
    days = starts.astype(np.float64)
    now = _value(days, points, worth).mean()
    value = np.array([_value(days - saved, points, worth).mean() - now for saved in steps["saved"]], dtype=np.float64)
    table = steps.with_columns(value=pl.Series(value, dtype=pl.Float64))
    return table.with_columns(net=pl.col("value") - pl.col("cost")).select(_NO_EARLIER.columns)


def _advice(
    milestone: str, adviser: str, helped: Days, alone: Days, points: Days, worth: Floats, plans: list[Plan]
) -> pl.DataFrame:
    """What advice is worth, and what the plan that starts nearest to its mean pays for it."""
    gained = _value(helped.astype(np.float64), points, worth) - _value(alone.astype(np.float64), points, worth)
    mean, error = float(gained.mean()), float(gained.std(ddof=1) / np.sqrt(len(gained))) if len(gained) > 1 else np.nan
    nearest = int(np.argmin(np.abs(points.astype(np.int64) - helped.astype(np.int64).mean())))
    paid = plans[nearest]["money"].filter(line="advisory", agreement=adviser)["present_value"].sum()
    row = {
        "milestone": milestone,
        "agreement": adviser,
        "days": float((alone - helped).astype(np.float64).mean()),
        "value": mean,
        "standard_error": error,
        "low": mean - _TWO_SIDED * error,
        "high": mean + _TWO_SIDED * error,
        "cost": -float(paid),
        "net": mean + float(paid),
    }
    return pl.DataFrame([row], schema=_NO_ADVICE.schema)
