"""Cases of a few rows, written as briefly as a test can be read."""

from __future__ import annotations

import datetime
from typing import Any

import coplant
from coplant import Case, Hedge, Plan
from coplant.network import Network
from coplant.planning import formulate
from coplant.planning.draft import Draft
from coplant.program import Solution, solve
from coplant.timeline import Timeline
from coplant.tree import Tree

START = datetime.date(2023, 1, 1)


class SmallCase:
    """Rows of a case with one plant of the brand, ``works``, at which things can be sold too.

    A keyword ``from_`` is the column ``from``; a dated row without it holds from the start.
    """

    def __init__(self, *buckets: str, start: datetime.date = START, **settings: Any) -> None:
        self.settings = {"name": "small", "currency": "EUR", "start": start, "buckets": list(buckets), **settings}
        self.start = start
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.add("parties", party="brand", role="brand")
        self.add("sites", site="works", party="brand", kind="plant")

    def add(self, table: str, /, **row: Any) -> SmallCase:
        if "from_" in row:
            row["from"] = row.pop("from_")
        self.tables.setdefault(table, []).append(row)
        return self

    def since(self, table: str, /, **row: Any) -> SmallCase:
        """Add a dated row that holds from the start, or from a day."""
        return self.add(table, **{"from_": self.start, **row})

    def item(self, item: str, **row: Any) -> SmallCase:
        return self.add("items", item=item, **row)

    def route(self, item: str, site: str = "works", bom: dict[str, float] | None = None, **row: Any) -> SmallCase:
        """Make an item by a route of its name, from parts."""
        route = row.pop("route", item)
        for part, quantity in (bom or {}).items():
            self.add("bom", route=route, item=part, quantity=quantity)
        return self.add("routes", route=route, item=item, site=site, **row)

    def offer(self, item: str, price: float, site: str = "works", **row: Any) -> SmallCase:
        """Buy an item by an offer of its name."""
        offer = row.pop("offer", item)
        self.since("offer_prices", offer=offer, price=price)
        return self.add("offers", offer=offer, item=item, site=site, **row)

    def line(self, route: str, quantity: float, per: str, load: float = 1.0, **row: Any) -> SmallCase:
        """Let a route load a line of its own at the works."""
        name = row.pop("resource", "line")
        self.add("resources", resource=name, site=row.pop("site", "works"))
        self.add("loads", route=route, resource=name, quantity=load)
        return self.since("resource_capacity", resource=name, quantity=quantity, per=per, **row)

    def demand(self, item: str, quantity: float, per: str, price: float = 0.0, **row: Any) -> SmallCase:
        """Ask for an item in a stream of its name."""
        name = row.pop("demand", item)
        site = row.pop("site", "works")
        self.since("demand", demand=name, item=item, site=site, quantity=quantity, per=per, **row)
        if not any(known["demand"] == name for known in self.tables.get("prices", ())):
            self.since("prices", demand=name, price=price)
        return self

    def host(self, name: str = "deal", site: str = "host", **row: Any) -> SmallCase:
        """Add a host with a plant and an agreement in force from the start."""
        if not any(party["party"] == site for party in self.tables["parties"]):
            self.add("parties", party=site, role="host")
            self.add("sites", site=site, party=site, kind="plant")
        return self.add(
            "agreements",
            **{"agreement": name, "host": site, "site": site, "status": "signed", "starts": self.start, **row},
        )

    def branch(self, branch: str, day: datetime.date, ways: dict[str, float], **row: Any) -> SmallCase:
        """Let something turn out in some ways, with their probabilities."""
        for outcome, probability in ways.items():
            self.add("branches", branch=branch, outcome=outcome, probability=probability, reveal_date=day, **row)
        return self

    def case(self) -> Case:
        return Case.from_tables(self.settings, {name: list(rows) for name, rows in self.tables.items()})

    def plan(self, **options: Any) -> Plan:
        return coplant.plan(self.case(), **{"gap": 1e-9, **options})

    def hedge(self, **options: Any) -> Hedge:
        return coplant.hedge(self.case(), **{"gap": 1e-9, **options})

    def draft(self) -> Draft:
        case = self.case()
        timeline = Timeline.of(case.settings.start, case.settings.buckets)
        return formulate(Network.of(case, Tree.line(timeline)))

    def text(self, *blocks: str) -> str:
        """Rows of the program."""
        return self.draft().program.text(*blocks)

    def solution(self) -> tuple[Draft, Solution]:
        draft = self.draft()
        return draft, solve(draft.program, gap=1e-9)


def money(plan: Plan, line: str, bucket: datetime.date | None = None) -> float:
    """Money of a line in a bucket, or in all."""
    rows = plan["money"].filter(line=line) if bucket is None else plan["money"].filter(line=line, bucket=bucket)
    return float(rows["amount"].sum())


def worth(plan: Plan, constraint: str, thing: str) -> list[float]:
    """Marginal values of a thing's rows in the order of buckets."""
    rows = plan["marginal_values"].filter(constraint=constraint, thing=thing).sort("bucket")
    return [float(value) for value in rows["value"]]
