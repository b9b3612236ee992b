"""Solve a constraint program with OR-tools' CP-SAT, in a process of its own.

This file is run as a program: it reads constraint programs as lines of JSON, and answers each with a line. It imports
nothing of the package, for OR-tools and highspy each bring a HiGHS of their own, and the two cannot be loaded into one
process. What the entries of a constraint program mean is told in `team_model`.
"""

from __future__ import annotations

import json
import math
import sys
import time
from typing import Any


def solve(asked: dict[str, Any]) -> dict[str, Any]:
    """Minimise a variable.

    Parameters
    ----------
    asked : dict
        The constraint program, and beside it ``until``, the time by the clock at which to stop, ``workers``,
        ``target``, and which of the solver's ``searches`` of the whole program are run, its own choice if none is
        named; the other workers search near the best schedule so far.

    Returns
    -------
    dict
        ``status``, ``bound`` and, if anything was found, the ``values`` of the variables.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    variables = [
        model.new_int_var_from_domain(cp_model.Domain.from_flat_intervals(domain), "") for domain in asked["domains"]
    ]
    for variable, hint in zip(variables, asked["hints"], strict=True):
        if hint is not None:
            model.add_hint(variable, hint)
    for later, earlier, by, literal in asked["not_before"]:
        bound = by if earlier is None else variables[earlier] + by
        added = model.add(variables[later] >= bound)
        if literal is not None:
            added.only_enforce_if(variables[literal])
    for variable, domain, literal in asked["inside"]:
        inside = cp_model.Domain.from_flat_intervals(domain)
        model.add_linear_expression_in_domain(variables[variable], inside).only_enforce_if(variables[literal])
    for literals in asked["one_of"]:
        model.add_exactly_one([variables[literal] for literal in literals])
    intervals = [
        model.new_interval_var(variables[start], size if fixed else variables[size], variables[finish], "")
        for start, size, fixed, finish in asked["intervals"]
    ]
    for taken, quantities, capacity in asked["teams"]:
        if all(2 * quantity > capacity for quantity in quantities):
            model.add_no_overlap([intervals[k] for k in taken])
        else:
            model.add_cumulative([intervals[k] for k in taken], quantities, capacity)
    model.minimize(variables[asked["target"]])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = asked["workers"]
    solver.parameters.subsolvers.extend(asked["searches"])
    solver.parameters.max_time_in_seconds = max(asked["until"] - time.time(), 0.1)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return {"status": "infeasible", "bound": 0}
    bound = math.ceil(solver.best_objective_bound - 1e-6)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {"status": "unknown", "bound": bound}
    values = [solver.value(variable) for variable in variables]
    if status == cp_model.FEASIBLE or values[asked["target"]] == asked["hints"][asked["target"]]:
        # What was there to start from is as good, and is kept.
        ended = "optimal" if status == cp_model.OPTIMAL else "feasible"
        return {"status": ended, "bound": bound, "values": values}
    # Which of the best schedules several workers come upon first is luck; one worker comes upon the same each time.
    model.add(variables[asked["target"]] <= values[asked["target"]])
    model.clear_objective()  # type: ignore[no-untyped-call]
    model.clear_hints()  # type: ignore[no-untyped-call]
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(asked["until"] - time.time(), 0.1)
    if solver.solve(model) == cp_model.OPTIMAL:
        values = [solver.value(variable) for variable in variables]
    return {"status": "optimal", "bound": bound, "values": values}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(solve(json.loads(line))), flush=True)
