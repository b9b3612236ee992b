"""Cases: tables in, checked, frozen, and out again."""

from __future__ import annotations

from coplant.case.case import Case
from coplant.case.reading import read
from coplant.case.settings import Settings
from coplant.case.structure import bill_order, obtainable
from coplant.case.template import template

__all__ = ["Case", "Settings", "bill_order", "obtainable", "read", "template"]
