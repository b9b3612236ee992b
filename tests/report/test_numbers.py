from __future__ import annotations

import datetime

import pytest

from coplant.report.numbers import Numbers, column_digits
from coplant.report.words import words_of

ENGLISH, FRENCH = Numbers(words_of("en")), Numbers(words_of("fr"))
NARROW, SPACE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0.0, f"0{SPACE}EUR", f"0{SPACE}EUR"),
        (12_345.6, f"12,346{SPACE}EUR", f"12{NARROW}346{SPACE}EUR"),
        (1_234_567.0, f"1.23{SPACE}m{SPACE}EUR", f"1,23{SPACE}M{SPACE}EUR"),
        (-12.34e9, f"−12.3{SPACE}bn{SPACE}EUR", f"−12,3{SPACE}Md{SPACE}EUR"),
        (999_999_999.0, f"1.00{SPACE}bn{SPACE}EUR", f"1,00{SPACE}Md{SPACE}EUR"),
        (4.5e12, f"4.50{SPACE}tn{SPACE}EUR", f"4,50{SPACE}Bn{SPACE}EUR"),
        (None, "", ""),
        (float("nan"), "", ""),
    ],
)
def test_money_is_written_as_each_language_does(value: float | None, english: str, french: str) -> None:
    assert ENGLISH.money(value, "EUR") == english
    assert FRENCH.money(value, "EUR") == french


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (208.0257e9, "208.0 bn"),
        (12.3456e6, "12.35 m"),
        (1.23456e6, "1.235 m"),
        (999.96e6, "1.000 bn"),
        (4_567.8, "4,568"),
    ],
)
def test_a_headline_has_four_figures(value: float, expected: str) -> None:
    assert ENGLISH.money(value, "EUR", 4) == f"{expected.replace(' ', SPACE)}{SPACE}EUR"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([208.03e9, 198.74e9, 9.293e9], ["208.0 bn EUR", "198.7 bn EUR", "9.3 bn EUR"]),
        ([2.5e6, -30.0, 0.0], ["2.500 m EUR", "0.000 m EUR", "0.000 m EUR"]),
        ([90_000.0, -1_234.5], ["90,000 EUR", "\N{MINUS SIGN}1,234 EUR"]),
        ([], []),
    ],
)
def test_amounts_that_add_up_have_the_same_decimals(values: list[float], expected: list[str]) -> None:
    assert [text.replace("\u00a0", " ") for text in ENGLISH.alike(values, "EUR")] == expected


def test_axes_spell_magnitudes_out() -> None:
    assert ENGLISH.axis(ENGLISH.magnitude([2e6]), "hours") == "million hours"
    assert FRENCH.axis(FRENCH.magnitude([2e6]), "heures") == "heures, en millions"
    assert ENGLISH.axis(ENGLISH.magnitude([2.0]), "hours") == "hours"


@pytest.mark.parametrize(("value", "expected"), [(25.0, "25"), (7.5, "7.5"), (24.9999999, "25"), (332.4, "332")])
def test_counts_have_a_decimal_where_they_are_few_and_not_whole(value: float, expected: str) -> None:
    assert ENGLISH.count(value) == expected


def test_numbers_keep_their_digits_and_lose_the_sign_of_nothing() -> None:
    assert ENGLISH.number(-1_234_567.891, 2) == "−1,234,567.89"
    assert FRENCH.number(1_234_567.891, 2) == f"1{NARROW}234{NARROW}567,89"
    assert ENGLISH.number(-0.001, 2) == "0.00"


def test_shares_are_percentages() -> None:
    assert ENGLISH.share(0.1234) == "12.3%"
    assert FRENCH.share(0.1234) == f"12,3{NARROW}%"


def test_dates_are_written_as_each_language_does() -> None:
    assert ENGLISH.date(datetime.date(2021, 4, 1)) == "1 April 2021"
    assert FRENCH.date(datetime.date(2021, 4, 1)) == "1er avril 2021"
    assert FRENCH.date(datetime.date(2021, 12, 31)) == "31 décembre 2021"


@pytest.mark.parametrize(
    ("first", "until", "english", "french"),
    [
        ("2021-04-01", "2021-05-01", "Apr 2021", "avr. 2021"),
        ("2024-01-01", "2024-04-01", "2024 Q1", "T1 2024"),
        ("2024-02-01", "2024-05-01", "1 Feb 2024 – 30 Apr 2024", "1er févr. 2024 – 30 avr. 2024"),
        ("2024-02-02", "2024-03-01", "2–29 Feb 2024", "2–29 févr. 2024"),
        ("2024-02-01", "2024-02-02", "1 Feb 2024", "1er févr. 2024"),
        ("2024-01-01", "2025-01-01", "2024", "2024"),
        ("2024-01-08", "2024-01-15", "8 Jan 2024", "8 janv. 2024"),
    ],
)
def test_buckets_are_named_by_what_they_are(first: str, until: str, english: str, french: str) -> None:
    bucket = datetime.date.fromisoformat(first), datetime.date.fromisoformat(until)

    assert ENGLISH.bucket(*bucket) == english
    assert FRENCH.bucket(*bucket) == french


@pytest.mark.parametrize(
    ("values", "digits"), [([1.0, 2.0], 0), ([1.5, 2_000.0], 0), ([1.5], 2), ([0.0012], 4), ([], 0), ([None], 0)]
)
def test_a_column_has_the_decimals_it_needs(values: list[float | None], digits: int) -> None:
    assert column_digits(values) == digits


@pytest.mark.parametrize(
    ("value", "least", "expected"),
    [
        (15.0, 2, "15"),
        (1.2, 2, "1.20"),
        (0.0375, 2, "0.0375"),
        (1_234_567.891, 0, "1,234,567.891"),
        (0.1 + 0.2, 0, "0.3"),
    ],
)
def test_exact_numbers_have_the_decimals_they_were_given(value: float, least: int, expected: str) -> None:
    assert ENGLISH.exact(value, "EUR", least) == f"{expected}{SPACE}EUR"


def test_exact_shares_have_the_decimals_they_were_given() -> None:
    assert ENGLISH.exact_share(0.07) == "7%"
    assert FRENCH.exact_share(0.1255) == f"12,55{NARROW}%"
