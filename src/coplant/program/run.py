"""Running HiGHS, and running it again from scratch where a start from a basis breaks down."""

from __future__ import annotations

import highspy

_STATUS = highspy.HighsModelStatus
_BROKEN = (_STATUS.kNotset, _STATUS.kSolveError, _STATUS.kUnknown)
"""What HiGHS says when a method gave up on a program that another way may solve."""


def run(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solve what HiGHS holds.

    HiGHS 1.15 now and then loses its way from the basis of an earlier solve ("dual phase 1 unbounded") or of a
    crossover; the dual simplex from scratch, with presolve, then solves the same program.

    Raises
    ------
    KeyboardInterrupt
        The user interrupted it.
    """
    highs.solve()
    if highs.getModelStatus() in _BROKEN:
        highs.clearSolver()
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("presolve", "on")
        highs.solve()
    if highs.getModelStatus() == _STATUS.kInterrupt:
        raise KeyboardInterrupt
    return highs.getModelStatus()
