"""Take-or-pay: the least yearly quantity that is paid for, built or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.scope import Scope
from coplant.program import term
from coplant.program.money import Floats
from coplant.timeline import add_months
from coplant.timeline.calendar import Days


@dataclass(frozen=True)
class TakeOrPay:
    """Pay for what was agreed and not built.

    For each year y of the clause, with q_y its good units, MAQ_y the quantity agreed (a part year counts its share, and
    of a year that outlasts the horizon only what lies within) and z = 1 if signed, the deficiency is

        d_y = max(0, share x MAQ_y z - q_y),

    by ``take_or_pay[y]``: d_y + q_y >= share x MAQ_y z with d_y >= 0, paid at `price` when the year closes.

    Parameters
    ----------
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    quantity : float
        Yearly quantity MAQ [unit/year].
    share : float
        Share of it that is paid for in any case.
    price_per_unit : float
        Deficiency price [money/unit].
    """

    valid_from: np.datetime64
    valid_until: np.datetime64
    quantity: float
    share: float
    price_per_unit: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[TakeOrPay]:
        """Read the take-or-pay clauses of an agreement."""
        return [
            cls(
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["quantity"],
                row["share"],
                row["price"],
            )
            for row in case["take_or_pay"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def price(self, scope: Scope) -> None:
        """Add the deficiency to the program."""
        begin, end = scope.years(*scope.window(self.valid_from, self.valid_until))
        horizon = scope.tree.timeline.bounds
        whole = (add_months(begin, 12) - begin).astype(np.float64)

        def owed(first: Days, until: Days) -> Floats:
            """What is to be taken or paid for in a part of each year."""
            days = np.maximum((until - first).astype(np.float64), 0.0)
            return np.asarray(self.share * self.quantity * days / whole)

        windows = scope.windows(begin, end)
        labels = (
            tuple(f"{begin[s]}.{scope.tree.labels[n]}" for s, n in zip(windows.span, windows.closing, strict=True)),
        )
        every = np.arange(len(windows.span))
        minimum = owed(np.maximum(begin, horizon[0]), np.minimum(end, horizon[-1]))[windows.span]
        part = "" if np.isnat(self.valid_from) else str(self.valid_from)
        deficiency = scope.program.columns(scope.block("deficiency", part), labels)
        scope.program.rows(
            scope.block("take_or_pay", part),
            labels,
            [
                term(every, deficiency.index),
                scope.good_units(windows, np.arange(len(scope.routes))),
                term(every, scope.signed, -minimum),
            ],
            lower=0.0,
        )
        scope.pay("take_or_pay", deficiency.index, self.price_per_unit, windows.closing)
        after = float(np.sum(owed(np.maximum(begin, horizon[-1]), end)))
        scope.owe_after_end(scope.signed, self.price_per_unit * after)
