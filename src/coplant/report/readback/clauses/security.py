"""A security in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def security(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what is deposited, paid ahead, guaranteed or vests, when, and what becomes of it."""
    (row,) = provision.case["security"].filter(agreement=provision.agreement).to_dicts()
    name, kind, day = reading.quoted(row["security"]), row["kind"], reading.day(row["date"] or reading.term.signed)
    yield reading(f"security.{kind}", security=name, amount=reading.money(row["amount"]), day=day)
    if kind == "vesting":
        if row["milestone_date"] is not None:
            yield reading("security.on_day", day=reading.day(row["milestone_date"]))
        if row["milestone_units"] is not None:
            yield reading("security.at_units", units=reading.units(row["milestone_units"]))
    elif kind == "guarantee":
        fee = reading.sum(row["amount"] * row["fee_rate"])
        yield reading("security.fee", rate=reading.share(row["fee_rate"]), sum=fee)
    else:
        if kind == "prepayment":
            yield reading("security.drawn", draw=reading.money(row["draw_per_unit"]))
        yield reading("security.returned")
        key = "some" if row["forfeited_share"] else "none"
        yield reading(f"security.forfeited.{key}", share=reading.share(row["forfeited_share"]))
