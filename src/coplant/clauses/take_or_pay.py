"""Take-or-pay: the least yearly quantity that is paid for, built or not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Closings, Scope
from coplant.program import Columns, Term, term
from coplant.program.money import Floats, Integers
from coplant.timeline import add_months, spans
from coplant.timeline.calendar import Days


class _Year(NamedTuple):
    """How a year of the clause closed, in units."""

    carried: float
    """Units built beyond earlier years' quantities that lessen this one's."""
    short: float
    """Units paid for and not built."""
    made_up: float
    """Units built beyond the quantity that were paid for in an earlier year."""
    lapsed: float
    """Units paid for that can no longer be made up."""
    carry_added: float
    """Units built beyond the quantity that later years can use."""
    carry_lapsed: float
    """Units that could have lessened a later year's quantity and no longer can."""


@dataclass(frozen=True)
class TakeOrPay:
    """Pay for what was agreed and not built.

    For each year y of the clause let q_y be its good units, MAQ_y the quantity agreed (a part year counts its share,
    and of a year that outlasts the horizon only what lies within), and need_y = share x MAQ_y less the units that were
    called off and that the host did not commit. Then

    - *carried* units c_y, built beyond the quantity of a year that closed at most `carry_forward_months` before, lessen
      it: c_y = min(carried over, carry_forward_share x need_y, max(0, need_y - q_y));
    - the *deficiency* d_y = max(0, need_y - c_y - q_y) is paid at `price_per_unit` when the year closes, and goes into
      the make-up bank for `make_up_months`;
    - units beyond, e_y = max(0, q_y - need_y), *make up* what is in the bank, oldest first: m_y = min(e_y, bank) is
      paid back; what is left of e_y can be carried forward.

    In a program, with z = 1 if signed and u_{y',y}, c_{y',y} the units of year y' made up and carried in y:

    - ``take_or_pay[y]``: d_y + q_y + sum_y' c_{y',y} - e_y = need_y z;
    - ``take_or_pay_short[y]``: d_y + sum_y' c_{y',y} <= need_y b_y, ``take_or_pay_beyond[y]``: e_y <= M_y (1 - b_y),
      b_y binary. A year is short or goes beyond, never both: without b units could be paid for twice to renew a bank
      that lapses. Without make-up and carry-forward e is the slack of an inequality and there is no b;
    - ``make_up_bank[y']``: sum_y u_{y',y} <= d_{y'}, ``make_up[y]``: sum_y' u_{y',y} + sum_y'' c_{y,y''} <= e_y;
    - ``carry_forward[y]``: sum_y' c_{y',y} <= carry_forward_share x need_y z.

    Where the agreement can be left, a year closes in full if it runs then, and is broken off at each exit: each of
    these closings has such rows, with r or y (see `ExitTerms`) in the place of z. In one that does not take place,
    ``take_or_pay_due``: e <= M due, and its units are idle, ``take_or_pay_idle``: idle <= M (1 - due).

    That what can be made up is made up at once, oldest first, follows from money being worth no less earlier.

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
    make_up_months, carry_forward_months : float
        How long after a year closes its units can be made up, or carried forward.
    carry_forward_share : float
        Most of a year's quantity that carried units lessen.
    excused : bool
        Whether what the host did not commit lessens the quantity.

    Examples
    --------
    20,000 a year of which 80 % are paid for in any case, at 10,000; 15,000 are built, then 18,000.

    >>> nat = np.datetime64("NaT", "D")
    >>> clause = TakeOrPay(nat, nat, 20_000, 0.8, 10_000, 12, 0, 1, True)
    >>> closes = np.array(["2024-01-01", "2025-01-01"], dtype="datetime64[D]")
    >>> years = clause.close(closes, np.array([16_000.0, 16_000]), np.array([15_000.0, 18_000]), ends=False)
    >>> [(float(year.short), float(year.made_up)) for year in years]
    [(1000.0, 0.0), (0.0, 1000.0)]
    """

    valid_from: np.datetime64
    valid_until: np.datetime64
    quantity: float
    share: float
    price_per_unit: float
    make_up_months: float
    carry_forward_months: float
    carry_forward_share: float
    excused: bool

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
                row["make_up_months"],
                row["carry_forward_months"],
                row["carry_forward_share"],
                row["excuse"] == "offered",
            )
            for row in case["take_or_pay"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def close(self, closes: Days, need: Floats, built: Floats, *, ends: bool) -> list[_Year]:
        """Close years one after the other.

        Parameters
        ----------
        closes : ndarray of datetime64[D], shape (Y,)
            Day after the last of each year.
        need, built : ndarray, shape (Y,)
            Units to be taken or paid for, and units built.
        ends : bool
            Whether nothing can be made up or carried after the last of them.
        """
        bank, ahead = _Bank(self.make_up_months), _Bank(self.carry_forward_months)
        years = []
        for number, close in enumerate(closes):
            lacking = max(0.0, need[number] - built[number])
            carried = ahead.use(min(lacking, self.carry_forward_share * need[number]))
            short = lacking - carried
            made_up = bank.use(max(0.0, built[number] - need[number]))
            beyond = max(0.0, built[number] - need[number]) - made_up
            bank.add(close, short)
            ahead.add(close, beyond)
            # What the next year closes too late for is lost when this one closes.
            last = number == len(closes) - 1
            following = close + np.timedelta64(1, "D") if last else closes[number + 1]
            lapsed, carry_lapsed = (one.lapse(following, last and ends) for one in (bank, ahead))
            years.append(_Year(carried, short, made_up, lapsed, beyond, carry_lapsed))
        return years

    def settle(self, record: Record) -> None:
        """Bill the deficiency of each year that closes, pay back what is made up, and keep both banks."""
        years = record.years(*record.window(self.valid_from, self.valid_until))
        if not len(years.first):
            return
        agreed = self.share * self.quantity * years.share
        built = record.counted("good", years.bounds, record.products).sum(axis=0)
        refused = record.counted("refused", years.bounds, record.products).sum(axis=0) * self.excused
        need = np.maximum(agreed - refused, 0.0)
        closed = self.close(years.until, need, built, ends=bool(years.until[-1] == record.over))
        carried, short, made_up, lapsed, beyond, carry_lapsed = np.array(closed).T
        operands = {"agreed": agreed, "built": built}
        formula, words = "max(0, agreed - built)", "deficiency"
        if refused.any() or carried.any():
            operands |= {"refused": refused, "carried": carried}
            formula, words = "max(0, max(0, agreed - refused) - carried - built)", "deficiency.lessened"
        record.charge("take_or_pay", "take_or_pay", words, years.closing, short, self.price_per_unit,
                      formula=formula, **operands)  # fmt: skip
        banked = np.cumsum(short - made_up - lapsed) - short + made_up + lapsed
        record.charge("take_or_pay", "take_or_pay", "make_up", years.closing, -made_up, self.price_per_unit,
                      formula="-min(bank, max(0, built - need))", bank=banked, built=built, need=need)  # fmt: skip
        if self.make_up_months:
            record.keep("take_or_pay", "make_up", years.closing, short, made_up, lapsed)
        if self.carry_forward_months:
            record.keep("take_or_pay", "carry_forward", years.closing, beyond, carried, carry_lapsed)

    def price(self, scope: Scope) -> None:
        """Add the deficiency, and what is made up and carried forward, to the program."""
        begin, end = spans(*scope.window(self.valid_from, self.valid_until), 12)
        horizon = scope.tree.timeline.bounds
        whole = (add_months(begin, 12) - begin).astype(np.float64)

        def owed(first: Days, until: Days, year: Integers) -> Floats:
            """What is to be taken or paid for in parts of some years."""
            days = np.maximum((until - first[year]).astype(np.float64), 0.0)
            return np.asarray(self.share * self.quantity * days / whole[year])

        closings = scope.closings(begin, end)
        windows, every = closings.windows, np.arange(len(closings.until))
        labels = (scope.closing_labels(begin, closings),)
        closes = np.minimum(closings.until, horizon[-1])
        need = owed(np.maximum(begin, horizon[0]), closes, windows.span)
        part = "" if np.isnat(self.valid_from) else str(self.valid_from)
        deficiency = scope.program.columns(scope.block("deficiency", part), labels)
        built = scope.good_units(windows, np.arange(len(scope.routes)))
        terms = [term(every, deficiency.index), built, term(every, closings.due, -need)]
        if self.make_up_months or self.carry_forward_months:
            terms += self._banks(scope, part, labels, closings, closes, need, deficiency)
            scope.program.rows(scope.block("take_or_pay", part), labels, terms, lower=0.0, upper=0.0)
        else:
            scope.program.rows(scope.block("take_or_pay", part), labels, terms, lower=0.0)
        scope.pay("take_or_pay", deficiency.index, self.price_per_unit * closings.chance, windows.closing)
        after = float(np.sum(owed(np.maximum(begin, horizon[-1]), end, np.arange(len(begin)))))
        scope.owe_after_end(scope.running[scope.tree.leaves], self.price_per_unit * after)

    def _banks(
        self,
        scope: Scope,
        part: str,
        labels: tuple[tuple[str, ...]],
        closings: Closings,
        closes: Days,
        need: Floats,
        deficiency: Columns,
    ) -> list[Term]:
        """Add what is made up and carried forward; returns what they add to the row of each year."""
        program, windows = scope.program, closings.windows
        every = np.arange(len(closes))
        most = np.maximum(scope.most_good(windows, np.arange(len(scope.routes))), 1.0)
        beyond = program.columns(scope.block("beyond", part), labels, upper=most)
        short = program.columns(scope.block("short", part), labels, upper=1.0, integer=True)

        def is_short(columns: Floats) -> Floats:
            return np.asarray(deficiency.values(columns) >= beyond.values(columns), dtype=np.float64)

        program.complete_by(short, is_short)
        earlier, later = scope.successions(closings)
        pairs = (tuple(f"{labels[0][one]} {labels[0][other]}" for one, other in zip(earlier, later, strict=True)),)
        made_up, carried = (
            program.columns(
                scope.block(name, part),
                pairs,
                where=(closes[later] <= add_months(closes[earlier], months)) & (months > 0),
            )
            for name, months in (("made_up", self.make_up_months), ("carried", self.carry_forward_months))
        )
        used = term(later, carried.index)
        rows: list[tuple[str, list[Term], Floats]] = [
            ("take_or_pay_short", [term(every, deficiency.index), used, term(every, short.index, -need)], 0.0 * most),
            ("take_or_pay_beyond", [term(every, beyond.index), term(every, short.index, most)], most),
            ("make_up_bank", [term(earlier, made_up.index), term(every, deficiency.index, -1.0)], 0.0 * most),
            (
                "make_up",
                [term(later, made_up.index), term(earlier, carried.index), term(every, beyond.index, -1.0)],
                0.0 * most,
            ),
            ("carry_forward", [used, term(every, closings.due, -self.carry_forward_share * need)], 0.0 * most),
        ]
        more = [used, term(every, beyond.index, -1.0)]
        if closings.broken.any():
            # A year that does not close so has units that count for nothing here.
            idle = program.columns(scope.block("idle", part), labels, upper=most)
            rows.append(("take_or_pay_due", [term(every, beyond.index), term(every, closings.due, -most)], 0.0 * most))
            rows.append(("take_or_pay_idle", [term(every, idle.index), term(every, closings.due, most)], most))
            more.append(term(every, idle.index, -1.0))
        for name, terms, upper in rows:
            program.rows(scope.block(name, part), labels, terms, upper=upper)
        scope.pay("take_or_pay", made_up.index, -self.price_per_unit * closings.chance[later], windows.closing[later])
        return more


class _Bank:
    """Units that live for some months after the day on which they were added; the oldest are used first."""

    def __init__(self, months: float) -> None:
        self._months = months
        self._left: deque[list[Any]] = deque()

    def add(self, day: np.datetime64, units: float) -> None:
        if units > 0.0:
            self._left.append([add_months(day, self._months), units])

    def use(self, most: float) -> float:
        """Use up to so many units; returns how many there were."""
        used = 0.0
        while self._left and used < most:
            taken = min(self._left[0][1], most - used)
            used += taken
            self._left[0][1] -= taken
            if self._left[0][1] <= 0.0:
                self._left.popleft()
        return used

    def lapse(self, day: np.datetime64, over: bool) -> float:
        """Drop the units that no year that closes on a day or later can use, or all; returns how many."""
        gone = [entry for entry in self._left if over or entry[0] < day]
        self._left = deque(entry for entry in self._left if entry not in gone)
        return float(sum(entry[1] for entry in gone))
