"""Which tables something was worked out from, so that it need not be worked out again while none of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl


class Reads(Mapping[str, pl.DataFrame]):
    """Tables by name that remember which of them were looked at.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables.

    Attributes
    ----------
    names : set of str
        Those looked at so far; all of them once they have been gone through.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> pl.DataFrame:
        self.names.add(name)
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        self.names.update(self._tables)
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)
