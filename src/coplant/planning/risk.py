"""Risk: the mean over the worst futures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coplant.program import LinearProgram, term
from coplant.program.money import Floats
from coplant.program.tying import Tied


def worst_mean(value: Floats, probability: Floats, share: float) -> float:
    """Mean over the worst 1 - share of some values: the conditional value at risk of what is lost, negated.

    Parameters
    ----------
    value : ndarray, shape (K,)
        Values; the least are the worst.
    probability : ndarray, shape (K,)
        Their probabilities, which add up to one.
    share : float
        In [0, 1); of a value that stands on the border the part within counts.

    Returns
    -------
    float

    Notes
    -----
    Rockafellar and Uryasev (2002), proposition 8.
    """
    order = np.argsort(value)
    tail = 1.0 - share
    before = np.cumsum(probability[order]) - probability[order]
    within = np.clip(tail - before, 0.0, probability[order])
    return float(within @ value[order] / tail)


def weigh_risk(tied: Tied, programs: Sequence[LinearProgram], probability: Floats, share: float, weight: float) -> None:
    """Let the mean over the worst futures count beside the mean over all.

    Maximise (1 - weight) E[V] + weight (eta - E[short] / (1 - share)) with ``worst[k]``: short_k >= eta - V_k for each
    future k, where V_k is the present value of its money [money] (Rockafellar and Uryasev, 2000).
    """
    if weight == 0.0:
        return
    program, count = tied.program, len(programs)
    labels = tuple(str(future + 1) for future in range(count))
    eta = program.columns("worst_at_most", (("all",),), lower=-np.inf, node=0)
    # How far a future is short of it is known when it is over.
    last = np.array([int(tied.nodes[future][-1]) for future in range(count)])
    short = program.columns("short_of_it", (labels,), node=last)
    terms = [term(np.arange(count), short.index), term(np.arange(count), eta.index, -1.0)]
    for future, its in enumerate(programs):
        terms.append(term(future, tied.columns[future], its.worth()))
    program.rows("worst", (labels,), terms, lower=0.0)
    tail = 1.0 - share
    program.steer(
        1.0 - weight,
        np.append(eta.index, short.index),
        np.append(weight, -weight * probability / tail),
    )
