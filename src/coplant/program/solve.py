"""Solving a program with HiGHS, and measuring what came back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from coplant.errors import InfeasibleError, SolverError
from coplant.program.conflict import colliding, colliding_by_choice
from coplant.program.linear import Booleans, LinearProgram
from coplant.program.money import Floats
from coplant.program.run import run
from coplant.program.scaling import Scaled, scaled
from coplant.program.search import Found, Search

Progress = Callable[[str], None]

SOLVERS = {"auto": "choose", "simplex": "simplex", "ipm": "ipx", "hipo": "hipo"}
"""Names of the ways to solve a linear program, and HiGHS's names for them."""

TOLERANCE = 1e-9
"""How far rows, bounds and prices of a linear program may be off, in comfortable units."""

_INTERIOR = 15_000
"""Columns beyond which an interior point method with crossover is faster than the dual simplex."""

_NO_CROSSOVER = 150_000
"""Columns beyond which the way from an interior point to a corner takes longer than all the rest, or does not end."""

_CHOICES_SHOWN = 8
"""Ways to choose the whole numbers for which it is said why none of them will do."""

_INTERIOR_TOLERANCE = 1e-7
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


def solve(
    program: LinearProgram,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    solver: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
) -> Solution:
    """Maximise a program's money.

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

    Raises
    ------
    InfeasibleError
        No plan keeps all rows; names a minimal set of rows that collide.
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
    highs = hand_over(model)
    method = _method(len(model.cost), bool(integer.any())) if solver == "auto" else solver
    crossover = len(model.cost) <= _NO_CROSSOVER or method == "simplex"
    tolerance = TOLERANCE if crossover else _INTERIOR_TOLERANCE
    _set_options(highs, SOLVERS[method], seed, until, tolerance)
    highs.setOptionValue("run_crossover", "on" if crossover else "off")
    timings["hand over"] = time.perf_counter() - clock

    clock = time.perf_counter()
    run(highs)
    _check(highs, program)
    timings["solve"] = time.perf_counter() - clock

    status, bound = "optimal", -float(highs.getInfo().objective_function_value)
    if integer.any():
        clock = time.perf_counter()
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("presolve", "choose")
        highs.setOptionValue("time_limit", np.inf)
        found = Search(highs, program, model, gap, until, say).run()
        method = f"{method}, search of {found.nodes} nodes"
        values, bound = found.integers, found.bound
        if values is None and bound == -np.inf and len(found.impossible) <= _CHOICES_SHOWN:
            say("no plan keeps all the rules; looking for those that collide")
            raise InfeasibleError(colliding_by_choice(program, model, found.impossible))
        if values is None or found.gap(model.objective) > gap:
            status, values, bound = _branch_and_cut(model, program, found, gap, seed, until, progress)
            method = f"{method}, branch and cut"
        timings["search"] = time.perf_counter() - clock
        clock = time.perf_counter()
        held = np.flatnonzero(integer).astype(np.int32)
        highs.changeColsBounds(len(held), held, values, values)
        run(highs)
        _check(highs, program)
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
    )


def _method(columns: int, search: bool) -> str:
    """Solve a program of so many columns by the method that is fastest on it."""
    # A search starts again and again from a basis, and that of a crossover is a poor one to start from.
    if search or columns <= _INTERIOR:
        return "simplex"
    return "ipm" if columns <= _NO_CROSSOVER else "hipo"


def _set_options(highs: highspy.Highs, solver: str, seed: int, until: float, tolerance: float) -> None:
    highs.setOptionValue("solver", solver)
    highs.setOptionValue("random_seed", seed)
    if solver == "ipx":
        # HiGHS 1.15 can lose the basis of a crossover on the way back through presolve; see docs/mathematics.md.
        highs.setOptionValue("presolve", "off")
    for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        highs.setOptionValue(kind, tolerance)
    if np.isfinite(until):
        highs.setOptionValue("time_limit", max(until - time.perf_counter(), 0.0))
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
    highs = hand_over(model, program.integer)
    _set_options(highs, "choose", seed, until, 1e-7)
    highs.setOptionValue("mip_rel_gap", gap)
    if found.integers is not None:
        highs.setSolution(len(integer), integer, found.integers)
    if progress is not None:
        _report_search(highs, model.objective, progress)
    highs.solve()
    kinds = highspy.HighsModelStatus
    if highs.getModelStatus() == kinds.kInterrupt:
        raise KeyboardInterrupt
    info = highs.getInfo()
    if info.primal_solution_status != 2 and found.integers is not None:
        return "feasible", found.integers, found.bound
    if info.primal_solution_status != 2:
        _check(highs, program)
        raise SolverError("no plan was found in time; allow more with --time-limit")
    values = np.rint(np.array(highs.getSolution().col_value)[integer])
    status = "optimal" if highs.getModelStatus() == kinds.kOptimal else "feasible"
    return status, values, min(-float(info.mip_dual_bound), found.bound)


def hand_over(model: Scaled, integer: Booleans | None = None) -> highspy.Highs:
    """Give a program to HiGHS as arrays, as a minimisation; without its whole numbers unless they are named."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        len(model.cost),
        len(model.row_lower),
        model.matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        model.offset,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.matrix.indptr.astype(np.int32, copy=False),
        model.matrix.indices.astype(np.int32, copy=False),
        model.matrix.data,
        np.zeros(len(model.cost), dtype=np.int32) if integer is None else integer.astype(np.int32),
    )
    return highs


def _check(highs: highspy.Highs, program: LinearProgram) -> None:
    """Raise what HiGHS met instead of an optimum."""
    status = highs.getModelStatus()
    kinds = highspy.HighsModelStatus
    if status == kinds.kOptimal:
        return
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        collision = colliding(program, scaled(program))
        if collision or status == kinds.kInfeasible:
            raise InfeasibleError({"": collision})
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        raise SolverError(
            "the profit has no limit: something can be made or bought for less than it is worth, without end."
            " Look for an item whose end_value_share times value is above its cost, or a demand without quantity"
        )
    if status == kinds.kTimeLimit:
        raise SolverError("no plan was found in time; allow more with --time-limit")
    raise SolverError(f"no plan was found: HiGHS says {highs.modelStatusToString(status)}")


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
