"""What can be paid for to make activities shorter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coplant.case import Case
from coplant.launching.programme import Programme
from coplant.launching.working_time import DAY, Ticks
from coplant.network.frames import Integers, floats, indices
from coplant.timeline.calendar import Floats


@dataclass(frozen=True, eq=False)
class Options:
    """Ways to make activities shorter, O of them.

    Parameters
    ----------
    names : tuple of str
        Each within its activity, length O.
    activity : ndarray of int, shape (O,)
        The activity that becomes shorter.
    ticks : ndarray of int32, shape (O,)
        By how much at the most.
    cost : ndarray, shape (O,)
        Money for all of it.
    whole : ndarray of bool, shape (O,)
        Whether it is all or nothing.
    """

    names: tuple[str, ...]
    activity: Integers
    ticks: Ticks
    cost: Floats
    whole: NDArray[np.bool_]

    @classmethod
    def of(cls, case: Case, programme: Programme) -> Options:
        """Read the options of a case."""
        table = case["acceleration"]
        return cls(
            tuple(table["option"]),
            indices(table["activity"], programme.names),
            np.rint(floats(table["days"]) * DAY).astype(np.int32),
            floats(table["cost"]).copy(),
            (table["whole"] == "yes").to_numpy().copy(),
        )

    def __len__(self) -> int:
        return len(self.names)

    def used(self, share: Floats) -> Ticks:
        """Ticks of each that are paid for when a share of it is used, shape (O,)."""
        return np.rint(self.ticks * share).astype(np.int32)

    def shorter(self, used: Ticks, activities: int) -> Ticks:
        """Ticks by which each activity becomes shorter, shape (A,)."""
        return np.bincount(self.activity, used, minlength=activities).astype(np.int32)

    def price(self, used: Ticks) -> Floats:
        """Money that each comes to, shape (O,)."""
        return np.asarray(self.cost * used / np.maximum(self.ticks, 1))


def shortened(duration: Ticks, shorter: Ticks) -> Ticks:
    """What is left of durations, shape (A,) or (A, B), when activities become shorter, shape (A,): nothing at least."""
    less = shorter if duration.ndim == 1 else shorter[:, None]
    return np.asarray(np.maximum(duration - less, 0), dtype=np.int32)
