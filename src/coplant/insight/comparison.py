"""Comparison: two to five plans side by side, and the way from the money of the first to that of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from coplant.errors import CaseError, Problem
from coplant.insight.bridge import bridge
from coplant.planning.reader import Unread
from coplant.planning.reopened import reopened
from coplant.planning.result import Plan

MOST = 5
"""Plans that can be looked at side by side."""

MOST_TOLD = 6
"""Causes, and quantities, that are told in a few lines; the tables have all."""

_NOTHING = 1e-6
"""Share of the present value below which a difference is what the solver left of none."""

_LITTLE = 1e-4
"""Share of a quantity below which it is the same."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two to five plans side by side.

    Parameters
    ----------
    plans : mapping of str to Plan
        The plans by what they are called; the others are compared to the first.
    """

    plans: Mapping[str, Plan]

    @classmethod
    def of(cls, plans: Mapping[str, Plan]) -> Comparison:
        """Put plans side by side.

        Raises
        ------
        CaseError
            They are in several currencies, or their money does not count from the same day.
        ValueError
            There are not two to five.
        """
        if not 2 <= len(plans) <= MOST:
            raise ValueError(f"there are {len(plans)} plans; from 2 to {MOST} are compared")
        first, *others = plans.values()
        for column in ("currency", "start"):
            expected = getattr(first.settings, column)
            problems = [
                Problem("case", None, column, getattr(plan.settings, column), f"{expected}, as in the first plan",
                        "Plans are compared in one currency, from one day on")
                for plan in others
                if getattr(plan.settings, column) != expected
            ]  # fmt: skip
            if problems:
                raise CaseError(problems, "the plans to compare")
        return cls(plans)

    @cached_property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """What is compared; see the reference of results."""
        return Unread(
            {
                "plans": self._plans,
                "decisions": self._decisions,
                "bridge": self._bridge,
                "quantities": self._quantities,
                "revenues": self._revenues,
                "cash_curves": self._cash_curves,
            }
        )

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a comparison; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.plans)}>"

    def __str__(self) -> str:
        return self.summary()

    # -- tables --------------------------------------------------------------------------------------------------

    def _plans(self) -> pl.DataFrame:
        """What each plan comes to."""
        rows = []
        for name, plan in self.plans.items():
            # Nothing is there when the plan begins.
            cash = plan["cash"].sort("cumulative").row(0, named=True)
            lowest = (cash["cumulative"], cash["bucket"]) if cash["cumulative"] < 0.0 else (0.0, plan.settings.start)
            concentration = plan["concentration"].sort("year")["hhi"].to_list()
            served = plan.unserved().select("wanted", "sold", "missed", "awaited").row(0, named=True)
            rows.append(
                {
                    "plan": name,
                    "present_value": plan.objective,
                    "more": plan.objective - self._first.objective,
                    "gap": plan.gap,
                    "lowest_cash": lowest[0],
                    "lowest_on": lowest[1],
                    "sold": served["sold"],
                    "served": served["sold"] / served["wanted"] if served["wanted"] > 0.0 else None,
                    "unserved": served["missed"] + served["awaited"],
                    "hhi": concentration[-1] if concentration else None,
                }
            )
        return pl.DataFrame(rows)

    def _decisions(self) -> pl.DataFrame:
        """Agreements that some plan signs though it need not, or what is reserved under them."""
        parts = []
        for name, plan in self.plans.items():
            reserved = plan["reserved"].select("agreement", "from", "reserved", "per", "yearly", "share_used")
            signed = plan["signed"].select("agreement", "status", "signed", "sign_date")
            parts.append(signed.join(reserved, on="agreement", how="left").select(pl.lit(name).alias("plan"), pl.all()))
        return pl.concat(parts)

    def _bridge(self) -> pl.DataFrame:
        """What each of the others earns more than the first, by cause."""
        first = reopened(self._first)
        return pl.concat(
            [
                bridge(first, reopened(plan)).select(pl.lit(name).alias("plan"), pl.all())
                for name, plan in list(self.plans.items())[1:]
            ]
        )

    def _quantities(self) -> pl.DataFrame:
        """What is made, bought and sold of each item in each year."""
        parts = []
        for name, plan in self.plans.items():
            for what, quantity in (("made", "good"), ("bought", "quantity"), ("sold", "sold")):
                parts.append(
                    plan[what]
                    .group_by("item", year=pl.col("bucket").dt.year())
                    .agg(pl.col(quantity).sum().alias("quantity"))
                    .select(pl.lit(name).alias("plan"), pl.lit(what).alias("what"), "item", "year", "quantity")
                )
        return pl.concat(parts).sort("what", "item", "year", "plan")

    def _revenues(self) -> pl.DataFrame:
        """Revenue by family and year, and how concentrated it is."""
        return pl.concat(
            [
                plan["revenue"]
                .join(plan["concentration"].select("year", "hhi"), on="year")
                .select(pl.lit(name).alias("plan"), "year", "family", "revenue", "margin", "share", "hhi")
                for name, plan in self.plans.items()
            ]
        )

    def _cash_curves(self) -> pl.DataFrame:
        return pl.concat(
            [plan["cash"].select(pl.lit(name).alias("plan"), pl.all()) for name, plan in self.plans.items()]
        )

    @property
    def _first(self) -> Plan:
        return next(iter(self.plans.values()))

    def report(self, path: str | Path) -> None:
        """Write the page of the comparison, one HTML file that opens offline.

        Raises
        ------
        FileError
            The file cannot be written.
        """
        from coplant.report.compared import write_page

        write_page(self, path)

    def to_excel(self, path: str | Path) -> None:
        """Write the comparison's tables to a workbook.

        Raises
        ------
        FileError
            The file cannot be written, or a table has more rows than a sheet holds.
        """
        from coplant.report.compared import write_book

        write_book(self, path)

    # -- words ---------------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """Say in a few lines how the plans differ."""
        first, *others = self.plans
        return "\n".join(line for name in others for line in self.differences(first, name))

    def differences(self, one: str, other: str) -> Iterator[str]:
        """Say how a plan differs from the first, in order of money."""
        currency = self._first.settings.currency
        before, after = self.plans[one].objective, self.plans[other].objective
        yield f"{other}: {after:z,.0f} {currency} present value, {_more(after - before, currency)} than {one}"
        lacking = sum(max(self.plans[name].bound - self.plans[name].objective, 0.0) for name in (one, other))
        if abs(after - before) > 0.5 and abs(after - before) < lacking:
            yield f"  that is less than these plans may lack of the best there is: {lacking:,.0f} {currency} (--gap)"
        yield from self._decided_otherwise(one, other)
        yield from self._causes(other, before)
        yield from self._amounts(one, other)

    def _decided_otherwise(self, one: str, other: str) -> Iterator[str]:
        table = self["decisions"]
        titles: dict[str, str] = {}
        for name in (other, one):
            titles |= dict(
                self.plans[name].case["agreements"].select("agreement", pl.coalesce("title", "agreement")).rows()
            )
        for agreement, title in titles.items():
            was, rows = (table.filter(plan=name, agreement=agreement) for name in (one, other))
            before, after = bool(was["signed"].any()), bool(rows["signed"].any())
            if before != after:
                yield f"  {title} is {'signed' if after else 'not signed'}, and was {'' if before else 'not '}signed"
            elif after:
                yield from self._reserved_otherwise(title, was, rows)

    def _reserved_otherwise(self, title: str, was: pl.DataFrame, rows: pl.DataFrame) -> Iterator[str]:
        """Say what is reserved otherwise: from the same day on, or from the days that have taken their place."""
        reserved = [side.filter(pl.col("reserved").is_not_null()).sort("from") for side in (was, rows)]
        news = set(reserved[1]["from"])
        gone = iter([day for day in reserved[0]["from"] if day not in news])
        known = dict(reserved[0].select("from", "reserved").iter_rows())
        for row in reserved[1].iter_rows(named=True):
            day = row["from"] if row["from"] in known else next(gone, None)
            old = known.get(day, 0.0)
            moved = day is not None and day != row["from"]
            if moved or abs(row["reserved"] - old) > _LITTLE * max(abs(old), 1.0):
                since, then = (f" from {row['from']}", f" from {day}") if moved else ("", "")
                reserves = f"{title} reserves {row['reserved']:,.0f} units per {row['per']}{since}"
                yield f"  {reserves}, and had {old:,.0f}{then}"

    def _causes(self, other: str, size: float) -> Iterator[str]:
        every = self["bridge"].filter(pl.col("plan") == other)
        rows = (
            every.group_by("line", "family", "agreement", maintain_order=True)
            .agg(pl.col("charged", "decided", "difference").sum())
            .filter(pl.max_horizontal(pl.col("charged", "decided").abs()) > _NOTHING * abs(size))
            .sort(pl.max_horizontal(pl.col("charged", "decided").abs()), descending=True)
        )
        currency = self._first.settings.currency
        for row in rows.head(MOST_TOLD).iter_rows(named=True):
            of = ", ".join(str(row[name]) for name in ("family", "agreement") if row[name])
            what = f"{row['line'].replace('_', ' ')}{f' of {of}' if of else ''}"
            charged, decided = (abs(row[part]) > _NOTHING * abs(size) for part in ("charged", "decided"))
            amount, otherwise = f"{row['difference']:+z,.0f} {currency}", "as it is charged otherwise"
            if charged and decided:
                amount += f": {row['charged']:+z,.0f} {otherwise} and {row['decided']:+z,.0f} as the plan answers"
            elif charged:
                amount += f", {otherwise}"
            yield f"  {what}: {amount}"
        rest = float(every["difference"].sum()) - float(rows.head(MOST_TOLD)["difference"].sum())
        if abs(rest) >= 1.0:
            yield f"  all other lines: {rest:+z,.0f} {currency}"

    def _amounts(self, one: str, other: str) -> Iterator[str]:
        """Sales that are larger or smaller, the most money first."""
        sums = []
        for name in (one, other):
            plan = self.plans[name]
            sums.append(
                plan["sold"]
                .group_by("item", year=pl.col("bucket").dt.year())
                .agg(pl.col("sold").sum(), money=(pl.col("sold") * pl.col("price")).sum())
            )
        rows = (
            sums[0]
            .join(sums[1], on=["item", "year"], how="full", coalesce=True, suffix="_after")
            .with_columns(pl.col("sold", "sold_after", "money", "money_after").fill_null(0.0))
            .with_columns(more=pl.col("sold_after") - pl.col("sold"), money=pl.col("money_after") - pl.col("money"))
            .filter(pl.col("more").abs() > _LITTLE * pl.max_horizontal("sold", "sold_after", 1.0))
            .sort(pl.col("money").abs(), "item", "year", descending=[True, False, False])
        )
        titles = dict(self._first.case["items"].select("item", pl.coalesce("title", "item")).rows())
        for row in rows.head(MOST_TOLD).iter_rows(named=True):
            title = titles.get(row["item"], row["item"])
            yield f"  {title} in {row['year']}: {row['sold_after']:,.0f} sold, {row['more']:+,.0f}"
        others = rows.height - MOST_TOLD
        if others > 0:
            yield f"  and {others} more sale{'s that differ' if others > 1 else ' that differs'}"


def _more(amount: float, currency: str) -> str:
    return f"{abs(amount):,.0f} {currency} {'more' if amount >= 0.0 else 'less'}"
