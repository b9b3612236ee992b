"""Sections of a stress test's page, one file each; every one is a function of a view, and None for nothing."""

from __future__ import annotations

from collections.abc import Callable

from coplant.report.blocks import Section
from coplant.report.stressed.sections.answer import answer
from coplant.report.stressed.sections.causes import causes
from coplant.report.stressed.sections.first_sales import first_sales
from coplant.report.stressed.sections.mix import mix
from coplant.report.stressed.sections.regret import regret
from coplant.report.stressed.sections.sampled import sampled
from coplant.report.stressed.sections.spread import spread
from coplant.report.stressed.sections.tested import tested
from coplant.report.stressed.view import StressedView

SECTIONS: tuple[Callable[[StressedView], Section | None], ...] = (
    answer,
    spread,
    regret,
    first_sales,
    mix,
    causes,
    sampled,
    tested,
)
"""In the order of the page."""
