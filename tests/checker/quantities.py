"""Quantities: stock balances, capacities, allotments, lanes, sales, lots, mix."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict

from checker.dates import Day, Row, arrivals, later, length_of, mean_in, quantity_in, shared
from checker.facts import Facts, grouped


def check_signs(facts: Facts) -> None:
    """No quantity is negative."""
    columns = {
        "made": ("started", "good"),
        "bought": ("quantity",),
        "moved": ("quantity",),
        "stock": ("stock", "below", "scrapped"),
        "sold": ("sold", "waiting", "lost"),
        "loads": ("load", "overtime"),
        "reserved": ("reserved",),
    }
    for table, names in columns.items():
        for row in facts.plan[table]:
            for name in names:
                facts.at_most("sign", f"{table}.{name}", str(row.get("bucket", "")), -(row[name] or 0.0), 0.0)


def check_names(facts: Facts) -> None:
    """Every row of a result speaks of things of the case, and no row comes twice."""
    known = {
        "item": set(facts.items),
        "site": set(facts.sites),
        "from_site": set(facts.sites),
        "to_site": set(facts.sites),
        "route": set(facts.routes),
        "offer": set(facts.offers),
        "lane": set(facts.lanes),
        "agreement": set(facts.agreements) | {None},
    }
    keys = {
        "made": ("route", "bucket"),
        "bought": ("offer", "bucket"),
        "moved": ("lane", "item", "bucket"),
        "stock": ("item", "site", "bucket"),
        "sold": ("demand", "bucket"),
        "loads": ("resource", "bucket"),
        "signed": ("agreement",),
        "reserved": ("agreement", "from"),
    }
    for table, key in keys.items():
        seen = set()
        for row in facts.plan[table]:
            name = tuple(row[column] for column in key)
            if name in seen:
                facts.equal("twice", f"{table} {name}", "", 2.0, 1.0)
            seen.add(name)
            for column in set(known) & set(row):
                if row[column] not in known[column]:
                    facts.equal("unknown", f"{table}.{column} {row[column]}", "", 1.0, 0.0)
    for row in facts.plan["moved"]:
        lane = facts.lanes[row["lane"]]
        carried = lane["item"] == row["item"] if lane["item"] else facts.family(row["item"]) == lane["family"]
        ends = (row["from_site"], row["to_site"]) == (lane["from_site"], lane["to_site"])
        if not (carried and ends):
            facts.equal("unknown", f"moved {row['item']} by {row['lane']}", str(row["bucket"]), 1.0, 0.0)


def check_stock(facts: Facts) -> None:
    """Close the balance of every stock point in every bucket from what was made, bought, moved and sold."""
    flow: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * facts.count)
    size: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * facts.count)

    def put(item: str, site: str, bucket: int, quantity: float) -> None:
        flow[item, site][bucket] += quantity
        size[item, site][bucket] += abs(quantity)

    rule = facts.settings.lag_rule
    bill = grouped(facts.case["bom"], "route")
    # What a host buys itself takes nothing from stock.
    turnkey = {(row["agreement"], row["item"]) for row in facts.case["materials"] if row["mode"] == "turnkey"}
    for row in facts.plan["made"]:
        route, bucket = facts.routes[row["route"]], facts.place[row["bucket"]]
        facts.equal("good", row["route"], facts.label(bucket), row["good"], row["started"] * route["yield"])
        for line in bill.get(row["route"], []):
            if (route["agreement"], line["item"]) in turnkey:
                continue
            put(line["item"], route["site"], bucket, -line["quantity"] * row["started"])
        for number, share in arrivals(facts.bounds, bucket, route["lead_time"], rule):
            put(route["item"], route["site"], number, share * route["yield"] * row["started"])
    for row in facts.plan["bought"]:
        offer, bucket = facts.offers[row["offer"]], facts.place[row["bucket"]]
        for number, share in arrivals(facts.bounds, bucket, offer["lead_time"], rule):
            put(offer["item"], offer["site"], number, share * row["quantity"])
    for row in facts.plan["moved"]:
        lane, bucket = facts.lanes[row["lane"]], facts.place[row["bucket"]]
        put(row["item"], lane["from_site"], bucket, -row["quantity"])
        for number, share in arrivals(facts.bounds, bucket, lane["lead_time"], rule):
            put(row["item"], lane["to_site"], number, share * row["quantity"])
    demand = grouped(facts.case["demand"], "demand")
    for row in facts.plan["sold"]:
        stream = demand[row["demand"]][0]
        put(stream["item"], stream["site"], facts.place[row["bucket"]], -row["sold"])
    for row in facts.case["receipts"]:
        bucket = facts.bucket_of(row["date"])
        if bucket is not None:
            put(row["item"], row["site"], bucket, row["quantity"])
    closing = facts.level("stock", "stock", "item", "site")
    scrapped = facts.level("stock", "scrapped", "item", "site")
    opening = {(row["item"], row["site"]): row["quantity"] for row in facts.case["stock"]}
    for item, site in {*flow, *opening, *((key[0], key[1]) for key in closing)}:
        before = opening.get((item, site), 0.0)
        for bucket in range(facts.count):
            moved = flow[item, site][bucket] - scrapped.get((item, site, bucket), 0.0)
            after = closing.get((item, site, bucket), 0.0)
            scale = size[item, site][bucket]
            facts.equal("stock_balance", f"{item} at {site}", facts.label(bucket), after, before + moved, scale)
            before = after


def check_safety_stock(facts: Facts) -> None:
    """Stock and what lies below the target reach the target that holds on the last day of the bucket."""
    stock, below, target = (facts.level("stock", column, "item", "site") for column in ("stock", "below", "target"))
    for (item, site), rows in grouped(facts.case["safety_stock"], "item", "site").items():
        for bucket in range(facts.count):
            row, key, label = facts.last_row(rows, bucket), (item, site, bucket), facts.label(bucket)
            wanted = 0.0
            if row and row["quantity"] is not None:
                wanted = row["quantity"]
            elif row:
                wanted = _following(facts, item, site, bucket, row["days"])
            facts.equal("target", f"{item} at {site}", label, target.get(key, 0.0), wanted)
            held = stock.get(key, 0.0) + below.get(key, 0.0)
            facts.at_most("safety_stock", f"{item} at {site}", label, wanted, held)


def _following(facts: Facts, item: str, site: str, bucket: int, days: float) -> float:
    """Demand at a stock point over so many days after a bucket's end."""
    close = facts.bounds[bucket + 1]
    streams = grouped((row for row in facts.case["demand"] if (row["item"], row["site"]) == (item, site)), "demand")
    return sum(quantity_in(rows, close, close + datetime.timedelta(days=round(days))) for rows in streams.values())


def check_capacity(facts: Facts) -> None:
    """Loads are what the starts take, within capacity and overtime."""
    started = facts.level("made", "started", "route")
    load: dict[tuple[str, int], float] = defaultdict(float)
    for row in facts.case["loads"]:
        for bucket in range(facts.count):
            load[row["resource"], bucket] += row["quantity"] * started.get((row["route"], bucket), 0.0)
    said = {column: facts.level("loads", column, "resource") for column in ("load", "capacity", "overtime")}
    rows = grouped(facts.case["resource_capacity"], "resource")
    for resource in {row["resource"] for row in facts.case["resources"]}:
        for bucket in range(facts.count):
            key, label, span = (resource, bucket), facts.label(bucket), facts.bounds[bucket : bucket + 2]
            capacity = quantity_in(rows.get(resource, []), *span)
            most = quantity_in(rows.get(resource, []), *span, column="overtime_quantity")
            overtime = said["overtime"].get(key, 0.0)
            facts.at_most("capacity", resource, label, load[key], capacity + overtime)
            facts.at_most("overtime", resource, label, overtime, most)
            if key in said["load"]:
                facts.equal("load", resource, label, said["load"][key], load[key])
                facts.equal("limit", resource, label, said["capacity"][key], capacity)


def check_allotments(facts: Facts) -> None:
    """Orders over all offers of an allotment stay within what the supplier grants."""
    ordered: dict[tuple[str, int], float] = defaultdict(float)
    for row in facts.plan["bought"]:
        ordered[facts.offers[row["offer"]]["allotment"], facts.place[row["bucket"]]] += row["quantity"]
    for allotment, rows in grouped(facts.case["allotments"], "allotment").items():
        opens = min(row["from"] for row in rows)
        for bucket in range(facts.count):
            first, until = facts.bounds[bucket : bucket + 2]
            # Before its first row an allotment sets no limit.
            limit = math.inf if first < opens else quantity_in(rows, first, until)
            facts.at_most("allotment", allotment, facts.label(bucket), ordered[allotment, bucket], limit)


def check_lanes(facts: Facts) -> None:
    """A lane carries no more than its capacity over all its items."""
    carried = facts.level("moved", "quantity", "lane")
    for name, lane in facts.lanes.items():
        if lane["capacity"] is not None:
            for bucket in range(facts.count):
                most = lane["capacity"] * length_of(*facts.bounds[bucket : bucket + 2], lane["per"])
                facts.at_most("lane_capacity", name, facts.label(bucket), carried.get((name, bucket), 0.0), most)


def check_sales(facts: Facts) -> None:
    """Wanted, sold, waiting and lost close in every bucket; those who do not wait on are lost."""
    levels = {
        column: facts.level("sold", column, "demand") for column in ("wanted", "sold", "waiting", "lost", "price")
    }
    prices = grouped(facts.case["prices"], "demand")
    for name, rows in grouped(facts.case["demand"], "demand").items():
        waiting = 0.0
        for bucket in range(facts.count):
            key, label, span = (name, bucket), facts.label(bucket), facts.bounds[bucket : bucket + 2]
            wanted = quantity_in(rows, *span)
            stay = (mean_in(rows, *span, "wait_share") or 0.0) ** length_of(*span, "month")
            sold, left, lost = (levels[column].get(key, 0.0) for column in ("sold", "waiting", "lost"))
            facts.equal("wanted", name, label, levels["wanted"].get(key, 0.0), wanted)
            facts.equal("sales", name, label, sold + left + lost, wanted + waiting)
            facts.at_most("patience", name, label, (1.0 - stay) * waiting, lost, waiting)
            fill = mean_in(rows, *span, "least_fill") or 0.0
            facts.at_most("least_fill", name, label, fill * wanted, sold)
            price = mean_in(prices.get(name, []), *span, "price")
            if price is not None and key in levels["price"]:
                facts.equal("price", name, label, levels["price"][key], price)
            waiting = left


def check_lots(facts: Facts) -> None:
    """Starts and orders are nothing, or at least a lot, and whole multiples where asked."""
    for table, column, name, least, owners in (
        ("made", "started", "route", "least_lot", facts.routes),
        ("bought", "quantity", "offer", "moq", facts.offers),
    ):
        for row in facts.plan[table]:
            owner, quantity = owners[row[name]], row[column]
            label = row["bucket"].isoformat()
            if quantity > facts.tolerance and quantity < owner[least] * (1 - facts.tolerance) - facts.tolerance:
                facts.equal("least_lot", row[name], label, quantity, owner[least])
            if owner["multiple"]:
                times = quantity / owner["multiple"]
                facts.equal("multiple", row[name], label, times, round(times))


def check_starts(facts: Facts) -> None:
    """Nothing starts before a route's first day, after its last, outside its agreement, or faster than its ramp."""
    overtime = facts.level("loads", "overtime", "resource")
    capacity = grouped(facts.case["resource_capacity"], "resource")
    loads = grouped(facts.case["loads"], "route")
    reserved = grouped(facts.case["reservations"], "agreement")
    rates = {(row["agreement"], row["from"]): row["reserved"] for row in facts.plan["reserved"]}
    for row in facts.plan["made"]:
        route, bucket = facts.routes[row["route"]], facts.place[row["bucket"]]
        label, span, agreement = facts.label(bucket), facts.bounds[bucket : bucket + 2], route["agreement"]
        share = rise(facts, route, bucket)
        if share <= 0.0:
            facts.at_most("launch_gate", row["route"], label, row["started"], 0.0)
        if agreement and not facts.signed[agreement]:
            facts.at_most("signature", row["route"], label, row["started"], 0.0)
        if 0.0 < share < 1.0:
            for load in loads.get(row["route"], []):
                resource = load["resource"]
                room = quantity_in(capacity.get(resource, []), *span) + overtime.get((resource, bucket), 0.0)
                facts.at_most("launch_gate", row["route"], label, load["quantity"] * row["started"], share * room)
        if agreement in reserved:
            room = 0.0
            for clause in reserved[agreement]:
                first, until = facts.window(clause)
                rate = rates.get((agreement, max(first, facts.bounds[0])), 0.0)
                hours = clause["hours_per_year"] if clause["per"] == "hour" else 1.0
                per = "year" if clause["per"] == "hour" else clause["per"]
                hit = shared(first, until, *span)
                whole = length_of(*span, per)
                room += rate * hours * min(length_of(*hit, per) if hit else 0.0, share * whole)
            facts.at_most("reservation_ramp", row["route"], label, row["started"], room)


def rise(facts: Facts, route: Row, bucket: int, but: tuple[Day, Day] | None = None) -> float:
    """Share of the full rate at which a route can be started over a bucket's days, some of them left out."""
    waits = [row["day"] for row in facts.plan["starts"] if row["milestone"] == route["milestone"]]
    opens = route["from"] or min(waits, default=None)
    low, high = opens or datetime.date.min, route["until"] or datetime.date.max
    if route["agreement"]:
        starts, ends = facts.term(route["agreement"])
        low, high = max(low, starts), min(high, ends)
    steps = sorted((row["month"], row["share"]) for row in facts.case["ramps"] if row["ramp"] == route["ramp"])
    if not route["ramp"]:
        steps = [(0.0, 1.0)]
    begins = [later(opens, month) if route["ramp"] else low for month, _ in steps]
    ends = [*begins[1:], datetime.date.max]
    total = 0.0
    for (_, share), begin, end in zip(steps, begins, ends, strict=True):
        hit = shared(max(begin, low), min(end, high), *facts.bounds[bucket : bucket + 2])
        if hit:
            days = (hit[0] + datetime.timedelta(number) for number in range((hit[1] - hit[0]).days))
            licensed = [day for day in days if _licensed(facts, route, day)]
            total += share * sum(but is None or not but[0] <= day < but[1] for day in licensed)
    return total / facts.days(bucket)


def _licensed(facts: Facts, route: Row, day: datetime.date) -> bool:
    """Whether a licence holds on a day for what a route makes, or none is needed."""
    rows = [row for row in facts.case["licences"] if row["agreement"] == route["agreement"]]
    windows = [facts.window(row) for row in rows if row["item"] in (None, route["item"])]
    return not windows or any(first <= day < until for first, until in windows)


def check_exclusivity(facts: Facts) -> None:
    """What an agreement keeps to its host is started elsewhere on other days only."""
    roles = {row["party"]: row["role"] for row in facts.case["parties"]}
    capacity, loads = grouped(facts.case["resource_capacity"], "resource"), grouped(facts.case["loads"], "route")
    for row in facts.case["exclusivity"]:
        name = row["agreement"]
        if not facts.signed[name]:
            continue
        first, until = facts.window(row)
        if until == facts.term(name)[1]:
            until = later(until, row["months_after"])
        made = {route["item"] for route in facts.routes.values() if route["agreement"] == name}
        for start in facts.plan["made"]:
            route, bucket = facts.routes[start["route"]], facts.place[start["bucket"]]
            deal = facts.agreements.get(route["agreement"])
            host = deal["host"] if deal else facts.sites[route["site"]]["party"]
            allowed = roles.get(host, "brand") == "brand" and row["own_plant"] == "allowed"
            if (
                allowed
                or host == facts.agreements[name]["host"]
                or route["item"] not in ({row["item"]} if row["item"] else made)
            ):
                continue
            label, span = facts.label(bucket), facts.bounds[bucket : bucket + 2]
            share = rise(facts, route, bucket, (first, until))
            if share <= 0.0:
                facts.at_most("exclusivity", start["route"], label, start["started"], 0.0)
            elif share < rise(facts, route, bucket):
                for load in loads.get(start["route"], []):
                    rows = capacity.get(load["resource"], [])
                    room = quantity_in(rows, *span) + quantity_in(rows, *span, column="overtime_quantity")
                    used = load["quantity"] * start["started"]
                    facts.at_most("exclusivity", start["route"], label, used, share * room)


def check_groups(facts: Facts) -> None:
    """What is signed stays signed, what has ended stays ended, and of a group at most one agreement is signed."""
    count: dict[str, int] = defaultdict(int)
    for name, agreement in facts.agreements.items():
        if agreement["status"] != "option":
            facts.equal("signature", name, "", float(facts.signed[name]), float(agreement["status"] == "signed"))
        if agreement["group"]:
            count[agreement["group"]] += facts.signed[name]
    for group, signed in count.items():
        facts.at_most("alternatives", group, "", signed, 1.0)


def check_mix(facts: Facts) -> None:
    """A family's share of a calendar year's revenue lies between its bounds; a bucket in two years counts by days."""
    for row in facts.case["mix"]:
        first, until = datetime.date(row["year"], 1, 1), datetime.date(row["year"] + 1, 1, 1)
        of_family = total = 0.0
        for money in facts.plan["money"]:
            if money["line"] in ("revenue", "annuity"):
                bucket = facts.place[money["bucket"]]
                hit = shared(first, until, *facts.bounds[bucket : bucket + 2])
                amount = money["amount"] * (hit[1] - hit[0]).days / facts.days(bucket) if hit else 0.0
                total += amount
                of_family += amount * (money["family"] == row["family"])
        name = f"{row['family']} {row['year']}"
        facts.at_most("mix", name, "most", of_family, row["most_share"] * total, total)
        facts.at_most("mix", name, "least", row["least_share"] * total, of_family, total)


def check_learning(facts: Facts) -> None:
    """What conversion costs along an experience curve.

    The planner follows the curve by straight segments whose ends the tables do not tell. Chords of a concave curve lie
    below it and touch it at the start, so all units together cost no more than the curve says. Where experience fades,
    no chord is steeper than the curve at the least there can be; nor is any flatter than the curve is far beyond all
    the experience that could be of use.
    """
    said: dict[int, float] = defaultdict(float)
    of_item: dict[tuple[str, int], float] = defaultdict(float)
    for money in facts.plan["money"]:
        if money["line"] == "learning":
            said[facts.place[money["bucket"]]] -= money["amount"]
            of_item[money["item"] or "", facts.place[money["bucket"]]] -= money["amount"]
    asked = grouped(facts.case["demand"], "demand").values()
    useful = sum(quantity_in(rows, facts.bounds[0], facts.bounds[-1]) for rows in asked)
    useful += sum(row["quantity"] * facts.agreements[row["agreement"]]["term"] for row in facts.case["take_or_pay"])
    most = least = 0.0
    for curve in facts.case["learning"]:
        routes = {name for name, route in facts.routes.items() if route["learning"] == curve["learning"]}
        made = [0.0] * facts.count
        for row in facts.plan["made"]:
            if row["route"] in routes:
                made[facts.place[row["bucket"]]] += row["good"]
        experience = curve["initial_units"] * curve["transfer_share"]
        faded = experience * curve["retention"] ** length_of(facts.bounds[0], facts.bounds[-1], "month")
        for bucket, units in enumerate(made):
            experience *= curve["retention"] ** length_of(*facts.bounds[bucket : bucket + 2], "month")
            before = experience if curve["retention"] == 1.0 else faded
            step = units if curve["retention"] == 1.0 else 1.0
            most += units / step * (_conversion(curve, before + step) - _conversion(curve, before)) if units else 0.0
            experience += units
            far = 10.0 * (curve["initial_units"] + useful + 100.0)
            least += units * (_conversion(curve, far + 1.0) - _conversion(curve, far))
            if not units:
                cost = sum(of_item[facts.routes[name]["item"], bucket] for name in routes)
                facts.equal("learning", curve["learning"], facts.label(bucket), cost, 0.0, sum(said.values()))
    facts.at_most("learning", "all curves", "", sum(said.values()), most * 1.02)
    facts.at_most("learning", "all curves", "", least, sum(said.values()))


def _conversion(curve: Row, units: float) -> float:
    """Cost of the first units along a curve."""
    exponent = math.log2(curve["rate"])
    if curve["convention"] == "cumulative_average":
        return float(curve["first_unit_cost"] * units ** (exponent + 1)) if units > 0 else 0.0
    whole = int(units)
    each = min(whole, 1_000)
    total = sum(number**exponent for number in range(1, each + 1)) + (units - whole) * (whole + 1) ** exponent
    if whole > each:
        # The others by the formula of Euler and Maclaurin, which is off by less than 1e-12 of them.
        further = exponent + 1
        total += (whole**further - each**further) / further if further else math.log(whole / each)
        total += (whole**exponent - each**exponent) / 2
        total += exponent * (whole ** (exponent - 1) - each ** (exponent - 1)) / 12
    return float(curve["first_unit_cost"] * total)
