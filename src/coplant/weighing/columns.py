"""Columns of the tables of what things are worth: unit, key and meaning of each, from ``columns.csv``.

>>> [column.name for column in COLUMNS["frontier"] if column.key]
['weight']
"""

from __future__ import annotations

from collections.abc import Mapping

from coplant.results import Column, columns_of

COLUMNS: Mapping[str, tuple[Column, ...]] = columns_of("coplant.weighing")
"""Columns by table, in order."""
