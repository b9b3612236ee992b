"""Tooling: what tools cost and how they are paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program.money import Floats
from coplant.timeline import add_months
from coplant.timeline.calendar import Days


@dataclass(frozen=True)
class Tooling:
    """Tools paid at once, on every unit, or by the month.

    - up front: the amount on the date;
    - per unit: amount / units on every good unit for `months` from the date, or until the agreement ends, and then the
      difference to the amount, paid or refunded (a remaining commitment where that time outlasts the horizon);
    - annuity: `months` level payments from the date, amount x i / (1 - (1 + i)^-months) each, i the monthly rate
      (rate / 12), or amount / months without interest.

    Payments before the horizon have been made; those after it are remaining commitments. When the agreement ends before
    its term, `tooling_share` of what is unpaid is due at once (of an annuity what is left of the amount after the parts
    of the payments that were not interest), and the rest is written off.

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
    owner : {"brand", "host"}
        Who owns the tool once it is paid.
    """

    tool: str
    amount: float
    payment: str
    date: np.datetime64
    units: float
    months: float
    rate: float
    owner: str

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
                row["owner"],
            )
            for row in case["tooling"].filter(agreement=agreement).iter_rows(named=True)
        ]

    @property
    def instalment(self) -> float:
        """Monthly payment of an annuity."""
        monthly = self.rate / 12.0
        return self.amount * (monthly / -np.expm1(-self.months * np.log1p(monthly)) if monthly else 1.0 / self.months)

    def payments(self, begin: np.datetime64) -> tuple[Days, float]:
        """Days of the payments that begin on a day, and what is paid on each; not of those by the unit."""
        count = 1 if self.payment == "up_front" else int(self.months)
        return np.atleast_1d(add_months(begin, np.arange(count))), (
            self.amount if self.payment == "up_front" else self.instalment
        )

    @property
    def unpaid(self) -> Floats:
        """What is unpaid before the first payment and after each; not of those by the unit.

        Interest of level payments counts from a month before the first.
        """
        if self.payment == "up_front":
            return np.array([self.amount, 0.0])
        growth = (1.0 + self.rate / 12.0) ** np.arange(int(self.months) + 1)
        paid = np.append(0.0, np.cumsum(growth[:-1]))
        return np.asarray(self.amount * growth - self.instalment * paid)

    def price(self, scope: Scope) -> None:
        """Add the payments to the program."""
        begin = scope.sign_date if np.isnat(self.date) else self.date
        if self.payment == "per_unit":
            self._price_per_unit(scope, begin)
            return
        dates, each = self.payments(begin)
        left = self.unpaid
        if scope.exit is not None:
            dates = dates[dates < scope.ends]
        bounds = scope.tree.timeline.bounds
        bucket = np.searchsorted(bounds, dates, side="right") - 1
        due = np.bincount(bucket[(bucket >= 0) & (dates < bounds[-1])], minlength=len(scope.tree.timeline))
        scope.pay("tooling", scope.running, each * due[scope.tree.bucket], np.arange(len(scope.tree)))
        for day in dates[dates >= bounds[-1]]:
            scope.owe_after_end(scope.running[scope.tree.leaves], each, day)
        for node in np.flatnonzero(scope.leaving >= 0):
            exit_day = bounds[scope.tree.bucket[node]]
            if begin < exit_day:
                unpaid = left[np.searchsorted(dates, exit_day, side="left")]
                due_then = scope.chance(node) * scope.tooling_share(exit_day) * unpaid
                scope.pay("tooling", scope.leaving[node], due_then, scope.tree.parent[node])
        if scope.exit is not None and begin < scope.ends:
            last = scope.nodes_on(scope.ends - np.timedelta64(1, "D"))
            scope.pay("tooling", scope.signed, scope.exit.tooling_share * left[len(dates)], last)

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
            scope.owe_after_end(scope.running[scope.tree.leaves], self.amount, until)
            return
        if until <= scope.starts:
            # Its time is up before anything can be made: all of it is the difference.
            if until > end:
                scope.owe_after_end(scope.running[scope.tree.leaves], self.amount, until)
            nodes = scope.nodes_on(until - np.timedelta64(1, "D"))
            scope.pay("tooling", scope.running[nodes], self.amount, nodes)
            return
        first = np.array([begin])
        closings = scope.closings(first, np.array([until]))
        labels = scope.closing_labels(first, closings)
        units = scope.units_if_due(scope.block("tool_units", self.tool), labels, closings)
        early = scope.exit is not None and until < add_months(begin, self.months)
        share = np.full(len(labels), scope.exit.tooling_share if scope.exit is not None and early else 1.0)
        for place in np.flatnonzero(closings.broken):
            share[place] = scope.tooling_share(closings.until[place])
        closing = closings.windows.closing
        outlasts = ~closings.broken & (until > end)
        within = np.flatnonzero(~outlasts)
        each = share * closings.chance
        scope.pay("tooling", closings.due[within], each[within] * self.amount, closing[within])
        counted = ~outlasts[units.row]
        rows = units.row[counted]
        scope.pay("tooling", units.column[counted], -per_unit * each[rows] * units.value[counted], closing[rows])
        after = np.flatnonzero(outlasts)
        scope.owe_after_end(closings.due[after], self.amount, until, leaf=closing[after])
        rows = units.row[~counted]
        scope.owe_after_end(units.column[~counted], -per_unit * units.value[~counted], until, leaf=closing[rows])

    def settle(self, record: Record) -> None:
        """Bill the payments, and what is due when the agreement ends before its term."""
        begin = record.sign_date if np.isnat(self.date) else self.date
        if self.payment == "per_unit":
            self._settle_per_unit(record, begin)
            return
        dates, each = self.payments(begin)
        left = self.unpaid
        made = dates < record.over if record.exit else np.ones(len(dates), dtype=bool)
        words = "tool.instalment" if self.payment == "annuity" else "tool"
        record.charge("tooling", "tooling", words, dates[made], 1.0, each, part=self.tool)
        self._close(record, begin, dates[made], -np.diff(left)[made])

    def _settle_per_unit(self, record: Record, begin: np.datetime64) -> None:
        until = min(add_months(begin, self.months), record.over)
        bounds = record.cells(begin, until)
        good = record.counted("good", bounds, record.products)
        per_unit = self.amount / self.units
        for item, units in zip(record.products, good, strict=True):
            record.charge("tooling", "tooling", "tool.per_unit", record.closing(bounds), units, per_unit, item=item,
                          part=self.tool, formula="good", good=units)  # fmt: skip
        paid = per_unit * good.sum(axis=0)
        if record.exit is None or add_months(begin, self.months) <= record.over:
            closing = until - np.timedelta64(1, "D")
            record.charge("tooling", "tooling", "tool.true_up", closing, self.amount - paid.sum(), 1.0, part=self.tool,
                          formula="amount - paid", amount=self.amount, paid=paid.sum())  # fmt: skip
            if until <= record.until:
                paid[-1:] += self.amount - paid.sum()
        self._close(record, begin, record.closing(bounds), paid)

    def _close(self, record: Record, begin: np.datetime64, days: Days, paid: Floats) -> None:
        """Keep what is unpaid; when the agreement ends before its term, a share of it is due and the rest lapses."""
        if record.exit is not None and begin >= record.over:
            return
        added = np.append(self.amount, np.zeros(len(days)))
        lapsed = np.zeros(len(days) + 1)
        days, paid = np.append(begin, days), np.append(0.0, paid)
        if record.exit is not None:
            unpaid = self.amount - paid.sum()
            due = unpaid * record.exit.tooling_share
            last = record.over - np.timedelta64(1, "D")
            record.charge("tooling", "tooling", "tool.exit", last, due, 1.0, part=self.tool,
                          formula="unpaid * share", unpaid=unpaid, share=record.exit.tooling_share)  # fmt: skip
            days, added = np.append(days, last), np.append(added, 0.0)
            paid, lapsed = np.append(paid, due), np.append(lapsed, unpaid - due)
        record.keep("tooling", "unpaid", days, added, paid, lapsed, part=self.tool)
