"""Every clause is told in every language, with every column of its table and the figures that follow from them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from small_case import SmallCase

import coplant
from coplant import ReadBack
from coplant.report.readback.clauses import TELLERS
from coplant.report.readback.provisions import clause_tables
from coplant.report.words import LANGUAGES, words_of
from coplant.schema import TABLES

START = datetime.date(2023, 1, 1)
CLAUSES = [table.name for table in clause_tables()]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def hosted(**agreement: Any) -> SmallCase:
    """A host builds a car and a van for three years."""
    small = (
        SmallCase("month:1", start=day("2026-01-01")).item("car", title="City car").item("van").item("bolt").item("nut")
    )
    small.host(**{"starts": START, "term": 36.0, **agreement})
    small.offer("bolt", 1.0, site="host").offer("nut", 1.0, site="host")
    for item in ("car", "van"):
        small.route(item, site="host", agreement="deal", bom={"bolt": 4.0, "nut": 4.0}).demand(
            item, 1, "month", price=1.0, site="host"
        )
    return small


def told(small: SmallCase, language: str = "en", **options: Any) -> ReadBack:
    return coplant.agreement(small.case(), "deal", language=language, **options)


class Sample(NamedTuple):
    """Rows of a clause, and for some of its columns another value: of the last row, or of every row."""

    rows: list[dict[str, Any]]
    other: dict[str, Any]
    every: bool = False

    def changed(self, column: str, value: Any) -> list[dict[str, Any]]:
        """Rows with another value in a column."""
        kept = 0 if self.every or column in COMMON else len(self.rows) - 1
        return [*self.rows[:kept], *(row | {column: value} for row in self.rows[kept:])]


DATED = {"valid_from": day("2023-07-01"), "valid_until": day("2025-07-01")}
"""Other days for a row that holds for the whole term."""

SAMPLES: Mapping[str, list[Sample]] = {
    "reservations": [
        Sample(
            [{"least": 10, "most": 60, "per": "hour", "hours_per_year": 4000, "fee": 2}],
            {"least": 20, "most": 70, "reserved": 50, "hours_per_year": 3900, "fee": 3, "kind": "deductible", **DATED},
        ),
        Sample([{"most": 60, "per": "day", "fee": 2}], {"per": "week"}),
    ],
    "processing_fees": [
        Sample([{"fee": 6}], {"item": "car", "fee": 7, **DATED}),
        Sample([{"fee": 6}, {"fee": 5, "above": 1000}], {"above": 2000, "fee": 4}),
        Sample([{"fee": 6}, {"fee": 5, "above": 1000}], {"basis": "year", "method": "all_units"}, every=True),
    ],
    "fixed_charges": [
        Sample(
            [{"charge": "rent", "amount": 10, "per": "month", "true_up": "yearly"}],
            {"charge": "power", "amount": 20, "per": "week", "true_up": "none", "true_up_cap": 0.1, **DATED},
        ),
    ],
    "take_or_pay": [
        Sample(
            [{"quantity": 1000, "share": 0.8, "price": 5, "make_up_months": 12, "carry_forward_months": 12}],
            {
                "quantity": 2000, "share": 0.7, "price": 4, "make_up_months": 24, "carry_forward_months": 24,
                "carry_forward_share": 0.5, "excuse": "none", **DATED,
            },
        ),
    ],
    "tooling": [
        Sample(
            [{"tool": "dies", "amount": 1200, "payment": "annuity", "months": 24, "rate": 0.06}],
            {
                "tool": "jigs", "amount": 1300, "payment": "up_front", "date": day("2023-02-01"), "months": 12,
                "rate": 0.05, "owner": "host",
            },
        ),
        Sample([{"tool": "dies", "amount": 1200, "payment": "per_unit", "months": 24, "units": 100}], {"units": 200}),
    ],
    "loss_cover": [
        Sample(
            [{"fixed_cost": 9_000, "per": "month", "margin": 20, "cap": 50_000}],
            {"fixed_cost": 8_000, "per": "quarter", "margin": 30, "cap": 60_000, "months": 12, **DATED},
        ),
    ],
    "advisory": [
        Sample(
            [{"service": "tryout", "fee": 1_000, "hours": 20, "hourly_rate": 50, "cap": 20_000}],
            {"service": "training", "fee": 900, "per": "week", "hours": 10, "hourly_rate": 60, "cap": 10_000, **DATED},
        ),
    ],
    "licences": [
        Sample(
            [{"holder": "brand", "fee": 500, "royalty": 3}],
            {"item": "car", "holder": "host", "fee": 400, "per": "year", "royalty": 2, **DATED},
        ),
    ],
    "credits": [
        Sample(
            [{"credit": "emission", "price": 75}],
            {"credit": "fuel", "item": "car", "quantity": 2, "price": 50, "brand_share": 0.5, **DATED},
        ),
    ],
    "exclusivity": [Sample([{}], {"item": "car", "months_after": 6, "own_plant": "excluded", **DATED})],
    "flexibility": [
        Sample(
            [
                {"months_ahead": 0, "up_share": 0.1, "down_share": 0.05, "binding_share": 1, "price": 80},
                {"months_ahead": 3, "up_share": 0.2, "down_share": 0.2, "binding_share": 0.5, "price": 80},
            ],
            {"months_ahead": 4, "up_share": 0.3, "down_share": 0.4, "binding_share": 0.25, "price": 70},
        ),
        Sample(
            [{"months_ahead": 0, "up_share": 0.1, "down_share": 0.05, "binding_share": 1, "price": 80}],
            {"item": "car", "method": "original", **DATED},
        ),
    ],
    "excess": [
        Sample(
            [{"item": "bolt", "window_months": 3, "cost": 2}],
            {
                "item": "nut", "window_months": 4, "cost": 3, "handling_share": 0.05, "carrying_rate": 0.01,
                "review": "month", **DATED,
            },
        ),
    ],
    "materials": [
        Sample(
            [{"item": "bolt", "mode": "consigned", "price": 2, "attrition_share": 0.01}],
            {"item": "nut", "price": 3, "attrition_share": 0.02, **DATED},
        ),
        Sample(
            [{"item": "bolt", "mode": "buy_sell", "price": 2, "handling_share": 0.05}],
            {"mode": "directed", "handling_share": 0.1},
        ),
    ],
    "security": [
        Sample(
            [{"security": "cash", "kind": "prepayment", "amount": 100, "draw_per_unit": 2, "forfeited_share": 0.5}],
            {"security": "money", "amount": 200, "date": day("2023-02-01"), "draw_per_unit": 3, "forfeited_share": 0},
        ),
        Sample(
            [{"security": "bond", "kind": "guarantee", "amount": 100, "fee_rate": 0.01}],
            {"fee_rate": 0.02},
        ),
        Sample(
            [{"security": "warrants", "kind": "vesting", "amount": 100, "milestone_units": 50}],
            {"milestone_units": 60},
        ),
        Sample(
            [{"security": "warrants", "kind": "vesting", "amount": 100, "milestone_date": day("2023-09-01")}],
            {"milestone_date": day("2023-10-01")},
        ),
        Sample([{"security": "cash", "kind": "deposit", "amount": 100}], {"amount": 120}),
    ],
    "exit_terms": [
        Sample(
            [{"notice": 6, "fee": 100, "fee_per_month": 10, "relocation": 50}],
            {"notice": 3, "fee": 200, "fee_per_month": 20, "tooling_share": 0.5, "relocation": 0, **DATED},
        ),
    ],
}  # fmt: skip
"""Samples by table; with what every table has, `source`, `note` and `recorded_at`, they change each column once."""

COMMON = {"source": "contract", "note": "clause 4.1", "recorded_at": day("2022-12-01")}


def of_sample(table: str, rows: list[dict[str, Any]]) -> SmallCase:
    small = hosted()
    for row in rows:
        small.add(table, agreement="deal", **row)
    return small


def test_every_clause_has_a_teller_and_a_sample() -> None:
    assert CLAUSES
    assert set(TELLERS) == set(CLAUSES) == set(SAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", CLAUSES)
def test_every_clause_is_told(table: str, language: str) -> None:
    title = words_of(language, "coplant.report.readback")(f"{table}.title")
    for sample in SAMPLES[table]:
        (paragraph,) = told(of_sample(table, sample.rows), language).paragraphs
        assert paragraph.clause == table
        assert paragraph.title.startswith(title)
        assert paragraph.rows == tuple(range(1, len(sample.rows) + 1))
        assert len(paragraph.text.split("\n")) >= 1
        assert "{" not in paragraph.text
        assert not re.search(r"\bnan\b", paragraph.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", CLAUSES)
def test_every_column_is_told(table: str, language: str) -> None:
    """Another value in a column gives another text."""
    changed = set()
    for sample in SAMPLES[table]:
        before = str(told(of_sample(table, sample.rows), language))
        for column, value in {**sample.other, **COMMON}.items():
            after = str(told(of_sample(table, sample.changed(column, value)), language))
            assert after != before, column
            changed.add(column)
    if table == "security":
        # Each kind comes with columns of its own, so that they are told apart by a sample of each.
        texts = {
            sample.rows[0]["kind"]: str(told(of_sample(table, sample.rows), language)) for sample in SAMPLES[table]
        }
        assert set(texts) == set(TABLES[table].column("kind").choices)
        assert len(set(texts.values())) == len(texts)
        changed.add("kind")
    assert changed >= set(TABLES[table].names) - {"agreement"}


# -- figures -----------------------------------------------------------------------------------------------------------


def text_of(small: SmallCase, language: str = "en") -> str:
    """Text of the only paragraph, with spaces that break."""
    (paragraph,) = told(small, language).paragraphs
    return " ".join(paragraph.text.split())


def reserving(**row: Any) -> SmallCase:
    return hosted().add("reservations", agreement="deal", **{"most": 60, "per": "month", "fee": 2, **row})


def test_60_an_hour_at_4000_hours_is_240_000_a_year() -> None:
    text = text_of(reserving(per="hour", hours_per_year=4000, least=60))
    assert "60 units per hour is 240,000 units a year, as the line runs 4,000 hours a year." in text
    assert "For 240,000 units that comes to 480,000 EUR a year." in text


def test_a_day_counts_those_of_the_first_year() -> None:
    assert "1 unit per day is 365 units in the twelve months from 1 January 2023." in text_of(
        reserving(per="day", least=1, most=1)
    )
    assert "366 units in the twelve months from 1 January 2024." in text_of(
        reserving(per="day", least=1, most=1, valid_from=day("2024-01-01"))
    )


def test_a_rate_that_is_not_fixed_is_said_to_be_open() -> None:
    assert "between 0 and 60 units per month" in text_of(reserving())
    assert "keeps 40 units per month" in text_of(reserving(reserved=40))


def test_a_deductible_fee_may_come_to_nothing() -> None:
    text = text_of(reserving(kind="deductible", least=60))
    assert "For 720 units that comes to 1,440 EUR a year if nothing is started, and to nothing if" in text


def test_a_reservation_without_a_fee_costs_nothing() -> None:
    assert "No fee is due for it." in text_of(reserving(fee=0))


def tiers(method: str, **row: Any) -> SmallCase:
    small = hosted()
    for above, fee in ((0, 12_000), (10_000, 10_000), (30_000, 8_500)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee, method=method, **row)
    return small


def test_totals_of_tiers_are_those_of_the_clause() -> None:
    """10,000 at 12,000 are 120 million; 20,000 more at 10,000 are 320 million in all."""
    text = text_of(tiers("incremental"))
    assert "- above 10,000 and up to and including 30,000 units: 10,000 EUR per unit" in text
    assert "- 10,000 units: 120,000,000 EUR - 10,001 units: 120,010,000 EUR" in text
    assert "- 30,000 units: 320,000,000 EUR - 30,001 units: 320,008,500 EUR - 60,000 units: 575,000,000 EUR" in text


def test_a_rebate_on_all_units_makes_one_more_cheaper() -> None:
    """30,000 at 10,000 are 300 million, 30,001 at 8,500 are 255,008,500."""
    assert "- 30,001 units: 255,008,500 EUR, which is 44,991,500 EUR less" in text_of(tiers("all_units"))


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("month", "within each calendar month"),
        ("year", "within each year of the clause, the first of which begins on 1 January 2023"),
        ("cumulative", "from 1 January 2023 on"),
    ],
)
def test_what_is_counted_is_told(basis: str, words: str) -> None:
    assert words in text_of(tiers("incremental", basis=basis))


def test_products_count_together_only_where_a_fee_is_for_all() -> None:
    together = "The units of all products are counted together."
    assert together in text_of(tiers("incremental"))
    assert together not in text_of(tiers("incremental", item="car"))


def test_a_charge_is_worked_out_for_a_year_and_so_is_its_cap() -> None:
    small = hosted().add("fixed_charges", agreement="deal", charge="rent", amount=100.5, per="month", true_up="yearly",
                         true_up_cap=0.075)  # fmt: skip
    text = text_of(small)
    assert "100.50 EUR per month for “rent”" in text
    assert "That is 1,206 EUR a year." in text
    assert "at most 7.5% of what was charged in the year, 90.45 EUR for a full one" in text


def taking(**row: Any) -> SmallCase:
    return hosted().add("take_or_pay", agreement="deal", **{"quantity": 20_000, "share": 0.8, "price": 10_000, **row})


def test_the_most_that_take_or_pay_costs_is_told() -> None:
    text = text_of(taking())
    assert "80% of it, that is 16,000 units a year" in text
    assert "If nothing is built, that is 160,000,000 EUR a year" in text
    assert "with 14,400 units built in the first year, 1,600 units are short and 16,000,000 EUR is paid" in text
    assert "cannot be made up later" in text


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (12, "1,600 units of them make up what was paid for, and 16,000,000 EUR is paid back"),
        (6, "nothing is paid back"),
    ],
)
def test_what_is_made_up_in_the_second_year_is_what_the_clause_says(months: int, words: str) -> None:
    assert words in text_of(taking(make_up_months=months))


def test_a_minimum_of_nothing_has_no_example() -> None:
    assert "For example" not in text_of(taking(share=0))


def test_an_annuity_is_told_with_its_payments_and_its_interest() -> None:
    """The payment on 1,200 over 24 months at half a per cent a month: 1,200 x 0.005 / (1 - 1.005^-24) = 53.1847."""
    small = hosted().add("tooling", agreement="deal", tool="dies", amount=1200, payment="annuity", months=24, rate=0.06)
    text = text_of(small)
    assert "24 level monthly payments of 53.18 EUR" in text
    assert "the first on the day of signature, 1 January 2023, the last on 1 December 2024" in text
    assert "come to 1,276.43 EUR, of which 76.43 EUR is interest, at 6% a year" in text
    # What is left after 12 of 24 payments is worth 12 payments: 53.1847 x (1 - 1.005^-12) / 0.005.
    assert "After 12 of the 24 payments, 617.95 EUR is unpaid." in text


def test_a_payment_by_the_unit_is_not_rounded_to_the_cent() -> None:
    small = hosted().add(
        "tooling", agreement="deal", tool="dies", amount=1300, payment="per_unit", months=48, units=700
    )
    text = text_of(small)
    assert "1.857143 EUR on each good unit" in text
    assert "ends with 31 December 2025" in text  # with the agreement


def test_a_single_monthly_payment_has_no_last() -> None:
    small = hosted().add("tooling", agreement="deal", tool="dies", amount=1300, payment="annuity", months=1)
    assert "in 1 payment of 1,300 EUR, on the day of signature, 1 January 2023." in text_of(small)


def test_an_exit_a_year_before_the_end_is_worked_out() -> None:
    small = hosted().add("exit_terms", agreement="deal", fee=1000, fee_per_month=100)
    assert "For an exit on 1 January 2025, 12 months before the end of the term, that is 2,200 EUR." in text_of(small)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "Neither side pays a fee for leaving."),
        ({"fee": 5}, "pays the other 5 EUR."),
        ({"fee_per_month": 5}, "pays the other 5 EUR for every month"),
    ],
)
def test_exit_fees_are_told_as_far_as_there_are_any(row: dict[str, Any], words: str) -> None:
    assert words in text_of(hosted().add("exit_terms", agreement="deal", **row))


def test_french_figures_have_narrow_spaces_and_a_comma() -> None:
    (paragraph,) = told(reserving(per="hour", hours_per_year=4000, least=60, fee=1.5), "fr").paragraphs
    assert "60\N{NO-BREAK SPACE}unités par heure" in paragraph.text
    assert "240\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}unités par an" in paragraph.text
    assert "1,50\N{NO-BREAK SPACE}EUR" in paragraph.text


def test_a_currency_without_cents_has_none() -> None:
    small = hosted()
    small.settings["currency"] = "JPY"
    small.add("fixed_charges", agreement="deal", charge="rent", amount=1000, per="week")
    assert "That is 52,143 JPY in the twelve months" in text_of(small)
