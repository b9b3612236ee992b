"""Advisory: help of the host's engineers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program.money import Floats
from coplant.timeline import periods
from coplant.timeline.calendar import Days


@dataclass(frozen=True)
class Advisory:
    """A service paid by the period and by the hour, until a cap is reached.

    With P(t) the periods and H(t) the hours from the first day of the service to a day t, what has been paid by then is
    C(t) = min(cap, fee x P(t) + hourly_rate x H(t)). A service may begin before the agreement starts, from the day of
    signature on.

    A plan expects `hours` in each period, so that C is known beforehand: (C at the end of a node - C at its start) x r,
    with r = 1 while the agreement runs. What is still to be paid after the horizon is a remaining commitment.

    Parameters
    ----------
    service : str
        What the host helps with.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    fee : float
        Money per period.
    per : str
        The period.
    hours : float
        Hours expected per period.
    hourly_rate : float
        Money per hour.
    cap : float
        Most that is paid in all; infinite for no limit.

    Examples
    --------
    1,000 a month and 20 hours at 50, at most 5,000: the third month pays what is left.

    >>> nat = np.datetime64("NaT", "D")
    >>> help = Advisory("tryout", nat, nat, 1_000.0, "month", 20.0, 50.0, 5_000.0)
    >>> help.paid_by(np.array(["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"], dtype="datetime64[D]"))
    array([   0., 2000., 4000., 5000.])
    """

    service: str
    valid_from: np.datetime64
    valid_until: np.datetime64
    fee: float
    per: str
    hours: float
    hourly_rate: float
    cap: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Advisory]:
        """Read the services of an agreement."""
        return [
            cls(
                row["service"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["fee"],
                row["per"],
                row["hours"],
                row["hourly_rate"],
                np.inf if row["cap"] is None else row["cap"],
            )
            for row in case["advisory"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def paid_by(self, days: Days) -> Floats:
        """What a plan expects to have been paid on the morning of some days, the first of which is the service's first.

        Parameters
        ----------
        days : ndarray of datetime64[D], shape (D,)
            Ascending days.
        """
        count = periods(days, self.per)
        return np.asarray(np.minimum((self.fee + self.hours * self.hourly_rate) * (count - count[0]), self.cap))

    def price(self, scope: Scope) -> None:
        """Add the fees and the hours that are expected to the program."""
        first, until = scope.window(self.valid_from, self.valid_until)
        until = max(until, first)
        days = np.clip(scope.tree.timeline.bounds, first, until)
        paid = self.paid_by(np.concatenate([[first], days, [until]]))
        each = np.diff(paid[1:-1])
        scope.pay("advisory", scope.running, each[scope.tree.bucket], np.arange(len(scope.tree)))
        scope.owe_after_end(scope.running[scope.tree.leaves], paid[-1] - paid[-2])

    def settle(self, record: Record) -> None:
        """Bill the fees and the hours on record, credit what is above the cap, and keep what is left of it."""
        first, until = record.window(self.valid_from, self.valid_until)
        bounds = record.cells(first, until)
        if len(bounds) < 2:
            return
        days, length = record.closing(bounds), np.diff(periods(bounds, self.per))
        hours = record.counted("hours", bounds, [self.service])[0]
        record.charge("advisory", "advisory", f"advisory.fee.{self.per}", days, length, self.fee, part=self.service)
        record.charge("advisory", "advisory", "advisory.hours", days, hours, self.hourly_rate, part=self.service)
        if np.isinf(self.cap):
            return
        charged = self.fee * length + self.hourly_rate * hours
        earlier = np.array([first, bounds[0]])
        before = float(
            self.fee * np.diff(periods(earlier, self.per))[0]
            + self.hourly_rate * record.counted("hours", earlier, [self.service])[0, 0]
        )
        left = np.maximum(self.cap - before - (np.cumsum(charged) - charged), 0.0)
        record.charge(
            "advisory", "advisory", "advisory.above_cap", days, -np.maximum(charged - left, 0.0), 1.0,
            part=self.service, formula="-max(0, charged - left)", charged=charged, left=left,
        )  # fmt: skip
        used = np.minimum(charged, left)
        lapsed = np.where(bounds[1:] == until, left - used, 0.0)
        record.keep(
            "advisory", "cap_left", np.append(bounds[0], days), np.append(left[0], np.zeros(len(days))),
            np.append(0.0, used), np.append(0.0, lapsed), part=self.service,
        )  # fmt: skip
