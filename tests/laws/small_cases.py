"""Random small cases for laws: few items, up to eight buckets of unequal kinds, every clause now and then."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from checker.dates import bounds_of, later
from hypothesis import settings
from hypothesis import strategies as st

from coplant import Case

Row = dict[str, Any]
PERIODS = ("day", "week", "month", "quarter", "year")
PER_MONTH = {"day": 1 / 30, "week": 0.25, "month": 1.0, "quarter": 3.0, "year": 12.0}


@dataclass
class Draft:
    """Settings and rows of a case that a law may still rewrite."""

    settings: dict[str, Any]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def case(self) -> Case:
        return Case.from_tables(self.settings, {name: list(rows) for name, rows in self.tables.items()})


class _Writer:
    """Draws a case piece by piece."""

    def __init__(self, draw: st.DrawFn, integers: bool, plain: bool) -> None:
        self.draw = draw
        self.integers = integers
        self.plain = plain
        """Constant rates, no lead times, no cost of time: what a split bucket leaves as it is."""
        kinds = draw(
            st.lists(
                st.tuples(st.sampled_from(["day", "week", "month", "quarter"]), st.integers(1, 3)),
                min_size=1,
                max_size=3,
            ).filter(lambda buckets: 2 <= sum(count for _, count in buckets) <= 8)
        )
        start = draw(st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)))
        self.bounds = bounds_of(start, kinds)
        self.start, self.end = start, self.bounds[-1]
        self.months = (self.end - self.start).days / 30.4
        self.draft = Draft(
            {
                "name": "small",
                "title": "A small case",
                "currency": "EUR",
                "start": start,
                "buckets": [f"{kind}:{count}" for kind, count in kinds],
                "discount_rate": 0.0 if plain else draw(st.sampled_from([0.0, 0.1])),
                "lag_rule": "exact" if plain else draw(st.sampled_from(["exact", "exact", "conservative"])),
            }
        )

    def number(self, *choices: float) -> float:
        return float(self.draw(st.sampled_from(choices)))

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def days(self) -> float:
        return 0.0 if self.plain else self.number(0, 0, 1, 5, 10, 31, 75)

    def day(self, low: float = 0.0, high: float = 1.0) -> datetime.date:
        """A day in a part of the horizon."""
        span = (self.end - self.start).days
        return self.start + datetime.timedelta(days=self.draw(st.integers(int(low * span), int(high * span))))

    def period(self, *choices: str) -> str:
        """What a rate is for: in plain cases weeks for all, as rates by the month and by the day do not keep step."""
        return "week" if self.plain else self.draw(st.sampled_from(choices))

    def dated(self, table: str, key: Row, *, known: bool, **columns: tuple[float, ...]) -> None:
        """Up to three rows of a dated table; known from before the start, or from some day on."""
        first = self.start - datetime.timedelta(days=self.draw(st.integers(0, 40)))
        if not known and not self.plain and self.chance():
            first = self.day(0.0, 0.7)
        later = [] if self.plain else self.draw(st.lists(st.integers(1, 150), max_size=2, unique=True))
        per = self.period(*PERIODS) if "quantity" in columns else None
        for offset in [0, *sorted(later)]:
            row = dict(key) | {"from": first + datetime.timedelta(days=offset)}
            for name, choices in columns.items():
                row[name] = self.number(*choices)
                if per and name in ("quantity", "overtime_quantity"):
                    row[name] *= PER_MONTH[per]
            self.draft.add(table, **row, **({"per": per} if per else {}))


FEW = settings.default.max_examples
EVERY_CLAUSE = settings(max_examples=500 if FEW >= 200 else FEW)
"""For laws of all clauses in any mixture: 500 agreements are drawn in `make test-all`."""


@st.composite
def drafts(draw: st.DrawFn, *, integers: bool = False, plain: bool = False, hosts: int = 0) -> Draft:
    """Draw a case.

    Parameters
    ----------
    draw
        Hypothesis.
    integers
        Whether the plan may need whole-number decisions.
    plain
        Whether rates are constant, lead times nothing and time free.
    hosts
        Least number of hosts; there are two at most.
    """
    write = _Writer(draw, integers, plain)
    count = draw(st.integers(hosts, 2))
    _network(write, count)
    _demand(write)
    for host in range(count):
        _agreement(write, f"host{host}")
    return write.draft


def _network(write: _Writer, hosts: int) -> None:
    add, number = write.draft.add, write.number
    plants = ["home", *(f"host{host}" for host in range(hosts))]
    add("parties", party="brand", role="brand")
    add("parties", party="maker", role="supplier")
    add("sites", site="home", kind="plant", country="north")
    add("sites", site="shop", kind="market", country="south")
    for plant in plants[1:]:
        add("parties", party=plant, role="host")
        add("sites", site=plant, party=plant, kind="plant")
    share = 0.0 if write.plain else number(0, 0.5)
    rate = 0.0 if write.plain else number(0, 0.2)
    values = {"bolt": 2.0, "chip": 10.0}
    quantities = {"bolt": number(1, 2, 4), "chip": number(1, 3)}
    values["board"] = sum(values[part] * quantities[part] for part in values)
    extra = number(1, 2)
    values["car"] = values["board"] + values["bolt"] * extra
    values["phone"] = values["board"]
    for item, value in values.items():
        family = {"car": "cars", "phone": "phones"}.get(item)
        add("items", item=item, family=family, value=value, holding_rate=rate, end_value_share=share)
    bills = {"board": quantities, "car": {"board": 1.0, "bolt": extra}, "phone": {"board": 1.0}}
    made = [("board", "home"), ("phone", "home"), ("car", "home"), *(("car", plant) for plant in plants[1:])]
    if write.chance():
        made.remove(("phone", "home"))
    learner = ("car", "home") if write.integers and write.chance() else None
    resources = {plant for plant in plants if plant == "home" or write.chance()}
    for item, site in made:
        row: Row = {"route": f"{item}-{site}", "item": item, "site": site, "lead_time": write.days()}
        row["yield"] = number(1, 0.9)
        row["cost"] = number(0, 1, 5)
        if site != "home":
            row["agreement"] = f"deal-{site}"
            if write.chance() and not write.plain:
                row["from"] = write.day(0.0, 0.5)
                row["ramp"] = "rise" if write.chance() else None
        elif item == "phone" and not write.plain and write.chance():
            row["from"] = write.day(0.0, 0.4)
            row["until"] = max(write.day(0.5, 1.0), row["from"] + datetime.timedelta(days=1))
        if write.integers and item == "phone":
            row["least_lot"] = number(0, 5)
            row["multiple"] = 4.0 if write.chance() else None
        if (item, site) == learner:
            row["cost"], row["learning"] = 0.0, "curve"
        add("routes", **row)
        for component, quantity in bills[item].items():
            add("bom", route=row["route"], item=component, quantity=quantity)
        if site in resources:
            add("loads", route=row["route"], resource=f"line-{site}", quantity=number(0.5, 1, 2))
        if site != "home" and write.integers and write.chance():
            # A second way that wastes less, or more: what is used beyond an allowance may then be of either sign.
            add("routes", **row | {"route": f"{item}-{site}-too", "yield": 1.9 - row["yield"]})
            for component, quantity in bills[item].items():
                add("bom", route=f"{item}-{site}-too", item=component, quantity=quantity)
            if site in resources:
                add("loads", route=f"{item}-{site}-too", resource=f"line-{site}", quantity=number(0.5, 1, 2))
    add("ramps", ramp="rise", month=0.0, share=0.25)
    add("ramps", ramp="rise", month=1.5, share=1.0)
    if learner:
        add("learning", learning="curve", rate=number(0.8, 0.9), first_unit_cost=number(8, 20), segments=3,
            initial_units=number(0, 20), transfer_share=0.5, retention=number(1, 0.95),
            convention=write.draw(st.sampled_from(["unit", "cumulative_average"])))  # fmt: skip
    for plant in sorted(resources):
        add("resources", resource=f"line-{plant}", site=plant)
        write.dated("resource_capacity", {"resource": f"line-{plant}", "overtime_cost": number(1, 4)}, known=True,
                    quantity=(40, 60, 100), overtime_quantity=(0, 10))  # fmt: skip
    for plant in plants[1:]:
        add("lanes", lane=f"boards-{plant}", item="board", from_site="home", to_site=plant, lead_time=write.days())
    for plant in plants:
        row = {"lane": f"cars-{plant}", "from_site": plant, "to_site": "shop", "lead_time": write.days()}
        row |= {"family": "cars"} if write.chance() else {"item": "car"}
        if write.chance():
            per = write.period("month")
            row |= {"capacity": number(20, 80) * PER_MONTH[per], "per": per}
        add("lanes", **row, cost=number(0, 1, 3))
    if ("phone", "home") in made:
        add("lanes", lane="phones", item="phone", from_site="home", to_site="shop", lead_time=write.days())
    for part in ("bolt", "chip"):
        for plant in plants if part == "bolt" else plants[:1]:
            row = {"offer": f"{part}-{plant}", "item": part, "site": plant, "lead_time": write.days()}
            row["supplier"] = "maker"
            if part == "chip" and write.chance():
                row["allotment"] = "chips"
            if write.integers and part == "chip":
                row["moq"] = number(0, 15)
                row["multiple"] = 10.0 if write.chance() else None
            add("offers", **row)
            floor = values[part]
            write.dated("offer_prices", {"offer": row["offer"]}, known=True, price=(floor, 1.5 * floor))
    if any(row.get("allotment") for row in write.draft.tables["offers"]):
        write.dated("allotments", {"allotment": "chips"}, known=write.plain, quantity=(30, 60, 150))
    for item, site in (("bolt", "home"), ("chip", "home"), ("board", "home"), ("car", "shop"), ("board", "host0")):
        if site in (*plants, "shop") and write.chance():
            add("stock", item=item, site=site, quantity=number(5, 20, 60))
    if write.chance() and not write.plain:
        add("receipts", item="chip", site="home", date=write.day(0.0, 0.9), quantity=number(10, 50))


def _demand(write: _Writer) -> None:
    add, number = write.draft.add, write.number
    phones = any(row["item"] == "phone" for row in write.draft.tables["routes"])
    for item in ["car", *(["phone"] if phones else [])]:
        name = f"{item}s-wanted"
        waits = (0, 1) if write.plain else (0, 0.5, 1)
        write.dated(
            "demand",
            {"demand": name, "item": item, "site": "shop", "lost_penalty": number(0, 3)},
            known=write.plain,
            quantity=(10, 30, 80),
            wait_share=(number(*waits),),
        )
        write.dated("prices", {"demand": name}, known=True, price=(30, 60, 100) if item == "car" else (25, 50))
    if write.plain:
        return
    if write.chance():
        add("safety_stock", item="car", site="shop", **{"from": write.day(0.0, 0.5)}, penalty=number(0.5, 2),
            **({"quantity": number(5, 15)} if write.chance() else {"days": number(3, 20, 45)}))  # fmt: skip
    if write.chance():
        add("annuities", annuity="service", item="car", family="services", amount=number(1, 2), cost=number(0, 0.5),
            months=number(1, 2.5, 12), retention=number(1, 0.9), opening_units=number(0, 40))  # fmt: skip
    if phones and write.chance():
        add("mix", family="cars", year=write.day(0.0, 0.9).year, most_share=number(0.5, 0.8))


def _agreement(write: _Writer, host: str) -> None:
    add, number, chance, draw = write.draft.add, write.number, write.chance, write.draw
    name = f"deal-{host}"
    option = write.integers and chance()
    status = "option" if option else draw(st.sampled_from(["signed", "signed", "signed", "ended"]))
    starts = write.start if write.plain else write.day(0.0, 0.6)
    term = 100.0 if write.plain else number(1, 2, 6, 24)
    flexible = not write.plain and chance()
    if flexible:
        # What is forecast binds only if the agreement is in force when the plan is published.
        starts = write.start
    add(
        "agreements", agreement=name, host=host, site=host, status=status, starts=starts,
        sign_from=None if write.plain else max(write.start, starts - datetime.timedelta(days=20)), term=term,
        group="deals" if option else None,
    )  # fmt: skip
    some_days = starts + datetime.timedelta(days=draw(st.integers(5, 60)))
    part = None if write.plain or chance() else min(some_days, later(starts, term))
    if chance():
        per = write.period("week", "month", "hour")
        size = {"week": 0.25, "month": 1.0, "hour": 12 / 4000}[per]
        add(
            "reservations", agreement=name, least=number(0, 10) * size, most=number(10, 40) * size, per=per,
            hours_per_year=4000.0 if per == "hour" else None, fee=number(0.5, 2), valid_from=None, valid_until=part,
            kind=draw(st.sampled_from(["plain", "deductible"])),
        )  # fmt: skip
    if chance():
        basis = "cumulative" if write.plain else draw(st.sampled_from(["month", "year", "cumulative"]))
        method = draw(st.sampled_from(["incremental", "all_units"])) if write.integers else "incremental"
        item = "car" if chance() else None
        first = number(2, 4)
        steps = {0.0: first} | ({20.0: first * number(0.6, 0.8, 1.25)} if write.integers else {})
        for above, fee in steps.items():
            add("processing_fees", agreement=name, item=item, above=above, fee=fee, basis=basis, method=method)
    if chance():
        add(
            "fixed_charges", agreement=name, charge="rent", amount=number(10, 50), valid_until=part,
            per=draw(st.sampled_from(["month", "quarter"])), true_up=draw(st.sampled_from(["none", "yearly"])),
        )  # fmt: skip
    if chance() and not write.plain:
        banks = write.integers and chance()
        turn = starts + datetime.timedelta(days=draw(st.integers(10, 400)))
        two = banks and turn < later(starts, term) and chance()
        for first, until in [(None, turn), (turn, None)] if two else [(None, None)]:
            add("take_or_pay", agreement=name, valid_from=first, valid_until=until, quantity=number(60, 200),
                share=number(0.5, 0.8), price=number(1, 2, 3), make_up_months=number(0, 3, 12, 24) if banks else None,
                carry_forward_months=number(0, 12) if banks else None, carry_forward_share=number(0.2, 1))  # fmt: skip
    if not write.plain and number(0, 1, 2) == 0:
        capped = write.integers and chance()
        add("loss_cover", agreement=name, valid_from=None, fixed_cost=number(20, 100), per="month",
            margin=number(0, 1, 4), months=number(1.5, 3, 12) if chance() else None,
            cap=number(10, 80, 300) if capped else None)  # fmt: skip
    if number(0, 1) == 0:
        signed = write.draft.tables["agreements"][-1]["sign_from"]
        add("advisory", agreement=name, service="tryout", valid_from=signed if chance() else None, valid_until=part,
            fee=number(0, 5, 20), hours=number(0, 10), hourly_rate=number(0.5, 2),
            per=draw(st.sampled_from(["week", "month"])), cap=number(15, 100) if chance() else None)  # fmt: skip
    if number(0, 1, 2) == 0:
        begins = None if write.plain or chance() else write.day(0.0, 0.4)
        begins = begins if begins and starts <= begins < later(starts, term) else None
        add("licences", agreement=name, item="car" if chance() else None, valid_from=begins, holder="brand",
            fee=number(0, 10), royalty=number(0, 1, 2))  # fmt: skip
    if number(0, 1, 2) == 0:
        add("credits", agreement=name, credit="clean", item="car" if chance() else None, valid_until=part,
            quantity=number(0.5, 2), price=number(1, 4), brand_share=number(0.5, 1))  # fmt: skip
    if number(0, 1, 2) == 0:
        add("exclusivity", agreement=name, item="car" if chance() else None, valid_until=part,
            months_after=number(0, 1, 3), own_plant=draw(st.sampled_from(["allowed", "excluded"])))  # fmt: skip
    if write.integers and status != "ended" and chance():
        add("exit_terms", agreement=name, notice=number(0, 1), fee=number(0, 20), fee_per_month=number(0, 2),
            tooling_share=number(0, 0.5, 1), relocation=number(0, 5))  # fmt: skip
    if chance():
        payment = draw(st.sampled_from(["up_front", "per_unit", "annuity"]))
        due = write.day(0.1, 0.5) if chance() and not write.plain else None
        if due and payment == "per_unit":
            # Units are counted while the agreement runs.
            due = min(due, later(starts, term) - datetime.timedelta(days=1))
        add("tooling", agreement=name, tool="mould", amount=number(50, 300), payment=payment, date=due,
            units=number(20, 100) if payment == "per_unit" else None, rate=number(0, 0.06),
            months=None if payment == "up_front" else number(1, 3, 12))  # fmt: skip
    if flexible:
        _forecasts(write, name)
    for kind in ("deposit", "prepayment", "guarantee", "vesting"):
        if draw(st.integers(0, 2)) == 0:
            _security(write, name, kind, starts, later(starts, term))
    for part in ("board", "bolt"):
        if chance():
            _material(write, name, part, some_days if starts < some_days < later(starts, term) else None)


def _forecasts(write: _Writer, name: str) -> None:
    """Fences for one to three ages, and up to three snapshots of some months of the horizon."""
    add, number, draw = write.draft.add, write.number, write.draw
    method, item = draw(st.sampled_from(["step_to_step", "original"])), "car" if write.chance() else None
    edges = [0, *sorted(draw(st.sets(st.integers(1, 5), max_size=2)))]
    down, binding = (sorted(number(*shares) for _ in edges) for shares in ((0, 0.1, 0.5), (0, 0.25, 1, 1)))
    for ahead, fall, share in zip(edges, down, reversed(binding), strict=True):
        rise = write.chance()
        add("flexibility", agreement=name, item=item, months_ahead=ahead, method=method, price=number(0.5, 4, 40),
            up_share=number(0, 0.2) if rise else None, down_share=fall, binding_share=share)  # fmt: skip
    month = write.start.replace(day=1)
    while month < write.end:
        # Now and then one is published when the plan is under way, of which it knows nothing.
        latest = (write.start - later(month, 1)).days + 1
        for days in sorted({max(days, latest) for days in draw(st.sets(st.integers(-3, 90), min_size=1, max_size=3))}):
            day = write.start - datetime.timedelta(days=days)
            add("forecasts", agreement=name, item="car", published=day, month=month, quantity=number(0, 20, 100, 300))
        month = later(month, 1)


def _material(write: _Writer, agreement: str, part: str, until: datetime.date | None) -> None:
    """A part of the car: who buys it, at about what it is worth."""
    value = next(row["value"] for row in write.draft.tables["items"] if row["item"] == part)
    mode = write.draw(st.sampled_from(["consigned", "consigned", "turnkey", "buy_sell", "directed"]))
    consigned = mode == "consigned"
    write.draft.add(
        "materials", agreement=agreement, item=part, mode=mode, price=value * write.number(0.5, 1, 1.5),
        handling_share=0.0 if consigned else write.number(0, 0.05),
        attrition_share=write.number(0, 0.05) if consigned else 0.0,
        valid_until=until if mode != "turnkey" and not write.plain and write.chance() else None,
    )  # fmt: skip


def _security(write: _Writer, agreement: str, kind: str, starts: datetime.date, ends: datetime.date) -> None:
    """What is paid or pledged; what takes whole-number decisions only in a case that may."""
    number, timeless = write.number, write.draft.settings["discount_rate"] == 0.0
    if kind == "prepayment" and timeless and not write.integers:
        return

    def some_day() -> datetime.date:
        first = starts - datetime.timedelta(days=30)
        return first + datetime.timedelta(days=write.draw(st.integers(0, (ends - first).days - 1)))

    row: Row = {"agreement": agreement, "security": f"a {kind}", "kind": kind, "amount": number(20, 60, 200)}
    if kind == "vesting":
        by_units = write.integers and write.chance()
        row |= {"milestone_units": number(5, 20, 50)} if by_units else {"milestone_date": some_day()}
    elif write.chance() and not write.plain:
        row["date"] = some_day()
    if kind == "prepayment":
        row["draw_per_unit"] = number(0.5, 2, 5)
    if kind == "guarantee":
        row["fee_rate"] = number(0.01, 0.1)
    elif kind != "vesting":
        row["forfeited_share"] = number(0, 0.5, 1)
    write.draft.add("security", **row)
