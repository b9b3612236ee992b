"""Branch and bound on warm linear programs, with integers completed from relaxed solutions.

A branch-and-cut code sees a thousand binaries; a planner sees three signatures, and tiers, segments and lots that
follow from the quantities. So at every node the linear program in which the open integers are relaxed is solved from
the last basis, decisive integers are branched on first, and once these are whole the others are read off the
quantities, held, and the program is solved again: a plan, nearly always close to the best. What the nodes leave open
goes to branch and cut, which is given the best plan to start from.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import highspy
import numpy as np

from coplant.program.linear import LinearProgram
from coplant.program.money import Floats
from coplant.program.rules import Rules
from coplant.program.run import run, stop_at
from coplant.program.scaling import Scaled

NODES = 400
"""Nodes after which the search leaves the rest to branch and cut."""

_MANY = 20
"""Integers that are not whole at the first node, beyond which a search of a small program would end at its last."""

_SMALL = 10_000
"""Columns up to which branch and cut by itself soon ends."""

_WHOLE = 1e-7

_SOON = 1_000
"""Steps of the simplex from one node to the next after which it is asked whether the rules can hold at all."""

_ENDLESS = 2**31 - 1
"""What HiGHS takes for no limit of steps."""

_STATUS = highspy.HighsModelStatus


class Leaves(NamedTuple):
    """Where a search ended: boxes of whole numbers that together leave no others, and the best that were found.

    Whatever they are boxes of, a search of a program with as many whole numbers can start from them.

    Parameters
    ----------
    integers : ndarray, shape (I,)
        Values of the best plan.
    low, high : ndarray, shape (L, I)
        Bounds of each box.
    """

    integers: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan of a search and what the search proves.

    Parameters
    ----------
    integers : ndarray or None
        Values of the integer columns of the best plan, None where none was found.
    value : float
        Its scaled objective.
    bound : float
        No plan has a larger one.
    nodes : int
        Nodes visited.
    impossible : list of (ndarray, ndarray)
        Bounds of the integers under which not even the relaxed program has a solution.
    closed : list of (ndarray, ndarray)
        Bounds of the integers of all boxes that were not split any further.
    """

    integers: Floats | None
    value: float
    bound: float
    nodes: int
    impossible: list[tuple[Floats, Floats]]
    closed: list[tuple[Floats, Floats]] = field(default_factory=list)

    @property
    def leaves(self) -> Leaves | None:
        """Where a search of a program like this one can start; None if there was no search, or it found nothing."""
        if self.integers is None or not self.closed:
            return None
        low, high = (np.array(bounds) for bounds in zip(*self.closed, strict=True))
        return Leaves(self.integers, low, high)

    def gap(self, scale: float) -> float:
        """Relative distance of bound and value, for an objective scaled by `scale`."""
        return max(self.bound - self.value, 0.0) / max(abs(self.value), scale)

    def better_of(self, other: Found) -> Found:
        """The better of two plans, with what both prove."""
        best = self if self.value >= other.value else other
        return replace(self, integers=best.integers, value=best.value, bound=min(self.bound, other.bound))


class Search:
    """A search from a relaxation that HiGHS has just solved.

    Parameters
    ----------
    highs : Highs
        Holds the relaxed program, solved.
    program : LinearProgram
        The program.
    model : Scaled
        The same, as it was handed over.
    rules : Rules
        Its rules without its money.
    gap : float
        Relative gap at which a branch is not worth following.
    until : float
        Time of the performance counter at which to stop.
    say : callable
        Is told of every better plan.
    nodes : int
        Nodes after which it leaves the rest to branch and cut.
    leaves : Leaves, optional
        Boxes to start from, in place of all whole numbers at once, with a plan that is tried first.
    """

    def __init__(
        self,
        highs: highspy.Highs,
        program: LinearProgram,
        model: Scaled,
        rules: Rules,
        gap: float,
        until: float,
        say: Callable[[str], None],
        nodes: int = NODES,
        leaves: Leaves | None = None,
    ) -> None:
        self.leaves = leaves
        self.highs, self.program, self.model, self.rules = highs, program, model, rules
        self.gap, self.until, self.say, self.nodes = gap, until, say, nodes
        self.integer = np.flatnonzero(program.integer)
        self.decisive = np.isin(self.integer, np.concatenate([np.empty(0, np.int64), *program.decisive]))
        self.best: Floats | None = None
        self.value = -np.inf
        self.tried: set[bytes] = set()
        self.impossible: list[tuple[Floats, Floats]] = []
        self.ended: list[tuple[Floats, Floats]] = []

    def run(self) -> Found:
        """Search until the gap is closed, the nodes are used up or time is over."""
        # Depth first: a branch starts from the basis of the node it hangs on.
        stack = self._started()
        looked_at = len(stack) if self.leaves is not None else 0
        closed = -np.inf
        nodes = 0
        # The first node is always seen to its end, so that even a search out of time has a plan to show.
        while stack and nodes < self.nodes and (not nodes or time.perf_counter() < self.until):
            promised, low, high = stack.pop()
            if promised <= self._worth_following():
                closed = max(closed, promised)
                self.ended.append((low, high))
                continue
            if nodes or self.leaves is not None:
                solved = self._solved(low, high, self.until)
                if not solved:
                    self.ended.append((low, high))
                if solved is False:
                    self.impossible.append((low, high))
                    continue
                if solved is None:
                    # What could not be solved may still hold all that it promised.
                    closed = max(closed, promised)
                    continue
            nodes += 1
            value = min(_value(self.highs), promised)
            columns = np.array(self.highs.getSolution().col_value) * self.model.column
            relaxed = columns[self.integer]
            open_ = self._open(relaxed, low, high)
            implied = whole_from(self.program, columns, low, high)
            branch = self._branch(relaxed, implied, low, high)
            if not open_[self.decisive].any() and value > self.value:
                self._try(implied, self.until if nodes > 1 else np.inf)
            hopeless = nodes == 1 and self.leaves is None and len(columns) <= _SMALL and int(open_.sum()) > _MANY
            if branch is None or hopeless or value <= self._worth_following():
                closed = max(closed, value)
                self.ended.append((low, high))
                continue
            stack += [(value, *half) for half in _halves(low, high, branch, relaxed[branch])]
        bound = max([closed, *(promised for promised, *_ in stack)])
        self._hold(self.model.lower[self.integer], self.model.upper[self.integer])
        self.ended += [(low, high) for _, low, high in stack]
        return Found(self.best, self.value, max(bound, self.value), nodes + looked_at, self.impossible, self.ended)

    def _started(self) -> list[tuple[float, Floats, Floats]]:
        """What is searched: all whole numbers, as the program was just solved, or the boxes that are given."""
        low, high = self.model.lower[self.integer], self.model.upper[self.integer]
        if self.leaves is None:
            return [(_value(self.highs), low, high)]
        self._try(np.clip(self.leaves.integers, low, high), self.until)
        boxes = [(np.maximum(low, one), np.minimum(high, other)) for one, other in zip(*self.leaves[1:], strict=True)]
        found = []
        for box in boxes:
            if (box[0] <= box[1]).all():
                solved = self._solved(*box, self.until)
                if solved is False:
                    self.impossible.append(box)
                    self.ended.append(box)
                else:
                    found.append((_value(self.highs) if solved else np.inf, *box))
        # The box that promises the most comes first, and what is found in it closes others.
        return sorted(found, key=lambda one: one[0])

    def _worth_following(self) -> float:
        """What a node must promise more than to be followed."""
        if self.best is None:
            return -np.inf
        return self.value + self.gap * max(abs(self.value), self.model.objective)

    def _open(self, relaxed: Floats, low: Floats, high: Floats) -> np.ndarray:
        """Integers that are not whole yet."""
        return (np.abs(relaxed - np.rint(relaxed)) > _WHOLE) & (low < high)

    def _branch(self, relaxed: Floats, implied: Floats, low: Floats, high: Floats) -> int | None:
        """The integer to branch on: a decisive one if any is open, else the one that is furthest from what the
        quantities imply.
        """
        fractional = self._open(relaxed, low, high)
        if (fractional & self.decisive).any():
            return int(np.argmax(np.where(fractional & self.decisive, relaxed, -np.inf)))
        if not fractional.any():
            return None
        return int(np.argmax(np.where(fractional, np.abs(relaxed - implied), -np.inf)))

    def _try(self, values: Floats, until: float) -> None:
        """Hold all integers, unless that was done before, and keep the plan if it is the best so far."""
        if values.tobytes() in self.tried:
            return
        self.tried.add(values.tobytes())
        if self._solved(values, values, until) and _value(self.highs) > self.value:
            self.best, self.value = values, _value(self.highs)
            self.say(f"best so far {self.value / self.model.objective:,.0f}")

    def _hold(self, low: Floats, high: Floats) -> None:
        self.highs.changeColsBounds(len(self.integer), self.integer.astype(np.int32), low, high)

    def _solved(self, low: Floats, high: Floats, until: float) -> bool | None:
        """Solve within bounds of the integers; False if nothing keeps the rules within them, None if nobody can tell.

        Whether the rules can hold is asked only where they are not seen to hold soon.
        """
        self._hold(low, high)
        self.highs.setOptionValue("simplex_iteration_limit", _SOON)
        stop_at(self.highs, until)
        self.highs.solve()
        self.highs.setOptionValue("simplex_iteration_limit", _ENDLESS)
        if self.highs.getModelStatus() == _STATUS.kInterrupt:
            raise KeyboardInterrupt
        if self.highs.getModelStatus() == _STATUS.kOptimal:
            return True
        possible = self.rules.hold_within(low, high)
        if possible is False:
            return False
        return True if run(self.highs, until, possible is True) == _STATUS.kOptimal else None


def whole_from(program: LinearProgram, columns: Floats, low: Floats, high: Floats) -> Floats:
    """Whole values of the integers, within bounds, that follow from the quantities of a relaxed solution."""
    full = columns.copy()
    for block, rule in program.completions:
        present = block.index >= 0
        full[block.index[present]] = np.broadcast_to(rule(columns), block.index.shape)[present]
    return np.clip(np.rint(full[program.integer]), np.ceil(low), np.floor(high))


def _halves(low: Floats, high: Floats, branch: int, at: float) -> list[tuple[Floats, Floats]]:
    """Bounds of the two branches below and above a value of an integer; the likelier comes last."""
    above, below = low.copy(), high.copy()
    above[branch], below[branch] = np.floor(at) + 1.0, np.floor(at)
    return [(low, below), (above, high)]


def _value(highs: highspy.Highs) -> float:
    return -float(highs.getInfo().objective_function_value)
