"""The money of a program with bounds moved, found from scratch: nothing of what is tested takes part."""

from __future__ import annotations

import highspy
import numpy as np

from coplant.program import LinearProgram
from coplant.program.money import Floats, Integers


def money_with(
    program: LinearProgram,
    columns: Floats,
    rows: Integers,
    by: Floats,
    forced: tuple[Integers, Floats] | None = None,
) -> float | None:
    """Money once bounds of rows are moved and columns forced up, with whole numbers as they are; None if no plan is."""
    lower, upper = program.lower, program.upper
    whole = program.integer
    lower[whole] = upper[whole] = np.rint(columns[whole])
    if forced is not None:
        lower[forced[0]] = columns[forced[0]] + forced[1]
    row_lower, row_upper = program.row_lower, program.row_upper
    row_lower[rows] += by
    row_upper[rows] += by
    matrix, worth = program.matrix(), program.objective()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solver", "simplex")
    for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(kind, 1e-10)
    highs.passModel(
        len(worth), len(row_lower), matrix.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMaximize),
        0.0, worth, lower, upper, row_lower, row_upper, matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32),
        matrix.data, np.zeros(len(worth), dtype=np.int32),
    )  # fmt: skip
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return float(worth @ np.array(highs.getSolution().col_value))
