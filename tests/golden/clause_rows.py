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


def _forecast() -> SmallCase:
    """In force since March, when 20 cars and 6 vans were forecast for April and 24 cars for May."""
    march = datetime.date(2023, 3, 1)
    small = _hosted(starts=march, term=3.0)
    for ahead, up, down, share in ((0, 0.1, 0.2, 1.0), (1, None, 0.5, 0.5)):
        small.add("flexibility", agreement="deal", months_ahead=ahead, up_share=up, down_share=down,
                  binding_share=share, price=3)  # fmt: skip
    for item, month, units in (("car", APRIL, 20), ("car", MAY, 24), ("van", APRIL, 6)):
        small.add("forecasts", agreement="deal", item=item, published=march, month=month, quantity=units)
    return small


@golden
def flexibility() -> Golden:
    """Good units <= forecast x (1 + rise), which is a tenth for April and without limit for May."""
    text = """
    flexibility/deal[car,2023-04]: +0.5 start[car,2023-04] <= 22
    flexibility/deal[van,2023-04]: +1 start[van,2023-04] <= 6.6
    """
    return Golden(_forecast(), ("flexibility/deal",), text)


@golden
def cancellation() -> Golden:
    """Cancelled + good units >= forecast x (1 - fall) x z: a fifth of April's may go, half of May's."""
    text = """
    cancellation/deal[car,2023-04]: 0 <= +0.5 start[car,2023-04] -16 sign[deal] +1 cancelled/deal[car,2023-04]
    cancellation/deal[car,2023-05]: 0 <= +0.5 start[car,2023-05] -12 sign[deal] +1 cancelled/deal[car,2023-05]
    cancellation/deal[van,2023-04]: 0 <= +1 start[van,2023-04] -4.8 sign[deal] +1 cancelled/deal[van,2023-04]
    """
    return Golden(_forecast(), ("cancellation/deal",), text)


@golden
def attrition() -> Golden:
    """Use beyond an allowance of a half: of the car, half of it scrap, a quarter of a seat each; of the van less.

    From mid April to mid May both months count so far, and the two halves of May do not add up.
    """
    small = _hosted().item("seat").offer("seat", 1.0, site="host")
    for route in ("car", "van"):
        small.add("bom", route=route, item="seat", quantity=1.0)
    small.add("materials", agreement="deal", item="seat", mode="consigned", price=9, attrition_share=0.5,
              valid_from=datetime.date(2023, 4, 16))  # fmt: skip
    seat = "attrition/deal/seat/2023-04-16"
    text = f"""
    {seat}.sum[2023-04]: -0.125 start[car,2023-04] +0.25 start[van,2023-04]
        +1 {seat}[2023-04] -1 {seat}.unused[2023-04] = 0
    {seat}.sum[2023-05]: -0.25 start[car,2023-05] +0.5 start[van,2023-05]
        +1 {seat}[2023-05] -1 {seat}.unused[2023-05] = 0
    {seat}.beyond[2023-04]: +1 {seat}[2023-04] -5 {seat}.exceeded[2023-04] <= 0
    {seat}.beyond[2023-05]: +1 {seat}[2023-05] -10 {seat}.exceeded[2023-05] <= 0
    {seat}.within[2023-04]: +1 {seat}.unused[2023-04] +2 {seat}.exceeded[2023-04] <= 2
    {seat}.within[2023-05]: +1 {seat}.unused[2023-05] +4 {seat}.exceeded[2023-05] <= 4
    """
    return Golden(small, (f"{seat}.sum", f"{seat}.beyond", f"{seat}.within"), text)


def _prepaid(**settings: Any) -> SmallCase:
    """60 are paid ahead; each good unit draws 3."""
    small = _hosted(sign_from=datetime.date(2023, 3, 1))
    small.settings |= settings
    return small.add("security", agreement="deal", security="ahead", kind="prepayment", amount=60, draw_per_unit=3)


@golden
def drawn() -> Golden:
    """d <= r q, and all that is drawn along a branch <= what was prepaid."""
    text = """
    drawn/deal/ahead[2023-04]: -1.5 start[car,2023-04] -3 start[van,2023-04] +1 drawn/deal/ahead[2023-04] <= 0
    drawn/deal/ahead[2023-05]: -1.5 start[car,2023-05] -3 start[van,2023-05] +1 drawn/deal/ahead[2023-05] <= 0
    prepayment/deal/ahead[2023-05]: +1 drawn/deal/ahead[2023-04] +1 drawn/deal/ahead[2023-05] <= 60
    """
    return Golden(_prepaid(discount_rate=0.1), ("drawn/deal/ahead", "prepayment/deal/ahead"), text)


@golden
def drawn_at_once() -> Golden:
    """Without a discount: units draw all that they can, 28 units at most, until all of it is drawn."""
    name = "drawn/deal/ahead"
    text = f"""
    {name}.all[2023-04]: 0 <= -1.5 start[car,2023-04] -3 start[van,2023-04]
        +1 {name}[2023-04] +84 {name}.used_up[2023-04]
    {name}.all[2023-05]: 0 <= -1.5 start[car,2023-05] -3 start[van,2023-05]
        +1 {name}[2023-05] +84 {name}.used_up[2023-05]
    {name}.used_up[2023-04]: 0 <= +1 {name}[2023-04] -60 {name}.used_up[2023-04]
    {name}.used_up[2023-05]: 0 <= +1 {name}[2023-04] +1 {name}[2023-05] -60 {name}.used_up[2023-05]
    """
    return Golden(_prepaid(), (f"{name}.all", f"{name}.used_up"), text)


def _left() -> SmallCase:
    """The agreement may be left in May."""
    return _prepaid(discount_rate=0.1).add("exit_terms", agreement="deal")


@golden
def drawn_until() -> Golden:
    """Of the end of the term, and of the exit, the one that takes place returns what was not drawn until then."""
    name, end, left = "drawn_until/deal/ahead", "2023-03-01.2023-05", "2023-03-01.2023-04.left"
    text = f"""
    {name}.within[{end}]: -1 drawn/deal/ahead[2023-04] -1 drawn/deal/ahead[2023-05] +1 {name}[{end}] <= 0
    {name}.within[{left}]: -1 drawn/deal/ahead[2023-04] +1 {name}[{left}] <= 0
    {name}.due[{end}]: -60 running/deal[2023-05] +1 {name}[{end}] <= 0
    {name}.due[{left}]: -60 leave/deal[2023-05.2023-05] +1 {name}[{left}] <= 0
    {name}.all[{end}]: -60 <= -60 running/deal[2023-05] -1 drawn/deal/ahead[2023-04]
        -1 drawn/deal/ahead[2023-05] +1 {name}[{end}]
    {name}.all[{left}]: -60 <= -60 leave/deal[2023-05.2023-05] -1 drawn/deal/ahead[2023-04] +1 {name}[{left}]
    """
    return Golden(_left(), (f"{name}.within", f"{name}.due", f"{name}.all"), text)


@golden
def vesting() -> Golden:
    """Units so far are at most 11, or at least 12, and what has vested stays; 30 are of use in April, 51 in all."""
    small = _hosted().add("security", agreement="deal", security="gate", kind="vesting", amount=9, milestone_units=12)
    name = "vesting/deal/gate"
    april = "+0.5 start[car,2023-04] +1 start[van,2023-04]"
    both = "+0.5 start[car,2023-04] +0.5 start[car,2023-05] +1 start[van,2023-04] +1 start[van,2023-05]"
    text = f"""
    {name}.short[2023-04]: {april} -19 {name}[2023-04] <= 11
    {name}.short[2023-05]: {both} -40 {name}[2023-05] <= 11
    {name}.reached[2023-04]: 0 <= {april} -12 {name}[2023-04]
    {name}.reached[2023-05]: 0 <= {both} -12 {name}[2023-05]
    {name}.stays[2023-05]: 0 <= -1 {name}[2023-04] +1 {name}[2023-05]
    """
    return Golden(small, (f"{name}.short", f"{name}.reached", f"{name}.stays"), text)


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


@golden
def running() -> Golden:
    """r_n = r_{n-1} - y_n, from z on: in April it runs if it is signed, in May unless it is left at its start.

    What is gated by the signature is gated by r where an agreement can be left.
    """
    text = """
    running/deal[2023-04]: -1 sign[deal] +1 running/deal[2023-04] = 0
    running/deal[2023-05]: +1 leave/deal[2023-05.2023-05] -1 running/deal[2023-04] +1 running/deal[2023-05] = 0
    signed_only/deal[car,2023-04]: +1 start[car,2023-04] -40 running/deal[2023-04] <= 0
    signed_only/deal[car,2023-05]: +1 start[car,2023-05] -40 running/deal[2023-05] <= 0
    signed_only/deal[van,2023-04]: +1 start[van,2023-04] -8 running/deal[2023-04] <= 0
    signed_only/deal[van,2023-05]: +1 start[van,2023-05] -8 running/deal[2023-05] <= 0
    """
    small = _hosted().add("exit_terms", agreement="deal")
    return Golden(small, ("running/deal", "signed_only/deal"), text)


@golden
def reserved_while_it_runs() -> Golden:
    """R_n <= R, R_n <= 20 r_n and R_n >= R - 20 (1 - r_n): all that is reserved while it runs, then nothing."""
    name = "reserved_now/deal"
    text = f"""
    {name}[2023-04-01,2023-04]: -1 reserved/deal[2023-04-01] +1 {name}[2023-04-01,2023-04] <= 0
    {name}[2023-04-01,2023-05]: -1 reserved/deal[2023-04-01] +1 {name}[2023-04-01,2023-05] <= 0
    reserved_until_left/deal[2023-04-01,2023-04]:
        -20 running/deal[2023-04] +1 {name}[2023-04-01,2023-04] <= 0
    reserved_until_left/deal[2023-04-01,2023-05]:
        -20 running/deal[2023-05] +1 {name}[2023-04-01,2023-05] <= 0
    reserved_throughout/deal[2023-04-01,2023-04]: -20 <=
        -20 running/deal[2023-04] -1 reserved/deal[2023-04-01] +1 {name}[2023-04-01,2023-04]
    reserved_throughout/deal[2023-04-01,2023-05]: -20 <=
        -20 running/deal[2023-05] -1 reserved/deal[2023-04-01] +1 {name}[2023-04-01,2023-05]
    """
    small = _hosted().add("reservations", agreement="deal", most=20, per="month", fee=1)
    blocks = (name, "reserved_until_left/deal", "reserved_throughout/deal")
    return Golden(small.add("exit_terms", agreement="deal"), blocks, text)


@golden
def take_or_pay_with_banks() -> Golden:
    """Two years of 8, four fifths of 10: d + q + c - e = 8 z, short or beyond; of the first year's e at most 2 carried.

    Units of no use beyond the 24 asked for and the 20 agreed are never built: e <= 44 (1 - b).
    """
    small = SmallCase("year:2", start=datetime.date(2023, 1, 1)).host(term=24.0).item("car")
    small.route("car", site="host", agreement="deal", **{"yield": 0.5}).demand("car", 12, "year", site="host")
    small.add("take_or_pay", agreement="deal", quantity=10, share=0.8, price=3, make_up_months=12,
              carry_forward_months=12, carry_forward_share=0.25)  # fmt: skip
    one, two = "2023-01-01.2023", "2024-01-01.2024"
    carried, made_up = f"carried/deal[{one} {two}]", f"made_up/deal[{one} {two}]"
    text = f"""
    take_or_pay/deal[{one}]: +0.5 start[car,2023] -8 sign[deal] +1 deficiency/deal[{one}] -1 beyond/deal[{one}] = 0
    take_or_pay/deal[{two}]: +0.5 start[car,2024] -8 sign[deal] +1 deficiency/deal[{two}] -1 beyond/deal[{two}]
        +1 {carried} = 0
    take_or_pay_short/deal[{one}]: +1 deficiency/deal[{one}] -8 short/deal[{one}] <= 0
    take_or_pay_short/deal[{two}]: +1 deficiency/deal[{two}] -8 short/deal[{two}] +1 {carried} <= 0
    take_or_pay_beyond/deal[{one}]: +1 beyond/deal[{one}] +44 short/deal[{one}] <= 44
    take_or_pay_beyond/deal[{two}]: +1 beyond/deal[{two}] +44 short/deal[{two}] <= 44
    make_up_bank/deal[{one}]: -1 deficiency/deal[{one}] +1 {made_up} <= 0
    make_up_bank/deal[{two}]: -1 deficiency/deal[{two}] <= 0
    make_up/deal[{one}]: -1 beyond/deal[{one}] +1 {carried} <= 0
    make_up/deal[{two}]: -1 beyond/deal[{two}] +1 {made_up} <= 0
    carry_forward/deal[{one}]: -2 sign[deal] <= 0
    carry_forward/deal[{two}]: -2 sign[deal] +1 {carried} <= 0
    """
    families = ("take_or_pay", "take_or_pay_short", "take_or_pay_beyond", "make_up_bank", "make_up", "carry_forward")
    return Golden(small, tuple(f"{name}/deal" for name in families), text)


@golden
def take_or_pay_at_a_higher_price() -> Golden:
    """8 of the first year at 3 and 10 of the second at 4: what can be used is used at once, the oldest first.

    Units of no use beyond the 24 asked for and what each row would ask for in both years are never built: e <= 60.
    """
    small = SmallCase("year:2", start=datetime.date(2023, 1, 1)).host(term=24.0).item("car")
    small.route("car", site="host", agreement="deal").demand("car", 12, "year", site="host")
    turn = datetime.date(2024, 1, 1)
    for quantity, price, days in ((8, 3, {"valid_until": turn}), (10, 4, {"valid_from": turn})):
        small.add("take_or_pay", agreement="deal", quantity=quantity, price=price, make_up_months=12,
                  carry_forward_months=12, carry_forward_share=0.25, **days)  # fmt: skip
    one, two = "2023-01-01.2023", "2024-01-01.2024"
    pair = f"deal[{one} {two}]"
    text = f"""
    make_up_left/{pair}: +1 deficiency/deal[{one}] -1 made_up/{pair} -8 left/{pair} <= 0
    make_up_oldest/{pair}: +1 beyond/deal[{two}] -1 made_up/{pair} +60 left/{pair} <= 60
    carry_left/{pair}: +1 beyond/deal[{one}] -1 carried/{pair} -60 left_ahead/{pair} <= 0
    carry_oldest/{pair}: +2.5 sign[deal] -1 carried/{pair} +10 left_ahead/{pair} -10 enough/{pair} <= 10
    carry_enough/{pair}: +1 deficiency/deal[{two}] +10 left_ahead/{pair} +10 enough/{pair} <= 20
    """
    families = ("make_up_left", "make_up_oldest", "carry_left", "carry_oldest", "carry_enough")
    return Golden(small, tuple(f"{name}/deal" for name in families), text)


def _may_be_left() -> SmallCase:
    """An agreement of a year, of which the plan sees two months, that can be left at the start of the second."""
    small = SmallCase("month:2", start=APRIL).host(term=12.0).item("car")
    small.route("car", site="host", agreement="deal").demand("car", 6, "month", site="host")
    return small.add("exit_terms", agreement="deal")


@golden
def take_or_pay_broken_off() -> Golden:
    """36.5 a year of 366 days: 61 days are 6.083333333 if it runs in May, 30 are 2.991803279 if it is left in May.

    The close that does not take place has nothing beyond, and its units are idle; most is 12 and the 36.5 agreed.
    """
    small = _may_be_left().add("take_or_pay", agreement="deal", quantity=36.5, price=3, make_up_months=12)
    full, left, leave = "2023-04-01.2023-05", "2023-04-01.2023-04.left", "leave/deal[2023-05.2023-05]"
    text = f"""
    take_or_pay/deal[{full}]: +1 start[car,2023-04] +1 start[car,2023-05] -6.083333333 running/deal[2023-05]
        +1 deficiency/deal[{full}] -1 beyond/deal[{full}] -1 idle/deal[{full}] = 0
    take_or_pay/deal[{left}]: +1 start[car,2023-04] -2.991803279 {leave}
        +1 deficiency/deal[{left}] -1 beyond/deal[{left}] -1 idle/deal[{left}] = 0
    take_or_pay_due/deal[{full}]: -48.5 running/deal[2023-05] +1 beyond/deal[{full}] <= 0
    take_or_pay_due/deal[{left}]: -48.5 {leave} +1 beyond/deal[{left}] <= 0
    take_or_pay_idle/deal[{full}]: +48.5 running/deal[2023-05] +1 idle/deal[{full}] <= 48.5
    take_or_pay_idle/deal[{left}]: +48.5 {leave} +1 idle/deal[{left}] <= 48.5
    """
    return Golden(small, ("take_or_pay/deal", "take_or_pay_due/deal", "take_or_pay_idle/deal"), text)


@golden
def units_of_a_tool_if_its_time_closes_so() -> Golden:
    """t <= q, t <= 12 due and t >= q - 12 (1 - due): the units of two months, or of April if it is left in May."""
    small = _may_be_left()
    small.add("tooling", agreement="deal", tool="mould", amount=100, payment="per_unit", units=10, months=2)
    name, full, left = "tool_units/deal/mould", "2023-04-01.2023-05", "2023-04-01.2023-04.left"
    leave = "leave/deal[2023-05.2023-05]"
    text = f"""
    {name}.within[{full}]: -1 start[car,2023-04] -1 start[car,2023-05] +1 {name}[{full}] <= 0
    {name}.within[{left}]: -1 start[car,2023-04] +1 {name}[{left}] <= 0
    {name}.due[{full}]: -12 running/deal[2023-05] +1 {name}[{full}] <= 0
    {name}.due[{left}]: -12 {leave} +1 {name}[{left}] <= 0
    {name}.all[{full}]: -12 <= -1 start[car,2023-04] -1 start[car,2023-05] -12 running/deal[2023-05] +1 {name}[{full}]
    {name}.all[{left}]: -12 <= -1 start[car,2023-04] -12 {leave} +1 {name}[{left}]
    """
    return Golden(small, (f"{name}.within", f"{name}.due", f"{name}.all"), text)
