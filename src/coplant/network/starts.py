"""When routes that wait for a milestone can be started, branch by branch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.reads import Instead
from coplant.network.frames import dates
from coplant.timeline.calendar import Days


@dataclass(frozen=True, eq=False)
class Starts:
    """The first day after each milestone, on K branches.

    Parameters
    ----------
    day : mapping of str to ndarray of datetime64[D], shape (K,)
        By milestone.
    """

    day: Mapping[str, Days]

    @classmethod
    def dated(cls, case: Case) -> Starts:
        """Read the milestones that have a date."""
        table = case["milestones"].filter(pl.col("date").is_not_null()).select("milestone", "date")
        return cls({name: np.array([date], dtype="datetime64[D]") + 1 for name, date in table.iter_rows()})

    @property
    def branches(self) -> int:
        """How many branches there are."""
        return max((len(day) for day in self.day.values()), default=1)

    def on(self, branch: int) -> dict[str, np.datetime64]:
        """The first day after each milestone on a branch; one that is the same on all may be given once."""
        return {name: day[min(branch, len(day) - 1)] for name, day in self.day.items()}

    def lead(self, case: Case, branch: int) -> Case:
        """Let routes that wait for a milestone start when a branch lets them."""
        days = self.on(branch)
        table = case["routes"]
        known = pl.col("milestone").is_in(list(days))
        first = pl.DataFrame({"milestone": list(days), "first": dates(np.array(list(days.values()), "datetime64[D]"))},
                             schema={"milestone": pl.String, "first": pl.Date})  # fmt: skip
        led = table.join(first, on="milestone", how="left", maintain_order="left").with_columns(
            pl.coalesce("from", "first").alias("from"),
            pl.when(known).then(None).otherwise(pl.col("milestone")).alias("milestone"),
        )
        return dataclasses.replace(case, tables=Instead(case.tables, {"routes": led.select(table.columns)}))
