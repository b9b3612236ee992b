"""Money: every line of a plan from its quantities, its present value, and the sum of all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

from checker.clauses import Contracts
from checker.dates import arrivals, later, length_of, mean_in
from checker.facts import Facts, grouped

NOT_CASH = {"vesting", "below_safety_stock", "lost_sale", "stock_at_end", "annuity_after_end", "remaining_commitments"}
CLAUSES = (
    "reservation_fee", "processing_fee", "fixed_charge", "take_or_pay", "tooling", "cancellation", "loss_cover",
    "advisory", "licence", "credit", "material_turnkey", "material_bought", "material_sold", "material_handling",
    "material_credit", "security", "vesting", "exit", "relocation",
)  # fmt: skip


class Ledger:
    """Money by line, by what it belongs to, and by bucket, worked out again."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.amount: dict[tuple[str, str, int], float] = defaultdict(float)
        self.size: dict[tuple[str, str, int], float] = defaultdict(float)
        self.present: dict[str, float] = defaultdict(float)

    def put(self, line: str, owner: str | None, bucket: int, amount: float, present: float | None = None) -> None:
        """Book an amount; its present value is that of the middle of its bucket unless it is given."""
        key = (line, owner or "", bucket)
        self.amount[key] += amount
        self.size[key] += abs(amount)
        self.present[line] += amount * self.facts.worth_in(bucket) if present is None else present


def check_money(facts: Facts) -> None:
    """Compare every money line with the plan's quantities, and their sum with the objective."""
    ledger = Ledger(facts)
    for book in (_activities, _stock, _sales, _annuities, _clauses, _end):
        book(facts, ledger)
    _compare(facts, ledger)


def _activities(facts: Facts, ledger: Ledger) -> None:
    prices = grouped(facts.case["offer_prices"], "offer")
    for row in facts.plan["made"]:
        route, bucket = facts.routes[row["route"]], facts.place[row["bucket"]]
        ledger.put("conversion", route["item"], bucket, -route["cost"] * row["started"])
    for row in facts.plan["moved"]:
        bucket = facts.place[row["bucket"]]
        ledger.put("transport", row["item"], bucket, -facts.lanes[row["lane"]]["cost"] * row["quantity"])
    for row in facts.plan["bought"]:
        bucket = facts.place[row["bucket"]]
        price = mean_in(prices[row["offer"]], *facts.bounds[bucket : bucket + 2], "price")
        assert price is not None, f"{row['offer']} is bought before it has a price"
        facts.equal("price", row["offer"], facts.label(bucket), row["price"], price)
        ledger.put("material", facts.offers[row["offer"]]["item"], bucket, -price * row["quantity"])
    costs = grouped(facts.case["resource_capacity"], "resource")
    for row in facts.plan["loads"]:
        bucket = facts.place[row["bucket"]]
        if row["overtime"]:
            cost = mean_in(costs[row["resource"]], *facts.bounds[bucket : bucket + 2], "overtime_cost")
            ledger.put("overtime", None, bucket, -(cost or 0.0) * row["overtime"])


def _stock(facts: Facts, ledger: Ledger) -> None:
    closing, below = (facts.level("stock", column, "item", "site") for column in ("stock", "below"))
    opening = {(row["item"], row["site"]): row["quantity"] for row in facts.case["stock"]}
    for item, site in {*opening, *((key[0], key[1]) for key in closing)}:
        row = facts.items[item]
        before = opening.get((item, site), 0.0)
        for bucket in range(facts.count):
            after = closing.get((item, site, bucket), 0.0)
            years = facts.days(bucket) / 365.25
            ledger.put("holding", item, bucket, -row["value"] * row["holding_rate"] * years * (before + after) / 2)
            before = after
    rows = grouped(facts.case["safety_stock"], "item", "site")
    for (item, site, bucket), quantity in below.items():
        held = facts.last_row(rows.get((item, site), []), bucket)
        if held:
            months = length_of(*facts.bounds[bucket : bucket + 2], "month")
            ledger.put("below_safety_stock", item, bucket, -held["penalty"] * months * quantity)


def _sales(facts: Facts, ledger: Ledger) -> None:
    streams, prices = grouped(facts.case["demand"], "demand"), grouped(facts.case["prices"], "demand")
    lost, sold, waiting = (facts.level("sold", column, "demand") for column in ("lost", "sold", "waiting"))
    last = facts.count - 1
    for name, rows in streams.items():
        item = rows[0]["item"]
        for bucket in range(facts.count):
            span = facts.bounds[bucket : bucket + 2]
            price = mean_in(prices.get(name, []), *span, "price") or 0.0
            ledger.put("revenue", item, bucket, price * sold.get((name, bucket), 0.0))
            penalty = mean_in(rows, *span, "lost_penalty") or 0.0
            gone = lost.get((name, bucket), 0.0) + (waiting.get((name, bucket), 0.0) if bucket == last else 0.0)
            ledger.put("lost_sale", item, bucket, -penalty * gone)


# -- annuities --------------------------------------------------------------------------------------------------


def _annuities(facts: Facts, ledger: Ledger) -> None:
    """Follow sales month by month: a unit sold earns while it is active, and fewer are active every month."""
    for row in facts.case["annuities"]:
        item, months, keep = row["item"], row["months"], row["retention"]
        ends = [later(facts.bounds[-1], number) for number in range(1, math.ceil(months) + 2)]
        bounds = [*facts.bounds, *ends]
        clock = [length_of(facts.bounds[0], day, "month") for day in bounds]
        per_month = {"annuity": row["amount"], "annuity_cost": -row["cost"]}
        sold = [0.0] * facts.count
        for line in facts.plan["sold"]:
            if line["item"] == item:
                sold[facts.place[line["bucket"]]] += line["sold"]
        active = [0.0] * (len(bounds) - 1)
        for start, units in enumerate(sold):
            if units:
                for number in range(start, len(active)):
                    active[number] += units * _active(clock, start, number, months, keep)
        for number in range(len(active)):
            active[number] += row["opening_units"] * _still_active(clock[number], clock[number + 1], months, keep)
        for number, unit_months in enumerate(active):
            if number < facts.count:
                for name, each in per_month.items():
                    ledger.put(name, item, number, each * unit_months)
            else:
                amount = sum(per_month.values()) * unit_months
                middle = sum((day - bounds[0]).days for day in bounds[number : number + 2]) / 2
                worth = (1 + facts.settings.discount_rate) ** (-middle / 365.25)
                ledger.put("annuity_after_end", item, facts.count - 1, amount, amount * worth)


def _active(clock: list[float], sale: int, number: int, months: float, keep: float) -> float:
    """Active months in one bucket of a unit sold at any time of another."""
    begin, end = clock[sale], clock[sale + 1]

    def months_active(moment: float) -> float:
        young = max(0.0, clock[number] - moment)
        old = min(months, clock[number + 1] - moment)
        return _kept(old, keep) - _kept(young, keep) if old > young else 0.0

    edges = [clock[number], clock[number + 1], clock[number] - months, clock[number + 1] - months]
    inside = sorted({begin, end, *(edge for edge in edges if begin < edge < end)})
    return _integrate(months_active, inside) / (end - begin)


def _still_active(low: float, high: float, months: float, keep: float) -> float:
    """Active months between two moments after the start of a unit that is active at the start, at any age."""
    return _integrate(lambda age: keep**age * (1 - age / months), [low, min(high, months)]) if low < months else 0.0


def _kept(age: float, keep: float) -> float:
    """Months that a unit is active up to an age."""
    return age if keep == 1.0 else (keep**age - 1.0) / math.log(keep)


NODES = ((0.9602898564975363, 0.1012285362903763), (0.7966664774136267, 0.2223810344533745),
         (0.5255324099163290, 0.3137066458778873), (0.1834346424956498, 0.3626837833783620))  # fmt: skip
"""Points and weights of the Gauss-Legendre rule with eight points."""


def _integrate(function: Callable[[float], float], edges: Iterable[float]) -> float:
    """Integrate a function that is smooth between the edges."""
    total = 0.0
    for low, high in pairwise(edges):
        middle, half = (low + high) / 2, (high - low) / 2
        total += half * sum(
            weight * (function(middle - half * point) + function(middle + half * point)) for point, weight in NODES
        )
    return total


# -- agreements, the end, the sum -------------------------------------------------------------------------------


def _clauses(facts: Facts, ledger: Ledger) -> None:
    contracts = Contracts(facts)
    for (line, agreement, bucket), amount in contracts.charges.items():
        ledger.put(line, agreement, bucket, -amount)
    for agreement, amount in contracts.after.items():
        present = contracts.after_present[agreement]
        ledger.put("remaining_commitments", agreement, facts.count - 1, -amount, -present)


def _end(facts: Facts, ledger: Ledger) -> None:
    """Value what is in stock and what is under way on the last day."""
    left: dict[str, float] = defaultdict(float)
    for row in facts.plan["stock"]:
        if facts.place[row["bucket"]] == facts.count - 1:
            left[row["item"]] += row["stock"]
    rule = facts.settings.lag_rule

    def under_way(item: str, bucket: int, lead: float, quantity: float) -> None:
        arrived = sum(share for _, share in arrivals(facts.bounds, bucket, lead, rule))
        left[item] += quantity * (1.0 - arrived)

    for row in facts.plan["made"]:
        route = facts.routes[row["route"]]
        good = row["started"] * route["yield"]
        under_way(route["item"], facts.place[row["bucket"]], route["lead_time"], good)
    for row in facts.plan["bought"]:
        offer = facts.offers[row["offer"]]
        under_way(offer["item"], facts.place[row["bucket"]], offer["lead_time"], row["quantity"])
    for row in facts.plan["moved"]:
        lead = facts.lanes[row["lane"]]["lead_time"]
        under_way(row["item"], facts.place[row["bucket"]], lead, row["quantity"])
    for item, quantity in left.items():
        amount = facts.items[item]["value"] * facts.items[item]["end_value_share"] * quantity
        ledger.put("stock_at_end", item, facts.count - 1, amount, amount * facts.worth_on(facts.bounds[-1]))


def _compare(facts: Facts, ledger: Ledger) -> None:
    said: dict[tuple[str, str, int], float] = defaultdict(float)
    present: dict[str, float] = defaultdict(float)
    for row in facts.plan["money"]:
        owner = row["agreement"] if row["line"] in (*CLAUSES, "remaining_commitments") else row["item"]
        if row["line"] in ("overtime", "learning"):
            owner = None
        said[row["line"], owner or "", facts.place[row["bucket"]]] += row["amount"]
        present[row["line"]] += row["present_value"]
        facts.equal("cash", row["line"], "", float(row["cash"]), float(row["line"] not in NOT_CASH))
    for key in {*said, *ledger.amount}:
        if key[0] != "learning":
            line, owner, bucket = key
            facts.equal(
                "money", f"{line} {owner}", facts.label(bucket), said[key], ledger.amount[key], ledger.size[key]
            )
    for line in {*present, *ledger.present}:
        if line != "learning":
            scale = sum(size for key, size in ledger.size.items() if key[0] == line)
            facts.equal("present_value", line, "", present[line], ledger.present[line], scale)
    scale = sum(abs(value) for value in present.values())
    facts.equal("objective", "sum of the money lines", "", facts.objective, sum(present.values()), scale)
