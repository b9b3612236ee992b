"""Rules of what happened: actuals, forecasts, call-offs, commits, shipments, exits."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.rules.registry import rule
from coplant.case.versions import RECORDED, with_terms, with_windows

_CHARGED = pl.col("measure").is_in(["cost", "hours"])
_LEVEL = pl.col("measure").is_in(["on_hand", "on_order"])
_PRODUCT = pl.col("measure").is_in(["good", "started"])
_MADE = ("routes.agreement", "routes.item", "routes.route")
_SAME = ("agreement", "measure", "item", "charge")
_CLOSES = pl.coalesce("until", pl.col("from").dt.offset_by("1d"))
"""Day after the last of a count."""
_TERM = ("agreements.agreement", "agreements.starts", "agreements.term")


@rule("actuals", sound=("actuals.measure", "actuals.item", "actuals.charge"))
def actuals_say_of_what(draft: Draft) -> None:
    """Check that a count is of an item, and money or hours are of a charge."""
    frame = draft["actuals"]
    mend = "Say of which charge or service {quantity} is"
    rows = frame.filter(_CHARGED & pl.col("charge").is_null())
    draft.report("actuals", rows, "charge", "a charge, as measure is {measure}", mend)
    mend = "Say of which item {quantity} is"
    draft.report(
        "actuals", frame.filter(~_CHARGED & pl.col("item").is_null()), "item", "an item, as measure is {measure}", mend
    )


@rule("actuals", sound=("actuals.item", "actuals.agreement", *_MADE, "bom.item", "bom.route"))
def actuals_are_of_what_is_built(draft: Draft) -> None:
    """Check that products on record are made under the agreement, and parts are taken by what is made."""
    made = draft["routes"].select("agreement", "item", "route")
    parts = draft["bom"].select("route", "item").join(made.select("agreement", "route"), on="route")
    known = (
        (_PRODUCT, made, "an item that a route of {agreement} makes", "Name a product of the agreement"),
        (~_CHARGED & ~_PRODUCT, parts, "a part that a route of {agreement} takes", "Name a part in bom of its routes"),
    )
    for measured, items, expected, mend in known:
        rows = draft["actuals"].filter(measured & pl.col("item").is_not_null())
        strange = rows.join(items, on=["agreement", "item"], how="anti", maintain_order="left")
        draft.report("actuals", strange, "item", expected, mend)


@rule("actuals", sound=("actuals.charge", "actuals.agreement", "fixed_charges.charge", "fixed_charges.agreement"))
def costs_are_of_a_charge(draft: Draft) -> None:
    """Check that what a host spent is for a charge of its agreement."""
    rows = draft["actuals"].filter(measure="cost").filter(pl.col("charge").is_not_null())
    strange = rows.join(draft["fixed_charges"], on=["agreement", "charge"], how="anti", maintain_order="left")
    mend = "Name a charge that fixed_charges has for {agreement}"
    draft.report("actuals", strange, "charge", "a charge of {agreement} in fixed_charges", mend)


@rule("actuals", sound=("actuals.charge", "actuals.agreement", "advisory.service", "advisory.agreement"))
def hours_are_of_a_service(draft: Draft) -> None:
    """Check that hours are of a service of their agreement."""
    rows = draft["actuals"].filter(measure="hours").filter(pl.col("charge").is_not_null())
    services = draft["advisory"].select("agreement", charge="service")
    strange = rows.join(services, on=["agreement", "charge"], how="anti", maintain_order="left")
    mend = "Name a service that advisory has for {agreement}"
    draft.report("actuals", strange, "charge", "a service of {agreement} in advisory", mend)


@rule("actuals")
def actuals_last_a_day_or_more(draft: Draft) -> None:
    """Check that the day after the last is after the first, and that a state is that of one day."""
    frame = draft["actuals"]
    rows = frame.filter(pl.col("until") <= pl.col("from"))
    draft.report("actuals", rows, "until", "a day after {from}, the row's from", "Mend one of the two days")
    rows = frame.filter(_LEVEL & pl.col("until").is_not_null())
    draft.report("actuals", rows, "until", "nothing, as {measure} is counted on a day", "Leave it empty")


@rule("actuals", sound=_TERM)
def actuals_lie_within_the_term(draft: Draft) -> None:
    """Check that what is built or held is, while the agreement is in force."""
    rows = with_terms(draft, "actuals").filter(~_CHARGED)
    early = rows.filter((pl.col("from") < pl.col("starts_agreement")) | (pl.col("from") >= pl.col("ends_agreement")))
    expected = "a day from {starts_agreement} on and before {ends_agreement}, the term of {agreement}"
    draft.report("actuals", early, "from", expected, "Mend the day, or the agreement's starts or term")
    late = rows.filter(pl.col("until") > pl.col("ends_agreement"))
    expected = "a day not after {ends_agreement}, when {agreement} ends"
    draft.report("actuals", late, "until", expected, "Mend the day, or the agreement's term")


def _after_exits(draft: Draft, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows, each with the ``exit`` of its agreement, and its row: that which is on record, if it was known by then.

    A row that became known (``known``) before the exit did says what happened while nobody knew of it; it stays.
    """
    exits = draft["exits"].with_columns(noted=pl.coalesce(RECORDED, "notice"))
    latest = exits.sort("noted", maintain_order=True).unique("agreement", keep="last", maintain_order=True)
    left = rows.join(latest.select("agreement", "exit", "noted", row_exit=pl.col(ROW)), on="agreement",
                     maintain_order="left")  # fmt: skip
    return left.filter(pl.col("known") >= pl.col("noted"), pl.col("exit") < pl.col("ends_agreement"))


_EXIT = "{exit}, when {agreement} was left (exits, row {row_exit})"
_MEND_EXIT = "Mend the day, or the exit in row {row_exit} of exits"


@rule("actuals", sound=(*_TERM, "actuals.agreement", "exits.agreement", "exits.exit"))
def actuals_come_before_an_exit(draft: Draft) -> None:
    """Check that what is built or held is, before the agreement is left."""
    known = pl.coalesce(RECORDED, _CLOSES.dt.offset_by("-1d"))
    rows = with_terms(draft, "actuals").filter(~_CHARGED).with_columns(known=known)
    rows = _after_exits(draft, rows).filter(pl.coalesce("until", "from") <= pl.col("ends_agreement"))
    draft.report("actuals", rows.filter(pl.col("from") >= pl.col("exit")), "from", f"a day before {_EXIT}", _MEND_EXIT)
    late = rows.filter(pl.col("from") < pl.col("exit"), pl.col("until") > pl.col("exit"))
    draft.report("actuals", late, "until", f"a day not after {_EXIT}", _MEND_EXIT)


@rule("actuals")
def counts_are_recorded_when_they_are_over(draft: Draft) -> None:
    """Check that a count is not recorded before the last day that it counts."""
    rows = draft["actuals"].with_columns(last=_CLOSES.dt.offset_by("-1d")).filter(pl.col(RECORDED) < pl.col("last"))
    draft.report("actuals", rows, RECORDED, "a day from {last} on, the last that is counted", "Mend one of the days")


@rule("actuals", sound=("actuals.measure", "actuals.item", "actuals.charge", "actuals.agreement"))
def counts_do_not_overlap(draft: Draft) -> None:
    """Check that no day is counted twice for the same thing, and that a correction is of the same days."""
    spans = draft["actuals"].filter(pl.col("from").is_not_null()).with_columns(closes=_CLOSES)
    first = (
        pl.struct("closes", ROW).sort_by(RECORDED, nulls_last=False, maintain_order=True).first().over(*_SAME, "from")
    )
    spans = spans.with_columns(first.struct.field("closes").alias("meant"), first.struct.field(ROW).alias("row_first"))
    other = spans.filter(pl.col("closes") != pl.col("meant"))
    mend = "Row {row_first} counts from the same day: a correction is of the same days, mend until in one of the two"
    draft.report("actuals", other, "until", "{meant}, as in row {row_first}", mend)
    counted = (
        spans.filter(pl.col(ROW) == pl.col("row_first"))
        .sort("from", maintain_order=True)
        .with_columns(busy=pl.col("closes").cum_max().shift().over(_SAME), row_before=pl.col(ROW).shift().over(_SAME))
    )
    twice = counted.filter(pl.col("from") < pl.col("busy")).sort(ROW)
    mend = "Row {row_before} counts some of the same days: mend the days, or count each day once"
    draft.report("actuals", twice, "from", "a day from {busy} on, when an earlier count of the same ends", mend)


@rule("actuals", sound=("actuals.from", "actuals.recorded_at", "actuals.correction"))
def a_second_count_says_it_corrects(draft: Draft) -> None:
    """Check that of several counts of the same all but the first are corrections, and that each corrects something."""
    same = [*_SAME, "from"]
    frame = draft["actuals"]
    if frame.filter(pl.col("correction") == "yes").is_empty() and not frame.select(same).is_duplicated().any():
        return
    order = pl.col(RECORDED).rank("ordinal").over(same)
    first = pl.col(RECORDED).is_null() | ((order == 1) & pl.col(RECORDED).is_not_null().all().over(same))
    rows = frame.with_columns(first=first, first_row=pl.col(ROW).first().over(same))
    twice = rows.filter(~pl.col("first"), pl.col("correction") == "no")
    mend = "Row {first_row} counts the same: set correction to yes, or mend what tells the two rows apart"
    draft.report("actuals", twice, "correction", "yes in a second count of the same", mend)
    alone = rows.filter(pl.col("first"), pl.col("correction") == "yes")
    mend = "Nothing was recorded before it: set correction to no, or record the first count too"
    draft.report("actuals", alone, "correction", "a count that was recorded before", mend)


@rule("forecasts", sound=("forecasts.item", "forecasts.agreement", "excess.item", "excess.agreement", *_MADE))
def forecasts_are_of_what_is_built(draft: Draft) -> None:
    """Check that a forecast is for a product of the agreement, or for a part whose excess the brand takes on."""
    known = pl.concat([draft[table].select("agreement", "item") for table in ("routes", "excess")])
    rows = draft["forecasts"].join(known, on=["agreement", "item"], how="anti", maintain_order="left")
    mend = "Name a product of the agreement, or a part that excess has for it"
    draft.report("forecasts", rows, "item", "an item that a route of {agreement} makes, or a part in excess", mend)


@rule("forecasts")
def forecasts_are_for_months_to_come(draft: Draft) -> None:
    """Check that a forecast is for a month by its first day, and was published before the month is over."""
    rows = draft["forecasts"].filter(pl.col("month").dt.day() != 1)
    draft.report("forecasts", rows, "month", "the first day of a month", "Give the month by its first day")
    rows = draft["forecasts"].filter(pl.col("published") >= pl.col("month").dt.offset_by("1mo"))
    draft.report("forecasts", rows, "published", "a day before the month is over", "Mend one of the two days")


@rule("call_offs", sound=(*_TERM, "call_offs.agreement"))
def call_offs_keep_the_frozen_zone(draft: Draft) -> None:
    """Check that a call-off is issued before the frozen zone, and is due while the agreement is in force."""
    frozen = draft.lookup("agreements", "agreement", "frozen_days")
    rows = (
        with_terms(draft, "call_offs")
        .join(frozen, on="agreement", maintain_order="left")
        .with_columns(earliest=pl.col("issued") + pl.duration(days="frozen_days"))
    )
    frozen_in = rows.filter(pl.col("due") < pl.col("earliest"))
    expected = "a day from {earliest} on: {frozen_days} days after it was issued begins what can still be called off"
    draft.report("call_offs", frozen_in, "due", expected, "Mend one of the two days, or the agreement's frozen_days")
    outside = rows.filter((pl.col("due") < pl.col("starts_agreement")) | (pl.col("due") >= pl.col("ends_agreement")))
    expected = "a day from {starts_agreement} on and before {ends_agreement}, the term of {agreement}"
    draft.report("call_offs", outside, "due", expected, "Mend the day, or the agreement's starts or term")


@rule("call_offs", sound=(*_TERM, "call_offs.agreement", "exits.agreement", "exits.exit"))
def call_offs_come_before_an_exit(draft: Draft) -> None:
    """Check that what is called off once an exit is known is due before it."""
    rows = _after_exits(draft, with_terms(draft, "call_offs").with_columns(known=pl.col("issued")))
    late = rows.filter(pl.col("due") >= pl.col("exit"), pl.col("due") < pl.col("ends_agreement"))
    draft.report("call_offs", late, "due", f"a day before {_EXIT}", _MEND_EXIT)


@rule("call_offs", sound=("call_offs.item", "call_offs.agreement", *_MADE))
def call_offs_are_of_what_is_built(draft: Draft) -> None:
    """Check that a call-off is for a product of the agreement."""
    rows = draft["call_offs"].join(draft["routes"], on=["agreement", "item"], how="anti", maintain_order="left")
    mend = "Name a product of the agreement"
    draft.report("call_offs", rows, "item", "an item that a route of {agreement} makes", mend)


@rule("commits", sound=("commits.call_off",))
def commits_answer_what_was_issued(draft: Draft) -> None:
    """Check that a host answers after a call-off was issued."""
    rows = draft["commits"].join(draft.lookup("call_offs", "call_off", "issued"), on="call_off", maintain_order="left")
    early = rows.filter(pl.col("committed") < pl.col("issued"))
    draft.report(
        "commits", early, "committed", "a day from {issued} on, when it was issued", "Mend one of the two days"
    )


@rule("shipments", sound=("shipments.call_off",))
def shipments_follow_call_offs(draft: Draft) -> None:
    """Check that a shipment leaves after its call-off was issued, and arrives after it left."""
    call_offs = draft.lookup("call_offs", "call_off", "issued")
    rows = draft["shipments"].join(call_offs, on="call_off", maintain_order="left")
    early = rows.filter(pl.col("shipped") < pl.col("issued"))
    expected = "a day from {issued} on, when {call_off} was issued"
    draft.report("shipments", early, "shipped", expected, "Mend the day, or name the call-off that it answers")
    back = rows.filter(pl.col("received") < pl.col("shipped"))
    draft.report("shipments", back, "received", "a day from {shipped} on, when it left", "Mend one of the two days")


@rule("exits", sound=(*_TERM, "exits.agreement"))
def exits_come_before_the_term_is_over(draft: Draft) -> None:
    """Check that an agreement is left after notice, while it is in force."""
    rows = with_terms(draft, "exits")
    early = rows.filter(pl.col("exit") < pl.col("notice"))
    draft.report("exits", early, "exit", "a day from {notice} on, the day of notice", "Mend one of the two days")
    outside = rows.filter((pl.col("exit") <= pl.col("starts_agreement")) | (pl.col("exit") >= pl.col("ends_agreement")))
    expected = "a day after {starts_agreement} and before {ends_agreement}, when {agreement} ends anyway"
    draft.report("exits", outside, "exit", expected, "Mend the day, or the agreement's starts or term")


@rule("exits", sound=(*_TERM, "exits.agreement", "exit_terms.agreement"))
def exits_are_by_terms(draft: Draft) -> None:
    """Check that an agreement that is left says how, and that the brand gives the notice it asks for."""
    terms = with_windows(draft, "exit_terms").select("agreement", "begins", "ends", months="notice", terms=pl.col(ROW))
    rows = draft["exits"].join(terms, on="agreement", how="left", maintain_order="left")
    held = (pl.col("begins") <= pl.col("exit")) & (pl.col("exit") < pl.col("ends"))
    told = rows.filter(held).unique(ROW, keep="last", maintain_order=True)
    within = (pl.col("exit") >= pl.col("starts_agreement")) & (pl.col("exit") < pl.col("ends_agreement"))
    lacking = with_terms(draft, "exits").filter(within).join(told, on=ROW, how="anti", maintain_order="left")
    mend = "Say in exit_terms what leaving {agreement} costs; a row without amounts says it is free"
    draft.report("exits", lacking, "exit", "a day for which exit_terms has a row", mend)
    # A whole month of notice is a calendar month; part of one is rounded down to days.
    whole = pl.format("{}mo", pl.col("months").floor().cast(pl.Int64))
    short = told.with_columns(earliest=pl.col("notice").dt.offset_by(whole)).filter(
        pl.col("by") == "brand", pl.col("cause") == "convenience", pl.col("exit") < pl.col("earliest")
    )
    expected = "a day from {earliest} on, {months} months after the notice of {notice} (exit_terms, row {terms})"
    draft.report("exits", short, "exit", expected, "Mend one of the two days, or the notice that exit_terms asks for")


@rule("agreements")
def amounts_are_in_the_currency_of_the_case(draft: Draft) -> None:
    """Check that no agreement counts in another currency."""
    if draft.settings is None:
        return
    currency = draft.settings.currency
    rows = draft["agreements"].filter(pl.col("currency") != currency)
    mend = f"A case has one currency: convert the amounts of {{agreement}} to {currency}"
    draft.report("agreements", rows, "currency", f"{currency}, the currency of the case", mend)
