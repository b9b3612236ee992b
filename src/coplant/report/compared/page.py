"""The page of a comparison."""

from __future__ import annotations

from coplant import __version__
from coplant.insight.comparison import Comparison
from coplant.insight.what_if import NOW, THEN
from coplant.report.compared.sections import SECTIONS
from coplant.report.compared.view import ComparedView
from coplant.report.page import Edition, rendered
from coplant.report.words import LANGUAGES, Words, words_of


def page_of(comparison: Comparison) -> str:
    """Return the page: every text in every language, the figures, and all it needs to draw them."""
    return rendered([_edition(_in_words(comparison, words_of(language))) for language in LANGUAGES])


def _in_words(comparison: Comparison, words: Words) -> ComparedView:
    """See a comparison in one language, in which a plan and what becomes of it have names too."""
    names = {NOW: words("compared.now"), THEN: words("compared.then")}
    if any(names.get(name, name) != name for name in comparison.plans):
        comparison = Comparison({names.get(name, name): plan for name, plan in comparison.plans.items()})
    return ComparedView(comparison, words)


def _edition(view: ComparedView) -> Edition:
    """Return what the page says in one language."""
    words = view.words
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    subtitle = words("compared.subtitle", plans=view.list(view.names))
    return Edition(view, subtitle, sections, words("compared.skip"), words("compared.footer", version=__version__))
