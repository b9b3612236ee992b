"""Worth: what it is worth to hedge and to know, and what care costs, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.results import Kind, read_result, write_result
from coplant.tree.words import counted, joined, parted, percentages

KIND = Kind("worth", "coplant worth --out")
"""How it is kept in a folder."""

_APART = 0.01
"""Share of a worth by which its limits differ if they are told."""


@dataclass(frozen=True, eq=False, repr=False)
class Worth:
    """What it is worth to hedge and to know, and what care costs.

    Parameters
    ----------
    case : Case
        The case.
    tables : mapping of str to DataFrame
        Its tables; see the reference of results.

        - ``knowing``: what it is worth to know from the first day how each branch turns out;
        - ``hedging``: what becomes of plans that know of one way only, and what the hedge is worth beside them;
        - ``frontier``: what can be expected, and what is earned at worst, by the weight of the worst.
    futures : int
        How many ways there are in which things can turn out.
    expected, worst : float
        Expected present value of the hedge, and the mean of it over the worst futures.
    objective, bound, gap : float
        What the hedge maximises, the proven bound on that of any, and their relative distance.
    no_mean : str or None
        Why there is no plan for the mean; None where there is one.
    options : mapping
        How it was found.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    futures: int
    expected: float
    worst: float
    objective: float
    bound: float
    gap: float
    no_mean: str | None
    options: Mapping[str, Any]

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of what things are worth; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        return f"<Worth of {self.case.settings.name!r}: {counted(self.futures, 'future')}>"

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Say in a few lines what hedging and knowing are worth, and what care costs."""
        settings = self.case.settings
        expected = f"{self.expected:z,.0f} {settings.currency} expected present value"
        worst = f"over the worst {1.0 - settings.risk_share:.0%}"
        over = counted(self.futures, "future")
        least = f", {self.worst:z,.0f} {worst} of them" if self.futures > 1 else ""
        lines = [
            f"{settings.title or settings.name}: {expected} over {over}{least}",
            *self._weighed(),
            "To know from the first day is worth:",
            *(_worth(row, row["branch"]) for row in self["knowing"].iter_rows(named=True)),
            "To hedge is worth:",
            *(self._hedging(row) for row in self["hedging"].iter_rows(named=True)),
        ]
        if self.no_mean is not None:
            lines.append(f"There is no plan for the mean: {self.no_mean}.")
        if not self["frontier"].is_empty():
            lines += ["What care costs:", f"  weight{'expected':>16}{worst:>20}  signed"]
            lines += [
                f"{row['weight']:>8.2f}{row['expected']:>z16,.0f}{row['worst']:>z20,.0f}  {row['signed']}".rstrip()
                + (f", to within {row['gap']:.2%}" if row["gap"] > self.options["gap"] else "")
                for row in self["frontier"].iter_rows(named=True)
            ]
        return "\n".join(lines)

    def _weighed(self) -> list[str]:
        """Say in what worth is counted where that is not money in the mean."""
        settings = self.case.settings
        if settings.risk_weight == 0.0:
            return []
        mean, worst = percentages([1.0 - settings.risk_weight, settings.risk_weight])
        tail = f"{1.0 - settings.risk_share:.0%}"
        counted_in = f"{mean} of the mean and {worst} of that over the worst {tail}"
        return [f"Worth is counted in what is maximised, {counted_in}; what a plan earns is the mean."]

    def _hedging(self, row: Mapping[str, Any]) -> str:
        made_for = "the mean" if row["future"] is None else f"the likeliest ({self._titled(row['future'])})"
        if row["worth"] is None:
            stranded = "; ".join(map(self._titled, row["without_plan"].split("; ")))
            return f"       no limit  beside the plan for {made_for}: no plan then if {stranded}"
        there = "" if row["cost"] is None else f"; if that comes, the hedge costs {row['cost']:z,.0f}"
        return _worth(row, f"beside the plan for {made_for}, which earns {row['expected']:z,.0f}{there}")

    def _titled(self, future: str) -> str:
        """Titles of the outcomes of a future, or their names where they have none."""
        titles = dict(self.case["branches"].select("outcome", "title").iter_rows())
        return joined(titles.get(outcome) or outcome for outcome in parted(future))

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        own = ("futures", "expected", "worst", "objective", "bound", "gap", "no_mean")
        return {name: getattr(self, name) for name in own} | {"options": dict(self.options)}

    def write(self, folder: str | Path) -> None:
        """Write it to a folder: a Parquet file for each table, ``worth.json``, and the case.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no such result.
        """
        write_result(folder, KIND, self.case, self.tables, self.facts())

    @classmethod
    def read(cls, folder: str | Path) -> Worth:
        """Read what was written.

        Raises
        ------
        FileError
            The folder does not hold such a result.
        """
        kept = read_result(folder, KIND)
        return cls(kept.case, kept.tables, **kept.facts)


def _worth(row: Mapping[str, Any], of: str) -> str:
    """Say what something is worth, and between which limits that lies if plans are found to within a gap."""
    least, most = row["at_least"], row["at_most"]
    apart = most - least >= max(_APART * most, 1.0)
    return f"{row['worth']:>z16,.0f}  {of}" + (f" (proven: {least:z,.0f} to {most:z,.0f})" if apart else "")
