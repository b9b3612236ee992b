"""The page of plans for several futures."""

from __future__ import annotations

from coplant import __version__
from coplant.planning import Hedge
from coplant.report.hedged.chapters import chapters
from coplant.report.hedged.sections import SECTIONS
from coplant.report.hedged.view import HedgedView
from coplant.report.page import Edition, horizon, rendered
from coplant.report.words import LANGUAGES, words_of


def page_of(hedge: Hedge) -> str:
    """Return the page: every text in every language, the figures, and all it needs to draw them."""
    return rendered([_edition(HedgedView(hedge, words_of(language))) for language in LANGUAGES])


def _edition(view: HedgedView) -> Edition:
    """Return what the page says in one language."""
    words, count = view.words, len(view.hedge.plans)
    futures = words.counted("hedged.futures", count, futures=view.numbers.number(count))
    subtitle = words("hedged.subtitle", horizon=horizon(view), futures=futures)
    sections = [section for make in SECTIONS if (section := make(view)) is not None]
    footer = words("hedged.footer", version=__version__)
    return Edition(view, subtitle, sections, words("hedged.skip"), footer, chapters(view))
