"""Columns of a launch's tables: the unit, the key and the meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["paths"] if column.key]
['milestone', 'activity', 'advice']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.launching")
"""Columns by table, in order."""
