"""Whether the rules of a program can hold together, whatever it earns.

Told apart from what earns the most, the question is easy. A simplex that follows the money out of a program in which
no plan keeps the rules climbs without end and loses its digits on the way; without money the same program shrinks to
what binds, and nearly always takes a fraction of the time. Where it takes the simplex long, it is asked of an interior
point, which knows sooner.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import highspy
import numpy as np

from coplant.program.money import Floats
from coplant.program.run import TOLERANCE, hand_over, solve_with, stop_at
from coplant.program.scaling import Scaled

_STATUS = highspy.HighsModelStatus
_COLLIDE = (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible)
"""Where nothing is earned nothing is unbounded."""

_STEPS = 5_000
"""Steps of the simplex after which an interior point is asked."""

_INSTEAD: tuple[dict[str, Any], ...] = (
    {"solver": "ipx", "presolve": "on", "run_crossover": "off"},
    {"solver": "hipo", "presolve": "on", "run_crossover": "off"},
)
"""Options to try in turn where the simplex does not answer."""


class Rules:
    """The rules of a program without its money, its whole numbers relaxed.

    Parameters
    ----------
    model : Scaled
        The program.
    until : float
        Time of the performance counter after which questions are left open.
    """

    def __init__(self, model: Scaled, until: float = np.inf) -> None:
        self.until = until
        self.whole = np.flatnonzero(model.whole).astype(np.int32)
        self.highs = hand_over(dataclasses.replace(model, cost=np.zeros_like(model.cost), offset=0.0))
        self.highs.setOptionValue("solver", "simplex")
        self.highs.setOptionValue("simplex_iteration_limit", _STEPS)
        # The program is scaled already; what HiGHS adds to that makes it lose its way.
        self.highs.setOptionValue("simplex_scale_strategy", 0)
        self.highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
        self.highs.HandleKeyboardInterrupt = True
        self._example: Floats | None = None
        self._by_simplex = False

    def hold(self) -> bool | None:
        """Whether they can hold together; None if time is over or no method can tell."""
        stop_at(self.highs, self.until)
        self.highs.solve()
        self._by_simplex = self.highs.getModelStatus() in _COLLIDE
        for options in _INSTEAD:
            if self.highs.getModelStatus() in (_STATUS.kOptimal, *_COLLIDE, _STATUS.kTimeLimit, _STATUS.kInterrupt):
                break
            stop_at(self.highs, self.until)
            solve_with(self.highs, options)
        status = self.highs.getModelStatus()
        if status == _STATUS.kInterrupt:
            raise KeyboardInterrupt
        if status == _STATUS.kOptimal:
            self._example = np.array(self.highs.getSolution().col_value)
            return True
        return False if status in _COLLIDE else None

    def hold_within(self, low: Floats, high: Floats) -> bool | None:
        """Whether they can hold together with the whole numbers, relaxed, within bounds.

        Parameters
        ----------
        low, high : ndarray
            Bounds of the columns of whole numbers.
        """
        if self._example is not None:
            example = self._example[self.whole]
            if ((example >= low - TOLERANCE) & (example <= high + TOLERANCE)).all():
                return True
        self.highs.changeColsBounds(len(self.whole), self.whole, low, high)
        return self.hold()

    def multipliers(self) -> Floats | None:
        """Multipliers of the rows by which they cannot hold together (Farkas); None if the simplex finds none soon."""
        if not self._by_simplex:
            return None
        stop_at(self.highs, self.until)
        _, known, multipliers = self.highs.getDualRay()  # type: ignore[attr-defined]  # not in the stubs of HiGHS
        return np.array(multipliers) if known else None
