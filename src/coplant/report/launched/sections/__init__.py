"""Sections of a launch's page, one file each; every one is a function of a view, and None where there is nothing."""

from __future__ import annotations

from collections.abc import Callable

from coplant.report.blocks import Section
from coplant.report.launched.sections.answer import answer
from coplant.report.launched.sections.assumptions import assumptions
from coplant.report.launched.sections.causes import causes
from coplant.report.launched.sections.curves import curves
from coplant.report.launched.sections.deciding import deciding
from coplant.report.launched.sections.drawn import drawn
from coplant.report.launched.sections.earlier import earlier
from coplant.report.launched.sections.network import network
from coplant.report.launched.sections.phases import phases
from coplant.report.launched.sections.teams import teams
from coplant.report.launched.sections.worth import worth
from coplant.report.launched.view import LaunchedView

SECTIONS: tuple[Callable[[LaunchedView], Section | None], ...] = (
    answer,
    curves,
    worth,
    earlier,
    phases,
    teams,
    deciding,
    causes,
    network,
    assumptions,
    drawn,
)
"""In the order of the page."""
