from __future__ import annotations

import string

import pytest

from coplant.report.words import LANGUAGES, words_of
from coplant.schema import TABLES


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_texts_with_the_same_values(language: str) -> None:
    first, other = words_of(LANGUAGES[0]).texts, words_of(language).texts

    assert set(first) == set(other)
    assert {key: fields(text) for key, text in first.items()} == {key: fields(text) for key, text in other.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in words_of(language).texts.items() if not text.strip()] == []


def test_french_puts_a_space_that_does_not_break_before_double_marks() -> None:
    texts = words_of("fr").texts.values()

    assert [text for text in texts for mark in ";:!?»" if f" {mark}" in text] == []


@pytest.mark.parametrize(
    ("language", "count", "expected"), [("en", 0, "0 others"), ("en", 1, "1 other"), ("fr", 2, "2 autres")]
)
def test_counts_agree_with_their_noun(language: str, count: int, expected: str) -> None:
    assert words_of(language).counted("others", count) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_periods_have_words(language: str) -> None:
    words = words_of(language)

    assert all(words(f"per.{period}") for period in TABLES["reservations"].column("per").choices)


def test_an_unknown_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_of("en")("nowhere")
