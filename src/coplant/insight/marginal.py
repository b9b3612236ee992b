"""What each scarce thing is worth: one-sided values, and how far they hold, by solving again."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.insight.limits import Limit
from coplant.insight.optimum import Optimum
from coplant.planning.result import Plan

MOST = 20
"""Limits that are looked at, of those whose prices promise the most."""

_COLUMNS = {
    "constraint": pl.String(),
    "thing": pl.String(),
    "from": pl.Date(),
    "until": pl.Date(),
    "gained": pl.Float64(),
    "lost": pl.Float64(),
    "more": pl.Float64(),
    "more_until": pl.Float64(),
    "less": pl.Float64(),
    "less_until": pl.Float64(),
}


def scarce(plan: Plan, most: int = MOST) -> pl.DataFrame:
    """Rank limits by what one per cent more of each is worth, in all buckets in which it is used up.

    Parameters
    ----------
    plan : Plan
        The plan.
    most : int
        Limits that are looked at, of those whose prices promise the most.

    Returns
    -------
    DataFrame
        A row for each ``constraint`` and ``thing``: from when (``from``) until when (``until``) it is used up at times;
        what is ``gained`` with one per cent more of it, and ``lost`` with one per cent less [money, present value],
        found by solving again; and what each per cent is worth at first to either side (``more`` and ``less``), up to
        how many per cent (``more_until``, ``less_until``). Empty where no plan keeps the rules.
    """
    optimum = Optimum.of(plan)
    promised = [(_promised(optimum, limit), limit) for limit in optimum.limits]
    ranked = sorted((pair for pair in promised if pair[0] > 0.0), key=lambda pair: -pair[0])[:most]
    rows = [_row(optimum, limit) for _, limit in ranked]
    return pl.DataFrame(rows, schema=_COLUMNS).sort("gained", "thing", descending=[True, False])


def _promised(optimum: Optimum, limit: Limit) -> float:
    """What one per cent more would be worth at the prices of the corner."""
    price = np.where(optimum.priced(limit), optimum.ranging.prices[np.maximum(limit.rows, 0)], 0.0)
    return float(price @ optimum.stated(limit)) * 0.01


def _row(optimum: Optimum, limit: Limit) -> dict[str, object]:
    tight = optimum.priced(limit)
    by = np.where(tight, 0.01 * optimum.stated(limit), 0.0)
    node, bounds = np.flatnonzero(tight), optimum.draft.timeline.bounds
    row: dict[str, object] = {
        "constraint": limit.constraint,
        "thing": limit.thing,
        "from": bounds[node[0]].item(),
        "until": bounds[node[-1] + 1].item(),
    }
    for sign, name, total in ((1.0, "more", "gained"), (-1.0, "less", "lost")):
        move = limit.move(sign * by)
        slope = optimum.ranging.slope(move)
        row |= {name: sign * slope.value if slope else None, f"{name}_until": slope.until if slope else 0.0}
        if slope is not None and slope.until >= 1.0:
            row[total] = sign * slope.value
        else:
            columns = optimum.ranging.moved(move, 1.0)
            row[total] = None if columns is None else sign * optimum.worth(columns)
    return row
