"""Agreements read back in plain language, clause by clause, to be checked against the paper."""

from __future__ import annotations

from coplant.report.readback.read import agreement
from coplant.report.readback.result import Entry, Paragraph, ReadBack

__all__ = ["Entry", "Paragraph", "ReadBack", "agreement"]
