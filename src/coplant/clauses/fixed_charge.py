"""Fixed charge: money per period while an agreement is in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.timeline import periods


@dataclass(frozen=True)
class FixedCharge:
    """Depreciation passed through, management, rent: amount x periods in force x z, a part of a period by its days.

    With a yearly true-up, when a year y of the clause closes, what the host spent on it, s_y, less what was charged,
    c_y, is paid or refunded, at most `true_up_cap` of what was charged: min(s_y - c_y, cap x c_y). A plan expects the
    host to spend what it charges. A year for which nothing was spent on record stays open.

    Parameters
    ----------
    charge : str
        What is charged.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    amount : float
        Money per period.
    per : str
        The period.
    true_up : {"none", "yearly"}
        Whether what the host spent is what counts in the end.
    true_up_cap : float
        Most that a true-up adds, as a share of what was charged; infinite for no limit.
    """

    charge: str
    valid_from: np.datetime64
    valid_until: np.datetime64
    amount: float
    per: str
    true_up: str
    true_up_cap: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[FixedCharge]:
        """Read the fixed charges of an agreement."""
        return [
            cls(
                row["charge"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["amount"],
                row["per"],
                row["true_up"],
                np.inf if row["true_up_cap"] is None else row["true_up_cap"],
            )
            for row in case["fixed_charges"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def price(self, scope: Scope) -> None:
        """Add the charge to the program."""
        first, until = scope.window(self.valid_from, self.valid_until)
        length = scope.periods_in(first, until, self.per)
        scope.pay("fixed_charge", scope.running, self.amount * length, np.arange(len(scope.tree)))
        scope.owe_after_end(
            scope.running[scope.tree.leaves], self.amount * scope.periods_after_end(first, until, self.per)
        )

    def settle(self, record: Record) -> None:
        """Bill the charge, and the true-up of each year that closes."""
        first, until = record.window(self.valid_from, self.valid_until)
        bounds = record.cells(first, until)
        charged = np.diff(periods(bounds, self.per))
        record.charge(
            "fixed_charges", "fixed_charge", f"fixed_charge.{self.per}", record.closing(bounds), charged, self.amount,
            part=self.charge,
        )  # fmt: skip
        if self.true_up == "yearly":
            self._true_up(record, first, until)

    def _true_up(self, record: Record, first: np.datetime64, until: np.datetime64) -> None:
        years = record.years(first, until)
        if not len(years.first):
            return
        charged = self.amount * (periods(years.until, self.per) - periods(years.first, self.per))
        spent = record.counted("cost", years.bounds, [self.charge])[0]
        most = self.true_up_cap * charged
        due = np.where(record.known("cost", years.bounds, [self.charge])[0], np.minimum(spent - charged, most), 0.0)
        operands = {"spent": spent, "charged": charged} | ({"most": most} if np.isfinite(self.true_up_cap) else {})
        words, formula = (
            ("true_up.capped", "min(spent - charged, most)") if "most" in operands else ("true_up", "spent - charged")
        )
        record.charge(
            "fixed_charges",
            "fixed_charge",
            words,
            years.closing,
            due,
            1.0,
            part=self.charge,
            formula=formula,
            **operands,
        )
