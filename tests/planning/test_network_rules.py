"""What the network allows, one small case for each rule."""

from __future__ import annotations

import datetime

import pytest
from small_case import START, SmallCase, money, worth

import coplant
from coplant.errors import InfeasibleError
from coplant.planning.words import MONEY, collision_in_words, in_words
from coplant.report.sections.money import LINES

DAY = datetime.timedelta(days=1)


def _near(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def test_production_rises_from_its_start_along_its_ramp() -> None:
    """From 16 April at a quarter of 300 a month, from 16 May at half, from 16 June on fully; months of 30, 31, 30."""
    small = SmallCase("month:4", start=datetime.date(2023, 3, 1)).item("car").demand("car", 9_999, "month", price=1)
    small.route("car", from_=datetime.date(2023, 4, 16), ramp="rise").line("car", 10, "day")
    for month, share in ((0, 0.25), (1, 0.5), (2, 1.0)):
        small.add("ramps", ramp="rise", month=month, share=share)
    made = dict(small.plan()["made"].select("bucket", "started").iter_rows())
    assert made == {
        datetime.date(2023, 4, 1): _near(10 * 15 * 0.25),
        datetime.date(2023, 5, 1): _near(10 * (15 * 0.25 + 16 * 0.5)),
        datetime.date(2023, 6, 1): _near(10 * (15 * 0.5 + 15)),
    }


def test_nothing_is_started_after_the_last_day_of_a_route() -> None:
    small = SmallCase("month:2").item("car").route("car", until=datetime.date(2023, 2, 1))
    small.demand("car", 10, "month", price=1).line("car", 10, "month")
    assert small.plan()["made"]["bucket"].to_list() == [START]


def test_a_ramp_holds_for_overtime_too() -> None:
    small = SmallCase("day:1").item("car").route("car", from_=START, ramp="half").demand("car", 99, "day", price=9)
    small.add("ramps", ramp="half", month=0, share=0.5).line("car", 20, "day", overtime_quantity=10, overtime_cost=1)
    row = small.plan()["loads"].row(0, named=True)
    # 0.5 x (20 + overtime) is reached with all the overtime there is.
    assert (row["load"], row["overtime"]) == (_near(15), _near(10))


def test_what_capacity_is_worth_includes_what_it_adds_on_a_ramp() -> None:
    """At half its rate a line of 20 makes 10 cars at 9, so one more unit makes half a car."""
    small = SmallCase("day:1").item("car").route("car", from_=START, ramp="half").demand("car", 99, "day", price=9)
    small.add("ramps", ramp="half", month=0, share=0.5).line("car", 20, "day")
    plan = small.plan()
    assert worth(plan, "launch_gate", "car,line") == [_near(9)]
    assert worth(plan, "capacity", "line") == [_near(4.5)]
    wider = coplant.plan(plan.case.edit("resource_capacity", quantity=21))
    assert wider.objective - plan.objective == _near(4.5)


def test_a_lane_of_a_family_moves_all_its_items_and_no_others() -> None:
    """Of 10 places the dearer cars take 8; vans get the rest; a bus, of another family, cannot be had at the shop."""
    small = SmallCase("day:1").add("sites", site="shop", kind="market")
    for item, price, quantity, family in (("car", 9, 8, "wheels"), ("van", 5, 8, "wheels"), ("bus", 1, 8, "buses")):
        small.item(item, family=family).route(item)
        small.demand(item, quantity, "day", price=price, site="shop" if family == "wheels" else "works")
    small.add("lanes", lane="truck", family="wheels", from_site="works", to_site="shop", capacity=10, per="day", cost=1)
    plan = small.plan()
    moved = dict(plan["moved"].select("item", "quantity").iter_rows())
    assert moved == {"car": _near(8), "van": _near(2)}
    assert money(plan, "transport") == _near(-10)
    assert worth(plan, "lane_capacity", "truck") == [_near(4)]
    assert plan["sold"].filter(item="bus")["sold"].item() == _near(8)


def test_offers_of_one_allotment_share_it() -> None:
    """100 in all: 60 where a chip earns more, and a third offer that names no allotment is not counted."""
    small = SmallCase("day:1").add("sites", site="second", party="brand", kind="plant").item("chip").item("wafer")
    small.offer("chip", 1.0, offer="here", allotment="chips")
    small.offer("chip", 2.0, offer="there", site="second", allotment="chips").offer("wafer", 1.0)
    small.since("allotments", allotment="chips", quantity=100, per="day")
    small.demand("chip", 60, "day", price=9).demand("wafer", 500, "day", price=2)
    small.demand("chip", 80, "day", price=6, site="second", demand="second")
    plan = small.plan()
    bought = dict(plan["bought"].select("offer", "quantity").iter_rows())
    assert bought == {"here": _near(60), "there": _near(40), "wafer": _near(500)}
    assert plan["allotted"].row(0, named=True) | {"bucket": None} == {
        "allotment": "chips",
        "bucket": None,
        "ordered": _near(100),
        "quantity": 100.0,
    }
    assert worth(plan, "allotment", "chips") == [_near(4)]


def test_an_allotment_that_ends_in_no_limit_limits_only_until_then() -> None:
    small = SmallCase("day:2").item("chip").offer("chip", 1.0, allotment="chips").demand("chip", 50, "day", price=2)
    small.since("allotments", allotment="chips", quantity=10, per="day")
    small.add("allotments", allotment="chips", from_=START + DAY, per="day")
    assert small.plan()["bought"]["quantity"].to_list() == [_near(10), _near(50)]


@pytest.mark.parametrize(("share", "served"), [(0.0, 0.0), (0.25, 6.25), (1.0, 100.0)])
def test_a_share_of_those_who_wait_is_still_there_months_later(share: float, served: float) -> None:
    """100 asked for in January, nothing to be had until March: two months later share ** 2 of them are left."""
    small = SmallCase("month:3").item("car").route("car", from_=datetime.date(2023, 3, 1))
    small.demand("car", 100, "month", price=10, wait_share=share, lost_penalty=1)
    small.demand("car", 0, "month", wait_share=share, lost_penalty=1, from_=datetime.date(2023, 2, 1))
    plan = small.plan()
    assert plan["sold"]["sold"].sum() == _near(served)
    assert plan["sold"]["lost"].sum() == _near(100 - served)
    assert money(plan, "lost_sale") == _near(-(100 - served))
    assert money(plan, "revenue") == _near(10 * served)


def test_customers_who_wait_at_the_end_count_as_lost() -> None:
    """No delivery in time, and waiting for ever costs no less than leaving."""
    small = SmallCase("day:2").item("car").route("car", from_=datetime.date(2024, 1, 1))
    small.add("stock", item="car", site="works", quantity=1)
    small.demand("car", 10, "day", price=10, wait_share=1.0, lost_penalty=3)
    plan = small.plan()
    assert money(plan, "lost_sale") == _near(-3 * 19)
    assert not plan["money"].filter(line="lost_sale")["cash"].any()


def test_a_least_fill_that_cannot_be_kept_is_named_in_words() -> None:
    small = SmallCase("day:2").item("car").route("car").line("car", 10, "day")
    small.demand("car", 9, "day").demand("car", 20, "day", least_fill=0.9, from_=START + DAY)
    small.demand("car", 5, "day", demand="other", least_fill=0.5)
    with pytest.raises(InfeasibleError) as refused:
        coplant.plan(small.case())
    named = [rule for rule in refused.value.rules if rule.startswith("the least share of")]
    assert named
    assert any("capacity[line,2023-01-02]" in rule for rule in refused.value.rules)
    assert in_words("least_fill[car,2023-01-02]") in named
    assert str(refused.value).startswith("no plan keeps all the rules; these cannot hold together:")


def test_rules_that_collide_whatever_is_signed_are_named_for_each_choice() -> None:
    """One host has room in the first month and one in the others; halves of both would do, but not either."""
    second = datetime.date(2023, 2, 1)
    small = SmallCase("month:4").item("car").demand("car", 10, "month", price=5, least_fill=1.0)
    for host, window in (("north", {"valid_until": second}), ("south", {"valid_from": second})):
        small.host(host, host, term=4.0, status="option", group="hosts")
        small.route("car", host, route=host, agreement=host)
        small.add("lanes", lane=host, item="car", from_site=host, to_site="works")
        small.add("reservations", agreement=host, least=0, most=20, per="month", fee=0, **window)
    with pytest.raises(InfeasibleError) as refused:
        small.plan()
    collisions = refused.value.collisions
    assert set(collisions) == {"north is signed", "north is not signed"}
    # What only the other host could do is not among the rules of a choice that leaves it out.
    assert any(rule.startswith("north starts no more than is reserved") for rule in collisions["north is signed"])
    assert not [rule for rule in collisions["north is signed"] if rule.startswith("south reserves")]
    assert collisions["north is not signed"][0] == in_words("least_fill[car,2023-01]")
    assert str(refused.value).startswith("no plan keeps all the rules, whatever is chosen:\nif north is ")


def test_a_rule_that_collides_in_many_buckets_is_told_once() -> None:
    names = [f"least_fill[car,2023-0{month}]" for month in range(1, 5)] + ["reserved/north[2023-01-01]"]
    least, most = collision_in_words(names)
    assert least.startswith("the least share of car is sold in 4 buckets from 2023-01 to 2023-04 (demand.least_fill)")
    assert most == in_words("reserved/north[2023-01-01]")
    assert collision_in_words(names[:2]) == [in_words(name) for name in names[:2]]


def test_every_money_line_is_known_by_the_cells_that_set_it() -> None:
    assert set(MONEY) == set(LINES)


def test_a_least_fill_of_what_cannot_be_had_in_time_is_named() -> None:
    small = SmallCase("day:2").item("car").route("car", lead_time=5)
    small.demand("car", 9, "day", least_fill=1.0)
    with pytest.raises(InfeasibleError) as refused:
        coplant.plan(small.case())
    assert any("least_fill[car,2023-01-0" in rule for rule in refused.value.rules)


def test_lots_are_nothing_or_at_least_so_much() -> None:
    """A lot of 10 for 6 customers pays 6 x 4 - 10 x 1; at 3 customers it does not."""
    for wanted, started in ((6, 10), (2, 0)):
        small = (
            SmallCase("day:1").item("car").route("car", cost=1.0, least_lot=10).demand("car", wanted, "day", price=4)
        )
        assert small.plan()["made"]["started"].sum() == _near(started)


def test_multiples_are_whole() -> None:
    """Seven asked for at 4, in packs of 3 at 1 each: a third pack of 3 pays for its one unit, a half pack is none."""
    small = SmallCase("day:1").item("chip").offer("chip", 1.0, multiple=3).demand("chip", 7, "day", price=4)
    assert small.plan()["bought"]["quantity"].item() == _near(9)
    assert coplant.plan(small.case().edit("offer_prices", price=2.0))["bought"]["quantity"].item() == _near(6)


def test_holding_is_charged_on_the_mean_of_opening_and_closing_stock() -> None:
    """A unit of 10 at 36.525 % a year costs 0.01 a day; of 100 in stock 40 are sold each day and 20 to nobody."""
    small = SmallCase("day:2").item("car", value=10.0, holding_rate=0.36525).offer("car", 1e6)
    small.add("stock", item="car", site="works", quantity=100)
    small.demand("car", 40, "day", price=100, least_fill=1.0)
    by_day = small.plan()["money"].filter(line="holding").sort("bucket")["amount"].to_list()
    scrapped = small.plan()["stock"]["scrapped"].sum()
    # What nobody will buy is scrapped on the first day, since holding it costs: 40 are left when that closes.
    assert scrapped == _near(20)
    assert by_day == [_near(-(100 + 40) / 2 * 0.01), _near(-(40 + 0) / 2 * 0.01)]


def test_stock_below_its_target_is_priced_by_the_month() -> None:
    small = SmallCase("month:1").item("car").route("car", cost=3.0).demand("car", 0, "month")
    small.since("safety_stock", item="car", site="works", quantity=5, penalty=2.0)
    plan = small.plan()
    assert plan["stock"].select("below", "target").row(0) == (_near(5), 5.0)
    assert money(plan, "below_safety_stock") == _near(-10)
    cheap = coplant.plan(plan.case.edit("routes", cost=1.0))
    assert cheap["stock"].select("stock", "below").row(0) == (_near(5), _near(0))


def test_receipts_arrive_on_their_day_and_late_ones_not_at_all() -> None:
    small = SmallCase("day:2").item("car").offer("car", 1e6).demand("car", 10, "day", price=1)
    for day, quantity in ((0, 3), (1, 4), (5, 100)):
        small.add("receipts", item="car", site="works", date=START + day * DAY, quantity=quantity)
    assert small.plan()["sold"]["sold"].to_list() == [_near(3), _near(4)]


def test_the_mix_of_a_year_holds_back_what_earns_more() -> None:
    """Cars may be at most 60 % of revenue: 200 of vans let 300 of cars be sold."""
    small = SmallCase("month:1").item("car").item("van").route("car").route("van")
    small.demand("car", 500, "month", price=1).demand("van", 100, "month", price=2)
    small.add("mix", family="car", year=2023, most_share=0.6)
    plan = small.plan()
    assert plan["sold"].filter(item="car")["sold"].item() == _near(300)
    assert plan["revenue"].filter(family="car")["share"].item() == _near(0.6)


def test_a_family_that_must_earn_its_share_holds_back_the_others() -> None:
    """100 of vans are at least 20 % of at most 500."""
    small = SmallCase("month:1").item("car").item("van").route("car").route("van")
    small.demand("car", 900, "month", price=1).demand("van", 100, "month", price=1)
    small.add("mix", family="van", year=2023, least_share=0.2)
    assert small.plan().objective == _near(500)


def test_waiting_through_a_quarter_is_waiting_three_months() -> None:
    """Of 100 who wait when January closes, 0.5 ** 3 are still there in the quarter that follows."""
    small = SmallCase("month:1", "quarter:1").item("car").route("car", from_=datetime.date(2023, 2, 1))
    small.demand("car", 100, "month", price=10, wait_share=0.5)
    small.demand("car", 0, "month", wait_share=0.5, from_=datetime.date(2023, 2, 1))
    assert small.plan()["sold"]["sold"].to_list() == [_near(0), _near(12.5)]


def test_stock_below_its_target_through_a_quarter_costs_three_months() -> None:
    small = SmallCase("quarter:1").item("car").route("car", cost=99.0).demand("car", 0, "month")
    small.since("safety_stock", item="car", site="works", quantity=5, penalty=2.0)
    assert money(small.plan(), "below_safety_stock") == _near(-30)


def test_an_allotment_from_the_middle_of_a_bucket_limits_the_next_one() -> None:
    """Nothing limits the first half of January, so nothing limits January; holding chips costs too much."""
    small = SmallCase("month:2").item("chip", value=99.0, holding_rate=1.0).offer("chip", 1.0, allotment="chips")
    small.demand("chip", 50, "month", price=2)
    small.add("allotments", allotment="chips", from_=datetime.date(2023, 1, 16), quantity=10, per="month")
    assert small.plan()["bought"]["quantity"].to_list() == [_near(50), _near(10)]


def test_each_family_keeps_its_own_share() -> None:
    """Of three families that could earn 900 each one may be 20 %, one 30 %: 360 and 540 beside 900."""
    small = SmallCase("month:1")
    for item in ("car", "phone", "van"):
        small.item(item).route(item).demand(item, 900, "month", price=1)
    small.add("mix", family="car", year=2023, most_share=0.2).add("mix", family="van", year=2023, most_share=0.3)
    sold = dict(small.plan()["sold"].select("item", "sold").iter_rows())
    assert sold == {"car": _near(360), "phone": _near(900), "van": _near(540)}


def test_a_bucket_in_two_years_counts_in_each_by_its_days() -> None:
    """From 17 December to 16 January: 15 of 31 days are of 2023, and so is that share of what is sold."""
    small = SmallCase("month:1", start=datetime.date(2023, 12, 17)).item("car").route("car")
    plan = small.demand("car", 31, "day", price=1).plan()
    assert plan["revenue"].select("year", "revenue").rows() == [(2023, _near(31 * 15)), (2024, _near(31 * 16))]


def test_a_ramp_counts_from_the_start_of_production_even_where_the_agreement_starts_later() -> None:
    """At a quarter from 1 January, half from 1 February; the agreement is in force from 16 January."""
    small = SmallCase("month:2").host(term=2.0, starts=datetime.date(2023, 1, 16)).item("car")
    small.route("car", site="host", agreement="deal", from_=START, ramp="rise")
    small.add("ramps", ramp="rise", month=0, share=0.25).add("ramps", ramp="rise", month=1, share=0.5)
    small.line("car", 10, "day", site="host").demand("car", 999, "day", price=1, site="host")
    assert small.plan()["made"]["started"].to_list() == [_near(10 * 16 * 0.25), _near(10 * 28 * 0.5)]
