"""How a product spreads, told from what was sold of it, of which supply may have held some back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coplant.demand.bass import adopted
from coplant.timeline.calendar import DAYS_PER_YEAR, Floats

Booleans = NDArray[np.bool_]

_WIDEST = 1e6
"""Potential, by all that was sold, beyond which a history says nothing about it."""

_FINEST = 1e-9
"""Least deviation that is told, by the mean of what was sold in a period."""

_TRIED = 3
"""Beginnings of a search for the likeliest curve, beside the closest."""

_HIT = 1.0 - 1e-9
"""Share of supply from which on sales have hit it."""


@dataclass(frozen=True, eq=False)
class BassFit:
    """How a product spreads, and how sure that is.

    Attributes
    ----------
    innovation, imitation : float
        Shares p and q of those left who adopt in a year, of their own accord and because others have.
    potential : float
        All who will ever buy, m [unit].
    innovation_error, imitation_error, potential_error : float
        Standard errors of the three; infinite where the history does not tell.
    deviation : float
        Standard deviation of what is asked for in a period of mean length [unit].
    log_likelihood : float
        Of the history.
    expected : ndarray, shape (n,)
        What is asked for in each period by the curve [unit].
    residuals : ndarray, shape (n,)
        Sales less that [unit]; where sales hit supply it is what was missed at the least, with its sign turned.
    censored : ndarray of bool, shape (n,)
        Periods in which sales hit supply.
    """

    innovation: float
    imitation: float
    potential: float
    innovation_error: float
    imitation_error: float
    potential_error: float
    deviation: float
    log_likelihood: float
    expected: Floats
    residuals: Floats
    censored: Booleans

    def interval(self, chance: float = 0.95) -> dict[str, tuple[float, float]]:
        """Interval in which innovation, imitation and potential lie with a chance, each for itself.

        By Student's distribution, with a degree of freedom for each period beyond three in which sales did not hit
        supply.

        Parameters
        ----------
        chance : float
            Above 0 and below 1.

        Returns
        -------
        dict of str to (float, float)
            Least and most of each; without end where there are only three such periods.
        """
        from scipy.special import stdtrit

        freedom = len(self.censored) - int(self.censored.sum()) - 3
        reach = float(stdtrit(freedom, 0.5 + 0.5 * chance)) if freedom else np.inf
        names = ("innovation", "imitation", "potential")
        errors = {name: reach * getattr(self, f"{name}_error") for name in names}
        return {name: (getattr(self, name) - errors[name], getattr(self, name) + errors[name]) for name in names}

    @property
    def identified(self) -> bool:
        """Whether the history tells how large the market is: its interval is narrower than twice itself."""
        return self.interval()["potential"][0] > 0.0

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Say what was found in a few lines."""
        rows = (
            ("innovation p", self.innovation, self.innovation_error, "a year"),
            ("imitation q", self.imitation, self.imitation_error, "a year"),
            ("potential m", self.potential, self.potential_error, "units"),
        )
        lines = [f"{name:<13}{_told(value, 5):>12} ± {_told(error, 2)} {unit}" for name, value, error, unit in rows]
        count, held = len(self.censored), int(self.censored.sum())
        lines.append(f"from {count} periods" + (f", in {held} of which sales hit supply" if held else ""))
        if not self.identified:
            lines.append("The history does not tell how large the market is: sales have not slowed down enough.")
        return "\n".join(lines)


def _told(value: float, digits: int) -> str:
    """A number with so many digits that count."""
    return f"{float(f'{value:.{digits}g}'):,.12g}"


def fit_bass(
    dates: Sequence[Any] | ArrayLike,
    sales: ArrayLike,
    supply: ArrayLike | None = None,
    *,
    start: Any | None = None,
) -> BassFit:
    """Fit the diffusion of Bass (1969) to a history of sales.

    What is asked for in a period from t to t' is m (F(t') - F(t)) and a normal error whose variance is proportional to
    the length of the period: nonlinear least squares on the periods' increments (Srinivasan and Mason, 1986), which for
    such errors is maximum likelihood. Where sales hit supply no more is known than that at least as much was asked for,
    and such a period counts by the probability of that (Tobin, 1958). Customers who are held back are taken for lost:
    those who wait and buy later would be counted then.

    Parameters
    ----------
    dates : sequence of date, shape (n + 1,)
        First day of each of the n periods, and the day after the last. They may differ in length.
    sales : array_like, shape (n,)
        Units sold in each.
    supply : array_like, shape (n,), optional
        Units there were to sell in each; NaN or infinite where there was no limit.
    start : date, optional
        First day of sale, where the history begins later; the first of the dates by default.

    Returns
    -------
    BassFit

    Raises
    ------
    ValueError
        There are no periods, or they overlap or are empty; there are fewer than three of them in which sales were not
        held back by supply, or in which anything was sold; sales are negative, unknown, or beyond supply; or the
        history does not tell how large the market is, or how fast the product spreads, as the larger or the more
        sudden the better it fits.
    """
    day = np.asarray(dates, dtype="datetime64[D]")
    sold = np.asarray(sales, dtype=np.float64)
    _check_periods(day, sold)
    first = day[0] if start is None else np.datetime64(start, "D")
    if first > day[0]:
        raise ValueError(f"sales start on {first}, after the first period begins on {day[0]}")
    limit = np.full(len(sold), np.inf) if supply is None else np.asarray(supply, dtype=np.float64)
    held = _held_back(sold, limit)
    history = _History((day - first).astype(np.float64) / DAYS_PER_YEAR, sold, held)
    best, deviation = history.likeliest(history.closest())
    if best[2] > _WIDEST / 10.0 * sold.sum():
        raise ValueError(
            "the history does not tell how large the market is: sales have not begun to slow down, and the larger the "
            "market, the better the curve fits. Take its potential from elsewhere, or wait for more periods"
        )
    if history.sudden(best):
        raise ValueError(
            "the history does not tell how fast the product spreads: nearly all sales lie in few periods, and the more "
            "sudden the curve, the better it fits. Divide these into shorter periods, or take how fast from elsewhere"
        )
    asked, _ = history.curve(best)
    value, _ = history.surprise(best, deviation)
    p, q, m = best.tolist()
    p_error, q_error, m_error = history.errors(best, deviation).tolist()
    return BassFit(p, q, m, p_error, q_error, m_error, deviation, -value, asked, sold - asked, held)


def _check_periods(day: NDArray[np.datetime64], sold: Floats) -> None:
    """Refuse periods and sales that are none."""
    if day.ndim != 1 or sold.shape != (len(day) - 1,):
        raise ValueError(
            f"there are {day.size} dates and {sold.size} sales: give the first day of each period, and the day after "
            "the last"
        )
    late = np.flatnonzero(np.diff(day) <= np.timedelta64(0, "D"))
    if len(late):
        raise ValueError(f"the period from {day[late[0]]} ends on {day[late[0] + 1]}: periods do not overlap")
    wrong = np.flatnonzero(~(sold >= 0.0) | np.isinf(sold))
    if len(wrong):
        raise ValueError(f"sales from {day[wrong[0]]} are {sold[wrong[0]]}: they are at least 0")
    if not sold.any():
        raise ValueError("nothing was sold")


def _held_back(sold: Floats, limit: Floats) -> Booleans:
    """Periods in which sales hit supply; refused where the others are too few to tell three numbers from."""
    if limit.shape != sold.shape:
        raise ValueError(f"there are {len(sold)} sales and {limit.size} supplies: give one for each period")
    limit = np.where(np.isnan(limit), np.inf, limit)
    beyond = np.flatnonzero(sold * _HIT > limit)
    if len(beyond):
        place = beyond[0]
        raise ValueError(f"sales of period {place + 1} are {sold[place]}, beyond a supply of {limit[place]}")
    held = sold >= limit * _HIT
    free = len(sold) - int(held.sum())
    if free < 3:
        raise ValueError(
            f"there {'is' if free == 1 else 'are'} {free} period{'' if free == 1 else 's'} in which sales were not "
            "held back by supply: three numbers take three at least"
        )
    filled = np.count_nonzero(sold)
    if filled < 3:
        raise ValueError(
            f"something was sold in {filled} period{'' if filled == 1 else 's'} only: three numbers take three at "
            "least. Divide these into shorter periods, or wait for more"
        )
    return np.asarray(held)


def _hazard(far: Floats) -> Floats:
    """The density of a standard normal by its distribution, by which the logarithm of that rises."""
    from scipy.special import erfcx

    return np.asarray(np.sqrt(2.0 / np.pi) / erfcx(-far / np.sqrt(2.0)))


class _History:
    """A history of sales, and how well a curve fits it.

    Parameters are told by their logarithms while they are looked for: they are positive, and so are their scales.

    Parameters
    ----------
    years : ndarray, shape (n + 1,)
        Ends of the periods since the first day of sale.
    sold : ndarray, shape (n,)
        Units sold in each.
    held : ndarray of bool, shape (n,)
        Periods in which sales hit supply.
    """

    def __init__(self, years: Floats, sold: Floats, held: Booleans) -> None:
        self.years, self.sold, self.held = years, sold, held
        self.finest = float(_FINEST * sold.mean())
        length = np.diff(years)
        self.weight = np.sqrt(length.mean() / length)
        span = years[-1]
        self.low = np.log([1e-9 / span, 1e-9 / span, 0.1 * sold.sum()])
        self.high = np.log([1e2 / span, 1e3 / span, _WIDEST * sold.sum()])

    def curve(self, point: Floats) -> tuple[Floats, Floats]:
        """What is asked for in each period, shape (n,), and by how much more with p, q and m, shape (n, 3)."""
        p, q, m = point
        t = self.years
        left = np.exp(-(p + q) * t)
        above, below = 1.0 - left, 1.0 + q / p * left
        by_p = (t * left * below + above * left * (q / p**2 + q / p * t)) / below**2
        by_q = (t * left * below - above * left * (1.0 / p - q / p * t)) / below**2
        reached = np.diff(adopted(t, p, q))
        return m * reached, np.stack([m * np.diff(by_p), m * np.diff(by_q), reached], axis=1)

    def misses(self, point: Floats) -> tuple[Floats, Floats]:
        """Weighed errors of each period, and how they change; none where sales hit supply and more was asked for."""
        asked, by = self.curve(point)
        counts = np.where(self.held & (asked >= self.sold), 0.0, self.weight)
        return (asked - self.sold) * counts, by * counts[:, None]

    def closest(self) -> Floats:
        """The curve with the least squares, from several beginnings."""
        # Loaded where it is needed, for it takes as long as all else of the package.
        from scipy.optimize import least_squares

        def missed(log: Floats) -> Floats:
            return self.misses(np.exp(log))[0]

        def changes(log: Floats) -> Floats:
            return np.asarray(self.misses(np.exp(log))[1] * np.exp(log))

        def search(beginning: Floats, tolerance: float) -> Any:
            return least_squares(
                missed, beginning, changes, (self.low, self.high), x_scale="jac",
                ftol=tolerance, xtol=tolerance, gtol=tolerance,
            )  # fmt: skip

        best = min((search(one, 1e-5) for one in self._beginnings()), key=lambda one: float(one.cost))
        return np.asarray(np.exp(search(best.x, 1e-15).x))

    def _beginnings(self) -> list[Floats]:
        """Curves to begin from: fast and slow, by innovation and by imitation, each as high as fits best."""
        beginnings = []
        for fast in (0.5, 2.0, 6.0, 15.0):
            for ratio in (1e-3, 0.03, 0.5):
                q = fast / self.years[-1]
                reached = np.diff(adopted(self.years, ratio * q, q)) * self.weight**2
                high = (reached @ self.sold) / (reached @ (reached / self.weight**2))
                point = np.log([ratio * q, q, max(high, np.exp(self.low[2]))])
                beginnings.append(np.clip(point, self.low + 1e-6, self.high - 1e-6))
        return beginnings

    def sudden(self, point: Floats) -> bool:
        """Whether a curve is as sudden as any that is looked for: hardly anybody adopts of their own accord."""
        return bool(point[0] < 10.0 * np.exp(self.low[0]))

    def surprise(self, point: Floats, deviation: float) -> tuple[float, Floats]:
        """Minus the log-likelihood, and how it changes with p, q, m and the logarithm of the deviation."""
        from scipy.special import log_ndtr

        asked, by = self.curve(point)
        scale = self.weight / deviation
        far = (asked - self.sold) * scale
        told = np.where(self.held, log_ndtr(far), np.log(scale) - 0.5 * far**2 - 0.5 * np.log(2.0 * np.pi))
        # By how much the log-likelihood of each period rises with its error.
        slope = np.where(self.held, _hazard(far), -far)
        by_deviation = -slope * far - np.where(self.held, 0.0, 1.0)
        return -float(told.sum()), -np.append((slope * scale) @ by, by_deviation.sum())

    def likeliest(self, closest: Floats) -> tuple[Floats, float]:
        """The curve under which the history is the likeliest, and its deviation."""
        from scipy.optimize import minimize

        if not self.held.any():
            return closest, self._deviation(closest)

        def cost(log: Floats) -> tuple[float, Floats]:
            value, slope = self.surprise(np.exp(log[:3]), float(np.exp(log[3])))
            return value, slope * np.append(np.exp(log[:3]), 1.0)

        points = [np.append(point, np.log(self._deviation(np.exp(point)))) for point in self._beginnings()]
        points.sort(key=lambda point: cost(point)[0])
        points = [np.append(np.log(closest), np.log(self._deviation(closest))), *points[:_TRIED]]
        bounds = [*zip(self.low, self.high, strict=True), (np.log(self.finest), np.log(self.sold.sum()))]
        found = [
            minimize(cost, one, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
            for one in points
        ]
        best = min(found, key=lambda one: float(one.fun))
        return np.asarray(np.exp(best.x[:3])), float(np.exp(best.x[3]))

    def _deviation(self, point: Floats) -> float:
        """Standard deviation of a period of mean length, as periods that were not held back have it."""
        missed = self.misses(point)[0][~self.held]
        return float(np.clip(np.sqrt((missed**2).mean()), self.finest, self.sold.sum()))

    def errors(self, point: Floats, deviation: float) -> Floats:
        """Standard errors of p, q and m by the information in the history, for as many numbers as were fitted."""
        free = int((~self.held).sum())
        asked, by = self.curve(point)
        scale = self.weight / deviation
        far = (asked - self.sold) * scale
        first = -_hazard(far)
        # How minus the log-likelihood of each period bends with its error and with the logarithm of the deviation.
        bend = np.where(self.held, -first * (far - first), 1.0)
        mixed = np.where(self.held, -bend * far - first, -2.0 * far) * scale
        by_deviation = np.where(self.held, bend * far**2 + first * far, 2.0 * far**2)
        information = np.empty((4, 4))
        information[:3, :3] = (by * (bend * scale**2)[:, None]).T @ by
        information[3, :3] = information[:3, 3] = mixed @ by
        information[3, 3] = by_deviation.sum()
        # Without periods that were held back the two are found apart; a deviation of nothing was not found at all.
        if not self.held.any() or deviation <= 1.001 * self.finest:
            information = information[:3, :3]
        size = np.sqrt(np.abs(np.diagonal(information)))
        if free == 3 or not (size > 0.0).all():
            return np.full(3, np.inf)
        even = information / np.outer(size, size)
        if np.linalg.eigvalsh(even)[0] <= 1e-13:
            return np.full(3, np.inf)
        variance = np.diagonal(np.linalg.inv(even)) / size**2
        return np.asarray(np.sqrt(variance[:3] * free / (free - 3)))
