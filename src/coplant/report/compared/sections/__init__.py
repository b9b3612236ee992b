"""Sections of a comparison's page, one file each; every one is a function of a view, and None for nothing."""

from __future__ import annotations

from collections.abc import Callable

from coplant.report.blocks import Section
from coplant.report.compared.sections.answer import answer
from coplant.report.compared.sections.bridge import bridge
from coplant.report.compared.sections.cash import cash
from coplant.report.compared.sections.decisions import decisions
from coplant.report.compared.sections.mix import mix
from coplant.report.compared.sections.quantities import quantities
from coplant.report.compared.view import ComparedView

SECTIONS: tuple[Callable[[ComparedView], Section | None], ...] = (answer, bridge, decisions, quantities, mix, cash)
"""In the order of the page."""
