"""Columns of a plan's tables: the unit, the key and the meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["made"] if column.key]
['route', 'bucket']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.planning")
"""Columns by table, in order; after the tables of a plan the sheets that only its workbook has."""
