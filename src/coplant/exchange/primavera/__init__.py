"""Primavera P6's XER: tables of cells with tabs between.

A line begins with what it is: %T a table, %F the names of its columns, %R a row, %E the end of the file. Durations and
lags are hours. A task-dependent activity is worked on when its calendar works, a resource-dependent one when its
resources do. On which calendar lags count is one choice for the whole project.
"""

from __future__ import annotations

from coplant.exchange.primavera.reading import read
from coplant.exchange.primavera.writing import write_case

__all__ = ["read", "write_case"]
