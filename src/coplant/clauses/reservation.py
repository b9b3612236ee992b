"""Reservation: capacity promised to the brand for a fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program import Columns, term
from coplant.program.money import Floats, Integers
from coplant.timeline import periods
from coplant.timeline.calendar import DAYS_PER_YEAR


@dataclass(frozen=True)
class Reservation:
    """Units per period that the host keeps free, and what they cost.

    Let R be the rate reserved [unit/period], z = 1 if the agreement is signed, P_n the periods of the clause in node n
    and x_{j,n} the units of route j started at node n. Then

    - ``reservation_least``: R >= least z, ``reservation_most``: R <= most z;
    - ``reservation[n]``: sum_j x_{j,n} <= R P_n (clauses of one agreement add up);
    - ``reservation_ramp[j,n]``: x_{j,n} <= R min(P_n, a_{j,n} P'_n) while the share a of the full rate is below one, P'
      being the periods of the whole node;
    - the fee is r R P_n where it is plain, and r (R P_n - sum_j v_n x_{j,n}) where it is deductible, v_n being the
      share of the node's days in force on which the clause holds.

    An hourly rate is worth `hours_per_year` hours in a year: 60 an hour at 4,000 h is 240,000 a year.

    Parameters
    ----------
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    least, most : float
        Bounds on the rate [unit/period].
    per : str
        The period.
    reserved : float
        The rate that is reserved [unit/period]; NaN where a plan decides it.
    hours_per_year : float
        Hours that the line runs in a year; NaN unless `per` is hour.
    fee : float
        Fee per unit of capacity [money/unit].
    kind : {"plain", "deductible"}
        Whether the fee is credited for every unit started.

    Notes
    -----
    With margin m per unit and fee r the best rate K against demand of distribution F has F(K) = (m - r)/m where the fee
    is plain and F(K) = m/(m + r) where it is deductible (Erkoc & Wu, 2005, "Managing high-tech capacity expansion via
    reservation contracts", Production and Operations Management 14(2)).
    """

    valid_from: np.datetime64
    valid_until: np.datetime64
    least: float
    most: float
    reserved: float
    per: str
    hours_per_year: float
    fee: float
    kind: str

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Reservation]:
        """Read the reservations of an agreement."""
        return [
            cls(
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["least"],
                row["most"],
                _rate(row),
                row["per"],
                np.nan if row["hours_per_year"] is None else row["hours_per_year"],
                row["fee"],
                row["kind"],
            )
            for row in case["reservations"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def in_nodes(self, scope: Scope) -> Floats:
        """Periods of the clause in each node, shape (N,)."""
        return scope.periods_in(*scope.window(self.valid_from, self.valid_until), self.clock) * self.worth

    def in_whole_nodes(self, scope: Scope) -> Floats:
        """Periods of each whole node, shape (N,)."""
        bounds = scope.tree.timeline.bounds
        return scope.periods_in(bounds[0], bounds[-1], self.clock) * self.worth

    @property
    def in_a_year(self) -> float:
        """Periods of the rate in a year."""
        counts = {"day": DAYS_PER_YEAR, "week": DAYS_PER_YEAR / 7.0, "month": 12.0, "quarter": 4.0, "year": 1.0}
        return self.hours_per_year if self.per == "hour" else counts[self.per]

    @property
    def clock(self) -> str:
        """The period that the calendar counts."""
        return "year" if self.per == "hour" else self.per

    @property
    def worth(self) -> float:
        """Periods of the rate in one period of the clock."""
        return self.hours_per_year if self.per == "hour" else 1.0


def _rate(row: Mapping[str, Any]) -> float:
    """Rate that a row leaves no choice about; NaN where it does."""
    if row["reserved"] is not None:
        return float(row["reserved"])
    return float(row["least"]) if row["least"] == row["most"] else np.nan


@dataclass(frozen=True)
class Reservations:
    """The reservations of an agreement, which share what is started under it.

    Parameters
    ----------
    rates : tuple of Reservation
        One for each validity.
    """

    rates: tuple[Reservation, ...]

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Reservations]:
        """Read the reservations of an agreement, as one clause; none where there are none."""
        rates = Reservation.read(case, agreement)
        return [cls(tuple(rates))] if rates else []

    def price(self, scope: Scope) -> None:
        """Add the rates reserved, what they let through and what they cost to the program."""
        program, nodes = scope.program, len(scope.tree)
        labels = tuple(str(scope.window(clause.valid_from, clause.valid_until)[0]) for clause in self.rates)
        least = np.array([clause.least for clause in self.rates])
        most = np.array([clause.most for clause in self.rates])
        held = np.array([clause.reserved for clause in self.rates])
        length = np.stack([clause.in_nodes(scope) for clause in self.rates])
        reserved = program.columns(scope.block("reserved"), (labels,), upper=most, node=scope.sign_node)
        least, most = np.where(np.isnan(held), least, held), np.where(np.isnan(held), most, held)
        each = np.arange(len(self.rates))
        program.rows(
            scope.block("reservation_least"),
            (labels,),
            [term(each, reserved.index), term(each, scope.signed, -least)],
            lower=0.0,
        )
        program.rows(
            scope.block("reservation_most"),
            (labels,),
            [term(each, reserved.index), term(each, scope.signed, -most)],
            upper=0.0,
        )
        every = np.arange(nodes)
        kept = self._while_running(scope, labels, reserved, most)
        program.rows(
            scope.block("reservation"),
            (scope.tree.labels,),
            [term(every, scope.started), term(every, kept, -length)],
            upper=0.0,
            where=np.asarray((scope.started >= 0).any(axis=0)),
        )
        rising = (scope.started >= 0) & (scope.open_share < 1.0)
        if rising.any():
            whole = np.stack([clause.in_whole_nodes(scope) for clause in self.rates])
            limit = np.minimum(length[:, None, :], scope.open_share * whole[:, None, :])
            cell = np.arange(rising.size).reshape(rising.shape)
            program.rows(
                scope.block("reservation_ramp"),
                (scope.routes, scope.tree.labels),
                [term(cell, scope.started), term(cell, kept[:, None, :], -limit)],
                upper=0.0,
                where=rising,
            )
        for number, clause in enumerate(self.rates):
            first, until = scope.window(clause.valid_from, clause.valid_until)
            scope.pay("reservation_fee", kept[number], clause.fee * length[number], every)
            if clause.kind == "deductible":
                within = scope.share_of_nodes(first, until)
                scope.pay("reservation_fee", scope.started, -clause.fee * within, every, scope.tags())
            later = scope.periods_after_end(first, until, clause.clock) * clause.worth
            scope.owe_after_end(kept[number, scope.tree.leaves], clause.fee * later)

    def _while_running(self, scope: Scope, labels: tuple[str, ...], reserved: Columns, most: Floats) -> Integers:
        """Columns of the rate at each node: that which is reserved while the agreement runs, then nothing.

        Where it can be left, with r_n = 1 while it runs: ``reserved_now``: R_n <= R, ``reserved_until_left``:
        R_n <= most r_n, ``reserved_throughout``: R_n >= R - most (1 - r_n).
        """
        shape = (len(self.rates), len(scope.tree))
        if not (scope.leaving >= 0).any():
            return np.broadcast_to(reserved.index[:, None], shape)
        axes = (labels, scope.tree.labels)
        decided = np.maximum(np.arange(len(scope.tree)), scope.sign_node)
        now = scope.program.columns(scope.block("reserved_now"), axes, upper=most[:, None], node=decided)
        cell = np.arange(now.index.size).reshape(shape)
        held, limit = reserved.index[:, None], np.broadcast_to(most[:, None], shape)
        both = [term(cell, now.index), term(cell, held, -1.0)]
        until_left = [term(cell, now.index), term(cell, scope.running, -limit)]
        scope.program.rows(scope.block("reserved_now"), axes, both, upper=0.0)
        scope.program.rows(scope.block("reserved_until_left"), axes, until_left, upper=0.0)
        scope.program.rows(
            scope.block("reserved_throughout"), axes, [*both, term(cell, scope.running, -limit)], lower=-limit
        )  # fmt: skip
        return now.index

    def settle(self, record: Record) -> None:
        """Bill what was reserved, and credit what was started where the fee is deductible."""
        for clause in self.rates:
            first, until = record.window(clause.valid_from, clause.valid_until)
            bounds = record.cells(first, until)
            length = np.diff(periods(bounds, clause.clock)) * clause.worth
            record.charge(
                "reservations", "reservation_fee", f"reserved.{clause.per}", record.closing(bounds),
                clause.reserved * length, clause.fee, formula="reserved * periods", reserved=clause.reserved,
                periods=length,
            )  # fmt: skip
            if clause.kind == "deductible":
                started = record.counted("started", bounds, record.products)
                for item, units in zip(record.products, started, strict=True):
                    record.charge("reservations", "reservation_fee", "reserved.credit", record.closing(bounds), -units,
                                  clause.fee, item=item, formula="-started", started=units)  # fmt: skip
