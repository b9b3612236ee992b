"""The page of a launch."""

from __future__ import annotations

from coplant import __version__
from coplant.launching.result import Launch
from coplant.report.launched.sections import SECTIONS
from coplant.report.launched.view import LaunchedView
from coplant.report.page import Edition, rendered
from coplant.report.words import LANGUAGES, words_of


def page_of(launch: Launch) -> str:
    """Return the page: every text in every language, the figures, and all it needs to draw them."""
    return rendered([_edition(LaunchedView(launch, words_of(language))) for language in LANGUAGES])


def _edition(view: LaunchedView) -> Edition:
    """Return what the page says in one language."""
    words, numbers, launch = view.words, view.numbers, view.launch
    subtitle = words("launched.subtitle", first=numbers.date(launch.first), samples=numbers.number(launch.samples))
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    footer = words("launched.footer", version=__version__)
    return Edition(view, subtitle, sections, words("launched.skip"), footer)
