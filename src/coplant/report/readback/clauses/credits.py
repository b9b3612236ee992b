"""Regulatory credits in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.clauses import Credit
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def credits(reading: Reading, provision: Provision) -> Iterator[str]:  # noqa: A001 - named as the table
    """Tell what a unit earns, and what the brand receives of it."""
    (clause,) = Credit.read(provision.case, provision.agreement)
    product = reading("credits.every") if clause.item is None else reading.quoted(reading.title("item", clause.item))
    yield reading(
        "credits.earned", product=product, credit=reading.quoted(clause.credit), count=reading.number(clause.quantity)
    )
    each = reading.rate(clause.brand_share * clause.quantity * clause.worth)
    share, worth = reading.share(clause.brand_share), reading.money(clause.worth)
    yield reading("credits.received", share=share, worth=worth, each=each)
