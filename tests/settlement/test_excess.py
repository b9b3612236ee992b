"""What is owed for parts that a host holds, one small agreement for each term of the clause."""

from __future__ import annotations

from typing import Any

import pytest
from settlement.test_statements import day, good, hosted, settled
from small_case import SmallCase

import coplant
from coplant import Settlement
from coplant.report.settled.view import SettledView
from coplant.report.words import words_of


def stocked(taken: float = 2.0, host: dict[str, Any] | None = None, share: float = 1.0, **terms: Any) -> SmallCase:
    """A car takes bolts at 35, of which the brand takes on what three months do not need."""
    small = hosted(**host or {}).item("bolt").offer("bolt", 35.0, site="host")
    small.add("bom", route="car", item="bolt", quantity=taken)
    small.tables["routes"][0]["yield"] = share
    row = {"agreement": "deal", "item": "bolt", "window_months": 3, "cost": 35.0, "review": "month"}
    return small.add("excess", **(row | terms))


def count(small: SmallCase, on: str, on_hand: float | None = None, on_order: float | None = None) -> SmallCase:
    for measure, quantity in (("on_hand", on_hand), ("on_order", on_order)):
        if quantity is not None:
            small.add("actuals", agreement="deal", measure=measure, item="bolt", from_=day(on), quantity=quantity)
    return small


def forecast(small: SmallCase, published: str, item: str = "car", **by_month: float) -> SmallCase:
    """Units by month of 2023, such as ``m04``."""
    for name, quantity in by_month.items():
        small.add("forecasts", agreement="deal", item=item, published=day(published), month=day(f"2023-{name[1:]}-01"),
                  quantity=quantity)  # fmt: skip
    return small


def by_month(settlement: Settlement, line: str) -> dict[str, float]:
    rows = settlement["lines"].filter(line=line)
    return {f"{month:%Y-%m}": amount for month, amount in rows.select("statement", "amount").iter_rows()}


def account(settlement: Settlement) -> list[tuple[float, ...]]:
    """States of the account in which anything moved."""
    rows = settlement["balances"].filter(account="claimed").select("opening", "added", "used", "lapsed", "closing")
    return [row for row in rows.iter_rows() if any(row[1:4])]


def test_what_a_lower_forecast_leaves_is_claimed_once() -> None:
    """Of 50 bolts February needs 2 x (10 + 10) in March to May, March 2 x (5 + 5 + 5) in April to June.

    10 are claimed, and then the 10 by which the excess has grown.
    """
    small = count(stocked(), "2023-02-01", on_hand=50)
    forecast(small, "2023-01-10", m04=10, m05=10, m06=10, m07=10)
    forecast(small, "2023-03-20", m04=5, m05=5, m06=5, m07=100)
    count(small, "2023-04-01", on_hand=0)
    settlement = settled(small)
    assert by_month(settlement, "excess") == {"2023-02": 350.0, "2023-03": 350.0}
    rows = settlement["excesses"].select("day", "forecast", "demand", "excess", "claimed", "claim", "number").rows()
    assert rows == [
        (day("2023-02-28"), day("2023-01-10"), 40.0, 10.0, 0.0, 10.0, 1),
        (day("2023-03-31"), day("2023-03-20"), 30.0, 20.0, 10.0, 10.0, 1),
    ]


def test_the_line_says_on_which_day_what_it_is_for_was_counted() -> None:
    """Bolts are counted in January; the statement of March is still by that count, and no order was ever counted."""
    small = count(stocked(carrying_rate=0.01), "2023-01-31", on_hand=90)
    settlement = settled(good(forecast(small, "2023-01-10", m04=10), "2023-03", 1))
    expected = {
        "en": "90 on hand, counted on 31 January 2023, + 0 on order, never counted, ",
        "fr": "90 en stock, comptées le 31 janvier 2023, + 0 en commande, jamais comptées, ",
    }
    for language, told in expected.items():
        view = SettledView(settlement, words_of(language))
        march = next(one for one in view.statements if one.month == day("2023-03-01"))
        assert told in view.arithmetic(next(line for line in march.lines if line.line == "carrying"))


def test_when_the_excess_falls_the_claimed_stock_falls_with_it() -> None:
    """30 too many, then 10, then 25: the 15 that came anew are claimed."""
    small = forecast(stocked(), "2023-01-01", m07=0)
    for month, units in (("02", 30), ("03", 10), ("04", 25)):
        count(small, f"2023-{month}-05", on_hand=units)
    count(small, "2023-05-05", on_hand=0)
    settlement = settled(small)
    assert by_month(settlement, "excess") == {"2023-02": 30 * 35.0, "2023-04": 15 * 35.0}
    assert account(settlement) == [
        (0.0, 30.0, 0.0, 0.0, 30.0),
        (30.0, 0.0, 20.0, 0.0, 10.0),
        (10.0, 15.0, 0.0, 0.0, 25.0),
        (25.0, 0.0, 25.0, 0.0, 0.0),
    ]


@pytest.mark.parametrize(("forecast_then", "counted"), [(100, 60), (50, 60), (40, 40), (20, 0), (0, 0)])
def test_what_is_bought_beyond_its_forecast_is_the_hosts_own_risk(forecast_then: float, counted: float) -> None:
    """40 on hand, and 60 ordered when 2 x that many were needed; then all demand is gone."""
    small = count(stocked(review="quarter"), "2023-02-01", on_hand=40, on_order=60)
    forecast(forecast(small, "2023-01-10", m03=forecast_then), "2023-02-20", m03=0)
    small.add("actuals", agreement="deal", measure="good", item="car", from_=day("2023-03-01"), quantity=1)
    (row,) = settled(small)["excesses"].filter(day=day("2023-03-31")).rows(named=True)
    assert (row["on_order"], row["counted"], row["excess"]) == (60.0, counted, 40.0 + counted)
    assert (row["ordered"], row["forecast_then"], row["forecast"]) == (
        day("2023-02-01"), day("2023-01-10"), day("2023-02-20"),
    )  # fmt: skip


def test_carrying_is_charged_every_month_and_claims_wait_for_their_review() -> None:
    """1 % of 20 x 35 for February and March; the claim when the quarter closes, with 10 % for handling."""
    small = stocked(review="quarter", carrying_rate=0.01, handling_share=0.1)
    small = count(count(forecast(small, "2023-01-10", m12=1), "2023-02-01", on_hand=20), "2023-04-01", on_hand=0)
    settlement = settled(small)
    assert by_month(settlement, "carrying") == {"2023-02": 7.0, "2023-03": 7.0}
    assert by_month(settlement, "excess") == {"2023-03": pytest.approx(770.0)}


@pytest.mark.parametrize(("review", "months"), [("month", ["02"]), ("quarter", ["03"]), ("year", ["12"])])
def test_claims_are_made_at_the_close_of_calendar_periods(review: str, months: list[str]) -> None:
    small = count(forecast(stocked(review=review), "2023-01-10", m12=0), "2023-02-01", on_hand=20)
    assert list(by_month(settled(small), "excess")) == [f"2023-{month}" for month in months]


def test_the_parts_of_a_car_count_through_what_it_is_made_of() -> None:
    """Half of the cars are good: each takes 4 frames of 3 bolts, and 4 bolts; a frame and 7 bolts are forecast too."""
    small = stocked(share=0.5).item("frame").route("frame", bom={"bolt": 3.0}, site="host", agreement="deal")
    small.add("bom", route="car", item="frame", quantity=2.0)
    small.route("frame", bom={"bolt": 2.0}, route="thrifty", site="host", agreement="deal")
    count(forecast(small, "2023-01-10", m03=10), "2023-02-01", on_hand=1_000)
    forecast(forecast(small, "2023-01-10", item="frame", m03=1), "2023-01-10", item="bolt", m04=7)
    (row,) = settled(small)["excesses"].filter(day=day("2023-02-28")).rows(named=True)
    assert row["demand"] == 10 * (2 / 0.5 + (2 / 0.5) * 3) + 3 + 7


def test_part_of_a_month_in_the_window_counts_as_part() -> None:
    small = count(stocked(window_months=1.25), "2023-02-01", on_hand=1_000)
    (row, *_) = settled(forecast(small, "2023-01-10", m03=10, m04=8, m05=99))["excesses"].rows(named=True)
    assert row["demand"] == 2 * (10 + 0.25 * 8)


def _left(by: str, cause: str) -> SmallCase:
    """20 bolts too many in March, 60 on hand, and an exit on 16 April."""
    small = forecast(stocked(carrying_rate=0.02), "2023-01-10", m04=10, m05=10)
    count(small, "2023-03-01", on_hand=60).add("exit_terms", agreement="deal")
    return small.add(
        "exits", agreement="deal", notice=day("2023-04-01"), exit=day("2023-04-16"), by=by, cause=cause
    )  # fmt: skip


@pytest.mark.parametrize(("by", "cause"), [("brand", "convenience"), ("host", "default")])
def test_a_brand_at_fault_for_an_exit_takes_all_that_is_left(by: str, cause: str) -> None:
    """20 were claimed; the other 40 are its last-time buy, and 60 are carried for half of April."""
    settlement = settled(_left(by, cause))
    assert by_month(settlement, "excess") == {"2023-03": 700.0, "2023-04": 1_400.0}
    assert by_month(settlement, "carrying") == {"2023-03": 14.0, "2023-04": 0.02 * 60 * 35 * 0.5}
    assert account(settlement) == [(0.0, 20.0, 0.0, 0.0, 20.0), (20.0, 40.0, 60.0, 0.0, 0.0)]


@pytest.mark.parametrize(("by", "cause"), [("host", "convenience"), ("brand", "default")])
def test_a_host_at_fault_for_an_exit_keeps_what_is_left(by: str, cause: str) -> None:
    settlement = settled(_left(by, cause))
    assert by_month(settlement, "excess") == {"2023-03": 700.0}
    assert by_month(settlement, "carrying") == {"2023-03": 14.0}
    assert account(settlement) == [(0.0, 20.0, 0.0, 0.0, 20.0), (20.0, 0.0, 0.0, 20.0, 0.0)]


def test_the_end_of_the_term_closes_the_account_too() -> None:
    small = forecast(stocked(host={"term": 3.0}), "2023-01-10", m03=10, m04=10)
    settlement = settled(count(small, "2023-02-01", on_hand=30))
    assert by_month(settlement, "excess") == {"2023-03": 1_050.0}
    assert account(settlement) == [(0.0, 30.0, 30.0, 0.0, 0.0)]


def test_a_later_version_does_not_claim_again() -> None:
    """From April on a bolt costs 40: of the 20, claimed at 35, nothing is claimed again, of 5 more the 5."""
    small = forecast(stocked(), "2023-01-10", m12=0)
    small.add("excess", agreement="deal", item="bolt", window_months=3, cost=40.0, review="month",
              valid_from=day("2023-04-01"), recorded_at=day("2023-03-01"))  # fmt: skip
    count(count(count(small, "2023-02-01", on_hand=20), "2023-05-01", on_hand=25), "2023-06-01", on_hand=0)
    assert by_month(settled(small), "excess") == {"2023-02": 700.0, "2023-05": 200.0}


def test_a_clause_that_ends_before_the_agreement_closes_its_account() -> None:
    small = stocked(valid_until=day("2023-03-16"))
    settlement = settled(count(forecast(small, "2023-01-10", m12=0), "2023-02-01", on_hand=20))
    assert by_month(settlement, "excess") == {"2023-02": 700.0}
    assert account(settlement) == [(0.0, 20.0, 0.0, 0.0, 20.0), (20.0, 0.0, 0.0, 20.0, 0.0)]


def test_parts_cannot_be_too_many_where_nothing_was_forecast() -> None:
    small = count(stocked(), "2023-02-01", on_hand=20)
    with pytest.raises(coplant.CaseError) as caught:
        settled(small)
    (problem,) = caught.value.problems
    assert (problem.table, problem.column) == ("forecasts", "item")
    assert 'Row 1 of excess counts "bolt"' in problem.mend


def test_a_plan_pays_nothing_for_excess() -> None:
    small = stocked(host={"starts": day("2026-01-01")})
    assert "excess" not in small.plan()["money"]["line"].to_list()
