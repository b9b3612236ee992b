"""A plan carried out to the letter, as a case with actuals."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.versions import with_windows
from coplant.network.activities import agreement_end
from coplant.network.frames import dates, days, floats
from coplant.timeline import add_months, overlaps, periods

if TYPE_CHECKING:
    from coplant.planning import Plan


def carried_out(plan: Plan) -> Case:
    """Return the case as it will be if a plan is carried out to the letter.

    What is decided is signed and reserved, and the rest has ended; what is made becomes actuals, spread evenly over the
    days of its bucket on which the agreement is in force. Hosts spend what they charge and serve the hours that are
    expected. On the first day of the horizon a forecast is published of what is built in every month of it.

    Parameters
    ----------
    plan : Plan
        The plan.
    """
    case = plan.case.known()
    signed = plan["signed"].filter("signed")["agreement"]
    agreements = case["agreements"].with_columns(
        status=pl.when(pl.col("agreement").is_in(signed.implode())).then(pl.lit("signed")).otherwise(pl.lit("ended"))
    )
    buckets = _buckets(plan)
    actuals = pl.concat([_made(plan, case), _parts(plan, case), spent(case, buckets), served(case, buckets)])
    return case.replace(
        {"agreements": agreements, "reservations": _reserved(plan, case), "actuals": actuals,
         "forecasts": _forecast(plan, case), "call_offs": [], "commits": [], "shipments": [],
         "exits": _exits(plan, case)}
    )  # fmt: skip


def _exits(plan: Plan, case: Case) -> pl.DataFrame:
    """Exits that are on record of what is signed, and those that the plan decides, with notice as late as can be."""
    signed = plan["signed"].filter("signed")
    known = case["exits"].join(signed, on="agreement", how="semi")
    terms = with_windows(case, "exit_terms").select("agreement", "begins", "ends", months="notice")
    left = plan["left"].select("agreement", exit="bucket").join(terms, on="agreement", maintain_order="left")
    left = left.filter(pl.col("begins") <= pl.col("exit"), pl.col("exit") < pl.col("ends"))
    notice = np.atleast_1d(add_months(days(left["exit"]), -floats(left["months"])))
    decided = left.select(
        "agreement", notice=dates(notice), exit="exit", by=pl.lit("brand"), cause=pl.lit("convenience")
    )
    return pl.concat([known.select(decided.columns), decided])


def _reserved(plan: Plan, case: Case) -> pl.DataFrame:
    """Reservations with the rates that the plan decides."""
    first = pl.max_horizontal(pl.coalesce("valid_from", "starts"), pl.lit(plan.settings.start))
    held = (
        case["reservations"]
        .drop("reserved")
        .join(case["agreements"].select("agreement", "starts"), on="agreement", maintain_order="left")
        .with_columns(first=first)
        .join(
            plan["reserved"].select("agreement", "reserved", first="from"), on=["agreement", "first"], how="left",
            maintain_order="left",
        )
    )  # fmt: skip
    # The solver leaves a hair beyond the bounds.
    return held.with_columns(pl.col("reserved").clip(pl.col("least"), pl.col("most"))).select(
        case["reservations"].columns
    )


def _in_force(plan: Plan, case: Case) -> pl.DataFrame:
    """Days of each bucket on which each agreement is in force."""
    buckets = plan["buckets"].select("bucket", close="until")
    terms = case["agreements"].select("agreement", "starts", ends=pl.Series(agreement_end(case), dtype=pl.Date))
    return terms.join(buckets, how="cross").select(
        "agreement",
        "bucket",
        pl.max_horizontal("bucket", "starts").alias("from"),
        pl.min_horizontal("close", "ends").alias("until"),
    )


def _made(plan: Plan, case: Case) -> pl.DataFrame:
    made = plan["made"].filter(pl.col("agreement").is_not_null()).group_by("agreement", "item", "bucket").agg(
        pl.col("good", "started").sum()
    )  # fmt: skip
    each = made.join(_in_force(plan, case), on=["agreement", "bucket"]).unpivot(
        ["good", "started"],
        index=["agreement", "item", "from", "until"],
        variable_name="measure",
        value_name="quantity",
    )
    return actuals_of(each)


def _forecast(plan: Plan, case: Case) -> pl.DataFrame:
    """Forecasts published before the horizon, and what the plan builds in the months that lie in it as a whole.

    Months that begin after the plan leaves an agreement are left as they were forecast.
    """
    start, until = (np.datetime64(day, "D") for day in (plan.settings.start, plan.settings.until))
    bounds = np.arange(start.astype("datetime64[M]"), until.astype("datetime64[M]") + 1).astype("datetime64[D]")
    months = pl.DataFrame({"month": dates(bounds[:-1]), "close": dates(bounds[1:])})
    terms = case["agreements"].select("agreement", "starts", ends=pl.Series(agreement_end(case), dtype=pl.Date))
    terms = terms.join(plan["left"].select("agreement", left="bucket"), on="agreement", how="left")
    products = case["routes"].select("agreement", "item").unique(maintain_order=True)
    told = (
        products.join(terms.join(plan["signed"].filter("signed"), on="agreement", how="semi"), on="agreement")
        .join(months, how="cross")
        .with_columns(begins=pl.max_horizontal("month", "starts"))
        .filter(
            pl.col("month") >= plan.settings.start,
            pl.col("begins") < pl.min_horizontal("close", "ends", "left"),
        )
        .select("agreement", "item", "month")
    )
    made = _made(plan, case).filter(measure="good")
    hit = overlaps(bounds, days(made["from"]), days(made["until"]))
    length = (days(made["until"]) - days(made["from"])).astype(np.float64)
    built = (
        made[hit.span]
        .select("agreement", "item", "quantity", month=months["month"].gather(hit.bucket))
        .with_columns(pl.col("quantity") * pl.Series((hit.last - hit.first).astype(np.float64) / length[hit.span]))
        .group_by("agreement", "item", "month")
        .agg(pl.col("quantity").sum())
    )
    published = told.join(built, on=["agreement", "item", "month"], how="left", maintain_order="left").select(
        "agreement", "item", pl.lit(plan.settings.start).alias("published"), "month", pl.col("quantity").fill_null(0.0)
    )
    before = case["forecasts"].filter(pl.col("published") < plan.settings.start)
    return pl.concat([before.select(published.columns), published])


def _parts(plan: Plan, case: Case) -> pl.DataFrame:
    """Parts that the host uses, by the bill of materials."""
    used = (
        plan["made"]
        .filter(pl.col("agreement").is_not_null())
        .join(case["bom"].select("route", "quantity", part="item"), on="route")
        .group_by("agreement", "bucket", item="part")
        .agg((pl.col("started") * pl.col("quantity")).sum().alias("quantity"))
        .join(_in_force(plan, case), on=["agreement", "bucket"])
    )
    return actuals_of(used.with_columns(measure=pl.lit("used")))


def _buckets(plan: Plan) -> pl.DataFrame:
    """Buckets of a plan, and the time before the first."""
    buckets = plan["buckets"].select("bucket", close="until")
    before = pl.DataFrame({"bucket": [datetime.date.min], "close": [plan.settings.start]}, schema=buckets.schema)
    return pl.concat([before, buckets])


def spent(case: Case, buckets: pl.DataFrame) -> pl.DataFrame:
    """What hosts spend on charges that are trued up: what they charge.

    Parameters
    ----------
    case : Case
        The case.
    buckets : DataFrame
        First day (bucket) and day after the last (close) of the periods over which it is spread.
    """
    rows = _by_bucket(case, with_windows(case, "fixed_charges").filter(true_up="yearly"), buckets)
    return actuals_of(rows.with_columns(measure=pl.lit("cost"), quantity=pl.col("amount") * pl.col("periods")))


def served(case: Case, buckets: pl.DataFrame) -> pl.DataFrame:
    """Hours of services: what is expected; see `spent`."""
    rows = _by_bucket(case, with_windows(case, "advisory").filter(pl.col("hours") > 0.0), buckets)
    hours = pl.col("hours") * pl.col("periods")
    return actuals_of(rows.with_columns(measure=pl.lit("hours"), charge="service", quantity=hours))


def _by_bucket(case: Case, clauses: pl.DataFrame, buckets: pl.DataFrame) -> pl.DataFrame:
    """Rows of a clause for the days of each bucket on which they hold: how many ``periods`` these are."""
    over = case["agreements"].select("agreement", over=pl.Series(agreement_end(case), dtype=pl.Date))
    rows = (
        clauses.join(over, on="agreement", maintain_order="left")
        .join(buckets, how="cross")
        .with_columns(
            pl.max_horizontal("begins", "bucket").alias("from"),
            pl.min_horizontal("ends", "over", "close").alias("until"),
        )
        .filter(pl.col("from") < pl.col("until"))
    )
    length = [
        float(periods(until, per) - periods(first, per))
        for first, until, per in zip(days(rows["from"]), days(rows["until"]), rows["per"], strict=True)
    ]
    return rows.with_columns(periods=pl.Series(length, dtype=pl.Float64))


_COLUMNS = {
    "agreement": pl.String, "measure": pl.String, "item": pl.String, "charge": pl.String, "from": pl.Date,
    "until": pl.Date, "quantity": pl.Float64,
}  # fmt: skip


def actuals_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Quantities of some days as rows of actuals; nothing is no row."""
    missing = [pl.lit(None, pl.String).alias(name) for name in ("item", "charge") if name not in rows.columns]
    return rows.with_columns(missing).filter(pl.col("quantity") > 0.0).select(
        pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items()
    )  # fmt: skip
