"""What is owed for forecasts that changed, one small agreement for each term of the clause."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from settlement.test_statements import amounts, day, hosted, settled
from small_case import SmallCase

from coplant import Settlement

JUNE = day("2023-06-01")


def fenced(*fences: tuple[int, float | None, float, float], price: float = 10.0, **more: Any) -> SmallCase:
    """A host of cars; fences are months ahead, rise, fall and the share that binds."""
    small = hosted(**more.pop("host", {}))
    for ahead, up, down, share in fences:
        small.add("flexibility", agreement="deal", months_ahead=ahead, up_share=up, down_share=down,
                  binding_share=share, price=price, **more)  # fmt: skip
    return small


def forecast(small: SmallCase, item: str = "car", month: str = "2023-06", **published: float) -> SmallCase:
    """Snapshots for a month by the day of publication, such as ``m03_15``."""
    for name, quantity in published.items():
        on = day(f"2023-{name[1:].replace('_', '-')}")
        small.add("forecasts", agreement="deal", item=item, published=on, month=day(f"{month}-01"), quantity=quantity)
    return small


def changes(settlement: Settlement, *columns: str) -> list[tuple[Any, ...]]:
    return settlement["changes"].sort("month", "day").select(columns).rows()


THREE = ((0, 0.05, 0.05, 1.0), (1, 0.1, 0.1, 0.5), (3, 0.2, 0.2, 0.0))


def test_a_cut_below_the_band_is_owed_in_the_month_of_its_publication() -> None:
    """Two months ahead 10 % of 100 may go: 90 - 60 are cancelled, of which half is owed."""
    small = forecast(fenced(*THREE), m01_15=100, m04_20=60)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-04": 150.0}
    line = settlement["lines"].row(0, named=True)
    assert (line["item"], line["part"], line["day"]) == ("car", "2023-06", day("2023-04-20"))
    assert (line["quantity"], line["rate"]) == (15.0, 10.0)
    (evidence,) = settlement["changes"].rows(named=True)
    assert (evidence["published"], evidence["previous_published"]) == (day("2023-04-20"), day("2023-01-15"))
    assert [evidence[name] for name in ("quantity", "previous", "least", "most", "cancelled", "share", "owed")] == [
        60.0, 100.0, 90.0, pytest.approx(110.0), 30.0, 0.5, 150.0,
    ]  # fmt: skip
    assert (evidence["statement"], evidence["number"]) == (line["statement"], line["number"])


def test_within_the_band_nothing_is_owed_and_the_comparison_is_told() -> None:
    settlement = settled(forecast(fenced(*THREE), m01_15=100, m04_20=90, m05_20=81))
    assert amounts(settlement) == {}
    assert changes(settlement, "previous", "least", "cancelled", "number") == [
        (100.0, 90.0, 0.0, None),
        (90.0, 81.0, 0.0, None),
    ]


@pytest.mark.parametrize(
    ("published", "owed"),
    [
        ("m02_28", 0.0),  # 4 months ahead: nothing binds
        ("m03_31", 0.0),  # 3
        ("m04_01", 450.0),  # 2: half of 90
        ("m05_31", 450.0),  # 1
        ("m06_30", 950.0),  # in the month itself: 95
    ],
)
def test_the_fence_is_that_of_the_months_between(published: str, owed: float) -> None:
    assert settled(forecast(fenced(*THREE), m01_15=100, **{published: 0})).total == pytest.approx(owed)


def test_a_cut_in_small_steps_is_no_cancellation_step_to_step() -> None:
    small = forecast(fenced((0, None, 0.1, 1.0)), m01_10=100, m02_10=90, m03_10=81, m04_10=72.9)
    assert settled(small).total == 0.0


def test_what_has_moved_may_not_move_again_against_the_original() -> None:
    """20 of 100 may go in all: 90 is within, 75 is 5 too few, and after that every unit counts."""
    small = forecast(fenced((0, None, 0.2, 1.0), method="original"), m01_10=100, m02_10=90, m03_10=75, m04_10=74)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-03": 50.0, "2023-04": 10.0}
    assert changes(settlement, "least") == [(80.0,), (80.0,), (75.0,)]


def test_what_was_raised_and_lowered_again_has_moved_twice() -> None:
    """10 of 100 may come and 10 may go: up to 110, down to 100, and no further either way."""
    small = forecast(fenced((0, 0.1, 0.1, 1.0), method="original"), m01_10=100, m02_10=110, m03_10=100, m04_10=100)
    assert changes(settled(small), "least", "most") == [(90.0, 110.0), (100.0, 110.0), (100.0, 100.0)]


def test_pushing_out_does_not_postpone_what_is_owed() -> None:
    small = forecast(fenced((0, None, 0.0, 1.0)), m01_10=100, m03_10=0)
    forecast(small, month="2023-09", m01_10=50, m03_10=150)
    assert amounts(settled(small)) == {"2023-03": 1_000.0}


def test_what_is_above_the_band_is_told_and_is_not_what_the_next_is_compared_with() -> None:
    """Of 200 the host accepts 110; 105 is a cut of 5 from there, within its band."""
    settlement = settled(forecast(fenced((0, 0.1, 0.1, 1.0)), m01_10=100, m02_10=200, m03_10=105, m04_10=0))
    told = [(100.0, 90.0), (110.0, 0.0), (105.0, 0.0)]
    assert changes(settlement, "previous", "beyond") == [(pytest.approx(p), pytest.approx(b)) for p, b in told]
    assert amounts(settlement) == {"2023-04": 945.0}


def test_after_a_cancellation_the_new_quantity_is_what_counts() -> None:
    settlement = settled(forecast(fenced((0, 0.1, 0.1, 1.0)), m01_10=100, m02_10=50, m03_10=45))
    assert amounts(settlement) == {"2023-02": 400.0}
    assert changes(settlement, "previous", "least") == [(100.0, 90.0), (50.0, 45.0)]


def call_off(small: SmallCase, issued: str, due: str, quantity: float) -> SmallCase:
    return small.add("call_offs", call_off=f"{issued}-{due}", agreement="deal", item="car", issued=day(issued),
                     due=day(due), quantity=quantity)  # fmt: skip


def test_call_offs_of_a_month_are_its_final_order_when_it_is_over() -> None:
    """40 and 30 of the 100 that were forecast; the last is called off a month ahead: 90 - 70 by half."""
    small = forecast(fenced(*THREE), m01_15=100)
    call_off(call_off(small, "2023-04-10", "2023-06-05", 40), "2023-05-20", "2023-06-20", 30)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-06": 100.0}
    assert changes(settlement, "published", "day") == [(day("2023-05-20"), day("2023-06-30"))]


def test_statements_drawn_up_between_call_offs_stay_as_they_are() -> None:
    small = forecast(fenced(*THREE), m01_15=100)
    call_off(call_off(small, "2023-04-10", "2023-06-05", 40), "2023-05-20", "2023-06-20", 55)
    assert settled(small).total == 0.0
    assert settled(small, as_of=day("2023-05-05")).total == 0.0


def test_a_month_that_was_never_forecast_is_free() -> None:
    assert settled(call_off(fenced(*THREE), "2023-05-10", "2023-06-05", 1)).total == 0.0


def test_forecasts_before_the_agreement_is_in_force_bind_nobody() -> None:
    """It starts in March: the 80 of February count as what was there before."""
    small = fenced((0, 0.1, 0.1, 1.0), host={"starts": day("2023-03-01")})
    settlement = settled(forecast(small, m01_10=100, m02_10=80, m03_10=60))
    assert amounts(settlement) == {"2023-03": 120.0}
    assert changes(settlement, "previous") == [(80.0,)]


def test_fences_hold_for_what_is_published_while_they_are_valid() -> None:
    """From April on nothing may go any more, and 20 are owed a unit; agreed in March."""
    small = fenced((0, None, 0.5, 1.0))
    small.add("flexibility", agreement="deal", months_ahead=0, down_share=0.0, binding_share=1.0, price=20.0,
              valid_from=day("2023-04-01"), recorded_at=day("2023-03-05"))  # fmt: skip
    forecast(small, m01_10=100, m02_10=40, m04_10=30)
    settlement = settled(small)
    assert amounts(settlement) == {"2023-02": 100.0, "2023-04": 200.0}
    assert settlement["lines"].filter(kind="correction").is_empty()


def test_fences_of_one_product_leave_others_free() -> None:
    small = fenced((0, None, 0.0, 1.0), item="car").item("van").route("van", site="host", agreement="deal")
    small.demand("van", 1, "month", price=1.0, site="host")
    forecast(forecast(small, m01_10=10, m02_10=5), "van", m01_10=10, m02_10=5)
    assert settled(small)["lines"]["item"].to_list() == ["car"]


def test_after_notice_nothing_is_owed_for_months_after_the_exit() -> None:
    """Notice in April for an exit in August: the cut of March is owed, that of May is for June and July only."""
    small = fenced((0, None, 0.0, 1.0)).add("exit_terms", agreement="deal", notice=3)
    small.add("exits", agreement="deal", notice=day("2023-04-15"), exit=day("2023-08-01"), by="brand")
    for month in ("2023-06", "2023-07", "2023-08", "2023-09"):
        forecast(small, month=month, m01_10=100, m03_10=90, m05_10=0)
    assert amounts(settled(small)) == {"2023-03": 400.0, "2023-05": 1_800.0}


def test_nothing_is_owed_for_months_after_the_term() -> None:
    small = fenced((0, None, 0.0, 1.0), host={"term": 6.0})
    forecast(forecast(small, m01_10=100, m02_10=0), month="2023-07", m01_10=100, m02_10=0)
    assert amounts(settled(small)) == {"2023-02": 1_000.0}


def test_evidence_is_kept_by_its_month_as_lines_are() -> None:
    small = forecast(fenced((0, None, 0.0, 1.0)), m01_10=100, m02_10=90, m03_10=80)
    settlement = settled(small, first=day("2023-03-01"), until=day("2023-04-01"))
    assert changes(settlement, "published") == [(day("2023-03-10"),)]
    assert settlement["lines"]["quantity"].to_list() == [10.0]


def test_lines_of_one_day_are_told_apart_by_their_month() -> None:
    small = forecast(fenced((0, None, 0.0, 1.0)), m01_10=100, m02_10=90)
    forecast(small, month="2023-07", m01_10=100, m02_10=70)
    settlement = settled(small)
    assert settlement["lines"].select("part", "amount").rows() == [("2023-06", 100.0), ("2023-07", 300.0)]
    numbered = settlement["changes"].join(settlement["lines"], on=["agreement", "statement", "number"])
    assert numbered.select((pl.col("owed") == pl.col("amount")).all()).item()
