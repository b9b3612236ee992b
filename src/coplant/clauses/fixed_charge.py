"""Fixed charge: money per period while an agreement is in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.scope import Scope


@dataclass(frozen=True)
class FixedCharge:
    """Depreciation passed through, management, rent: amount x periods in force x z, a part of a period by its days.

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
    """

    charge: str
    valid_from: np.datetime64
    valid_until: np.datetime64
    amount: float
    per: str

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
            )
            for row in case["fixed_charges"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def price(self, scope: Scope) -> None:
        """Add the charge to the program."""
        first, until = scope.window(self.valid_from, self.valid_until)
        length = scope.periods_in(first, until, self.per)
        scope.pay("fixed_charge", scope.signed, self.amount * length, np.arange(len(scope.tree)))
        scope.owe_after_end(scope.signed, self.amount * scope.periods_after_end(first, until, self.per))
