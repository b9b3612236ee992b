"""What a clause sees of what happened: the agreement it belongs to, as it ran, and the lines it adds to the bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline import add_months, overlaps, spans
from coplant.timeline.calendar import Days

Texts = NDArray[np.object_]


class Facts(NamedTuple):
    """Quantities of one measure, each spread evenly over its days."""

    subject: Integers
    """Item, or charge, of each, shape (F,)."""
    first: Days
    """First day, shape (F,)."""
    until: Days
    """Day after the last, shape (F,)."""
    quantity: Floats
    """Shape (F,)."""


NO_CASH = ("vesting",)
"""Money lines that are worth something and that nobody pays in money."""

_NO_DAYS = np.empty(0, dtype="datetime64[D]")

NOTHING = Facts(np.empty(0, dtype=np.int64), _NO_DAYS, _NO_DAYS, np.empty(0))
"""Facts of which there are none."""


def beyond(quantity: ArrayLike, limit: ArrayLike) -> Floats:
    """By how much quantities are beyond a limit; what rounding alone puts there is nothing."""
    most = np.asarray(limit, dtype=np.float64)
    more = np.asarray(quantity, dtype=np.float64) - most
    return np.where(more > 1e-9 * np.maximum(most, 1.0), more, 0.0)


class Lines(NamedTuple):
    """Lines of a bill that are worked out in the same way; amount = quantity x rate."""

    clause: str
    """Table of the clause."""
    line: str
    """Money line, as in a plan."""
    words: str
    """How it is worked out; a key of the texts of statements."""
    item: str | Texts | None
    """What it is for, or what each is for; None for the agreement as a whole."""
    part: str | Texts
    """Which charge, tool or tier, of all or of each."""
    day: Days
    """Day on which each falls due, shape (L,)."""
    quantity: Floats
    """What is paid for, shape (L,)."""
    rate: Floats
    """Money per unit of the quantity, shape (L,)."""
    formula: str
    """How the quantity follows from the operands; empty where it is a count by itself."""
    operands: Mapping[str, Floats]
    """Figures that the quantity follows from, each of shape (L,)."""
    counted: Mapping[str, Days]
    """Day on which each operand that is a state was counted, NaT if it never was, each of shape (L,)."""


class Balance(NamedTuple):
    """An account that runs along with an agreement; closing = opening + added - used - lapsed."""

    clause: str
    """Table of the clause."""
    account: str
    """What it counts, such as ``make_up``."""
    part: str
    """Which tool or deposit; empty where there is one."""
    day: Days
    """Day after which each state holds, shape (B,)."""
    added: Floats
    """Shape (B,)."""
    used: Floats
    """Shape (B,)."""
    lapsed: Floats
    """What was lost or written off, shape (B,)."""


class Evidence(NamedTuple):
    """Figures behind lines of a bill, whether they come to anything or not."""

    table: str
    """Table of the settlement that shows them."""
    clause: str
    """Table of the clause."""
    line: str
    """Money line."""
    columns: Mapping[str, NDArray[Any]]
    """``item``, ``part`` and ``day`` as in the lines, and the figures, each of shape (E,)."""


class Years(NamedTuple):
    """Years of a clause, each as far as it is settled."""

    first: Days
    """First day of each, shape (Y,)."""
    until: Days
    """Day after the last, shape (Y,)."""
    share: Floats
    """How much of a year each is, by its days, shape (Y,)."""

    @property
    def bounds(self) -> Days:
        """First day of each and the day after the last; they follow one another."""
        return np.append(self.first, self.until[-1:])

    @property
    def closing(self) -> Days:
        """Last day of each."""
        return np.asarray(self.until - np.timedelta64(1, "D"))


@dataclass(frozen=True)
class Exit:
    """An agreement that ends before its term.

    Parameters
    ----------
    day : datetime64[D]
        First day on which it is no longer in force.
    notice : datetime64[D]
        Day on which notice was given.
    by : {"brand", "host"}
        Who left.
    default : bool
        Whether the other side broke the agreement.
    tooling_share : float
        Share of unpaid tooling that is due at once.
    """

    day: np.datetime64
    notice: np.datetime64
    by: str
    default: bool
    tooling_share: float = 1.0

    @property
    def brand_pays(self) -> bool:
        """Whether the brand is the side at fault: it left without cause, or its default made the host leave."""
        return (self.by == "brand") != self.default


@dataclass(frozen=True, eq=False)
class Record:
    """An agreement as it ran over some days.

    Parameters
    ----------
    agreement : str
        Its name.
    starts, ends, sign_date : datetime64[D]
        When it is in force by its term, and when it was signed.
    since, until : datetime64[D]
        The days that are settled, [since, until). What falls due on other days is left out.
    periods : ndarray of datetime64[D], shape (P + 1,)
        Bounds of the statements, from `since` or earlier to `until` or later.
    products : tuple of str
        What its routes make.
    facts : mapping of str to Facts
        What happened, by measure.
    subjects : mapping of str to tuple of str
        Names behind the subjects of each measure.
    exit : Exit or None
        How it ended before its term.
    accrues : bool
        Whether a year that the settled days cut counts its share of days, as in a plan; else it waits for its close.
    """

    agreement: str
    starts: np.datetime64
    ends: np.datetime64
    sign_date: np.datetime64
    since: np.datetime64
    until: np.datetime64
    periods: Days
    products: tuple[str, ...]
    facts: Mapping[str, Facts]
    subjects: Mapping[str, tuple[str, ...]]
    exit: Exit | None = None
    accrues: bool = False
    lines: list[Lines] = field(default_factory=list)
    balances: list[Balance] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def products_of(self, item: str | None) -> tuple[str, ...]:
        """The product, if its routes make it; all of them for None."""
        return tuple(name for name in self.products if item in (None, name))

    # -- time ---------------------------------------------------------------------------------------------------

    @property
    def over(self) -> np.datetime64:
        """Day after the last on which it is in force: that of its exit, or the end of its term."""
        return self.ends if self.exit is None else min(self.exit.day, self.ends)

    def window(self, first: np.datetime64, until: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
        """Validity of a clause while the agreement runs, that of the agreement where it says nothing."""
        return (self.starts if np.isnat(first) else first), min(self.ends if np.isnat(until) else until, self.over)

    def cells(self, first: np.datetime64, until: np.datetime64, *edges: ArrayLike) -> Days:
        """Cut the settled part of [first, until) at the bounds of statements and at some days more.

        Returns
        -------
        ndarray of datetime64[D], shape (C + 1,)
            Bounds of the cells; a single day where there are none.
        """
        first, until = max(first, self.since), min(until, self.until)
        if until <= first:
            return np.array([first])
        days = np.concatenate(
            [self.periods, *(np.atleast_1d(np.asarray(edge, dtype="datetime64[D]")) for edge in edges)]
        )
        inside = days[(days > first) & (days < until)]
        return np.unique(np.concatenate([[first], inside, [until]]))

    # -- quantities ---------------------------------------------------------------------------------------------

    def counted(self, measure: str, bounds: Days, subjects: Sequence[str]) -> Floats:
        """Quantities of a measure between some days.

        Parameters
        ----------
        measure : str
            What is counted.
        bounds : ndarray of datetime64[D], shape (C + 1,)
            Ascending days.
        subjects : sequence of str
            The items, or charges.

        Returns
        -------
        ndarray, shape (len(subjects), C)
        """
        total = np.zeros((len(subjects), len(bounds) - 1))
        subject, cell, quantity = self._found(measure, bounds, subjects)
        np.add.at(total, (subject, cell), quantity)
        return total

    def known(self, measure: str, bounds: Days, subjects: Sequence[str]) -> Booleans:
        """Whether anything is on record of a measure between some days, shape (len(subjects), C)."""
        told = np.zeros((len(subjects), len(bounds) - 1), dtype=bool)
        subject, cell, _ = self._found(measure, bounds, subjects)
        told[subject, cell] = True
        return told

    def _found(self, measure: str, bounds: Days, subjects: Sequence[str]) -> tuple[Integers, Integers, Floats]:
        """Facts of some subjects by cell, those of several cells in their parts: subject, cell, quantity."""
        facts, names = self.facts.get(measure, NOTHING), self.names(measure)
        place = np.array([subjects.index(name) if name in subjects else -1 for name in names], dtype=np.int64)
        rows = np.flatnonzero(place[facts.subject] >= 0)
        first, until = facts.first[rows], facts.until[rows]
        hit = overlaps(bounds, first, until)
        share = (hit.last - hit.first) / (until - first)[hit.span]
        return place[facts.subject[rows]][hit.span], hit.bucket, facts.quantity[rows][hit.span] * share

    def level(self, measure: str, days: Days, subject: str) -> Floats:
        """State of something on the morning of some days: the latest that was counted, 0 before the first."""
        known, place = self._latest(measure, days, subject)
        return np.append(known.quantity, 0.0)[place]

    def counted_on(self, measure: str, days: Days, subject: str) -> Days:
        """Day on which the latest state of something on the morning of some days was counted, NaT before the first."""
        known, place = self._latest(measure, days, subject)
        return np.append(known.first, np.datetime64("NaT", "D"))[place]

    def _latest(self, measure: str, days: Days, subject: str) -> tuple[Facts, Integers]:
        """Counts of something in their order, and the place of the latest by some days, -1 before the first."""
        known, names = self.facts.get(measure, NOTHING), self.names(measure)
        number = names.index(subject) if subject in names else -1
        rows = np.flatnonzero(known.subject == number)
        rows = rows[np.argsort(known.first[rows], kind="stable")]
        counts = Facts._make(values[rows] for values in known)
        return counts, np.searchsorted(counts.first, days, side="right") - 1

    def names(self, measure: str) -> tuple[str, ...]:
        """Items, or charges, of which anything was recorded under a measure."""
        return self.subjects.get(measure, ())

    # -- the bill -----------------------------------------------------------------------------------------------

    def charge(
        self,
        clause: str,
        line: str,
        words: str,
        day: ArrayLike,
        quantity: ArrayLike,
        rate: ArrayLike,
        *,
        item: str | Texts | None = None,
        part: str | Texts = "",
        formula: str = "",
        counted: Mapping[str, Days] | None = None,
        **operands: ArrayLike,
    ) -> None:
        """Bill quantities at rates on the days on which they fall due; a negative amount is a credit.

        Arrays broadcast along one axis. Lines of no quantity drop out, and so does what falls due on a day that is not
        settled.

        Parameters
        ----------
        clause, line, words, item, part, formula
            See `Lines`.
        day : array_like of datetime64[D]
            Day on which each falls due.
        quantity, rate : array_like
            What is paid for, and money per unit of it.
        counted : mapping of str to ndarray of datetime64[D], optional
            Day on which each operand that is a state, such as what is on hand, was counted.
        **operands : array_like
            Figures that the quantity follows from.
        """
        arrays = [
            np.asarray(day, dtype="datetime64[D]"),
            *(np.asarray(one, dtype=np.float64) for one in (quantity, rate)),
        ]
        spread = np.broadcast_arrays(*map(np.atleast_1d, arrays), *(np.atleast_1d(one) for one in operands.values()))
        days, amounts, rates, *figures = spread
        keep = (amounts != 0.0) & (rates != 0.0) & (days >= self.since) & (days < self.until)
        if keep.any():
            named = {name: np.asarray(one[keep], dtype=np.float64) for name, one in zip(operands, figures, strict=True)}
            if isinstance(item, np.ndarray):
                item = item[keep]
            if isinstance(part, np.ndarray):
                part = part[keep]
            since = {name: np.broadcast_to(one, keep.shape)[keep] for name, one in (counted or {}).items()}
            lines = Lines(
                clause, line, words, item, part, days[keep], amounts[keep], rates[keep], formula, named, since
            )
            self.lines.append(lines)

    def keep(
        self, clause: str, account: str, day: ArrayLike, added: ArrayLike, used: ArrayLike = 0.0,
        lapsed: ArrayLike = 0.0, *, part: str = "",
    ) -> None:  # fmt: skip
        """Keep an account: what was added, used and lost on some days, in their order; see `Balance`."""
        days = np.atleast_1d(np.asarray(day, dtype="datetime64[D]"))
        moved = [np.broadcast_to(np.asarray(one, dtype=np.float64), days.shape) for one in (added, used, lapsed)]
        within = (days >= self.since) & (days < self.until)
        self.balances.append(Balance(clause, account, part, days[within], *(one[within] for one in moved)))

    def tell(self, table: str, clause: str, line: str, day: Days, **columns: ArrayLike) -> None:
        """Show the figures behind lines that fall due on some days; see `Evidence`."""
        within = (day >= self.since) & (day < self.until)
        shown = {name: np.broadcast_to(np.asarray(values), day.shape)[within] for name, values in columns.items()}
        self.evidence.append(Evidence(table, clause, line, {"day": day[within], **shown}))

    def closing(self, bounds: Days) -> Days:
        """Last day of each cell."""
        return np.asarray(bounds[1:] - np.timedelta64(1, "D"))

    def years(self, first: np.datetime64, until: np.datetime64) -> Years:
        """Years of a clause that close within the days that are settled.

        A year counts from the first day of the clause; the last may be a part. Of a year that the settled days cut,
        what lies within them counts, if the record accrues; else it is left until it closes.
        """
        begin, end = spans(first, until, 12)
        whole = (add_months(begin, 12) - begin).astype(np.float64)
        settled_from, settled_until = np.maximum(begin, self.since), np.minimum(end, self.until)
        kept = (settled_until > settled_from) if self.accrues else (end <= self.until) & (begin >= self.since)
        share = (settled_until - settled_from).astype(np.float64) / whole
        return Years(settled_from[kept], settled_until[kept], share[kept])
