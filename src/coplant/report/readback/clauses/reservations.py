"""A reservation in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import Reservation
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def reservations(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what is kept free, what that is in a year, and what it costs."""
    (clause,) = Reservation.read(provision.case, provision.agreement)
    per = reading.per(clause.per)
    most, held = reading.units(clause.most), reading.units(clause.reserved)
    fixed = not np.isnan(clause.reserved)
    if fixed and clause.least == clause.most:
        yield reading("reservations.fixed", rate=held, per=per)
    elif fixed:
        yield reading("reservations.within", rate=held, least=reading.number(clause.least), most=most, per=per)
    else:
        yield reading("reservations.open", least=reading.number(clause.least), most=most, per=per)
    hourly = clause.per == "hour"
    count = clause.hours_per_year if hourly else reading.in_year(provision.begins, clause.per)
    year = reading("year.any") if hourly else reading.year(provision.begins, clause.per)
    if clause.per != "year":
        key = "reservations.yearly_hours" if hourly else "reservations.yearly"
        for rate in (clause.reserved,) if fixed else dict.fromkeys((clause.least, clause.most)):
            values = {"rate": reading.units(rate), "per": per, "yearly": reading.units(rate * count), "year": year}
            yield "- " + reading(key, hours=reading.hours(count), **values)
    yield reading("reservations.use")
    if not clause.fee:
        yield reading("reservations.free")
        return
    yield reading(f"reservations.{clause.kind}", fee=reading.money(clause.fee))
    yearly = (clause.reserved if fixed else clause.most) * count
    values = {"yearly": reading.units(yearly), "sum": reading.sum(yearly * clause.fee), "year": year}
    yield reading(f"reservations.sum.{clause.kind}", **values)
