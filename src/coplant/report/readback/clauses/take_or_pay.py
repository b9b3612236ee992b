"""Take-or-pay in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import TakeOrPay, YearlyMinimum
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading
from coplant.timeline import add_months

_SHORT, _BEYOND = 0.9, 1.2
"""What is built in the two years of the example, as a share of what is to be taken."""


def take_or_pay(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell the quantity, what is paid for in any case, and what lessens it or is made up later."""
    (taking,) = TakeOrPay.read(provision.case, provision.agreement)
    (clause,) = taking.minimums
    need = clause.need
    first = reading.day(provision.begins)
    price = reading.money(clause.price_per_unit)
    yield reading("take_or_pay.quantity", quantity=reading.units(clause.quantity), day=first)
    yield reading("take_or_pay.least", share=reading.share(clause.share), need=reading.units(need))
    yield reading("take_or_pay.short", price=price)
    yield reading("take_or_pay.nothing_built", sum=reading.sum(need * clause.price_per_unit))
    key = "some" if clause.make_up_months else "none"
    yield reading(f"take_or_pay.make_up.{key}", months=reading.months(clause.make_up_months), price=price)
    key = "some" if clause.carry_forward_months else "none"
    most = reading.share(clause.carry_forward_share)
    yield reading(f"take_or_pay.carry_forward.{key}", months=reading.months(clause.carry_forward_months), share=most)
    yield reading("take_or_pay.excused" if clause.excused else "take_or_pay.not_excused")
    yield from _example(reading, provision, taking, clause)


def _example(reading: Reading, provision: Provision, taking: TakeOrPay, clause: YearlyMinimum) -> Iterator[str]:
    """Two years as the clause itself closes them: one in which too little is built, and one in which more is."""
    need = clause.need
    built = np.round(np.array([_SHORT, _BEYOND]) * need)
    if need <= built[0] or provision.begins is None:
        return
    closes = add_months(np.datetime64(provision.begins, "D"), np.array([12.0, 24.0]))
    years = taking.close(closes, np.zeros(3, dtype=np.int64), np.array([need, need]), built)
    short, made_up, price = years.short[0], years.made_up[0, 1], clause.price_per_unit
    yield reading("take_or_pay.example", built=reading.units(built[0]), short=reading.units(short),
                  sum=reading.sum(short * price))  # fmt: skip
    if clause.make_up_months:
        key = "take_or_pay.made_up" if made_up else "take_or_pay.too_late"
        yield reading(key, built=reading.units(built[1]), count=reading.units(made_up),
                      sum=reading.sum(made_up * price))  # fmt: skip
