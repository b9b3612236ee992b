"""What every result has: tables whose columns are described, kept in a folder with the case they came from."""

from __future__ import annotations

from coplant.results.columns import Column, columns_of
from coplant.results.folder import Kept, Kind, read_result, write_result
from coplant.results.versions import versions_of

__all__ = ["Column", "Kept", "Kind", "columns_of", "read_result", "versions_of", "write_result"]
