"""The report of a plan as one HTML page."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coplant import __version__
from coplant.report.blocks import Section
from coplant.report.sections import SECTIONS
from coplant.report.view import View
from coplant.report.words import LANGUAGES, Words, words_of

if TYPE_CHECKING:
    from coplant.planning import Plan


def page_of(plan: Plan) -> str:
    """Return the page: every text in every language, the figures, and all it needs to draw them.

    Parameters
    ----------
    plan : Plan
        The plan; of one branch.
    """
    from plotly.offline import get_plotlyjs

    views = [View(plan, words_of(language)) for language in LANGUAGES]
    editions = [_edition(view) for view in views]
    environment = Environment(
        loader=PackageLoader("coplant.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.j2")
    return template.render(
        editions=editions,
        style=Markup(_asset("report.css")),
        script=Markup(_asset("report.js")),
        plotly=Markup(get_plotlyjs()),
        figures=Markup(embedded({edition["language"]: edition["figures"] for edition in editions})),
        locales=Markup(embedded({view.words.language: _locale(view) for view in views})),
        version=__version__,
    )


def embedded(value: object) -> str:
    """Write a value as JSON that can stand in a script element, whatever texts it holds."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _edition(view: View) -> dict[str, Any]:
    """Return what the page says in one language."""
    settings, numbers = view.plan.settings, view.numbers
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    horizon = view.words(
        "page.horizon",
        start=numbers.date(settings.start),
        until=numbers.date(settings.until - datetime.timedelta(days=1)),
        currency=view.currency,
    )
    return {
        "language": view.words.language,
        "words": view.words,
        "name": view.name,
        "horizon": horizon,
        "sections": sections,
        "figures": _figures(sections),
    }


def _figures(sections: Sequence[Section]) -> dict[str, Any]:
    """Figures of some sections by the names of their places in the page."""
    return {
        f"{section.name}-{number}": block.chart.figure
        for section in sections
        for number, block in enumerate(section.blocks, start=1)
        if block.chart is not None
    }


def _locale(view: View) -> dict[str, Any]:
    """Names of months and separators, as Plotly takes them."""
    words: Words = view.words
    months = range(1, 13)
    return {
        "decimal": view.numbers.separators[0],
        "thousands": view.numbers.separators[1],
        "grouping": [3],
        "currency": ["", ""],
        "months": [words(f"month.long.{month}") for month in months],
        "shortMonths": [words(f"month.short.{month}") for month in months],
    }


def _asset(name: str) -> str:
    return files("coplant.report").joinpath("templates", name).read_text(encoding="utf-8")
