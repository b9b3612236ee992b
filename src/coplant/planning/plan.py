"""Planning a case: the table of contents of a plan."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from coplant.case import Case
from coplant.errors import CaseError, InfeasibleError, NumericalError, Problem
from coplant.network import Network
from coplant.planning.activity_cost import activity_cost
from coplant.planning.agreements import agreements
from coplant.planning.allotment import allotment
from coplant.planning.annuity import annuity
from coplant.planning.bounds import Room
from coplant.planning.capacity import capacity, lane_capacity, launch_gate
from coplant.planning.draft import Draft
from coplant.planning.exclusivity import exclusivity
from coplant.planning.horizon_end import horizon_end
from coplant.planning.learning import learning
from coplant.planning.lot import lot
from coplant.planning.mix import mix
from coplant.planning.result import Plan
from coplant.planning.safety_stock import safety_stock
from coplant.planning.sales import sales
from coplant.planning.stock_balance import stock_balance
from coplant.planning.tables import tables_of
from coplant.planning.words import choice_in_words, collision_in_words, suspect_in_words
from coplant.program import ScalingReport, scaling_report, solve, suspects
from coplant.timeline import Timeline
from coplant.tree import Tree

if TYPE_CHECKING:
    from coplant.launching import Launch

Progress = Callable[[str], None]


@contextmanager
def _in_words() -> Iterator[None]:
    """Say which rules collide, and which numbers stand out, in the words of the tables."""
    try:
        yield
    except InfeasibleError as error:
        raise InfeasibleError(
            {choice_in_words(choice): collision_in_words(rules) for choice, rules in error.collisions.items()},
            error.smallest,
        ) from None
    except NumericalError as error:
        raise NumericalError(error.said, [suspect_in_words(suspect) for suspect in error.suspects]) from None


def formulate(network: Network, wider: Room | None = None) -> Draft:
    """Write a network as a linear program.

    Parameters
    ----------
    network : Network
        A case on a tree.
    wider : Room, optional
        Bounds to size binaries by, where those of the network's own are too tight.

    Returns
    -------
    Draft
        The program, and the columns by which to read it.
    """
    draft = Draft.of(network, wider)
    activity_cost(draft)
    stock_balance(draft)
    safety_stock(draft)
    capacity(draft)
    launch_gate(draft)
    lane_capacity(draft)
    allotment(draft)
    sales(draft)
    lot(draft)
    learning(draft)
    annuity(draft)
    mix(draft)
    agreements(draft)
    exclusivity(draft)
    horizon_end(draft)
    return draft


def awaited(case: Case) -> list[str]:
    """Milestones that routes wait for and activities lead to."""
    reached = case["milestones"].filter(pl.col("activity").is_not_null())
    return case["routes"].join(reached, on="milestone", how="semi")["milestone"].unique(maintain_order=True).to_list()


def _scaling(draft: Draft) -> ScalingReport:
    """How far the numbers of a program lie apart; where too far, with those that stand out in the tables' words."""
    report = scaling_report(draft.program)
    if not report.warnings:
        return report
    named = (suspect_in_words(suspect) for suspect in suspects(draft.program))
    return dataclasses.replace(report, warnings=(*report.warnings, *named))


def plan(
    case: Case,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    tree: Tree | None = None,
    launch: Launch | None = None,
    branches: int = 1,
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
    tree : Tree, optional
        The tree to plan on; that of `branches` by default.
    launch : Launch, optional
        When milestones are reached; by default the case is launched if routes wait for milestones that activities lead
        to.
    branches : int
        On how many branches the start of production is told apart; on one, it is the mean.

    Returns
    -------
    Plan

    Raises
    ------
    CaseError
        Nothing could be sold.
    InfeasibleError
        No plan keeps all rules; the rules that collide are named.
    NumericalError
        The case's numbers lie too far apart; those that stand out are named.
    SolverError
        The money has no limit, or no plan was found in time.
    """
    if case["demand"].is_empty():
        mend = "Say what could be sold: the case is a launch programme by itself"
        raise CaseError([Problem("demand", None, None, None, "at least one row", mend)], case.settings.name)
    say = progress or (lambda _: None)
    options = {"gap": gap, "time_limit": time_limit, "solver": solver, "seed": seed, "branches": branches}
    timings: dict[str, float] = {}
    timeline = Timeline.of(case.settings.start, case.settings.buckets)

    def timed(stage: str, since: float) -> float:
        timings[stage] = time.perf_counter() - since
        return time.perf_counter()

    clock = time.perf_counter()
    starts = None
    waited = awaited(case)
    if waited:
        # What it is compiled with takes a second to load.
        from coplant.launching import Branches, drawn_starts

        say("drawing the start of production")
        drawn = {name: launch.starts(name) for name in waited} if launch else drawn_starts(case, waited)
        clock = timed("launch", clock)
        level = Branches.of(case, drawn, 1 if tree else branches)
        laid, starts = level.on(timeline)
        tree = tree or laid
    say("laying out the network")
    network = Network.of(case.known(), tree or Tree.line(timeline), starts)
    clock = timed("network", clock)
    say(f"{len(network.stock_points):,} stock points, {len(network.activities):,} activities; writing the program")
    with _in_words():
        draft = formulate(network)
    clock = timed("build", clock)
    scaling = _scaling(draft)
    clock = timed("scaling", clock)
    integers = int(draft.program.integer.sum())
    say(f"{draft.program.column_count:,} columns ({integers:,} whole), {draft.program.row_count:,} rows; solving")
    for warning in scaling.warnings:
        say(warning)
    with _in_words():
        solution = solve(draft.program, gap=gap, time_limit=time_limit, solver=solver, seed=seed, progress=progress)
    timings |= solution.timings
    clock = time.perf_counter()
    say("reading the plan back")
    tables = tables_of(draft, solution)
    timed("tables", clock)
    size = {
        "columns": draft.program.column_count,
        "integer columns": integers,
        "rows": draft.program.row_count,
        "non-zeros": int(draft.program.matrix().nnz),
    }
    return Plan.of(case, tables, solution, scaling, options, size, timings)
