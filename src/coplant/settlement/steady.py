"""Steady production under an agreement, as a case with actuals: so many units a year, day after day."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses import Reservation
from coplant.network.activities import Openings
from coplant.network.frames import dates
from coplant.network.starts import Starts
from coplant.program.money import Floats
from coplant.settlement.bill import Term
from coplant.settlement.planned import actuals_of, served, spent
from coplant.timeline import Timeline, periods

NOTHING_HAPPENED = ("actuals", "forecasts", "call_offs", "commits", "shipments", "exits")
"""Tables of what happened."""


def untouched(case: Case) -> Case:
    """Return the case as it is known, as if nothing had happened yet."""
    return _with(case.known(), {name: case[name].clear() for name in NOTHING_HAPPENED})


class Production(NamedTuple):
    """What is built under an agreement, by its cheapest route for each product."""

    first: np.datetime64
    """First day on which a route is open."""
    until: np.datetime64
    """Day after the last."""
    routes: pl.DataFrame
    """route, item; good and started: units for every good unit of the agreement; cost: money per unit started."""

    @classmethod
    def of(cls, case: Case, agreement: str, shares: Mapping[str, float] | None = None) -> Production | None:
        """Read what can be built; None where no route is ever open, or all of the shares are of other products.

        Parameters
        ----------
        case : Case
            The case as if nothing had happened.
        agreement : str
            The agreement.
        shares : mapping of str to float, optional
            Weight of each product; alike if left out. Those of products that are not built here do not count.
        """
        dated = Starts.dated(case).lead(case)
        openings = Openings.of(dated, Timeline.of(case.settings.start, case.settings.buckets))
        table = case["routes"]
        numbers = np.flatnonzero((table["agreement"] == agreement).fill_null(False).to_numpy())
        usable = np.isin(openings.route, numbers) & (openings.first < openings.until)
        routes = table[np.unique(openings.route[usable])]
        weight = pl.lit(1.0) if shares is None else pl.col("item").replace_strict(dict(shares), default=0.0)
        good = (
            routes.with_columns(per_good=pl.col("cost") / pl.col("yield"), good=weight.cast(pl.Float64))
            .sort("per_good", "route")
            .unique("item", keep="first", maintain_order=True)
            .filter(pl.col("good") > 0.0)
            .with_columns(pl.col("good") / pl.col("good").sum())
        )
        if good.is_empty():
            return None
        kept = good.select("route", "item", "good", "cost", started=pl.col("good") / pl.col("yield"))
        return cls(openings.first[usable].min(), openings.until[usable].max(), kept)

    @property
    def years(self) -> float:
        """Years from the first day to the last, in months."""
        return float(periods(self.until, "month") - periods(self.first, "month")) / 12.0

    @property
    def started(self) -> float:
        """Units started for every good unit."""
        return float(self.routes["started"].sum())

    @property
    def cost(self) -> float:
        """What the brand pays beside the agreement for every good unit, by its routes."""
        return float((self.routes["cost"] * self.routes["started"]).sum())

    @property
    def months(self) -> pl.DataFrame:
        """Months of the production, the first and the last as far as they go: from, until, years."""
        first, last = self.first.astype("datetime64[M]"), (self.until - np.timedelta64(1, "D")).astype("datetime64[M]")
        bounds = np.arange(first, last + 2).astype("datetime64[D]").clip(self.first, self.until)
        years = np.diff(periods(bounds, "month")) / 12.0
        return pl.DataFrame({"from": dates(bounds[:-1]), "until": dates(bounds[1:]), "years": years})

    def built(self, case: Case, agreement: str, volume: float) -> pl.DataFrame:
        """Actuals of so many good units a year: good units, units started, and parts used."""
        made = self.routes.join(self.months, how="cross").with_columns(
            pl.col("good", "started") * pl.col("years") * volume, agreement=pl.lit(agreement)
        )
        units = made.unpivot(
            ["good", "started"], index=["agreement", "item", "from", "until"], variable_name="measure",
            value_name="quantity",
        )  # fmt: skip
        used = (
            made.join(case["bom"].select("route", "quantity", part="item"), on="route")
            .group_by("agreement", "from", "until", item="part", maintain_order=True)
            .agg((pl.col("started") * pl.col("quantity")).sum().alias("quantity"))
            .with_columns(measure=pl.lit("used"))
        )
        return pl.concat([actuals_of(units), actuals_of(used)])

    def reserved(self, rate: Reservation, volume: float) -> float:
        """Rate that so many good units a year take, within what may be reserved."""
        return float(np.clip(volume * self.started / rate.in_a_year, rate.least, rate.most))

    def bounds(self, rates: list[Reservation]) -> Floats:
        """Good units a year for which the least is reserved, and for which the most is; 0 and infinity for no limit."""
        whole = [(rate.least * rate.in_a_year, rate.most * rate.in_a_year) for rate in rates]
        least, most = np.array([(0.0, np.inf), *whole]).T
        return np.array([least.max(), most.min()]) / self.started


def steady(case: Case, agreement: str, volume: float, shares: Mapping[str, float] | None = None) -> Case:
    """Return the case as if an agreement ran to its term with so many good units a year.

    They are built from the first day on which one of its routes is open to the last, a twelfth in every month, each
    product by its cheapest route. What that takes is reserved, within the bounds. Hosts spend what they charge and
    serve the hours that are expected; forecasts are right, so that none is published; nobody leaves. Ramps, resources
    and material do not limit anything.

    Parameters
    ----------
    case : Case
        The case.
    agreement : str
        The agreement; it is signed on the first day allowed, and its alternatives are not.
    volume : float
        Good units a year, all products together.
    shares : mapping of str to float, optional
        Weight of each product; alike if left out.

    Raises
    ------
    ValueError
        Nothing can be built under the agreement.
    """
    quiet = untouched(case)
    production = Production.of(quiet, agreement, shares)
    if production is None:
        raise ValueError(f"nothing can be built under {agreement}")
    table = quiet["agreements"]
    group = table.filter(agreement=agreement)["group"]
    status = (
        pl.when(pl.col("agreement") == agreement)
        .then(pl.lit("signed"))
        .when(pl.col("group").is_in(group.drop_nulls().implode()))
        .then(pl.lit("ended"))
        .otherwise("status")
    )
    rates = iter([production.reserved(rate, volume) for rate in Reservation.read(quiet, agreement)])
    held = quiet["reservations"]
    reserved = [
        next(rates) if name == agreement else rate for name, rate in held.select("agreement", "reserved").iter_rows()
    ]
    within = _months(quiet, agreement)
    other = [made(quiet, within).filter(agreement=agreement) for made in (spent, served)]
    happened = pl.concat([production.built(quiet, agreement, volume), *other])
    actuals = pl.concat([quiet["actuals"], happened], how="diagonal").with_columns(pl.col("correction").fill_null("no"))
    return _with(
        quiet,
        {
            "agreements": table.with_columns(status=status),
            "reservations": held.with_columns(reserved=pl.Series(reserved, dtype=pl.Float64)),
            "actuals": actuals.select(quiet["actuals"].columns),
        },
    )


def _months(case: Case, agreement: str) -> pl.DataFrame:
    """Months from the day of signature to the end of the term, and the time before: bucket, close."""
    term = Term.of(case, agreement)
    first = min(term.signed, term.starts).astype("datetime64[M]")
    bounds = np.arange(first, term.ends.astype("datetime64[M]") + 2).astype("datetime64[D]")
    begins = pl.concat([pl.Series([datetime.date.min], dtype=pl.Date), dates(bounds[:-1])])
    return pl.DataFrame({"bucket": begins, "close": dates(bounds)})


def _with(case: Case, tables: Mapping[str, pl.DataFrame]) -> Case:
    """Put tables in the place of some of a case; what they hold follows from it and needs no check."""
    rows = {
        name: case.rows[name] if len(case.rows[name]) == table.height else pl.Series(range(1, table.height + 1))
        for name, table in tables.items()
    }
    return dataclasses.replace(case, tables={**case.tables, **tables}, rows={**case.rows, **rows})
