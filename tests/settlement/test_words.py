"""Every line of a statement says in words how it is worked out, in every language."""

from __future__ import annotations

import pytest
from settlement.every_line import settlements
from settlement.shown import assert_told, lines

from coplant import Settlement
from coplant.clauses import CLAUSES
from coplant.report.settled.view import SettledView
from coplant.report.words import LANGUAGES, words_of

CUT_MONTHS = {"material.attrition.so_far"}
"""Lines of bills whose periods cut a month; statements are by the month."""


@pytest.fixture(scope="module")
def every() -> list[Settlement]:
    return list(settlements())


def test_every_line_has_words_that_name_its_operands(every: list[Settlement]) -> None:
    for settlement in every:
        assert_told(settlement)


def test_every_text_is_the_text_of_some_line(every: list[Settlement]) -> None:
    """A clause that is added brings a case that bills every kind of its lines, and texts for them."""
    keys = [key.removeprefix("settle.words.") for key in words_of("en").texts if key.startswith("settle.words.")]
    assert {line.words for settlement in every for line in lines(settlement)} == set(keys) - CUT_MONTHS


@pytest.mark.parametrize("kind", CLAUSES, ids=lambda kind: kind.__name__)
def test_every_kind_of_clause_bills_something(kind: type, every: list[Settlement]) -> None:
    assert any(kind.read(settlement.case.known(), "deal") for settlement in every)  # type: ignore[attr-defined]


def test_words_name_figures_as_readers_of_each_language_write_them(every: list[Settlement]) -> None:
    line = next(line for line in lines(every[0]) if line.words == "true_up.capped")
    told = [SettledView(every[0], words_of(language)).arithmetic(line) for language in LANGUAGES]
    narrow = "\N{NARROW NO-BREAK SPACE}"
    assert told == [
        "1,500 spent − 1,080 charged in the year, 108 at most",
        f"1{narrow}500 dépensés − 1{narrow}080 facturés dans l’année, 108 au plus",
    ]
