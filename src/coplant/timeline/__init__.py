"""Buckets of the horizon, dated rates, lead times as lag matrices, and discounting."""

from __future__ import annotations

from coplant.timeline.buckets import Timeline
from coplant.timeline.calendar import add_months, calendar_months, periods, spans
from coplant.timeline.lags import lag_matrix
from coplant.timeline.rates import integral, mean_value, overlaps

__all__ = [
    "Timeline",
    "add_months",
    "calendar_months",
    "integral",
    "lag_matrix",
    "mean_value",
    "overlaps",
    "periods",
    "spans",
]
