"""Sections of a settlement's page; every one is a function of a view, and gives those that have something to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coplant.report.blocks import Section
from coplant.report.settled.sections.accounts import accounts
from coplant.report.settled.sections.agreements import agreements
from coplant.report.settled.sections.corrections import corrections
from coplant.report.settled.sections.netting import netting
from coplant.report.settled.sections.overview import overview
from coplant.report.settled.sections.settled import settled
from coplant.report.settled.view import SettledView

SECTIONS: tuple[Callable[[SettledView], Iterable[Section]], ...] = (
    overview,
    agreements,
    corrections,
    accounts,
    netting,
    settled,
)
"""In the order of the page."""
