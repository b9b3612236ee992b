"""What each scarce thing is worth: one-sided values, and how far they hold, by solving again."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.insight.limits import Limit
from coplant.insight.optimum import Optimum
from coplant.planning.result import Plan
from coplant.program.ranging import Slope

MOST = 20
"""Limits that are looked at, of those whose prices promise the most."""

_COLUMNS = {
    "constraint": pl.String(),
    "thing": pl.String(),
    "from": pl.Date(),
    "until": pl.Date(),
    "one_percent": pl.Float64(),
    "more_until": pl.Float64(),
    "one_percent_less": pl.Float64(),
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
        A row for each ``constraint`` and ``thing``: ``from`` when ``until`` when it is used up; what ``one_percent``
        more is worth [money, present value] and up to how many per cent more each is worth as much (``more_until``);
        what ``one_percent_less`` costs and up to how many per cent less each costs as much (``less_until``).
    """
    optimum = Optimum.of(plan)
    promised = [(_promised(optimum, limit), limit) for limit in optimum.limits]
    ranked = sorted((pair for pair in promised if pair[0] > 0.0), key=lambda pair: -pair[0])[:most]
    rows = [_row(optimum, limit) for _, limit in ranked]
    return pl.DataFrame(rows, schema=_COLUMNS).sort("one_percent", "thing", descending=[True, False])


def _promised(optimum: Optimum, limit: Limit) -> float:
    """What one per cent more would be worth at the prices of the corner."""
    price = np.where(optimum.priced(limit), optimum.ranging.prices[np.maximum(limit.rows, 0)], 0.0)
    return float(price @ optimum.stated(limit)) * 0.01


def _row(optimum: Optimum, limit: Limit) -> dict[str, object]:
    tight = optimum.priced(limit)
    by = np.where(tight, 0.01 * optimum.stated(limit), 0.0)
    more, less = (optimum.ranging.slope(limit.move(sign * by)) for sign in (1.0, -1.0))
    node, bounds = np.flatnonzero(tight), optimum.draft.timeline.bounds
    return {
        "constraint": limit.constraint,
        "thing": limit.thing,
        "from": bounds[node[0]].item(),
        "until": bounds[node[-1] + 1].item(),
        **_side(more, "one_percent", "more_until"),
        **_side(less, "one_percent_less", "less_until"),
    }


def _side(slope: Slope | None, value: str, until: str) -> dict[str, object]:
    """Value of one per cent to one side, and how many per cent each have it; nothing where no plan keeps the rules."""
    return {value: slope.value if slope else None, until: slope.until if slope else 0.0}
