"""Planning a case: the table of contents of a plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.case import Case
from coplant.errors import CaseError, Problem
from coplant.network import Network
from coplant.planning.formulation import formulate, in_words, scaling_of
from coplant.planning.reader import Reader
from coplant.planning.reopened import check_alone, cornered, starts_of
from coplant.planning.result import Plan
from coplant.program import solve
from coplant.program.corner import Basis
from coplant.timeline import Timeline
from coplant.tree import Tree

if TYPE_CHECKING:
    from coplant.launching import Launch

Progress = Callable[[str], None]

PROGRAMME = (
    "calendars", "holidays", "activities", "links", "observations", "drivers", "driven", "events", "know_how", "teams",
    "assignments", "milestones", "advisory_effects", "agreements", "advisory", "routes", "case",
)  # fmt: skip
"""Tables on which the start of production hangs."""


def awaited(case: Case) -> list[str]:
    """Milestones that routes wait for and activities lead to."""
    reached = case["milestones"].filter(pl.col("activity").is_not_null())
    return case["routes"].join(reached, on="milestone", how="semi")["milestone"].unique(maintain_order=True).to_list()


def launched_alike(case: Case, other: Case) -> bool:
    """Whether production starts in two cases alike, as nothing differs on which it hangs."""
    return all(case[name] is other[name] or case[name].equals(other[name]) for name in PROGRAMME)


def check_sellable(case: Case) -> None:
    """Check that something could be sold; CaseError if not."""
    if case["demand"].is_empty():
        mend = "Say what could be sold: the case is a launch programme by itself"
        raise CaseError([Problem("demand", None, None, None, "at least one row", mend)], case.settings.name)


def plan(
    case: Case,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    launch: Launch | None = None,
    like: Plan | None = None,
    corner: bool = False,
) -> Plan:
    """Plan a case: what to sign, reserve, make, buy, move, stock and sell so that the most money is earned.

    Parameters
    ----------
    case : Case
        The case.
    gap : float
        Relative distance between the plan's money and the proven bound at which the search stops, where whole-number
        decisions make it a search.
    time_limit : float, optional
        Seconds after which the search stops with the best plan found.
    solver : {"auto", "simplex", "ipm", "hipo"}
        How linear programs are solved.
    seed : int
        Seed of the solver's tie-breaking.
    progress : callable, optional
        Is told, in a line of text, what is going on.
    launch : Launch, optional
        When milestones are reached; by default the case is launched if routes wait for milestones that activities lead
        to. Production starts at the mean.
    like : Plan, optional
        The plan of a similar case, from which this one is sooner found. What is drawn of its launch is taken over where
        nothing on which that hangs has changed.
    corner : bool
        Whether a program of more than 150,000 columns is brought to a corner, as smaller ones are: that takes about as
        long again, and what is asked of the plan is then sooner answered.

    Returns
    -------
    Plan

    Raises
    ------
    CaseError
        Nothing could be sold, or the case has several futures: these have a hedge, not a plan.
    InfeasibleError
        No plan keeps all rules; the rules that collide are named.
    NumericalError
        The case's numbers lie too far apart; those that stand out are named.
    SolverError
        The money has no limit, or no plan was found in time.
    """
    check_sellable(case)
    if not case.certain:
        mend = "Plan for all its futures at once with hedge, or for the case as_it_stands"
        table, column = ("branches", None) if case["branches"].height else ("case", "start_levels")
        raise CaseError([Problem(table, None, column, None, "one future, for a plan", mend)], case.settings.name)
    say = progress or (lambda _: None)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed}
    timings: dict[str, float] = {}
    timeline = Timeline.of(case.settings.start, case.settings.buckets)

    def timed(stage: str, since: float) -> float:
        timings[stage] = time.perf_counter() - since
        return time.perf_counter()

    clock = time.perf_counter()
    starts = None
    waited = awaited(case)
    if waited and like is not None and launch is None and launched_alike(case, like.case):
        starts = starts_of(like)
    elif waited:
        # What it is compiled with takes a second to load.
        from coplant.launching import Levels, drawn_starts

        say("drawing the start of production")
        drawn = {name: launch.starts(name) for name in waited} if launch else drawn_starts(case, waited)
        clock = timed("launch", clock)
        starts = Levels.of(case, drawn, 1).starts[0]
    say("laying out the network")
    network = Network.of(case.known(), Tree.line(timeline), starts)
    clock = timed("network", clock)
    say(f"{len(network.stock_points):,} stock points, {len(network.activities):,} activities; writing the program")
    with in_words():
        draft = formulate(network)
    clock = timed("build", clock)
    scaling = scaling_of(draft.program)
    clock = timed("scaling", clock)
    integers = int(draft.program.integer.sum())
    say(f"{draft.program.column_count:,} columns ({integers:,} whole), {draft.program.row_count:,} rows; solving")
    for warning in scaling.warnings:
        say(warning)
    with in_words():
        solution = solve(
            draft.program,
            gap=gap,
            time_limit=time_limit,
            solver=solver,
            seed=seed,
            progress=progress,
            corner=corner,
            **({} if like is None else _start_of(like)),
        )
    timings |= solution.timings
    clock = time.perf_counter()
    say("reading the plan back")
    made = Plan.of(case, Reader(draft, solution), scaling, options, draft.program.size, timings)
    timed("tables", clock)
    return made


def _start_of(plan: Plan) -> dict[str, Any]:
    """From where a plan like one is solved: its corner, by cells, and where its search ended."""
    check_alone(plan)
    reader = cornered(plan)
    corner = reader.solution.corner
    if corner is None:
        return {}
    return {"basis": Basis.of(reader.draft.program, corner), "leaves": reader.solution.leaves}
