"""Drawing futures: every factor of a case in every sample, and what is expected of it when less is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.stats import qmc

from coplant.case import Case
from coplant.case.rules.factors import REVERTING
from coplant.launching.quantiles import Shape, quantiles_of
from coplant.program.money import Integers
from coplant.timeline import Timeline
from coplant.timeline.calendar import DAYS_PER_YEAR, Floats


@dataclass(frozen=True, eq=False)
class Reverting:
    """A factor whose logarithm is an Ornstein-Uhlenbeck process that starts at 1 and keeps the mean 1.

    The factor is exp(y - v/2), where dy = -reversion y dt + volatility dW, y = 0 at the horizon's start, and v is the
    variance of y (Schwartz, 1997, in the form of his first model).

    Parameters
    ----------
    reversion : float
        By which share of itself y returns, a year.
    volatility : float
        Standard deviation of y after a short time, by the square root of the years.
    """

    reversion: float
    volatility: float

    def variance(self, years: Floats) -> Floats:
        """Variance of y some years after it was known."""
        return np.asarray(self.volatility**2 * -np.expm1(-2.0 * self.reversion * years) / (2.0 * self.reversion))

    def walk(self, normal: Floats, years: Floats) -> Floats:
        """The path y.

        Parameters
        ----------
        normal : ndarray, shape (N, T)
            Standard normal numbers.
        years : ndarray, shape (T,)
            Years from the horizon's start, ascending.

        Returns
        -------
        ndarray, shape (N, T)
        """
        steps = np.diff(years, prepend=0.0)
        keep, spread = np.exp(-self.reversion * steps), np.sqrt(self.variance(steps))
        path = np.empty_like(normal)
        now = np.zeros(len(normal))
        for step in range(len(years)):
            now = keep[step] * now + spread[step] * normal[:, step]
            path[:, step] = now
        return path

    def expected(self, path: Floats, years: Floats, known: int) -> Floats:
        """The factor: as it came as far as it is known, and its mean given that from then on.

        Parameters
        ----------
        path : ndarray, shape (T,)
            The path y of one sample.
        years : ndarray, shape (T,)
            Years from the horizon's start.
        known : int
            How many steps of it are known.
        """
        factor = np.exp(path - self.variance(years) / 2.0)
        if known == len(path):
            return np.asarray(factor)
        now, since = (path[known - 1], years - years[known - 1]) if known else (0.0, years)
        later = np.exp(now * np.exp(-self.reversion * since) + (self.variance(since) - self.variance(years)) / 2.0)
        return np.where(np.arange(len(path)) < known, factor, later)


@dataclass(frozen=True, eq=False)
class Draws:
    """N futures as they are drawn.

    Parameters
    ----------
    factors : tuple of str, length F
        Names of the factors, in the order of their table.
    level : ndarray, shape (N, F)
        Those that are drawn once; 1 for the others.
    processes : dict of int to Reverting
        Those that are reverting, by their number.
    path : dict of int to ndarray, shape (N, T)
        Their paths y.
    years : ndarray, shape (T,)
        Years from the horizon's start to the middle of each bucket.
    outcome, luck : ndarray, shape (N,)
        Uniform numbers by which the future of the tree, and the sample of the launch programme, are chosen.
    """

    factors: tuple[str, ...]
    level: Floats
    processes: dict[int, Reverting]
    path: dict[int, Floats]
    years: Floats
    outcome: Floats
    luck: Floats

    @classmethod
    def of(cls, case: Case, timeline: Timeline, samples: int, seed: int) -> Draws:
        """Draw futures by a Latin hypercube, whose normal scores are then correlated (Gaussian copula).

        Parameters
        ----------
        case : Case
            Its factors and their correlations.
        timeline : Timeline
            The T buckets.
        samples : int
            N.
        seed : int
            Seed of the draws.
        """
        table = case["factors"]
        names = tuple(table["factor"])
        moving = [k for k, kind in enumerate(table["distribution"]) if kind == REVERTING]
        still = [k for k in range(len(names)) if k not in moving]
        steps = len(timeline)
        uniform = qmc.LatinHypercube(2 + len(still) + len(moving) * steps, rng=seed).random(samples)
        root = _root(case, names)
        normal = special.ndtri(uniform[:, 2:])
        level = np.ones((samples, len(names)))
        scores = normal[:, : len(still)] @ root[np.ix_(still, still)].T
        for place, k in enumerate(still):
            row = table.row(k, named=True)
            shape = Shape(*(row[name] for name in ("distribution", "low", "likely", "high", "range")))
            level[:, k] = quantiles_of(shape).at(special.ndtr(scores[:, place]))
        years = (np.cumsum(timeline.days) - timeline.days / 2.0) / DAYS_PER_YEAR
        strays = normal[:, len(still) :].reshape(samples, len(moving), steps)
        strays = np.einsum("fg,ngt->nft", root[np.ix_(moving, moving)], strays)
        processes = {k: Reverting(*table.select("reversion", "volatility").row(k)) for k in moving}
        path = {k: processes[k].walk(strays[:, place], years) for place, k in enumerate(moving)}
        return cls(names, level, processes, path, years, uniform[:, 0], uniform[:, 1])

    def __len__(self) -> int:
        return len(self.outcome)

    def seen(self, sample: int, known: int, shown: Integers) -> Floats:
        """Factors of a sample as far as they are known, and as they are expected from then on, shape (F, T).

        Parameters
        ----------
        sample : int
            Number of the sample.
        known : int
            How many buckets have passed.
        shown : ndarray of int, shape (F,)
            Bucket in which each factor that is drawn once shows.
        """
        level = np.where(shown < known, self.level[sample], 1.0)
        every = np.repeat(level[:, None], len(self.years), axis=1)
        for k, process in self.processes.items():
            every[k] = process.expected(self.path[k][sample], self.years, known)
        return every

    def averages(self) -> Floats:
        """Mean of each factor over the buckets of each sample, shape (N, F)."""
        every = self.level.copy()
        for k, process in self.processes.items():
            every[:, k] = np.exp(self.path[k] - process.variance(self.years) / 2.0).mean(axis=1)
        return every


def _root(case: Case, names: tuple[str, ...]) -> Floats:
    """A root of the matrix of correlations, which may be singular."""
    place = {name: number for number, name in enumerate(names)}
    matrix = np.eye(len(names))
    for one, other, value in case["factor_correlations"].select("factor", "with", "correlation").iter_rows():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    if not len(names):
        return matrix
    value, vector = np.linalg.eigh(matrix)
    # The symmetric root of each block of like factors, so that a factor without correlations stays as it was drawn.
    return np.asarray(vector * np.sqrt(np.maximum(value, 0.0)) @ vector.T)
