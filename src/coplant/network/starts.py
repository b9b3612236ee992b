"""When routes that wait for a milestone can be started."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.reads import Instead
from coplant.network.frames import dates


@dataclass(frozen=True, eq=False)
class Starts:
    """The first day after each milestone.

    Parameters
    ----------
    day : mapping of str to datetime64[D]
        By milestone.
    """

    day: Mapping[str, np.datetime64]

    @classmethod
    def dated(cls, case: Case) -> Starts:
        """Read the milestones that have a date."""
        table = case["milestones"].filter(pl.col("date").is_not_null()).select("milestone", "date")
        return cls({name: np.datetime64(date, "D") + 1 for name, date in table.iter_rows()})

    def lead(self, case: Case) -> Case:
        """Let routes that wait for a milestone start when it lets them."""
        table = case["routes"]
        known = pl.col("milestone").is_in(list(self.day))
        days = dates(np.array(list(self.day.values()), dtype="datetime64[D]"))
        first = pl.DataFrame({"milestone": list(self.day), "first": days},
                             schema={"milestone": pl.String, "first": pl.Date})  # fmt: skip
        led = table.join(first, on="milestone", how="left", maintain_order="left").with_columns(
            pl.coalesce("from", "first").alias("from"),
            pl.when(known).then(None).otherwise(pl.col("milestone")).alias("milestone"),
        )
        return dataclasses.replace(case, tables=Instead(case.tables, {"routes": led.select(table.columns)}))
