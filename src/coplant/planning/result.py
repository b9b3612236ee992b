"""Plan: the result of planning, frozen."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import highspy
import polars as pl

from coplant.case import Case
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, FileError, Problem
from coplant.planning.reader import Reader
from coplant.planning.solved import KEPT, Solved
from coplant.planning.tables import tables_of
from coplant.program import ScalingReport
from coplant.results import Kind, read_result, versions_of, write_result

if TYPE_CHECKING:
    from coplant.case.changes import Change
    from coplant.insight import WhatIf, WhyMade, WhyShort, WhySigned

KIND = Kind("plan", "coplant plan --out")
"""How a plan is kept in a folder."""

LIBRARIES = ("coplant", "highspy", "numpy", "polars", "scipy")
"""Libraries whose versions a plan records."""


_APART = ("case", "tables", "solved")
"""Parts of a plan that are kept in files of their own."""


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """What to sign, reserve, make, buy, move, stock and sell; what it earns; and how it was found.

    Parameters
    ----------
    case : Case
        The case that was planned.
    tables : mapping of str to DataFrame
        The tables of the plan; see the reference of results.
    status : {"optimal", "feasible"}
        Whether the gap asked for was reached.
    objective, bound, gap : float
        Present value of the plan's money, the proven bound on that of any plan, and their relative distance.
    options : mapping
        Options of the run.
    versions : mapping of str to str
        Versions of the libraries.
    solver : str
        How it was solved.
    size : mapping of str to int
        Columns, integer columns, rows and non-zeros of the program.
    violations : mapping of str to float
        How far the plan is from keeping its rows and bounds, measured.
    scaling : mapping
        Ranges of the program's numbers, and warnings.
    timings : mapping of str to float
        Seconds of each stage.
    solved : Solved or None
        Where its program was solved; None if that is not known.
    future : str or None
        The future that it is for, where it is one of several plans that are the same until that is known.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    status: str
    objective: float
    bound: float
    gap: float
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    solver: str
    size: Mapping[str, int]
    violations: Mapping[str, float]
    scaling: Mapping[str, Any]
    timings: Mapping[str, float]
    solved: Solved | None = None
    future: str | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        reader: Reader,
        scaling: ScalingReport,
        options: Mapping[str, Any],
        size: Mapping[str, int],
        timings: Mapping[str, float],
        future: str | None = None,
    ) -> Plan:
        """Put together a plan from what was solved."""
        solution = reader.solution
        made = cls(
            case,
            tables_of(reader),
            solution.status,
            solution.objective,
            solution.bound,
            solution.gap,
            options,
            _versions(),
            solution.solver,
            size,
            dataclasses.asdict(solution.violations),
            dataclasses.asdict(scaling),
            timings,
            Solved.of(solution, reader.draft.wider),
            future,
        )
        vars(made)["reader"] = reader
        return made

    def solved_by(self, solver: str) -> Plan:
        """The same plan, told to be solved otherwise."""
        told = dataclasses.replace(self, solver=solver)
        vars(told).update({name: kept for name, kept in vars(self).items() if name == "reader"})
        return told

    @property
    def digest(self) -> str:
        """Digest of the case."""
        return self.case.digest

    @property
    def settings(self) -> Any:
        """Settings of the case."""
        return self.case.settings

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table of the plan."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a plan; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        return (
            f"<Plan of {self.case.settings.name!r}: {self.objective:,.0f} {self.case.settings.currency}, {self.status}>"
        )

    def __str__(self) -> str:
        return self.summary()

    def first_unit(self, agreement: str) -> datetime.date | None:
        """First day of the bucket in which the first unit is started under an agreement; None if none is."""
        made = self["made"].filter(pl.col("agreement") == agreement)
        first = made["bucket"].min()
        return first if isinstance(first, datetime.date) else None

    def products(self, agreement: str) -> list[str]:
        """Items that can be built under an agreement."""
        routes = self.case["routes"].filter(pl.col("agreement") == agreement)
        return [str(item) for item in routes["item"].unique(maintain_order=True).to_list()]

    def streams(self, item: str) -> list[str]:
        """Streams of demand for an item.

        Raises
        ------
        CaseError
            There is none.
        """
        asked = self.case["demand"].select("demand", "item").unique(maintain_order=True)
        found = asked.filter(pl.col("item") == item)["demand"].to_list()
        if not found:
            items = asked["item"].unique(maintain_order=True).to_list()
            mend = did_you_mean(item, items, f"Items that are asked for are {', '.join(items)}")
            raise CaseError([Problem("demand", None, "item", item, "an item that is asked for", mend)], "the question")
        return [str(stream) for stream in found]

    def unit(self, items: Iterable[str]) -> str:
        """Unit of some items: their own where they share one, else ``unit``."""
        units = self.case["items"].filter(pl.col("item").is_in(list(items)))["unit"].unique().to_list()
        return str(units[0]) if len(units) == 1 else "unit"

    def unserved(self, *keys: str) -> pl.DataFrame:
        """Customers who are not served: those lost, and those still waiting when the horizon ends.

        Customers wanted are those sold to, lost, and waiting at the end.

        Parameters
        ----------
        *keys : str
            Columns of the table ``sold`` to sum by.

        Returns
        -------
        DataFrame
            The keys; wanted, sold, lost and waiting_at_end [unit]; sales, missed and awaited [money]: what was sold,
            what was lost, and what is still waited for, at the prices of the time.
        """
        last = pl.when(pl.col("bucket") == self["buckets"]["bucket"].max()).then("waiting").otherwise(0.0)
        return (
            self["sold"]
            .with_columns(waiting_at_end=last)
            .group_by(keys)
            .agg(
                pl.col("wanted", "sold", "lost", "waiting_at_end").sum(),
                sales=(pl.col("sold") * pl.col("price")).sum(),
                missed=(pl.col("lost") * pl.col("price")).sum(),
                awaited=(pl.col("waiting_at_end") * pl.col("price")).sum(),
            )
        )

    def summary(self) -> str:
        """Say in a few lines what the plan decides and what it earns."""
        currency = self.case.settings.currency
        lines = [
            f"{self.case.settings.title or self.case.settings.name}: {self.objective:z,.0f} {currency} present value"
        ]
        signed = self["signed"]
        chosen = signed.filter(pl.col("signed") & (pl.col("status") == "option"))
        lines += [self._decision(row) for row in chosen.iter_rows(named=True)]
        declined = signed.filter(~pl.col("signed") & (pl.col("status") == "option"))
        lines += [f"Do not sign {row['title'] or row['agreement']}." for row in declined.iter_rows(named=True)]
        lines += [self._start(milestone, day) for milestone, day in self["starts"].iter_rows()]
        money = self["money"].group_by("line").agg(pl.col("present_value").sum()).sort("present_value", descending=True)
        lines += [f"  {name:<24}{value:>z24,.0f} {currency}" for name, value in money.iter_rows()]
        short = self.unserved("family").filter(pl.max_horizontal("lost", "waiting_at_end") > 0.5)
        for row in short.sort("lost", "family", descending=[True, False]).iter_rows(named=True):
            waiting = f", {row['waiting_at_end']:,.0f} still waiting at the end" if row["waiting_at_end"] > 0.5 else ""
            lines.append(f"  {row['family']}: {row['lost']:z,.0f} of {row['wanted']:,.0f} customers lost{waiting}")
        violation = self.violations["row_relative"]
        lines.append(f"{self.status}, gap {self.gap:z.2%}, largest violation {violation:.1e}, {self.solver}")
        return "\n".join(lines)

    def _decision(self, row: Mapping[str, Any]) -> str:
        """One sentence on an agreement that the plan signs."""
        text = f"Sign {row['title'] or row['agreement']} on {row['sign_date']}"
        unit = self.unit(self.products(row["agreement"]))
        for rate in self["reserved"].filter(pl.col("agreement") == row["agreement"]).iter_rows(named=True):
            text += f"; reserve {_count(rate['reserved'])} {'units' if unit == 'unit' else unit} per {rate['per']}"
            text += "" if rate["per"] == "year" else f" ({_count(rate['yearly'])} a year)"
            text += f" from {rate['from']}"
        first = self.first_unit(row["agreement"])
        return f"{text}; first unit in {self._label(first)}." if first else f"{text}; nothing is built under it."

    def _start(self, milestone: str, day: datetime.date) -> str:
        """One sentence on a milestone that routes wait for."""
        dated = milestone in self.case["milestones"].filter(pl.col("date").is_not_null())["milestone"]
        return f"{milestone} lets production start on {day}" + ("." if dated else ", the mean of its launch.")

    def _label(self, bucket: datetime.date) -> str:
        return str(self["buckets"].filter(pl.col("bucket") == bucket)["label"].item())

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        names = [field.name for field in dataclasses.fields(self) if field.name not in _APART]
        return {"digest": self.digest} | {name: plain(getattr(self, name)) for name in names}

    def write(self, folder: str | Path) -> None:
        """Write the plan to a folder: a Parquet file for each table, ``plan.json``, and the case.

        The folder appears whole or not at all. The files of an older plan in its place are replaced; others are kept.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no plan.
        """
        tables = dict(self.tables) | (self.solved.tables() if self.solved else {})
        write_result(folder, KIND, self.case, tables, self.facts())

    @classmethod
    def read(cls, folder: str | Path) -> Plan:
        """Read a plan that was written.

        Raises
        ------
        FileError
            The folder does not hold a plan, or plans for several futures.
        """
        kept = read_result(folder, KIND)
        if "plans" in kept.facts:
            raise FileError(f"{folder} holds plans for several futures. Read them as a Hedge")
        tables = {name: table for name, table in kept.tables.items() if name not in KEPT}
        return dataclasses.replace(cls.told(kept.case, tables, kept.facts), solved=Solved.of_tables(kept.tables))

    @classmethod
    def told(cls, case: Case, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> Plan:
        """Put together a plan from what was written of it."""
        return cls(case, tables, **{name: fact for name, fact in facts.items() if name != "digest"})

    # -- questions -----------------------------------------------------------------------------------------------

    def why_short(self, demand: str, at: str | datetime.date) -> WhyShort | None:
        """Say why customers are not served: what gates them, who got it instead, and what would lift it.

        Parameters
        ----------
        demand : str
            The stream of demand.
        at : str or date
            The buckets: the label of one, a month (2021-07), a quarter (2021-Q3), a year, or a day.

        Returns
        -------
        WhyShort or None
            None if all customers are served.

        Raises
        ------
        CaseError
            There is no such stream, or no such bucket.
        InfeasibleError, NumericalError, SolverError
            As for `plan`, where it is not known where the plan was solved.
        """
        from coplant.insight.shortages import Shortages

        return Shortages(self).why(demand, at)

    def why_made(self, item: str, at: str | datetime.date) -> WhyMade:
        """Say why an item is made or bought where it is: what a unit more or less of each way would lose.

        Parameters
        ----------
        item : str
            The item.
        at : str or date
            The buckets: the label of one, a month (2021-07), a quarter (2021-Q3), a year, or a day.

        Raises
        ------
        CaseError
            The item is neither made nor bought, or there is no such bucket.
        InfeasibleError, NumericalError, SolverError
            As for `plan`, where it is not known where the plan was solved.
        """
        from coplant.insight.why_made import why_made

        return why_made(self, item, at)

    def what_if(self, *changes: str | Change, progress: Callable[[str], None] | None = None) -> WhatIf:
        """Plan anew with changes of the case, from where this plan was solved.

        Parameters
        ----------
        *changes : str or Change
            The changes, such as ``allotments[mcu].quantity *= 1.2``; they are made one after the other.
        progress : callable, optional
            Is told, in a line of text, what is going on.

        Raises
        ------
        CaseError
            A change cannot be read, or means no row; or the new case has mistakes.
        InfeasibleError, NumericalError, SolverError
            As for `plan`.
        """
        from coplant.insight.what_if import what_if

        return what_if(self, changes, progress)

    def why_signed(self, agreement: str, progress: Callable[[str], None] | None = None) -> WhySigned:
        """Say why an agreement is signed, or is not, and at which fee that would turn.

        Parameters
        ----------
        agreement : str
            The agreement, an option.
        progress : callable, optional
            Is told, in a line of text, what is going on.

        Raises
        ------
        CaseError
            There is no such agreement, or it is no option.
        NumericalError, SolverError
            As for `plan`.
        """
        from coplant.insight.why_signed import why_signed

        return why_signed(self, agreement, progress=progress)

    def scarce(self, most: int = 20) -> pl.DataFrame:
        """Rank limits by what one per cent more of each is worth, with how far that holds; see `coplant.insight`.

        Parameters
        ----------
        most : int
            Limits that are looked at, of those whose prices promise the most.
        """
        from coplant.insight.marginal import scarce

        return scarce(self, most)

    def tornado(
        self,
        by: float = 10.0,
        inputs: Sequence[str] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> pl.DataFrame:
        """Rank inputs by what this plan would earn if each were lower, and higher; see `coplant.insight`.

        Parameters
        ----------
        by : float
            Per cent by which each is lower and higher.
        inputs : sequence of str, optional
            The inputs, such as ``prices[car].price``; by default those that most cases have.
        progress : callable, optional
            Is told, in a line of text, what is going on.

        Raises
        ------
        CaseError
            An input cannot be read, means no row, or is no number; or a change of it makes mistakes of the case.
        NumericalError, SolverError
            As for `plan`.
        """
        from coplant.insight.tornado import tornado

        return tornado(self, by, inputs, progress)

    def break_even(
        self, agreements: Sequence[str] | None = None, progress: Callable[[str], None] | None = None
    ) -> pl.DataFrame:
        """Find at which fee, price and demand signing agreements becomes as good as not; see `coplant.insight`.

        Parameters
        ----------
        agreements : sequence of str, optional
            Agreements that are options; all of them by default.
        progress : callable, optional
            Is told, in a line of text, what is going on.

        Raises
        ------
        CaseError
            There is no such agreement, or it is no option.
        NumericalError, SolverError
            As for `plan`.
        """
        from coplant.insight.break_even import break_even

        return break_even(self, agreements, progress)

    def pegged(self, item: str | None = None, demand: str | None = None) -> pl.DataFrame:
        """Say which lots end up where: those by which an item comes into the plan, or those that a stream is made of.

        Parameters
        ----------
        item : str, optional
            The item: what is bought or made of it, and what was there.
        demand : str, optional
            The stream of demand.

        Returns
        -------
        DataFrame
            A row for each lot and each end, with the quantity of the lot; all of them where neither is named.

        Raises
        ------
        CaseError
            There is no such item or stream.
        """
        from coplant.insight.pegging import pegged

        return pegged(self, item, demand)

    # -- files ---------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: not the program, which can be written again there."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def to_excel(self, path: str | Path) -> None:
        """Write the plan's tables to a workbook."""
        from coplant.report import write_excel

        write_excel(self, Path(path))

    def report(self, path: str | Path) -> None:
        """Write the plan's report, one HTML page that opens offline."""
        from coplant.report import write_report

        write_report(self, Path(path))


@cache
def _versions() -> dict[str, str]:
    """Versions of the libraries and of HiGHS."""
    return versions_of(*LIBRARIES) | {"HiGHS": highspy.Highs().version()}


def _count(value: float) -> str:
    """Write a number of units, with a decimal where it is small and has one."""
    return f"{value:,.0f}" if value >= 100.0 or abs(value - round(value)) < 1e-6 else f"{value:,.1f}"


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    return dict(value) if isinstance(value, Mapping) else value
