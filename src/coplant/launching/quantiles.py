"""Distributions as tables of quantiles, and the draws that are looked up in them.

What a distribution costs is its inverse, so that is worked out once, on a grid whose cells halve in width toward both
ends: 32 cells between 1/4 and 1/2, 32 between 1/8 and 1/4, and so on down to 2^-25, and the same from the other end. A
draw is a uniform number of 24 bits; the leading bits of how far it is from its end are the cell, and the others say
where in the cell it lies, along a straight line. A mean is exact to some 1e-5 of the standard deviation even in long
tails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate, optimize, special

from coplant.launching.working_time import compiled
from coplant.timeline.calendar import Floats

_CELL_BITS = 5
_OCTAVES = 24
_SHIFT = 23 - _CELL_BITS
_FIRST = 127 << _CELL_BITS
CELLS = _OCTAVES << _CELL_BITS
"""Cells on each side of the median."""

Q10 = 1.2815515655446004
"""Standard normal quantile at 90 %."""


@lru_cache
def _grid() -> Floats:
    """Distances from an end at which the cells meet, shape (CELLS + 1,), ascending from 2^-25 to 1/2."""
    octave, cell = np.divmod(np.arange(CELLS + 1), 1 << _CELL_BITS)
    return np.asarray(2.0 ** (octave - 25.0) * (1.0 + cell / (1 << _CELL_BITS)))


class Shape(NamedTuple):
    """What an uncertain quantity is drawn from, as it stands in a row of a table."""

    distribution: str
    low: float | None
    likely: float | None
    high: float | None
    range: str | None
    on_plan: float = 0.0


@dataclass(frozen=True, eq=False)
class Quantiles:
    """A distribution: values that have a weight of their own, and a curve for the rest.

    Parameters
    ----------
    curve : ndarray of float32, shape (2, CELLS + 1)
        Quantiles at the distances of the grid from the lower and from the upper end.
    value : ndarray of float32, shape (V,)
        Values with a weight of their own.
    upper : ndarray of float32, shape (V,)
        Share of the uniform numbers up to and with each value: they fill (0, upper[0]], (upper[0], upper[1]], ...; the
        curve has what is left.
    mean, deviation : float
        Mean and standard deviation.
    """

    curve: NDArray[np.float32]
    value: NDArray[np.float32]
    upper: NDArray[np.float32]
    mean: float
    deviation: float

    @classmethod
    def of(cls, inverse: Callable[[Floats], Floats]) -> Quantiles:
        """Tabulate a continuous distribution.

        Parameters
        ----------
        inverse : callable
            Its quantile function, such as the ``ppf`` of a distribution of scipy.
        """
        grid = _grid()
        return cls._made(np.stack([inverse(grid), inverse(1.0 - grid)]), np.empty(0), np.empty(0))

    @classmethod
    def steps(cls, values: Floats, weights: Floats) -> Quantiles:
        """Tabulate a distribution over single values.

        Parameters
        ----------
        values, weights : ndarray, shape (V,)
            Values and how often each is taken, in any unit.
        """
        order = np.argsort(values)
        upper = np.cumsum(weights[order]) / weights.sum()
        upper[-1] = 1.0
        return cls._made(np.full((2, CELLS + 1), values[order[-1]]), values[order], upper)

    @classmethod
    def fixed(cls, value: float) -> Quantiles:
        """Tabulate what is certain."""
        return cls.steps(np.array([value]), np.ones(1))

    def or_else(self, value: float, probability: float) -> Quantiles:
        """Take a value with some probability, and draw from this distribution otherwise."""
        if probability <= 0.0:
            return self
        if probability >= 1.0:
            return Quantiles.fixed(value)
        if len(self.value):
            weight = np.diff(self.upper.astype(np.float64), prepend=0.0) * (1.0 - probability)
            return Quantiles.steps(np.append(self.value, value), np.append(weight, probability))
        return self._made(self.curve.astype(np.float64), np.array([value]), np.array([probability]))

    def at(self, uniform: Floats) -> Floats:
        """Values at some uniform numbers, in (0, 1).

        Parameters
        ----------
        uniform : ndarray
            Of any shape.
        """
        taken = float(self.upper[-1]) if len(self.upper) else 0.0
        share = np.clip((uniform - taken) / (1.0 - taken), 0.0, 1.0) if taken < 1.0 else uniform
        low, high = (np.interp(np.minimum(end, 0.5), _grid(), curve) for end, curve in
                     zip((share, 1.0 - share), self.curve.astype(np.float64), strict=True))  # fmt: skip
        drawn = np.where(share <= 0.5, low, high)
        if not taken:
            return np.asarray(drawn)
        place = np.minimum(np.searchsorted(self.upper, uniform), len(self.upper) - 1)
        return np.where(uniform <= taken, self.value[place].astype(np.float64), drawn)

    @classmethod
    def _made(cls, curve: Floats, value: Floats, upper: Floats) -> Quantiles:
        """Work out the moments of what will be drawn, cell by cell."""
        width = np.diff(_grid())
        low, high = curve[:, :-1], curve[:, 1:]
        # The lowest cell reaches to the end.
        width = np.concatenate([[width[0] + _grid()[0]], width[1:]])
        rest = 1.0 - (upper[-1] if len(upper) else 0.0)
        weight = np.diff(upper, prepend=0.0)
        mean = rest * float(((low + high) / 2 * width).sum()) + float(weight @ value)
        square = rest * float(((low**2 + low * high + high**2) / 3 * width).sum()) + float(weight @ value**2)
        spread = float(np.sqrt(max(square - mean**2, 0.0)))
        spread = 0.0 if spread < 1e-6 * abs(mean) else spread
        return cls(curve.astype(np.float32), value.astype(np.float32), upper.astype(np.float32), mean, spread)

    @property
    def certain(self) -> bool:
        """Whether there is nothing to draw."""
        return len(self.value) == 1 and bool(self.upper[0] >= 1.0)

    @property
    def most(self) -> float:
        """The highest value that can be drawn."""
        tops = [*self.value.tolist(), *([] if len(self.upper) and self.upper[-1] >= 1.0 else self.curve[1].tolist())]
        return float(max(tops))


@compiled()
def draw(
    curve: NDArray[np.float32],
    value: NDArray[np.float32],
    upper: NDArray[np.float32],
    uniform: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Look quantiles up.

    Parameters
    ----------
    curve, value, upper
        Of `Quantiles`.
    uniform : ndarray of float32, shape (B,)
        Multiples of 2^-24 in [0, 1).
    out : ndarray of float32, shape (B,)
        Becomes the quantiles.
    """
    singles = len(value)
    if singles == 0:
        for s in range(len(uniform)):
            out[s] = _look_up(curve, uniform[s])
        return
    own = upper[singles - 1]
    for s in range(len(uniform)):
        u = uniform[s]
        if u >= own:
            out[s] = _look_up(curve, (u - own) / (np.float32(1.0) - own))
        else:
            k = 0
            while u >= upper[k]:
                k += 1
            out[s] = value[k]


@compiled()
def _look_up(curve: NDArray[np.float32], uniform: float) -> float:
    """The quantile of one uniform number."""
    # Twice the number of 24 bits, and one: how far it is from the lower end, in units of 2^-25.
    far = min(np.int32(uniform * np.float32(1 << 24)), np.int32((1 << 24) - 1)) * np.int32(2) + np.int32(1)
    side = far >> 24
    near = (1 << 25) - far if side else far
    bits = np.float32(near).view(np.int32)
    cell = (bits >> _SHIFT) - _FIRST
    along = np.float32(bits & ((1 << _SHIFT) - 1)) * np.float32(2.0**-_SHIFT)
    first = curve[side, cell]
    return float(first + along * (curve[side, cell + 1] - first))


@lru_cache(maxsize=4096)
def quantiles_of(shape: Shape) -> Quantiles:
    """Tabulate what a row of a table describes.

    Parameters
    ----------
    shape : Shape
        ``fixed``, ``pert``, ``triangular``, ``uniform``, ``normal``, ``lognormal`` or ``exponential``. Low and high are
        the limits, or the quantiles at 10 and 90 %, as its range says; a distribution without limits is given by two
        quantiles. ``on_plan`` is the probability that the likely value is taken, whatever the distribution.

    Returns
    -------
    Quantiles

    Notes
    -----
    PERT is the beta distribution on [a, b] with mode m and shape parameters 1 + 4 (m - a)/(b - a) and
    1 + 4 (b - m)/(b - a), whose mean is (a + 4m + b)/6 (Malcolm, Roseboom, Clark and Fazar, 1959).
    """
    if shape.distribution == "fixed":
        return Quantiles.fixed(shape.likely or 0.0)
    drawn = _pert_curve(shape) if shape.distribution == "pert" else Quantiles.of(_inverse(shape))
    return drawn if shape.likely is None else drawn.or_else(shape.likely, shape.on_plan)


def _pert_curve(shape: Shape) -> Quantiles:
    """Tabulate PERT. It has one shape, its mode, along which its quantiles are read off a curve."""
    low, likely, high = (float(cell or 0.0) for cell in (shape.low, shape.likely, shape.high))
    if low >= high:
        return Quantiles.of(lambda share: np.full_like(share, low))
    begin, end = _limits(_pert, low, likely, high) if shape.range == "p10_p90" else (low, high)
    mode = (likely - begin) / (end - begin)
    # From the upper end it is the same with the mode as far from the other limit.
    unit = np.stack([np.exp(_pert_by_mode()(mode)), 1.0 - np.exp(_pert_by_mode()(1.0 - mode))])
    return Quantiles._made(np.maximum(begin + (end - begin) * unit, 0.0), np.empty(0), np.empty(0))


@lru_cache
def _pert_by_mode() -> interpolate.CubicSpline:
    """Logarithms of the quantiles of PERT on [0, 1] at the distances of the grid, as a function of its mode."""
    modes = np.linspace(0.0, 1.0, 65)
    return interpolate.CubicSpline(modes, np.log(_pert(_grid(), modes[:, None])))


def _inverse(shape: Shape) -> Callable[[Floats], Floats]:
    low, high = float(shape.low or 0.0), float(shape.high or 0.0)
    if low >= high:
        return lambda share: np.full_like(share, low)
    percentiles = shape.range == "p10_p90"
    if shape.distribution == "uniform":
        reach = (high - low) / 8 if percentiles else 0.0
        return lambda share: np.maximum((low - reach) + share * (high - low + 2 * reach), 0.0)
    if shape.distribution == "normal":
        middle, spread = (low + high) / 2, (high - low) / (2 * Q10)
        return lambda share: np.maximum(middle + spread * special.ndtri(share), 0.0)
    if shape.distribution == "lognormal":
        middle, spread = (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / (2 * Q10)
        return lambda share: np.exp(middle + spread * special.ndtri(share))
    if shape.distribution == "exponential":
        scale = (high - low) / (np.log(0.9) - np.log(0.1))
        first = low + scale * np.log(0.9)
        return lambda share: np.maximum(first - scale * np.log1p(-share), 0.0)
    likely = float(shape.likely or 0.0)
    begin, end = _limits(_triangular, low, likely, high) if percentiles else (low, high)
    mode = (likely - begin) / (end - begin)
    return lambda share: np.maximum(begin + (end - begin) * _triangular(share, mode), 0.0)


def _pert(share: Floats, mode: Floats | float) -> Floats:
    """Quantiles of PERT on [0, 1] with a mode."""
    return np.asarray(special.betaincinv(1.0 + 4.0 * mode, 5.0 - 4.0 * mode, share))


def _triangular(share: Floats, mode: float) -> Floats:
    """Quantiles of the triangular distribution on [0, 1] with a mode."""
    return np.where(share < mode, np.sqrt(share * mode), 1.0 - np.sqrt((1.0 - share) * (1.0 - mode)))


def _limits(family: Callable[[Floats, float], Floats], low: float, likely: float, high: float) -> tuple[float, float]:
    """Limits of a distribution whose quantiles at 10 and 90 % are low and high, with likely between them.

    They are found by moving both until the quantiles fit.
    """
    width, ends = high - low, np.array([0.1, 0.9])

    def off(reach: Floats) -> Floats:
        # What is sought is how far beyond low and high the limits lie, as logarithms: they lie outside.
        begin, end = low - width * np.exp(reach[0]), high + width * np.exp(reach[1])
        found = begin + (end - begin) * family(ends, (likely - begin) / (end - begin))
        return np.asarray((found - np.array([low, high])) / width)

    reach = np.exp(optimize.root(off, np.log([0.3, 0.3]), method="hybr", options={"xtol": 1e-12}).x)
    return low - width * float(reach[0]), high + width * float(reach[1])
