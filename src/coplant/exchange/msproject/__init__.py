"""Microsoft Project's XML, as its public schema http://schemas.microsoft.com/project describes it.

Durations are working time such as PT40H0M0S, lags tenths of a minute, and days of the week count from 1 for Sunday. A
task is worked on when its own calendar and those of its resources work; without a calendar of its own, when its
resources do, and without resources on the project's calendar. Lags count on the successor's own calendar, or on the
project's.
"""

from __future__ import annotations

from coplant.exchange.msproject.reading import read
from coplant.exchange.msproject.writing import write_case

__all__ = ["read", "write_case"]
