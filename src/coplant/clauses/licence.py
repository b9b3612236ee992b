"""Licence: under whose licence a product is built, from when, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.timeline import periods


@dataclass(frozen=True)
class Licence:
    """Build a product only while a licence for it holds.

    A brand may not build at a site before it holds a licence for it, or borrows one. A product for which its agreement
    has any licences can be started on the days on which one of them holds and on no others: they are left out of the
    share of days on which a route is open (`network.activities`). A product without any needs none.

    The holder is paid fee x periods x r, with r = 1 while the agreement runs, and royalty x good units, of which those
    of a node count as spread evenly over its days in force.

    Parameters
    ----------
    item : str or None
        The product; every product of the agreement where None.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    holder : str
        The party under whose licence it is built.
    fee : float
        Money per period.
    per : str
        The period.
    royalty : float
        Money per good unit.
    """

    item: str | None
    valid_from: np.datetime64
    valid_until: np.datetime64
    holder: str
    fee: float
    per: str
    royalty: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Licence]:
        """Read the licences of an agreement."""
        return [
            cls(
                row["item"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["holder"],
                row["fee"],
                row["per"],
                row["royalty"],
            )
            for row in case["licences"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def price(self, scope: Scope) -> None:
        """Add the fee and the royalty to the program."""
        first, until = scope.window(self.valid_from, self.valid_until)
        every = np.arange(len(scope.tree))
        scope.pay("licence", scope.running, self.fee * scope.periods_in(first, until, self.per), every)
        scope.owe_after_end(
            scope.running[scope.tree.leaves], self.fee * scope.periods_after_end(first, until, self.per)
        )
        routes = scope.routes_of(self.item)
        share = scope.share_of_nodes(first, until) * scope.good_share[routes][:, None]
        scope.pay("licence", scope.started[routes], self.royalty * share, every, scope.tags(routes))

    def settle(self, record: Record) -> None:
        """Bill the fee, and the royalty of each product."""
        bounds = record.cells(*record.window(self.valid_from, self.valid_until))
        days = record.closing(bounds)
        record.charge(
            "licences", "licence", f"licence.fee.{self.per}", days, np.diff(periods(bounds, self.per)), self.fee,
            item=self.item, part=self.holder,
        )  # fmt: skip
        products = record.products_of(self.item)
        for item, good in zip(products, record.counted("good", bounds, products), strict=True):
            record.charge("licences", "licence", "licence.royalty", days, good, self.royalty, item=item,
                          part=self.holder)  # fmt: skip
