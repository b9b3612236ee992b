"""Excess: parts that a host holds for the brand beyond what is forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from coplant.case import Case
from coplant.clauses.forecasts import NEVER, Forecasts
from coplant.clauses.record import Record, beyond
from coplant.clauses.scope import Scope
from coplant.network.frames import days, floats, indices
from coplant.program.money import Booleans, Floats, Integers
from coplant.timeline import periods
from coplant.timeline.calendar import Days

EVERY = {"month": 1, "quarter": 3, "year": 12}
"""Months between reviews."""


class Terms(NamedTuple):
    """What the brand takes on, by the days on which it holds, each array of shape (V,)."""

    valid_from: Days
    """First day; NaT for the agreement's own."""
    valid_until: Days
    """Day after the last; NaT for the agreement's own."""
    window: Floats
    """Months of demand that parts may cover."""
    cost: Floats
    """Money per unit."""
    handling: Floats
    """Added to the cost of what is claimed, as a share."""
    carrying: Floats
    """Share of the cost per month."""
    every: Integers
    """Calendar months between reviews."""

    def of(self, version: Integers) -> Terms:
        """Pick versions."""
        return Terms._make(values[version] for values in self)


@dataclass(frozen=True, eq=False)
class Excess:
    """Take over, and pay for holding, the parts that a forecast made a host buy and a later one no longer needs.

    When a month closes, of each part

        excess = max(0, on hand + on order - demand),

    *demand* being what the latest forecast asks for in the months after, within the window. A forecast of a product
    counts the parts that its routes take for a good unit, through whatever else is made under the agreement, by the
    route that takes most; a forecast of the part itself counts too. *On order* is what cannot be cancelled, and counts
    only as far as the forecast of the day on which it was counted asked for it,

        min(on order, max(0, demand then - on hand then)):

    what is bought beyond its forecast is the host's own risk. So a claim takes two forecasts, and both are kept as
    evidence.

    - *carrying*: excess x carrying rate x cost for every month, a part of a month by its days;
    - *claim*, at the close of each calendar month, quarter or year: what the excess has grown by since the last review,
      x cost x (1 + handling share). What is claimed stays with the host until it is used: when the excess falls, so
      does the claimed stock. It is not claimed again.

    When the agreement ends, or the brand is at fault for its exit, no demand is left and the brand takes all there is,
    its last-time buy. If the host is at fault, nothing is owed. Either closes the account.

    A plan holds no parts of a host beyond its own stock points and revises no forecast but its own, so nothing of this
    is priced in it.

    Parameters
    ----------
    item : str
        The part.
    terms : Terms
        One after the other.
    forecasts : Forecasts
        What was forecast of the part, and of products that take it.
    usage : ndarray, shape (len(forecasts.items),)
        Units of the part for each good unit of these.

    Examples
    --------
    12,000 on hand, 8,000 on order that cannot be cancelled, 9,000 needed, at 35, carried at 1 % a month:

    >>> units = Excess.units(12_000, 8_000, 9_000)
    >>> float(units), float(units * 35), float(round(units * 35 * 0.01, 2))
    (11000.0, 385000.0, 3850.0)
    """

    item: str
    terms: Terms
    forecasts: Forecasts
    usage: Floats

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Excess]:
        """Read what the brand takes on of each part of an agreement."""
        rows = case["excess"].filter(agreement=agreement).sort("item", "valid_from")
        if rows.is_empty():
            return []
        names, needs = _usage(case, agreement)
        found = []
        for (item,), part in rows.group_by("item", maintain_order=True):
            used = needs[:, names.index(item)]
            users = np.flatnonzero(used)
            terms = Terms(
                days(part["valid_from"]),
                days(part["valid_until"]),
                floats(part["window_months"]),
                floats(part["cost"]),
                floats(part["handling_share"]),
                floats(part["carrying_rate"]),
                np.array([EVERY[review] for review in part["review"]]),
            )
            forecasts = Forecasts.read(case, agreement, [names[user] for user in users])
            found.append(cls(str(item), terms, forecasts, used[users]))
        return found

    @staticmethod
    def units(on_hand: ArrayLike, on_order: ArrayLike, demand: ArrayLike) -> Floats:
        """Units that are there or will be, and that no demand is left for."""
        return beyond(np.add(on_hand, on_order), demand)

    def demand(self, on: Days, window: Floats) -> Floats:
        """Units of the part that the latest forecast asks for in the months after some days.

        Parameters
        ----------
        on : ndarray of datetime64[D], shape (D,)
            The days.
        window : ndarray, shape (D,)
            Months that count; of the last, a part of one.
        """
        known = self.forecasts
        ahead = (known.month.astype("datetime64[M]") - on.astype("datetime64[M]")[:, None]).astype(np.float64)
        within = np.where(ahead >= 1.0, np.clip(window[:, None] - ahead + 1.0, 0.0, 1.0), 0.0)
        return np.asarray((within * known.latest(on) * self.usage[known.item]).sum(axis=1))

    def price(self, scope: Scope) -> None:
        """Add nothing: see the class."""

    def settle(self, record: Record) -> None:
        """Bill claims and carrying, keep what is claimed, and show both forecasts."""
        months = self._months(record)
        if not len(months.closing):
            return
        closing, terms = months.closing, months.terms
        on_hand, on_order = (record.level(measure, closing, self.item) for measure in ("on_hand", "on_order"))
        held, ordered = (record.counted_on(measure, closing, self.item) for measure in ("on_hand", "on_order"))
        was_ordered, hand_then = ~np.isnat(ordered), record.level("on_hand", ordered, self.item)
        demand_then = np.where(was_ordered, self.demand(ordered, terms.window), 0.0)
        counted = np.minimum(on_order, np.maximum(demand_then - hand_then, 0.0))
        demand = np.where(months.last, 0.0, self.demand(closing, terms.window))
        host_at_fault = record.exit is not None and not record.exit.brand_pays
        excess = np.where(months.last & host_at_fault, 0.0, self.units(on_hand, counted, demand))
        # Of every month, what stands claimed since the review before.
        claimed = np.append(0.0, excess[months.review])[np.cumsum(months.review) - months.review]
        claim = np.where(months.review, beyond(excess, claimed), 0.0)
        figures = {"on_hand": on_hand, "on_order": counted, "demand": demand}
        since = {"on_hand": held, "on_order": ordered}
        record.charge(
            "excess", "excess", "excess.claim", closing, claim, terms.cost * (1.0 + terms.handling), item=self.item,
            formula="max(0, on_hand + on_order - demand) - claimed", counted=since, **figures, claimed=claimed,
        )  # fmt: skip
        record.charge(
            "excess", "carrying", "excess.carrying", closing, excess * months.length, terms.cost * terms.carrying,
            item=self.item, formula="max(0, on_hand + on_order - demand) * months", counted=since, **figures,
            months=months.length,
        )  # fmt: skip
        self._keep(record, months, excess, claimed, claim, host_at_fault)
        shown = {
            "on_hand": on_hand, "on_order": on_order, "ordered": ordered,
            "forecast_then": np.where(was_ordered, self.forecasts.last_published(ordered), NEVER),
            "demand_then": demand_then, "counted": counted, "forecast": self.forecasts.last_published(closing),
            "demand": demand, "excess": excess, "claimed": claimed, "claim": claim,
        }  # fmt: skip
        some = on_hand + on_order > 0.0
        told = {name: values[some] for name, values in shown.items()}
        record.tell("excesses", "excess", "excess", closing[some], item=self.item, part="", **told)

    def _keep(
        self, record: Record, months: _Months, excess: Floats, claimed: Floats, claim: Floats, host_at_fault: bool
    ) -> None:
        """Keep what is claimed and still with the host; the end of the agreement, or of the clause, closes it."""
        bought = months.last & ~np.bool_(host_at_fault)
        used = np.where(bought, claimed + claim, np.maximum(claimed - excess, 0.0))
        lapsed = np.where(months.last & host_at_fault, claimed, 0.0)
        day, moves = months.closing[months.review], np.stack([claim, used - lapsed, lapsed])[:, months.review]
        if months.until < record.over:
            left = moves[0].sum() - moves[1:].sum()
            day = np.append(day, months.until - np.timedelta64(1, "D"))
            moves = np.append(moves, [[0.0], [0.0], [left]], axis=1)
        record.keep("excess", "claimed", day, *moves, part=self.item)

    def _months(self, record: Record) -> _Months:
        """The months that close while the clause holds."""
        month = np.arange(record.starts.astype("datetime64[M]"), record.over.astype("datetime64[M]") + 1)
        begins = np.maximum(month.astype("datetime64[D]"), record.starts)
        ends = np.minimum((month + 1).astype("datetime64[D]"), record.over)
        closing = ends - np.timedelta64(1, "D")
        first = np.where(np.isnat(self.terms.valid_from), record.starts, self.terms.valid_from)
        until = np.where(np.isnat(self.terms.valid_until), record.ends, self.terms.valid_until)
        held = (begins < ends)[:, None] & (closing[:, None] >= first) & (closing[:, None] < until)
        kept = held.any(axis=1)
        terms = self.terms.of(held[kept].argmax(axis=1))
        last = ends[kept] == record.over
        number = month[kept].astype(np.int64) % 12 + 1
        length = periods(ends[kept], "month") - periods(begins[kept], "month")
        return _Months(closing[kept], length, terms, last, last | (number % terms.every == 0), until.max())


class _Months(NamedTuple):
    """Months that close while the clause holds, the last perhaps a part, each array of shape (M,)."""

    closing: Days
    """Last day of each."""
    length: Floats
    """How much of a month each is."""
    terms: Terms
    """What holds on that day."""
    last: Booleans
    """Whether the agreement ends with it."""
    review: Booleans
    """Whether claims are made."""
    until: np.datetime64
    """Day after the last on which the clause holds."""


def _usage(case: Case, agreement: str) -> tuple[list[str], Floats]:
    """Names of all that an agreement's routes make and take, and how much of each every one of them needs.

    Returns
    -------
    names : list of str
    needs : ndarray, shape (len(names), len(names))
        Units of the column's item for a good unit of the row's, through all levels of the bills of materials.
    """
    taken = (
        case["routes"]
        .filter(agreement=agreement)
        .select("route", "yield", made="item")
        .join(case["bom"], on="route")
        .group_by("made", "item", maintain_order=True)
        .agg((pl.col("quantity") / pl.col("yield")).max())
    )
    names = pl.concat([taken["made"], taken["item"]]).unique(maintain_order=True).to_list()
    each = np.zeros((len(names), len(names)))
    each[indices(taken["made"], names), indices(taken["item"], names)] = floats(taken["quantity"])
    needs = level = np.eye(len(names))
    while level.any():
        level = level @ each
        needs = needs + level
    return names, needs
