"""Planning a case whose futures differ: one plan for each of them, with what cannot wait decided once for all."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection

import numpy as np

from coplant.case import Case
from coplant.case.reads import Kept
from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.bounds import Room
from coplant.planning.draft import Draft
from coplant.planning.formulation import formulate, in_words, scaling_of
from coplant.planning.hedge import Hedge
from coplant.planning.plan import Progress, awaited, check_sellable
from coplant.planning.result import Plan
from coplant.planning.risk import weigh_risk
from coplant.planning.tables import tables_of
from coplant.program import Solution, solve
from coplant.program.tying import Tied, ToldTooEarlyError, tie
from coplant.timeline import Timeline
from coplant.tree import Tree
from coplant.tree.futures import Futures

PROGRAMME = (
    "calendars", "holidays", "activities", "links", "observations", "drivers", "driven", "events", "know_how", "teams",
    "assignments", "milestones", "advisory_effects", "agreements", "advisory", "routes", "case",
)  # fmt: skip
"""Tables on which the start of production hangs."""


def hedge(
    case: Case,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    foreseen: Collection[str] = (),
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

    Returns
    -------
    Hedge

    Raises
    ------
    CaseError
        Nothing could be sold, an outcome makes a mistake of the case, or one changes what happens before it is known.
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    """
    check_sellable(case)
    say = progress or (lambda _: None)
    futures, starts_of = Futures.of(case, foreseen), _mean_starts(say)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed}
    settings, clock, timings = case.settings, time.perf_counter(), dict[str, float]()
    timeline = Timeline.of(settings.start, settings.buckets).split(futures.reveal_dates)
    say(f"laying out {len(futures):,} futures")
    cases = list(futures.cases())
    line, kept = Tree.line(timeline), Kept()
    networks = [Network.of(its.known(), line, starts_of(its), kept) for its in cases]
    wider = Room.widest(map(Room.of, networks))
    say("writing the program")
    with in_words():
        drafts = [formulate(network, wider) for network in networks]
    tied = _tied(futures, drafts, timeline)
    weigh_risk(
        tied, [draft.program for draft in drafts], futures.probability, settings.risk_share, settings.risk_weight
    )
    timings["build"] = time.perf_counter() - clock
    scaling = scaling_of(tied.program)
    program = tied.program
    size = {
        "columns": program.column_count,
        "integer columns": int(program.integer.sum()),
        "rows": program.row_count,
        "non-zeros": int(program.matrix().nnz),
    }
    say(f"{size['columns']:,} columns ({size['integer columns']:,} whole), {size['rows']:,} rows; solving")
    with in_words():
        solution = solve(program, gap=gap, time_limit=time_limit, solver=solver, seed=seed, progress=say)
    timings |= solution.timings
    clock = time.perf_counter()
    say("reading the plan back")
    plans = [
        Plan.of(future, tables_of(draft, its), its, scaling, options, size, timings)
        for number, (future, draft) in enumerate(zip(cases, drafts, strict=True))
        for its in [_of_future(solution, tied, number, draft)]
    ]
    timings["tables"] = time.perf_counter() - clock
    return Hedge.of(futures, timeline, plans, solution)


def _tied(futures: Futures, drafts: list[Draft], timeline: Timeline) -> Tied:
    """The programs of all futures as one."""
    apart = futures.told_apart(timeline)
    known = futures.known(timeline)
    new = apart == np.arange(len(futures))[:, None]
    nodes = tuple(
        f"{timeline.labels[step]}{', if ' + known[future][step] if known[future][step] else ''}"
        for future, step in np.argwhere(new).tolist()
    )
    try:
        return tie([draft.program for draft in drafts], apart, futures.probability, nodes)
    except ToldTooEarlyError as error:
        mine, other = futures.names[error.future], futures.names[error.other]
        expected = f"the same if {other} and if {mine}, as long as the two cannot be told apart"
        mend = "Let what an outcome changes hold from the day on which it is known (edits.from, branches.reveal_date)"
        raise CaseError(
            [Problem("edits", None, None, error.name, expected, mend)], futures.case.settings.name
        ) from None


def _of_future(solution: Solution, tied: Tied, future: int, draft: Draft) -> Solution:
    """What was solved, of one future; marginal values as they are once it is known to be it."""
    columns, row = solution.columns[tied.columns[future]], tied.rows[future]
    program = draft.program
    there, dual = row >= 0, np.zeros(len(row))
    dual[there] = solution.row_dual[row[there]] / tied.chances[future][there]
    return dataclasses.replace(
        solution,
        objective=float(program.worth() @ columns),
        columns=columns,
        row_activity=program.matrix() @ columns,
        row_dual=dual,
    )


def _mean_starts(say: Progress) -> Callable[[Case], Starts | None]:
    """When milestones are reached in the mean; drawn once for cases with the same programme."""
    drawn: dict[str, Starts] = {}

    def starts_of(case: Case) -> Starts | None:
        waited = awaited(case)
        if not waited:
            return None
        # What it is compiled with takes a second to load.
        from coplant.launching import Branches, drawn_starts

        programme = case.digest_of(*PROGRAMME)
        if programme not in drawn:
            say("drawing the start of production")
            drawn[programme] = Branches.of(case, drawn_starts(case, waited), 1).starts
        return drawn[programme]

    return starts_of
