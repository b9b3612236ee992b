"""Solving a program with HiGHS, and measuring what came back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from coplant.errors import InfeasibleError, SolverError
from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.scaling import Scaled, scaled

Progress = Callable[[str], None]

SOLVERS = {"auto": "choose", "simplex": "simplex", "ipm": "ipx", "hipo": "hipo"}
"""Names of the ways to solve a linear program, and HiGHS's names for them."""

_LARGE = 150_000
"""Columns beyond which the interior point method is the faster start."""


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

    Programs with integers are solved by branch and cut; then the integers are held and the linear program is solved
    again, which gives the marginal values and cleans the quantities.

    Parameters
    ----------
    program : LinearProgram
        The program.
    gap : float
        Relative distance between solution and bound at which to stop, where there are integers.
    time_limit : float, optional
        Seconds after which to stop with the best plan found.
    solver : {"auto", "simplex", "ipm", "hipo"}
        How to solve linear programs. ``auto`` takes the dual simplex, and for large programs an interior point
        method with crossover.
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
    clock = time.perf_counter()
    model = scaled(program)
    integer = program.integer
    highs = hand_over(model, integer)
    method = "simplex" if solver == "auto" and len(model.cost) <= _LARGE else solver
    method = "ipm" if method == "auto" else method
    highs.setOptionValue("solver", "choose" if integer.any() else SOLVERS[method])
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
    highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
    if time_limit is not None:
        highs.setOptionValue("time_limit", float(time_limit))
    timings["hand over"] = time.perf_counter() - clock

    clock = time.perf_counter()
    if progress is not None and integer.any():
        _report_search(highs, model.objective, progress)
    highs.HandleKeyboardInterrupt = True
    highs.solve()
    status = _status_of(highs, program)
    timings["solve"] = time.perf_counter() - clock

    bound: float | None = None
    if integer.any():
        clock = time.perf_counter()
        bound = -highs.getInfo().mip_dual_bound / model.objective
        highs = _with_integers_held(highs, model, integer, SOLVERS[method])
        timings["marginal values"] = time.perf_counter() - clock
        method = f"branch and cut, then {method}"

    found = highs.getSolution()
    columns = np.array(found.col_value) * model.column
    columns[integer] = np.rint(columns[integer])
    objective = float(program.objective() @ columns)
    bound = objective if bound is None else max(bound, objective)
    return Solution(
        status,
        objective,
        bound,
        (bound - objective) / max(abs(objective), 1.0),
        columns,
        program.matrix() @ columns,
        -np.array(found.row_dual) * model.row / model.objective,
        measure(program, columns),
        f"HiGHS {highs.version()}, {method}",
        timings,
    )


def hand_over(model: Scaled, integer: np.ndarray) -> highspy.Highs:
    """Give a program to HiGHS as arrays, as a minimisation."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        len(model.cost),
        len(model.row_lower),
        model.matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        -model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.matrix.indptr.astype(np.int32, copy=False),
        model.matrix.indices.astype(np.int32, copy=False),
        model.matrix.data,
        integer.astype(np.int32),
    )
    return highs


def _with_integers_held(highs: highspy.Highs, model: Scaled, integer: np.ndarray, solver: str) -> highspy.Highs:
    """Solve the linear program in which every integer is held at its value."""
    held = np.flatnonzero(integer).astype(np.int32)
    value = np.rint(np.array(highs.getSolution().col_value)[held])
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[held], upper[held] = value, value
    fixed = hand_over(
        Scaled(
            model.matrix,
            model.cost,
            lower,
            upper,
            model.row_lower,
            model.row_upper,
            model.column,
            model.row,
            model.objective,
        ),
        np.zeros(len(integer), dtype=bool),
    )
    fixed.setOptionValue("solver", solver)
    fixed.setOptionValue("primal_feasibility_tolerance", 1e-9)
    fixed.setOptionValue("dual_feasibility_tolerance", 1e-9)
    fixed.solve()
    if fixed.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SolverError(
            "with its whole numbers held the plan could not be solved again:"
            f" HiGHS says {fixed.modelStatusToString(fixed.getModelStatus())}"
        )
    return fixed


def _status_of(highs: highspy.Highs, program: LinearProgram) -> str:
    status = highs.getModelStatus()
    kinds = highspy.HighsModelStatus
    if status == kinds.kOptimal:
        return "optimal"
    if status == kinds.kInterrupt:
        raise KeyboardInterrupt
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        collision = colliding_rows(highs, program)
        if collision or status == kinds.kInfeasible:
            raise InfeasibleError(collision)
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        raise SolverError(
            "the profit has no limit: something can be made or bought for less than it is worth, without end."
            " Look for an item whose end_value_share times value is above its cost, or a demand without quantity"
        )
    if np.isfinite(highs.getInfo().mip_gap) and highs.getInfo().primal_solution_status == 2:
        return "feasible"
    raise SolverError(f"no plan was found: HiGHS says {highs.modelStatusToString(status)}")


def colliding_rows(highs: highspy.Highs, program: LinearProgram) -> list[str]:
    """Names of a minimal set of rows and bounds of columns that cannot hold together; empty if they can."""
    highs.setOptionValue("iis_strategy", int(highspy.IisStrategy.kIisStrategyFromLp.value) | int(highspy.IisStrategy.kIisStrategyIrreducible.value) | int(highspy.IisStrategy.kIisStrategyRelaxation.value))  # noqa: E501
    _, found = highs.getIis()
    if not found.valid_:
        return []
    bounded = [
        program.column_name(column)
        for column, kind in zip(found.col_index_, found.col_bound_, strict=True)
        if not _is_plain_sign(program, column, kind)
    ]
    return [program.row_name(row) for row in found.row_index_] + bounded


def _is_plain_sign(program: LinearProgram, column: int, kind: int) -> bool:
    """Whether a bound in a collision is only that a quantity is not negative, which needs no word."""
    return kind in (int(highspy.IisBoundStatus.kIisBoundStatusLower.value), int(highspy.IisBoundStatus.kIisBoundStatusFree.value)) and float(program.lower[column]) == 0.0  # noqa: E501


def _report_search(highs: highspy.Highs, scale: float, progress: Progress) -> None:
    def told(event: highspy.HighsCallbackEvent) -> None:
        data = event.data_out
        best, bound = -data.mip_primal_bound / scale, -data.mip_dual_bound / scale
        if np.isfinite(best) and np.isfinite(bound):
            progress(f"best {best:,.0f}, bound {bound:,.0f}, gap {data.mip_gap:.2%}, {data.running_time:.0f} s")

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
