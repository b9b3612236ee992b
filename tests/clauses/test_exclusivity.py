"""What no other host builds while an agreement runs, and for some time after."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase

JANUARY, FEBRUARY, MARCH, APRIL = (datetime.date(2023, month, 1) for month in (1, 2, 3, 4))


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def _kept(deal: dict[str, Any] | None = None, buckets: str = "month:4", **row: Any) -> SmallCase:
    """A dear host with an exclusivity, a rival that builds cheaper, and a dear plant of the brand; 10 cars a month."""
    small = SmallCase(buckets).host(**{"term": 2.0, **(deal or {})}).host("other", "elsewhere", term=12.0).item("car")
    routes = (("dear", "host", "deal", 50.0), ("rival", "elsewhere", "other", 10.0), ("own", "works", None, 70.0))
    for name, site, agreement, cost in routes:
        small.route("car", route=name, site=site, agreement=agreement, cost=cost)
        small.line(name, 10, "month", resource=name, site=site)
        small.add("lanes", lane=name, item="car", from_site=site, to_site="shop")
    small.add("sites", site="shop", kind="market").demand("car", 10, "month", price=100.0, site="shop", wait_share=0)
    return small.add("exclusivity", agreement="deal", **row)


def _made(small: SmallCase, route: str = "rival", **options: Any) -> list[float]:
    plan = small.plan(**options)
    made = dict(plan["made"].filter(route=route).select("bucket", "started").iter_rows())
    return [made.get(bucket, 0.0) for bucket in plan["buckets"]["bucket"]]


def test_no_other_host_builds_while_the_agreement_runs() -> None:
    """In force for two months of four."""
    assert _made(_kept()) == [0.0, 0.0, _near(10), _near(10)]


@pytest.mark.parametrize(("months", "last"), [(1, [0, 10]), (2, [0, 0]), (0.5, [10 * 15 / 31, 10])])
def test_it_holds_on_for_some_months_after(months: float, last: list[float]) -> None:
    """Half of March is 16 of its 31 days."""
    assert _made(_kept(months_after=months)) == [0.0, 0.0, *(_near(each) for each in last)]


def test_without_capacity_what_is_left_of_a_month_is_not_limited() -> None:
    """Until mid-February: the rival builds the ten of February in its second half."""
    small = _kept(valid_until=datetime.date(2023, 2, 15))
    for table in ("resources", "loads", "resource_capacity"):
        small.tables[table] = [row for row in small.tables[table] if "rival" not in (row["resource"], row.get("route"))]
    assert _made(small)[:2] == [0.0, _near(10)]


def test_only_the_days_on_which_it_holds_count() -> None:
    """It ends before the agreement does, so that nothing holds on after."""
    small = _kept({"term": 4.0}, valid_from=FEBRUARY, valid_until=MARCH, months_after=6)
    assert _made(small) == [_near(10), 0.0, _near(10), _near(10)]


def test_own_plants_may_build_unless_they_are_excluded() -> None:
    """The exclusive host builds 10, the works the other 10 of 20."""
    for own_plant, made in (("allowed", _near(10)), ("excluded", 0.0)):
        small = _kept(own_plant=own_plant)
        small.tables["demand"][0]["quantity"] = 20
        assert _made(small, "own")[0] == made


def test_another_product_is_free() -> None:
    small = _kept(item="car").item("van").route("van", route="vans", site="elsewhere", agreement="other", cost=1.0)
    small.demand("van", 10, "month", price=100.0, site="elsewhere")
    assert _made(small, "vans")[0] == _near(10)


def test_every_product_of_the_agreement_is_kept_where_none_is_named() -> None:
    small = _kept().item("van").route("van", route="vans", site="elsewhere", agreement="other", cost=1.0)
    small.route("van", route="dear vans", site="host", agreement="deal", cost=200.0)
    small.demand("van", 10, "month", price=100.0, site="elsewhere", wait_share=0)
    assert _made(small, "vans") == [0.0, 0.0, _near(10), _near(10)]


def test_what_is_not_signed_keeps_nothing() -> None:
    """The exclusive host is dearer: the option is worth nothing and closes the rival."""
    assert _made(_kept({"status": "option"})) == [_near(10)] * 4


def test_another_agreement_with_the_same_host_is_free() -> None:
    small = _kept()
    small.add("agreements", agreement="second", host="host", site="host", status="signed", starts=JANUARY, term=12.0)
    small.route("car", route="more", site="host", agreement="second", cost=20.0)
    small.line("more", 10, "month", resource="more", site="host")
    small.add("lanes", lane="more", item="car", from_site="host", to_site="shop")
    assert _made(small, "more")[0] == _near(10)


@pytest.mark.parametrize(
    ("months", "made"), [(0, [0.0, 10, 10, 10]), (1, [0.0, 0.0, 10, 10]), (2.5, [0.0, 0.0, 0.0, 5])]
)
def test_it_holds_on_after_an_exit(months: float, made: list[float]) -> None:
    """Rent makes the brand leave at once, at the start of February; half of April is left after 2.5 months."""
    small = _kept({"term": 12.0}, months_after=months).add("exit_terms", agreement="deal", notice=1)
    small.add("fixed_charges", agreement="deal", charge="rent", amount=5_000, per="month")
    assert _made(small) == [_near(each) for each in made]


def test_it_holds_on_after_an_exit_on_record() -> None:
    small = _kept({"term": 12.0}, months_after=1).add("exit_terms", agreement="deal")
    small.add("exits", agreement="deal", notice=JANUARY, exit=FEBRUARY, by="host")
    assert _made(small) == [0.0, 0.0, _near(10), _near(10)]


def test_it_holds_on_after_an_agreement_that_ended_before_the_horizon() -> None:
    small = _kept({"starts": datetime.date(2022, 7, 1), "term": 6.0}, months_after=2)
    assert _made(small) == [0.0, 0.0, _near(10), _near(10)]


def test_branches_are_covered_alike() -> None:
    small = _kept(months_after=1)
    plain = small.plan()
    small.branch("weather", FEBRUARY, {"fair": 0.3, "foul": 0.7})
    assert small.hedge().objective == _near(plain.objective)
