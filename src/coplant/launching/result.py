"""Launch: when the milestones of a programme are reached, frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.launching.working_time import Ticks, next_morning
from coplant.results import Kind, read_result, versions_of, write_result
from coplant.timeline.calendar import Days

KIND = Kind("launch", "coplant launch --out")
"""How a launch is kept in a folder."""

LIBRARIES = ("coplant", "numba", "numpy", "ortools", "polars", "scipy")
"""Libraries whose versions a launch records."""


@dataclass(frozen=True, eq=False, repr=False)
class Launch:
    """When milestones are reached, and what decides that.

    Parameters
    ----------
    case : Case
        The case whose programme it is.
    tables : mapping of str to DataFrame
        Its tables; see the reference of results.

        - ``milestones``: when each is reached, with and without advice;
        - ``dates``: its day by probability;
        - ``activities``: when each is worked on;
        - ``paths``: how each activity bears on each milestone it leads to;
        - ``causes``: what drivers and events cost;
        - ``most_lags``: how often the most time between two cannot be kept;
        - ``schedule``: who takes teams that can be short, when, and what they wait for;
        - ``bounds``: how near that schedule is to the best there can be;
        - ``acceleration``: the least that it costs to reach each earlier, if anything can be paid for;
        - ``accelerated``: what is paid for then;
        - ``start_values``: what each start of production is worth, ``advice``: what a host's advice is, and
          ``earlier``: what being earlier is beside what it costs, once `coplant.value_of_start` has worked them out.
    first : date
        The programme's first day.
    reached : mapping of (milestone, advice) to ndarray of int32, shape (N,)
        Moment of each sample, in ticks; advice is the agreement whose host gives it, None without. The same place is
        the same luck in all of them.
    samples, seed : int
        How many samples, and their seed.
    versions : mapping of str to str
        Versions of the libraries.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    first: datetime.date
    reached: Mapping[tuple[str, str | None], Ticks]
    samples: int
    seed: int
    versions: Mapping[str, str]

    @classmethod
    def of(
        cls,
        case: Case,
        tables: Mapping[str, pl.DataFrame],
        first: np.datetime64,
        reached: Mapping[tuple[str, str | None], Ticks],
        samples: int,
        seed: int,
    ) -> Launch:
        """Put together what was simulated."""
        return cls(case, tables, first.astype(object), reached, samples, seed, versions_of(*LIBRARIES))

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table of the launch."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a launch; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        count = self["milestones"]["milestone"].n_unique()
        return f"<Launch of {self.case.settings.name!r}: {count} milestones, {self.samples:,} samples>"

    def __str__(self) -> str:
        return self.summary()

    def adviser(self, milestone: str) -> str | None:
        """The agreement whose host's advice goes into a milestone; None where there is none."""
        return next((advice for name, advice in self.reached if name == milestone and advice is not None), None)

    def starts(self, milestone: str, *, advised: bool = True) -> Days:
        """First day after a milestone is reached, in each sample: that on which production can start.

        Parameters
        ----------
        milestone : str
            The milestone.
        advised : bool
            Whether advice is taken where there is any.

        Returns
        -------
        ndarray of datetime64[D], shape (N,)
        """
        advice = self.adviser(milestone) if advised else None
        return next_morning(np.datetime64(self.first, "D"), self.reached[milestone, advice])

    def summary(self) -> str:
        """Say in a few lines when each milestone is reached."""
        case = self.case
        lines = [
            f"{case.settings.title or case.settings.name}: {self.samples:,} samples of the launch, seed {self.seed}"
        ]
        titles = dict(case["milestones"].select("milestone", pl.coalesce("title", "milestone")).iter_rows())
        for row in self["milestones"].iter_rows(named=True):
            helped = "" if self.adviser(row["milestone"]) is None else " without advice"
            helped = helped if row["advice"] is None else " with advice"
            text = (
                f"{titles[row['milestone']]}{helped}: {row['p50']:%Y-%m-%d} at 50 %, "
                f"{row['p10']:%Y-%m-%d} at 10 %, {row['p90']:%Y-%m-%d} at 90 %; as planned {row['planned']:%Y-%m-%d}"
            )
            if row["target"] is not None:
                text += f"; by {row['target']:%Y-%m-%d} with {100 * row['chance']:.1f} %"
            lines.append(text)
        bought = self["acceleration"]["milestone"].unique(maintain_order=True)
        lines += [self._earlier(titles[milestone], milestone) for milestone in bought]
        lines += self._advice_in_words(titles) if "advice" in self.tables else []
        lines += self._worth_in_words(titles) if "earlier" in self.tables else []
        return "\n".join(lines)

    def _earlier(self, title: str, milestone: str) -> str:
        """Say what the first and all days cost by which a milestone can be planned earlier, with advice if there is."""
        planned = self["acceleration"].filter(milestone=milestone, of="planned")
        rows = planned.filter(pl.col("advice").eq_missing(self.adviser(milestone)))
        currency = self.case.settings.currency
        if rows.height == 1:
            return f"{title} cannot be planned earlier for money"
        first, last = rows.row(1, named=True), rows.row(-1, named=True)
        text = f"{title} can be planned {_days(first['earlier'])} earlier for {first['cost']:,.0f} {currency}"
        if rows.height > 2:
            text += f", {_days(last['earlier'])} at the most for {last['cost']:,.0f} {currency}"
        return text

    def _advice_in_words(self, titles: Mapping[str, str]) -> list[str]:
        """What advice is worth, a line for each milestone it goes into."""
        currency = self.case.settings.currency
        agreements = dict(self.case["agreements"].select("agreement", pl.coalesce("title", "agreement")).iter_rows())
        return [
            f"{titles[row['milestone']]}: advice under {agreements[row['agreement']]} brings it {row['days']:.0f} days"
            f" forward, which is worth {row['value']:,.0f} {currency} (95 %: {row['low']:,.0f} to {row['high']:,.0f});"
            f" it costs {row['cost']:,.0f}"
            for row in self["advice"].iter_rows(named=True)
        ]

    def _worth_in_words(self, titles: Mapping[str, str]) -> list[str]:
        """By how much it pays to bring the mean of each milestone forward."""
        currency = self.case.settings.currency
        lines = []
        for milestone in self["earlier"]["milestone"].unique(maintain_order=True):
            best = self.best_step(milestone)
            if best is None:
                lines.append(f"{titles[milestone]}: being earlier costs more than it is worth")
                continue
            lines.append(
                f"{titles[milestone]}: it pays to bring the mean forward by {_days(best['earlier'])} for"
                f" {best['cost']:,.0f} {currency}, which is worth {best['value']:,.0f}"
            )
        return lines

    def best_step(self, milestone: str) -> dict[str, Any] | None:
        """The row of ``earlier`` of which most remains; None where nothing does."""
        rows = self["earlier"].filter(pl.col("milestone") == milestone, pl.col("net") > 0.0)
        return rows.row(int(rows["net"].arg_max() or 0), named=True) if rows.height else None

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        return {
            "digest": self.case.digest,
            "first": self.first.isoformat(),
            "reached": [list(key) for key in self.reached],
            "samples": self.samples,
            "seed": self.seed,
            "versions": dict(self.versions),
        }

    def write(self, folder: str | Path) -> None:
        """Write the launch to a folder: a Parquet file for each table, ``launch.json``, and the case.

        The folder appears whole or not at all. The files of an older launch in its place are replaced; others are kept.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no launch.
        """
        drawn = pl.DataFrame([pl.Series(str(place), moments) for place, moments in enumerate(self.reached.values())])
        write_result(folder, KIND, self.case, {**self.tables, "samples": drawn}, self.facts())

    def report(self, path: str | Path) -> None:
        """Write the launch's report, one HTML page that opens offline."""
        from coplant.report.launched import write_page

        write_page(self, Path(path))

    def to_excel(self, path: str | Path) -> None:
        """Write the launch to a workbook: the answer, and a sheet for each table."""
        from coplant.report.launched import write_book

        write_book(self, Path(path))

    def figures(self, language: str = "en") -> dict[tuple[str, str], Any]:
        """Return the figures of the page as Plotly's, by kind and name; see `coplant.report.launched.figures`."""
        from coplant.report.launched import figures

        return figures(self, language)

    @classmethod
    def read(cls, folder: str | Path) -> Launch:
        """Read a launch that was written.

        Raises
        ------
        FileError
            The folder does not hold a launch.
        """
        case, tables, facts = read_result(folder, KIND)
        drawn = tables.pop("samples")
        reached = {
            (milestone, advice): drawn[str(place)].to_numpy()
            for place, (milestone, advice) in enumerate(facts["reached"])
        }
        first = datetime.date.fromisoformat(facts["first"])
        return cls(case, tables, first, reached, facts["samples"], facts["seed"], facts["versions"])


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
