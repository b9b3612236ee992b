"""Lots: nothing or at least so much, and whole multiples."""

from __future__ import annotations

import numpy as np

from coplant.planning.draft import Draft
from coplant.program import term
from coplant.program.money import Floats, Integers


def lot(draft: Draft) -> None:
    """Start a least lot or nothing, and multiples where asked.

    ``lot_least[j,n]``: x_{j,n} >= least_j y_{j,n} and ``lot_most[j,n]``: x_{j,n} <= most_{j,n} y_{j,n}, with y binary;
    ``lot_multiple[j,n]``: x_{j,n} = multiple_j k_{j,n}, with k whole.
    """
    network, program = draft.network, draft.program
    activities = network.activities
    with_least = np.flatnonzero(activities.least > 0.0)
    if len(with_least):
        axes = (tuple(activities.labels[j] for j in with_least), draft.tree.labels)
        started = draft.start.index[with_least]
        any_started = program.columns("lot", axes, where=started >= 0, upper=1.0, integer=True)
        cell = draft.cells(len(with_least))
        least = activities.least[with_least][:, None]
        program.complete_by(
            any_started, lambda columns: np.asarray((_values(started, columns) >= least / 2.0) * 1.0, dtype=np.float64)
        )
        most = np.maximum(draft.room.most[with_least], least)
        program.rows(
            "lot_least",
            axes,
            [term(cell, started), term(cell, any_started.index, -least)],
            lower=0.0,
            where=started >= 0,
        )
        program.rows(
            "lot_most",
            axes,
            [term(cell, started), term(cell, any_started.index, -most)],
            upper=0.0,
            where=started >= 0,
        )
    in_multiples = np.flatnonzero(~np.isnan(activities.multiple))
    if len(in_multiples):
        axes = (tuple(activities.labels[j] for j in in_multiples), draft.tree.labels)
        started_in_lots = draft.start.index[in_multiples]
        lots = program.columns("lots", axes, where=started_in_lots >= 0, integer=True)
        multiple = activities.multiple[in_multiples][:, None]
        program.complete_by(lots, lambda columns: np.asarray(np.rint(_values(started_in_lots, columns) / multiple)))
        cell = draft.cells(len(in_multiples))
        program.rows(
            "lot_multiple",
            axes,
            [term(cell, started_in_lots), term(cell, lots.index, -multiple)],
            lower=0.0,
            upper=0.0,
            where=started_in_lots >= 0,
        )


def _values(index: Integers, columns: Floats) -> Floats:
    """Values of some columns, zero where there is none."""
    return np.where(index >= 0, columns[np.maximum(index, 0)], 0.0)
