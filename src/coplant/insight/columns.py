"""Columns of the tables of answers: unit, key and meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["scarce"] if column.key]
['constraint', 'thing']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.insight")
"""Columns by table, in order."""
