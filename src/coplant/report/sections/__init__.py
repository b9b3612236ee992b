"""Sections of the page, one file each; every one is a function of a view, and None where there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

from coplant.report.blocks import Section
from coplant.report.sections.agreements import agreements
from coplant.report.sections.assumptions import assumptions
from coplant.report.sections.cash import cash
from coplant.report.sections.countries import countries
from coplant.report.sections.decision import decision
from coplant.report.sections.launch import launch
from coplant.report.sections.mix import mix
from coplant.report.sections.money import money
from coplant.report.sections.production import production
from coplant.report.sections.scarce import scarce
from coplant.report.sections.shortages import shortages
from coplant.report.sections.solved import solved
from coplant.report.sections.volumes import volumes
from coplant.report.view import View

SECTIONS: tuple[Callable[[View], Section | None], ...] = (
    decision,
    agreements,
    volumes,
    launch,
    money,
    mix,
    production,
    scarce,
    shortages,
    cash,
    countries,
    assumptions,
    solved,
)
"""In the order of the page."""
