"""The diffusion of a new product through its market."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def adopted(years: ArrayLike, innovation: ArrayLike, imitation: ArrayLike) -> Any:
    """Share of a market that has adopted a product some time after its first sale (Bass, 1969).

    F(t) = (1 - exp(-(p + q) t)) / (1 + (q / p) exp(-(p + q) t)), which solves F' = (p + q F) (1 - F) from F(0) = 0.

    Parameters
    ----------
    years : array_like
        Years t since the first day of sale; before it nobody has adopted.
    innovation : array_like
        Share p of those left who adopt in a year of their own accord; above 0.
    imitation : array_like
        Share q of those left who adopt in a year because all others have; at least 0.

    Returns
    -------
    ndarray of float
        Broadcast of the three; a single number where all are single.

    Examples
    --------
    >>> round(float(adopted(5.0, 0.03, 0.38)), 4)
    0.3312
    """
    p, q = np.asarray(innovation, dtype=np.float64), np.asarray(imitation, dtype=np.float64)
    left = (p + q) * np.maximum(years, 0.0)
    return -np.expm1(-left) / (1.0 + q / p * np.exp(-left))
