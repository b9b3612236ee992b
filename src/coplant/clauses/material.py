"""Material: who buys and owns a part that the host builds in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.counting import counted_before, labels, node_before, running
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program import Term, term
from coplant.program.money import Floats, Integers
from coplant.timeline import calendar_months


@dataclass(frozen=True, eq=False)
class Material:
    """A part at its price, by what good units should take and by what was used.

    A unit started takes w_i of the part, i being the product: its quantity in the bill of materials, the same on every
    route of the agreement. The *standard* of q_i good units is sum_i w_i q_i; what scrap takes on top is *attrition*.
    With p the price and h the handling share,

    - consigned: the brand owns the part. What the host uses in a calendar month beyond the standard and its allowance,
      max(0, used - (1 + attrition_share) x standard), is credited at p. A month counts all products together, for what
      is used is not told apart by product;
    - turnkey: the host buys it, and is paid p (1 + h) for the standard. The plan does not bring the part to the plant;
    - buy-sell: the brand sells what it sends at p, a price that need not tell its own, and the host is paid p (1 + h)
      for the standard. Scrap is at the host's cost;
    - directed: the brand pays for the part as it orders it (line ``material``), and the host p h for the standard.

    In a plan route j uses w_j x_j of the part for x_j started, of which the share g_j is good. All of this is linear in
    x but the credit. Let E_n = sum_j w_j (1 - (1 + attrition_share) g_j) x_j be what a month's use is beyond its
    allowance, up to and with node n. If no route is below its allowance, or none beyond, max(0, E_n) is E_n or 0. Else
    it is convex and income, which a program left alone would take twice over, and needs a binary b per month and node:

    - ``attrition.sum[n]``: c_n - s_n = E_n;
    - ``attrition.beyond[n]``: c_n <= M b_n, ``attrition.within[n]``: s_n <= M' (1 - b_n).

    The credit that is due at n is p (c_n - c_{a(n)}).

    Parameters
    ----------
    part : str
        The part.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    mode : {"consigned", "turnkey", "buy_sell", "directed"}
        Who buys and owns it.
    unit_price : float
        Money per unit of the part; NaN where nothing is settled.
    handling_share : float
        What the host adds to the price.
    attrition_share : float
        How much more than the standard may be used.
    per_unit : mapping of str to float
        Units of the part in one of each product of the agreement.

    Examples
    --------
    3,020 cells are used for 3,000 cars of one cell each, with an allowance of 0.5 %.

    >>> nat = np.datetime64("NaT", "D")
    >>> clause = Material("cell", nat, nat, "consigned", 30_000, 0.0, 0.005, {"car": 1.0})
    >>> used, standard = np.array([3_020.0]), np.array([3_000.0])
    >>> round(float(clause.beyond(used, standard)[0]), 9)
    5.0
    """

    part: str
    valid_from: np.datetime64
    valid_until: np.datetime64
    mode: str
    unit_price: float
    handling_share: float
    attrition_share: float
    per_unit: Mapping[str, float]

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Material]:
        """Read the parts of an agreement, one for each validity."""
        rows = case["materials"].filter(agreement=agreement)
        routes = case["routes"].filter(agreement=agreement).select("route", product="item")
        taken = case["bom"].join(routes, on="route", maintain_order="left").select("item", "product", "quantity")
        return [
            cls(
                row["item"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["mode"],
                np.nan if row["price"] is None else row["price"],
                row["handling_share"],
                row["attrition_share"],
                dict(taken.filter(item=row["item"]).select("product", "quantity").iter_rows()),
            )
            for row in rows.iter_rows(named=True)
        ]

    @property
    def charged(self) -> tuple[str, float] | None:
        """Money line, and money per unit, of the standard of good units."""
        with_handling = self.unit_price * (1.0 + self.handling_share)
        return {
            "turnkey": ("material_turnkey", with_handling),
            "buy_sell": ("material_bought", with_handling),
            "directed": ("material_handling", self.unit_price * self.handling_share),
        }.get(self.mode)

    def beyond(self, used: Floats, standard: Floats) -> Floats:
        """What was used beyond the standard and its allowance; a hair, as rounding leaves, is nothing."""
        excess = used - standard * (1.0 + self.attrition_share)
        return np.where(excess > 1e-9 * used, excess, 0.0)

    def price(self, scope: Scope) -> None:
        """Add what the part costs or brings in to the program."""
        routes = np.flatnonzero([name in self.per_unit for name in scope.item_names])
        taken = np.array([self.per_unit[scope.item_names[route]] for route in routes])
        if self.charged is not None:
            line, rate = self.charged
            self._pay(scope, line, routes, rate * taken * scope.good_share[routes])
        if self.mode == "buy_sell":
            self._pay(scope, "material_sold", routes, -self.unit_price * taken)
        if self.mode == "consigned" and not np.isnan(self.unit_price):
            self._credit(scope, routes, taken)

    def _pay(self, scope: Scope, line: str, routes: Integers, per_started: Floats) -> None:
        """Charge money per unit started on some routes while the clause holds."""
        share = scope.share_of_nodes(*scope.window(self.valid_from, self.valid_until))
        amount = per_started[:, None] * share
        scope.pay(line, scope.started[routes], amount, np.arange(len(scope.tree)), scope.tags(routes))

    def _credit(self, scope: Scope, routes: Integers, taken: Floats) -> None:
        """Credit what is used beyond the allowance of each month."""
        beyond = taken * (1.0 - (1.0 + self.attrition_share) * scope.good_share[routes])
        beyond = np.where(np.abs(beyond) > 1e-12 * taken, beyond, 0.0)
        if (beyond <= 0.0).all():
            return
        if (beyond >= 0.0).all():
            self._pay(scope, "material_credit", routes, -self.unit_price * beyond)
            return
        counted = running(scope.windows(*calendar_months(*scope.window(self.valid_from, self.valid_until))))
        weight = counted.share[:, None] * beyond
        started = scope.started[routes][:, counted.node].T
        most = np.where(started >= 0, scope.most[routes][:, counted.node].T, 0.0)

        def bound(signed: Floats) -> Floats:
            units = (np.maximum(signed, 0.0) * most).sum(axis=1)
            return np.asarray(np.bincount(counted.window, units, len(counted.closing)), dtype=np.float64)

        excess = term(counted.window[:, None], started, weight)
        axes = (labels(scope.tree, counted),)
        credited = self._split(scope, axes, excess, bound(weight), bound(-weight), counted.closing)
        tags, earlier = scope.common_tags(routes), node_before(scope.tree, counted)
        scope.pay("material_credit", credited, -self.unit_price, counted.closing, tags)
        grown = np.flatnonzero(earlier >= 0)
        scope.pay("material_credit", credited[earlier[grown]], self.unit_price, counted.closing[grown], tags)

    def _split(
        self,
        scope: Scope,
        axes: tuple[tuple[str, ...]],
        excess: Term,
        most_beyond: Floats,
        most_within: Floats,
        node: Integers,
    ) -> Integers:
        """Split quantities of either sign into what is beyond the allowance and what is within; returns the first."""
        name = scope.block("attrition", self.part, "" if np.isnat(self.valid_from) else str(self.valid_from))
        program, every = scope.program, np.arange(len(axes[0]))
        beyond = program.columns(name, axes, upper=most_beyond, node=node)
        within = program.columns(f"{name}.unused", axes, upper=most_within, node=node)
        exceeded = program.columns(f"{name}.exceeded", axes, upper=1.0, integer=True, node=node)
        program.complete_by(
            exceeded, lambda columns: np.asarray(beyond.values(columns) > within.values(columns), dtype=np.float64)
        )
        less = Term(excess.row, excess.column, -excess.value)
        both = [term(every, beyond.index), term(every, within.index, -1.0), less]
        program.rows(f"{name}.sum", axes, both, lower=0.0, upper=0.0)
        program.rows(
            f"{name}.beyond", axes, [term(every, beyond.index), term(every, exceeded.index, -most_beyond)], upper=0.0
        )
        program.rows(
            f"{name}.within",
            axes,
            [term(every, within.index), term(every, exceeded.index, most_within)],
            upper=most_within,
        )
        return beyond.index

    def settle(self, record: Record) -> None:
        """Bill the standard of good units, and settle what was sold or used beyond."""
        first, until = record.window(self.valid_from, self.valid_until)
        if self.charged is not None:
            line, rate = self.charged
            bounds, products = record.cells(first, until), list(self.per_unit)
            for item, good in zip(products, record.counted("good", bounds, products), strict=True):
                record.charge(
                    "materials", line, f"material.{self.mode}", record.closing(bounds), good * self.per_unit[item],
                    rate, item=item, part=self.part, formula="good * per_unit", good=good,
                    per_unit=self.per_unit[item],
                )  # fmt: skip
        if self.mode == "buy_sell":
            bounds = record.cells(first, until)
            used = record.counted("used", bounds, [self.part])[0]
            record.charge("materials", "material_sold", "material.sold", record.closing(bounds), -used, self.unit_price,
                          part=self.part, formula="-used", used=used)  # fmt: skip
        if self.mode == "consigned" and not np.isnan(self.unit_price):
            self._settle_attrition(record, first, until)

    def _settle_attrition(self, record: Record, first: np.datetime64, until: np.datetime64) -> None:
        begin = calendar_months(first, until)[0]
        bounds, products = record.cells(first, until, begin), list(self.per_unit)
        used = record.counted("used", bounds, [self.part])[0]
        standard = np.array([*self.per_unit.values()]) @ record.counted("good", bounds, products)
        used_before, standard_before = (counted_before(one, begin, bounds[:-1]) for one in (used, standard))
        before = self.beyond(used_before, standard_before)
        credit = self.beyond(used_before + used, standard_before + standard) - before
        operands = {"used": used, "standard": standard, "allowance": np.full(len(used), self.attrition_share)}
        words, formula = "material.attrition", "-max(0, used - standard * (1 + allowance))"
        if used_before.any() or standard_before.any():
            # A statement that begins within a month takes off what was credited for its first days.
            operands |= {"used_before": used_before, "standard_before": standard_before, "credited": before}
            words = "material.attrition.so_far"
            formula = "credited - max(0, used_before + used - (standard_before + standard) * (1 + allowance))"
        record.charge("materials", "material_credit", words, record.closing(bounds), -credit, self.unit_price,
                      part=self.part, formula=formula, **operands)  # fmt: skip
