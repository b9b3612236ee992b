"""The page of a stress test."""

from __future__ import annotations

from coplant import __version__
from coplant.report.page import Edition, rendered
from coplant.report.stressed.sections import SECTIONS
from coplant.report.stressed.view import StressedView
from coplant.report.words import LANGUAGES, words_of
from coplant.stressing.result import Stress


def page_of(stress: Stress) -> str:
    """Return the page: every text in every language, the figures, and all it needs to draw them."""
    return rendered([_edition(StressedView(stress, words_of(language))) for language in LANGUAGES])


def _edition(view: StressedView) -> Edition:
    """Return what the page says in one language."""
    words, stress = view.words, view.stress
    subtitle = words.counted("stressed.samples", stress.samples, samples=view.numbers.number(stress.samples))
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    footer = words("stressed.footer", version=__version__)
    return Edition(view, subtitle, sections, words("stressed.skip"), footer)
