"""A processing fee in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.clauses import ProcessingFee
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def processing_fees(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell the fee, or its tiers, what is counted, and what some counts come to."""
    (clause,) = ProcessingFee.read(provision.case, provision.agreement)
    product = (
        reading("processing_fees.every") if clause.item is None else reading.quoted(reading.title("item", clause.item))
    )
    if len(clause.fee) == 1:
        yield reading("processing_fees.flat", fee=reading.money(clause.fee[0]), product=product)
        return
    yield reading("processing_fees.tiers", product=product)
    yield from _tiers(reading, clause)
    yield reading(f"processing_fees.{clause.method}")
    first = reading.day(provision.begins)
    yield reading(f"processing_fees.basis.{clause.basis}", day=first)
    if clause.item is None and len(reading.products) > 1:
        yield reading("processing_fees.together")
    yield reading("processing_fees.example")
    yield from _examples(reading, clause)


def _units(reading: Reading, clause: ProcessingFee, count: float) -> str:
    return reading.units(count, None if clause.item is None else [clause.item])


def _tiers(reading: Reading, clause: ProcessingFee) -> Iterator[str]:
    for number, fee in enumerate(clause.fee):
        last = number == len(clause.fee) - 1
        key = "last" if last else "between" if number else "first"
        yield "- " + reading(
            f"processing_fees.tier.{key}",
            fee=reading.money(fee),
            above=reading.number(clause.above[number]),
            up_to=_units(reading, clause, clause.above[number if last else number + 1]),
            floor=_units(reading, clause, clause.above[number]),
        )


def _examples(reading: Reading, clause: ProcessingFee) -> Iterator[str]:
    """Totals at the edge of every tier and one unit above it, and well into the last tier."""
    edges = [float(edge) for edge in clause.above[1:]]
    for edge in edges:
        at, beyond = clause.total(edge), clause.total(edge + 1.0)
        yield "- " + reading("processing_fees.total", count=_units(reading, clause, edge), sum=reading.sum(at))
        key = "processing_fees.drop" if beyond < at else "processing_fees.total"
        yield "- " + reading(
            key, count=_units(reading, clause, edge + 1.0), sum=reading.sum(beyond), less=reading.sum(at - beyond)
        )
    far = 2.0 * edges[-1]
    yield "- " + reading(
        "processing_fees.total", count=_units(reading, clause, far), sum=reading.sum(clause.total(far))
    )
