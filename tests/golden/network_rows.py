"""Rows of the network and of demand: two items, two buckets, and the equation each line is held against."""

from __future__ import annotations

import datetime

from golden.register import Golden, golden
from small_case import SmallCase

APRIL, MAY = datetime.date(2023, 4, 1), datetime.date(2023, 5, 1)
"""Months of 30 and 31 days."""

MARCH_END = datetime.date(2023, 3, 31)


def _spring() -> SmallCase:
    return SmallCase("month:2", start=APRIL)


@golden
def stock_balance() -> Golden:
    """I before + sum of L E x + receipts - U x - sold - scrapped - I = 0, what is known standing on the right.

    Weeks of 7 days and a lead time of 1.75: a quarter of what starts arrives a week later, of which 0.8 is good. A seat
    costs nothing to hold, so none is scrapped.
    """
    small = SmallCase("week:2").item("car", value=1.0, holding_rate=0.1).item("seat")
    small.route("car", bom={"seat": 4.0}, lead_time=1.75, **{"yield": 0.8}).offer("seat", 5.0)
    for item, units in (("car", 1), ("seat", 8)):
        small.add("stock", item=item, site="works", quantity=units)
        small.add("receipts", item=item, site="works", date=datetime.date(2023, 1, 8), quantity=units + 1)
    small.demand("car", 20, "week")
    text = """
    stock_balance[car@works,2023-01-01]: +0.6 start[car,2023-01-01] -1 stock[car@works,2023-01-01]
        -1 scrapped[car@works,2023-01-01] -1 sold[car,2023-01-01] = -1
    stock_balance[car@works,2023-01-08]: +0.2 start[car,2023-01-01] +0.6 start[car,2023-01-08]
        +1 stock[car@works,2023-01-01] -1 stock[car@works,2023-01-08]
        -1 scrapped[car@works,2023-01-08] -1 sold[car,2023-01-08] = -2
    stock_balance[seat@works,2023-01-01]: -4 start[car,2023-01-01] +1 start[seat,2023-01-01]
        -1 stock[seat@works,2023-01-01] = -8
    stock_balance[seat@works,2023-01-08]: -4 start[car,2023-01-08] +1 start[seat,2023-01-08]
        +1 stock[seat@works,2023-01-01] -1 stock[seat@works,2023-01-08] = -9
    """
    return Golden(small, ("stock_balance",), text)


@golden
def lanes_in_a_balance() -> Golden:
    """A lane takes one unit where it starts as it leaves and gives one where it ends when it arrives."""
    small = SmallCase("week:2").add("sites", site="shop", kind="market").item("car").route("car")
    small.add("lanes", lane="truck", item="car", from_site="works", to_site="shop", lead_time=7)
    for site, units in (("works", 1), ("shop", 5)):
        small.add("stock", item="car", site=site, quantity=units)
        small.add("receipts", item="car", site=site, date=datetime.date(2023, 1, 14), quantity=units + 1)
    small.demand("car", 20, "week", site="shop")
    text = """
    stock_balance[car@shop,2023-01-01]: -1 stock[car@shop,2023-01-01] -1 sold[car,2023-01-01] = -5
    stock_balance[car@shop,2023-01-08]: +1 start[truck car,2023-01-01]
        +1 stock[car@shop,2023-01-01] -1 stock[car@shop,2023-01-08] -1 sold[car,2023-01-08] = -6
    stock_balance[car@works,2023-01-01]: +1 start[car,2023-01-01] -1 start[truck car,2023-01-01]
        -1 stock[car@works,2023-01-01] = -1
    stock_balance[car@works,2023-01-08]: +1 start[car,2023-01-08] -1 start[truck car,2023-01-08]
        +1 stock[car@works,2023-01-01] -1 stock[car@works,2023-01-08] = -2
    """
    return Golden(small, ("stock_balance",), text)


@golden
def safety_stock() -> Golden:
    """I + below >= target: of the car 5 units; of the seat 3 days of what follows the close, 2 a day until 1 June."""
    small = _spring().item("car").route("car").demand("car", 31, "month")
    small.item("seat").route("seat").demand("seat", 2, "day").demand("seat", 1, "day", from_=datetime.date(2023, 6, 2))
    small.since("safety_stock", item="car", site="works", quantity=5, penalty=2.0)
    small.since("safety_stock", item="seat", site="works", days=3, penalty=2.0)
    text = """
    safety_stock[car@works,2023-04]: 5 <= +1 stock[car@works,2023-04] +1 below[car@works,2023-04]
    safety_stock[car@works,2023-05]: 5 <= +1 stock[car@works,2023-05] +1 below[car@works,2023-05]
    safety_stock[seat@works,2023-04]: 6 <= +1 stock[seat@works,2023-04] +1 below[seat@works,2023-04]
    safety_stock[seat@works,2023-05]: 4 <= +1 stock[seat@works,2023-05] +1 below[seat@works,2023-05]
    """
    return Golden(small, ("safety_stock",), text)


def _ramped() -> SmallCase:
    """A car that starts on 16 April at half the full rate, and a van, on one line."""
    small = _spring().item("car").item("van").demand("car", 31, "month").demand("van", 3, "month")
    small.route("car", from_=datetime.date(2023, 4, 16), ramp="slow").route("van")
    small.add("ramps", ramp="slow", month=0, share=0.5)
    small.line("car", 10, "day", load=2.0, overtime_quantity=1, overtime_cost=1)
    return small.add("loads", route="van", resource="line", quantity=3.0)


@golden
def capacity() -> Golden:
    """Sum of R x - overtime <= capacity: 2 hours a car and 3 a van, 10 a day for 30 and 31 days."""
    text = """
    capacity[line,2023-04]: +2 start[car,2023-04] +3 start[van,2023-04] -1 overtime[line,2023-04] <= 300
    capacity[line,2023-05]: +2 start[car,2023-05] +3 start[van,2023-05] -1 overtime[line,2023-05] <= 310
    """
    return Golden(_ramped(), ("capacity",), text)


@golden
def launch_gate() -> Golden:
    """R x <= a (capacity + overtime): a is a half for 15 of the 30 days of April, and for all of May."""
    text = """
    launch_gate[car,line,2023-04]: +2 start[car,2023-04] -0.25 overtime[line,2023-04] <= 75
    launch_gate[car,line,2023-05]: +2 start[car,2023-05] -0.5 overtime[line,2023-05] <= 155
    """
    return Golden(_ramped(), ("launch_gate",), text)


@golden
def lane_capacity() -> Golden:
    """All that a lane of a family moves shares its capacity: 7 a week are 30 in April."""
    small = _spring().add("sites", site="shop", kind="market")
    for item in ("car", "van"):
        small.item(item, family="wheels").route(item).demand(item, 1, "month", site="shop")
    small.add("lanes", lane="truck", family="wheels", from_site="works", to_site="shop", capacity=7, per="week")
    text = """
    lane_capacity[truck,2023-04]: +1 start[truck car,2023-04] +1 start[truck van,2023-04] <= 30
    lane_capacity[truck,2023-05]: +1 start[truck car,2023-05] +1 start[truck van,2023-05] <= 31
    """
    return Golden(small, ("lane_capacity",), text)


@golden
def allotment() -> Golden:
    """Offers of one allotment share it; before its first row, in April, it sets no limit."""
    small = _spring().item("car").item("chip").route("car", bom={"chip": 1}).demand("car", 1, "month")
    for offer in ("east", "west"):
        small.offer("chip", 1.0, offer=offer, allotment="chips")
    small.since("allotments", allotment="chips", from_=MAY, quantity=14, per="month")
    text = "allotment[chips,2023-05]: +1 start[east,2023-05] +1 start[west,2023-05] <= 14"
    return Golden(small, ("allotment",), text)


@golden
def sales() -> Golden:
    """Sold + waiting + lost - w x waiting before = wanted: of the car half wait a month, of the van nobody."""
    small = _spring().item("car").item("van").route("car").route("van")
    small.demand("car", 20, "month", wait_share=0.5).demand("van", 3, "month")
    text = """
    sales[car,2023-04]: +1 sold[car,2023-04] +1 waiting[car,2023-04] +1 lost[car,2023-04] = 20
    sales[car,2023-05]: +1 sold[car,2023-05] -0.5 waiting[car,2023-04] +1 waiting[car,2023-05]
        +1 lost[car,2023-05] = 20
    sales[van,2023-04]: +1 sold[van,2023-04] +1 lost[van,2023-04] = 3
    sales[van,2023-05]: +1 sold[van,2023-05] +1 lost[van,2023-05] = 3
    """
    return Golden(small, ("sales",), text)


@golden
def least_fill() -> Golden:
    """Sold >= least fill x wanted, of those newly asked for."""
    small = _spring().item("car").item("van").route("car").route("van").demand("van", 3, "month")
    small.demand("car", 20, "month", wait_share=1.0, least_fill=0.25)
    small.demand("car", 40, "month", wait_share=1.0, least_fill=0.5, from_=MAY)
    text = """
    least_fill[car,2023-04]: 5 <= +1 sold[car,2023-04]
    least_fill[car,2023-05]: 20 <= +1 sold[car,2023-05]
    """
    return Golden(small, ("least_fill",), text)


def _lots() -> SmallCase:
    small = _spring().item("car").item("chip").route("car", least_lot=5, bom={"chip": 2}).demand("car", 10, "month")
    return small.offer("chip", 1.0, moq=6, multiple=4)


@golden
def lot_least() -> Golden:
    """x >= least y."""
    text = """
    lot_least[car,2023-04]: 0 <= +1 start[car,2023-04] -5 lot[car,2023-04]
    lot_least[car,2023-05]: 0 <= +1 start[car,2023-05] -5 lot[car,2023-05]
    lot_least[chip,2023-04]: 0 <= +1 start[chip,2023-04] -6 lot[chip,2023-04]
    lot_least[chip,2023-05]: 0 <= +1 start[chip,2023-05] -6 lot[chip,2023-05]
    """
    return Golden(_lots(), ("lot_least",), text)


@golden
def lot_most() -> Golden:
    """x <= most y: 20 cars asked for and a lot of 5 too many each month; chips for 30 of them, and lots of 6."""
    text = """
    lot_most[car,2023-04]: +1 start[car,2023-04] -35 lot[car,2023-04] <= 0
    lot_most[car,2023-05]: +1 start[car,2023-05] -35 lot[car,2023-05] <= 0
    lot_most[chip,2023-04]: +1 start[chip,2023-04] -78 lot[chip,2023-04] <= 0
    lot_most[chip,2023-05]: +1 start[chip,2023-05] -78 lot[chip,2023-05] <= 0
    """
    return Golden(_lots(), ("lot_most",), text)


@golden
def lot_multiple() -> Golden:
    """x = multiple k, for the chip only."""
    text = """
    lot_multiple[chip,2023-04]: +1 start[chip,2023-04] -4 lots[chip,2023-04] = 0
    lot_multiple[chip,2023-05]: +1 start[chip,2023-05] -4 lots[chip,2023-05] = 0
    """
    return Golden(_lots(), ("lot_multiple",), text)


def _portfolio() -> SmallCase:
    """Prices 3 and 2; the car's share of the year's revenue between a quarter and 0.6."""
    small = _spring().item("car").item("van").route("car").route("van")
    small.demand("car", 10, "month", price=3).demand("van", 10, "month", price=2)
    return small.add("mix", family="car", year=2023, least_share=0.25, most_share=0.6)


@golden
def mix_most() -> Golden:
    """Revenue of the family - 0.6 x revenue <= 0: 3 x 0.4 a car, -2 x 0.6 a van."""
    text = """
    mix_most[car,2023]: +1.2 sold[car,2023-04] +1.2 sold[car,2023-05] -1.2 sold[van,2023-04] -1.2 sold[van,2023-05] <= 0
    """
    return Golden(_portfolio(), ("mix_most",), text)


@golden
def mix_least() -> Golden:
    """Revenue of the family - 0.25 x revenue >= 0: 3 x 0.75 a car, -2 x 0.25 a van."""
    text = """
    mix_least[car,2023]:
        0 <= +2.25 sold[car,2023-04] +2.25 sold[car,2023-05] -0.5 sold[van,2023-04] -0.5 sold[van,2023-05]
    """
    return Golden(_portfolio(), ("mix_least",), text)


def _learner(retention: float) -> SmallCase:
    """Half of what is started is good; 8 x 0.5 units of experience at the start."""
    small = _spring().item("car").item("van").route("car", learning="curve", **{"yield": 0.5}).route("van")
    small.demand("car", 50, "month", price=200).demand("van", 1, "month")
    return small.add(
        "learning", learning="curve", rate=0.8, first_unit_cost=100, segments=2, initial_units=8, transfer_share=0.5,
        retention=retention,
    )  # fmt: skip


@golden
def experience() -> Golden:
    """E - kept x E before - good x = 0, half of the 4 at the start being kept through April."""
    text = """
    experience/curve[2023-04]: -0.5 start[car,2023-04] +1 experience/curve[2023-04] = 2
    experience/curve[2023-05]: -0.5 start[car,2023-05] -0.5 experience/curve[2023-04] +1 experience/curve[2023-05] = 0
    """
    return Golden(_learner(0.5), ("experience/curve",), text)


@golden
def learning() -> Golden:
    """E = sum of segments, filled in order: 4 units from the start, 29 of them the middle of 4 and 204 in ratio.

    At most 200 cars are started, 100 a month good: experience is at most 104 when April closes and 204 after May.
    """
    blocks = ("learning/curve.sum", "learning/curve.full", "learning/curve.next", "learning/curve.grows")
    text = """
    learning/curve.sum[2023-04]: -1 experience/curve[2023-04]
        +1 learning/curve[2023-04,1] +1 learning/curve[2023-04,2] +1 learning/curve[2023-04,3] = 0
    learning/curve.sum[2023-05]: -1 experience/curve[2023-05]
        +1 learning/curve[2023-05,1] +1 learning/curve[2023-05,2] +1 learning/curve[2023-05,3] = 0
    learning/curve.full[2023-04,1]: 0 <= +1 learning/curve[2023-04,1] -4 learning/curve.full[2023-04,1]
    learning/curve.full[2023-04,2]: 0 <= +1 learning/curve[2023-04,2] -25 learning/curve.full[2023-04,2]
    learning/curve.full[2023-05,1]: 0 <= +1 learning/curve[2023-05,1] -4 learning/curve.full[2023-05,1]
    learning/curve.full[2023-05,2]: 0 <= +1 learning/curve[2023-05,2] -25 learning/curve.full[2023-05,2]
    learning/curve.next[2023-04,1]: +1 learning/curve[2023-04,2] -25 learning/curve.full[2023-04,1] <= 0
    learning/curve.next[2023-04,2]: +1 learning/curve[2023-04,3] -75 learning/curve.full[2023-04,2] <= 0
    learning/curve.next[2023-05,1]: +1 learning/curve[2023-05,2] -25 learning/curve.full[2023-05,1] <= 0
    learning/curve.next[2023-05,2]: +1 learning/curve[2023-05,3] -175 learning/curve.full[2023-05,2] <= 0
    learning/curve.grows[2023-05,1]: 0 <= -1 learning/curve.full[2023-04,1] +1 learning/curve.full[2023-05,1]
    learning/curve.grows[2023-05,2]: 0 <= -1 learning/curve.full[2023-04,2] +1 learning/curve.full[2023-05,2]
    """
    return Golden(_learner(1.0), blocks, text)


@golden
def faded() -> Golden:
    """What is left of April's experience, half of at most 104 - 2, is split likewise: no more than 52.

    Of the 4 at the start 1 is left after two months without production: the first segment ends there.
    """
    text = """
    faded/curve.sum[2023-05]: -0.5 experience/curve[2023-04] +1 faded/curve[2023-05,1]
        +1 faded/curve[2023-05,2] +1 faded/curve[2023-05,3] +1 faded/curve[2023-05,4] = 0
    faded/curve.full[2023-05,1]: 0 <= +1 faded/curve[2023-05,1] -1 faded/curve.full[2023-05,1]
    faded/curve.full[2023-05,2]: 0 <= +1 faded/curve[2023-05,2] -3 faded/curve.full[2023-05,2]
    faded/curve.full[2023-05,3]: 0 <= +1 faded/curve[2023-05,3] -25 faded/curve.full[2023-05,3]
    faded/curve.next[2023-05,1]: +1 faded/curve[2023-05,2] -3 faded/curve.full[2023-05,1] <= 0
    faded/curve.next[2023-05,2]: +1 faded/curve[2023-05,3] -25 faded/curve.full[2023-05,2] <= 0
    faded/curve.next[2023-05,3]: +1 faded/curve[2023-05,4] -75 faded/curve.full[2023-05,3] <= 0
    """
    return Golden(_learner(0.5), ("faded/curve.sum", "faded/curve.full", "faded/curve.next"), text)


@golden
def diffusion() -> Golden:
    """Sales start with the first start of production that comes about, and wants spread from then on.

    Without imitation 1,000 (1 - exp(-0.1 t)) buy within t years. The host that begins on 16 March may be signed; the
    one that begins on 1 April is, and starts sales if the first does not. From 16 March there are 16 days to the end of
    the quarter, 107 to that of the next and 199 to that of the third; from 1 April 91 and 183.
    """
    small = SmallCase("quarter:3").item("car").demand("car", 2.0, "quarter", least_fill=0.5)
    for name, status, day in (("may", "option", datetime.date(2023, 3, 15)), ("must", "signed", MARCH_END)):
        small.host(name, site=name, status=status, term=9).add("milestones", milestone=name, date=day)
        small.route("car", route=name, site=name, agreement=name, milestone=name)
        small.add("lanes", lane=name, item="car", from_site=name, to_site="works")
        small.add("diffusion", demand="car", milestone=name, innovation=0.1, imitation=0, potential=1000)
    text = """
    sales[car,2023-Q1]: +1 sold[car,2023-Q1] +1 lost[car,2023-Q1] -4.370980596 opened[car may] = 2
    sales[car,2023-Q2]: +1 sold[car,2023-Q2] +1 lost[car,2023-Q2]
        -24.49908385 opened[car may] -24.606639 opened[car must] = 2
    sales[car,2023-Q3]: +1 sold[car,2023-Q3] +1 lost[car,2023-Q3]
        -24.15554669 opened[car may] -24.26159365 opened[car must] = 2
    least_fill[car,2023-Q1]: 1 <= +1 sold[car,2023-Q1] -2.185490298 opened[car may]
    least_fill[car,2023-Q2]: 1 <= +1 sold[car,2023-Q2] -12.24954193 opened[car may] -12.3033195 opened[car must]
    least_fill[car,2023-Q3]: 1 <= +1 sold[car,2023-Q3] -12.07777335 opened[car may] -12.13079682 opened[car must]
    opened_only[car may]: +1 opened[car may] -1 sign[may] <= 0
    opened_only[car must]: +1 opened[car must] -1 sign[must] <= 0
    opened_first[car may]: 0 <= +1 opened[car may] -1 sign[may]
    opened_first[car must]: 0 <= +1 opened[car may] +1 opened[car must] -1 sign[must]
    opened_once[car may]: +1 opened[car may] <= 1
    opened_once[car must]: +1 opened[car may] +1 opened[car must] <= 1
    """
    return Golden(small, ("sales", "least_fill", "opened_only", "opened_first", "opened_once"), text)
