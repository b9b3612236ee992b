"""Columns of the tables of a stress test: unit, key and meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["regret"] if column.key]
['policy']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.stressing")
"""Columns by table, in order."""
