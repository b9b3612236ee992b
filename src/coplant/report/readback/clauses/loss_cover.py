"""Loss cover in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import LossCover
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def loss_cover(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what counts as a loss, for how long it is covered, and up to what."""
    (clause,) = LossCover.read(provision.case, provision.agreement)
    cost, margin = reading.money(clause.fixed_cost), reading.money(clause.margin)
    yield reading("loss_cover.law", cost=cost, per=reading.per(clause.per), margin=margin)
    if np.isfinite(clause.months):
        yield reading("loss_cover.months", months=reading.months(clause.months))
    key = "cap" if np.isfinite(clause.cap) else "uncapped"
    yield reading(f"loss_cover.{key}", cap=reading.money(clause.cap) if key == "cap" else "")
    if clause.margin:
        monthly = clause.fixed_cost * reading.in_year(provision.begins, clause.per) / 12.0
        enough = reading.units(float(np.ceil(monthly / clause.margin)))
        yield reading("loss_cover.example", sum=reading.sum(monthly), units=enough)
