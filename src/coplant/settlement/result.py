"""Settlement: the statements of some agreements, frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses import NO_CASH, Record
from coplant.network.frames import dates
from coplant.settlement.statements import Drawn, Months

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class Settlement:
    """Statements, their lines, and the accounts that run along.

    Parameters
    ----------
    case : Case
        The case that was settled.
    tables : mapping of str to DataFrame
        - ``statements``: a row for each agreement and month, what vests left out;
        - ``lines``: what each statement charges, with the amounts rounded as money is;
        - ``operands``: the figures from which the quantities of lines follow;
        - ``balances``: the accounts;
        - ``netting``: call-offs net of what came.
    as_of : date or None
        Day by which the statements had been drawn up; None for all.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    as_of: datetime.date | None

    @classmethod
    def of(
        cls,
        case: Case,
        drawn: Mapping[str, tuple[Months, Drawn]],
        net: pl.DataFrame,
        first: datetime.date | None,
        until: datetime.date | None,
        as_of: datetime.date | None,
    ) -> Settlement:
        """Put together what was drawn up for some agreements."""
        begin, end = first or datetime.date.min, until or datetime.date.max

        def within(table: pl.DataFrame, day: str) -> pl.DataFrame:
            # A statement is kept if any day of its month is.
            closes = pl.col(day).dt.offset_by("1mo") if day == "statement" else pl.col(day).dt.offset_by("1d")
            return table.filter(pl.col(day) < end, closes > begin)

        lines, operands, statements, balances = [], [], [], []
        for name, (months, one) in drawn.items():
            numbered = _lines(name, months, one.lines)
            lines.append(numbered.drop("id"))
            operands.append(_operands(numbered, one.operands))
            statements.append(_statements(name, months, numbered))
            balances.append(_balances(name, one.record))
        tables = {
            "statements": within(pl.concat([_NO_STATEMENTS, *statements]), "statement"),
            "lines": within(pl.concat([_NO_LINES, *lines]), "statement"),
            "operands": within(pl.concat([_NO_OPERANDS, *operands]), "statement"),
            "balances": within(pl.concat([_NO_BALANCES, *balances]), "day"),
            "netting": net,
        }
        return cls(case, tables, as_of)

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table of the settlement."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a settlement; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        agreements = self["statements"]["agreement"].n_unique()
        return f"<Settlement of {self.case.settings.name!r}: {agreements} agreements, {self['lines'].height} lines>"

    def __str__(self) -> str:
        return self.summary()

    @property
    def total(self) -> float:
        """What the brand owes over all statements."""
        return float(self["statements"]["amount"].sum())

    def summary(self) -> str:
        """Say in a few lines what each agreement comes to."""
        currency = self.case.settings.currency
        titles = dict(
            self.case["agreements"].select("agreement", pl.coalesce("title", "agreement").alias("title")).iter_rows()
        )
        known = "all that is recorded" if self.as_of is None else f"what was known by {self.as_of}"
        lines = [f"{self.case.settings.title or self.case.settings.name}: settled on {known}"]
        for (name,), rows in self["statements"].group_by("agreement", maintain_order=True):
            first, last = rows["statement"][0], rows["statement"][-1]
            span = f"{rows.height} statements, {first:%Y-%m} to {last:%Y-%m}"
            lines.append(f"{titles[name]}: {span}, {rows['amount'].sum():,.2f} {currency}")
            by_line = self["lines"].filter(agreement=name).group_by("line", maintain_order=True)
            for line, amount in by_line.agg(pl.col("amount").sum()).sort("amount", descending=True).iter_rows():
                no_cash = ", which is not paid in money" if line in NO_CASH else ""
                lines.append(f"  {line:<24}{amount:>z24,.2f} {currency}{no_cash}")
        if self["statements"].is_empty():
            lines.append("Nothing is settled: no month of a signed agreement has closed, and nothing is on record.")
        return "\n".join(lines)


def _lines(agreement: str, months: Months, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of one agreement with their statements as days and a number within each."""
    first = dates(months.bounds[:-1])
    ordered = lines.sort("statement", pl.col("words") == "correction", "period", maintain_order=True)
    return ordered.select(
        pl.lit(agreement).alias("agreement"),
        first.gather(ordered["statement"]).alias("statement"),
        pl.int_range(1, pl.len() + 1).over("statement").alias("number"),
        "clause",
        "line",
        pl.when(pl.col("words") == "correction").then(pl.lit("correction")).otherwise(pl.lit("charge")).alias("kind"),
        "words",
        "item",
        "part",
        first.gather(ordered["period"]).alias("month"),
        "day",
        "quantity",
        "rate",
        "amount",
        "formula",
        "id",
    )


def _operands(lines: pl.DataFrame, operands: pl.DataFrame) -> pl.DataFrame:
    named = lines.select("agreement", "statement", "number", "id").join(operands, on="id", maintain_order="left_right")
    return named.select("agreement", "statement", "number", operand="name", value="value")


def _statements(agreement: str, months: Months, lines: pl.DataFrame) -> pl.DataFrame:
    day = pl.DataFrame(
        {
            "statement": dates(months.bounds[:-1]),
            "until": dates(months.bounds[1:]),
            "issued": dates(months.issued),
        }
    )
    correction = pl.col("kind") == "correction"
    sums = (
        lines.filter(~pl.col("line").is_in(NO_CASH))
        .group_by("statement")
        .agg(charges=pl.col("amount").filter(~correction).sum(), corrections=pl.col("amount").filter(correction).sum())
    )
    return (
        day.join(sums, on="statement", how="left", maintain_order="left")
        .with_columns(pl.col("charges", "corrections").fill_null(0.0))
        .with_columns(amount=pl.col("charges") + pl.col("corrections"))
        .select(
            pl.lit(agreement).alias("agreement"), pl.all(), pl.col("amount").cum_sum().alias("cumulative")
        )
    )  # fmt: skip


def _balances(agreement: str, record: Record) -> pl.DataFrame:
    """Accounts of a settled record."""
    parts = [_NO_BALANCES]
    for balance in record.balances:
        change = balance.added - balance.used - balance.lapsed
        closing = np.cumsum(change)
        parts.append(
            pl.DataFrame(
                {
                    "agreement": [agreement] * len(change),
                    "clause": [balance.clause] * len(change),
                    "account": [balance.account] * len(change),
                    "part": [balance.part] * len(change),
                    "day": dates(balance.day),
                    "opening": closing - change,
                    "added": balance.added,
                    "used": balance.used,
                    "lapsed": balance.lapsed,
                    "closing": closing,
                },
                schema=_NO_BALANCES.schema,
            )
        )
    return pl.concat(parts)


def _empty(**types: type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=types)


_TEXT, _DAY, _COUNT, _NUMBER = pl.String, pl.Date, pl.Int64, pl.Float64

_NO_STATEMENTS = _empty(
    agreement=_TEXT, statement=_DAY, until=_DAY, issued=_DAY, charges=_NUMBER, corrections=_NUMBER, amount=_NUMBER,
    cumulative=_NUMBER,
)  # fmt: skip
_NO_LINES = _empty(
    agreement=_TEXT, statement=_DAY, number=_COUNT, clause=_TEXT, line=_TEXT, kind=_TEXT, words=_TEXT, item=_TEXT,
    part=_TEXT, month=_DAY, day=_DAY, quantity=_NUMBER, rate=_NUMBER, amount=_NUMBER, formula=_TEXT,
)  # fmt: skip
_NO_OPERANDS = _empty(agreement=_TEXT, statement=_DAY, number=_COUNT, operand=_TEXT, value=_NUMBER)
_NO_BALANCES = _empty(
    agreement=_TEXT, clause=_TEXT, account=_TEXT, part=_TEXT, day=_DAY, opening=_NUMBER, added=_NUMBER, used=_NUMBER,
    lapsed=_NUMBER, closing=_NUMBER,
)  # fmt: skip
