"""Running HiGHS: handing it a program, solving that, and solving it again from scratch where it loses its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from coplant.program.money import Booleans
from coplant.program.scaling import Even, Scaled

TOLERANCE = 1e-9
"""How far rows, bounds and prices of a linear program may be off, in comfortable units."""

EVEN_TOLERANCE = 1e-8
"""The same in even units."""

_PIVOT = 0.5
"""Share of its column's largest entry that a pivot has to have when HiGHS factors a basis. With the 0.1 that HiGHS
takes it loses so many digits on programs with large numbers beside small ones that it cannot start from an optimal
basis of its own."""

_STATUS = highspy.HighsModelStatus
_BROKEN = (_STATUS.kNotset, _STATUS.kSolveError, _STATUS.kUnknown)
"""What HiGHS says when a method gave up on a program that another may solve."""

_FALLBACKS: tuple[dict[str, Any], ...] = (
    {"solver": "simplex", "presolve": "on"},
    {"solver": "ipx", "presolve": "off"},
    {"solver": "ipx", "presolve": "on"},
    {"solver": "simplex", "presolve": "off", "simplex_scale_strategy": 0},
)
"""Options to try in turn, each from scratch."""

_INTERIOR_FALLBACKS: tuple[dict[str, Any], ...] = (
    {"solver": "ipx", "presolve": "off"},
    {"solver": "hipo", "presolve": "off"},
    {"solver": "ipx", "presolve": "on", "run_crossover": "on"},
)
"""The same for programs that are too large to be brought to a corner, and so for the simplex too; unless nothing else
finds the way.
"""

_SECONDS_BETWEEN = 1.0
"""Seconds between two lines on how far it is."""


def hand_over(model: Scaled, integer: Booleans | None = None) -> highspy.Highs:
    """Give a program to HiGHS as arrays, as a minimisation; without its whole numbers unless they are named."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("factor_pivot_threshold", _PIVOT)
    if isinstance(model, Even):
        # HiGHS need not even it again: it would then mind its tolerances in its own units before it does in these.
        highs.setOptionValue("simplex_scale_strategy", 0)
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


def run(highs: highspy.Highs, until: float = np.inf, possible: bool = False) -> highspy.HighsModelStatus:
    """Solve what HiGHS holds.

    HiGHS 1.15 now and then loses its way from the basis of an earlier solve or of a crossover ("dual phase 1
    unbounded", no status set). Another method, from scratch, then solves the same program.

    Parameters
    ----------
    highs : Highs
        Holds the program.
    until : float
        Time of the performance counter at which to stop.
    possible : bool
        Whether the rules are known to hold together: to find that they do not is then to lose the way too.

    Returns
    -------
    HighsModelStatus
        What became of it.

    Raises
    ------
    KeyboardInterrupt
        The user interrupted it.
    """
    lost = (*_BROKEN, _STATUS.kInfeasible) if possible else _BROKEN
    stop_at(highs, until)
    highs.solve()
    cornered = highs.getOptionValue("run_crossover")[1] != "off"
    for options in _FALLBACKS if cornered else _INTERIOR_FALLBACKS:
        if highs.getModelStatus() not in lost:
            break
        stop_at(highs, until)
        solve_with(highs, options)
    if highs.getModelStatus() == _STATUS.kInterrupt:
        raise KeyboardInterrupt
    return highs.getModelStatus()


def stop_at(highs: highspy.Highs, until: float) -> None:
    """Let the next solve stop at a time of the performance counter."""
    # HiGHS counts the seconds of all its solves together.
    highs.setOptionValue("time_limit", highs.getRunTime() + max(until - time.perf_counter(), 0.0))


def solve_with(highs: highspy.Highs, options: dict[str, Any]) -> None:
    """Solve from scratch with other options, and put the options back."""
    before = {name: highs.getOptionValue(name)[1] for name in options}
    highs.clearSolver()
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.solve()
    for name, value in before.items():
        highs.setOptionValue(name, value)


def now_and_then(say: Callable[[str], None]) -> Callable[[str], None]:
    """Say no more than what can be read."""
    told = -np.inf

    def say_now(text: str) -> None:
        nonlocal told
        if time.perf_counter() - told >= _SECONDS_BETWEEN:
            told = time.perf_counter()
            say(text)

    return say_now


def tell_how_far(highs: highspy.Highs, say: Callable[[str], None]) -> None:
    """Let a long solve say now and then how far it is."""
    began, say_now = time.perf_counter(), now_and_then(say)

    def tell(event: highspy.HighsCallbackEvent) -> None:
        steps = max(event.data_out.simplex_iteration_count, event.data_out.ipm_iteration_count)
        say_now(f"solving: {f'{steps:,} steps, ' if steps > 0 else ''}{time.perf_counter() - began:.0f} s")

    highs.cbSimplexInterrupt.subscribe(tell)
    highs.cbIpmInterrupt.subscribe(tell)
