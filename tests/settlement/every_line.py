"""Agreements that, taken together, bring every kind of line onto a statement and move every account."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from small_case import SmallCase

import coplant
from coplant import Settlement

PERIODS = ("hour", "day", "week", "month", "quarter", "year")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def hosted(**agreement: Any) -> SmallCase:
    """A host builds the only car for two years; the horizon starts when all is over."""
    small = SmallCase("month:1", start=day("2026-01-01"), title="Small").item("car", title="The car", unit="car")
    small.host(**{"starts": day("2023-01-01"), "term": 24.0, **agreement})
    small.route("car", site="host", agreement="deal")
    return small.demand("car", 1, "month", price=1.0, site="host")


def built(small: SmallCase, *measures: str, **by_month: float) -> SmallCase:
    """Units of a month such as ``m2023_06``, good ones unless told."""
    for name, quantity in by_month.items():
        first = day(f"{name[1:].replace('_', '-')}-01")
        until = (first + datetime.timedelta(days=32)).replace(day=1)
        for measure in measures or ("good",):
            small.add("actuals", agreement="deal", measure=measure, item="car", from_=first, until=until,
                      quantity=quantity)  # fmt: skip
    return small


def charges() -> SmallCase:
    """A charge in every period, two of them trued up, and a count that is corrected."""
    small = hosted()
    for number, per in enumerate(PERIODS, start=1):
        small.add("fixed_charges", agreement="deal", charge=f"by the {per}", amount=7.0 * number, per=per)
    small.add("fixed_charges", agreement="deal", charge="power", amount=100.0, per="month", true_up="yearly")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=90.0, per="month", true_up="yearly",
              true_up_cap=0.1)  # fmt: skip
    for charge, spent in (("power", 1_111.11), ("rent", 1_500.0)):
        small.add("actuals", agreement="deal", measure="cost", charge=charge, from_=day("2023-01-01"),
                  until=day("2024-01-01"), quantity=spent)  # fmt: skip
    small.add("processing_fees", agreement="deal", fee=12.345)
    built(small, m2023_02=10, m2023_07=1_234)
    small.add("actuals", agreement="deal", measure="good", item="car", from_=day("2023-02-01"),
              until=day("2023-03-01"), quantity=13, recorded_at=day("2023-05-20"), correction="yes")  # fmt: skip
    return small


def reservations() -> SmallCase:
    """Capacity reserved in every period, one after the other, and what is started credited."""
    small = hosted()
    days = [day(f"2023-{month:02d}-01") for month in range(1, 13, 2)]
    for per, first, until in zip(PERIODS, days, [*days[1:], None], strict=True):
        hours = 4_000 if per == "hour" else None
        small.add("reservations", agreement="deal", valid_from=first, valid_until=until, least=3, most=3, per=per,
                  hours_per_year=hours, fee=2.5, kind="deductible")  # fmt: skip
    return built(small, "good", "started", m2023_03=11, m2024_08=7)


def tiers(method: str) -> SmallCase:
    """Fees in tiers; a year goes through all of them."""
    small = hosted()
    for above, fee in ((0, 12.0), (100, 10.5), (300, 9.25)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee, basis="year", method=method)
    return built(small, m2023_02=90, m2023_03=200, m2023_05=60, m2024_01=40)


def taken_or_paid(carry_forward_months: float = 0) -> SmallCase:
    """A year that is short, one that makes up, and one that is short again."""
    small = hosted(term=48.0)
    small.add("take_or_pay", agreement="deal", quantity=1_000, share=0.8, price=3.0, make_up_months=24,
              carry_forward_months=carry_forward_months)  # fmt: skip
    return built(small, m2023_06=700, m2024_06=1_000, m2025_06=600)


def taken_under_two_terms() -> SmallCase:
    """Two years that are short, each at its own price, and one that makes up all of the first and half of the other."""
    small = hosted(term=36.0)
    for first, price in (("2023-01-01", 3.0), ("2024-01-01", 4.0)):
        until = day("2024-01-01") if first == "2023-01-01" else None
        small.add("take_or_pay", agreement="deal", valid_from=day(first), valid_until=until, quantity=800, price=price,
                  make_up_months=24)  # fmt: skip
    return built(small, m2023_06=700, m2024_06=700, m2025_06=950)


def not_committed() -> SmallCase:
    """The same, with units carried forward, units that the host did not commit, and goods under way."""
    small = taken_or_paid(12)
    small.add("call_offs", call_off="1", agreement="deal", item="car", issued=day("2025-01-01"), due=day("2025-06-01"),
              quantity=200)  # fmt: skip
    small.add("commits", call_off="1", committed=day("2025-01-10"), quantity=150)
    return small.add("shipments", shipment="1", call_off="1", shipped=day("2025-06-01"), received=day("2025-07-02"),
                     quantity=150)  # fmt: skip


def tools() -> SmallCase:
    """Tools paid in every way, one of them unpaid in part when the agreement ends early."""
    small = hosted()
    small.add("tooling", agreement="deal", tool="press", amount=900, payment="up_front")
    small.add("tooling", agreement="deal", tool="mould", amount=1_000, payment="annuity", months=6, rate=0.06)
    small.add("tooling", agreement="deal", tool="jig", amount=500, payment="per_unit", months=6, units=100)
    small.add("tooling", agreement="deal", tool="robot", amount=2_400, payment="annuity", months=24)
    small.add("exit_terms", agreement="deal", tooling_share=0.75)
    small.add("exits", agreement="deal", notice=day("2023-06-01"), exit=day("2023-12-16"), by="brand")
    return built(small, m2023_02=33, m2023_05=44)


def left(by: str) -> SmallCase:
    """An agreement left before its term, at a price for the side that leaves."""
    small = hosted().add("exit_terms", agreement="deal", fee=500, fee_per_month=25.5, relocation=120, tooling_share=0.5)
    small.add("tooling", agreement="deal", tool="mould", amount=1_000, payment="annuity", months=24)
    return small.add("exits", agreement="deal", notice=day("2023-06-01"), exit=day("2023-12-16"), by=by)


def losses(**cover: float) -> SmallCase:
    """Losses of a host's plant, of months in which little is built."""
    small = hosted().add("loss_cover", agreement="deal", fixed_cost=900, per="month", margin=10, **cover)
    return built(small, m2023_02=40, m2023_03=300)


def helped() -> SmallCase:
    """Engineers' help in every period, one of them up to a cap."""
    small = hosted()
    for number, per in enumerate(PERIODS, start=1):
        small.add("advisory", agreement="deal", service=f"by the {per}", fee=number, per=per)
    small.add("advisory", agreement="deal", service="tryout", hourly_rate=80, cap=1_000)
    return small.add("actuals", agreement="deal", measure="hours", charge="tryout", from_=day("2023-01-01"),
                     until=day("2023-03-01"), quantity=20)  # fmt: skip


def licensed() -> SmallCase:
    """A licence paid by every period, one after the other, and by the unit."""
    small = hosted()
    days = [day(f"2023-{month:02d}-01") for month in range(1, 13, 2)]
    for per, first, until in zip(PERIODS, days, [*days[1:], None], strict=True):
        small.add("licences", agreement="deal", holder="brand", valid_from=first, valid_until=until, fee=9, per=per,
                  royalty=1.5)  # fmt: skip
    return built(small, m2023_03=11)


def credited() -> SmallCase:
    """Regulatory credits of which the brand has half."""
    small = hosted().add("credits", agreement="deal", credit="emission", quantity=2, price=75, brand_share=0.5)
    return built(small, m2023_03=11)


def forecast() -> SmallCase:
    """A forecast that is cut, parts that are then too many, and what they cost."""
    small = hosted().item("bolt").offer("bolt", 1.0, site="host")
    small.add("bom", route="car", item="bolt", quantity=4.0)
    small.add("flexibility", agreement="deal", up_share=0.1, down_share=0.1, binding_share=0.5, price=30)
    small.add("excess", agreement="deal", item="bolt", window_months=3, cost=2, handling_share=0.05,
              carrying_rate=0.01, review="month")  # fmt: skip
    for published, quantity in (("2023-01-10", 1_000), ("2023-02-10", 600)):
        small.add("forecasts", agreement="deal", item="car", published=day(published), month=day("2023-04-01"),
                  quantity=quantity)  # fmt: skip
    for measure, quantity in (("on_hand", 1_000), ("on_order", 3_000)):
        small.add("actuals", agreement="deal", measure=measure, item="bolt", from_=day("2023-01-15"),
                  quantity=quantity)  # fmt: skip
    return small


def materials() -> SmallCase:
    """Parts of every mode; more of one is used than is allowed."""
    small = hosted()
    for item, mode in (("bolt", "consigned"), ("nut", "turnkey"), ("cell", "buy_sell"), ("chip", "directed")):
        small.item(item).offer(item, 1.0, site="host").add("bom", route="car", item=item, quantity=2.0)
        more = {"attrition_share": 0.01} if mode == "consigned" else {"handling_share": 0.05}
        small.add("materials", agreement="deal", item=item, mode=mode, price=3, **more)
    built(small, m2023_02=100, m2023_03=50)
    for part in ("bolt", "cell"):
        small.add("actuals", agreement="deal", measure="used", item=part, from_=day("2023-02-01"),
                  until=day("2023-03-01"), quantity=215)  # fmt: skip
    return small


def secured(**left: str) -> SmallCase:
    """Securities of every kind, returned at the end or forfeited in part."""
    small = hosted()
    add = small.add
    add("security", agreement="deal", security="cash", kind="deposit", amount=100, forfeited_share=0.5)
    add("security", agreement="deal", security="ahead", kind="prepayment", amount=90, draw_per_unit=2)
    add("security", agreement="deal", security="bond", kind="guarantee", amount=1_000, fee_rate=0.02)
    add("security", agreement="deal", security="shares", kind="vesting", amount=70, milestone_date=day("2023-06-01"))
    add("security", agreement="deal", security="warrants", kind="vesting", amount=60, milestone_units=20)
    if left:
        add("exit_terms", agreement="deal")
        add("exits", agreement="deal", notice=day("2023-06-01"), exit=day("2023-12-16"), **left)
    return built(small, m2023_02=11, m2023_08=14)


def left_late() -> SmallCase:
    """Notice that is recorded after the exit: what was billed since is taken back, and a fee is due."""
    small = left("brand").add("fixed_charges", agreement="deal", charge="rent", amount=90.0, per="month")
    small.tables["exits"][0]["recorded_at"] = day("2024-02-20")
    return small


def settlements() -> Iterator[Settlement]:
    """Settle them all."""
    small = [
        charges(),
        reservations(),
        tiers("incremental"),
        tiers("all_units"),
        taken_or_paid(),
        taken_under_two_terms(),
        not_committed(),
        tools(),
        left("brand"),
        left("host"),
        losses(),
        losses(cap=1_000),
        helped(),
        licensed(),
        credited(),
        forecast(),
        materials(),
        secured(),
        secured(by="brand"),
        left_late(),
    ]
    for one in small:
        yield coplant.settle(one.case())
