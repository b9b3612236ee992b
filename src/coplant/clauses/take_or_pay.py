"""Take-or-pay: the least yearly quantity that is paid for, built or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record, Years
from coplant.clauses.scope import Closings, Scope
from coplant.program import Columns, Term, term
from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline import add_months, spans
from coplant.timeline.calendar import Days


@dataclass(frozen=True)
class YearlyMinimum:
    """The terms of a take-or-pay while one of its rows holds.

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
    def of(cls, row: Mapping[str, Any]) -> YearlyMinimum:
        """Read a row of the table."""
        return cls(
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

    @property
    def need(self) -> float:
        """Units a year that are paid for in any case."""
        return self.share * self.quantity


class Closed(NamedTuple):
    """How Y years of the clause closed, in units; those of a bank by which of the R minimums they were paid under."""

    carried: Floats
    """Units built beyond earlier years' quantities that lessen this one's, shape (Y,)."""
    short: Floats
    """Units paid for and not built, shape (Y,)."""
    made_up: Floats
    """Units built beyond the quantity that were paid for in an earlier year, shape (R, Y)."""
    lapsed: Floats
    """Units paid for that can no longer be made up, shape (R, Y)."""
    beyond: Floats
    """Units built beyond the quantity that make nothing up, shape (Y,)."""
    carry_lapsed: Floats
    """Units that could have lessened a later year's quantity and no longer can, shape (Y,)."""


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
      paid back at the price that was paid; what is left of e_y can be carried forward.

    Both banks belong to the agreement. Where a minimum takes over from another without a gap, its years go on with
    what was paid for and built under the other, for as long as it was agreed then; under a minimum without make-up, or
    without carry-forward, that bank lapses.

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

    That what can be made up is made up at once, oldest first, follows from money being worth no less earlier, as long
    as no later minimum has a higher price and no later year's units lapse before an earlier one's. Else it is asked
    for, with l_{y',y} = 1 if units of y' are left after y, and likewise f_{y',y} of those carried, all binary:

    - ``make_up_left``: d_{y'} - sum_{x<=y} u_{y',x} <= need_{y'} l, ``make_up_oldest``: e_y - sum_{x'<=y'} u_{x',y}
      <= M_y (1 - l);
    - ``carry_left``: e_{y'} - sum_x' u_{x',y'} - sum_{x<=y} c_{y',x} <= M_{y'} f, and if any are left, the most is
      carried, ``carry_oldest``: carry_forward_share x need_y z - sum_{x'<=y'} c_{x',y} <= need_y (1 - f + s), or
      with s_{y',y} = 1 nothing is short, ``carry_enough``: d_y + sum_{x'>y'} c_{x',y} <= need_y (2 - f - s).

    Parameters
    ----------
    minimums : tuple of YearlyMinimum
        One for each validity; each begins on the day on which the one before ends.

    Examples
    --------
    20,000 a year of which 80 % are paid for in any case, at 10,000; 15,000 are built, then 18,000.

    >>> nat = np.datetime64("NaT", "D")
    >>> clause = TakeOrPay((YearlyMinimum(nat, nat, 20_000, 0.8, 10_000, 12, 0, 1, True),))
    >>> closes = np.array(["2024-01-01", "2025-01-01"], dtype="datetime64[D]")
    >>> held = np.array([0, 0, 0])
    >>> years = clause.close(closes, held, np.array([16_000.0, 16_000]), np.array([15_000.0, 18_000]))
    >>> years.short.tolist(), years.made_up.tolist()
    ([1000.0, 0.0], [[0.0, 1000.0]])
    """

    minimums: tuple[YearlyMinimum, ...]

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[TakeOrPay]:
        """Read the take-or-pay of an agreement: one clause for all minimums that follow one another without a gap."""
        clauses: list[list[YearlyMinimum]] = []
        for row in case["take_or_pay"].filter(agreement=agreement).sort("valid_from").iter_rows(named=True):
            minimum = YearlyMinimum.of(row)
            if clauses and clauses[-1][-1].valid_until == minimum.valid_from:
                clauses[-1].append(minimum)
            else:
                clauses.append([minimum])
        return [cls(tuple(minimums)) for minimums in clauses]

    def _of_each(self, name: str) -> Floats:
        """A figure of each minimum, shape (R,)."""
        return np.array([getattr(minimum, name) for minimum in self.minimums], dtype=np.float64)

    def close(self, closes: Days, held: Integers, need: Floats, built: Floats) -> Closed:
        """Close years one after the other.

        Parameters
        ----------
        closes : ndarray of datetime64[D], shape (Y,)
            Day after the last of each year.
        held : ndarray of int, shape (Y + 1,)
            Number of the minimum that each year is of, and of the one that holds after the last; -1 where nothing can
            be made up or carried any more.
        need, built : ndarray, shape (Y,)
            Units to be taken or paid for, and units built.
        """
        kinds = len(self.minimums)
        bank, ahead = _Bank(kinds), _Bank(kinds)
        carried, short, beyond = (np.zeros(len(closes)) for _ in range(3))
        made_up, lapsed, carry_lapsed = (np.zeros((kinds, len(closes))) for _ in range(3))
        for year, close in enumerate(closes):
            number, after = held[year : year + 2]
            minimum = self.minimums[number]
            lacking = max(0.0, need[year] - built[year])
            carried[year] = ahead.use(min(lacking, minimum.carry_forward_share * need[year])).sum()
            short[year] = lacking - carried[year]
            made_up[:, year] = bank.use(max(0.0, built[year] - need[year]))
            beyond[year] = max(0.0, built[year] - need[year]) - made_up[:, year].sum()
            bank.add(close, minimum.make_up_months, short[year], number)
            ahead.add(close, minimum.carry_forward_months, beyond[year], number)
            # What the next year closes too late for is lost when this one closes.
            following = close + np.timedelta64(1, "D") if year == len(closes) - 1 else closes[year + 1]
            lapsed[:, year] = bank.lapse(following, after < 0 or not self.minimums[after].make_up_months)
            over = after < 0 or not self.minimums[after].carry_forward_months
            carry_lapsed[:, year] = ahead.lapse(following, over)
        return Closed(carried, short, made_up, lapsed, beyond, carry_lapsed.sum(axis=0))

    def _years(self, record: Record) -> tuple[Years, Integers]:
        """Years that close within the settled days, and what `close` takes as `held`."""
        windows = [record.window(minimum.valid_from, minimum.valid_until) for minimum in self.minimums]
        each = [record.years(*window) for window in windows]
        years = Years(*(np.concatenate(part) for part in zip(*each, strict=True)))
        held = np.repeat(np.arange(len(each)), [len(one.first) for one in each])
        if len(held):
            # The day after the last year belongs to the same minimum, to the next, or to none.
            begins, over = np.array([window[0] for window in windows]), windows[-1][1]
            last = years.until[-1]
            after = -1 if last >= over else int(np.searchsorted(begins, last, side="right")) - 1
            held = np.append(held, after)
        return years, held

    def settle(self, record: Record) -> None:
        """Bill the deficiency of each year that closes, pay back what is made up, and keep both banks."""
        years, held = self._years(record)
        if not len(years.first):
            return
        number = held[:-1]
        agreed = self._of_each("need")[number] * years.share
        built = record.counted("good", years.bounds, record.products).sum(axis=0)
        refused = record.counted("refused", years.bounds, record.products).sum(axis=0)
        refused *= self._of_each("excused")[number]
        need = np.maximum(agreed - refused, 0.0)
        closed = self.close(years.until, held, need, built)
        price = self._of_each("price_per_unit")
        operands = {"agreed": agreed, "built": built}
        formula, words = "max(0, agreed - built)", "deficiency"
        if refused.any() or closed.carried.any():
            operands |= {"refused": refused, "carried": closed.carried}
            formula, words = "max(0, max(0, agreed - refused) - carried - built)", "deficiency.lessened"
        record.charge("take_or_pay", "take_or_pay", words, years.closing, closed.short, price[number],
                      formula=formula, **operands)  # fmt: skip
        self._pay_back(record, years, number, closed, built, need)
        made_up, lapsed = closed.made_up.sum(axis=0), closed.lapsed.sum(axis=0)
        if (months := self._of_each("make_up_months")).any():
            added = closed.short * (months[number] > 0.0)
            record.keep("take_or_pay", "make_up", years.closing, added, made_up, lapsed)
        if (months := self._of_each("carry_forward_months")).any():
            added = closed.beyond * (months[number] > 0.0)
            record.keep("take_or_pay", "carry_forward", years.closing, added, closed.carried, closed.carry_lapsed)

    def _pay_back(
        self, record: Record, years: Years, number: Integers, closed: Closed, built: Floats, need: Floats
    ) -> None:
        """Pay back what is made up, at the price at which it was paid."""
        before = np.cumsum(closed.made_up, axis=0) - closed.made_up
        for kind, price in enumerate(self._of_each("price_per_unit")):
            made_up, lapsed = closed.made_up[kind], closed.lapsed[kind]
            added = closed.short * (number == kind) * (self.minimums[kind].make_up_months > 0.0)
            change = added - made_up - lapsed
            operands = {"bank": np.cumsum(change) - change, "built": built, "need": need}
            alone = before[kind] == 0.0
            record.charge("take_or_pay", "take_or_pay", "make_up", years.closing, -made_up * alone, price,
                          formula="-min(bank, max(0, built - need))", **operands)  # fmt: skip
            record.charge("take_or_pay", "take_or_pay", "make_up.next", years.closing, -made_up * ~alone, price,
                          formula="-min(bank, max(0, built - need - older))", older=before[kind],
                          **operands)  # fmt: skip

    def price(self, scope: Scope) -> None:
        """Add the deficiency, and what is made up and carried forward, to the program."""
        each = [spans(*scope.window(minimum.valid_from, minimum.valid_until), 12) for minimum in self.minimums]
        begin, end = (np.concatenate(part) for part in zip(*each, strict=True))
        number = np.repeat(np.arange(len(each)), [len(first) for first, _ in each])
        horizon = scope.tree.timeline.bounds
        whole = (add_months(begin, 12) - begin).astype(np.float64)
        yearly, price = self._of_each("need")[number], self._of_each("price_per_unit")[number]

        def owed(first: Days, until: Days, year: Integers) -> Floats:
            """What is to be taken or paid for in parts of some years."""
            days = np.maximum((until - first[year]).astype(np.float64), 0.0)
            return np.asarray(yearly[year] * days / whole[year])

        closings = scope.closings(begin, end)
        windows, every = closings.windows, np.arange(len(closings.until))
        labels = (scope.closing_labels(begin, closings),)
        closes = np.minimum(closings.until, horizon[-1])
        need = owed(np.maximum(begin, horizon[0]), closes, windows.span)
        first = self.minimums[0].valid_from
        part = "" if np.isnat(first) else str(first)
        deficiency = scope.program.columns(scope.block("deficiency", part), labels, node=windows.closing)
        built = scope.good_units(windows, np.arange(len(scope.routes)))
        terms = [term(every, deficiency.index), built, term(every, closings.due, -need)]
        if self._of_each("make_up_months").any() or self._of_each("carry_forward_months").any():
            planned = _Planned(part, labels, closings, number[windows.span], closes, need, deficiency)
            terms += self._banks(scope, planned)
            scope.program.rows(scope.block("take_or_pay", part), labels, terms, lower=0.0, upper=0.0)
        else:
            scope.program.rows(scope.block("take_or_pay", part), labels, terms, lower=0.0)
        scope.pay("take_or_pay", deficiency.index, price[windows.span] * closings.chance, windows.closing)
        after = owed(np.maximum(begin, horizon[-1]), end, np.arange(len(begin)))
        scope.owe_after_end(scope.running[scope.tree.leaves], float(np.sum(price * after)))

    def _banks(self, scope: Scope, years: _Planned) -> list[Term]:
        """Add what is made up and carried forward; returns what they add to the row of each year."""
        program, windows, closes, need = scope.program, years.closings.windows, years.closes, years.need
        every, part, labels, deficiency = np.arange(len(closes)), years.part, years.labels, years.deficiency
        most = np.maximum(scope.most_good(windows, np.arange(len(scope.routes))), 1.0)
        beyond = program.columns(scope.block("beyond", part), labels, upper=most, node=windows.closing)
        short = program.columns(scope.block("short", part), labels, upper=1.0, integer=True, node=windows.closing)

        def is_short(columns: Floats) -> Floats:
            return np.asarray(deficiency.values(columns) >= beyond.values(columns), dtype=np.float64)

        program.complete_by(short, is_short)
        earlier, later = scope.successions(years.closings)
        pairs = (tuple(f"{labels[0][one]} {labels[0][other]}" for one, other in zip(earlier, later, strict=True)),)
        made_up, carried = (
            program.columns(
                scope.block(name, part),
                pairs,
                where=self._lives(months, years, earlier, later),
                node=windows.closing[later],
            )
            for name, months in (("made_up", "make_up_months"), ("carried", "carry_forward_months"))
        )
        used = term(later, carried.index)
        least = self._of_each("carry_forward_share")[years.number] * need
        rows: list[tuple[str, list[Term], Floats]] = [
            ("take_or_pay_short", [term(every, deficiency.index), used, term(every, short.index, -need)], 0.0 * most),
            ("take_or_pay_beyond", [term(every, beyond.index), term(every, short.index, most)], most),
            ("make_up_bank", [term(earlier, made_up.index), term(every, deficiency.index, -1.0)], 0.0 * most),
            (
                "make_up",
                [term(later, made_up.index), term(earlier, carried.index), term(every, beyond.index, -1.0)],
                0.0 * most,
            ),
            ("carry_forward", [used, term(every, years.closings.due, -least)], 0.0 * most),
        ]
        more = [used, term(every, beyond.index, -1.0)]
        if years.closings.broken.any():
            # A year that does not close so has units that count for nothing here.
            due = years.closings.due
            idle = program.columns(scope.block("idle", part), labels, upper=most, node=windows.closing)
            rows.append(("take_or_pay_due", [term(every, beyond.index), term(every, due, -most)], 0.0 * most))
            rows.append(("take_or_pay_idle", [term(every, idle.index), term(every, due, most)], most))
            more.append(term(every, idle.index, -1.0))
        for name, terms, upper in rows:
            program.rows(scope.block(name, part), labels, terms, upper=upper)
        if not self._orderly(years):
            self._order(scope, years, _Used(pairs, earlier, later, made_up, carried), beyond, most)
        price = self._of_each("price_per_unit")[years.number[earlier]] * years.closings.chance[later]
        scope.pay("take_or_pay", made_up.index, -price, windows.closing[later])
        return more

    def _lives(self, months: str, years: _Planned, earlier: Integers, later: Integers) -> Booleans:
        """Whether units of some closings live until others."""
        allowed = self._of_each(months)
        without = np.cumsum(allowed == 0.0)[years.number]
        in_time = years.closes[later] <= add_months(years.closes[earlier], allowed[years.number[earlier]])
        return np.asarray(in_time & (without[earlier] == without[later]) & (allowed[years.number[earlier]] > 0.0))

    def _orderly(self, years: _Planned) -> bool:
        """Whether using units at once and oldest first is worth no less than any other order."""
        order = np.argsort(years.closings.windows.span, kind="stable")
        order = order[~years.closings.broken[order]]
        number, closes = years.number[order], years.closes[order]
        fall = [np.diff(self._of_each("price_per_unit")[number]) <= 0.0]
        for months in ("make_up_months", "carry_forward_months"):
            allowed = self._of_each(months)[number]
            lapses = add_months(closes, allowed)[allowed > 0.0]
            fall.append(np.diff(lapses) >= np.timedelta64(0, "D"))
        return all(bool(one.all()) for one in fall)

    def _order(self, scope: Scope, years: _Planned, used: _Used, beyond: Columns, most: Floats) -> None:
        """Have units used at once, and the oldest first."""
        program, span = scope.program, years.closings.windows.span
        earlier, later, made_up, carried = used.earlier, used.later, used.made_up, used.carried
        need, deficiency = years.need, years.deficiency
        least = self._of_each("carry_forward_share")[years.number] * need
        pair = np.arange(len(earlier))
        follows = np.eye(len(need), dtype=bool)
        follows[later, earlier] = True
        # Of each pair of years, those of the same earlier year that are used by then, and those used in the same later
        # year that are as old, or younger.
        by_then = (earlier[:, None] == earlier) & follows[later[:, None], later]
        as_old = (later[:, None] == later) & (span[earlier[:, None]] >= span[earlier])
        younger = (later[:, None] == later) & (span[earlier[:, None]] < span[earlier])
        on_its_way = earlier[:, None] == later

        def columns(name: str, of: Columns) -> Columns:
            return program.columns(scope.block(name, years.part), used.pairs, upper=1.0, integer=True,
                                   where=of.index >= 0, node=years.closings.windows.closing[later])  # fmt: skip

        def rows(name: str, of: Columns, terms: list[Term], upper: Floats) -> None:
            there = of.index >= 0
            kept = [term(one.row, np.where(there[one.row], one.column, -1), one.value) for one in terms]
            program.rows(scope.block(name, years.part), used.pairs, kept, upper=upper, where=there)

        def sums(of: Columns, which: Booleans, sign: float = -1.0) -> Term:
            row, column = np.nonzero(which)
            return term(row, of.index[column], sign)

        left = columns("left", made_up)
        short_then = term(pair, deficiency.index[earlier])
        rest = [short_then, sums(made_up, by_then)]
        rows("make_up_left", made_up, [*rest, term(pair, left.index, -need[earlier])], 0.0 * need[earlier])
        unused = [term(pair, beyond.index[later]), sums(made_up, as_old)]
        rows("make_up_oldest", made_up, [*unused, term(pair, left.index, most[later])], most[later])
        ahead, enough = columns("left_ahead", carried), columns("enough", carried)
        rest = [term(pair, beyond.index[earlier]), sums(made_up, on_its_way), sums(carried, by_then)]
        rows("carry_left", carried, [*rest, term(pair, ahead.index, -most[earlier])], 0.0 * most[earlier])
        room = [term(pair, years.closings.due[later], least[later]), sums(carried, as_old)]
        slack = [term(pair, ahead.index, need[later]), term(pair, enough.index, -need[later])]
        rows("carry_oldest", carried, [*room, *slack], need[later])
        lacking = [term(pair, deficiency.index[later]), sums(carried, younger, 1.0)]
        slack = [term(pair, ahead.index, need[later]), term(pair, enough.index, need[later])]
        rows("carry_enough", carried, [*lacking, *slack], 2.0 * need[later])


class _Planned(NamedTuple):
    """Years of the clause as they close in a program."""

    part: str
    """What tells its blocks from those of another clause of the agreement."""
    labels: tuple[tuple[str, ...]]
    """Name of each closing."""
    closings: Closings
    """Where they close."""
    number: Integers
    """Number of the minimum that each is of, shape (W,)."""
    closes: Days
    """Day after the last of each within the horizon, shape (W,)."""
    need: Floats
    """Units to be taken or paid for, shape (W,)."""
    deficiency: Columns
    """Units paid for and not built, shape (W,)."""


class _Used(NamedTuple):
    """Units of earlier years that later ones use."""

    pairs: tuple[tuple[str, ...]]
    """Name of every two."""
    earlier: Integers
    """Closing that the units are of, shape (P,)."""
    later: Integers
    """Closing that uses them, shape (P,)."""
    made_up: Columns
    """Units made up, shape (P,)."""
    carried: Columns
    """Units carried, shape (P,)."""


class _Bank:
    """Units of some kinds that live until a day; the oldest are used first."""

    def __init__(self, kinds: int) -> None:
        self._kinds = kinds
        self._left: deque[list[Any]] = deque()

    def add(self, day: np.datetime64, months: float, units: float, kind: int) -> None:
        if months > 0.0 and units > 0.0:
            self._left.append([add_months(day, months), units, kind])

    def use(self, most: float) -> Floats:
        """Use up to so many units; returns how many of each kind there were."""
        used = np.zeros(self._kinds)
        while self._left and most > 0.0:
            _, units, kind = self._left[0]
            taken = min(units, most)
            used[kind] += taken
            most -= taken
            self._left[0][1] -= taken
            if self._left[0][1] <= 0.0:
                self._left.popleft()
        return used

    def lapse(self, day: np.datetime64, over: bool) -> Floats:
        """Drop the units that no year that closes on a day or later can use, or all; returns how many of each kind."""
        gone = [entry for entry in self._left if over or entry[0] < day]
        self._left = deque(entry for entry in self._left if entry not in gone)
        lost = np.zeros(self._kinds)
        for _, units, kind in gone:
            lost[kind] += units
        return lost
