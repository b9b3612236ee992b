"""What the plans of several futures decide before anything is known, and which agreements they decide on after that."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses import ExitTerms
from coplant.network.activities import signing_day
from coplant.planning.result import Plan
from coplant.timeline import Timeline
from coplant.timeline.calendar import add_months
from coplant.tree.futures import Futures, Outcome
from coplant.tree.words import parted

AGREED = {
    "decision": pl.String,
    "agreement": pl.String,
    "bucket": pl.Date,
    "day": pl.Date,
    "quantity": pl.Float64,
    "unit": pl.String,
}
"""Columns of a decision about an agreement."""

AGREEING = ("sign", "decline", "reserve", "leave")
"""What is decided about agreements."""

_NOTHING = 1e-7
"""Share of the largest quantity or cost of a kind below which one is what the solver left of nothing."""

_LEFT = 1e-5
"""The same, where little of it would cost little too: what an interior point leaves of nothing in many rows."""

_LITTLE = 1e-4
"""Share of the largest cost below which one is little."""

_SAME = 1e-9
"""What sums of probabilities may be off."""


def common_buckets(futures: Futures, timeline: Timeline) -> int:
    """Count the buckets, from the first on, in which no future can be told from another."""
    return int((futures.told_apart(timeline) == 0).all(axis=0).sum())


def decided_now(futures: Futures, timeline: Timeline, plans: Sequence[Plan]) -> pl.DataFrame:
    """List what is decided before anything is known: what the plans of all futures have in common.

    Parameters
    ----------
    futures : Futures
        The K ways in which things can turn out.
    timeline : Timeline
        Their buckets.
    plans : sequence of Plan, length K
        The plan of each.

    Returns
    -------
    DataFrame
        A row for each ``decision`` about a ``thing``; agreements first, then what is ordered, made and moved, then what
        agreements charge by then. `coplant.planning.columns` says what its columns are.
    """
    plan, count = plans[0], common_buckets(futures, timeline)
    agreed = pl.DataFrame(
        [row for step, row in _agreed(plan, timeline) if step < count], schema=AGREED, orient="row"
    ).rename({"agreement": "thing"})
    early = pl.col("bucket").is_in(plan["buckets"]["bucket"].head(count).implode())
    started = [
        _started(plan.case, plan[table].filter(early), *names)
        for table, *names in (
            ("bought", "order", "offer", "offers", "quantity"),
            ("made", "make", "route", "routes", "started"),
            ("moved", "move", "lane", "lanes", "quantity"),
        )
    ]
    table = pl.concat([agreed, *started, _paid(plan, early)], how="diagonal")
    return table.select("decision", "thing", "item", "site", "line", "bucket", "day", "quantity", "unit", "cost")


def decided_then(futures: Futures, timeline: Timeline, plans: Sequence[Plan]) -> pl.DataFrame:
    """List what is decided about agreements once something is known.

    Parameters
    ----------
    futures, timeline, plans
        As for `decided_now`.

    Returns
    -------
    DataFrame
        ``known``, what is known by then; its ``probability``; and as `AGREED`; earlier decisions first.
    """
    count, apart, known = common_buckets(futures, timeline), futures.told_apart(timeline), futures.known(timeline)
    rows = []
    for future, plan in enumerate(plans):
        for step, row in _agreed(plan, timeline):
            # Futures that cannot be told apart yet decide the same.
            if step >= count and apart[future, step] == future:
                chance = float(futures.probability[apart[:, step] == future].sum())
                rows.append((known[future][step], chance, *row))
    schema = {"known": pl.String, "probability": pl.Float64, **AGREED}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("bucket", maintain_order=True)


def started_now(
    now: pl.DataFrame, buckets: pl.DataFrame, products: Collection[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Sum up what is ordered and made before anything is known.

    Parameters
    ----------
    now : DataFrame
        What `decided_now` returns.
    buckets : DataFrame
        Buckets of a plan.
    products : collection of str
        Items that are sold. Where any of them is made, what else is made is left out.

    Yields
    ------
    decision : {"order", "make"}
        Where there is any of it.
    sums : DataFrame
        A row for each ``item`` and ``unit``, the dearest or the most first: ``quantity``, ``cost``, and the ``first``
        and the ``last`` day of the buckets in which it is started.
    """
    days = buckets.select("bucket", last=pl.col("until").dt.offset_by("-1d"))
    for decision in ("order", "make"):
        rows = now.filter(decision=decision)
        sold = rows.filter(pl.col("item").is_in(list(products)))
        if decision == "make" and sold.height:
            rows = sold
        if rows.height:
            yield (
                decision,
                rows.join(days, on="bucket", how="left", maintain_order="left")
                .group_by("item", "unit", maintain_order=True)
                .agg(pl.col("quantity", "cost").sum(), first=pl.col("bucket").min(), last=pl.col("last").max())
                .sort("cost", "quantity", descending=True, maintain_order=True),
            )


def tell_days(sums: pl.DataFrame) -> list[bool]:
    """Say for each row of what is started whether its days are told: they are not where the next row has the same."""
    days = sums.select("first", "last").rows()
    return [own != after for own, after in zip(days, [*days[1:], None], strict=True)]


class Decided(NamedTuple):
    """What is decided about agreements on some day, and what is known where it is."""

    bucket: datetime.date
    what: str
    known: tuple[tuple[str, ...], ...]
    """Outcomes, in each of so many cases: those that tell them from all in which something else is decided, if there
    are such; then there is one case. Nothing where the same is decided whatever is known, or nothing is known yet."""
    share: float

    @property
    def sure(self) -> bool:
        """Whether it is decided whatever is known."""
        return self.share > 1.0 - _SAME


def decided_alike(futures: Futures, then: pl.DataFrame, told: Callable[[pl.DataFrame], str]) -> list[Decided]:
    """Put together what is decided alike, earlier decisions first.

    Parameters
    ----------
    futures : Futures
        The K ways in which things can turn out.
    then : DataFrame
        Rows of what `decided_then` returns.
    told : callable
        Puts the rows of one case in words; what reads the same is the same.
    """
    alike: dict[tuple[datetime.date, str], list[tuple[tuple[str, ...], float]]] = {}
    for node in then.partition_by("bucket", "known", maintain_order=True):
        first = node.row(0, named=True)
        case = (tuple(parted(first["known"])), first["probability"])
        alike.setdefault((first["bucket"], told(node)), []).append(case)
    ways = []
    for (bucket, what), cases in alike.items():
        share, known = sum(chance for _, chance in cases), tuple(outcomes for outcomes, _ in cases)
        common = tuple(one for one in known[0] if all(one in other for other in known))
        if abs(_chance(futures, common) - share) < _SAME:
            known = (common,)
        ways.append(Decided(bucket, what, known, share))
    return ways


def kept_open(then: pl.DataFrame) -> pl.DataFrame:
    """List the agreements that may be signed once something is known.

    Parameters
    ----------
    then : DataFrame
        What `decided_then` returns.

    Returns
    -------
    DataFrame
        Columns ``agreement``, the ``probability`` that it is signed, and the ``day`` of that; earlier days first.
    """
    return (
        then.filter(pl.col("decision").is_in(["sign", "decline"]))
        .group_by("agreement", maintain_order=True)
        .agg(pl.col("probability").filter(pl.col("decision") == "sign").sum(), pl.col("day").min())
    )


def _names(future: Sequence[Outcome]) -> list[str]:
    return [one.outcome for one in future]


def _chance(futures: Futures, outcomes: Collection[str]) -> float:
    """How likely it is that some outcomes all come."""
    come = [set(outcomes) <= set(_names(future)) for future in futures.outcomes]
    return float(futures.probability[come].sum())


def _agreed(plan: Plan, timeline: Timeline) -> list[tuple[int, tuple[object, ...]]]:
    """What is decided about agreements, and the number of the bucket in which it is."""
    rows: list[tuple[int, tuple[object, ...]]] = []
    first = timeline.bounds[:-1].astype(object)
    days = dict(zip(plan["signed"]["agreement"], signing_day(plan.case), strict=True))
    step_of = {name: timeline.bucket_of(day) for name, day in days.items()}

    def decide(decision: str, name: str, step: int, day: object, rate: float | None = None, unit: str = "") -> None:
        rows.append((step, (decision, name, first[step], day, rate, unit or None)))

    for name, signed, status in plan["signed"].select("agreement", "signed", "status").iter_rows():
        if status == "option":
            decide("sign" if signed else "decline", name, step_of[name], days[name].astype(object))
    for row in plan["reserved"].filter(pl.col("reserved") > 0.0).iter_rows(named=True):
        name = row["agreement"]
        unit = f"{plan.unit(plan.products(name))}/{row['per']}"
        decide("reserve", name, step_of[name], row["from"], row["reserved"], unit)
    for name, day in plan["left"].iter_rows():
        decide("leave", name, timeline.bucket_of(_notice(plan.case, name, day)), day)
    # What is decided about an agreement stands together.
    place = {name: number for number, name in enumerate(days)}
    return sorted(rows, key=lambda row: place[row[1][1]])


def _notice(case: Case, agreement: str, day: datetime.date) -> np.datetime64:
    """Day on which notice has to be given to leave an agreement on a day."""
    left = np.datetime64(day, "D")
    months = [clause.notice for clause in ExitTerms.read(case, agreement) if clause.hold_on(left)]
    return np.datetime64(add_months(left, -months[-1]), "D")


def _started(case: Case, rows: pl.DataFrame, decision: str, thing: str, table: str, quantity: str) -> pl.DataFrame:
    """What is ordered, made or moved, and the first day on which any of it arrives."""
    known = case[table].select(thing, "lead_time").unique(thing)
    units = case["items"].select("item", "unit")
    arrives = "to_site" if "to_site" in rows.columns else "site"
    priced = pl.col("price") if "price" in rows.columns else pl.lit(None, dtype=pl.Float64)
    much, cost = pl.col(quantity), (priced * pl.col(quantity)).fill_null(0.0)
    left = (much <= _LEFT * much.max()) & (cost <= _LITTLE * cost.max()) & (cost.max() > 0.0)
    return (
        rows.filter(much > _NOTHING * much.max(), ~left)
        .join(known, on=thing, how="left", maintain_order="left")
        .join(units, on="item", how="left", maintain_order="left")
        .select(
            "item",
            "bucket",
            "unit",
            site=arrives,
            decision=pl.lit(decision),
            thing=thing,
            day=pl.col("bucket") + pl.duration(days=pl.col("lead_time").floor().cast(pl.Int64)),
            quantity=quantity,
            cost=priced * pl.col(quantity),
        )
    )


def _paid(plan: Plan, early: pl.Expr) -> pl.DataFrame:
    """What is paid by then because of an agreement, line by line."""
    charged = (
        plan["money"]
        .filter(early, pl.col("agreement").is_not_null(), "cash")
        .group_by("agreement", "line", "bucket", maintain_order=True)
        .agg(cost=-pl.col("amount").sum())
    )
    return charged.filter(pl.col("cost").abs() > _NOTHING * pl.col("cost").abs().max()).select(
        "line", "bucket", "cost", decision=pl.lit("pay"), thing="agreement", day="bucket"
    )
