"""The program of a plan as it was solved: the one in memory, or written again from the plan's case."""

from __future__ import annotations

import numpy as np

from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.network.starts import Starts
from coplant.planning.formulation import formulate, in_words
from coplant.planning.reader import Reader
from coplant.planning.result import Plan
from coplant.planning.solved import Solved
from coplant.program import Solution, solve
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
    return as_it_is(plan)


def as_it_is(plan: Plan) -> Reader:
    """Return the program of a plan with its values, for what is asked of these alone: of a hedge's plans too.

    Parameters
    ----------
    plan : Plan
        The plan.

    Raises
    ------
    CaseError
        It is one of the plans of a hedge, and where its program was solved is not known.
    InfeasibleError, NumericalError, SolverError
        As for `plan`: where it is not known where the program was solved, it is solved again.
    """
    if "reader" not in vars(plan):
        network = Network.of(plan.case.known(), Tree.line(timeline_of(plan)), starts_of(plan))
        with in_words():
            draft = formulate(network, plan.solved.room if plan.solved else None)
            if plan.solved is not None and plan.solved.fits(draft.program):
                solution = _as_kept(plan, plan.solved, draft.program)
            else:
                check_alone(plan)
                solution = solve(draft.program, **plan.options)
        vars(plan)["reader"] = Reader(draft, solution)
    reader: Reader = vars(plan)["reader"]
    return reader


def cornered(plan: Plan) -> Reader:
    """Return the program of a plan, at a corner that is as good as the plan: one to start from.

    A large program is solved without one. It is then solved again, with a corner, when one is first asked for.

    Parameters
    ----------
    plan : Plan
        The plan of a case of which all is certain.

    Raises
    ------
    CaseError, InfeasibleError, NumericalError, SolverError
        As for `reopened`.
    """
    if "cornered" not in vars(plan):
        reader = reopened(plan)
        program = reader.draft.program
        if reader.solution.corner is None and not program.integer.any():
            with in_words():
                reader = Reader(reader.draft, solve(program, **{**plan.options, "time_limit": None}, corner=True))
        vars(plan)["cornered"] = reader
    found: Reader = vars(plan)["cornered"]
    return found


def check_alone(plan: Plan) -> None:
    """Check that a plan is for one future by itself; CaseError if it is one of the plans of a hedge."""
    if plan.future is not None:
        expected = "a plan for one future by itself"
        mend = "What a hedge decides now is for the sake of all its futures. Plan the case of this future by itself"
        raise CaseError([Problem("question", None, "future", plan.future, expected, mend)], plan.settings.name)


def timeline_of(plan: Plan) -> Timeline:
    """The buckets of a plan: those of its case, split on days on which something turns out."""
    days = plan["buckets"]["bucket"].to_numpy().astype("datetime64[D]")
    return Timeline.of(plan.settings.start, plan.settings.buckets).split(days)


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
