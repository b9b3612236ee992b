"""Cases: tables in, checked, frozen, and out again."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coplant.case.case import Case
from coplant.case.reading import read
from coplant.case.settings import Settings

if TYPE_CHECKING:
    from coplant.case.structure import bill_order, obtainable
    from coplant.case.templates import template

__all__ = ["Case", "Settings", "bill_order", "obtainable", "read", "template"]

# Loaded when first used: they need numpy and the libraries for workbooks.
_HOME = {
    "bill_order": "coplant.case.structure",
    "obtainable": "coplant.case.structure",
    "template": "coplant.case.templates",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'coplant.case' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
