"""Rules of demand, prices, safety stock and the mix."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.names import did_you_mean
from coplant.case.rules.registry import rule
from coplant.errors import Problem


def wants_something(draft: Draft) -> pl.Expr:
    """Whether a row of demand is of a stream that asks for something then, or may."""
    return (pl.col("quantity") > 0) | pl.col("demand").is_in(draft["diffusion"]["demand"].implode())


@rule("demand")
def streams_keep_their_item_and_site(draft: Draft) -> None:
    """Check that all rows of a stream of demand ask for the same item at the same site."""
    streams = draft["demand"].select("demand", "item", "site").unique()
    if streams.height == streams["demand"].n_unique():
        return
    for column in ("item", "site"):
        # What most rows say is meant; of as many the first.
        often = pl.when(pl.col(column).is_not_null()).then(pl.len().over("demand", column)).otherwise(0)
        meant = pl.struct(ROW, column).sort_by("often", ROW, descending=[True, False]).first().over("demand")
        rows = (
            draft["demand"]
            .with_columns(often=often)
            .with_columns(first=meant.struct.field(column), first_row=meant.struct.field(ROW))
            .filter(pl.col(column) != pl.col("first"))
        )
        mend = 'All rows of "{demand}" have one ' + column + ": give this row another name of demand, or mend it"
        draft.report("demand", rows, column, "{first}, as in row {first_row}", mend)


@rule(
    "demand",
    sound=("demand.demand", "demand.from", "demand.quantity", "diffusion.demand", "prices.demand", "prices.from"),
)
def demand_has_a_price_when_it_begins(draft: Draft) -> None:
    """Check that on the first day of the horizon with demand there is a price."""
    if draft.settings is None:
        return
    start, until = draft.settings.start, draft.settings.until
    priced = draft["prices"].filter(pl.col("from") <= start)
    if draft["demand"].join(priced, on="demand", how="anti").is_empty():
        return
    wanted = (
        draft["demand"]
        .sort("demand", "from")
        .with_columns(
            first=pl.max_horizontal("from", pl.lit(start)),
            last=pl.min_horizontal(pl.col("from").shift(-1).over("demand"), pl.lit(until)),
        )
        .filter(pl.col("first") < pl.col("last"), wants_something(draft))
        .unique("demand", keep="first", maintain_order=True)
    )
    mend = 'Add a row to prices with demand "{demand}", from {first} or earlier, and price'
    unpriced = wanted.join(draft["prices"], on="demand", how="anti")
    draft.report("demand", unpriced, "demand", "a stream with a price in prices", mend)
    day = pl.col("from")
    late = (
        draft["prices"]
        .filter(day == day.min().over("demand"))
        .join(wanted.select("demand", "first"), on="demand")
        .filter(day > pl.col("first"))
    )
    mend = 'Demand of "{demand}" begins on {first}: say what it pays from then on'
    draft.report("prices", late, "from", "a first price from {first} or earlier", mend)


@rule("safety_stock", sound=("safety_stock.quantity", "safety_stock.days"))
def safety_stock_is_a_quantity_or_days(draft: Draft) -> None:
    """Check that a target is either a quantity or days."""
    both = pl.col("quantity").is_not_null() & pl.col("days").is_not_null()
    neither = pl.col("quantity").is_null() & pl.col("days").is_null()
    frame = draft["safety_stock"]
    mend = "Leave one of the two empty"
    draft.report("safety_stock", frame.filter(both), "days", "either quantity or days, not both", mend)
    mend = "Give the target as a quantity, or as days of demand"
    draft.report("safety_stock", frame.filter(neither), "quantity", "either quantity or days", mend)


@rule("safety_stock", sound=("demand.item", "demand.site"))
def days_of_cover_have_demand(draft: Draft) -> None:
    """Check that a target in days stands where there is demand."""
    in_days = draft["safety_stock"].filter(pl.col("days") > 0, pl.col("quantity").is_null())
    if in_days.is_empty():
        return
    rows = in_days.join(draft["demand"], on=("item", "site"), how="anti")
    mend = "There is no demand for {item} at {site}: give the target as a quantity"
    draft.report("safety_stock", rows, "days", "days only where there is demand", mend)


@rule("safety_stock", sound=("demand.item", "demand.site", "diffusion.demand"))
def days_of_cover_are_of_what_rows_ask_for(draft: Draft) -> None:
    """Check that a target in days does not stand where demand hangs on when sales start."""
    in_days = draft["safety_stock"].filter(pl.col("days") > 0, pl.col("quantity").is_null())
    if in_days.is_empty():
        return
    spreading = draft["demand"].join(draft["diffusion"], on="demand", how="semi").unique(("item", "site"))
    rows = in_days.join(spreading.select("item", "site", "demand"), on=("item", "site"))
    mend = "What follows a day hangs on when sales of {demand} start: give the target as a quantity"
    draft.report("safety_stock", rows.sort(ROW), "days", "a quantity, as {demand} has a diffusion", mend)


@rule("diffusion", sound=("diffusion.milestone", "diffusion.from"))
def sales_start_on_a_day_or_with_a_milestone(draft: Draft) -> None:
    """Check that it is said in one way when sales start."""
    frame = draft["diffusion"]
    milestone, dated = pl.col("milestone").is_not_null(), pl.col("from").is_not_null()
    mend = "Leave one of the two empty"
    draft.report("diffusion", frame.filter(milestone & dated), "from", "nothing, as milestone is given", mend)
    mend = "Name the milestone with which sales start, or give the first day of sale"
    draft.report("diffusion", frame.filter(~milestone & ~dated), "milestone", "a milestone, or else from", mend)


@rule("diffusion", sound=("diffusion.demand", "diffusion.from", "demand.demand", "demand.from"))
def streams_begin_before_sales_do(draft: Draft) -> None:
    """Check that a stream does not begin after the first day of sale, which would be put off until then."""
    begin = draft["demand"].group_by("demand").agg(first=pl.col("from").min())
    rows = draft["diffusion"].join(begin, on="demand", maintain_order="left").filter(pl.col("from") < pl.col("first"))
    mend = "Let the first row of {demand} in demand begin on this day or earlier, or sales on {first}"
    draft.report("diffusion", rows.sort(ROW), "from", "a day from {first} on, when {demand} begins", mend)


@rule("diffusion", sound=("diffusion.milestone", "milestones.date", "routes.milestone"))
def milestones_that_start_sales_start_production(draft: Draft) -> None:
    """Check that a milestone which starts sales has a date, or is one that a route waits for."""
    dated = draft["milestones"].filter(pl.col("date").is_not_null())
    rows = draft["diffusion"].filter(pl.col("milestone").is_not_null())
    rows = rows.join(dated, on="milestone", how="anti", maintain_order="left")
    rows = rows.join(draft["routes"], on="milestone", how="anti", maintain_order="left")
    expected = "a milestone with a date, or one that a route waits for"
    draft.report("diffusion", rows.sort(ROW), "milestone", expected, "Name that with which production starts")


@rule("rivals", sound=("rivals.demand", "demand.demand", "demand.attraction"))
def rivals_are_compared(draft: Draft) -> None:
    """Check that it is known how good a product is that has rivals."""
    rows = draft["demand"].join(draft["rivals"], on="demand", how="semi", maintain_order="left")
    rows = rows.filter(pl.col("attraction").is_null())
    mend = "Say how good buyers find it beside buying nothing, which is 0; or take its rivals out"
    draft.report("demand", rows.sort(ROW), "attraction", "a number, as {demand} has rivals", mend)


@rule("mix", sound=("items.item", "items.family", "annuities.item", "annuities.family"))
def mix_names_families(draft: Draft) -> None:
    """Check that the mix is of families of items or annuities."""
    items = draft["items"].select("item", family=pl.coalesce("family", "item"))
    annuities = draft["annuities"].select("item", "family").join(items, on="item", suffix="_of_item")
    known = pl.concat([items["family"], annuities.select(pl.coalesce("family", "family_of_item")).to_series()]).unique()
    unknown = draft["mix"].filter(~pl.col("family").is_in(known.implode()))
    for row, family in unknown.select(ROW, "family").iter_rows():
        mend = did_you_mean(family, known.sort().to_list(), "Name a family of items or annuities")
        draft.add(Problem("mix", row, "family", family, "a family of items or annuities", mend))


@rule("mix")
def mix_can_be_kept(draft: Draft) -> None:
    """Check that no least share is above its most, and those of a year are not above the whole."""
    mix = draft["mix"]
    crossed = mix.filter(pl.col("least_share") > pl.col("most_share"))
    mend = "Mend least_share or most_share"
    draft.report("mix", crossed, "least_share", "at most {most_share}, the row's most_share", mend)
    total = mix.with_columns(total=pl.col("least_share").sum().over("year"))
    over = total.filter(pl.col("total") > 1 + 1e-9).unique("year", keep="first", maintain_order=True)
    mend = "Those of {year} add up to {total}: lower some"
    draft.report("mix", over, "least_share", "least shares of a year that add up to at most 1", mend)
