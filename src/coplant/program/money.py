"""Money lines: what every variable earns or costs, under which name and at which node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.signedinteger[Any]]
"""Positions: 32 bits wide where there are many of them, for HiGHS counts in 32 bits too."""

Tags = Mapping[str, Integers]
"""What an amount belongs to: for "item", "site", "family" and "agreement" the index of each, -1 for none."""


class Entries(NamedTuple):
    """Entries of a money line, each of shape (M,); the amount of one is its coefficient times its column."""

    column: Integers
    """Column of each entry."""
    coefficient: Floats
    """Money per unit of the column, undiscounted; income is positive."""
    node: Integers
    """Node at which the money is due."""
    discount: Floats
    """Value at the horizon's start of one unit of that money."""
    tags: Tags
    """What each entry belongs to."""


@dataclass(frozen=True, eq=False)
class MoneyLine:
    """A money line, kept as the arrays it was stated with; they broadcast.

    Parameters
    ----------
    name : str
        Name of the line, such as ``revenue``.
    cash : bool
        Whether it is money that is paid or received. A penalty that only steers the plan, or the value of what is
        left at the end, is not.
    column, coefficient, node, discount : ndarray
        See `Entries`; a column of -1 is none.
    tags : mapping of str to ndarray of int
        See `Entries`.
    """

    name: str
    cash: bool
    column: Integers
    coefficient: Floats
    node: Integers
    discount: Floats
    tags: Tags

    def entries(self) -> Entries:
        """The line spread out, without entries that have no column or no amount."""
        arrays = [self.column, self.coefficient, self.node, self.discount, *self.tags.values()]
        alike = self.column.ndim == 1 and all(array.shape == self.column.shape for array in arrays)
        spread = arrays if alike else np.broadcast_arrays(*arrays)
        keep = (spread[0] >= 0) & (spread[1] != 0.0)
        if alike and keep.all():
            return Entries(self.column, self.coefficient, self.node, self.discount, self.tags)
        column, coefficient, node, discount, *tags = (array[keep] for array in spread)
        return Entries(column, coefficient, node, discount, dict(zip(self.tags, tags, strict=True)))

    def weighed(self, chance: Floats) -> tuple[Integers, Floats]:
        """Columns, and the present value of a unit of each by the chance of its node; of entries as above.

        Parameters
        ----------
        chance : ndarray, shape (N,)
            Probability of each node.
        """
        column, coefficient, node, discount = np.broadcast_arrays(
            self.column, self.coefficient, self.node, self.discount
        )
        keep = (column >= 0) & (coefficient != 0.0)
        return column[keep], coefficient[keep] * discount[keep] * chance[node[keep]]
