"""The report of a result as one HTML page."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coplant import __version__
from coplant.report.blocks import Section
from coplant.report.sections import SECTIONS
from coplant.report.view import CaseView, View
from coplant.report.words import LANGUAGES, Words, words_of

if TYPE_CHECKING:
    from coplant.planning import Plan


@dataclass(frozen=True)
class Chapter:
    """What a page says of one of several alike, such as one of the ways in which things can turn out.

    Parameters
    ----------
    title : str
        Which it is.
    sections : sequence of Section
        Sections in order.
    """

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Chapters:
    """Chapters of which one at a time is shown.

    Parameters
    ----------
    title : str
        Heading.
    lead : str
        Paragraph below it.
    label : str
        What asks which is shown.
    chapters : sequence of Chapter
        The chapters; the first is shown unless another is asked for.
    """

    title: str
    lead: str
    label: str
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Edition:
    """What a page says in one language.

    Parameters
    ----------
    view : CaseView
        The result in the language.
    subtitle : str
        A line below the title.
    sections : sequence of Section
        Sections in order.
    skip : str
        What leads past the head of the page.
    footer : str
        The last line.
    chapters : Chapters, optional
        What follows the sections, if anything does.
    """

    view: CaseView
    subtitle: str
    sections: Sequence[Section]
    skip: str
    footer: str
    chapters: Chapters | None = None

    @property
    def language(self) -> str:
        """Its language."""
        return self.view.words.language

    @property
    def words(self) -> Words:
        """Texts of the language."""
        return self.view.words

    @property
    def figures(self) -> dict[str, Any]:
        """Figures by the names of their places in the page."""
        chapters = self.chapters.chapters if self.chapters else ()
        placed = [("", section) for section in self.sections]
        placed += [
            (f"{place}-", section) for place, chapter in enumerate(chapters, start=1) for section in chapter.sections
        ]
        return {
            f"{place}{section.name}-{number}": block.chart.figure
            for place, section in placed
            for number, block in enumerate(section.blocks, start=1)
            if block.chart is not None
        }


def page_of(plan: Plan) -> str:
    """Return the page of a plan: every text in every language, the figures, and all it needs to draw them.

    Parameters
    ----------
    plan : Plan
        The plan.
    """
    return rendered([_edition(View(plan, words_of(language))) for language in LANGUAGES])


def rendered(editions: Sequence[Edition]) -> str:
    """Put a page together from what it says in each language."""
    from plotly.offline import get_plotlyjs

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
        figures=Markup(embedded({edition.language: edition.figures for edition in editions})),
        locales=Markup(embedded({edition.language: _locale(edition.view) for edition in editions})),
        version=__version__,
    )


def embedded(value: object) -> str:
    """Write a value as JSON that can stand in a script element, whatever texts it holds."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _edition(view: View) -> Edition:
    """Return what the page of a plan says in one language."""
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    footer = view.words("page.footer", version=__version__)
    return Edition(view, horizon(view), sections, view.words("page.skip"), footer)


def horizon(view: CaseView) -> str:
    """Say from when to when is planned, and in which currency."""
    settings, numbers = view.case.settings, view.numbers
    return view.words(
        "page.horizon",
        start=numbers.date(settings.start),
        until=numbers.date(settings.until - datetime.timedelta(days=1)),
        currency=view.currency,
    )


def _locale(view: CaseView) -> dict[str, Any]:
    """Names of months and separators, as Plotly takes them."""
    words = view.words
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
