"""Rules of the network as a whole: it makes something, without going in circles, and what is asked for can be had."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.reads import Kept
from coplant.case.rules.demand import wants_something
from coplant.case.rules.registry import rule
from coplant.case.structure import bill_loops, obtainable, why_not
from coplant.errors import Problem

_BILL = ("items.item", "routes.route", "routes.item", "bom.route", "bom.item")
_PLACES = ("sites.site", "routes.site", "demand.item", "demand.site", "demand.quantity", "demand.demand")
_MOVES = ("items.family", "lanes.item", "lanes.family", "lanes.from_site", "lanes.to_site")
_BOUGHT = ("routes.agreement", "materials.agreement", "materials.item", "materials.mode")
_THERE = ("stock.quantity", "receipts.quantity")
_ALIKE = Kept()
"""Cases that differ in what is asked for only have the same to be had."""
_SOURCES = tuple(f"{table}.{column}" for table in ("offers", "stock", "receipts") for column in ("item", "site"))


@rule(None, sound=("routes", "offers"))
def something_is_made_or_bought(draft: Draft) -> None:
    """Check that a case has a route or an offer, unless it is a launch programme by itself."""
    if draft["routes"].is_empty() and draft["offers"].is_empty() and draft["activities"].is_empty():
        mend = "Say in routes how an item is made, or in offers how it is bought"
        draft.add(Problem("routes", None, None, None, "at least one row in routes or offers", mend))


@rule("bom", sound=(*_BILL,))
def nothing_is_made_of_itself(draft: Draft) -> None:
    """Check that the bill of materials has no loop."""
    routes = draft["routes"].select("route", product="item")
    uses = draft["bom"].join(routes, on="route", maintain_order="left")
    for loop in bill_loops(draft):
        closing = uses.filter(pl.col("item") == loop[-1], pl.col("product") == loop[0])
        row, item = closing.select(ROW, "item").row(0)
        words = " into ".join([*loop, loop[0]])
        mend = f"{words}: remove one of these from bom"
        draft.add(Problem("bom", row, "item", item, "a bill of materials without a loop", mend))


@rule("demand", sound=(*_BILL, *_BOUGHT, *_PLACES, "diffusion.demand", *_MOVES, *_SOURCES, *_THERE))
def what_is_asked_for_can_be_had(draft: Draft) -> None:
    """Check that everything in demand can be made, bought, moved or is there, and so can all that it takes."""
    wanted = draft["demand"].filter(wants_something(draft)).unique("demand", keep="first", maintain_order=True)
    known = _ALIKE(obtainable, draft)
    lacking = wanted.join(known, on=("item", "site"), how="anti", maintain_order="left")
    reasons: dict[tuple[str, str], str] = {}
    for row, item, site in lacking.select(ROW, "item", "site").iter_rows():
        if (item, site) not in reasons:
            reasons[item, site] = why_not(draft, known, item, site)
        expected = f"an item that can be had at {site}"
        draft.add(Problem("demand", row, "item", item, expected, reasons[item, site]))
