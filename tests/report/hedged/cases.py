"""Cases of several futures, and plans for them."""

from __future__ import annotations

import dataclasses
import datetime

import polars as pl
from small_case import SmallCase

from coplant import Hedge
from coplant.timeline import Timeline
from coplant.tree.futures import Futures

FEBRUARY, MARCH, APRIL, MAY = (datetime.date(2023, month, 1) for month in (2, 3, 4, 5))


def rumour() -> SmallCase:
    """A deal that may be denied, a line that may be late if it is not, and a shortage that may last.

    What is signed and reserved in February hangs on the deal; chips for February are ordered before that is known.
    """
    small = SmallCase("month:6", title="A car, if the deal is real")
    small.item("chip", title="Chip").item("phone", title="Phone", family="phones").item(
        "car", title="Car", family="cars"
    )
    small.offer("chip", 20.0, lead_time=20, allotment="chips")
    small.since("allotments", allotment="chips", quantity=400.0, per="month")
    small.route("phone", bom={"chip": 1.0}, cost=30.0)
    small.host("trial", status="option", title="A trial of phones", term=6)
    small.add("fixed_charges", agreement="trial", charge="fee", amount=300.0, per="month")
    small.host("deal", status="option", title="Manufacture by the host", starts=MARCH, sign_from=FEBRUARY, term=4)
    small.add("reservations", agreement="deal", least=10.0, most=80.0, per="month", fee=40.0)
    small.add("exit_terms", agreement="deal", notice=1, fee=200.0)
    small.route("car", site="host", agreement="deal", bom={"chip": 2.0}, cost=400.0, from_=MARCH)
    small.route("phone", route="phone on trial", site="host", agreement="trial", bom={"chip": 1.0}, cost=20.0)
    small.add("lanes", lane="back", item="phone", from_site="host", to_site="works", lead_time=3, cost=0.5)
    small.add("lanes", lane="van", item="chip", from_site="works", to_site="host", lead_time=3, cost=1.0)
    small.demand("phone", 300.0, "month", 90.0)
    small.demand("car", 60.0, "month", 700.0, site="host", from_=MARCH)
    for branch, after, ways in (
        ("deal", None, (("announced", 0.6, "The deal is announced", FEBRUARY), ("denied", 0.4, None, FEBRUARY))),
        ("line", "announced", (("ready", 0.7, "Line ready", MARCH), ("late", 0.3, "Line late", MARCH))),
        ("shortage", None, (("over", 0.5, "Shortage over", APRIL), ("lasting", 0.5, "Shortage lasts", APRIL))),
    ):
        for outcome, probability, title, day in ways:
            small.add("branches", branch=branch, outcome=outcome, probability=probability, title=title,
                      reveal_date=day, after=after)  # fmt: skip
    small.add("edits", outcome="denied", table="agreements", key="deal", column="status", value="ended")
    small.add("edits", outcome="late", table="routes", key="car", column="from", value=str(MAY))
    small.add("edits", outcome="lasting", table="allotments", key="chips", column="quantity", operation="times",
              value="0.5")  # fmt: skip
    return small


def lucky() -> SmallCase:
    """A lamp whose launch may take long, for a market that may grow; it is sold where it is made from then on."""
    small = SmallCase("month:12", start_levels=3).item("lamp")
    small.route("lamp", milestone="ready", cost=2.0).demand("lamp", 100.0, "month", 10.0).line("lamp", 100.0, "month")
    small.add("milestones", milestone="ready", activity="tools")
    small.add("activities", activity="tools", distribution="uniform", low=60, high=240, range="limits")
    return small.branch("market", FEBRUARY, {"grows": 0.5, "stays": 0.5})


def many(count: int) -> SmallCase:
    """Demand that turns out in so many ways, all as likely."""
    small, day = boxes("week:2"), datetime.date(2023, 1, 8)
    for number in range(count):
        small.add("branches", branch="demand", outcome=f"way {number:04}", probability=1.0 / count, reveal_date=day)
    return small


def boxes(*buckets: str) -> SmallCase:
    """Boxes that are made a week before they are sold."""
    small = SmallCase(*buckets).item("box").route("box", lead_time=7, cost=4.0)
    return small.demand("box", 60.0, "week", 10.0, from_=datetime.date(2023, 1, 8))


def alike(small: SmallCase) -> Hedge:
    """Futures that all have one plan but for what it earns: 1 in the first, 2 in the second and so on.

    It takes no time to make many of them, and figures are easy to foresee.
    """
    futures = Futures.of(small.case())
    timeline = Timeline.of(futures.case.settings.start, futures.case.settings.buckets).split(futures.reveal_dates)
    small.tables["branches"] = []
    plan, plans = small.plan(), []
    for number in range(1, len(futures) + 1):
        levels = [-1.0, *[float(number)] * (len(timeline) - 1)]
        cash = plan["cash"].with_columns(cumulative=pl.Series(levels))
        plans.append(dataclasses.replace(plan, objective=float(number), tables={**plan.tables, "cash": cash}))
    mean = float(futures.probability @ [plan.objective for plan in plans])
    return Hedge(futures, timeline, tuple(plans), "optimal", mean, mean, 0.0)
