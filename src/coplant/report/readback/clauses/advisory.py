"""Engineering help in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.clauses import Advisory
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def advisory(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell what the host helps with, what that costs by the period and by the hour, and up to what."""
    (clause,) = Advisory.read(provision.case, provision.agreement)
    service, per = reading.quoted(clause.service), reading.per(clause.per)
    yield reading("advisory.service", service=service)
    key = "fee" if clause.fee else "no_fee"
    yield reading(f"advisory.{key}", fee=reading.money(clause.fee), per=per)
    key = "hourly" if clause.hourly_rate else "no_hours"
    yield reading(f"advisory.{key}", rate=reading.money(clause.hourly_rate))
    if clause.hours:
        yield reading("advisory.expected", hours=reading.hours(clause.hours), per=per)
    key = "cap" if np.isfinite(clause.cap) else "uncapped"
    yield reading(f"advisory.{key}", cap=reading.money(clause.cap) if key == "cap" else "")
