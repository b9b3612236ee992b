"""Flexibility: what may still change in a forecast, by its age, and what is owed if more does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses.forecasts import NEVER, Forecasts
from coplant.clauses.record import Record, beyond
from coplant.clauses.scope import Scope
from coplant.network.frames import dates, days, floats
from coplant.program import term
from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline.calendar import Days
from coplant.tree import Windows


@dataclass(frozen=True, eq=False)
class Fences:
    """What may still change in a forecast, by its age.

    Parameters
    ----------
    item : str or None
        The product; every product of the agreement where None.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    ahead : ndarray of int, shape (F,)
        Calendar months between publication and month from which each fence holds, ascending from 0.
    up, down : ndarray, shape (F,)
        Most by which a quantity may rise, infinite for no limit, and fall, as shares.
    share : ndarray, shape (F,)
        Share of what is cancelled that is owed.
    price : ndarray, shape (F,)
        Money per unit owed.
    method : {"step_to_step", "original"}
        What a forecast is compared with.
    """

    item: str | None
    valid_from: np.datetime64
    valid_until: np.datetime64
    ahead: Integers
    up: Floats
    down: Floats
    share: Floats
    price: Floats
    method: str


class Changes(NamedTuple):
    """Forecasts and orders beside what they are compared with, each array of shape (K,)."""

    cell: Integers
    """Item and month, by its place among the forecasts."""
    published: Days
    before: Days
    """Day on which what it is compared with was published."""
    quantity: Floats
    previous: Floats
    """Units that the host had accepted before."""
    least: Floats
    """Fewest units that cancel nothing."""
    most: Floats
    """Most units that the host must accept."""
    share: Floats
    """Share of what is cancelled that is owed."""
    price: Floats
    """Money per unit owed."""

    @property
    def cancelled(self) -> Floats:
        """Units below the band."""
        return beyond(self.least, self.quantity)

    @property
    def beyond(self) -> Floats:
        """Units above the band."""
        return beyond(self.quantity, self.most)


class Terms(NamedTuple):
    """What holds for some forecasts, each array of shape (K,)."""

    governed: Booleans
    """Whether any fences hold on the day of publication."""
    original: Booleans
    """Whether the first forecast of the month is what counts."""
    up: Floats
    down: Floats
    share: Floats
    price: Floats

    @classmethod
    def of_nothing(cls, count: int) -> Terms:
        """Terms of so many forecasts that nothing governs yet."""
        return cls(*np.zeros((2, count), dtype=bool), *np.zeros((4, count)))

    def of(self, rows: Integers) -> Terms:
        """Pick forecasts."""
        return Terms._make(values[rows] for values in self)


class Band(NamedTuple):
    """Units that a host must accept and that cancel nothing."""

    least: Floats
    most: Floats


class Standing:
    """Where the forecasts of each item and month stand: what the host has accepted, and how it has moved."""

    def __init__(self, count: int) -> None:
        self.accepted = np.full(count, np.nan)
        self.published = np.full(count, NEVER)
        self._first, self._raised, self._lowered = np.zeros((3, count))

    def band(self, cell: Integers, terms: Terms) -> Band:
        """Band of the next forecast of some cells."""
        accepted, first = self.accepted[cell], self._first[cell]
        base = np.where(terms.original, first, accepted)
        limited = np.isfinite(terms.up)
        rise = np.where(limited, terms.up, 0.0) * base - np.where(terms.original, self._raised[cell], 0.0)
        fall = terms.down * base - np.where(terms.original, self._lowered[cell], 0.0)
        return Band(
            np.maximum(accepted - np.maximum(fall, 0.0), 0.0),
            np.where(limited, accepted + np.maximum(rise, 0.0), np.inf),
        )

    def take(self, cell: Integers, published: Days, quantity: Floats, terms: Terms) -> Changes:
        """Take the next forecast of some cells, and say what it changes."""
        bound = terms.governed & ~np.isnan(self.accepted[cell])
        band = self.band(cell, terms)
        accepted = np.where(bound, np.minimum(quantity, band.most), quantity)
        rows = np.flatnonzero(bound)
        changes = Changes(
            cell[rows], published[rows], self.published[cell[rows]], quantity[rows], self.accepted[cell[rows]],
            band.least[rows], band.most[rows], terms.share[rows], terms.price[rows],
        )  # fmt: skip
        moved = np.where(bound, accepted - self.accepted[cell], 0.0)
        within = np.where(bound, self.accepted[cell] - band.least, 0.0)
        self._raised[cell] = np.where(bound, self._raised[cell] + np.maximum(moved, 0.0), 0.0)
        self._lowered[cell] = np.where(bound, self._lowered[cell] + np.clip(-moved, 0.0, within), 0.0)
        self._first[cell] = np.where(bound, self._first[cell], quantity)
        self.accepted[cell], self.published[cell] = accepted, published
        return changes


@dataclass(frozen=True, eq=False)
class Flexibility:
    """Owe a share of what is cancelled.

    A forecast for a month is compared with what the host has accepted for it so far, p. Its fence is that of its age,
    the calendar months between its publication and the month, and allows a rise u and a fall d. Its band is

    - step to step: [p (1 - d), p (1 + u)];
    - original: [p - max(0, d f - lowered), p + max(0, u f - raised)], with f the first forecast for the month, and how
      much it has been lowered and raised since: a quantity already moved may not move again.

    A forecast q below the band *cancels* least - q, of which the *binding share* is owed at the price on the day of its
    publication. To move units to a later month is a cut like any other. What is above the band the host need not
    accept and is not liable for. It accepts min(q, most), and that is what the next forecast is compared with. The sum
    of the call-offs of a month is its final order, compared in the same way as if published with the last of them;
    what it cancels is due when the month is over.

    Forecasts that are published before the clause holds bind nobody; the last of them is what the first one after is
    compared with. Nothing is owed for months after the term, nor, once notice is given, for months after an exit.

    A plan publishes what it builds on the first day of the horizon. For each product i and month m that lies in the
    horizon as a whole and has a forecast on record, with q_{i,m} the good units of the plan,

    - ``flexibility[i,m]``: q_{i,m} <= most: the host need not build more;
    - ``cancellation[i,m]``: cancelled_{i,m} + q_{i,m} >= least r, with r = 1 if the agreement runs when m begins.

    Cuts cost money, so this is convex and needs no whole numbers. They are known when they are published, and that is
    when they are paid: at the first node. On a tree that branches it pays what is expected. Other months are free.

    Parameters
    ----------
    fences : tuple of Fences
        For one product or all, in force one after the other.
    forecasts : Forecasts
        What was forecast for the products.
    ordered : ndarray, shape (C,)
        Units called off for each item and month of the forecasts, NaN where none were.
    issued : ndarray of datetime64[D], shape (C,)
        Day of the last of these call-offs.

    Examples
    --------
    1,000 units that may change by 20, then 10, then 5 %, step to step, are 684 to 1,386 in the end.

    >>> nat, share = np.datetime64("NaT", "D"), np.array([0.05, 0.1, 0.2])
    >>> fences = Fences(None, nat, nat, np.arange(3), share, share, np.ones(3), np.ones(3), "step_to_step")
    >>> june, days = np.array(["2024-06-01"], "M8[D]"), np.array(["2024-03", "2024-04", "2024-05", "2024-06"], "M8[D]")
    >>> def changes(*units):
    ...     forecasts = Forecasts(("car",), np.array([0]), june, np.zeros(4, int), days, np.array(units))
    ...     clause = Flexibility((fences,), forecasts, np.array([np.nan]), np.array([nat]))
    ...     return clause.follow(forecasts, days[0], june[0] + 30)[0]
    >>> changes(1000.0, 800, 720, 684).least.round()
    array([800., 720., 684.])
    >>> changes(1000.0, 1200, 1320, 1386).most.round()
    array([1200., 1320., 1386.])
    """

    fences: tuple[Fences, ...]
    forecasts: Forecasts
    ordered: Floats
    issued: Days

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Flexibility]:
        """Read the fences of an agreement, and what was forecast and called off under it."""
        rows = case["flexibility"].filter(agreement=agreement)
        if rows.is_empty():
            return []
        schedules = rows.sort("months_ahead").group_by("item", "valid_from", "valid_until", "method")
        fences = tuple(
            Fences(
                item,
                np.datetime64(first, "D"),
                np.datetime64(until, "D"),
                part["months_ahead"].to_numpy(),
                floats(part["up_share"], np.inf),
                floats(part["down_share"]),
                floats(part["binding_share"]),
                floats(part["price"]),
                method,
            )
            for (item, first, until, method), part in schedules
        )
        products = case["routes"].filter(agreement=agreement)["item"].unique(maintain_order=True)
        forecasts = Forecasts.read(case, agreement, products.to_list())
        ordered, issued = _orders(case, agreement, forecasts)
        return [cls(fences, forecasts, ordered, issued)]

    def follow(self, forecasts: Forecasts, starts: np.datetime64, ends: np.datetime64) -> tuple[Changes, Standing]:
        """Compare forecasts, each with what was accepted before it.

        Parameters
        ----------
        forecasts : Forecasts
            Those to compare.
        starts, ends : datetime64[D]
            The agreement's term.

        Returns
        -------
        changes : Changes
            Every comparison.
        standing : Standing
            Where they stand after the last.
        """
        cell, published = forecasts.cell, forecasts.published
        standing, terms = Standing(len(forecasts.month)), self._terms(cell, published, starts, ends)
        _, begin = np.unique(published, return_index=True)
        steps = [
            standing.take(cell[rows], published[rows], forecasts.quantity[rows], terms.of(rows))
            for rows in np.split(np.arange(len(cell)), begin)[1:]
        ]
        return _joined(steps), standing

    def _terms(self, cell: Integers, published: Days, starts: np.datetime64, ends: np.datetime64) -> Terms:
        """What holds for forecasts of some cells published on some days."""
        item, month = self.forecasts.item[cell], self.forecasts.month[cell]
        ahead = (month.astype("datetime64[M]") - published.astype("datetime64[M]")).astype(np.int64)
        terms = Terms.of_nothing(len(cell))
        for fences in self.fences:
            first = starts if np.isnat(fences.valid_from) else fences.valid_from
            until = ends if np.isnat(fences.valid_until) else fences.valid_until
            of_item = fences.item is None or item == self.forecasts.items.index(fences.item)
            rows = np.flatnonzero((published >= first) & (published < until) & of_item)
            fence = np.searchsorted(fences.ahead, ahead[rows], side="right") - 1
            for name in ("up", "down", "share", "price"):
                getattr(terms, name)[rows] = getattr(fences, name)[fence]
            terms.governed[rows], terms.original[rows] = True, fences.method == "original"
        return terms

    def settle(self, record: Record) -> None:
        """Bill what each forecast, and each final order, cancels; keep every comparison as evidence."""
        known, starts = self.forecasts, record.starts
        begins = np.maximum(known.month, starts)
        within, after = (known.close > starts) & (begins < record.ends), begins >= record.over
        noticed = record.over if record.exit is None else record.exit.notice
        published = known.published
        kept = known.only((published < record.over) & within[known.cell] & ((published < noticed) | ~after[known.cell]))
        changes, standing = self.follow(kept, starts, record.ends)
        cell = np.flatnonzero(within & ~after & ~np.isnan(self.ordered) & ~np.isnan(standing.accepted))
        issued = np.maximum(self.issued[cell], standing.published[cell])
        orders = standing.take(cell, issued, self.ordered[cell], self._terms(cell, issued, starts, record.ends))
        # A month may be called off bit by bit: what is lacking is known when it is over.
        over = np.minimum(known.close[orders.cell], record.over) - np.timedelta64(1, "D")
        self._bill(record, _joined([changes, orders]), np.concatenate([changes.published, over]))

    def _bill(self, record: Record, changes: Changes, day: Days) -> None:
        item = np.array(self.forecasts.items, dtype=object)[self.forecasts.item[changes.cell]]
        month = self.forecasts.month[changes.cell]
        part = month.astype("datetime64[M]").astype(str).astype(object)
        record.charge(
            "flexibility", "cancellation", "cancellation", day, changes.share * changes.cancelled, changes.price,
            item=item, part=part, formula="share * max(0, least - now)", share=changes.share, least=changes.least,
            now=changes.quantity, previous=changes.previous,
        )  # fmt: skip
        record.tell(
            "changes", "flexibility", "cancellation", day, item=item, part=part, month=month,
            published=changes.published, previous_published=changes.before, quantity=changes.quantity,
            previous=changes.previous, least=changes.least, most=changes.most, beyond=changes.beyond,
            cancelled=changes.cancelled, share=changes.share, price=changes.price,
            owed=changes.share * changes.cancelled * changes.price,
        )  # fmt: skip

    def price(self, scope: Scope) -> None:
        """Hold what the plan builds against what was forecast."""
        bounds, known = scope.tree.timeline.bounds, self.forecasts
        _, standing = self.follow(known.only(known.published < bounds[0]), scope.starts, scope.term_ends)
        every = np.arange(len(known.month))
        terms = self._terms(every, np.full(len(every), bounds[0]), scope.starts, scope.term_ends)
        cell = np.flatnonzero(
            terms.governed
            & ~np.isnan(standing.accepted)
            & (known.month >= bounds[0])
            & (known.close <= bounds[-1])
            & (known.close > scope.starts)
            & (known.month < scope.ends)
        )
        if len(cell):
            self._hold(scope, cell, standing.band(cell, terms.of(cell)), (terms.share * terms.price)[cell])

    def _hold(self, scope: Scope, cell: Integers, band: Band, owed: Floats) -> None:
        """Add the rows of some cells, and what is owed per unit cancelled of each."""
        known, tree, program = self.forecasts, scope.tree, scope.program
        months, span = np.unique(known.month[cell], return_inverse=True)
        windows = scope.windows(months, (months.astype("datetime64[M]") + 1).astype("datetime64[D]"))
        slot = np.full((len(known.items), len(months)), -1)
        slot[known.item[cell], span] = np.arange(len(cell))
        slot = slot[:, windows.span]
        row = np.arange(slot.size).reshape(slot.shape)
        axes = (known.items, _labels(scope, months, windows))
        product = np.array([known.items.index(name) for name in scope.item_names])
        built = term(
            row[product][:, windows.window],
            scope.started[:, windows.node],
            windows.share * scope.good_share[:, None],
        )
        most = np.where(slot >= 0, band.most[slot], np.inf)
        program.rows(scope.block("flexibility"), axes, [built], upper=most, where=np.isfinite(most))
        least, rate = (np.where(slot >= 0, values[slot], 0.0) for values in (band.least, owed))
        binding = (least > 0.0) & (rate > 0.0)
        cancelled = program.columns(scope.block("cancelled"), axes, where=binding, node=windows.closing)
        begins = np.searchsorted(tree.timeline.bounds, np.maximum(months, scope.starts), side="right") - 1
        running = scope.running[tree.path[windows.closing, begins[windows.span]]]
        program.rows(
            scope.block("cancellation"),
            axes,
            [term(row, cancelled.index), built, term(row, running, -least)],
            lower=0.0,
            where=binding,
        )
        route = np.array([scope.item_names.index(name) for name in known.items])
        root = np.flatnonzero(tree.parent < 0)
        scope.pay("cancellation", cancelled.index, rate * tree.probability[windows.closing], root, scope.tags(route))


_NO_DAYS, _NO_UNITS = np.empty(0, dtype="datetime64[D]"), np.empty(0)

_NO_CHANGES = Changes(np.empty(0, dtype=np.int64), _NO_DAYS, _NO_DAYS, *[_NO_UNITS] * 6)


def _joined(parts: list[Changes]) -> Changes:
    return Changes(*(np.concatenate(values) for values in zip(_NO_CHANGES, *parts, strict=True)))


def _labels(scope: Scope, months: Days, windows: Windows) -> tuple[str, ...]:
    """Months of some windows, with the node at which each closes where several do."""
    names = months.astype("datetime64[M]").astype(str)[windows.span]
    if len(names) == len(months):
        return tuple(names)
    return tuple(f"{name}.{scope.tree.labels[node]}" for name, node in zip(names, windows.closing, strict=True))


def _orders(case: Case, agreement: str, forecasts: Forecasts) -> tuple[Floats, Days]:
    """Units called off for each cell of some forecasts, and the day of the last call-off."""
    cells = pl.DataFrame(
        {
            "item": [forecasts.items[item] for item in forecasts.item],
            "month": dates(forecasts.month),
        },
        schema={"item": pl.String, "month": pl.Date},
    )
    sums = (
        case["call_offs"]
        .filter(agreement=agreement)
        .group_by("item", month=pl.col("due").dt.truncate("1mo"))
        .agg(pl.col("quantity").sum(), pl.col("issued").max())
    )
    found = cells.join(sums, on=["item", "month"], how="left", maintain_order="left")
    return floats(found["quantity"]), days(found["issued"])
