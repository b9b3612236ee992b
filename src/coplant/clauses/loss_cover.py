"""Loss cover: the brand makes up for the losses of the host's plant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Closings, Scope
from coplant.program import Columns, Term, term
from coplant.program.money import Floats, Integers
from coplant.timeline import add_months, calendar_months, periods
from coplant.timeline.calendar import Days


class _Months(NamedTuple):
    """Months along the branches, and after them, on each branch, all that lies beyond the horizon."""

    closings: Closings
    """The W months, each as it closes in full and as an exit breaks it off."""
    labels: tuple[str, ...]
    """Names of the C months and ends, shape (C,)."""
    fixed: Floats
    """Fixed cost of each, shape (C,)."""
    node: Integers
    """Node at which each is over, shape (C,)."""
    due: Integers
    """Column that is one if it is covered, shape (C,)."""
    good: Term
    """Good units of each, its row."""


@dataclass(frozen=True)
class LossCover:
    """Pay what the host's plant loses, month by month, until a cap is reached.

    In each calendar month m of the clause (of a part month that part) the plant of the host loses what its fixed cost
    is above what the good units q_m of all products contribute to it, loss_m = max(0, fixed_m - margin x q_m). The
    brand pays p_m = min(loss_m, cap - what it paid before). Good months pay nothing back.

    In a program, with r = 1 while the agreement runs, a loss is convex and the brand pays it, so that without a cap

    - ``loss_cover[m]``: p_m + margin q_m >= fixed_m r, p_m >= 0

    is exact. A cap makes what is paid concave: once it is reached, losses are free. So with c_m = 1 once it is and
    b_m = 1 in a month of losses, both binary, and P_m the sum of what is paid up to and with m along the branch,

    - ``loss_cover[m]``: p_m + margin q_m >= fixed_m (r - c_m), ``loss_cover_reached[m]``: cap c_m <= P_m,
      ``loss_cover_cap[m]``: P_m <= cap;
    - ``loss_cover_most[m]``: p_m + margin q_m <= fixed_m r + margin M_m (1 - b_m), ``loss_cover_none[m]``:
      p_m <= fixed_m b_m. Without b money that is worth the same earlier and later could be paid in any month.

    What lies beyond the horizon, if nothing more is built, is one more such month at the end of each branch. A plan
    counts what is paid from the start of its horizon on. An exit breaks the month off and ends the cover.

    Parameters
    ----------
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    months : float
        How long it lasts from its first day; NaN for as long as it is valid.
    fixed_cost : float
        Money per period.
    per : str
        The period.
    margin : float
        Money per good unit.
    cap : float
        Most that is paid in all; infinite for no limit.

    Examples
    --------
    A plant of 120 a month to which a unit contributes 2; 30, 80 and no units are built, and 150 are covered at most.

    >>> nat = np.datetime64("NaT", "D")
    >>> cover = LossCover(nat, nat, 36.0, 120.0, "month", 2.0, 150.0)
    >>> cover.paid(np.array([120.0, 120.0, 120.0]), np.array([30.0, 80.0, 0.0]))
    array([60.,  0., 90.])
    """

    valid_from: np.datetime64
    valid_until: np.datetime64
    months: float
    fixed_cost: float
    per: str
    margin: float
    cap: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[LossCover]:
        """Read the loss covers of an agreement, one for each validity."""
        return [
            cls(
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                np.nan if row["months"] is None else row["months"],
                row["fixed_cost"],
                row["per"],
                row["margin"],
                np.inf if row["cap"] is None else row["cap"],
            )
            for row in case["loss_cover"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def paid(self, fixed: Floats, good: Floats) -> Floats:
        """What is paid in months that follow one another.

        Parameters
        ----------
        fixed, good : ndarray, shape (M,)
            Fixed cost and good units of each month.
        """
        loss = np.maximum(fixed - self.margin * good, 0.0)
        return np.minimum(loss, np.maximum(self.cap - (np.cumsum(loss) - loss), 0.0))

    def _window(self, within: Scope | Record) -> tuple[np.datetime64, np.datetime64]:
        first, until = within.window(self.valid_from, self.valid_until)
        return first, (until if np.isnan(self.months) else min(add_months(first, self.months), until))

    def price(self, scope: Scope) -> None:
        """Add what is paid to the program."""
        first, until = self._window(scope)
        months, after = self._months(scope, first, until)
        part = "" if np.isnat(self.valid_from) else str(self.valid_from)
        every, axes = np.arange(len(months.labels)), (months.labels,)
        paid = scope.program.columns(scope.block("loss", part), axes, node=months.node)
        covered = [
            term(every, paid.index),
            Term(months.good.row, months.good.column, self.margin * months.good.value),
            term(every, months.due, -months.fixed),
        ]
        within = max(first, scope.tree.timeline.bounds[0])
        if self.cap < self.fixed_cost * float(periods(until, self.per) - periods(within, self.per)):
            reached = self._capped(scope, part, months, paid, covered)
            covered = [*covered, term(every, reached.index, months.fixed)]
        scope.program.rows(scope.block("loss_cover", part), axes, covered, lower=0.0)
        closing = months.closings.windows.closing
        scope.pay("loss_cover", paid.index[: len(closing)], months.closings.chance, closing)
        scope.owe_after_end(paid.index[len(closing) :], 1.0, leaf=after)

    def _months(self, scope: Scope, first: np.datetime64, until: np.datetime64) -> tuple[_Months, Integers]:
        """Lay out the months, and the ends of the branches after which something is still covered."""
        begin, end = calendar_months(first, until)
        closings = scope.closings(begin, end)
        bounds = scope.tree.timeline.bounds
        since = np.maximum(begin, bounds[0])[closings.windows.span]
        within = periods(np.minimum(closings.until, bounds[-1]), self.per) - periods(since, self.per)
        beyond = scope.periods_after_end(first, until, self.per)
        after = scope.tree.leaves if beyond else np.empty(0, dtype=np.int64)
        months = _Months(
            closings,
            (*scope.closing_labels(begin, closings), *(f"after.{scope.tree.labels[leaf]}" for leaf in after)),
            self.fixed_cost * np.append(within, np.full(len(after), beyond)),
            np.append(closings.windows.closing, after),
            np.append(closings.due, scope.running[after]),
            scope.good_units(closings.windows, np.arange(len(scope.routes))),
        )
        return months, after

    def _capped(self, scope: Scope, part: str, months: _Months, paid: Columns, covered: list[Term]) -> Columns:
        """Keep what is paid to the cap and to the losses; returns whether the cap is reached, shape (C,)."""
        program, axes, count = scope.program, (months.labels,), len(months.labels)
        every, closing = np.arange(count), months.closings.windows.closing
        most = np.zeros(count)
        most[: len(closing)] = self.margin * scope.most_good(months.closings.windows, np.arange(len(scope.routes)))
        earlier, later = scope.successions(months.closings)
        ends, before = np.nonzero(self._on_paths(scope, months))
        earlier, later = np.append(earlier, before), np.append(later, len(closing) + ends)
        # Before so much can have been lost at all the cap is not reached, which makes the relaxation tighter.
        can = months.fixed + np.bincount(later, months.fixed[earlier], minlength=count) >= self.cap
        reached = program.columns(scope.block("cap_reached", part), axes, upper=can, integer=True, node=months.node)
        losing = program.columns(
            scope.block("losing", part), axes, where=most > 0.0, upper=1.0, integer=True, node=months.node
        )

        def loss(columns: Floats) -> Floats:
            contributed = np.bincount(
                months.good.row, self.margin * months.good.value * columns[months.good.column], minlength=count
            )
            return np.maximum(months.fixed * columns[months.due] - contributed, 0.0)

        def is_reached(columns: Floats) -> Floats:
            lost = loss(columns)
            total = lost + np.bincount(later, lost[earlier], minlength=count)
            return np.asarray(total >= self.cap * (1.0 - 1e-9), dtype=np.float64)

        program.complete_by(reached, is_reached)
        program.complete_by(losing, lambda columns: np.asarray(loss(columns) > 0.0, dtype=np.float64))
        total = [term(later, paid.index[earlier]), term(every, paid.index)]
        rows: list[tuple[str, list[Term], Floats]] = [
            ("loss_cover_reached", [*(Term(t.row, t.column, -t.value) for t in total),
                                    term(every, reached.index, self.cap)], np.zeros(count)),
            ("loss_cover_cap", total, np.full(count, self.cap)),
            ("loss_cover_most", [*covered, term(every, losing.index, most)], most),
        ]  # fmt: skip
        for name, terms, upper in rows:
            program.rows(scope.block(name, part), axes, terms, upper=upper)
        program.rows(
            scope.block("loss_cover_none", part),
            axes,
            [term(every, paid.index), term(every, losing.index, -months.fixed)],
            upper=0.0,
            where=losing.index >= 0,
        )
        return reached

    def _on_paths(self, scope: Scope, months: _Months) -> np.ndarray:
        """Whether each month closes in full on the way to each of the ends, shape (ends, W)."""
        closing = months.closings.windows.closing
        if len(months.labels) == len(closing):
            return np.zeros((0, len(closing)), dtype=bool)
        on_path = scope.tree.path[scope.tree.leaves][:, scope.tree.bucket[closing]] == closing
        return np.asarray(on_path & ~months.closings.broken)

    def settle(self, record: Record) -> None:
        """Bill the losses of each month, and keep what is left of the cap."""
        first, until = self._window(record)
        begin, end = calendar_months(first, until)
        since, close = np.maximum(begin, record.since), np.minimum(end, record.until)
        settled = close > since
        if not settled.any():
            return
        bounds: Days = np.append(since[settled], close[settled][-1:])
        days = record.closing(bounds)
        fixed = self.fixed_cost * np.diff(periods(bounds, self.per))
        good = record.counted("good", bounds, record.products).sum(axis=0)
        paid = self.paid(fixed, good)
        left = self.cap - (np.cumsum(paid) - paid)
        operands = {"fixed": fixed, "margin": self.margin, "good": good}
        words, formula = "loss_cover", "max(0, fixed - margin * good)"
        if np.isfinite(self.cap):
            operands |= {"left": left}
            words, formula = "loss_cover.capped", f"min({formula}, left)"
        record.charge("loss_cover", "loss_cover", words, days, paid, 1.0, formula=formula, **operands)
        if np.isfinite(self.cap):
            lapsed = np.where(bounds[1:] == until, left - paid, 0.0)
            record.keep(
                "loss_cover", "cap_left", np.append(bounds[0], days), np.append(self.cap, np.zeros(len(days))),
                np.append(0.0, paid), np.append(0.0, lapsed),
            )  # fmt: skip
