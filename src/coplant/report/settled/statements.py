"""Statements one by one, as they are shown: each with its lines, their operands, and the accounts after its month."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from coplant.settlement import Settlement

ACCOUNT = ("agreement", "clause", "account", "part")
"""What tells one account from another."""


@dataclass(frozen=True)
class Line:
    """A line of a statement; amount = quantity x rate, rounded as money is.

    Parameters
    ----------
    number : int
        Number on the statement.
    clause, line, words, item, part, formula
        As in the table of lines.
    kind : {"charge", "correction", "no_cash", "due"}
        Whether it charges something, corrects an earlier statement, tells what is not paid in money, or is due under a
        correction.
    month : date
        Month that is paid for.
    quantity, rate, amount : float
        What is paid for, money per unit of it, and money.
    operands : mapping of str to float
        Figures that the quantity follows from.
    counted : mapping of str to date
        Day on which those of them that are states were counted.
    due : tuple of Line
        Of a correction, the lines due for the month by what is known now.
    """

    number: int
    clause: str
    line: str
    words: str
    item: str | None
    part: str
    formula: str
    kind: str
    month: datetime.date
    quantity: float
    rate: float
    amount: float
    operands: Mapping[str, float]
    counted: Mapping[str, datetime.date]
    due: tuple[Line, ...] = ()

    @property
    def correction(self) -> bool:
        """Whether it corrects an earlier statement."""
        return self.kind == "correction"

    @property
    def cash(self) -> bool:
        """Whether it is part of what is paid."""
        return self.kind != "no_cash"


@dataclass(frozen=True)
class Account:
    """The state of an account after a month.

    Parameters
    ----------
    clause, account, part : str
        As in the table of balances.
    day : date
        Day on which it changed last.
    opening, added, used, lapsed, closing : float
        Its last change; closing = opening + added - used - lapsed.
    """

    clause: str
    account: str
    part: str
    day: datetime.date
    opening: float
    added: float
    used: float
    lapsed: float
    closing: float


@dataclass(frozen=True)
class Statement:
    """What an agreement comes to in a month.

    Parameters
    ----------
    agreement : str
        The agreement.
    month, until : date
        First day of the month, and the day after its last.
    issued : date
        Day on which it is drawn up.
    charges, corrections, amount, cumulative : float
        What is owed for the month, what is owed more for earlier months, both, and both since the first statement.
    lines : tuple of Line
        Charges, then corrections.
    accounts : tuple of Account
        Accounts that changed in the month, or hold anything after it.
    """

    agreement: str
    month: datetime.date
    until: datetime.date
    issued: datetime.date
    charges: float
    corrections: float
    amount: float
    cumulative: float
    lines: tuple[Line, ...]
    accounts: tuple[Account, ...]


def statements_of(settlement: Settlement) -> list[Statement]:
    """Put every statement together, agreement by agreement and month by month."""
    figures, due_figures = _Figures.of(settlement["operands"]), _Figures.of(settlement["due_operands"])
    due: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in settlement["due"].drop("day").iter_rows(named=True):
        due.setdefault((row["agreement"], row["statement"], row["number"]), []).append(row)
    lines: dict[tuple[str, datetime.date], list[Line]] = {}
    for row in settlement["lines"].drop("day").iter_rows(named=True):
        agreement, month = row.pop("agreement"), row.pop("statement")
        key = (agreement, month, row["number"])
        line = Line(**row, **figures.under(key))
        of_it = [
            replace(
                line, kind="due", **{name: one[name] for name in _WORKED_OUT}, **due_figures.under((*key, one["place"]))
            )
            for one in due.get(key, ())
        ]
        lines.setdefault((agreement, month), []).append(replace(line, due=tuple(of_it)))
    accounts: dict[tuple[str, datetime.date], list[Account]] = {}
    for row in _accounts(settlement).iter_rows(named=True):
        accounts.setdefault((row.pop("agreement"), row.pop("statement")), []).append(Account(**row))
    return [
        Statement(
            row["agreement"],
            row["statement"],
            row["until"],
            row["issued"],
            row["charges"],
            row["corrections"],
            row["amount"],
            row["cumulative"],
            tuple(lines.get((row["agreement"], row["statement"]), ())),
            tuple(accounts.get((row["agreement"], row["statement"]), ())),
        )
        for row in settlement["statements"].iter_rows(named=True)
    ]


_WORKED_OUT = ("words", "quantity", "rate", "amount", "formula")
"""What tells how a line that is due is worked out; for what it is, is told by its correction."""


@dataclass(frozen=True)
class _Figures:
    """Operands of lines, and the days on which they were counted, by what tells the lines apart."""

    operands: dict[tuple[Any, ...], dict[str, float]]
    counted: dict[tuple[Any, ...], dict[str, datetime.date]]

    @classmethod
    def of(cls, table: pl.DataFrame) -> _Figures:
        """Read them from a table of operands."""
        figures = cls({}, {})
        for *line, operand, value, counted in table.iter_rows():
            figures.operands.setdefault(tuple(line), {})[operand] = value
            if counted is not None:
                figures.counted.setdefault(tuple(line), {})[operand] = counted
        return figures

    def under(self, key: tuple[Any, ...]) -> dict[str, Any]:
        """Return those of a line, by the names they have on it."""
        return {"operands": self.operands.get(key, {}), "counted": self.counted.get(key, {})}


def _accounts(settlement: Settlement) -> pl.DataFrame:
    """The state of each account after each statement's month: agreement, statement, and what an account tells."""
    balances, statements = settlement["balances"], settlement["statements"]
    names = balances.select(ACCOUNT).unique(maintain_order=True).with_row_index("order")
    asked = statements.select("agreement", "statement", last=pl.col("until").dt.offset_by("-1d"))
    return (
        asked.join(names, on="agreement")
        .sort("last")
        .join_asof(
            balances.sort("day"), left_on="last", right_on="day", by=ACCOUNT, strategy="backward",
            coalesce=False, check_sortedness=False,
        )
        .filter((pl.col("day") >= pl.col("statement")) | (pl.col("closing").abs() > 1e-9))
        .sort("agreement", "statement", "order")
        .drop("last", "order")
    )  # fmt: skip
