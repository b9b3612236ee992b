"""Planning a case whose futures differ: one plan for each of them, with what cannot wait decided once for all."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection
from typing import Any

import numpy as np

from coplant.case import Case
from coplant.planning.decomposition import Decomposition, split_of
from coplant.planning.formulation import scaling_of
from coplant.planning.hedge import Hedge
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.workers import Here, Workers

METHODS = ("auto", "whole", "parts")
"""Ways to plan for several futures."""

FITS = 200_000
"""Columns up to which all futures are planned as one program."""


def hedge(
    case: Case,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    foreseen: Collection[str] = (),
    method: str = "auto",
    workers: Workers | None = None,
) -> Hedge:
    """Plan for all futures of a case at once: the plan with the most expected money.

    Parameters
    ----------
    case : Case
        The case; its branches say what is uncertain, its edits what that changes.
    gap, time_limit, solver, seed, progress
        As for `plan`.
    foreseen : collection of str
        Branches of which it is known from the first day how they turn out.
    method : {"auto", "whole", "parts"}
        Whether all futures are one program, or what comes before a day is one and each group of futures another
        (L-shaped method); ``auto`` plans in parts where the one program would have more than 200,000 columns. Where all
        is known from the first day there are no parts.
    workers : Workers, optional
        Who plans the parts; this process by default.

    Returns
    -------
    Hedge

    Raises
    ------
    CaseError
        Nothing could be sold, an outcome makes a mistake of the case, or one changes what happens before it is known.
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    ValueError
        There is no such method.
    WorkerError
        Workers die again and again.
    """
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}; it is one of {', '.join(METHODS)}")
    say = progress or (lambda _: None)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed}
    begin = time.perf_counter()
    outlook = Outlook.of(case, foreseen, say)
    split, columns = split_of(outlook), outlook.estimated_columns
    in_parts = split is not None and (method == "parts" or (method == "auto" and columns > FITS))
    if split is None:
        why = "as nothing becomes known later"
    elif method != "auto":
        why = "as asked"
    else:
        why = f"as {'one program would have' if in_parts else 'it has'} {columns:,} columns"
    if split is None or not in_parts:
        say(f"planning as one program, {why}")
        return _told(_whole(outlook, options, begin, say), f"; one program, {why}")
    them = workers or Here()
    say(f"planning in parts, from {outlook.timeline.labels[split]} on, by {them}, {why}")
    return _told(_in_parts(outlook, split, options, begin, them, say), f", {why}")


def _told(hedge: Hedge, how: str) -> Hedge:
    """The same, where plans tell how and why they were planned so."""
    return dataclasses.replace(hedge, plans=tuple(plan.solved_by(plan.solver + how) for plan in hedge.plans))


def _whole(outlook: Outlook, options: dict[str, Any], begin: float, say: Progress) -> Hedge:
    """Plan for futures as one program."""
    outlook.weigh(outlook.futures.case.settings.risk_weight)
    timings = {"build": time.perf_counter() - begin}
    program = outlook.program
    scaling = scaling_of(program)
    size = program.size
    say(f"{size['columns']:,} columns ({size['integer columns']:,} whole), {size['rows']:,} rows; solving")
    solution = outlook.solve(options, say)
    timings |= solution.timings
    plans = outlook.plans(solution, scaling, options, size, timings)
    return Hedge.of(outlook.futures, outlook.timeline, plans, solution.objective, solution.bound, options["gap"])


def _in_parts(
    outlook: Outlook, split: int, options: dict[str, Any], begin: float, workers: Workers, say: Progress
) -> Hedge:
    """Plan for futures in parts, some of them in other processes."""
    timings = {"build": time.perf_counter() - begin}
    clock = time.perf_counter()
    limit = options["time_limit"]
    decomposition = Decomposition(outlook, split, options, workers, say)
    timings["sketch"] = time.perf_counter() - clock
    clock = time.perf_counter()
    found = decomposition.solve(np.inf if limit is None else begin + limit)
    timings["solve"] = time.perf_counter() - clock
    say("reading the plans back")
    plans = decomposition.plans(found, scaling_of(decomposition.sketch.outlook.program), timings)
    return Hedge.of(outlook.futures, outlook.timeline, plans, found.value, found.bound, options["gap"])
