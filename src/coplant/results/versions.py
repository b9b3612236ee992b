"""Versions of the libraries that a result came from."""

from __future__ import annotations

import importlib.metadata
import platform
from functools import cache


def versions_of(*libraries: str) -> dict[str, str]:
    """Versions of some libraries, and of Python."""
    return {name: _version(name) for name in libraries} | {"Python": platform.python_version()}


@cache
def _version(library: str) -> str:
    return importlib.metadata.version(library)
