"""Weighing a case whose futures differ: the table of contents of what hedging, knowing and care are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.errors import CaseError, Problem
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.risk import worst_mean
from coplant.program import Solution
from coplant.tree.averaging import NoMeanError
from coplant.weighing.frontier import frontier
from coplant.weighing.knowing import Row, difference, worth_of_knowing
from coplant.weighing.naive import MEAN, Naive, for_the_likeliest, for_the_mean
from coplant.weighing.result import Worth

LIKELIEST = "likeliest"
"""What a plan is made for that takes the likeliest outcome of each branch for certain."""

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weights of the worst futures that are tried unless told."""

_SCHEMA = {
    "knowing": {"branch": pl.String, "worth": pl.Float64, "at_least": pl.Float64, "at_most": pl.Float64},
    "hedging": {
        "plan": pl.String,
        "future": pl.String,
        **dict.fromkeys(
            ("promised", "hedge_there", "cost", "expected", "worst", "worth", "at_least", "at_most"), pl.Float64
        ),
        "without_plan": pl.String,
    },
    "frontier": {
        **dict.fromkeys(("weight", "expected", "worst", "gap"), pl.Float64),
        "signed": pl.String,
    },
}


def worth(
    case: Case,
    *,
    weights: Sequence[float] = WEIGHTS,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
) -> Worth:
    """Say what it is worth to hedge, what to know, and what care costs.

    The programs of the futures are written once and solved again and again: as they are; as if each branch were known
    from the first day; with the first decisions of the plan for the mean of what is uncertain (Birge, 1982) and of that
    for the likeliest outcome of each branch held; and with each weight on the worst futures.

    Parameters
    ----------
    case : Case
        The case.
    weights : sequence of float
        Weights of the mean over the worst futures in what is maximised, in [0, 1]; none for no frontier.
    gap, solver, seed, progress
        As for `plan`.
    time_limit : float, optional
        Seconds for each of the solves.

    Returns
    -------
    Worth

    Raises
    ------
    CaseError
        Nothing is uncertain in the case; else as for `hedge`.
    ValueError
        A weight is not in [0, 1].
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    """
    outside = [weight for weight in weights if not 0.0 <= weight <= 1.0]
    if outside:
        raise ValueError(f"a weight is between 0 and 1, and not {outside[0]:g}")
    if case.certain:
        mend = "Say in branches what is uncertain, and in edits what that changes"
        raise CaseError([Problem("branches", None, None, None, "at least one row", mend)], case.settings.name)
    say = progress or (lambda _: None)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed}
    outlook, settings = Outlook.of(case, (), say), case.settings
    outlook.weigh(settings.risk_weight)
    say("planning for all futures")
    hedge = outlook.solve(options, say)
    value, chance = outlook.values(hedge), outlook.futures.probability
    knowing = worth_of_knowing(outlook, hedge, options, say)
    hedging, no_mean = _hedging(outlook, hedge, options, say)
    cared = frontier(outlook, weights, {settings.risk_weight: hedge}, options, say)
    tables = {
        name: pl.DataFrame(rows, schema=_SCHEMA[name])
        for name, rows in {"knowing": knowing, "hedging": hedging, "frontier": cared}.items()
    }
    return Worth(
        case,
        tables,
        len(outlook.futures),
        float(chance @ value),
        worst_mean(value, chance, settings.risk_share),
        hedge.objective,
        hedge.bound,
        hedge.gap,
        no_mean,
        options | {"weights": list(weights)},
    )


def _hedging(outlook: Outlook, hedge: Solution, options: dict[str, Any], say: Progress) -> tuple[list[Row], str | None]:
    """What becomes of plans that know of one way only; and why there is none for the mean."""
    rows, no_mean = [], None
    say("planning for the mean")
    try:
        rows.append(_beside(for_the_mean(outlook, options, say), None, outlook, hedge, options, say))
    except NoMeanError as error:
        no_mean = str(error)
    say("planning for the likeliest future")
    naive = for_the_likeliest(outlook, options, say)
    rows.append(_beside(naive, outlook.futures.likeliest, outlook, hedge, options, say))
    return rows, no_mean


def _beside(
    naive: Naive, future: int | None, outlook: Outlook, hedge: Solution, options: dict[str, Any], say: Progress
) -> Row:
    """What the hedge is worth beside a plan for one future."""
    there = None if future is None else float(outlook.values(hedge)[future])
    row: Row = {
        "plan": MEAN if future is None else LIKELIEST,
        "future": None if future is None else naive.made_for,
        "promised": naive.promised,
        "hedge_there": there,
        "cost": None if there is None else max(naive.promised - there, 0.0),
    }
    say("seeing what becomes of it")
    carried = naive.carried_out(outlook, options, say)
    if carried is None:
        return row | {"without_plan": "; ".join(naive.without_plan(outlook, options, say))}
    value, chance = outlook.values(carried), outlook.futures.probability
    share = outlook.futures.case.settings.risk_share
    return row | difference(hedge, carried) | {
        "expected": float(chance @ value), "worst": worst_mean(value, chance, share), "without_plan": None,
    }  # fmt: skip
