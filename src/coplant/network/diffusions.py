"""Starts of sale: from when on a new product spreads through its market, and on what agreement that hangs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.network.activities import Openings
from coplant.network.frames import Booleans, Integers, dates, days, floats, indices
from coplant.network.market import Market
from coplant.network.starts import Starts
from coplant.timeline import Timeline
from coplant.timeline.calendar import Days, Floats


@dataclass(frozen=True, eq=False)
class Diffusions:
    """The L starts of sale: of each stream, by their days, those that come into question.

    The first of a stream whose agreement runs on its day starts sales.

    Parameters
    ----------
    labels : tuple of str
        Names: that of the stream, and of the agreement where sales hang on one.
    demand : ndarray of int, shape (L,)
        Stream of each.
    agreement : ndarray of int, shape (L,)
        Agreement that has to run on the day; -1 where none has to, after which no other start comes into question.
    day : ndarray of datetime64[D], shape (L,)
        First day of sale.
    node : ndarray of int, shape (L,)
        Bucket of that day.
    wanted : ndarray, shape (L, N)
        Units newly asked for at each node if sales start so.
    """

    labels: tuple[str, ...]
    demand: Integers
    agreement: Integers
    day: Days
    node: Integers
    wanted: Floats

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(
        cls,
        case: Case,
        timeline: Timeline,
        agreements: tuple[str, ...],
        market: Market,
        starts: Starts,
        openings: Openings,
    ) -> Diffusions:
        """Find the starts of sale that come into question, with those that are certain.

        Parameters
        ----------
        case : Case
            The case.
        timeline : Timeline
            The buckets.
        agreements : tuple of str
            Names of the agreements.
        market : Market
            The streams on these buckets.
        starts : Starts
            First day after each milestone.
        openings : Openings
            When routes can be started.
        """
        if case["diffusion"].is_empty():
            none = np.empty(0, dtype=np.int64)
            never = np.empty(0, dtype="datetime64[D]")
            return cls((), none, none, never, none, np.empty((0, len(timeline))))
        found = _starts(case, starts, openings)
        # Nobody buys before the first row of a stream.
        opens = case["demand"].group_by("demand").agg(opens=pl.col("from").min())
        owner = pl.Series(indices(found["demand"], market.labels))
        found = (
            found.join(opens, on="demand", maintain_order="left")
            .with_columns(day=pl.max_horizontal("day", "opens"), stream=owner)
            .filter(pl.col("day") < timeline.bounds[-1].astype(object))
            .sort("stream", "day", maintain_order=True)
            .unique(["stream", "agreement"], keep="first", maintain_order=True)
            .filter(pl.col("agreement").is_null().cum_sum().shift(fill_value=0).over("stream") == 0)
        )
        stream, day = found["stream"].to_numpy(), days(found["day"])
        innovation, imitation, potential = (floats(found[name]) for name in ("innovation", "imitation", "potential"))
        return cls(
            tuple(found.select(pl.concat_str("demand", "agreement", separator=" ", ignore_nulls=True))["demand"]),
            stream,
            indices(found["agreement"], agreements),
            day,
            np.clip(np.searchsorted(timeline.bounds, day, side="right") - 1, 0, None),
            market.spread(stream, day, innovation, imitation, potential),
        )

    @property
    def certain(self) -> Booleans:
        """Which start sales whatever is decided, shape (L,)."""
        first = np.diff(self.demand, prepend=-1) > 0
        return np.asarray(first & (self.agreement < 0))

    def only(self, which: Booleans, bucket: Integers) -> Diffusions:
        """Return some of them, on nodes of which the bucket of each is given."""
        return Diffusions(
            tuple(np.array(self.labels, dtype=object)[which]),
            self.demand[which],
            self.agreement[which],
            self.day[which],
            self.node[which],
            self.wanted[which][:, bucket],
        )


def _starts(case: Case, starts: Starts, openings: Openings) -> pl.DataFrame:
    """Rows of diffusion with the days on which they can start sales, and the agreement that each hangs on."""
    table = case["diffusion"].select("demand", "milestone", "from", "innovation", "imitation", "potential")
    alone = pl.lit(None, dtype=pl.String).alias("agreement")
    dated = table.filter(pl.col("from").is_not_null()).with_columns(alone, day="from")
    can = (openings.share > 0.0) & (openings.first < openings.until)
    opened = pl.DataFrame({"route": openings.route[can], "day": dates(openings.first[can])})
    waiting = (
        case["routes"]
        .select("milestone", "agreement")
        .with_row_index("route")
        .with_columns(pl.col("route").cast(pl.Int64))
        .join(opened, on="route")
        .group_by("milestone", "agreement", maintain_order=True)
        .agg(pl.col("day").min())
    )
    reached = pl.DataFrame(
        {"milestone": list(starts.day), "day": dates(np.array(list(starts.day.values()), dtype="datetime64[D]"))},
        schema={"milestone": pl.String, "day": pl.Date},
    )
    unwaited = table.join(reached, on="milestone", maintain_order="left").join(
        case["routes"], on="milestone", how="anti", maintain_order="left"
    )
    columns = [*table.columns, "agreement", "day"]
    return pl.concat(
        [
            dated.select(columns),
            table.join(waiting, on="milestone", maintain_order="left").select(columns),
            unwaited.with_columns(alone).select(columns),
        ]
    )
