"""Sections of the page of several futures, one file each; every one is a function of a view, and None for nothing."""

from __future__ import annotations

from collections.abc import Callable

from coplant.report.blocks import Section
from coplant.report.hedged.sections.answer import answer
from coplant.report.hedged.sections.known import known
from coplant.report.hedged.sections.now import now
from coplant.report.hedged.sections.solved import solved
from coplant.report.hedged.sections.spread import spread
from coplant.report.hedged.sections.then import then
from coplant.report.hedged.view import HedgedView
from coplant.report.sections.assumptions import assumptions

SECTIONS: tuple[Callable[[HedgedView], Section | None], ...] = (
    answer,
    known,
    spread,
    now,
    then,
    assumptions,
    solved,
)
"""In the order of the page."""
