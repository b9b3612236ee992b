"""The page of an answer: what was asked, the answer in sentences, its figure and its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from coplant import __version__
from coplant.case.files import write_whole
from coplant.planning.result import Plan
from coplant.report.blocks import Section
from coplant.report.page import Edition, rendered
from coplant.report.view import View
from coplant.report.words import LANGUAGES, Words, words_of


def texts(view: View) -> Words:
    """Texts of answers in the language of a view."""
    return words_of(view.words.language, "coplant.report.answered")


def write(plan: Plan, kind: str, sections: Callable[[View], Sequence[Section]], path: str | Path) -> None:
    """Write the page of an answer.

    Parameters
    ----------
    plan : Plan
        The plan that was asked.
    kind : str
        What was asked, as the message files call it.
    sections : callable
        Sections of the page, from the plan in a language.
    path : str or Path
        The file to write.
    """
    editions = []
    for language in LANGUAGES:
        view = View(plan, words_of(language))
        words = texts(view)
        subtitle = words(f"{kind}.subtitle", money=view.headline(plan.objective))
        footer = words("footer", version=__version__)
        editions.append(Edition(view, subtitle, sections(view), words("skip"), footer))
    write_whole(path, rendered(editions))
