"""Search over the decisive integers of a program, with the others completed from relaxed solutions.

A branch-and-cut code sees a thousand binaries; a planner sees three signatures, and tiers, segments and lots that follow
from the quantities. So the search branches on the decisive integers alone. At each of its nodes the linear program in
which the others are relaxed is solved from the last basis; where the decisive ones come out whole, the others are read
off the quantities, held, and the program is solved again. What this leaves open is for branch and cut, which is then
given the best plan found to start from.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from coplant.program.linear import LinearProgram
from coplant.program.money import Floats, Integers
from coplant.program.scaling import Scaled

NODES = 200
"""Nodes after which the search leaves the rest to branch and cut."""

_WHOLE = 1e-6


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan of a search and what it proves.

    Parameters
    ----------
    integers : ndarray or None
        Values of the integer columns of the best plan, None where none was found.
    value : float
        Its scaled objective.
    bound : float
        No plan has a larger one.
    nodes : int
        Linear programs solved.
    """

    integers: Floats | None
    value: float
    bound: float
    nodes: int

    def gap(self, scale: float) -> float:
        """Relative distance of bound and value, for an objective scaled by `scale`."""
        return max(self.bound - self.value, 0.0) / max(abs(self.value), scale)


def search(
    highs: highspy.Highs,
    program: LinearProgram,
    model: Scaled,
    gap: float,
    until: float,
    say: Callable[[str], None],
) -> Found:
    """Search from a relaxation that HiGHS has just solved.

    Parameters
    ----------
    highs : Highs
        Holds the relaxed program, solved.
    program : LinearProgram
        The program.
    model : Scaled
        The same, as it was handed over.
    gap : float
        Relative gap at which a branch is not worth following.
    until : float
        Time of the performance counter at which to stop.
    say : callable
        Is told of every better plan.
    """
    integer = np.flatnonzero(program.integer)
    decisive = np.concatenate(program.decisive) if program.decisive else np.empty(0, dtype=np.int64)
    low, high = model.lower[decisive], model.upper[decisive]
    best = Found(None, -np.inf, np.inf, 0)
    closed = -np.inf
    order = 0
    queue = [(-_value(highs), order, low, high)]
    columns = _columns(highs, model)
    nodes = 0
    while queue and nodes < NODES and time.perf_counter() < until:
        promised, _, low, high = heapq.heappop(queue)
        if -promised <= _worth_following(best.value, gap, model.objective):
            closed = max(closed, -promised)
            break
        if nodes:
            _hold(highs, decisive, low, high)
            if not _solved(highs):
                continue
            columns = _columns(highs, model)
        nodes += 1
        value = min(_value(highs), -promised)
        fraction = np.abs(columns[decisive] - np.rint(columns[decisive]))
        fraction[low == high] = 0.0
        if np.max(fraction, initial=0.0) <= _WHOLE:
            closed = max(closed, value)
            best = _completed(highs, program, model, columns, integer, best, nodes, say)
            continue
        chosen = int(np.argmax(np.where(fraction > _WHOLE, columns[decisive], -1.0)))
        for at in (1.0, 0.0):
            floor, ceiling = low.copy(), high.copy()
            step = np.floor(columns[decisive[chosen]])
            floor[chosen], ceiling[chosen] = (step + 1.0, high[chosen]) if at else (low[chosen], step)
            order += 1
            heapq.heappush(queue, (-value, order, floor, ceiling))
    bound = max([closed, *(-promised for promised, *_ in queue)])
    _hold(highs, decisive, model.lower[decisive], model.upper[decisive])
    return Found(best.integers, best.value, max(bound, best.value), nodes)


def _worth_following(value: float, gap: float, scale: float) -> float:
    return value + gap * max(abs(value), scale) if np.isfinite(value) else -np.inf


def _completed(
    highs: highspy.Highs,
    program: LinearProgram,
    model: Scaled,
    columns: Floats,
    integer: Integers,
    best: Found,
    nodes: int,
    say: Callable[[str], None],
) -> Found:
    """Hold the integers at what a relaxed solution implies, and keep the plan if it is the best so far."""
    full = columns.copy()
    for block, rule in program.completions:
        present = block.index >= 0
        full[block.index[present]] = np.broadcast_to(rule(columns), block.index.shape)[present]
    values = np.clip(np.rint(full[integer]), model.lower[integer], model.upper[integer])
    _hold(highs, integer, values, values)
    solved = _solved(highs)
    value = _value(highs) if solved else -np.inf
    _hold(highs, integer, model.lower[integer], model.upper[integer])
    if value <= best.value:
        return best
    say(f"best so far {value / model.objective:,.0f}")
    return Found(values, value, best.bound, nodes)


def _hold(highs: highspy.Highs, columns: Integers, low: Floats, high: Floats) -> None:
    highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)


def _solved(highs: highspy.Highs) -> bool:
    highs.solve()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _value(highs: highspy.Highs) -> float:
    return -float(highs.getInfo().objective_function_value)


def _columns(highs: highspy.Highs, model: Scaled) -> Floats:
    return np.array(highs.getSolution().col_value) * model.column
