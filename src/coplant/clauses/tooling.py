"""Tooling: what tools cost and how they are paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.scope import Scope
from coplant.timeline import add_months


@dataclass(frozen=True)
class Tooling:
    """Tools paid at once, on every unit, or by the month.

    - up front: the amount on the date;
    - per unit: amount / units on every good unit for `months` from the date, or until the agreement ends, and then the
      difference to the amount, paid or refunded (a remaining commitment where that time outlasts the horizon);
    - annuity: `months` level payments from the date, amount x i / (1 - (1 + i)^-months) each, i the monthly rate
      (rate / 12), or amount / months without interest.

    Payments before the horizon have been made; those after it are remaining commitments.

    Parameters
    ----------
    tool : str
        Name of the tooling.
    amount : float
        Money.
    payment : {"up_front", "per_unit", "annuity"}
        How it is paid.
    date : datetime64[D]
        When the payment falls due or begins; NaT for the day of signature.
    units : float
        Units over which a per-unit payment is spread.
    months : float
        How long a per-unit payment or an annuity runs.
    rate : float
        Yearly interest of an annuity.
    """

    tool: str
    amount: float
    payment: str
    date: np.datetime64
    units: float
    months: float
    rate: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Tooling]:
        """Read the tooling of an agreement."""
        return [
            cls(
                row["tool"],
                row["amount"],
                row["payment"],
                np.datetime64(row["date"], "D"),
                np.nan if row["units"] is None else row["units"],
                np.nan if row["months"] is None else row["months"],
                row["rate"],
            )
            for row in case["tooling"].filter(agreement=agreement).iter_rows(named=True)
        ]

    @property
    def instalment(self) -> float:
        """Monthly payment of an annuity."""
        monthly = self.rate / 12.0
        return self.amount * (monthly / -np.expm1(-self.months * np.log1p(monthly)) if monthly else 1.0 / self.months)

    def price(self, scope: Scope) -> None:
        """Add the payments to the program."""
        begin = scope.sign_date if np.isnat(self.date) else self.date
        if self.payment == "per_unit":
            self._price_per_unit(scope, begin)
            return
        count = 1 if self.payment == "up_front" else int(self.months)
        dates = np.atleast_1d(add_months(begin, np.arange(count)))
        each = self.amount if self.payment == "up_front" else self.instalment
        bounds = scope.tree.timeline.bounds
        bucket = np.searchsorted(bounds, dates, side="right") - 1
        due = np.bincount(bucket[(bucket >= 0) & (dates < bounds[-1])], minlength=len(scope.tree.timeline))
        scope.pay("tooling", scope.signed, each * due[scope.tree.bucket], np.arange(len(scope.tree)))
        for day in dates[dates >= bounds[-1]]:
            scope.owe_after_end(scope.signed, each, day)

    def _price_per_unit(self, scope: Scope, begin: np.datetime64) -> None:
        until = min(add_months(begin, self.months), scope.ends)
        per_unit = self.amount / self.units
        scope.pay(
            "tooling",
            scope.started,
            per_unit * scope.share_of_nodes(begin, until) * scope.good_share[:, None],
            np.arange(len(scope.tree)),
            scope.tags(),
        )
        end = scope.tree.timeline.bounds[-1]
        if begin >= end:
            scope.owe_after_end(scope.signed, self.amount, until)
            return
        windows = scope.windows(np.array([begin]), np.array([until]))
        units = scope.good_units(windows, np.arange(len(scope.routes)))
        if until > end:
            scope.owe_after_end(scope.signed, self.amount, until)
            scope.owe_after_end(units.column, -per_unit * units.value, until, leaf=windows.closing[units.row])
            return
        scope.pay("tooling", scope.signed, self.amount, windows.closing)
        scope.pay("tooling", units.column, -per_unit * units.value, windows.closing[units.row])
