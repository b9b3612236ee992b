"""Credits: what regulators grant for the units that are built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope


@dataclass(frozen=True)
class Credit:
    """Regulatory credits that a good unit earns; the host collects them and pays the brand its share.

    The brand receives share x worth x quantity x good units, of which those of a node count as spread evenly over its
    days in force: linear, and income.

    Parameters
    ----------
    credit : str
        What is earned.
    item : str or None
        The product; every product of the agreement where None.
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    quantity : float
        Credits per good unit.
    worth : float
        Money per credit.
    brand_share : float
        Share of the brand.
    """

    credit: str
    item: str | None
    valid_from: np.datetime64
    valid_until: np.datetime64
    quantity: float
    worth: float
    brand_share: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Credit]:
        """Read the credits of an agreement."""
        return [
            cls(
                row["credit"],
                row["item"],
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["quantity"],
                row["price"],
                row["brand_share"],
            )
            for row in case["credits"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def price(self, scope: Scope) -> None:
        """Add what the brand receives to the program."""
        routes = scope.routes_of(self.item)
        share = (
            scope.share_of_nodes(*scope.window(self.valid_from, self.valid_until)) * scope.good_share[routes][:, None]
        )
        received = self.brand_share * self.quantity * self.worth * share
        scope.pay("credit", scope.started[routes], -received, np.arange(len(scope.tree)), scope.tags(routes))

    def settle(self, record: Record) -> None:
        """Credit what the units of each product earn for the brand."""
        bounds = record.cells(*record.window(self.valid_from, self.valid_until))
        products = record.products_of(self.item)
        for item, good in zip(products, record.counted("good", bounds, products), strict=True):
            record.charge(
                "credits", "credit", "credit", record.closing(bounds), -self.brand_share * self.quantity * good,
                self.worth, item=item, part=self.credit, formula="-share * credits * good", share=self.brand_share,
                credits=self.quantity, good=good,
            )  # fmt: skip
