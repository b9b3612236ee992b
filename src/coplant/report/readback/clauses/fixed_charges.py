"""A fixed charge in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import FixedCharge
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def fixed_charges(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what is charged, what that is in a year, and how it is trued up."""
    (clause,) = FixedCharge.read(provision.case, provision.agreement)
    charge, amount, per = reading.quoted(clause.charge), reading.money(clause.amount), reading.per(clause.per)
    yield reading("fixed_charges.amount", charge=charge, amount=amount, per=per)
    in_year = clause.amount * reading.in_year(provision.begins, clause.per)
    if clause.per != "year":
        year = reading.year(provision.begins, clause.per)
        yield reading("fixed_charges.yearly", sum=reading.sum(in_year), year=year)
    if clause.true_up == "none":
        yield reading("fixed_charges.final")
        return
    first = reading.day(provision.begins)
    yield reading("fixed_charges.true_up", day=first)
    if np.isfinite(clause.true_up_cap):
        most = reading.sum(clause.true_up_cap * in_year)
        yield reading("fixed_charges.capped", share=reading.share(clause.true_up_cap), sum=most)
    else:
        yield reading("fixed_charges.uncapped")
