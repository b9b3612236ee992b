"""Sooner: what a plan would earn if a milestone that routes wait for were reached earlier."""

from __future__ import annotations

import datetime

import polars as pl

from coplant.case.changes import Change, with_changes
from coplant.planning.plan import plan as planned
from coplant.planning.result import Plan

MONTH = 30
"""Days by which a milestone is moved to see what a month earlier is worth."""


def sooner(plan: Plan, milestone: str, days: int = MONTH) -> Plan:
    """Plan anew with a milestone reached some days earlier, and all others on the days that the plan counts on.

    Parameters
    ----------
    plan : Plan
        The plan.
    milestone : str
        A milestone that routes wait for.
    days : int
        How many days earlier.

    Raises
    ------
    CaseError, InfeasibleError, NumericalError, SolverError
        As for `plan`.
    """
    changes = []
    for name, first in plan["starts"].iter_rows():
        # It lets production start on the day after.
        day = first - datetime.timedelta(days=1 + (days if name == milestone else 0))
        changes += [Change("milestones", name, column, "set", value)
                    for column, value in (("activity", None), ("target", None), ("date", day.isoformat()))]  # fmt: skip
    return planned(with_changes(plan.case, changes), **plan.options, like=plan)


def waits_for(plan: Plan, route: str) -> str | None:
    """Milestone that a route waits for, as it has no day of its own; None if it waits for none."""
    rows = plan.case["routes"].filter(pl.col("route") == route, pl.col("from").is_null())
    milestone = rows["milestone"].to_list()[0] if rows.height else None
    return milestone if milestone in plan["starts"]["milestone"] else None
