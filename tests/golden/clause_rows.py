"""Rows of agreements and their clauses: two items, two buckets, and the equation each line is held against."""

from __future__ import annotations

import datetime
from typing import Any

from golden.register import Golden, golden
from small_case import SmallCase

APRIL, MAY = datetime.date(2023, 4, 1), datetime.date(2023, 5, 1)
"""Months of 30 and 31 days."""


def _hosted(**agreement: Any) -> SmallCase:
    """A host builds a car, of which half are good, and a van; 20 and 8 are asked for in all."""
    small = SmallCase("month:2", start=APRIL).host(**{"term": 2.0, **agreement}).item("car").item("van")
    small.route("car", site="host", agreement="deal", **{"yield": 0.5}).route("van", site="host", agreement="deal")
    return small.demand("car", 10, "month", site="host").demand("van", 4, "month", site="host")


@golden
def alternatives() -> Golden:
    """Sum of z over a group <= 1."""
    small = _hosted(status="option", group="one of them")
    small.host("other", "elsewhere", term=2.0, status="option", group="one of them")
    return Golden(small, ("alternatives",), "alternatives[one of them]: +1 sign[deal] +1 sign[other] <= 1")


@golden
def signed_only() -> Golden:
    """x <= most z: nothing is built under an agreement that is not signed; 40 cars started give the 20 asked for."""
    text = """
    signed_only/deal[car,2023-04]: +1 start[car,2023-04] -40 sign[deal] <= 0
    signed_only/deal[car,2023-05]: +1 start[car,2023-05] -40 sign[deal] <= 0
    signed_only/deal[van,2023-04]: +1 start[van,2023-04] -8 sign[deal] <= 0
    signed_only/deal[van,2023-05]: +1 start[van,2023-05] -8 sign[deal] <= 0
    """
    return Golden(_hosted(status="option"), ("signed_only/deal",), text)


def _reserving() -> SmallCase:
    """5 to 20 a month in April, 1 to 30 a day from May on."""
    small = _hosted().add(
        "reservations", agreement="deal", least=5, most=20, per="month", fee=1, valid_from=APRIL, valid_until=MAY
    )
    return small.add("reservations", agreement="deal", least=1, most=30, per="day", fee=1, valid_from=MAY)


@golden
def reservation_least() -> Golden:
    """R >= least z."""
    text = """
    reservation_least/deal[2023-04-01]: 0 <= -5 sign[deal] +1 reserved/deal[2023-04-01]
    reservation_least/deal[2023-05-01]: 0 <= -1 sign[deal] +1 reserved/deal[2023-05-01]
    """
    return Golden(_reserving(), ("reservation_least/deal",), text)


@golden
def reservation_most() -> Golden:
    """R <= most z."""
    text = """
    reservation_most/deal[2023-04-01]: -20 sign[deal] +1 reserved/deal[2023-04-01] <= 0
    reservation_most/deal[2023-05-01]: -30 sign[deal] +1 reserved/deal[2023-05-01] <= 0
    """
    return Golden(_reserving(), ("reservation_most/deal",), text)


@golden
def reservation() -> Golden:
    """All that is started, good or not, <= R x periods: one month, then 31 days."""
    text = """
    reservation/deal[2023-04]: +1 start[car,2023-04] +1 start[van,2023-04] -1 reserved/deal[2023-04-01] <= 0
    reservation/deal[2023-05]: +1 start[car,2023-05] +1 start[van,2023-05] -31 reserved/deal[2023-05-01] <= 0
    """
    return Golden(_reserving(), ("reservation/deal",), text)


@golden
def reservation_ramp() -> Golden:
    """x <= R x min(P, a P'): production starts on 16 April at half the full rate."""
    small = _hosted().add("reservations", agreement="deal", most=20, per="month", fee=1)
    small.tables["routes"][0] |= {"from": datetime.date(2023, 4, 16), "ramp": "slow"}
    small.add("ramps", ramp="slow", month=0, share=0.5)
    text = """
    reservation_ramp/deal[car,2023-04]: +1 start[car,2023-04] -0.25 reserved/deal[2023-04-01] <= 0
    reservation_ramp/deal[car,2023-05]: +1 start[car,2023-05] -0.5 reserved/deal[2023-04-01] <= 0
    """
    return Golden(small, ("reservation_ramp/deal",), text)


def _tiered(method: str) -> SmallCase:
    small = _hosted()
    for above, fee in ((0, 9.0), (8, 6.0)):
        small.add("processing_fees", agreement="deal", item="car", above=above, fee=fee, method=method)
    return small


_COUNTED = """
    processing_fee/deal/car.sum[2023-04]: -0.5 start[car,2023-04]
        +1 processing_fee/deal/car[2023-04,1] +1 processing_fee/deal/car[2023-04,2] = 0
    processing_fee/deal/car.sum[2023-05]: -0.5 start[car,2023-04] -0.5 start[car,2023-05]
        +1 processing_fee/deal/car[2023-05,1] +1 processing_fee/deal/car[2023-05,2] = 0
"""
"""Q = good units so far = sum over tiers."""


@golden
def processing_fee_in_tiers() -> Golden:
    """Tier 2 is used only when the 8 units of tier 1 are full: at most 20 - 8 in April, 40 - 8 in all."""
    fee = "processing_fee/deal/car"
    text = f"""{_COUNTED}
    {fee}.full[2023-04,1]: 0 <= +1 {fee}[2023-04,1] -8 {fee}.full[2023-04,1]
    {fee}.full[2023-05,1]: 0 <= +1 {fee}[2023-05,1] -8 {fee}.full[2023-05,1]
    {fee}.next[2023-04,1]: +1 {fee}[2023-04,2] -12 {fee}.full[2023-04,1] <= 0
    {fee}.next[2023-05,1]: +1 {fee}[2023-05,2] -32 {fee}.full[2023-05,1] <= 0
    {fee}.grows[2023-05,1]: 0 <= -1 {fee}.full[2023-04,1] +1 {fee}.full[2023-05,1]
    """
    return Golden(_tiered("incremental"), (f"{fee}.sum", f"{fee}.full", f"{fee}.next", f"{fee}.grows"), text)


@golden
def processing_fee_of_all_units() -> Golden:
    """All units are in tier 1, up to 8, or in tier 2, from 9 on, or there are none.

    To reach tier 2 up to 9 cars more than asked for are of use, so that 58 may be started.
    """
    fee = "processing_fee/deal/car"
    text = f"""{_COUNTED}
    {fee}.least[2023-04,1]: 0 <= +1 {fee}[2023-04,1]
    {fee}.least[2023-04,2]: 0 <= +1 {fee}[2023-04,2] -9 {fee}.chosen[2023-04,2]
    {fee}.least[2023-05,1]: 0 <= +1 {fee}[2023-05,1]
    {fee}.least[2023-05,2]: 0 <= +1 {fee}[2023-05,2] -9 {fee}.chosen[2023-05,2]
    {fee}.most[2023-04,1]: +1 {fee}[2023-04,1] -8 {fee}.chosen[2023-04,1] <= 0
    {fee}.most[2023-04,2]: +1 {fee}[2023-04,2] -58 {fee}.chosen[2023-04,2] <= 0
    {fee}.most[2023-05,1]: +1 {fee}[2023-05,1] -8 {fee}.chosen[2023-05,1] <= 0
    {fee}.most[2023-05,2]: +1 {fee}[2023-05,2] -58 {fee}.chosen[2023-05,2] <= 0
    {fee}.one[2023-04]: +1 {fee}.chosen[2023-04,1] +1 {fee}.chosen[2023-04,2] <= 1
    {fee}.one[2023-05]: +1 {fee}.chosen[2023-05,1] +1 {fee}.chosen[2023-05,2] <= 1
    """
    return Golden(_tiered("all_units"), (f"{fee}.sum", f"{fee}.least", f"{fee}.most", f"{fee}.one"), text)


@golden
def take_or_pay() -> Golden:
    """Deficiency + good units >= share x quantity x z: half of 120 a year, for 61 of the 366 days until April 2024."""
    small = _hosted().add("take_or_pay", agreement="deal", quantity=120, share=0.5, price=1)
    text = """
    take_or_pay/deal[2023-04-01.2023-05]: 0 <= +0.5 start[car,2023-04] +0.5 start[car,2023-05]
        +1 start[van,2023-04] +1 start[van,2023-05] -10 sign[deal] +1 deficiency/deal[2023-04-01.2023-05]
    """
    return Golden(small, ("take_or_pay/deal",), text)


def _covering(**cover: Any) -> SmallCase:
    return _hosted(term=3.0).add("loss_cover", agreement="deal", fixed_cost=30, per="month", margin=2, **cover)


@golden
def loss_cover() -> Golden:
    """Loss + margin x good units >= fixed cost: half of the cars are good; June lies beyond the horizon."""
    text = """
    loss_cover/deal[2023-04-01.2023-04]: 0 <= +1 start[car,2023-04] +2 start[van,2023-04] -30 sign[deal]
        +1 loss/deal[2023-04-01.2023-04]
    loss_cover/deal[2023-05-01.2023-05]: 0 <= +1 start[car,2023-05] +2 start[van,2023-05] -30 sign[deal]
        +1 loss/deal[2023-05-01.2023-05]
    loss_cover/deal[after.2023-05]: 0 <= -30 sign[deal] +1 loss/deal[after.2023-05]
    """
    return Golden(_covering(), ("loss_cover/deal",), text)


@golden
def loss_cover_with_a_cap() -> Golden:
    """Up to 50 in all: a month costs nothing once they are reached, and a month without loss (b = 0) costs nothing.

    Of use are the 20 cars and 8 vans asked for, and of each up to 60 that lessen losses: 2 x (80 + 68) = 296.
    """
    april, may, after = "deal[2023-04-01.2023-04]", "deal[2023-05-01.2023-05]", "deal[after.2023-05]"
    text = f"""
    loss_cover/{april}: 0 <= +1 start[car,2023-04] +2 start[van,2023-04] -30 sign[deal] +1 loss/{april}
        +30 cap_reached/{april}
    loss_cover/{may}: 0 <= +1 start[car,2023-05] +2 start[van,2023-05] -30 sign[deal] +1 loss/{may}
        +30 cap_reached/{may}
    loss_cover/{after}: 0 <= -30 sign[deal] +1 loss/{after} +30 cap_reached/{after}
    loss_cover_reached/{april}: -1 loss/{april} +50 cap_reached/{april} <= 0
    loss_cover_reached/{may}: -1 loss/{april} -1 loss/{may} +50 cap_reached/{may} <= 0
    loss_cover_reached/{after}: -1 loss/{april} -1 loss/{may} -1 loss/{after} +50 cap_reached/{after} <= 0
    loss_cover_cap/{april}: +1 loss/{april} <= 50
    loss_cover_cap/{may}: +1 loss/{april} +1 loss/{may} <= 50
    loss_cover_cap/{after}: +1 loss/{april} +1 loss/{may} +1 loss/{after} <= 50
    loss_cover_most/{april}: +1 start[car,2023-04] +2 start[van,2023-04] -30 sign[deal] +1 loss/{april}
        +296 losing/{april} <= 296
    loss_cover_most/{may}: +1 start[car,2023-05] +2 start[van,2023-05] -30 sign[deal] +1 loss/{may}
        +296 losing/{may} <= 296
    loss_cover_most/{after}: -30 sign[deal] +1 loss/{after} <= 0
    loss_cover_none/{april}: +1 loss/{april} -30 losing/{april} <= 0
    loss_cover_none/{may}: +1 loss/{may} -30 losing/{may} <= 0
    """
    rows = ("loss_cover", "loss_cover_reached", "loss_cover_cap", "loss_cover_most", "loss_cover_none")
    return Golden(_covering(cap=50), tuple(f"{name}/deal" for name in rows), text)


@golden
def exclusivity() -> Golden:
    """x <= most (1 - r): another host builds no car until half a month after April, that is to 16 May of 31 days.

    Its plant makes up to 12 a month, so that on the 15 other days of May 15 / 31 of 12 = 5.806451613 are left.
    """
    small = _hosted(term=1.0, status="option").add("exclusivity", agreement="deal", item="car", months_after=0.5)
    small.host("other", "elsewhere", term=2.0).route("car", route="rival", site="elsewhere", agreement="other")
    small.line("rival", 12, "month", site="elsewhere")
    text = """
    exclusivity/deal/car[rival,2023-04]: +1 start[rival,2023-04] +12 sign[deal] <= 12
    exclusivity/deal/car[rival,2023-05]: +1 start[rival,2023-05] +6.193548387 sign[deal] <= 12
    """
    return Golden(small, ("exclusivity/deal/car",), text)
