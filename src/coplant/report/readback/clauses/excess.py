"""Excess parts in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def excess(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell which parts are too many, what is claimed for them and when, and what holding them costs."""
    (row,) = provision.case["excess"].filter(agreement=provision.agreement).to_dicts()
    part = reading.quoted(reading.title("item", row["item"]))
    yield reading("excess.law", part=part, months=reading.months(row["window_months"]))
    price = reading.money(row["cost"] * (1.0 + row["handling_share"]))
    key = "handled" if row["handling_share"] else "plain"
    values = {"cost": reading.money(row["cost"]), "handling": reading.share(row["handling_share"]), "price": price}
    yield reading(f"excess.claim.{key}", **values)
    yield reading(f"excess.review.{row['review']}")
    key = "some" if row["carrying_rate"] else "none"
    yield reading(f"excess.carrying.{key}", rate=reading.share(row["carrying_rate"]))
    yield reading("excess.risk")
