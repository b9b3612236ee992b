"""The page of a settlement."""

from __future__ import annotations

from coplant import __version__
from coplant.report.page import Edition, rendered
from coplant.report.settled.sections import SECTIONS
from coplant.report.settled.view import SettledView
from coplant.report.words import LANGUAGES, words_of
from coplant.settlement import Settlement


def page_of(settlement: Settlement) -> str:
    """Return the page: every statement in every language, the figures, and all it needs to draw them."""
    return rendered([_edition(SettledView(settlement, words_of(language))) for language in LANGUAGES])


def _edition(view: SettledView) -> Edition:
    """Return what the page says in one language."""
    words = view.words
    return Edition(
        view,
        words("settle.subtitle", basis=view.basis, currency=view.currency),
        [section for make in SECTIONS for section in make(view)],
        words("settle.skip"),
        words("settle.footer", version=__version__),
    )
