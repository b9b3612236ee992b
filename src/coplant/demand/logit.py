"""The share of a market that a product has beside rivals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def logit_share(attraction: ArrayLike, rivals: ArrayLike = -np.inf) -> Any:
    """Share of those who would buy that choose a product, where some choose a rival's and some nothing.

    The multinomial logit (McFadden, 1974): e^u / (1 + e^u + sum of e^v), in which the 1 stands for buying nothing.

    Parameters
    ----------
    attraction : array_like
        Utility u of the product beside that of buying nothing.
    rivals : array_like
        That of all rivals together, the logarithm of the sum of e^v; no rival by default.

    Returns
    -------
    ndarray of float
        Broadcast of the two; a single number where both are single.

    Examples
    --------
    A product as good as buying nothing, alone and beside a rival that is as good:

    >>> float(logit_share(0.0)), round(float(logit_share(0.0, 0.0)), 4)
    (0.5, 0.3333)
    """
    alone = np.logaddexp(0.0, attraction)
    return np.exp(attraction - np.logaddexp(alone, rivals))


def share_kept(attraction: ArrayLike, rivals: ArrayLike) -> Any:
    """Share of its buyers that a product keeps when rivals enter: its share beside them by its share alone.

    Parameters
    ----------
    attraction, rivals : array_like
        As for `logit_share`.

    Returns
    -------
    ndarray of float
        (1 + e^u) / (1 + e^u + sum of e^v); exactly 1 without rivals.
    """
    alone = np.logaddexp(0.0, attraction)
    return np.exp(alone - np.logaddexp(alone, rivals))
