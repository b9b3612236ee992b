"""Stress: how a plan fares over many sampled futures, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.results import Kind, read_result, write_result
from coplant.stressing.question import PLANNED
from coplant.stressing.statistics import BRANCH
from coplant.tree.words import counted

KIND = Kind("stress", "coplant stress --out", ("question",))
"""How it is kept in a folder, in which at first there is only what is asked."""


EACH = ("results", "sampled")
"""Tables with rows for each sample."""


@dataclass(frozen=True, eq=False, repr=False)
class Stress:
    """How a plan fares over many sampled futures.

    Parameters
    ----------
    case : Case
        The case.
    tables : mapping of str to DataFrame
        Its tables; see the reference of results.

        - ``distributions`` and ``quantiles``: present value, lowest cash, service and concentration;
        - ``regret``: other agreements beside the plan, in the same samples;
        - ``first_sales``: by when what waits for the launch is sold, and how sure that is;
        - ``mix`` and ``concentrations``: revenue by year;
        - ``influences``: what was sampled, that which matters most first;
        - ``results`` and ``sampled``: every sample.
    promised : float
        Present value that the plan has if all comes as is expected.
    samples, seed : int
        How many futures were sampled, and the seed of the draws.
    reviews : tuple of str
        Days on which the plan was reviewed.
    question : str
        Digest of what was asked.
    versions : mapping of str to str
        Versions of what it was found with.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    promised: float
    samples: int
    seed: int
    reviews: tuple[str, ...]
    question: str
    versions: Mapping[str, str]

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a stress test; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        return f"<Stress of {self.case.settings.name!r}: {counted(self.samples, 'sample')}>"

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Say in a few lines how the plan fares."""
        settings = self.case.settings
        own = self["distributions"].filter(policy=PLANNED, measure="present_value").row(0, named=True)
        quantile = dict(
            self["quantiles"].filter(policy=PLANNED, measure="present_value").select("share", "value").iter_rows()
        )
        title = settings.title or settings.name
        lines = [f"{title}: {counted(self.samples, 'sample')}, reviewed on {', '.join(self.reviews) or 'no day'}"]
        lost = self["regret"].filter(policy=PLANNED)["without_plan"].item()
        if lost:
            lines.append(f"In {lost:,} of them nothing keeps all rules once the plan has begun.")
        if own["mean"] is not None:
            reach = "" if own["low"] is None else f", give or take {(own['high'] - own['low']) / 2.0:,.0f}"
            lines.append(
                f"Present value: {own['mean']:z,.0f} {settings.currency} in the mean{reach}; promised"
                f" {self.promised:z,.0f}; {quantile[0.1]:z,.0f} at 10 %, {quantile[0.9]:z,.0f} at 90 %"
            )
        for measure, name, shown in (("lowest_cash", "Lowest cash", "z,.0f"), ("service", "Demand met", ".1%"),
                                     ("hhi", "Concentration in the last year", ".3f")):  # fmt: skip
            row = self["distributions"].filter(policy=PLANNED, measure=measure).row(0, named=True)
            if row["mean"] is not None:
                lines.append(
                    f"{name}: {format(row['mean'], shown)} in the mean, {format(row['least'], shown)} at least"
                )
        for row in self._soonest().iter_rows(named=True):
            chance = f"{row['chance']:.1%} ({row['low']:.1%} to {row['high']:.1%})"
            lines.append(f"{row['item']} sold by the end of {row['year']}: {chance}")
        others = self["regret"].filter(pl.col("policy") != PLANNED)
        if others.height:
            lines.append("Other agreements, in the same samples:")
            for row in others.iter_rows(named=True):
                told = "no plan" if row["more"] is None else f"{row['more']:+z,.0f}"
                better = "" if row["better"] is None else f"  better in {row['better']:.0%}"
                lines.append(f"{told:>20}  {row['policy']}{better}")
        if self["influences"].height:
            lines.append("What goes with the value, by correlation of ranks:")
            most = self["influences"].head(5)
            lines += [self._influence(row) for row in most.iter_rows(named=True)]
        return "\n".join(lines)

    def _influence(self, row: Mapping[str, Any]) -> str:
        """Put in words how the value goes with something; that of a branch goes neither up nor down with it."""
        if row["kind"] == BRANCH:
            return f"{row['correlation']:>20.2f}  {row['cause']}, by its outcome"
        return f"{row['correlation']:>+20.2f}  {row['cause']}"

    def _soonest(self) -> pl.DataFrame:
        """Of each item the first year by whose end it may be sold and need not be; else the first in which it is."""
        own = self["first_sales"].filter(pl.col("policy") == PLANNED, pl.col("chance") > 0.0)
        return own.unique("item", keep="first", maintain_order=True)

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        own = {name: getattr(self, name) for name in ("promised", "samples", "seed", "question")}
        return own | {"reviews": list(self.reviews), "versions": dict(self.versions)}

    def write(self, folder: str | Path) -> None:
        """Write it to a folder: a Parquet file for each table, ``stress.json``, and the case.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no such result.
        """
        write_result(folder, KIND, self.case, self.tables, self.facts())

    @classmethod
    def read(cls, folder: str | Path) -> Stress:
        """Read what was written.

        Raises
        ------
        FileError
            The folder does not hold such a result.
        """
        kept = read_result(folder, KIND)
        facts = kept.facts
        return cls(kept.case, kept.tables, **{**facts, "reviews": tuple(facts["reviews"])})

    def report(self, path: str | Path) -> None:
        """Write a page to read in a browser.

        Raises
        ------
        FileError
            The file cannot be written.
        """
        from coplant.report.stressed import write_page

        write_page(self, path)

    def to_excel(self, path: str | Path) -> None:
        """Write the tables to a workbook.

        Raises
        ------
        FileError
            The file cannot be written, or a table has more rows than a sheet holds.
        """
        from coplant.report.stressed import write_book

        write_book(self, path)
