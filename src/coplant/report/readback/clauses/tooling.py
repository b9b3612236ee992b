"""Tooling in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import Tooling
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading
from coplant.timeline import add_months


def tooling(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what the tool costs, how it is paid, what is due at an early end, and whose it is."""
    (clause,) = Tooling.read(provision.case, provision.agreement)
    yield reading("tooling.costs", tool=reading.quoted(clause.tool), amount=reading.money(clause.amount))
    begin = reading.term.signed if np.isnat(clause.date) else clause.date
    on = reading("tooling.at_signature" if np.isnat(clause.date) else "tooling.on", day=reading.day(begin))
    if clause.payment == "up_front":
        yield reading("tooling.up_front", on=on)
    elif clause.payment == "per_unit":
        yield from _per_unit(reading, clause, begin, on)
    else:
        yield from _annuity(reading, clause, begin, on)
    yield reading("tooling.early")
    yield reading(f"tooling.owner.{clause.owner}")


def _per_unit(reading: Reading, clause: Tooling, begin: np.datetime64, on: str) -> Iterator[str]:
    each = reading.rate(clause.amount / clause.units)
    yield reading("tooling.per_unit", each=each, amount=reading.money(clause.amount), units=reading.units(clause.units))
    until = min(add_months(begin, clause.months), reading.term.ends)
    yield reading("tooling.runs", months=reading.months(clause.months), on=on, last=reading.last(until))
    yield reading("tooling.difference")


def _annuity(reading: Reading, clause: Tooling, begin: np.datetime64, on: str) -> Iterator[str]:
    days, each = clause.payments(begin)
    values = {"count": reading.number(len(days)), "each": reading.sum(each), "on": on, "last": reading.day(days[-1])}
    yield reading("tooling.annuity" if len(days) > 1 else "tooling.one_payment", **values)
    total = each * len(days)
    if clause.rate:
        interest = {"rate": reading.share(clause.rate), "interest": reading.sum(total - clause.amount)}
        yield reading("tooling.interest", sum=reading.sum(total), **interest)
    else:
        yield reading("tooling.no_interest")
    half = len(days) // 2
    if half:
        paid = {"count": reading.number(half), "all": reading.number(len(days))}
        yield reading("tooling.balance", sum=reading.sum(clause.unpaid[half]), **paid)
