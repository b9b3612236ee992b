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
    """Check that the least that can be reserved is not above the most."""
    rows = draft["reservations"].filter(pl.col("least") > pl.col("most"))
    draft.report("reservations", rows, "least", "at most {most}, the row's most", "Mend least or most")


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
