"""Hedge: plans for the futures of a case, which are one plan for as long as these cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.errors import FileError
from coplant.network.activities import signing_day
from coplant.planning.answer import answer
from coplant.planning.decided import decided_now, decided_then
from coplant.planning.reader import Unread
from coplant.planning.result import KIND, Plan
from coplant.planning.risk import worst_mean
from coplant.results import read_result, write_result
from coplant.timeline import Timeline
from coplant.timeline.calendar import Floats
from coplant.tree.futures import Futures, Outcome
from coplant.tree.splits import first_split
from coplant.tree.words import counted, percentages

_OUTCOMES = {
    "future": pl.String, "branch": pl.String, "outcome": pl.String, "probability": pl.Float64, "known": pl.Date,
}  # fmt: skip

MOST_WAYS = 4
"""Ways in which what becomes known first turns out, up to which each is told with what is earned in the mean."""

OWN = ("futures", "outcomes", "now", "then", "signatures")
"""Tables of a hedge beside those of its plans."""


@dataclass(frozen=True, eq=False, repr=False)
class Hedge:
    """What to do now, and what then, whichever way things turn out.

    Parameters
    ----------
    futures : Futures
        The K ways in which things can turn out.
    timeline : Timeline
        The buckets; one begins on each day on which something becomes known.
    plans : tuple of Plan, length K
        What is done in each; the same in all that cannot be told apart yet.
    status : {"optimal", "feasible"}
        Whether the gap asked for was reached.
    objective, bound, gap : float
        What is maximised, the proven bound on that of any, and their relative distance: the expected present value of
        the plans' money, or with a weight on risk that and the mean over the worst futures together.
    """

    futures: Futures
    timeline: Timeline
    plans: tuple[Plan, ...]
    status: str
    objective: float
    bound: float
    gap: float

    @classmethod
    def of(
        cls, futures: Futures, timeline: Timeline, plans: Sequence[Plan], objective: float, bound: float, gap: float
    ) -> Hedge:
        """Put together a hedge from what was solved; `gap` is that asked for."""
        apart = max(bound - objective, 0.0) / max(abs(objective), 1.0)
        return cls(futures, timeline, tuple(plans), "optimal" if apart <= gap else "feasible", objective, bound, apart)

    @property
    def case(self) -> Case:
        """The case that was planned."""
        return self.futures.case

    @property
    def expected(self) -> float:
        """Expected present value of the plans' money."""
        return float(self.futures.probability @ self._values)

    @property
    def worst(self) -> float:
        """Mean present value over the worst futures, as many as the case's risk_share leaves."""
        return worst_mean(self._values, self.futures.probability, self.case.settings.risk_share)

    @property
    def means(self) -> list[tuple[tuple[str, ...], float]]:
        """Mean present value by what becomes known first: outcomes, and what the plans earn if these come.

        Empty where that can turn out in more than four ways, or may be that nothing more is known.
        """
        split = first_split(self.futures)
        if split is None or len(split.ways) > MOST_WAYS or not all(way.outcomes for way in split.ways):
            return []
        chance = self.futures.probability
        return [
            (
                tuple(one.outcome for one in way.outcomes),
                float(np.average(self._values[way.futures], weights=chance[way.futures])),
            )
            for way in split.ways
        ]

    @cached_property
    def _values(self) -> Floats:
        return np.array([plan.objective for plan in self.plans])

    @cached_property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The futures, what is decided now and then, and the plans' tables with the future in which a row holds."""
        told = (self.futures, self.timeline, self.plans)
        own: tuple[Callable[[], pl.DataFrame], ...] = (
            self._futures,
            self._outcomes,
            partial(decided_now, *told),
            partial(decided_then, *told),
            self._signatures,
        )
        each = {name: partial(self._of_plans, name) for name in self.plans[0].tables}
        return Unread(dict(zip(OWN, own, strict=True)) | each)

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a hedge; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        settings, over = self.case.settings, counted(len(self.plans), "future")
        return f"<Hedge of {settings.name!r}: {over}, {self.expected:,.0f} {settings.currency}>"

    def __str__(self) -> str:
        return self.summary()

    def _futures(self) -> pl.DataFrame:
        """How likely each future is, what it earns, and how low its cash gets."""
        return pl.DataFrame(
            {
                "future": list(self.futures.names),
                "probability": self.futures.probability,
                "present_value": self._values,
                "lowest_cash": [plan["cash"]["cumulative"].min() for plan in self.plans],
            }
        )

    def _outcomes(self) -> pl.DataFrame:
        """How the branches turn out in each future."""
        rows = [
            (name, *one._replace(known=one.known.astype(object)))
            for name, future in zip(self.futures.names, self.futures.outcomes, strict=True)
            for one in future
        ]
        return pl.DataFrame(rows, schema=_OUTCOMES, orient="row")

    def _of_plans(self, table: str) -> pl.DataFrame:
        """A table of all plans, with the future in which each row holds."""
        return pl.concat(
            [
                plan[table].select(pl.lit(future).alias("future"), pl.all())
                for future, plan in zip(self.futures.names, self.plans, strict=True)
            ]
        )

    def _signatures(self) -> pl.DataFrame:
        """What is decided about each agreement that may be signed, and what is known by then."""
        apart, known = self.futures.told_apart(self.timeline), self.futures.known(self.timeline)
        rows = []
        for future, plan in enumerate(self.plans):
            days = signing_day(plan.case)
            for row, day in zip(plan["signed"].iter_rows(named=True), days, strict=True):
                step = self.timeline.bucket_of(day)
                if row["status"] == "option" and apart[future, step] == future:
                    chance = float(self.futures.probability[apart[:, step] == future].sum())
                    rows.append((row["agreement"], day.astype(object), known[future][step], chance, row["signed"]))
        schema = {"agreement": pl.String, "day": pl.Date, "known": pl.String, "probability": pl.Float64,
                  "signed": pl.Boolean}  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row").sort("day", maintain_order=True)

    def summary(self) -> str:
        """Say in a few lines what is decided now, what then, and what that earns."""
        settings = self.case.settings
        over = counted(len(self.plans), "future")
        expected = f"{self.expected:z,.0f} {settings.currency} expected present value over {over}"
        worst = f", {self.worst:z,.0f} over the worst {1.0 - settings.risk_share:.0%} of them"
        lines = [f"{settings.title or settings.name}: {expected}{worst if len(self.plans) > 1 else ''}"]
        lines += answer(self)
        means = [(f"{mean:z,.0f} {settings.currency}", self.futures.titled(way)) for way, mean in self.means]
        # Where every way is a future they are listed below.
        if len(means) < len(self.plans) and len({amount for amount, _ in means}) > 1:
            lines.append(f"In the mean {' and '.join(f'{amount} if {known}' for amount, known in means)}.")
        shares = percentages(self.futures.probability.tolist())
        for future in np.argsort(self._values, kind="stable"):
            titled = self.futures.titled(one.outcome for one in self.futures.outcomes[future])
            amount = f"{self._values[future]:>z24,.0f} {settings.currency}"
            lines.append(f"  {shares[future]:>6}{amount}  {titled or self.futures.names[future]}")
        lines.append(f"{self.status}, gap {self.gap:z.2%}, {self.plans[0].solver}")
        return "\n".join(lines)

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        own = {name: getattr(self, name) for name in ("status", "objective", "bound", "gap")}
        own["foreseen"] = sorted(self.futures.foreseen)
        return own | {"plans": [plan.facts() for plan in self.plans]}

    def write(self, folder: str | Path) -> None:
        """Write the hedge to a folder: a Parquet file for each table, ``plan.json``, and the case.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no plan.
        """
        write_result(folder, KIND, self.case, self.tables, self.facts())

    @classmethod
    def read(cls, folder: str | Path) -> Hedge:
        """Read a hedge that was written.

        Raises
        ------
        FileError
            The folder does not hold plans for several futures.
        """
        kept = read_result(folder, KIND)
        if "plans" not in kept.facts:
            raise FileError(f"{folder} holds a plan of one future. Read it as a Plan")
        futures = Futures(kept.case, _outcomes_in(kept.tables), frozenset(kept.facts.pop("foreseen")))
        timeline = Timeline.of(kept.case.settings.start, kept.case.settings.buckets).split(futures.reveal_dates)
        plans = tuple(
            Plan.told(
                case,
                {
                    table: frame.filter(pl.col("future") == name).drop("future")
                    for table, frame in kept.tables.items()
                    if table not in OWN
                },
                facts,
            )
            for case, name, facts in zip(futures.cases(), futures.names, kept.facts.pop("plans"), strict=True)
        )
        return cls(futures, timeline, plans, **kept.facts)

    def report(self, path: str | Path) -> None:
        """Write the hedge's report, one HTML page that opens offline.

        Raises
        ------
        FileError
            The file cannot be written.
        """
        from coplant.report.hedged import write_page

        write_page(self, path)

    def to_excel(self, path: str | Path) -> None:
        """Write the hedge's tables to a workbook.

        Raises
        ------
        FileError
            The file cannot be written, or a table has more rows than a sheet holds.
        """
        from coplant.report.hedged import write_book

        write_book(self, path)


def _outcomes_in(tables: Mapping[str, pl.DataFrame]) -> tuple[tuple[Outcome, ...], ...]:
    """How the branches turn out in each future, as they were written."""
    of: dict[str, list[Outcome]] = {name: [] for name in tables["futures"]["future"]}
    for future, branch, outcome, probability, known in tables["outcomes"].iter_rows():
        of[future].append(Outcome(branch, outcome, probability, np.datetime64(known, "D")))
    return tuple(map(tuple, of.values()))
