"""A rough solution of a linear program: near enough to the best to begin with, and no nearer."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.run import EVEN_TOLERANCE, hand_over
from coplant.program.scaling import even, scaled
from coplant.program.solve import INTERIOR, INTERIOR_TOLERANCE, set_options

_NEAR = 1e-5
"""Relative distance from the best at which an interior point is near enough."""

_STATUS = highspy.HighsModelStatus


@dataclass(frozen=True, eq=False)
class Rough:
    """A solution that may miss rules, and the best, by a little.

    Parameters
    ----------
    columns : ndarray
        Value of each column.
    row_dual : ndarray
        Gain in the objective per unit by which a row's bound is relaxed upward.
    """

    columns: Floats
    row_dual: Floats


def roughly(program: LinearProgram, solver: str = "auto", seed: int = 0) -> Rough | None:
    """Maximise a program's money, whole numbers relaxed; None if HiGHS finds nothing that comes near.

    An interior point of a large program often cannot be told apart from the best, but for a few digits that it lost on
    the way back through presolve: they do not matter here.

    Parameters
    ----------
    program : LinearProgram
        The program.
    solver, seed
        As for `coplant.program.solve`.
    """
    model = even(scaled(program.relaxed()))
    highs, method = hand_over(model), solver
    if method == "auto":
        method = "simplex" if len(model.cost) <= INTERIOR else "hipo"
    cornered = method == "simplex"
    set_options(highs, method, seed, EVEN_TOLERANCE if cornered else INTERIOR_TOLERANCE)
    highs.setOptionValue("ipm_optimality_tolerance", _NEAR)
    highs.setOptionValue("run_crossover", "on" if cornered else "off")
    highs.solve()
    if highs.getModelStatus() == _STATUS.kInterrupt:
        raise KeyboardInterrupt
    if highs.getModelStatus() not in (_STATUS.kOptimal, _STATUS.kUnknown):
        return None
    found = highs.getSolution()
    columns = np.array(found.col_value) * model.column
    dual = -np.array(found.row_dual) * model.row / model.objective
    if len(columns) < program.column_count or not (np.isfinite(columns).all() and np.isfinite(dual).all()):
        return None
    return Rough(columns, dual)
