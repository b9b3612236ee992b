"""The cheapest way out where rules cannot hold together: limits moved by the smallest shares of what they are."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import highspy
import numpy as np
from scipy import sparse

from coplant.program.linear import LinearProgram
from coplant.program.money import Booleans
from coplant.program.run import hand_over, run
from coplant.program.scaling import Scaled

_LARGE = 50_000
"""Columns beyond which an interior point is faster than the simplex."""

_MOVED = 1e-7
"""Share of a limit below which it stays where it is."""


class Moved(NamedTuple):
    """A limit that has to move."""

    name: str
    """Name of its row."""
    stated: float
    """Where it is."""
    moved: float
    """Where it would have to be."""

    @property
    def share(self) -> float:
        """By what share of itself it moves."""
        return abs(self.moved - self.stated) / abs(self.stated)


def cheapest_relaxation(program: LinearProgram, model: Scaled, until: float) -> list[Moved]:
    """Find limits that could move so that the others hold, by the smallest sum of shares of what they are.

    Every limit that is not nothing may be broken at a price of one for the whole of it; balances may not, nor what only
    counts what others decide; whole numbers are relaxed. The sum of what is broken is made as small as can be: the
    elastic program of Chinneck & Dravnieks (1991, ORSA Journal on Computing 3(2)).

    Parameters
    ----------
    program : LinearProgram
        Gives the names.
    model : Scaled
        The same in comfortable units.
    until : float
        Time of the performance counter at which to stop.

    Returns
    -------
    list of Moved
        The largest shares first; none where none were found in time, or where no such moves are enough.
    """
    can_move = _can_move(program, model)
    lower, upper = (can_move & np.isfinite(bound) & (bound != 0.0) for bound in (model.row_lower, model.row_upper))
    below, above = np.flatnonzero(lower), np.flatnonzero(upper)
    rows, count = len(model.row_lower), len(below) + len(above)
    row = np.concatenate([below, above])
    sign = np.concatenate([np.ones(len(below)), -np.ones(len(above))])
    size = np.abs(np.concatenate([model.row_lower[below], model.row_upper[above]]))
    slack = sparse.csr_array((sign, (row, np.arange(count))), shape=(rows, count))
    elastic = dataclasses.replace(
        model,
        matrix=sparse.hstack([model.matrix, slack], format="csr"),
        cost=np.concatenate([np.zeros(len(model.cost)), 1.0 / size]),
        offset=0.0,
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.full(count, np.inf)]),
        whole=np.concatenate([model.whole, np.zeros(count, dtype=bool)]),
        share=np.concatenate([model.share, np.zeros(count, dtype=bool)]),
    )
    highs = hand_over(elastic)
    highs.setOptionValue("solver", "simplex" if len(model.cost) <= _LARGE else "ipx")
    highs.HandleKeyboardInterrupt = True
    if run(highs, until) != highspy.HighsModelStatus.kOptimal:
        return []
    broken = np.array(highs.getSolution().col_value)[len(model.cost) :]
    found = []
    for place in np.flatnonzero(broken > _MOVED * size).tolist():
        stated = (model.row_lower if sign[place] > 0.0 else model.row_upper)[row[place]]
        unit = model.row[row[place]]
        name = program.row_name(int(row[place]))
        found.append(Moved(name, float(stated / unit), float((stated - sign[place] * broken[place]) / unit)))
    return sorted(found, key=lambda one: -one.share)


def _can_move(program: LinearProgram, model: Scaled) -> Booleans:
    """Rows that are no balance, and do more than count."""
    can_move = model.row_lower < model.row_upper
    for name, block in program.row_blocks.items():
        if name in program.accounts:
            can_move[block.index[block.index >= 0]] = False
    return can_move
