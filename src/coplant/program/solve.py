"""Solving a program with HiGHS, and measuring what came back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from coplant.errors import InfeasibleError, NumericalError, SolverError
from coplant.program.conflict import Collision, colliding, colliding_by_choice
from coplant.program.corner import Basis, Corner
from coplant.program.dive import dive
from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.relaxation import cheapest_relaxation
from coplant.program.rules import Rules
from coplant.program.run import TOLERANCE, hand_over, run, stop_at, tell_how_far
from coplant.program.scaling import Scaled, even, scaled, suspects, too_far_apart, whole_units
from coplant.program.search import NODES, Found, Leaves, Search

Progress = Callable[[str], None]

SOLVERS = {"auto": "choose", "simplex": "simplex", "ipm": "ipx", "hipo": "hipo"}
"""Names of the ways to solve a linear program, and HiGHS's names for them."""

INTERIOR = 15_000
"""Columns beyond which an interior point method with crossover is faster than the dual simplex."""

NO_CROSSOVER = 150_000
"""Columns beyond which the way from an interior point to a corner takes longer than all the rest, or does not end."""

DIVE = 100_000
"""Columns beyond which whole numbers are made whole by dives before anything is searched."""

_LOOKS_FOR_PLANS = (
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
    "mip_heuristic_run_feasibility_jump",
)
"""Ways of HiGHS to look for plans beside its search, most of them by searches within it, for most of its time. What is
open after ours is nearly always the bound: without them it is closed several times as fast."""

_CHOICES_SHOWN = 8
"""Ways to choose the whole numbers for which it is said why none of them will do."""

INTERIOR_TOLERANCE = 1e-7
"""Tolerance of a solution that is not brought to a corner."""


@dataclass(frozen=True)
class Violations:
    """How far a solution is from keeping its rows, bounds and whole numbers, measured on the program as stated.

    Relative violations are divided by the largest of 1, the row's bounds and the sizes of the row's terms.
    """

    row_absolute: float
    row_relative: float
    bound_absolute: float
    bound_relative: float
    integer: float


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found.

    Parameters
    ----------
    status : {"optimal", "feasible"}
        Whether the gap asked for was reached.
    objective, bound, gap : float
        Objective of the solution, proven bound on any, and their relative distance.
    columns : ndarray
        Value of each column.
    row_activity : ndarray
        Value of each row's terms.
    row_dual : ndarray
        Gain in the objective per unit by which a row's bound is relaxed upward; with integers, that of the linear
        program in which they are held at their values.
    violations : Violations
        Measured, not the solver's word.
    solver : str
        How it was solved.
    timings : dict of str to float
        Seconds of each stage.
    corner : Corner or None
        Where it was found, with integers held; None if it was not brought to a corner.
    leaves : Leaves or None
        Where the search of the integers ended; None if there was none.
    """

    status: str
    objective: float
    bound: float
    gap: float
    columns: Floats
    row_activity: Floats
    row_dual: Floats
    violations: Violations
    solver: str
    timings: dict[str, float] = field(default_factory=dict)
    corner: Corner | None = None
    leaves: Leaves | None = None


def solve(
    program: LinearProgram,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
    nodes: int = NODES,
    basis: Basis | None = None,
    leaves: Leaves | None = None,
    corner: bool = False,
) -> Solution:
    """Maximise a program's money.

    It is asked first whether the rows can hold together at all (see `Rules`), then what earns the most.
    A program with integers is searched first over its decisive integers (see `Search`) and, where that leaves a gap,
    by branch and cut from the best plan found. Then the integers are held and the linear program is solved again, which
    gives the marginal values and cleans the quantities.

    Parameters
    ----------
    program : LinearProgram
        The program.
    gap : float
        Relative distance between solution and bound at which to stop, where there are integers.
    time_limit : float, optional
        Seconds after which to stop with the best plan found.
    solver : {"auto", "simplex", "ipm", "hipo"}
        How to solve linear programs. ``auto`` takes the dual simplex; for programs without whole numbers of more than
        15,000 columns ``ipm``, an interior point method, and of more than 150,000 ``hipo``, one for larger programs.
        Beyond 150,000 columns an interior point is not brought to a corner.
    seed : int
        Seed of the solver's tie-breaking.
    progress : callable, optional
        Is told, in a line of text, how far the search is.
    nodes : int
        Nodes that the search visits at the most; few where no integers are decisive and the program is small. With
        none a large program ends with the best plan of a few dives.
    basis : Basis, optional
        A corner to start from, of this program or of one that is alike. Whole numbers are then made whole by dives
        before anything is searched, as they are in a large program.
    leaves : Leaves, optional
        Where a search of a program that is alike ended, from whose corner this starts. The search then starts from
        there.
    corner : bool
        Whether an interior point is brought to a corner however large the program is.

    Raises
    ------
    InfeasibleError
        No plan keeps all rows; names a minimal set of rows that collide.
    NumericalError
        The program's numbers lie too far apart; names those that stand out.
    SolverError
        The objective has no limit, or no plan was found in time.
    """
    if solver not in SOLVERS:
        raise SolverError(f"there is no solver {solver!r}; choose one of {', '.join(SOLVERS)}")
    timings: dict[str, float] = {}
    say = progress or (lambda _: None)
    clock = begin = time.perf_counter()
    until = begin + (np.inf if time_limit is None else time_limit)
    model = scaled(program)
    integer = program.integer
    if too_far_apart(program, model):
        raise NumericalError("its numbers lie too far apart for any solver", suspects(program))
    highs = hand_over(model)
    if progress is not None:
        tell_how_far(highs, progress)
    large = len(model.cost) > DIVE
    diving = solver == "auto" and bool(integer.any()) and (large or basis is not None)
    if solver != "auto":
        method = solver
    elif diving:
        method = "hipo" if basis is None else "simplex"
    else:
        method = _method(len(model.cost), bool(integer.any()))
    crossover = corner or method == "simplex" or (len(model.cost) <= NO_CROSSOVER and not diving)
    tolerance = TOLERANCE if crossover else INTERIOR_TOLERANCE
    timings["hand over"] = time.perf_counter() - clock

    clock = time.perf_counter()
    possible = False
    if basis is not None:
        set_options(highs, "simplex", seed, TOLERANCE)
        possible = _led(highs, basis.corner(program, model), until, say)
    if possible:
        method, tolerance = "simplex", TOLERANCE
    else:
        set_options(highs, method, seed, tolerance)
        highs.setOptionValue("run_crossover", "on" if crossover else "off")
    if leaves is not None and (large or len(leaves.integers) != integer.sum()):
        leaves = None
    timings["solve"] = time.perf_counter() - clock
    if not possible:
        clock = time.perf_counter()
        say("asking whether the rules can hold together")
        possible = _can_hold(program, model, until, say)
        timings["rules"] = time.perf_counter() - clock
        clock = time.perf_counter()
        say("solving")
        run(highs, until, possible)
        _check(highs, program, possible)
        timings["solve"] += time.perf_counter() - clock

    status, bound = "optimal", -float(highs.getInfo().objective_function_value)
    ended: Leaves | None = None
    if integer.any():
        clock = time.perf_counter()
        values, found = None, Found(None, -np.inf, bound, 0, [])
        if diving:
            say("making whole decisions whole")
            dived = dive(highs, program, model, until)
            values, found = dived.integers, Found(dived.integers, dived.value, max(bound, dived.value), 0, [])
            method = f"{method}, dives"
        if values is None or (nodes and found.gap(model.objective) > gap):
            highs.setOptionValue("solver", "simplex")
            highs.setOptionValue("presolve", "choose")
            highs.setOptionValue("run_crossover", "on")
            if diving and leaves is None:
                run(highs, until, possible)
                _check(highs, program, possible)
            if leaves is not None and values is not None:
                leaves = leaves._replace(integers=values)
            searched = Search(highs, program, model, Rules(model, until), gap, until, say, nodes, leaves).run()
            ended = searched.leaves
            again = "" if leaves is None else ", from where one like it ended"
            method = f"{method}, search of {searched.nodes} nodes{again}"
            found = searched.better_of(found)
        values, bound = found.integers, found.bound
        if values is None and bound == -np.inf and len(found.impossible) <= _CHOICES_SHOWN:
            raise _refusal(colliding_by_choice(program, model, found.impossible, until, say))
        if found.gap(model.objective) > gap and large and diving and not nodes and values is not None:
            status = "feasible"
        elif values is None or found.gap(model.objective) > gap:
            status, values, bound = _branch_and_cut(model, program, found, gap, seed, until, progress)
            method = f"{method}, branch and cut"
        timings["search"] = time.perf_counter() - clock
        clock = time.perf_counter()
        held = np.flatnonzero(integer).astype(np.int32)
        highs.changeColsBounds(len(held), held, values, values)
        run(highs)
        _check(highs, program, True)
        timings["marginal values"] = time.perf_counter() - clock

    answer = highs.getSolution()
    columns = np.array(answer.col_value) * model.column
    columns[integer] = np.rint(columns[integer])
    # What is smaller than the solver's tolerance is noise.
    columns[np.abs(columns) <= tolerance * model.column] = 0.0
    objective = float(program.objective() @ columns)
    bound = max(bound / model.objective, objective) if integer.any() else objective
    return Solution(
        status,
        objective,
        bound,
        (bound - objective) / max(abs(objective), 1.0),
        columns,
        program.matrix() @ columns,
        -np.array(answer.row_dual) * model.row / model.objective,
        measure(program, columns),
        f"HiGHS {highs.version()}, {method}",
        timings,
        Corner.of(highs) if highs.getBasis().valid else None,
        ended,
    )


def _led(highs: highspy.Highs, corner: Corner, until: float, say: Progress) -> bool:
    """Solve from a corner; False where that leads nowhere."""
    say("solving from where a program like it was solved")
    stop_at(highs, until)
    led = corner.solved(highs)
    highs.HandleKeyboardInterrupt = True
    return led


def _method(columns: int, search: bool) -> str:
    """Solve a program of so many columns by the method that is fastest on it."""
    # A search starts again and again from a basis, and that of a crossover is a poor one to start from.
    if search or columns <= INTERIOR:
        return "simplex"
    return "ipm" if columns <= NO_CROSSOVER else "hipo"


def set_options(highs: highspy.Highs, method: str, seed: int, tolerance: float) -> None:
    """Let HiGHS solve by a method of `SOLVERS`, with a seed, to a tolerance."""
    highs.setOptionValue("solver", SOLVERS[method])
    highs.setOptionValue("random_seed", seed)
    if method == "ipm":
        # HiGHS 1.15 can lose the basis of a crossover on the way back through presolve; see docs/mathematics.md.
        highs.setOptionValue("presolve", "off")
    for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        highs.setOptionValue(kind, tolerance)
    # Asked for more digits than it has, an interior point method goes on without coming closer.
    highs.setOptionValue("ipm_optimality_tolerance", max(tolerance, 1e-8))
    highs.HandleKeyboardInterrupt = True


def _branch_and_cut(
    model: Scaled,
    program: LinearProgram,
    found: Found,
    gap: float,
    seed: int,
    until: float,
    progress: Progress | None,
) -> tuple[str, Floats, float]:
    """Search all integers from the best plan found: status, their values, and the scaled bound."""
    integer = np.flatnonzero(program.integer).astype(np.int32)
    if found.integers is not None and time.perf_counter() >= until:
        return "feasible", found.integers, found.bound
    kinds = highspy.HighsModelStatus
    # In other units HiGHS now and then finds that in those in which it was asked not all is within the tolerance, and
    # takes back what it had proven.
    for asked in (even(model, whole_units(model)), model):
        highs = hand_over(asked, program.integer)
        set_options(highs, "auto", seed, 1e-7)
        stop_at(highs, until)
        highs.setOptionValue("mip_rel_gap", gap)
        for look in _LOOKS_FOR_PLANS:
            highs.setOptionValue(look, False)
        if found.integers is not None:
            highs.setSolution(len(integer), integer, found.integers)
        if progress is not None:
            _report_search(highs, asked.objective, progress)
        highs.solve()
        if highs.getModelStatus() != kinds.kSolveError:
            break
    if highs.getModelStatus() == kinds.kInterrupt:
        raise KeyboardInterrupt
    info = highs.getInfo()
    if info.primal_solution_status != 2 and found.integers is not None:
        return "feasible", found.integers, found.bound
    if info.primal_solution_status != 2:
        if highs.getModelStatus() in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            raise InfeasibleError({})
        _check(highs, program, True)
    values = np.rint(np.array(highs.getSolution().col_value)[integer])
    status = "optimal" if highs.getModelStatus() == kinds.kOptimal else "feasible"
    return status, values, min(-float(info.mip_dual_bound) * model.objective / asked.objective, found.bound)


def _can_hold(program: LinearProgram, model: Scaled, until: float, say: Progress) -> bool:
    """Whether the rules are known to hold together; where they are known not to, say which collide."""
    rules = Rules(model, until)
    held = rules.hold()
    if held is False:
        refusal = _refusal({"": colliding(program, model, rules, until, say)})
        say("looking for the least that would have to give")
        refusal.relaxation = cheapest_relaxation(program, model, until)
        raise refusal
    return held is True


def _refusal(collisions: dict[str, Collision]) -> InfeasibleError:
    return InfeasibleError(
        {choice: found.names for choice, found in collisions.items()},
        all(found.smallest for found in collisions.values()),
    )


def _check(highs: highspy.Highs, program: LinearProgram, possible: bool) -> None:
    """Raise what HiGHS met instead of an optimum, with rules that may be known to hold together."""
    status = highs.getModelStatus()
    kinds = highspy.HighsModelStatus
    if status == kinds.kOptimal:
        return
    if status == kinds.kUnbounded or (possible and status == kinds.kUnboundedOrInfeasible):
        raise SolverError(
            "the profit has no limit: something can be made or bought for less than it is worth, without end."
            " Look for an item whose end_value_share times value is above its cost, or a demand without quantity"
        )
    if status == kinds.kTimeLimit:
        known = "the rules can hold together" if possible else "whether the rules can hold together is not known"
        raise SolverError(f"no plan was found in time; allow more with --time-limit ({known})")
    raise NumericalError(
        f"the solver lost its digits (HiGHS says {highs.modelStatusToString(status)})", suspects(program)
    )


def _report_search(highs: highspy.Highs, scale: float, progress: Progress) -> None:
    def told(event: highspy.HighsCallbackEvent) -> None:
        data = event.data_out
        best, bound = -data.mip_primal_bound / scale, -data.mip_dual_bound / scale
        if np.isfinite(best) and np.isfinite(bound):
            progress(f"best {best:z,.0f}, bound {bound:z,.0f}, gap {data.mip_gap:z.2%}, {data.running_time:.0f} s")

    highs.cbMipLogging.subscribe(told)


def measure(program: LinearProgram, columns: Floats) -> Violations:
    """Measure how far values of the columns are from keeping a program's rows, bounds and whole numbers."""
    matrix = program.matrix()
    activity = matrix @ columns
    low, high = program.row_lower, program.row_upper
    outside = np.maximum(np.maximum(low - activity, activity - high), 0.0)
    terms = matrix.copy()
    terms.data = np.abs(terms.data)
    size = np.maximum.reduce([np.ones_like(activity), _finite(low), _finite(high), terms @ np.abs(columns)])
    beyond = np.maximum(np.maximum(program.lower - columns, columns - program.upper), 0.0)
    bound_size = np.maximum.reduce([np.ones_like(columns), _finite(program.lower), _finite(program.upper)])
    whole = columns[program.integer]
    return Violations(
        float(np.max(outside, initial=0.0)),
        float(np.max(outside / size, initial=0.0)),
        float(np.max(beyond, initial=0.0)),
        float(np.max(beyond / bound_size, initial=0.0)),
        float(np.max(np.abs(whole - np.rint(whole)), initial=0.0)),
    )


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), np.abs(values), 0.0)
