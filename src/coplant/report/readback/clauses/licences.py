"""A licence in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.clauses import Licence
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def licences(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell whose licence it is, for what, and what it costs."""
    (clause,) = Licence.read(provision.case, provision.agreement)
    product = reading("licences.every") if clause.item is None else reading.quoted(reading.title("item", clause.item))
    yield reading("licences.holder", holder=reading.title("party", clause.holder), product=product)
    fee = {"fee": reading.money(clause.fee), "per": reading.per(clause.per)}
    yield reading(f"licences.{'fee' if clause.fee else 'no_fee'}", **fee)
    key = "royalty" if clause.royalty else "no_royalty"
    yield reading(f"licences.{key}", royalty=reading.money(clause.royalty))
