"""Settlement: the statements of some agreements, frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.clauses import NO_CASH, Evidence, Record
from coplant.network.frames import dates
from coplant.results import Kind, read_result, versions_of, write_result
from coplant.settlement.money import Rounding
from coplant.settlement.statements import CORRECTIONS, Drawn, Months

KIND = Kind("settlement", "coplant settle --out")
"""How a settlement is kept in a folder."""

LIBRARIES = ("coplant", "numpy", "polars")
"""Libraries whose versions a settlement records."""


@dataclass(frozen=True, eq=False, repr=False)
class Settlement:
    """Statements, their lines, and the accounts that run along.

    Parameters
    ----------
    case : Case
        The case that was settled.
    tables : mapping of str to DataFrame
        Its tables; see the reference of results.

        - ``statements``: a row for each agreement and month, what vests left out;
        - ``lines``: what each statement charges, with the amounts rounded as money is;
        - ``operands``: the figures from which the quantities of lines follow;
        - ``due``: the lines that are due in the place of each line that a correction changes, by what is known now;
        - ``due_operands``: the figures from which their quantities follow;
        - ``balances``: the accounts;
        - ``changes``: each forecast and final order under a flexibility clause beside what it is compared with, and the
          number of the line that bills what it cancels;
        - ``excesses``: what a host holds of each part of an excess clause when a month closes, what was forecast when
          it was ordered and what is now, and the number of the line that bills the claim;
        - ``netting``: call-offs net of what came.
    as_of : date or None
        Day by which the statements had been drawn up; None for all.
    awaited : date or None
        Day on which the first statement is drawn up, where none had been by then.
    pro_forma : bool
        Whether a plan was settled as if it had been carried out, and not what happened.
    versions : mapping of str to str
        Versions of the libraries.
    """

    case: Case
    tables: Mapping[str, pl.DataFrame]
    as_of: datetime.date | None
    awaited: datetime.date | None
    pro_forma: bool
    versions: Mapping[str, str]

    @classmethod
    def of(
        cls,
        case: Case,
        drawn: Mapping[str, tuple[Months, Drawn]],
        net: pl.DataFrame,
        first: datetime.date | None,
        until: datetime.date | None,
        as_of: datetime.date | None,
        *,
        awaited: datetime.date | None = None,
        pro_forma: bool = False,
    ) -> Settlement:
        """Put together what was drawn up for some agreements."""
        begin, end = first or datetime.date.min, until or datetime.date.max

        def within(table: pl.DataFrame) -> pl.DataFrame:
            # A statement is kept if any day of its month is.
            return table.filter(pl.col("statement") < end, pl.col("statement").dt.offset_by("1mo") > begin)

        def on_days(table: pl.DataFrame) -> pl.DataFrame:
            return table.filter(pl.col("day") < end, pl.col("day") >= begin)

        def states(table: pl.DataFrame) -> pl.DataFrame:
            # The state in which an account is when the first day begins is kept too.
            account = ("agreement", "clause", "account", "part")
            opening = pl.col("day").filter(pl.col("day") < begin).max().over(account)
            return table.filter(
                pl.col("day") < end, (pl.col("day") >= begin) | (pl.col("day") == opening).fill_null(False)
            )

        lines, operands, due, due_operands, statements, balances = [], [], [], [], [], []
        evidence: dict[str, list[pl.DataFrame]] = {table: [empty] for table, empty in _NO_EVIDENCE.items()}
        for name, (months, one) in drawn.items():
            numbered = _lines(name, months, one.lines.filter(pl.col("under").is_null()))
            lines.append(numbered.drop("id"))
            operands.append(_operands(numbered, one.operands))
            placed = _due(numbered, one.lines)
            due.append(placed.drop("id"))
            due_operands.append(_operands(placed, one.operands))
            statements.append(_statements(name, months, numbered, Rounding.of(case.settings.currency)))
            balances.append(_balances(name, one.record))
            for shown in one.record.evidence:
                evidence[shown.table].append(_evidence(name, shown, numbered))
        tables = {
            "statements": within(pl.concat([_NO_STATEMENTS, *statements])),
            "lines": within(pl.concat([_NO_LINES, *lines])),
            "operands": within(pl.concat([_NO_OPERANDS, *operands])),
            "due": within(pl.concat([_NO_DUE, *due])),
            "due_operands": within(pl.concat([_NO_DUE_OPERANDS, *due_operands])),
            "balances": states(pl.concat([_NO_BALANCES, *balances])),
            **{table: on_days(pl.concat(parts)) for table, parts in evidence.items()},
            "netting": net,
        }
        return cls(case, tables, as_of, awaited, pro_forma, versions_of(*LIBRARIES))

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
        sums = self["statements"].select(Rounding.of(self.case.settings.currency).sum(pl.col("amount")))
        return float(sums.item())

    def summary(self) -> str:
        """Say in a few lines what each agreement comes to."""
        currency = self.case.settings.currency
        titles = dict(
            self.case["agreements"].select("agreement", pl.coalesce("title", "agreement").alias("title")).iter_rows()
        )
        known = "all that is recorded" if self.as_of is None else f"what was known by {self.as_of}"
        basis = "pro forma, as if the plan had been carried out" if self.pro_forma else f"settled on {known}"
        lines = [f"{self.case.settings.title or self.case.settings.name}: {basis}"]
        for (name,), rows in self["statements"].group_by("agreement", maintain_order=True):
            first, last = rows["statement"][0], rows["statement"][-1]
            span = f"{rows.height} statements, {first:%Y-%m} to {last:%Y-%m}" if rows.height > 1 else f"{first:%Y-%m}"
            lines.append(f"{titles[name]}: {span}, {rows['amount'].sum():,.2f} {currency}")
            by_line = self["lines"].filter(agreement=name).group_by("line", maintain_order=True)
            for line, amount in by_line.agg(pl.col("amount").sum()).sort("amount", descending=True).iter_rows():
                no_cash = ", which is not paid in money" if line in NO_CASH else ""
                lines.append(f"  {line:<24}{amount:>z24,.2f} {currency}{no_cash}")
        if self.awaited is not None:
            lines.append(f"No statement had been drawn up by {self.as_of}; the first is on {self.awaited}.")
        elif self["statements"].is_empty():
            lines.append("Nothing is settled: no month of a signed agreement has closed, and nothing is on record.")
        return "\n".join(lines)

    def facts(self) -> dict[str, Any]:
        """All that is not a table, as plain values."""
        as_of, awaited = (None if day is None else day.isoformat() for day in (self.as_of, self.awaited))
        return {
            "digest": self.case.digest,
            "as_of": as_of,
            "awaited": awaited,
            "pro_forma": self.pro_forma,
            "versions": dict(self.versions),
        }

    def write(self, folder: str | Path) -> None:
        """Write the settlement to a folder: a Parquet file for each table, ``settlement.json``, and the case.

        The folder appears whole or not at all. The files of an older settlement in its place are replaced; others are
        kept.

        Raises
        ------
        FileError
            The folder cannot be written, or holds files and no settlement.
        """
        write_result(folder, KIND, self.case, self.tables, self.facts())

    @classmethod
    def read(cls, folder: str | Path) -> Settlement:
        """Read a settlement that was written.

        Raises
        ------
        FileError
            The folder does not hold a settlement.
        """
        case, tables, facts = read_result(folder, KIND)
        as_of, awaited = (
            None if facts[name] is None else datetime.date.fromisoformat(facts[name]) for name in ("as_of", "awaited")
        )
        return cls(case, tables, as_of, awaited, facts["pro_forma"], facts["versions"])

    def to_excel(self, path: str | Path) -> None:
        """Write the statements to a workbook, with formulas that work out every line."""
        from coplant.report.settled import write_book

        write_book(self, Path(path))

    def report(self, path: str | Path) -> None:
        """Write the settlement's report, one HTML page that opens offline."""
        from coplant.report.settled import write_page

        write_page(self, Path(path))

    def invoices(self) -> list[dict[str, Any]]:
        """One document for each statement with lines, in the terms of EN 16931; see the reference of results.

        Raises
        ------
        CaseError
            The case does not say who the brand is.
        """
        from coplant.report.settled import invoices_of

        return invoices_of(self)

    def to_json(self, path: str | Path) -> None:
        """Write the documents of `invoices`: to one file if the name ends in ``.json``, else to a folder.

        Raises
        ------
        CaseError
            The case does not say who the brand is.
        FileError
            The place cannot be written, or is a folder that holds files and no invoices.
        """
        from coplant.report.settled import write_invoices

        write_invoices(self, Path(path))


def _lines(agreement: str, months: Months, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of one agreement with their statements as days and a number within each."""
    first = dates(months.bounds[:-1])
    correction = pl.col("words").is_in(CORRECTIONS)
    ordered = lines.sort("statement", correction, "period", maintain_order=True)
    return ordered.select(
        pl.lit(agreement).alias("agreement"),
        first.gather(ordered["statement"]).alias("statement"),
        pl.int_range(1, pl.len() + 1).over("statement").alias("number"),
        "clause",
        "line",
        pl.when(pl.col("line").is_in(NO_CASH))
        .then(pl.lit("no_cash"))
        .when(correction)
        .then(pl.lit("correction"))
        .otherwise(pl.lit("charge"))
        .alias("kind"),
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


def _due(numbered: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines due under corrections, each in its place under the number of the correction."""
    corrections = numbered.select("agreement", "statement", "number", under="id")
    due = lines.drop("statement").join(corrections, on="under", maintain_order="right_left")
    return due.select(
        "agreement",
        "statement",
        "number",
        pl.int_range(1, pl.len() + 1).over("statement", "number").alias("place"),
        "words",
        "day",
        "quantity",
        "rate",
        "amount",
        "formula",
        "id",
    )


def _operands(lines: pl.DataFrame, operands: pl.DataFrame) -> pl.DataFrame:
    """Operands of lines, under the columns that tell these apart."""
    keys = [name for name in ("agreement", "statement", "number", "place") if name in lines.columns]
    named = lines.select(*keys, "id").join(operands, on="id", maintain_order="left_right")
    return named.select(*keys, "value", "counted", operand="name").select(*keys, "operand", "value", "counted")


def _statements(agreement: str, months: Months, lines: pl.DataFrame, rounding: Rounding) -> pl.DataFrame:
    day = pl.DataFrame(
        {
            "statement": dates(months.bounds[:-1]),
            "until": dates(months.bounds[1:]),
            "issued": dates(months.issued),
            "over": dates(months.over),
        }
    )
    correction, amount = pl.col("kind") == "correction", pl.col("amount")
    sums = (
        lines.filter(~pl.col("line").is_in(NO_CASH))
        .group_by("statement")
        .agg(
            charges=rounding.sum(amount.filter(~correction)),
            corrections=rounding.sum(amount.filter(correction)),
            amount=rounding.sum(amount),
        )
    )
    return (
        day.join(sums, on="statement", how="left", maintain_order="left")
        .filter((pl.col("statement") < pl.col("over")) | pl.col("statement").is_in(lines["statement"].implode()))
        .drop("over")
        .with_columns(pl.col("charges", "corrections", "amount").fill_null(0.0))
        .select(
            pl.lit(agreement).alias("agreement"), pl.all(),
            amount.cum_sum().round(rounding.digits).alias("cumulative"),
        )
    )  # fmt: skip


def _balances(agreement: str, record: Record) -> pl.DataFrame:
    """Accounts of a settled record."""
    parts = [_NO_BALANCES]
    for balance in record.balances:
        moved = pl.DataFrame(
            {"day": dates(balance.day), "added": balance.added, "used": balance.used, "lapsed": balance.lapsed}
        )
        # An account has one state after a day, however often it moved on it.
        states = moved.group_by("day", maintain_order=True).agg(pl.all().sum())
        change = pl.col("added") - pl.col("used") - pl.col("lapsed")
        parts.append(
            states.select(
                pl.lit(agreement).alias("agreement"),
                pl.lit(balance.clause).alias("clause"),
                pl.lit(balance.account).alias("account"),
                pl.lit(balance.part).alias("part"),
                "day",
                (change.cum_sum() - change).alias("opening"),
                "added",
                "used",
                "lapsed",
                change.cum_sum().alias("closing"),
            )
        )
    return pl.concat(parts)


def _evidence(agreement: str, shown: Evidence, lines: pl.DataFrame) -> pl.DataFrame:
    """Figures behind lines, each with the number that its line has in the statement of its month."""
    charges = lines.filter(kind="charge", clause=shown.clause, line=shown.line)
    columns = {
        name: dates(values) if values.dtype.kind == "M" else pl.Series(values.tolist())
        for name, values in shown.columns.items()
    }
    return (
        pl.DataFrame(columns, schema_overrides={"item": pl.String, "part": pl.String})
        .with_columns(pl.lit(agreement).alias("agreement"), statement=pl.col("day").dt.truncate("1mo"))
        .join(charges.select("item", "part", "day", "number"), on=["item", "part", "day"], how="left",
              maintain_order="left")
        .select(pl.col(name).cast(dtype) for name, dtype in _NO_EVIDENCE[shown.table].schema.items())
    )  # fmt: skip


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
_NO_OPERANDS = _empty(
    agreement=_TEXT, statement=_DAY, number=_COUNT, operand=_TEXT, value=_NUMBER, counted=_DAY,
)  # fmt: skip
_NO_DUE = _empty(
    agreement=_TEXT, statement=_DAY, number=_COUNT, place=_COUNT, words=_TEXT, day=_DAY, quantity=_NUMBER, rate=_NUMBER,
    amount=_NUMBER, formula=_TEXT,
)  # fmt: skip
_NO_DUE_OPERANDS = _empty(
    agreement=_TEXT, statement=_DAY, number=_COUNT, place=_COUNT, operand=_TEXT, value=_NUMBER, counted=_DAY,
)  # fmt: skip
_NO_BALANCES = _empty(
    agreement=_TEXT, clause=_TEXT, account=_TEXT, part=_TEXT, day=_DAY, opening=_NUMBER, added=_NUMBER, used=_NUMBER,
    lapsed=_NUMBER, closing=_NUMBER,
)  # fmt: skip
_NO_EVIDENCE = {
    "changes": _empty(
        agreement=_TEXT, item=_TEXT, month=_DAY, published=_DAY, previous_published=_DAY, quantity=_NUMBER,
        previous=_NUMBER, least=_NUMBER, most=_NUMBER, beyond=_NUMBER, cancelled=_NUMBER, share=_NUMBER, price=_NUMBER,
        owed=_NUMBER, day=_DAY, statement=_DAY, number=_COUNT,
    ),
    "excesses": _empty(
        agreement=_TEXT, item=_TEXT, day=_DAY, on_hand=_NUMBER, on_order=_NUMBER, ordered=_DAY, forecast_then=_DAY,
        demand_then=_NUMBER, counted=_NUMBER, forecast=_DAY, demand=_NUMBER, excess=_NUMBER, claimed=_NUMBER,
        claim=_NUMBER, statement=_DAY, number=_COUNT,
    ),
}  # fmt: skip
