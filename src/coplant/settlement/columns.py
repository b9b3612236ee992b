"""Columns of a settlement's tables: the unit, the key and the meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["lines"] if column.key]
['agreement', 'statement', 'number']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.settlement")
"""Columns by table, in order; after the tables of a settlement the sheet that only its workbook has."""
