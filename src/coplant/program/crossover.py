"""Crossover: from the values of a large program, solved by an interior point method, to a corner."""

from __future__ import annotations

import highspy

from coplant.program.corner import Corner
from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.run import TOLERANCE, hand_over
from coplant.program.scaling import scaled


def corner_from(program: LinearProgram, columns: Floats, prices: Floats) -> Corner | None:
    """Find a corner that is as good as what an interior point method found.

    Parameters
    ----------
    program : LinearProgram
        The program, without whole numbers.
    columns : ndarray
        Value of each column.
    prices : ndarray
        Gain in the objective per unit by which the bound of each row is relaxed upward.

    Returns
    -------
    Corner or None
        None if none was found (crossover: Megiddo, 1991, ORSA Journal on Computing 3(1)).
    """
    model = scaled(program)
    highs = hand_over(model)
    for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(kind, TOLERANCE)
    values, dual = columns / model.column, -prices * model.objective / model.row
    found = highspy.HighsSolution()
    found.col_value, found.row_value = values, model.matrix @ values
    found.row_dual, found.col_dual = dual, model.cost - model.matrix.T @ dual
    found.value_valid = found.dual_valid = True
    if highs.crossover(found) == highspy.HighsStatus.kError or not highs.getBasis().valid:
        return None
    return Corner.of(highs) if Corner.of(highs).solved(highs) else None
