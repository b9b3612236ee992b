"""Running HiGHS, and running it again from scratch where it loses its way."""

from __future__ import annotations

from typing import Any

import highspy

_STATUS = highspy.HighsModelStatus
_BROKEN = (_STATUS.kNotset, _STATUS.kSolveError, _STATUS.kUnknown)
"""What HiGHS says when a method gave up on a program that another may solve."""

_FALLBACKS: tuple[dict[str, Any], ...] = (
    {"solver": "simplex", "presolve": "on"},
    {"solver": "ipx", "presolve": "off"},
    {"solver": "simplex", "presolve": "off", "simplex_scale_strategy": 0},
)
"""Options to try in turn, each from scratch."""

_INTERIOR_FALLBACKS: tuple[dict[str, Any], ...] = (
    {"solver": "ipx", "presolve": "off"},
    {"solver": "hipo", "presolve": "off"},
)
"""The same for programs that are too large to be brought to a corner, and so for the simplex too."""


def run(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solve what HiGHS holds.

    HiGHS 1.15 now and then loses its way from the basis of an earlier solve or of a crossover ("dual phase 1
    unbounded", no status set). Another method, from scratch, then solves the same program.

    Returns
    -------
    HighsModelStatus
        What became of it.

    Raises
    ------
    KeyboardInterrupt
        The user interrupted it.
    """
    highs.solve()
    cornered = highs.getOptionValue("run_crossover")[1] != "off"
    for options in _FALLBACKS if cornered else _INTERIOR_FALLBACKS:
        if highs.getModelStatus() not in _BROKEN:
            break
        _try(highs, options)
    if highs.getModelStatus() == _STATUS.kInterrupt:
        raise KeyboardInterrupt
    return highs.getModelStatus()


def _try(highs: highspy.Highs, options: dict[str, Any]) -> None:
    """Solve from scratch with other options, and put the options back."""
    before = {name: highs.getOptionValue(name)[1] for name in options}
    highs.clearSolver()
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.solve()
    for name, value in before.items():
        highs.setOptionValue(name, value)
