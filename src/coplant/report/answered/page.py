"""The page of an answer: what was asked, the answer in sentences, its figure and its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from coplant import __version__
from coplant.case.files import write_whole
from coplant.report.blocks import Section
from coplant.report.page import Edition, rendered
from coplant.report.view import CaseView
from coplant.report.words import LANGUAGES, Words, words_of

Seen = TypeVar("Seen", bound=CaseView)


def texts(view: CaseView) -> Words:
    """Texts of answers in the language of a view."""
    return words_of(view.words.language, "coplant.report.answered")


def write(
    kind: str,
    money: float,
    view_in: Callable[[Words], Seen],
    sections: Callable[[Seen], Sequence[Section]],
    path: str | Path,
) -> None:
    """Write the page of an answer.

    Parameters
    ----------
    kind : str
        What was asked, as the message files call it.
    money : float
        What the plan earns that was asked.
    view_in : callable
        What is shown, from the texts of a language.
    sections : callable
        Sections of the page, from what is shown.
    path : str or Path
        The file to write.
    """
    editions = []
    for language in LANGUAGES:
        view = view_in(words_of(language))
        words = texts(view)
        subtitle = words(f"{kind}.subtitle", money=view.headline(money))
        footer = words("footer", version=__version__)
        editions.append(Edition(view, subtitle, sections(view), words("skip"), footer))
    write_whole(path, rendered(editions))
