"""Processing fee: what the host is paid per good unit, in tiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses.counting import counted_before, labels, node_before, running
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program.money import Floats, Integers
from coplant.program.piecewise import filled_in_order, one_of
from coplant.timeline import calendar_months, spans
from coplant.timeline.calendar import Days


@dataclass(frozen=True, eq=False)
class ProcessingFee:
    """Fees of the units counted within a basis: a calendar month, a year of the clause, or all its time.

    Let Q_n be the good units counted in the basis up to and with node n. The fee due at node n is C(Q_n) - C(Q_{a(n)}),
    with C the total for a count: incremental, each tier's fee is for its own units; all units, the fee of the tier
    reached is for every unit, so that reaching a tier brings a rebate on those before.

    - ``processing_fee.sum[n]``: Q_n = sum_i s_{n,i}, the units in tier i;
    - incremental: ``processing_fee.full``, ``processing_fee.next``: a tier is used only when the one before is full;
    - all units: ``processing_fee.least``, ``.most``, ``.one``: all units are in one tier, which is reached with the
    first
      whole unit above the tier before.

    Falling fees make C concave and all units make it jump, so both need one binary per tier and node; a single tier
    needs none.

    Parameters
    ----------
    item : str or None
        The product; every product of the agreement where None.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    above : ndarray, shape (I,)
        Count above which each tier holds, ascending from 0.
    fee : ndarray, shape (I,)
        Money per unit.
    basis : {"month", "year", "cumulative"}
        What is counted.
    method : {"incremental", "all_units"}
        How tiers apply.

    Examples
    --------
    >>> import numpy as np
    >>> nat = np.datetime64("NaT", "D")
    >>> tiers = np.array([0.0, 10_000, 30_000]), np.array([12_000.0, 10_000, 8_500])
    >>> float(ProcessingFee(None, nat, nat, *tiers, "year", "incremental").total(35_000))
    362500000.0
    >>> float(ProcessingFee(None, nat, nat, *tiers, "year", "all_units").total(35_000))
    297500000.0
    """

    item: str | None
    valid_from: np.datetime64
    valid_until: np.datetime64
    above: Floats
    fee: Floats
    basis: str
    method: str

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[ProcessingFee]:
        """Read the fee schedules of an agreement, one for each product and validity."""
        rows = case["processing_fees"].filter(agreement=agreement)
        schedules = rows.group_by("item", "valid_from", maintain_order=True).agg(
            pl.col("above", "fee").sort_by("above"), pl.col("valid_until", "basis", "method").first()
        )
        return [
            cls(
                row["item"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                np.array(row["above"]),
                np.array(row["fee"]),
                row["basis"],
                row["method"],
            )
            for row in schedules.iter_rows(named=True)
        ]

    def total(self, count: float) -> float:
        """Total fee of a count of units within one basis."""
        if self.method == "all_units":
            return float(self.fee[self._tier(np.array(count))] * count)
        width = np.clip(count - self.above, 0.0, np.append(np.diff(self.above), np.inf))
        return float(width @ self.fee)

    def _tier(self, count: Floats) -> Integers:
        """Tier that each count reaches; one that rounding puts a hair above a tier's edge is still below it."""
        reached = np.searchsorted(self.above, count - 1e-9 * np.maximum(count, 1.0), side="left") - 1
        return np.maximum(reached, 0)

    def price(self, scope: Scope) -> None:
        """Add the fee to the program."""
        routes = scope.routes_of(self.item)
        first, until = scope.window(self.valid_from, self.valid_until)
        if len(self.fee) == 1:
            self._price_flat(scope, routes, scope.share_of_nodes(first, until))
            return
        counted = running(scope.windows(*self._bases(first, until)))
        if not len(counted.closing):
            return
        units = scope.good_units(counted, routes)
        most_in = scope.most_good(counted, routes)
        most = float(np.max(most_in, initial=0.0))
        axes = (labels(scope.tree, counted),)
        name = scope.block("processing_fee", self.item or "", "" if np.isnat(self.valid_from) else str(first))
        reached = self.above < max(most, 1.0)
        end = np.append(self.above[1:], np.inf)[reached].clip(max=max(most, 1.0))
        earlier = node_before(scope.tree, counted)
        if self.method == "all_units":
            least = np.where(self.above[reached] > 0.0, self.above[reached] + 1.0, 0.0)
            part = one_of(scope.program, name, axes, units, least, np.maximum(end, least), counted.closing)
        else:
            edges = np.append(self.above[reached], end[-1])
            part = filled_in_order(scope.program, name, axes, units, 0.0, most_in, edges, counted.closing, earlier)
        fee = self.fee[reached]
        scope.pay("processing_fee", part.index, fee, counted.closing[:, None], scope.common_tags(routes))
        # The total of a count is due as it grows: what was due at the node before is taken off again.
        grown = np.flatnonzero(earlier >= 0)
        scope.pay(
            "processing_fee",
            part.index[earlier[grown]],
            -fee,
            counted.closing[grown][:, None],
            scope.common_tags(routes),
        )

    def _price_flat(self, scope: Scope, routes: Integers, share: Floats) -> None:
        scope.pay(
            "processing_fee",
            scope.started[routes],
            self.fee[0] * share * scope.good_share[routes][:, None],
            np.arange(len(scope.tree)),
            scope.tags(routes),
        )

    def settle(self, record: Record) -> None:
        """Bill the fee of the units of each statement, tier by tier."""
        first, until = record.window(self.valid_from, self.valid_until)
        products = record.products_of(self.item)
        if len(self.fee) == 1:
            bounds = record.cells(first, until)
            for item, good in zip(products, record.counted("good", bounds, products), strict=True):
                record.charge(
                    "processing_fees", "processing_fee", "fee", record.closing(bounds), good, self.fee[0], item=item
                )
            return
        begin, end = self._bases(first, until)
        bounds = record.cells(first, until, begin, end)
        good = record.counted("good", bounds, products).sum(axis=0)
        before = counted_before(good, begin, bounds[:-1])
        if self.method == "all_units":
            self._settle_all_units(record, record.closing(bounds), before, good)
        else:
            self._settle_tiers(record, record.closing(bounds), before, good)

    def _settle_tiers(self, record: Record, day: Days, before: Floats, good: Floats) -> None:
        for number, (fee, above) in enumerate(zip(self.fee, self.above, strict=True), start=1):
            up_to = self.above[number] if number < len(self.fee) else np.inf
            part = np.clip(before + good, above, up_to) - np.clip(before, above, up_to)
            operands = {"before": before, "good": good, "above": above}
            words, formula = "fee.tier.last", "max(before + good - above, 0) - max(before - above, 0)"
            if np.isfinite(up_to):
                operands["up_to"] = up_to
                words = "fee.tier"
                formula = "min(max(before + good, above), up_to) - min(max(before, above), up_to)"
            record.charge(
                "processing_fees", "processing_fee", words, day, part, fee, item=self.item, part=f"tier {number}",
                formula=formula, **operands,
            )  # fmt: skip

    def _settle_all_units(self, record: Record, day: Days, before: Floats, good: Floats) -> None:
        fee, fee_before = self.fee[self._tier(before + good)], self.fee[self._tier(before)]
        record.charge("processing_fees", "processing_fee", "fee.reached", day, good, fee, item=self.item,
                      before=before)  # fmt: skip
        # Reaching a tier changes the fee of the units before it too.
        record.charge(
            "processing_fees", "processing_fee", "fee.rebate", day, before, fee - fee_before, item=self.item,
            part="earlier units", now=fee, paid=fee_before,
        )  # fmt: skip

    def _bases(self, first: np.datetime64, until: np.datetime64) -> tuple[Days, Days]:
        if self.basis == "cumulative":
            return np.array([first]), np.array([until])
        if self.basis == "year":
            return spans(first, until, 12)
        return calendar_months(first, until)
