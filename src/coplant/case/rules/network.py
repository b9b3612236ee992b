"""Rules of routes, resources, lanes and offers."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.names import did_you_mean
from coplant.case.rules.registry import rule
from coplant.errors import Problem


@rule("routes")
def routes_are_in_plants(draft: Draft) -> None:
    """Check that only a plant holds routes."""
    rows = draft["routes"].join(draft.lookup("sites", "site", "kind"), on="site").filter(pl.col("kind") != "plant")
    mend = "{site} is of kind {kind}: change its kind in sites, or the site of the route"
    draft.report("routes", rows, "site", "a site of kind plant", mend)


@rule("routes")
def routes_end_after_they_start(draft: Draft) -> None:
    """Check that the first day without starts comes after the first day with them."""
    rows = draft["routes"].filter(pl.col("until") <= pl.col("from"))
    draft.report("routes", rows, "until", "a day after {from}, the route's from", "Mend one of the two days")


@rule("routes", sound=("routes.from", "routes.milestone"))
def routes_start_on_a_day_or_after_a_milestone(draft: Draft) -> None:
    """Check that a route starts in one way."""
    rows = draft["routes"].filter(pl.col("milestone").is_not_null() & pl.col("from").is_not_null())
    draft.report("routes", rows, "from", "nothing, as milestone is given", "Leave one of the two empty")


@rule("routes", sound=("routes.from", "routes.milestone"))
def ramps_have_a_start(draft: Draft) -> None:
    """Check that a route with a ramp has the day from which the ramp counts."""
    rows = draft["routes"].filter(
        pl.col("ramp").is_not_null() & pl.col("from").is_null() & pl.col("milestone").is_null()
    )
    mend = 'Give from or milestone, or leave ramp empty: the ramp "{ramp}" counts months since that day'
    draft.report("routes", rows, "from", "the start of production", mend)


@rule("ramps", sound=("ramps.ramp", "ramps.month"))
def ramps_start_at_month_zero(draft: Draft) -> None:
    """Check that a ramp says what holds from its first day on."""
    month = pl.col("month")
    rows = draft["ramps"].filter(month == month.min().over("ramp"), month > 0)
    draft.report("ramps", rows, "month", "0 in the first row of a ramp", 'Add a row of "{ramp}" for month 0')


@rule("loads")
def loads_are_at_the_site_of_the_route(draft: Draft) -> None:
    """Check that a route loads resources of its own site only."""
    rows = (
        draft["loads"]
        .join(draft.lookup("routes", "route", "site"), on="route")
        .join(draft.lookup("resources", "resource", "site"), on="resource", suffix="_of_resource")
        .filter(pl.col("site") != pl.col("site_of_resource"))
    )
    mend = "The resource stands at {site_of_resource}: name one at {site}, or mend a site"
    draft.report("loads", rows, "resource", "a resource at {site}, the site of the route", mend)


@rule("resources", sound=("resource_capacity.resource",))
def loaded_resources_have_capacity(draft: Draft) -> None:
    """Check that what routes load has capacity; without a row it has none, and stops them without a word."""
    rows = (
        draft["resources"]
        .join(draft["loads"], on="resource", how="semi")
        .join(draft["resource_capacity"], on="resource", how="anti")
    )
    mend = "Routes load it, and without capacity they cannot run: add the day from which it has which capacity"
    draft.report("resources", rows, "resource", "a resource with rows in resource_capacity", mend)


@rule("resource_capacity", sound=("resource_capacity.overtime_cost",))
def overtime_has_a_cost(draft: Draft) -> None:
    """Check that overtime that can be had costs something, if only zero."""
    rows = draft["resource_capacity"].filter(pl.col("overtime_quantity") > 0, pl.col("overtime_cost").is_null())
    mend = "overtime_quantity is {overtime_quantity}: say what a unit of it costs"
    draft.report("resource_capacity", rows, "overtime_cost", "a cost, as there is overtime", mend)


@rule("learning", sound=("routes.learning",))
def experience_curves_are_followed(draft: Draft) -> None:
    """Check that some route follows each experience curve."""
    rows = draft["learning"].join(draft["routes"], on="learning", how="anti")
    mend = "Name it in the column learning of a route, or remove the row"
    draft.report("learning", rows, "learning", "a curve that a route follows", mend)


@rule("lanes", sound=("lanes.item", "lanes.family"))
def lanes_move_an_item_or_a_family(draft: Draft) -> None:
    """Check that a lane moves either an item or a family."""
    both = pl.col("item").is_not_null() & pl.col("family").is_not_null()
    neither = pl.col("item").is_null() & pl.col("family").is_null()
    mend = "Leave one of item and family empty"
    draft.report("lanes", draft["lanes"].filter(both), "family", "either an item or a family, not both", mend)
    mend = "Give the item, or the family, that the lane moves"
    draft.report("lanes", draft["lanes"].filter(neither), "item", "either an item or a family", mend)


@rule("lanes")
def lanes_lead_elsewhere(draft: Draft) -> None:
    """Check that a lane ends at another site than it starts at."""
    rows = draft["lanes"].filter(pl.col("from_site") == pl.col("to_site"))
    draft.report("lanes", rows, "to_site", "a site other than from_site", "Mend one of the two sites")


@rule("lanes", sound=("lanes.per",))
def lane_capacity_has_a_period(draft: Draft) -> None:
    """Check that a capacity is a quantity per period."""
    rows = draft["lanes"].filter(pl.col("capacity").is_not_null() & pl.col("per").is_null())
    draft.report("lanes", rows, "per", "the period of capacity", "Say per what period {capacity} is, such as month")


@rule("offers")
def offers_come_from_suppliers(draft: Draft) -> None:
    """Check that who sells is a supplier."""
    parties = draft.lookup("parties", "party", "role")
    rows = draft["offers"].join(parties, left_on="supplier", right_on="party").filter(pl.col("role") != "supplier")
    mend = "{supplier} is a {role} in parties: change its role, or the supplier"
    draft.report("offers", rows, "supplier", "a party whose role is supplier", mend)


@rule("allotments", sound=("offers.allotment",))
def allotments_are_of_offers(draft: Draft) -> None:
    """Check that an allotment limits some offer; else a name that is misspelt would lift a limit without a word."""
    known = draft["offers"]["allotment"].drop_nulls().unique().sort().to_list()
    for row, name in draft["allotments"].filter(~pl.col("allotment").is_in(known)).select(ROW, "allotment").iter_rows():
        mend = did_you_mean(name, known, "Name it in offers, or leave the row out")
        draft.add(Problem("allotments", row, "allotment", name, "an allotment that some offer has", mend))


@rule("offers", sound=("offers.offer", "offer_prices.offer", "offer_prices.from"))
def offers_have_a_price_from_the_start(draft: Draft) -> None:
    """Check that every offer has a price, from the first day on."""
    priced = draft["offers"].join(draft["offer_prices"], on="offer", how="anti")
    mend = 'Add a row to offer_prices with offer "{offer}", from and price'
    draft.report("offers", priced, "offer", "an offer with a price in offer_prices", mend)
    if draft.settings is None:
        return
    start = draft.settings.start
    day = pl.col("from")
    late = draft["offer_prices"].filter(day == day.min().over("offer"), day > start)
    mend = f'The horizon starts on {start}: say what "{{offer}}" costs from then on'
    draft.report("offer_prices", late, "from", f"a first price from {start} or earlier", mend)


@rule("receipts")
def receipts_arrive_in_the_horizon(draft: Draft) -> None:
    """Check that receipts arrive after the start; what came before is stock."""
    if draft.settings is not None:
        start = draft.settings.start
        rows = draft["receipts"].filter(pl.col("date") < start)
        mend = f"The horizon starts on {start}: count what arrived earlier in stock"
        draft.report("receipts", rows, "date", f"a day from {start} on", mend)
