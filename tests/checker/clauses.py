"""What each clause of an agreement charges for what a plan does."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from checker.dates import FOREVER, Day, Row, later, length_of, shared
from checker.facts import Facts, grouped

NO_LIMIT = float("inf")

Charges = dict[tuple[str, str, int], float]
"""Money paid by line, agreement and bucket."""


class Contracts:
    """Charges of every signed agreement, and what is still owed when the horizon ends."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.charges: Charges = defaultdict(float)
        self.after: dict[str, float] = defaultdict(float)
        """Undiscounted money owed after the horizon by agreement."""
        self.after_present: dict[str, float] = defaultdict(float)
        """The same, discounted."""
        self.started: dict[tuple[str, int], float] = defaultdict(float)
        self.good: dict[tuple[str, str, int], float] = defaultdict(float)
        self.starts: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in facts.plan["made"]:
            route, bucket = facts.routes[row["route"]], facts.place[row["bucket"]]
            if route["agreement"]:
                self.started[route["agreement"], bucket] += row["started"]
                self.good[route["agreement"], route["item"], bucket] += row["started"] * route["yield"]
                self.starts[route["agreement"], route["item"], bucket] += row["started"]
        for name, signed in facts.signed.items():
            if signed:
                self._reservations(name)
                self._fees(name)
                self._charges(name)
                self._least(name)
                self._tooling(name)
                self._losses(name)
                self._help(name)
                self._licences(name)
                self._credits(name)
                self._forecasts(name)
                self._materials(name)
                self._security(name)
                self._exit(name)

    # -- time --------------------------------------------------------------------------------------------------

    def owe(self, agreement: str, amount: float, day: Day | None = None) -> None:
        """Owe money after the horizon, at its end or on a later day."""
        end = self.facts.bounds[-1]
        self.after[agreement] += amount
        self.after_present[agreement] += amount * self.facts.worth_on(day or end)

    def parts(self, agreement: str, first: Day, until: Day) -> Iterator[tuple[int, float]]:
        """Buckets that meet a span, each with the share of its units: units lie evenly over the days in force."""
        starts, ends = self.facts.term(agreement)
        for bucket in range(self.facts.count):
            span = self.facts.bounds[bucket : bucket + 2]
            hit = shared(max(first, starts), min(until, ends), *span)
            if hit:
                force = shared(starts, ends, *span)
                assert force is not None
                yield bucket, (hit[1] - hit[0]).days / (force[1] - force[0]).days

    def units(self, agreement: str, bucket: int, item: str | None = None) -> float:
        """Good units of the starts of a bucket, of one product or all."""
        return sum(
            quantity
            for (name, made, number), quantity in self.good.items()
            if name == agreement and number == bucket and item in (None, made)
        )

    # -- clauses -----------------------------------------------------------------------------------------------

    def _rows(self, table: str, agreement: str) -> list[Row]:
        return [row for row in self.facts.case[table] if row["agreement"] == agreement]

    def _reservations(self, agreement: str) -> None:
        facts = self.facts
        said = {row["from"]: row for row in facts.plan["reserved"] if row["agreement"] == agreement}
        rows = self._rows("reservations", agreement)
        if not rows:
            return
        total = [0.0] * facts.count
        for row in rows:
            first, until = facts.window(row)
            known = max(first, facts.bounds[0])
            rate = said[known]["reserved"] if known in said else 0.0
            facts.at_most("reservation", agreement, str(first), row["least"], rate)
            facts.at_most("reservation", agreement, str(first), rate, row["most"])
            hours = row["hours_per_year"] if row["per"] == "hour" else 1.0
            per = "year" if row["per"] == "hour" else row["per"]
            for bucket in range(facts.count):
                hit = shared(first, until, *facts.bounds[bucket : bucket + 2])
                room = rate * hours * length_of(*hit, per) if hit else 0.0
                total[bucket] += room
                self.charges["reservation_fee", agreement, bucket] += row["fee"] * room
            rest = length_of(max(first, facts.bounds[-1]), until, per) * hours
            self.owe(agreement, row["fee"] * rate * rest)
        for bucket in range(facts.count):
            facts.at_most("reserved", agreement, facts.label(bucket), self.started[agreement, bucket], total[bucket])
        for row in rows:
            if row["kind"] == "deductible":
                for bucket, share in self.parts(agreement, *facts.window(row)):
                    self.charges["reservation_fee", agreement, bucket] -= (
                        row["fee"] * share * self.started[agreement, bucket]
                    )

    def _fees(self, agreement: str) -> None:
        schedules = grouped(self._rows("processing_fees", agreement), "item", "valid_from")
        for (item, _), tiers in schedules.items():
            first, until = self.facts.window(tiers[0])
            for begin, end in _bases(tiers[0]["basis"], first, until):
                count = 0.0
                for bucket, share in self.parts(agreement, begin, end):
                    before = count
                    count += share * self.units(agreement, bucket, item)
                    due = _total(tiers, count) - _total(tiers, before)
                    self.charges["processing_fee", agreement, bucket] += due

    def _charges(self, agreement: str) -> None:
        for row in self._rows("fixed_charges", agreement):
            first, until = self.facts.window(row)
            for bucket in range(self.facts.count):
                hit = shared(first, until, *self.facts.bounds[bucket : bucket + 2])
                if hit:
                    self.charges["fixed_charge", agreement, bucket] += row["amount"] * length_of(*hit, row["per"])
            self.owe(agreement, row["amount"] * length_of(max(first, self.facts.bounds[-1]), until, row["per"]))

    def _least(self, agreement: str) -> None:
        start, end = self.facts.bounds[0], self.facts.bounds[-1]
        bank: list[list[Any]] = []  # of units paid for and not built: last close at which they count, how many, price
        ahead: list[list[Any]] = []  # of units built beyond a year's quantity
        before = None
        for row in sorted(self._rows("take_or_pay", agreement), key=lambda row: self.facts.window(row)):
            first, until = self.facts.window(row)
            if first != before or not row["make_up_months"]:
                bank.clear()
            if first != before or not row["carry_forward_months"]:
                ahead.clear()
            before = until
            for begin, full, close in _years(first, until):
                length = (full - begin).days
                bought = row["share"] * row["quantity"] * row["price"]
                inside = shared(begin, close, start, end)
                if inside:
                    owed = row["share"] * row["quantity"] * (inside[1] - inside[0]).days / length
                    parts = list(self.parts(agreement, begin, close))
                    built = sum(share * self.units(agreement, bucket) for bucket, share in parts)
                    lacking = max(0.0, owed - built)
                    carried = _use(ahead, inside[1], min(lacking, row["carry_forward_share"] * owed))
                    beyond = max(0.0, built - owed)
                    made_up, paid_back = _make_up(bank, inside[1], beyond)
                    if row["make_up_months"]:
                        bank.append([later(inside[1], row["make_up_months"]), lacking - carried, row["price"]])
                    if row["carry_forward_months"]:
                        ahead.append([later(inside[1], row["carry_forward_months"]), beyond - made_up])
                    due = row["price"] * (lacking - carried) - paid_back
                    self.charges["take_or_pay", agreement, parts[-1][0]] += due
                beyond_end = shared(begin, close, end, datetime.date.max)
                if beyond_end:
                    self.owe(agreement, bought * (beyond_end[1] - beyond_end[0]).days / length)

    def _losses(self, agreement: str) -> None:
        start, end = self.facts.bounds[0], self.facts.bounds[-1]
        for row in self._rows("loss_cover", agreement):
            first, until = self.facts.window(row)
            if row["months"] is not None:
                until = min(until, later(first, row["months"]))
            left = NO_LIMIT if row["cap"] is None else row["cap"]
            for begin, close in _bases("month", first, until):
                inside = shared(begin, close, start, end)
                if inside:
                    parts = list(self.parts(agreement, begin, close))
                    built = sum(share * self.units(agreement, bucket) for bucket, share in parts)
                    paid = min(
                        left, max(0.0, row["fixed_cost"] * length_of(*inside, row["per"]) - row["margin"] * built)
                    )
                    self.charges["loss_cover", agreement, parts[-1][0]] += paid
                    left -= paid
            self.owe(agreement, min(left, row["fixed_cost"] * length_of(max(first, end), until, row["per"])))

    def _help(self, agreement: str) -> None:
        facts = self.facts
        for row in self._rows("advisory", agreement):
            starts, ends = facts.term(agreement)
            first = row["valid_from"] or starts
            until = min(row["valid_until"] or FOREVER, ends)
            rate = row["fee"] + row["hours"] * row["hourly_rate"]
            cap = NO_LIMIT if row["cap"] is None else row["cap"]
            days = [min(max(day, first), max(first, until)) for day in (*facts.bounds, FOREVER)]
            by = [min(cap, rate * length_of(first, day, row["per"])) for day in days]
            for bucket in range(facts.count):
                self.charges["advisory", agreement, bucket] += by[bucket + 1] - by[bucket]
            self.owe(agreement, by[-1] - by[-2])

    def _licences(self, agreement: str) -> None:
        facts = self.facts
        for row in self._rows("licences", agreement):
            first, until = facts.window(row)
            for bucket, share in self.parts(agreement, first, until):
                hit = shared(first, until, *facts.bounds[bucket : bucket + 2])
                assert hit is not None
                due = row["fee"] * length_of(*hit, row["per"])
                due += row["royalty"] * share * self.units(agreement, bucket, row["item"])
                self.charges["licence", agreement, bucket] += due
            self.owe(agreement, row["fee"] * length_of(max(first, facts.bounds[-1]), until, row["per"]))

    def _credits(self, agreement: str) -> None:
        for row in self._rows("credits", agreement):
            each = row["brand_share"] * row["quantity"] * row["price"]
            for bucket, share in self.parts(agreement, *self.facts.window(row)):
                self.charges["credit", agreement, bucket] -= each * share * self.units(agreement, bucket, row["item"])

    def _tooling(self, agreement: str) -> None:
        deal, left = self.facts.agreements[agreement], self.facts.left.get(agreement, datetime.date.max)
        for row in self._rows("tooling", agreement):
            begin = row["date"] or deal["sign_from"] or deal["starts"]
            if row["payment"] == "per_unit":
                self._per_unit(agreement, row, begin)
                continue
            rate, months, unpaid = 0.0, 1, row["amount"]
            each = unpaid
            if row["payment"] == "annuity":
                rate, months = row["rate"] / 12, int(row["months"])
                each *= rate / (1 - (1 + rate) ** -months) if rate else 1 / months
            for day in (later(begin, number) for number in range(months)):
                if day < left:
                    self._pay_on(agreement, "tooling", day, each)
                    unpaid = unpaid * (1 + rate) - each
            if begin < left < datetime.date.max:
                last = left - datetime.timedelta(days=1)
                self._pay_on(agreement, "tooling", last, self._tooling_share(agreement) * unpaid)

    def _per_unit(self, agreement: str, row: Row, begin: Day) -> None:
        _, ends = self.facts.term(agreement)
        if begin >= ends and agreement in self.facts.left:
            return
        until = min(later(begin, row["months"]), ends)
        paid = 0.0
        for bucket, share in self.parts(agreement, begin, until):
            due = row["amount"] / row["units"] * share * self.units(agreement, bucket)
            self.charges["tooling", agreement, bucket] += due
            paid += due
        broken = self.facts.left.get(agreement) == until < later(begin, row["months"])
        rest = (row["amount"] - paid) * (self._tooling_share(agreement) if broken else 1.0)
        # The difference is settled when the time is up: in the bucket of its last day, or after the horizon.
        beyond = until > self.facts.bounds[-1]
        self._pay_on(agreement, "tooling", until if beyond else until - datetime.timedelta(days=1), rest)

    def _forecasts(self, agreement: str) -> None:
        """Hold what is built in each month that lies in the horizon against what was forecast before it."""
        facts = self.facts
        start, end = facts.bounds[0], facts.bounds[-1]
        starts, ends = facts.term(agreement)
        rows = self._rows("flexibility", agreement)
        told = grouped(self._rows("forecasts", agreement), "item", "month")
        for (item, month), snapshots in told.items():
            fences = [row for row in rows if row["item"] in (None, item)]
            close, begins = later(month, 1), max(month, starts)
            if month < start or close > end or begins >= min(close, ends):
                continue
            order = _Order()
            for row in sorted(snapshots, key=lambda row: row["published"]):
                if row["published"] < start:
                    order.move(row["quantity"], self._fence(fences, month, row["published"]))
            fence = self._fence(fences, month, start)
            if order.accepted is None or fence is None:
                continue
            least, most = order.band(fence)
            built = sum(
                share * self.units(agreement, bucket, item) for bucket, share in self.parts(agreement, month, close)
            )
            facts.at_most("flexibility", f"{agreement} {item}", month.isoformat(), built, most)
            owed = max(0.0, least - built) * fence["binding_share"] * fence["price"]
            self.charges["cancellation", agreement, 0] += owed

    def _fence(self, fences: list[Row], month: Day, day: Day) -> Row | None:
        """Fence that holds on a day for a month."""
        age = 12 * (month.year - day.year) + month.month - day.month
        held = [row for row in fences if self._holds(row, day) and row["months_ahead"] <= age]
        return max(held, key=lambda row: row["months_ahead"], default=None)

    def _holds(self, row: Row, day: Day) -> bool:
        first, until = self.facts.window(row)
        return bool(first <= day < until)

    def _terms(self, agreement: str) -> Row | None:
        """Terms by which an agreement is left, if any hold on that day."""
        day = self.facts.left[agreement]
        for row in self._rows("exit_terms", agreement):
            if (row["valid_from"] or day) <= day < (row["valid_until"] or datetime.date.max):
                return row
        return None

    def _tooling_share(self, agreement: str) -> float:
        terms = self._terms(agreement)
        return terms["tooling_share"] if terms else 1.0

    def _exit(self, agreement: str) -> None:
        if agreement in self.facts.left:
            terms = self._terms(agreement)
            assert terms, f"{agreement} is left without terms"
            day = self.facts.left[agreement]
            last, months = day - datetime.timedelta(days=1), length_of(day, self.facts.term_ends(agreement), "month")
            self._pay_on(agreement, "exit", last, terms["fee"] + terms["fee_per_month"] * months)
            self._pay_on(agreement, "relocation", last, terms["relocation"])

    def _materials(self, agreement: str) -> None:
        for row in self._rows("materials", agreement):
            price, handling = row["price"], row["handling_share"]
            first, until = self.facts.window(row)
            for bucket, share in self.parts(agreement, first, until):
                used, standard = self._use(agreement, row["item"], bucket, share)
                for line, modes, amount in (
                    ("material_turnkey", ["turnkey"], standard * (1 + handling)),
                    ("material_bought", ["buy_sell"], standard * (1 + handling)),
                    ("material_sold", ["buy_sell"], -used),
                    ("material_handling", ["directed"], standard * handling),
                ):
                    if row["mode"] in modes:
                        self.charges[line, agreement, bucket] += price * amount
            if row["mode"] == "consigned" and price is not None:
                for begin, end in _bases("month", first, until):
                    excess = 0.0
                    for bucket, share in self.parts(agreement, begin, end):
                        used, standard = self._use(agreement, row["item"], bucket, share)
                        before, excess = excess, excess + used - standard * (1 + row["attrition_share"])
                        self.charges["material_credit", agreement, bucket] -= price * (max(0, excess) - max(0, before))

    def _security(self, agreement: str) -> None:
        starts, ends = self.facts.term(agreement)
        last, end = ends - datetime.timedelta(days=1), self.facts.bounds[-1]
        for row in self._rows("security", agreement):
            begin = row["date"] or self.facts.agreements[agreement]["sign_from"] or starts
            if row["kind"] == "guarantee":
                fee = row["amount"] * row["fee_rate"]
                for bucket in range(self.facts.count):
                    hit = shared(begin, ends, *self.facts.bounds[bucket : bucket + 2])
                    if hit:
                        self.charges["security", agreement, bucket] += fee * length_of(*hit, "year")
                self.owe(agreement, fee * length_of(max(begin, end), ends, "year"))
            elif row["kind"] == "vesting":
                self._vesting(agreement, row, starts, ends)
            elif begin < ends:
                unused = row["amount"]
                self._pay_on(agreement, "security", begin, unused)
                if row["kind"] == "prepayment":
                    for bucket, share in self.parts(agreement, begin, ends):
                        due = min(unused, row["draw_per_unit"] * share * self.units(agreement, bucket))
                        self.charges["security", agreement, bucket] -= due
                        unused -= due
                lost = row["forfeited_share"] if agreement in self.facts.left else 0.0
                self._pay_on(agreement, "security", last, -(1.0 - lost) * unused)

    def _vesting(self, agreement: str, row: Row, starts: Day, ends: Day) -> None:
        if row["milestone_date"]:
            if row["milestone_date"] < ends:
                self._pay_on(agreement, "vesting", row["milestone_date"], row["amount"])
            return
        built = 0.0
        for bucket, share in self.parts(agreement, starts, ends):
            built += share * self.units(agreement, bucket)
            # A count that rounding puts a hair below the milestone has reached it.
            if built >= row["milestone_units"] - 1e-6 * max(1.0, built):
                self.charges["vesting", agreement, bucket] += row["amount"]
                return

    def _use(self, agreement: str, part: str, bucket: int, share: float) -> tuple[float, float]:
        """How much of a part was used in a share of a bucket, and how much its good units should have taken."""
        used = standard = 0.0
        each = {
            self.facts.routes[row["route"]]["item"]: row["quantity"]
            for row in self.facts.case["bom"]
            if row["item"] == part and self.facts.routes[row["route"]]["agreement"] == agreement
        }
        for item, quantity in each.items():
            used += quantity * share * self.starts[agreement, item, bucket]
            standard += quantity * share * self.good[agreement, item, bucket]
        return used, standard

    def _pay_on(self, agreement: str, line: str, day: Day, amount: float) -> None:
        """Pay on a day: not what was due before the horizon, and what is due after it is still owed."""
        if day >= self.facts.bounds[-1]:
            self.owe(agreement, amount, day)
        elif day >= self.facts.bounds[0]:
            bucket = self.facts.bucket_of(day)
            assert bucket is not None
            self.charges[line, agreement, bucket] += amount


class _Order:
    """What a host has accepted for a month, and how it came to that."""

    def __init__(self) -> None:
        self.accepted: float | None = None
        self.first = self.raised = self.lowered = 0.0

    def band(self, fence: Row) -> tuple[float, float]:
        """Fewest and most units that the next forecast may be of."""
        accepted = self.accepted or 0.0
        up = float("inf") if fence["up_share"] is None else fence["up_share"]
        if fence["method"] == "step_to_step":
            return accepted * (1 - fence["down_share"]), accepted + (up * accepted if up < float("inf") else up)
        fall = max(0.0, fence["down_share"] * self.first - self.lowered)
        rise = max(0.0, up * self.first - self.raised) if up < float("inf") else up
        return max(0.0, accepted - fall), accepted + rise

    def move(self, quantity: float, fence: Row | None) -> None:
        """Take the next forecast."""
        if self.accepted is None or fence is None:
            self.accepted = self.first = quantity
            self.raised = self.lowered = 0.0
            return
        least, most = self.band(fence)
        new = min(quantity, most)
        self.raised += max(0.0, new - self.accepted)
        self.lowered += self.accepted - max(new, least) if new < self.accepted else 0.0
        self.accepted = new


def _use(units: list[list[Any]], close: Day, most: float) -> float:
    """Use up to so many units that still count at a close, the oldest first."""
    used = 0.0
    for entry in units:
        if close <= entry[0]:
            taken = min(entry[1], most - used)
            entry[1] -= taken
            used += taken
    return used


def _make_up(bank: list[list[Any]], close: Day, most: float) -> tuple[float, float]:
    """Make up to so many units up, the oldest first: how many, and the money that is paid back."""
    made_up = money = 0.0
    for entry in bank:
        taken = _use([entry], close, most - made_up)
        made_up += taken
        money += taken * entry[2]
    return made_up, money


def _total(tiers: list[Row], count: float) -> float:
    """Fee of a count of units within one basis."""
    ordered = sorted(tiers, key=lambda row: row["above"])
    if ordered[0]["method"] == "all_units":
        # A count that rounding puts a hair above a tier's edge is still in the tier below.
        reached = [row for row in ordered if row["above"] < count - 1e-6 * max(1.0, count)]
        return count * reached[-1]["fee"] if reached else count * ordered[0]["fee"]
    ends = [row["above"] for row in ordered[1:]] + [float("inf")]
    return sum(row["fee"] * max(0.0, min(count, end) - row["above"]) for row, end in zip(ordered, ends, strict=True))


def _bases(basis: str, first: Day, until: Day) -> list[tuple[Day, Day]]:
    """Spans of time within which units are counted."""
    if basis == "cumulative":
        return [(first, until)]
    if basis == "year":
        return [(begin, close) for begin, _, close in _years(first, until)]
    spans = []
    begin = first
    while begin < until:
        following = later(begin.replace(day=1), 1)
        spans.append((begin, min(following, until)))
        begin = following
    return spans


def _years(first: Day, until: Day) -> list[tuple[Day, Day, Day]]:
    """Years from a day: first day, the day a whole year later, and the day on which it closes."""
    years = []
    number = 0
    while later(first, 12 * number) < until:
        begin, full = later(first, 12 * number), later(first, 12 * (number + 1))
        years.append((begin, full, min(full, until)))
        number += 1
    return years
