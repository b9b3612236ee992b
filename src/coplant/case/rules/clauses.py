"""Rules of the clauses of agreements."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.rules.registry import rule
from coplant.case.versions import Version, groups, same_thing, successive, with_terms, with_windows
from coplant.errors import Problem
from coplant.schema import TABLES

_FROM_SIGNATURE = ("advisory",)
"""Clauses that may hold before the agreement starts."""

_OF_PRODUCTS = ("processing_fees", "licences", "flexibility", "credits", "exclusivity")
"""Clauses for one product, or for every product of their agreement."""

_SCHEDULE = ("agreement", "item", "valid_from", "recorded_at")
"""Rows that were agreed together: tiers of a fee, fences of a forecast."""


def _clauses(draft: Draft) -> list[str]:
    return [name for name, table in TABLES.items() if "valid_from" in table.names and not draft[name].is_empty()]


@rule("agreements", sound=("agreements.starts", "agreements.term", "agreements.sign_from"))
def clauses_hold_within_the_term(draft: Draft) -> None:
    """Check that a clause is valid for some days, all of them in the agreement's term, or from its signature on."""
    ends = pl.col("ends_agreement")
    for table in _clauses(draft):
        rows = with_windows(draft, table)
        signed = table in _FROM_SIGNATURE
        earliest = "signed_agreement" if signed else "starts_agreement"
        outside = rows.filter((pl.col("valid_from") < pl.col(earliest)) | (pl.col("valid_from") >= ends))
        term = "from its signature to its end" if signed else "the agreement's term"
        expected = f"a day from {{{earliest}}} on and before {{ends_agreement}}, {term}"
        draft.report(table, outside, "valid_from", expected, "Mend it, or the agreement's starts or term")
        beyond = rows.filter(pl.col("valid_until") > ends)
        expected = "a day not after {ends_agreement}, when the agreement ends"
        mend = "Mend it, leave it empty for the agreement's end, or mend the agreement's term"
        draft.report(table, beyond, "valid_until", expected, mend)
        empty = rows.filter(pl.col("valid_until") <= pl.col("begins"))
        draft.report(
            table, empty, "valid_until", "a day after {begins}, when the row begins", "Mend one of the two days"
        )


@rule("agreements", sound=("agreements.starts", "agreements.term"))
def clauses_do_not_overlap(draft: Draft) -> None:
    """Check that on any day and by what is known at any time one row of a clause is valid for the same thing."""
    for name in _clauses(draft):
        table, rows = TABLES[name], with_windows(draft, name)
        told: set[int] = set()
        for versions in groups(table, rows):
            for known in sorted({version.recorded for version in versions}):
                for version, other in successive([one for one in versions if one.recorded <= known])[1]:
                    if version.rows[0] not in told:
                        told.add(version.rows[0])
                        draft.add(_overlap(name, rows[ROW], rows["valid_from"], version, other))


def _overlap(name: str, row: pl.Series, valid_from: pl.Series, version: Version, other: Version) -> Problem:
    """Say that two versions of a clause hold on the same days, or that a later one leaves a hole in an earlier."""
    place, earlier = version.rows[0], row[other.rows[0]]
    if version.recorded == other.recorded:
        expected = f"a day from {other.ends} on, when an earlier row for the same ends"
        mend = f"It overlaps row {earlier}: give that row a valid_until of {version.begins}, or mend the days"
    else:
        expected = f"a version that replaces row {earlier}, or takes over from it until {max(version.ends, other.ends)}"
        mend = (
            "One recorded later begins on the same day and replaces the other, or begins later and lasts at least as "
            "long: mend the days, or record a row for the days that are left"
        )
    return Problem(name, row[place], "valid_from", valid_from[place], expected, mend)


@rule("processing_fees", sound=("processing_fees.above",))
def fee_tiers_start_at_zero(draft: Draft) -> None:
    """Check that the first unit has a fee."""
    mend = "Add the tier with above 0: what is the fee of the first unit?"
    _start_at_zero(draft, "processing_fees", "above", "0 in the first tier", mend)


@rule("flexibility", sound=("flexibility.months_ahead",))
def fences_start_at_zero(draft: Draft) -> None:
    """Check that a forecast of any age lies within a fence."""
    mend = "Add the fence with months_ahead 0: what may still change in the month of publication?"
    _start_at_zero(draft, "flexibility", "months_ahead", "0 in the first fence", mend)


def _start_at_zero(draft: Draft, table: str, column: str, expected: str, mend: str) -> None:
    step = pl.col(column)
    rows = draft[table].filter(step == step.min().over(_SCHEDULE), step > 0)
    draft.report(table, rows, column, expected, mend)


@rule("processing_fees")
def fee_tiers_agree(draft: Draft) -> None:
    """Check that tiers of one fee count the same units in the same way, and hold for the same days."""
    _agree(draft, "processing_fees", ("basis", "method", "valid_until"), "Tiers of one fee")


@rule("flexibility")
def fences_agree(draft: Draft) -> None:
    """Check that fences of one schedule compare a forecast with the same, and hold for the same days."""
    _agree(draft, "flexibility", ("method", "valid_until"), "Fences of one schedule")


def _agree(draft: Draft, table: str, columns: tuple[str, ...], which: str) -> None:
    for column in columns:
        first = pl.struct(ROW, column).first().over(_SCHEDULE)
        rows = (
            draft[table]
            .with_columns(first=first.struct.field(column), first_row=first.struct.field(ROW))
            .filter(pl.col(column).ne_missing(pl.col("first")))
        )
        mend = f"{which} have the same {column}: mend one of the two rows"
        draft.report(table, rows, column, "{first}, as in row {first_row}", mend)


@rule("agreements", sound=("routes.agreement", "routes.item"))
def clauses_are_for_what_is_made(draft: Draft) -> None:
    """Check that a clause for a product is for one that the agreement's routes make."""
    for table in _OF_PRODUCTS:
        if draft.sound((f"{table}.agreement", f"{table}.item")):
            told = draft[table].filter(pl.col("item").is_not_null())
            rows = told.join(draft["routes"], on=("agreement", "item"), how="anti", maintain_order="left")
            mend = 'No route of "{agreement}" makes {item}: name the agreement in the route, or another item here'
            draft.report(table, rows, "item", "an item that a route of the agreement makes", mend)


@rule("flexibility", sound=("flexibility.months_ahead",))
def fences_bind_less_further_ahead(draft: Draft) -> None:
    """Check that what is owed for a cut falls with the age of the forecast."""
    rows = draft["flexibility"].sort("months_ahead", maintain_order=True)
    rows = rows.with_columns(
        near=pl.col(ROW).shift().over(_SCHEDULE), limit=pl.col("binding_share").shift().over(_SCHEDULE)
    )
    mend = "A forecast further ahead binds less: mend the share in one of the two rows, or months_ahead"
    draft.report(
        "flexibility", rows.filter(pl.col("binding_share") > pl.col("limit")).sort(ROW), "binding_share",
        "at most {limit}, the share of the nearer fence in row {near}", mend,
    )  # fmt: skip
    rows = rows.with_columns(limit=pl.col("down_share").shift().over(_SCHEDULE))
    draft.report(
        "flexibility", rows.filter(pl.col("down_share") < pl.col("limit")).sort(ROW), "down_share",
        "at least {limit}, the share of the nearer fence in row {near}", mend,
    )  # fmt: skip


@rule("processing_fees", sound=("agreements.starts", "agreements.term"))
def fees_are_for_one_or_for_all(draft: Draft) -> None:
    """Check that while a fee is for every product of an agreement, none is for one of them."""
    _are_for_one_or_for_all(draft, "processing_fees", "fee")


@rule("flexibility", sound=("agreements.starts", "agreements.term"))
def fences_are_for_one_or_for_all(draft: Draft) -> None:
    """Check that while fences are for every product of an agreement, none are for one of them."""
    _are_for_one_or_for_all(draft, "flexibility", "fence")


@rule("credits", sound=("agreements.starts", "agreements.term"))
def credits_are_for_one_or_for_all(draft: Draft) -> None:
    """Check that while a credit is for every product of an agreement, it is not for one of them as well."""
    _are_for_one_or_for_all(draft, "credits", "credit")


def _are_for_one_or_for_all(draft: Draft, table: str, what: str) -> None:
    thing = [name for name in same_thing(TABLES[table]) if name != "item"]
    told = with_windows(draft, table).unique([*thing, *_SCHEDULE[1:]], keep="first", maintain_order=True)
    every = told.filter(pl.col("item").is_null()).select(
        *thing, begins_all="begins", ends_all="ends", row_all=pl.col(ROW)
    )
    rows = (
        told.filter(pl.col("item").is_not_null())
        .join(every, on=thing, maintain_order="left")
        .filter(pl.col("begins") < pl.col("ends_all"), pl.col("begins_all") < pl.col("ends"))
        .unique(ROW, keep="first", maintain_order=True)
    )
    mend = f"Give the {what} of row {{row_all}} for each item, or remove this one"
    draft.report(table, rows, "item", f"no {what} for one item while row {{row_all}} has one for all", mend)


@rule("excess", sound=("routes.agreement", "routes.route", "bom.route", "bom.item", "excess.agreement", "excess.item"))
def excess_is_of_parts(draft: Draft) -> None:
    """Check that a part that a host may hold is one that the agreement's routes take."""
    taken = draft["bom"].select("route", "item").join(draft["routes"].select("route", "agreement"), on="route")
    rows = draft["excess"].join(taken, on=["agreement", "item"], how="anti", maintain_order="left")
    mend = 'No route of "{agreement}" takes {item}: name a part in bom of its routes'
    draft.report("excess", rows, "item", "a part that a route of the agreement takes", mend)


@rule("reservations")
def reservations_have_room(draft: Draft) -> None:
    """Check that the least that can be reserved is not above the most, and what is reserved within both."""
    rows = draft["reservations"].filter(pl.col("least") > pl.col("most"))
    draft.report("reservations", rows, "least", "at most {most}, the row's most", "Mend least or most")
    beyond = draft["reservations"].filter(
        ~pl.col("reserved").is_between("least", "most"), pl.col("least") <= pl.col("most")
    )
    mend = "Reserve within the bounds, or mend least or most"
    draft.report("reservations", beyond, "reserved", "between {least} and {most}, the row's least and most", mend)


@rule("reservations", sound=("reservations.hours_per_year",))
def hourly_reservations_have_hours(draft: Draft) -> None:
    """Check that a capacity per hour comes with the hours that the line runs."""
    rows = draft["reservations"].filter(pl.col("per") == "hour", pl.col("hours_per_year").is_null())
    mend = "60 an hour is 240,000 a year at 4,000 hours: give the hours the line runs in a year"
    draft.report("reservations", rows, "hours_per_year", "the hours of a year, as least and most are per hour", mend)


@rule("loss_cover")
def losses_are_covered_until_one_day(draft: Draft) -> None:
    """Check that a loss cover says once how long it lasts."""
    rows = draft["loss_cover"].filter(pl.col("months").is_not_null(), pl.col("valid_until").is_not_null())
    mend = "The cover ends {months} months after its first day, or on {valid_until}: empty one of the two"
    draft.report("loss_cover", rows, "months", "nothing, as valid_until says when it ends", mend)


@rule("tooling", sound=("tooling.units", "tooling.months"))
def tooling_can_be_paid(draft: Draft) -> None:
    """Check that a payment in parts says over how many units and months."""
    needed = {"per_unit": ("units", "months"), "annuity": ("months",)}
    for payment, columns in needed.items():
        for column in columns:
            rows = draft["tooling"].filter(pl.col("payment") == payment, pl.col(column).is_null())
            mend = f"payment is {payment}: {TABLES['tooling'].column(column).description}"
            draft.report("tooling", rows, column, f"{column}, as payment is {payment}", mend)


@rule("tooling", sound=("agreements.starts", "agreements.term"))
def tooling_is_paid_while_units_are_made(draft: Draft) -> None:
    """Check that a payment by the unit begins before the agreement ends."""
    rows = with_terms(draft, "tooling").filter(
        pl.col("payment") == "per_unit", pl.col("date") >= pl.col("ends_agreement")
    )
    mend = "No unit is made under it later: mend the date or the agreement's term, or have it paid up_front"
    draft.report("tooling", rows, "date", "a day before {ends_agreement}, when the agreement ends", mend)


_TAKEN = ("routes.route", "routes.agreement", "routes.item", "bom.route", "bom.item")


@rule("materials", sound=(*_TAKEN, "materials.agreement", "materials.item"))
def materials_are_taken(draft: Draft) -> None:
    """Check that a part is one that the agreement's routes take."""
    taken = draft["bom"].select("route", "item").join(draft["routes"].select("route", "agreement"), on="route")
    rows = draft["materials"].join(taken, on=("agreement", "item"), how="anti", maintain_order="left")
    mend = 'No route of "{agreement}" takes {item}: add it to bom, or name another part'
    draft.report("materials", rows, "item", "a part that a route of the agreement takes", mend)


@rule("materials", sound=(*_TAKEN, "bom.quantity", "materials.agreement", "materials.item"))
def products_have_one_standard(draft: Draft) -> None:
    """Check that all routes of a product under an agreement take as much of a part as one another."""
    routes = draft["routes"].select("agreement", "route", product="item")
    first = pl.struct("route", "quantity").first().over(ROW, "product")
    rows = (
        draft["materials"]
        .select(ROW, "agreement", "item")
        .join(routes, on="agreement", maintain_order="left")
        .join(draft["bom"].select("route", "item", "quantity"), on=("route", "item"), how="left", maintain_order="left")
        .with_columns(pl.col("quantity").fill_null(0.0))
        .with_columns(other=first.struct.field("route"), other_quantity=first.struct.field("quantity"))
        .filter(pl.col("quantity") != pl.col("other_quantity"))
        .unique(["agreement", "item"], keep="first", maintain_order=True)
    )
    expected = "a part of which all routes of {product} under {agreement} take the same quantity"
    mend = "Route {other} takes {other_quantity} and {route} {quantity}: mend bom, or give one another agreement"
    draft.report("materials", rows, "item", expected, mend)


@rule("materials", sound=("materials.price", "materials.mode"))
def materials_have_a_price(draft: Draft) -> None:
    """Check that a part has a price where anything of it is settled."""
    settled = (pl.col("mode") != "consigned") | (pl.col("attrition_share") > 0.0)
    rows = draft["materials"].filter(settled, pl.col("price").is_null())
    mend = "Say at what the part is charged, sold or credited"
    draft.report("materials", rows, "price", "a price, as mode is {mode} and attrition_share {attrition_share}", mend)


@rule("materials")
def material_shares_are_of_the_mode(draft: Draft) -> None:
    """Check that only what a host buys is handled, and only what is consigned has an allowance."""
    consigned = pl.col("mode") == "consigned"
    rows = draft["materials"].filter(consigned, pl.col("handling_share") > 0.0)
    mend = "The host buys nothing of it: leave it empty, or mend the mode"
    draft.report("materials", rows, "handling_share", "nothing, as mode is consigned", mend)
    rows = draft["materials"].filter(~consigned, pl.col("attrition_share") > 0.0)
    mend = "Only the standard is charged, and scrap is at the host's cost: leave it empty, or mend the mode"
    draft.report("materials", rows, "attrition_share", "nothing, as mode is {mode}", mend)


@rule("materials", sound=("materials.agreement", "materials.item", "agreements.starts", "agreements.term"))
def turnkey_is_for_all_the_term(draft: Draft) -> None:
    """Check that a part that the host buys is bought by it on every day of the agreement.

    A route takes such a part from the host or from the brand's stock, and is the same on every day.
    """
    part = ("agreement", "item")
    turnkey = pl.col("mode") == "turnkey"
    rows = with_windows(draft, "materials").with_columns(
        row_turnkey=pl.col(ROW).filter(turnkey).first().over(part),
        throughout=turnkey.all().over(part),
        reached=pl.col("ends").max().over(part),
    )
    rows = rows.filter(pl.col("row_turnkey").is_not_null(), pl.col("mode").is_not_null())
    mixed = rows.filter(~turnkey)
    expected = "turnkey, as in row {row_turnkey}: a host buys a part throughout an agreement, or never"
    draft.report("materials", mixed, "mode", expected, "Mend one of the two rows")
    rows = rows.filter("throughout")
    ordered = rows.sort("begins", maintain_order=True)
    covered = pl.col("ends").cum_max().shift(1).over(part)
    gap = ordered.with_columns(covered=pl.coalesce(covered, "starts_agreement")).filter(
        pl.col("begins") > pl.col("covered")
    )
    expected = "a day not after {covered}: a part that the host buys has a price on every day of the agreement"
    draft.report("materials", gap, "valid_from", expected, "Mend the day, or add a row for the days before")
    short = rows.filter(pl.col("ends") == pl.col("reached"), pl.col("ends") < pl.col("ends_agreement"))
    expected = "{ends_agreement}, when the agreement ends: a part that the host buys has a price on every day of it"
    draft.report("materials", short, "valid_until", expected, "Leave it empty, or add a row for the days after")


_ONLY_OF = {
    "date": ("deposit", "prepayment", "guarantee"),
    "draw_per_unit": ("prepayment",),
    "fee_rate": ("guarantee",),
    "milestone_date": ("vesting",),
    "milestone_units": ("vesting",),
    "forfeited_share": ("deposit", "prepayment"),
}
"""Columns of security that say something of some kinds only."""


@rule("security", sound=("security.kind", "security.draw_per_unit", "security.fee_rate"))
def securities_say_what_their_kind_needs(draft: Draft) -> None:
    """Check that a security has what its kind needs, and nothing that another kind does."""
    table, frame = TABLES["security"], draft["security"]
    for kind, column in (("prepayment", "draw_per_unit"), ("guarantee", "fee_rate")):
        rows = frame.filter(pl.col("kind") == kind, pl.col(column).is_null())
        mend = f"kind is {kind}: {table.column(column).description}"
        draft.report("security", rows, column, f"{column}, as kind is {kind}", mend)
    for column, kinds in _ONLY_OF.items():
        said = pl.col(column) > 0.0 if column == "forfeited_share" else pl.col(column).is_not_null()
        rows = frame.filter(~pl.col("kind").is_in(kinds), said)
        mend = f"It is read where kind is {' or '.join(kinds)}: leave it empty, or mend the kind"
        draft.report("security", rows, column, "nothing, as kind is {kind}", mend)


@rule("security", sound=("security.kind", "security.milestone_date", "security.milestone_units"))
def tranches_have_one_milestone(draft: Draft) -> None:
    """Check that a tranche vests on a day or by units, and not by both."""
    frame = draft["security"].filter(pl.col("kind") == "vesting")
    day, units = pl.col("milestone_date").is_not_null(), pl.col("milestone_units").is_not_null()
    mend = "Say when the tranche vests: on a day, or with how many good units"
    draft.report("security", frame.filter(~day & ~units), "milestone_date", "milestone_date or milestone_units", mend)
    mend = "Write two tranches, or leave one of the two empty"
    expected = "either milestone_date or milestone_units, not both"
    draft.report("security", frame.filter(day & units), "milestone_units", expected, mend)


@rule("security", sound=("agreements.starts", "agreements.term"))
def securities_begin_before_the_end(draft: Draft) -> None:
    """Check that what is paid is paid, and what vests by date vests, before the agreement ends."""
    for column in ("date", "milestone_date"):
        rows = with_terms(draft, "security").filter(pl.col(column) >= pl.col("ends_agreement"))
        expected = "a day before {ends_agreement}, when the agreement ends"
        draft.report("security", rows, column, expected, "Mend the day, or the agreement's term")
