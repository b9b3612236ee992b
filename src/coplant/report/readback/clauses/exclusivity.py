"""Exclusivity in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def exclusivity(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what no other host builds, for how long after the agreement, and whether the brand may itself."""
    (row,) = provision.case["exclusivity"].filter(agreement=provision.agreement).iter_rows(named=True)
    every = row["item"] is None
    product = reading("exclusivity.every") if every else reading.quoted(reading.title("item", row["item"]))
    yield reading("exclusivity.kept", product=product)
    after = {"months": reading.months(row["months_after"])}
    yield reading(f"exclusivity.{'after' if row['months_after'] else 'not_after'}", **after)
    yield reading(f"exclusivity.{row['own_plant']}")
