"""Diving: whole numbers from relaxed solutions of programs that are too large to be searched from a corner.

The decisive integers are made whole first, at what they are nearest to or wherever there is any of them, the rest are
read off the quantities that follow from that, and the best of these plans is taken. An interior point method solves
each of the few programs from scratch.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np

from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.run import run
from coplant.program.scaling import Scaled
from coplant.program.search import whole_from

ANY = 1e-3
"""How much of a decisive integer is more than none of it."""


class Dived(NamedTuple):
    """The best plan of a few dives."""

    integers: Floats | None
    """Values of the integer columns, None where no dive ended in a plan."""
    value: float
    """Its scaled objective."""


def dive(highs: highspy.Highs, program: LinearProgram, model: Scaled, until: float) -> Dived:
    """Make the whole numbers of a program whole.

    Parameters
    ----------
    highs : Highs
        Holds the relaxed program, solved.
    program : LinearProgram
        The program.
    model : Scaled
        The same, as it was handed over.
    until : float
        Time of the performance counter at which to stop.
    """
    integer = np.flatnonzero(program.integer)
    decisive = np.isin(integer, np.concatenate([np.empty(0, np.int64), *program.decisive]))
    low, high = model.lower[integer], model.upper[integer]
    columns = _columns(highs, model)
    best = Dived(None, -np.inf)
    for chosen in _choices(columns[integer], decisive, low, high):
        at_least, at_most = np.where(decisive, chosen, low), np.where(decisive, chosen, high)
        quantities: Floats | None = columns
        if np.abs(columns[integer] - chosen)[decisive].max(initial=0.0) > ANY:
            quantities = _solved(highs, integer, at_least, at_most, model, until)
        if quantities is None:
            continue
        whole = whole_from(program, quantities, at_least, at_most)
        if _solved(highs, integer, whole, whole, model, until) is not None and _value(highs) > best.value:
            best = Dived(whole, _value(highs))
    _hold(highs, integer, low, high)
    return best


def _choices(relaxed: Floats, decisive: np.ndarray, low: Floats, high: Floats) -> list[Floats]:
    """Whole values of the decisive integers that are tried: the nearest, and one more wherever there is any."""
    nearest, some = np.rint(relaxed), np.ceil(relaxed - ANY)
    both = [np.clip(values, np.ceil(low), np.floor(high)) for values in (nearest, some)]
    return both[:1] if (both[0] == both[1])[decisive].all() else both


def _hold(highs: highspy.Highs, integer: np.ndarray, low: Floats, high: Floats) -> None:
    highs.changeColsBounds(len(integer), integer.astype(np.int32), low, high)


def _solved(
    highs: highspy.Highs, integer: np.ndarray, low: Floats, high: Floats, model: Scaled, until: float
) -> Floats | None:
    """Quantities within bounds of the integers; None if nothing keeps the rules within them."""
    _hold(highs, integer, low, high)
    return _columns(highs, model) if run(highs, until) == highspy.HighsModelStatus.kOptimal else None


def _columns(highs: highspy.Highs, model: Scaled) -> Floats:
    return np.array(highs.getSolution().col_value) * model.column


def _value(highs: highspy.Highs) -> float:
    return -float(highs.getInfo().objective_function_value)
