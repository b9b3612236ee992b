"""Statements one by one, as they are shown: each with its lines, their operands, and the accounts after its month."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
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
    kind : {"charge", "correction", "no_cash"}
        Whether it charges something, corrects an earlier statement, or tells what is not paid in money.
    month : date
        Month that is paid for.
    quantity, rate, amount : float
        What is paid for, money per unit of it, and money.
    operands : mapping of str to float
        Figures that the quantity follows from.
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
    operands: dict[tuple[Any, ...], dict[str, float]] = {}
    for *line, operand, value in settlement["operands"].iter_rows():
        operands.setdefault(tuple(line), {})[operand] = value
    lines: dict[tuple[str, datetime.date], list[Line]] = {}
    for row in settlement["lines"].drop("day").iter_rows(named=True):
        agreement, month = row.pop("agreement"), row.pop("statement")
        kind = row.pop("kind")
        figures = operands.get((agreement, month, row["number"]), {})
        lines.setdefault((agreement, month), []).append(Line(**row, kind=kind, operands=figures))
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
