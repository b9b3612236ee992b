"""What it is worth to know how things turn out."""

from __future__ import annotations

import polars as pl

from coplant.case import Case
from coplant.planning.hedge import Hedge
from coplant.planning.hedging import hedge
from coplant.planning.plan import Progress

EVERYTHING = "everything"
"""All branches together."""


def worth_of_knowing(
    case: Case,
    made: Hedge,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Say what it would be worth to know from the first day how each branch turns out, and all of them.

    For all of them that is the expected value of perfect information (Raiffa and Schlaifer, 1961): the mean of what
    could be earned in each future by who knew it, less what the hedge earns.

    Parameters
    ----------
    case : Case
        The case.
    made : Hedge
        The hedge of that case.
    gap, time_limit, solver, seed, progress
        As for `hedge`.

    Returns
    -------
    DataFrame
        A row for each branch, and one for ``everything`` if there are several: ``branch``; ``worth`` [money, present
        value]; ``at_least`` and ``at_most``, between which it is proven to lie.
    """
    say = progress or (lambda _: None)
    branches = made.futures.branches
    asked: dict[str, tuple[str, ...]] = {branch: (branch,) for branch in branches}
    if len(branches) > 1:
        asked[EVERYTHING] = branches
    rows = []
    for name, foreseen in asked.items():
        say(f"planning as if it were known: {name}")
        known = hedge(case, gap=gap, time_limit=time_limit, solver=solver, seed=seed, progress=progress,
                      foreseen=foreseen)  # fmt: skip
        worth = known.objective - made.objective
        rows.append((name, worth, max(known.objective - made.bound, 0.0), known.bound - made.objective))
    schema = {"branch": pl.String, "worth": pl.Float64, "at_least": pl.Float64, "at_most": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
