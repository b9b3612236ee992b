"""Planning a case whose futures differ: one plan for each of them, with what cannot wait decided once for all."""

from __future__ import annotations

import time
from collections.abc import Collection

from coplant.case import Case
from coplant.planning.formulation import scaling_of
from coplant.planning.hedge import Hedge
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.result import Plan
from coplant.planning.tables import tables_of


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
    say = progress or (lambda _: None)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed}
    clock, timings = time.perf_counter(), dict[str, float]()
    outlook = Outlook.of(case, foreseen, say)
    outlook.weigh(case.settings.risk_weight)
    timings["build"] = time.perf_counter() - clock
    program = outlook.program
    scaling = scaling_of(program)
    size = {
        "columns": program.column_count,
        "integer columns": int(program.integer.sum()),
        "rows": program.row_count,
        "non-zeros": int(program.matrix().nnz),
    }
    say(f"{size['columns']:,} columns ({size['integer columns']:,} whole), {size['rows']:,} rows; solving")
    solution = outlook.solve(options, say)
    timings |= solution.timings
    clock = time.perf_counter()
    say("reading the plan back")
    plans = [
        Plan.of(future, tables_of(draft, its), its, scaling, options, size, timings)
        for number, (future, draft) in enumerate(zip(outlook.cases, outlook.drafts, strict=True))
        for its in [outlook.of_future(solution, number)]
    ]
    timings["tables"] = time.perf_counter() - clock
    return Hedge.of(outlook.futures, outlook.timeline, plans, solution)
