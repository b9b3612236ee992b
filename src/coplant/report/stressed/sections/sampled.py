"""What was sampled, and what of it is assumed."""

from __future__ import annotations

from coplant.report.blocks import Section
from coplant.report.sections.assumptions import assumptions
from coplant.report.stressed.view import StressedView

_TABLES = ("factors", "factor_effects", "factor_correlations", "branches", "edits")


def sampled(view: StressedView) -> Section | None:
    """Count the rows that say what is uncertain, by where they come from."""
    if not any(view.case[name].height for name in _TABLES):
        return None
    return assumptions(view, _TABLES, "stressed.sampled")
