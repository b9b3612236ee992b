"""A settlement seen in one language: its titles, its months, its figures, and the words for its lines."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from coplant.case import Case
from coplant.report.settled.statements import Line, Statement, statements_of
from coplant.report.view import CaseView
from coplant.report.words import Words
from coplant.settlement import Settlement
from coplant.settlement.statements import CORRECTIONS


@dataclass(frozen=True)
class SettledView(CaseView):
    """A settlement seen in one language.

    Parameters
    ----------
    settlement : Settlement
        The settlement.
    words : Words
        Texts of the language.
    """

    settlement: Settlement
    words: Words

    @property
    def case(self) -> Case:
        """The case that was settled."""
        return self.settlement.case

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Months from the first statement to the last."""
        table = self.settlement["statements"]
        months = pl.date_range(pl.col("statement").min(), pl.col("statement").max(), "1mo").alias("bucket")
        frame = table.select(months) if table.height else table.select(pl.col("statement").alias("bucket"))
        return frame.with_columns(until=pl.col("bucket").dt.offset_by("1mo")).with_columns(
            days=(pl.col("until") - pl.col("bucket")).dt.total_days().cast(pl.Float64)
        )

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement."""
        return statements_of(self.settlement)

    @property
    def agreements(self) -> list[str]:
        """Agreements that have statements."""
        return self.settlement["statements"]["agreement"].unique(maintain_order=True).to_list()

    # -- parties --------------------------------------------------------------------------------------------------

    @cached_property
    def hosts(self) -> dict[str, str]:
        """Host of each agreement."""
        return dict(self.case["agreements"].select("agreement", "host").iter_rows())

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit of each item."""
        return dict(self.case["items"].select("item", "unit").iter_rows())

    @property
    def brands(self) -> list[str]:
        """Parties whose products they are."""
        return self.case["parties"].filter(role="brand")["party"].to_list()

    @property
    def brand(self) -> str:
        """Titles of those parties."""
        return self.list([self.title("party", name) for name in self.brands])

    # -- words ----------------------------------------------------------------------------------------------------

    def clause(self, name: str) -> str:
        """Word for a clause, by its table."""
        return self.words(f"settle.clause.{name}")

    def account(self, name: str) -> str:
        """Word for an account."""
        return self.words(f"settle.account.{name}")

    def part(self, clause: str, part: str) -> str:
        """Word for a part: the case's own name of a charge or tool, or what a clause calls one of its own."""
        name, _, number = part.rpartition(" ")
        if f"settle.part.{clause}.{part}" in self.words.texts:
            return self.words(f"settle.part.{clause}.{part}")
        if f"settle.part.{clause}.{name}" in self.words.texts:
            return self.words(f"settle.part.{clause}.{name}", number=number)
        return part

    def what(self, line: Line) -> str:
        """What a line is for: the clause, its part, what is charged of it, and whether it corrects."""
        clause, part = self.clause(line.clause), self.part(line.clause, line.part)
        text = self.words("settle.what", clause=clause, part=part) if part else clause
        if line.words in CORRECTIONS:
            return self.words("settle.corrected", what=text)
        charged = self.words.known(f"settle.charged.{line.words}", "")
        return self.words("settle.what_charged", what=text, charged=charged) if charged else text

    def item(self, name: str | None) -> str:
        """Title of what is paid for; nothing for the agreement as a whole."""
        return "" if name is None else self.title("item", name)

    def arithmetic(self, line: Line) -> str:
        """How a line is worked out, in words."""
        figures = {name: self.numbers.figure(value) for name, value in line.operands.items()}
        figures |= {f"{name}_counted": self._counted(line.counted.get(name)) for name in line.operands}
        line_itself = {
            "quantity": self.numbers.figure(line.quantity),
            "rate": self.numbers.full_figure(line.rate, self.currency, self.digits),
            "item": self.item(line.item),
            "part": self.part(line.clause, line.part),
        }
        return self.words(f"settle.words.{line.words}", **{**line_itself, **figures})

    def _counted(self, day: datetime.date | None) -> str:
        """Say on which day a state was counted."""
        return (
            self.words("settle.never_counted")
            if day is None
            else self.words("settle.counted", day=self.numbers.date(day))
        )

    def due(self, line: Line) -> list[str]:
        """How what is due under a correction comes about, line by line; a line that says so where nothing is."""
        told = [
            self.words("settle.due", amount=self.exact(one.amount), arithmetic=self.arithmetic(one)) for one in line.due
        ]
        return told or ([self.words("settle.nothing_due")] if line.words in CORRECTIONS else [])

    def month(self, day: datetime.date) -> str:
        """Write a month in full."""
        return self.words("date.month", month=self.words(f"month.long.{day.month}"), year=day.year)

    def of_month(self, day: datetime.date) -> str:
        """Write a month in full as that of which something is."""
        return self.words("date.month", month=self.words(f"month.of.{day.month}"), year=day.year)

    @property
    def basis(self) -> str:
        """What was settled."""
        settlement = self.settlement
        if settlement.pro_forma:
            return self.words("settle.basis.pro_forma")
        if settlement.as_of is None:
            return self.words("settle.basis.all")
        return self.words("settle.basis.as_of", date=self.numbers.date(settlement.as_of))
