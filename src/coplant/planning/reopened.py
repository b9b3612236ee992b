"""The program of a plan as it was solved: the one in memory, or written again from the plan's case."""

from __future__ import annotations

import dataclasses

import numpy as np

from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.formulation import formulate, in_words
from coplant.planning.reader import Reader
from coplant.planning.result import Plan
from coplant.planning.solved import Solved
from coplant.program import Solution, solve
from coplant.program.crossover import corner_from
from coplant.program.linear import LinearProgram
from coplant.program.solve import Violations
from coplant.timeline import Timeline
from coplant.tree import Tree


def reopened(plan: Plan) -> Reader:
    """Return the program of a plan with its solution.

    Parameters
    ----------
    plan : Plan
        The plan of a case of which all is certain.

    Raises
    ------
    CaseError
        It is one of the plans of a hedge, as it was kept: what is decided before its future is known is so for the sake
        of others too, and cannot be found again from its own program.
    InfeasibleError, NumericalError, SolverError
        As for `plan`: where it is not known where the program was solved, it is solved again.
    """
    if "reader" not in vars(plan):
        check_alone(plan)
        network = Network.of(plan.case.known(), Tree.line(timeline_of(plan)), starts_of(plan))
        with in_words():
            draft = formulate(network)
            if plan.solved is not None and plan.solved.fits(draft.program):
                solution = _as_kept(plan, plan.solved, draft.program)
            else:
                solution = solve(draft.program, **plan.options)
        vars(plan)["reader"] = Reader(draft, solution)
    reader: Reader = vars(plan)["reader"]
    return reader


def cornered(plan: Plan) -> Reader:
    """Return the program of a plan with its solution, at a corner if one is found.

    A large program is solved without one. It is brought to a corner when that is first asked for, which takes as long
    as solving it did; what is asked afterwards starts from there.

    Parameters
    ----------
    plan : Plan
        The plan of a case of which all is certain.

    Raises
    ------
    CaseError, InfeasibleError, NumericalError, SolverError
        As for `reopened`.
    """
    reader = reopened(plan)
    program, solution = reader.draft.program, reader.solution
    if solution.corner is None and not program.integer.any() and "reader" in vars(plan):
        corner = corner_from(program, solution.columns, solution.row_dual)
        reader = Reader(reader.draft, dataclasses.replace(solution, corner=corner))
        vars(plan)["reader"] = reader
    return reader


def check_alone(plan: Plan) -> None:
    """Check that a plan is for one future by itself; CaseError if it is one of the plans of a hedge."""
    if plan.future is not None:
        expected = "a plan for one future by itself"
        mend = "What a hedge decides now is for the sake of all its futures. Plan the case of this future by itself"
        raise CaseError([Problem("question", None, "future", plan.future, expected, mend)], plan.settings.name)


def timeline_of(plan: Plan) -> Timeline:
    """The buckets of a plan."""
    return Timeline.of(plan.settings.start, plan.settings.buckets)


def starts_of(plan: Plan) -> Starts | None:
    """When routes that wait for milestones start in a plan; None if none does."""
    days = {milestone: np.datetime64(day, "D") for milestone, day in plan["starts"].iter_rows()}
    return Starts({**Starts.dated(plan.case).day, **days}) if days else None


def _as_kept(plan: Plan, solved: Solved, program: LinearProgram) -> Solution:
    return Solution(
        plan.status,
        plan.objective,
        plan.bound,
        plan.gap,
        solved.columns,
        program.matrix() @ solved.columns,
        solved.prices,
        Violations(**plan.violations),
        plan.solver,
        dict(plan.timings),
        solved.corner,
        solved.leaves,
    )
