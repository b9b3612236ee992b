"""Who buys and owns a part, in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def materials(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell who buys a part, at what it is charged, and what is settled of its use."""
    (row,) = provision.case["materials"].filter(agreement=provision.agreement).to_dicts()
    part, priced = reading.quoted(reading.title("item", row["item"])), row["price"] is not None
    price = reading.money(row["price"]) if priced else ""
    yield reading(f"materials.mode.{row['mode']}", part=part, price=price)
    if row["mode"] == "consigned":
        key = "some" if priced else "none"
        yield reading(f"materials.attrition.{key}", share=reading.share(row["attrition_share"]), price=price)
        return
    key = "some" if row["handling_share"] else "none"
    handled = reading.money((row["price"] or 0.0) * (1.0 + row["handling_share"]))
    yield reading(f"materials.handling.{key}", share=reading.share(row["handling_share"]), price=handled)
    yield reading("materials.standard")
