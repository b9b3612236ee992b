"""Statements of small agreements."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase

import coplant
from coplant import Settlement

START = datetime.date(2023, 1, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def hosted(**agreement: Any) -> SmallCase:
    """A host builds the only car; the horizon starts when all is over."""
    small = SmallCase("month:1", start=day("2026-01-01")).item("car")
    small.host(**{"starts": START, "term": 36.0, **agreement}).route("car", site="host", agreement="deal")
    return small.demand("car", 1, "month", price=1.0, site="host")


def good(small: SmallCase, month: str, quantity: float, measure: str = "good", **more: Any) -> SmallCase:
    """Units built in a month."""
    first = day(f"{month}-01")
    until = (first + datetime.timedelta(days=32)).replace(day=1)
    row = {"agreement": "deal", "measure": measure, "item": "car", "from": first, "until": until, "quantity": quantity}
    return small.add("actuals", **(row | more))


def settled(small: SmallCase, **options: Any) -> Settlement:
    return coplant.settle(small.case(), **options)


def amounts(settlement: Settlement) -> dict[str, float]:
    """What statements come to, by month; those of nothing left out."""
    table = settlement["statements"].filter(settlement["statements"]["amount"] != 0.0)
    return {f"{month:%Y-%m}": amount for month, amount in table.select("statement", "amount").iter_rows()}


def test_units_are_paid_in_the_month_in_which_they_are_built() -> None:
    small = hosted().add("processing_fees", agreement="deal", fee=7.0)
    good(good(small, "2023-02", 10), "2023-04", 5)
    assert amounts(settled(small)) == {"2023-02": 70.0, "2023-04": 35.0}


def test_a_charge_counts_part_of_a_month_by_its_days() -> None:
    small = hosted().add("fixed_charges", agreement="deal", charge="rent", amount=310, per="month",
                         valid_from=day("2023-01-11"), valid_until=day("2023-02-15"))  # fmt: skip
    assert amounts(settled(small)) == {"2023-01": 210.0, "2023-02": 155.0}


def test_a_true_up_pays_what_the_host_spent_up_to_its_cap() -> None:
    small = hosted(term=24.0)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100, per="month", true_up="yearly",
              true_up_cap=0.1)  # fmt: skip
    for year, spent in (("2023", 1_150.0), ("2024", 1_500.0)):
        small.add("actuals", agreement="deal", measure="cost", charge="rent", from_=day(f"{year}-01-01"),
                  until=day(f"{int(year) + 1}-01-01"), quantity=spent)  # fmt: skip
    settlement = settled(small)
    true_ups = settlement["lines"].filter(words="true_up.capped")
    assert true_ups.select("month", "amount").rows() == [(day("2023-12-01"), -50.0), (day("2024-12-01"), 120.0)]


def test_a_year_without_costs_on_record_stays_open() -> None:
    small = hosted(term=12.0)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100, per="month", true_up="yearly")
    assert settled(small)["lines"]["words"].unique().to_list() == ["fixed_charge.month"]


def test_statements_before_the_first_year_closes_have_no_true_up() -> None:
    small = hosted(term=24.0)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=100, per="month", true_up="yearly")
    small.add("actuals", agreement="deal", measure="cost", charge="rent", from_=START, until=day("2024-01-01"),
              quantity=1_300)  # fmt: skip
    assert amounts(settled(small, as_of=day("2023-03-20"))) == {"2023-01": 100.0, "2023-02": 100.0}


@pytest.mark.parametrize(("months", "paid_back"), [(6, {}), (12, {"2024-12": -100.0}), (18, {"2024-12": -100.0})])
def test_only_a_year_that_closes_in_time_makes_up_what_was_paid_for(months: int, paid_back: dict[str, float]) -> None:
    """Ten are short in 2023, and twenty more than needed are built in 2024, which closes twelve months later."""
    small = hosted().add("take_or_pay", agreement="deal", quantity=100, price=10, make_up_months=months)
    good(good(good(small, "2023-02", 90), "2024-02", 120), "2025-02", 100)
    assert amounts(settled(small)) == {"2023-12": 100.0} | paid_back


def test_units_are_lost_when_the_last_year_in_time_has_closed() -> None:
    """Of ten paid for in 2023 with 18 months to make them up, the five that 2024 does not make up are lost with it."""
    small = hosted().add("take_or_pay", agreement="deal", quantity=100, price=10, make_up_months=18)
    good(good(good(small, "2023-02", 90), "2024-02", 105), "2025-02", 120)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-12": 100.0, "2024-12": -50.0}
    bank = settlement["balances"].filter(account="make_up").select("used", "lapsed", "closing").rows()
    assert bank == [(0.0, 0.0, 10.0), (5.0, 5.0, 0.0), (0.0, 0.0, 0.0)]


def _bank(settlement: Settlement, account: str) -> list[tuple[float, ...]]:
    return settlement["balances"].filter(account=account).select("opening", "added", "used", "lapsed", "closing").rows()


@pytest.mark.parametrize("amended", [True, False], ids=["amended", "next row"])
def test_what_was_paid_for_outlives_its_terms_and_is_paid_back_at_its_price(amended: bool) -> None:
    """Ten of 100 are paid for at 10 in 2023; 15 more than the 110 of 2024 are built, when the price is 12."""
    small = hosted().add("take_or_pay", agreement="deal", quantity=100, price=10, make_up_months=12,
                         valid_until=None if amended else day("2024-01-01"))  # fmt: skip
    small.add("take_or_pay", agreement="deal", quantity=110, price=12, make_up_months=12, valid_from=day("2024-01-01"),
              recorded_at=day("2024-05-10") if amended else None)  # fmt: skip
    good(good(good(small, "2023-02", 90), "2024-02", 125), "2025-02", 110)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-12": 100.0, "2024-12": -100.0}
    assert _bank(settlement, "make_up") == [(0, 10, 0, 0, 10), (10, 0, 10, 0, 0), (0, 0, 0, 0, 0)]


def test_what_was_built_beyond_outlives_its_terms() -> None:
    """Thirty beyond the 100 of 2023 lessen the 200 of 2024 by a tenth of them at most."""
    small = hosted(term=24.0)
    for first, until, quantity, most in (("2023-01-01", "2024-01-01", 100, 1.0), ("2024-01-01", None, 200, 0.1)):
        small.add("take_or_pay", agreement="deal", valid_from=day(first), valid_until=until and day(until), price=10,
                  quantity=quantity, carry_forward_months=12, carry_forward_share=most)  # fmt: skip
    settlement = settled(good(good(small, "2023-02", 130), "2024-02", 150))
    assert amounts(settlement) == {"2024-12": 300.0}
    assert _bank(settlement, "carry_forward") == [(0, 30, 0, 0, 30), (30, 0, 20, 10, 0)]


def test_terms_without_make_up_end_what_could_be_made_up() -> None:
    small = hosted()
    for first, until, months in (("2023-01-01", "2024-01-01", 24), ("2024-01-01", None, 0)):
        small.add("take_or_pay", agreement="deal", valid_from=day(first), valid_until=until and day(until), price=10,
                  quantity=100, make_up_months=months)  # fmt: skip
    settlement = settled(good(good(good(small, "2023-02", 90), "2024-02", 120), "2025-02", 95))
    assert amounts(settlement) == {"2023-12": 100.0, "2025-12": 50.0}
    assert _bank(settlement, "make_up")[0] == (0, 10, 0, 10, 0)
    assert _bank(settlement, "make_up")[1:] == [(0, 0, 0, 0, 0)] * 2


def test_a_gap_between_terms_ends_what_could_be_made_up() -> None:
    small = hosted()
    for first, until in (("2023-01-01", "2024-01-01"), ("2024-02-01", None)):
        small.add("take_or_pay", agreement="deal", valid_from=day(first), valid_until=until and day(until), price=10,
                  quantity=100, make_up_months=36)  # fmt: skip
    settlement = settled(good(good(good(small, "2023-02", 90), "2024-03", 120), "2025-03", 92))
    assert amounts(settlement) == {"2023-12": 100.0}
    assert _bank(settlement, "make_up")[0] == (0, 10, 0, 10, 0)


def test_nothing_more_is_drawn_up_once_an_agreement_was_left() -> None:
    """Left in the middle of March 2023; a count of February is corrected in June, and the horizon starts in 2026."""
    small = hosted().add("processing_fees", agreement="deal", fee=7.0).add("exit_terms", agreement="deal")
    small.add("exits", agreement="deal", notice=day("2023-02-10"), exit=day("2023-03-16"), by="brand")
    good(good(small, "2023-02", 10), "2023-02", 12, recorded_at=day("2023-06-20"), correction="yes")
    listed = [day(f"2023-{month:02d}-01") for month in (1, 2, 3, 6)]
    assert settled(small)["statements"]["statement"].to_list() == listed
    later = settled(small, as_of=day("2099-01-01"))
    assert later["statements"]["statement"].to_list() == listed
    assert "4 statements, 2023-01 to 2023-06" in later.summary()


def test_an_agreement_whose_term_is_over_has_no_more_statements() -> None:
    small = good(hosted(term=12.0).add("processing_fees", agreement="deal", fee=7.0), "2023-02", 10)
    statements = settled(small, as_of=day("2099-01-01"))["statements"]
    assert (statements.height, statements["until"].max()) == (12, day("2024-01-01"))


def test_what_was_built_before_an_exit_was_known_is_taken_back() -> None:
    """Left on 16 March by a notice that was recorded only in May: the units of April were billed, and are credited."""
    small = hosted().add("processing_fees", agreement="deal", fee=7.0).add("exit_terms", agreement="deal")
    small.add("exits", agreement="deal", notice=day("2023-02-10"), exit=day("2023-03-16"), by="host",
              recorded_at=day("2023-05-20"))  # fmt: skip
    assert amounts(settled(good(good(small, "2023-02", 10), "2023-04", 5))) == {
        "2023-02": 70.0, "2023-04": 35.0, "2023-05": -35.0,
    }  # fmt: skip


# -- what becomes known later ------------------------------------------------------------------------------------------


def test_a_corrected_count_is_a_line_of_the_next_statement() -> None:
    small = hosted().add("processing_fees", agreement="deal", fee=7.0)
    good(good(small, "2023-02", 10), "2023-03", 10)
    good(small, "2023-02", 12, recorded_at=day("2023-03-20"), correction="yes")
    settlement = settled(small)
    assert amounts(settlement) == {"2023-02": 70.0, "2023-03": 84.0}
    row = settlement["lines"].filter(kind="correction").row(0, named=True)
    assert (row["statement"], row["month"], row["amount"]) == (day("2023-03-01"), day("2023-02-01"), 14.0)
    operands = settlement["operands"].filter(statement=day("2023-03-01"), number=row["number"])
    assert dict(operands.select("operand", "value").iter_rows()) == {"due": 84.0, "billed": 70.0}


def test_a_true_up_that_is_known_late_tells_what_was_spent_and_charged() -> None:
    """Of the December of a year, the charge and its true-up are due by what is known in February."""
    charge = {"charge": "rent", "amount": 5_000.0, "per": "month", "true_up": "yearly", "true_up_cap": 0.1}
    small = hosted().add("fixed_charges", agreement="deal", **charge)
    small.add("actuals", agreement="deal", measure="cost", charge="rent", from_=START, until=day("2024-01-01"),
              quantity=63_500.0, recorded_at=day("2024-02-20"))  # fmt: skip
    settlement = settled(small)
    row = settlement["lines"].filter(kind="correction").row(0, named=True)
    assert (row["statement"], row["month"], row["amount"]) == (day("2024-02-01"), day("2023-12-01"), 3_500.0)
    due = settlement["due"].select("number", "place", "words", "amount").rows()
    assert due == [(row["number"], 1, "fixed_charge.month", 5_000.0), (row["number"], 2, "true_up.capped", 3_500.0)]
    figures = settlement["due_operands"].filter(place=2).select("operand", "value").iter_rows()
    assert dict(figures) == {"spent": 63_500.0, "charged": 60_000.0, "most": 6_000.0}


def test_what_is_taken_back_whole_has_nothing_due() -> None:
    small = hosted().add("fixed_charges", agreement="deal", charge="rent", amount=90.0, per="month")
    small.add("exit_terms", agreement="deal")
    small.add("exits", agreement="deal", notice=day("2023-02-01"), exit=day("2023-03-01"), by="brand",
              recorded_at=day("2023-04-20"))  # fmt: skip
    corrected = settled(small)["lines"].filter(kind="correction")
    assert corrected.select("month", "words", "amount").rows() == [(day("2023-03-01"), "correction.taken_back", -90.0)]
    assert settled(small)["due"].is_empty()


def test_a_plan_is_no_case() -> None:
    plan = hosted(starts=day("2026-01-01")).plan()
    with pytest.raises(
        TypeError, match="settle takes a Case, not a Plan; for the statements that a plan leads to call pro_forma"
    ):
        coplant.settle(plan)  # type: ignore[arg-type]


def test_a_count_corrected_before_its_statement_is_drawn_up_is_no_correction() -> None:
    small = hosted(statement_days=10).add("processing_fees", agreement="deal", fee=7.0)
    good(good(small, "2023-02", 10), "2023-02", 12, recorded_at=day("2023-03-11"), correction="yes")
    settlement = settled(small)
    assert amounts(settlement) == {"2023-02": 84.0}
    assert settlement["lines"].filter(kind="correction").is_empty()


def test_an_amendment_corrects_the_months_it_reaches_back_to() -> None:
    """A fee of 7 is agreed in May to have been 6 since March."""
    small = hosted().add("processing_fees", agreement="deal", fee=7.0)
    small.add("processing_fees", agreement="deal", fee=6.0, valid_from=day("2023-03-01"), recorded_at=day("2023-05-20"))
    for month in ("2023-02", "2023-03", "2023-04", "2023-05"):
        good(small, month, 10)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-02": 70.0, "2023-03": 70.0, "2023-04": 70.0, "2023-05": 40.0}
    corrected = settlement["lines"].filter(kind="correction")
    assert corrected.select("month", "amount").rows() == [(day("2023-03-01"), -10.0), (day("2023-04-01"), -10.0)]


def test_statements_as_of_an_old_day_are_those_that_were_issued_then() -> None:
    small = hosted().add("processing_fees", agreement="deal", fee=7.0)
    small.add("processing_fees", agreement="deal", fee=6.0, valid_from=day("2023-03-01"), recorded_at=day("2023-05-20"))
    for month in ("2023-02", "2023-03", "2023-04", "2023-05"):
        good(small, month, 10)
    now, then = settled(small), settled(small, as_of=day("2023-05-15"))
    assert amounts(then) == {"2023-02": 70.0, "2023-03": 70.0, "2023-04": 70.0}
    for table in ("statements", "lines", "operands", "due", "due_operands"):
        old = now[table].filter(now[table]["statement"] < day("2023-05-01"))
        assert old.equals(then[table]), table


@pytest.mark.parametrize(("first", "until", "kept"), [
    ("2023-03-01", None, ["2023-03", "2023-04"]),
    (None, "2023-03-01", ["2023-02"]),
    ("2023-03-15", "2023-04-01", ["2023-03"]),
])  # fmt: skip
def test_statements_are_kept_by_their_months(first: str | None, until: str | None, kept: list[str]) -> None:
    small = hosted().add("processing_fees", agreement="deal", fee=7.0)
    for month in ("2023-02", "2023-03", "2023-04"):
        good(small, month, 10)
    settlement = settled(small, first=day(first) if first else None, until=day(until) if until else None)
    assert list(amounts(settlement)) == kept


def test_an_account_is_known_from_before_the_first_statement_that_is_kept() -> None:
    small = hosted().add("tooling", agreement="deal", tool="press", amount=1_200, payment="annuity", months=12)
    kept = settled(small, first=day("2023-06-01"))["balances"]
    assert kept.select("day", "closing").rows()[:2] == [(day("2023-05-01"), 700.0), (day("2023-06-01"), 600.0)]
    assert settled(small)["balances"].row(0) == ("deal", "tooling", "unpaid", "press", START, 0.0, 1_200.0, 100.0, 0.0,
                                                 1_100.0)  # fmt: skip
