"""Calendar, buckets, dated rates, lead times and discounting, against slow ways to reach the same."""

from __future__ import annotations

import calendar
import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.timeline import Timeline, add_months, integral, lag_matrix, mean_value, overlaps, periods

KINDS = ("hour", "day", "week", "month", "quarter", "year")
NEVER = np.datetime64("NaT", "D")

days = st.dates(datetime.date(2019, 6, 1), datetime.date(2025, 6, 1)).map(lambda day: np.datetime64(day, "D"))
bucket_lists = st.lists(
    st.tuples(st.sampled_from(["day", "week", "month", "quarter", "year"]), st.integers(1, 3)), min_size=1, max_size=4
)


@st.composite
def bounds(draw: st.DrawFn) -> np.ndarray:
    """Bounds of buckets of any lengths."""
    lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=8))
    return draw(days) + np.concatenate([[0], np.cumsum(lengths)])


@st.composite
def dated(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Some dated rows: first day, day after the last, value, period, owner."""
    rows = draw(
        st.lists(
            st.tuples(
                days,
                st.one_of(st.none(), st.integers(-5, 400)),
                st.floats(0, 100),
                st.sampled_from(KINDS),
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=5,
        )
    )
    first = np.array([row[0] for row in rows])
    until = np.array([NEVER if row[1] is None else row[0] + row[1] for row in rows])
    value, owner = np.array([row[2] for row in rows]), np.array([row[4] for row in rows])
    return first, until, value, np.array([row[3] for row in rows], dtype=object), owner


def _share_of_period(day: np.datetime64, per: str) -> float:
    """Share of a period that one day is."""
    date = day.astype(object)
    month = calendar.monthrange(date.year, date.month)[1]
    if per == "month":
        return 1 / month
    if per == "quarter":
        first = (date.month - 1) // 3 * 3 + 1
        return 1 / sum(calendar.monthrange(date.year, first + k)[1] for k in range(3))
    if per == "year":
        return 1 / (366 if calendar.isleap(date.year) else 365)
    return {"hour": 24.0, "day": 1.0, "week": 1 / 7}[per]


@given(days, st.integers(0, 800), st.sampled_from(KINDS))
def test_periods_between_days_are_the_sum_of_each_days_share(first: np.datetime64, count: int, per: str) -> None:
    slow = sum(_share_of_period(first + k, per) for k in range(count))
    assert periods(first + count, per) - periods(first, per) == pytest.approx(slow, rel=1e-9, abs=1e-9)


@given(days, st.integers(-30, 60))
def test_adding_months_keeps_the_day_or_takes_the_months_last(day: np.datetime64, months: int) -> None:
    date, reached = day.astype(object), add_months(day, months).astype(object)
    assert reached.year * 12 + reached.month == date.year * 12 + date.month + months
    assert reached.day == min(date.day, calendar.monthrange(reached.year, reached.month)[1])


def test_a_part_of_a_month_is_a_share_of_the_days_of_the_month_reached() -> None:
    assert add_months(np.datetime64("2024-01-01"), 1.5) == np.datetime64("2024-02-15")  # half of 29, to even
    assert add_months(np.datetime64("2023-01-10"), 0.5) == np.datetime64("2023-01-26")  # half of 31, to even
    assert add_months(np.datetime64("2023-12-31"), [2, 2.0, 14]).tolist() == [
        datetime.date(2024, 2, 29),
        datetime.date(2024, 2, 29),
        datetime.date(2025, 2, 28),
    ]


def test_buckets_lie_end_to_end_and_are_called_what_they_are() -> None:
    timeline = Timeline.of(datetime.date(2023, 3, 13), [("week", 1), ("day", 12), ("quarter", 1), ("year", 1)])
    assert timeline.bounds[[0, 1, 2, 13, 14, 15]].tolist() == [
        datetime.date(2023, 3, 13),
        datetime.date(2023, 3, 20),
        datetime.date(2023, 3, 21),
        datetime.date(2023, 4, 1),
        datetime.date(2023, 7, 1),
        datetime.date(2024, 7, 1),
    ]
    assert timeline.labels[:2] == ("2023-03-13", "2023-03-20")
    assert timeline.labels[13:] == ("2023-Q2", "2023-07-01")
    assert len(timeline) == 15
    whole = Timeline.of(datetime.date(2023, 11, 1), [("month", 2), ("quarter", 4), ("year", 1)])
    assert whole.labels == ("2023-11", "2023-12", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025")
    assert whole.months.tolist() == [1, 1, 3, 3, 3, 3, 12]
    assert whole.days.tolist() == [30, 31, 91, 91, 92, 92, 365]


def test_months_from_the_end_of_a_month_find_its_end_again() -> None:
    timeline = Timeline.of(datetime.date(2024, 1, 31), [("month", 3)])
    assert [str(day) for day in timeline.bounds] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


@given(days, bucket_lists, st.floats(0, 0.5))
def test_money_is_discounted_from_the_middle_of_its_bucket(
    start: np.datetime64, kinds: list[tuple[str, int]], rate: float
) -> None:
    timeline = Timeline.of(start.astype(object), kinds)
    for step, factor in enumerate(timeline.discount_factors(rate)):
        first, until = timeline.bounds[step : step + 2]
        years = ((first - start).astype(float) + (until - first).astype(float) / 2) / 365.25
        assert factor == pytest.approx((1 + rate) ** -years, rel=1e-12)
    end = timeline.bounds[-1]
    years = (end - start).astype(float) / 365.25
    assert timeline.discount_factor_at(end, rate) == pytest.approx((1 + rate) ** -years, rel=1e-12)
    assert timeline.discount_factor_at(start, rate) == 1.0


def test_a_day_is_in_one_bucket_or_in_the_nearest() -> None:
    timeline = Timeline.of(datetime.date(2023, 1, 1), [("month", 3)])
    for day, bucket in {"2022-12-01": 0, "2023-01-31": 0, "2023-02-01": 1, "2023-03-31": 2, "2023-04-01": 2}.items():
        assert timeline.bucket_of(np.datetime64(day)) == bucket


@given(bounds(), dated())
def test_overlaps_are_those_of_every_span_with_every_bucket(edges: np.ndarray, rows: tuple[np.ndarray, ...]) -> None:
    first, until = rows[:2]
    slow = [
        (span, bucket, max(low, begin), min(high, end))
        for span, (begin, end) in enumerate(zip(first, np.where(np.isnat(until), edges[-1], until), strict=True))
        for bucket, (low, high) in enumerate(pairwise(edges))
        if max(low, begin) < min(high, end)
    ]
    assert list(zip(*overlaps(edges, first, until), strict=True)) == slow


@given(bounds(), dated())
def test_a_rate_is_integrated_day_by_day(edges: np.ndarray, rows: tuple[np.ndarray, ...]) -> None:
    first, until, rate, per, owner = rows
    slow = np.zeros((3, len(edges) - 1))
    for k in range(len(first)):
        for bucket, (low, high) in enumerate(pairwise(edges)):
            for day in np.arange(low, high):
                if first[k] <= day and (np.isnat(until[k]) or day < until[k]):
                    slow[owner[k], bucket] += rate[k] * _share_of_period(day, per[k])
    assert integral(edges, first, until, rate, per, owner, 3) == pytest.approx(slow, rel=1e-9, abs=1e-9)


@given(bounds(), dated())
def test_a_price_is_averaged_over_the_days_on_which_it_is_known(
    edges: np.ndarray, rows: tuple[np.ndarray, ...]
) -> None:
    first, until, value, _, owner = rows
    got = mean_value(edges, first, until, value, owner, 3)
    for who in range(3):
        for bucket, (low, high) in enumerate(pairwise(edges)):
            known = [
                value[k]
                for k in np.flatnonzero(owner == who)
                for day in np.arange(low, high)
                if first[k] <= day and (np.isnat(until[k]) or day < until[k])
            ]
            expected = np.mean(known) if known else np.nan
            assert got[who, bucket] == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def test_no_limit_is_a_rate_too() -> None:
    edges = np.array(["2023-01-01", "2023-02-01", "2023-03-01"], dtype="datetime64[D]")
    rows = (np.array([edges[1]]), np.array([NEVER]), np.array([np.inf]), np.array(["month"], dtype=object))
    assert integral(edges, *rows, np.array([0]), 1).tolist() == [[0.0, np.inf]]


leads = st.one_of(st.integers(0, 150).map(float), st.floats(0, 150))


@given(bounds(), leads)
def test_starts_spread_evenly_arrive_in_the_shares_that_sampling_finds(edges: np.ndarray, lead: float) -> None:
    share = lag_matrix(edges, lead).toarray()
    number = (edges - edges[0]).astype(float)
    for start, (low, high) in enumerate(pairwise(number)):
        moments = low + (np.arange(2000) + 0.5) / 2000 * (high - low) + lead
        counted = np.histogram(moments, number)[0] / 2000
        counted[-1] -= np.sum(moments == number[-1]) / 2000
        assert share[start] == pytest.approx(counted, abs=1.1 / 2000)


@given(bounds(), leads)
def test_what_starts_arrives_once_unless_it_is_late(edges: np.ndarray, lead: float) -> None:
    share = lag_matrix(edges, lead).toarray()
    end = (edges[1:] - edges[0]).astype(float) + lead
    horizon = float((edges[-1] - edges[0]).astype(float))
    length = np.diff(edges).astype(float)
    late = np.clip(end - horizon, 0.0, length) / length
    assert share.sum(axis=1) == pytest.approx(1.0 - late, abs=1e-9)
    assert (share >= 0).all()
    assert np.array_equal(share, np.triu(share))


@given(bounds(), st.sampled_from(["exact", "conservative"]))
def test_without_a_lead_time_everything_arrives_at_once(edges: np.ndarray, rule: str) -> None:
    assert np.array_equal(lag_matrix(edges, 0.0, rule).toarray(), np.eye(len(edges) - 1))


@given(bounds(), st.integers(0, 150))
def test_the_conservative_rule_waits_for_the_last_unit(edges: np.ndarray, lead: int) -> None:
    share = lag_matrix(edges, float(lead), "conservative").toarray()
    for start in range(len(edges) - 1):
        last_unit = edges[start + 1] - 1 + lead  # the last unit starts late on the bucket's last day
        expected = [float(low <= last_unit < high) for low, high in pairwise(edges)]
        assert share[start].tolist() == expected


@given(bounds(), leads)
def test_the_conservative_rule_is_never_earlier_than_the_exact_one(edges: np.ndarray, lead: float) -> None:
    exact, conservative = (
        np.cumsum(lag_matrix(edges, lead, rule).toarray(), axis=1) for rule in ("exact", "conservative")
    )
    assert (conservative <= exact + 1e-9).all()
