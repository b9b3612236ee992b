"""What it is worth to know how things turn out."""

from __future__ import annotations

from typing import Any

from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.program import Solution

EVERYTHING = "everything"
"""All branches together."""

Row = dict[str, Any]
"""A row of a table, by column."""


def worth_of_knowing(outlook: Outlook, hedge: Solution, options: dict[str, Any], progress: Progress) -> list[Row]:
    """Say what it would be worth to know from the first day how each branch turns out, and all of them.

    For all of them that is the expected value of perfect information (Raiffa and Schlaifer, 1961): the mean of what
    could be earned in each future by who knew it, less what the hedge earns.

    Parameters
    ----------
    outlook : Outlook
        The futures.
    hedge : Solution
        The hedge.
    options : dict
        How to solve programs.
    progress : callable
        Is told what is going on.

    Returns
    -------
    list of dict
        Rows of the table ``knowing``.
    """
    case = outlook.futures.case
    branches = outlook.futures.branches
    asked: dict[str, tuple[str, ...]] = {branch: (branch,) for branch in branches}
    if len(branches) > 1:
        asked[EVERYTHING] = branches
    rows = []
    for name, foreseen in asked.items():
        progress(f"planning as if it were known: {name}")
        known = outlook.foreseeing(foreseen)
        known.weigh(case.settings.risk_weight)
        rows.append({"branch": name} | difference(known.solve(options, progress), hedge))
    return rows


def difference(better: Solution, other: Solution) -> Row:
    """By how much one is better than another, and between which limits that is proven to lie."""
    at_least = max(better.objective - other.bound, 0.0)
    at_most = max(better.bound - other.objective, at_least)
    found = better.objective - other.objective
    # Found to within a gap, the better one may seem to be the worse.
    return {"worth": min(max(found, at_least), at_most), "at_least": at_least, "at_most": at_most}
