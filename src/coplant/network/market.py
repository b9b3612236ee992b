"""What buyers ask for between two days: dated demand and diffusion, less what rivals take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.demand import adopted, share_kept
from coplant.network.frames import Integers, days, floats, indices, texts
from coplant.timeline import integral, mean_value
from coplant.timeline.calendar import DAYS_PER_YEAR, Days, Floats


@dataclass(frozen=True, eq=False)
class Market:
    """The D streams of demand over some spans of days that lie end to end.

    Parameters
    ----------
    case : Case
        The case.
    labels : tuple of str
        Names of the streams.
    bounds : ndarray of datetime64[D], shape (P + 1,)
        Ends of the parts of the spans within which no rival comes or goes.
    first : ndarray of int, shape (T,)
        First part of each span.
    kept : ndarray, shape (D, P)
        Share of its buyers that each stream keeps beside its rivals; 1 where there are none.
    """

    case: Case
    labels: tuple[str, ...]
    bounds: Days
    first: Integers
    kept: Floats

    @classmethod
    def of(cls, case: Case, bounds: Days) -> Market:
        """Read rivals.

        Parameters
        ----------
        case : Case
            The case.
        bounds : ndarray of datetime64[D], shape (T + 1,)
            First days of the spans, and the day after the last.
        """
        labels = tuple(case["demand"]["demand"].unique(maintain_order=True))
        if case["rivals"].is_empty():
            return cls(case, labels, bounds, np.arange(len(bounds) - 1), np.ones((len(labels), len(bounds) - 1)))
        changes = np.concatenate([days(case["rivals"]["from"]), days(case["demand"]["from"])])
        within = changes[(bounds[0] < changes) & (changes < bounds[-1])]
        parts = np.union1d(bounds, within)
        return cls(case, labels, parts, np.searchsorted(parts, bounds[:-1]), _kept(case, labels, parts))

    def _summed(self, parts: Floats) -> Floats:
        """What is asked for in each span of what is in each of its parts, shape (..., T)."""
        return np.asarray(np.add.reduceat(parts, self.first, axis=-1))

    def dated(self) -> Floats:
        """Units that the rows of demand ask for, shape (D, T)."""
        rows = self.case.dated("demand")
        asked = integral(
            self.bounds,
            days(rows["from"]),
            days(rows["until"]),
            floats(rows["quantity"]),
            texts(rows["per"]),
            indices(rows["demand"], self.labels),
            len(self.labels),
        )
        return self._summed(asked * self.kept)

    def spread(self, stream: Integers, start: Days, innovation: Floats, imitation: Floats, potential: Floats) -> Floats:
        """Units that are asked for as products spread through their markets.

        Parameters
        ----------
        stream : ndarray of int, shape (L,)
            Stream of each.
        start : ndarray of datetime64[D], shape (L,)
            First day of sale of each.
        innovation, imitation, potential : ndarray, shape (L,)
            How each spreads, and to how many.

        Returns
        -------
        ndarray, shape (L, T)
        """
        years = (self.bounds - start[:, None]).astype(np.float64) / DAYS_PER_YEAR
        reached = adopted(years, innovation[:, None], imitation[:, None])
        return self._summed(potential[:, None] * np.diff(reached, axis=1) * self.kept[stream])


def _kept(case: Case, labels: tuple[str, ...], parts: Days) -> Floats:
    """Share of its buyers that each stream keeps in each part, shape (D, P)."""
    demand, rivals = case.dated("demand"), case.dated("rivals")
    own = _attraction(demand, parts, indices(demand["demand"], labels), len(labels))
    pairs = rivals.select("rival", "demand").unique(maintain_order=True)
    owner = rivals.join(pairs.with_row_index("pair"), on=("rival", "demand"), maintain_order="left")["pair"]
    others = _attraction(rivals, parts, owner.cast(pl.Int64).to_numpy(), len(pairs))
    together = np.full(own.shape, -np.inf)
    np.logaddexp.at(together, indices(pairs["demand"], labels), np.where(np.isnan(others), -np.inf, others))
    # Where no rival is there it does not matter how good the product is; a rule sees to it that it is known elsewhere.
    return np.asarray(share_kept(np.nan_to_num(own), together))


def _attraction(dated: pl.DataFrame, parts: Days, owner: Integers, owners: int) -> Floats:
    """Attraction in each part, within which it does not change; NaN while it is empty, shape (owners, P)."""
    return mean_value(parts, days(dated["from"]), days(dated["until"]), floats(dated["attraction"]), owner, owners)
