"""Money lines: what every variable earns or costs, under which name and at which node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

Tags = Mapping[str, Integers]
"""What an amount belongs to: for "item", "site", "family" and "agreement" the index of each, -1 for none."""


@dataclass(frozen=True, eq=False)
class MoneyLine:
    """Entries of one money line; the amount of an entry is its coefficient times its column.

    Parameters
    ----------
    name : str
        Name of the line, such as ``revenue``.
    cash : bool
        Whether it is money that is paid or received. A penalty that only steers the plan, or the value of what is
        left at the end, is not.
    column : ndarray of int, shape (M,)
        Column of each entry.
    coefficient : ndarray, shape (M,)
        Money per unit of the column, undiscounted; income is positive.
    node : ndarray of int, shape (M,)
        Node at which the money is due.
    discount : ndarray, shape (M,)
        Value at the horizon's start of one unit of that money.
    tags : mapping of str to ndarray of int, shape (M,)
        What each entry belongs to.
    """

    name: str
    cash: bool
    column: Integers
    coefficient: Floats
    node: Integers
    discount: Floats
    tags: Tags
