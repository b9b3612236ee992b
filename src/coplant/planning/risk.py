"""Risk: the mean over the worst futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.program import LinearProgram, term
from coplant.program.money import Floats, Integers
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


_CAREFUL = 1.0 - 1e-7
"""Largest weight of the worst futures: with all of it on them, nothing would count in the others."""


@dataclass(frozen=True, eq=False)
class WorstFutures:
    """The mean over the worst futures as part of a program.

    ``worst[k]``: short_k >= eta - V_k for each future k, where V_k is the present value of its money [money]. The mean
    over the worst is the largest eta - E[short] / (1 - share) (Rockafellar and Uryasev, 2000).

    Parameters
    ----------
    program : LinearProgram
        The program of all futures.
    column : ndarray of int, shape (1 + K,)
        The columns eta and short_k.
    mean : ndarray, shape (1 + K,)
        What a unit of each adds to the mean over the worst futures.
    """

    program: LinearProgram
    column: Integers
    mean: Floats

    @classmethod
    def of(cls, tied: Tied, probability: Floats, share: float) -> WorstFutures:
        """Add the rows to a program.

        Parameters
        ----------
        tied : Tied
            The program of all futures, and maybe of some more that never come.
        probability : ndarray, shape (K,)
            Probability of each that may.
        share : float
            In [0, 1); the worst are this share short of all.
        """
        program, count = tied.program, len(probability)
        labels = tuple(str(future + 1) for future in range(count))
        eta = program.columns("worst_at_most", (("all",),), lower=-np.inf, node=0)
        # How far a future is short of it is known when it is over.
        last = np.array([int(tied.nodes[future][-1]) for future in range(count)])
        short = program.columns("short_of_it", (labels,), node=last)
        terms = [term(np.arange(count), short.index), term(np.arange(count), eta.index, -1.0)]
        for future, worth in enumerate(tied.worth[:count]):
            terms.append(term(future, tied.columns[future], worth))
        program.rows("worst", (labels,), terms, lower=0.0)
        return cls(program, np.append(eta.index, short.index), np.append(1.0, -probability / (1.0 - share)))

    def weigh(self, weight: float) -> None:
        """Maximise (1 - weight) E[V] + weight (eta - E[short] / (1 - share)).

        Parameters
        ----------
        weight : float
            In [0, 1]; of 1 a ten-millionth is left to the mean, so that of plans that are as good at worst the best in
            the mean is made.
        """
        weight = min(weight, _CAREFUL)
        self.program.steer(1.0 - weight, self.column, weight * self.mean)
