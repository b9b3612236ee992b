"""Tables of agreements and their clauses."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow
from coplant.generate.horizon import MONTH, Horizon
from coplant.generate.places import Places
from coplant.generate.values import Floats, Table, dates, money, named, text


def agreement_tables(
    draw: np.random.Generator, horizon: Horizon, places: Places, bill: Bill, flow: Flow, integers: bool
) -> dict[str, Table]:
    """Write one agreement with each host: a reservation, fees, a charge, tooling, and for most a least quantity."""
    host = np.arange(places.hosts)
    if not len(host):
        return {}
    names = named("agreement", len(host))
    option = (host % 3 > 0) & integers
    hosted = flow.route_host >= 0
    monthly = np.bincount(flow.route_host[hosted], flow.route_rate[hosted], minlength=len(host)) * MONTH
    worth = (flow.route_rate * bill.value[flow.route_item])[hosted]
    value = np.bincount(flow.route_host[hosted], worth, minlength=len(host)) * MONTH / monthly
    starts = np.where(host % 3 > 0, horizon.at(0.15), horizon.start)
    horizon_months = horizon.days / MONTH
    term = np.round(horizon_months * np.where(host % 2 == 0, 0.75, 1.2)) + 1.0
    hourly = host % 4 == 3
    # An hours basis: so many an hour, at so many hours that the line runs in a year.
    hours = 4000.0
    most = np.where(hourly, monthly * 12 / hours, monthly * 1.3)
    fee = np.asarray(value * 0.05, dtype=np.float64)
    tiered = np.flatnonzero(host % 4 != 1)
    # Which tier a unit falls in is a whole-number decision.
    tiers = 3 if integers else 1
    steps, factor = np.array([0.0, 0.35, 0.7])[:tiers], np.array([1.0, 0.9, 0.8])[:tiers]
    basis = np.where(host % 2 == 0, "year", "cumulative")
    counted = monthly * np.where(host % 2 == 0, np.minimum(12.0, horizon_months), horizon_months)
    method = np.where((host % 4 == 2) & integers, "all_units", "incremental")
    flat = np.flatnonzero(hosted & (flow.route_host % 4 == 1))
    payment = np.array(["up_front", "per_unit", "annuity"], dtype=object)[host % 3]
    tool = np.round(monthly * value * 0.2)
    bound = np.flatnonzero(host % 3 != 2)
    covered = np.flatnonzero(host % 3 == 2)
    return {
        "agreements": {
            "agreement": text(names),
            "host": text(named("host", len(host))),
            "site": text(places.plants[places.plant_of_host(host)]),
            "status": text(list(np.where(option, "option", "signed"))),
            "sign_from": dates(np.where(host % 3 > 0, horizon.at(0.05), horizon.start)),
            "starts": dates(starts),
            "term": term,
            "group": text(
                [f"alternatives-{h // 3 + 1}" if chosen else None for h, chosen in zip(host, option, strict=True)]
            ),
        },
        "reservations": {
            "agreement": text(names),
            "least": np.round(most * 0.2, 3),
            "most": money(most, 3),
            "per": text(list(np.where(hourly, "hour", "month"))),
            "hours_per_year": pl.Series([hours if by_hour else None for by_hour in hourly], dtype=pl.Float64),
            "fee": money(value * draw.uniform(0.01, 0.03, len(host))),
            "kind": text(list(np.where(host % 2 == 1, "deductible", "plain"))),
        },
        "processing_fees": {
            "agreement": text(np.concatenate([np.repeat(names[tiered], tiers), names[flow.route_host[flat]]])),
            "item": text([*[None] * (tiers * len(tiered)), *bill.names[flow.route_item[flat]]]),
            "above": np.concatenate([np.round(counted[tiered, None] * steps).reshape(-1), np.zeros(len(flat))]),
            "fee": money(
                np.concatenate([np.outer(fee[tiered], factor).reshape(-1), bill.value[flow.route_item[flat]] * 0.05])
            ),
            "basis": text([*np.repeat(basis[tiered], tiers), *["cumulative"] * len(flat)]),
            "method": text([*np.repeat(method[tiered], tiers), *["incremental"] * len(flat)]),
        },
        "fixed_charges": {
            "agreement": text(names),
            "charge": ["depreciation"] * len(host),
            "amount": money(monthly * value * 0.01),
            "per": ["month"] * len(host),
        },
        "take_or_pay": {
            "agreement": text(names[bound]),
            "quantity": np.round(monthly[bound] * 12 * 0.5),
            "share": np.full(len(bound), 0.8),
            "price": money(fee[bound]),
        },
        "loss_cover": {
            "agreement": text(names[covered]),
            "months": np.full(len(covered), 9.0),
            "fixed_cost": money(monthly[covered] * value[covered] * 0.02),
            "per": ["month"] * len(covered),
            "margin": money(value[covered] * 0.02),
            # What is left of a cap is a whole-number decision.
            "cap": pl.Series(
                money(monthly[covered] * value[covered] * 0.03) if integers else [None] * len(covered),
                dtype=pl.Float64,
            ),
        },
        "advisory": {
            "agreement": text(names[option]),
            "service": ["launch"] * int(option.sum()),
            "valid_from": dates(np.full(int(option.sum()), horizon.at(0.1))),
            "fee": money(monthly[option] * value[option] * 0.002),
            "hours": np.full(int(option.sum()), 160.0),
            "hourly_rate": np.full(int(option.sum()), 0.5),
            "cap": money(monthly[option] * value[option] * 0.02),
        },
        "licences": {
            "agreement": text(names[covered]),
            "holder": ["brand"] * len(covered),
            "royalty": money(value[covered] * 0.01),
        },
        "credits": {
            "agreement": text(names[bound]),
            "credit": ["emission"] * len(bound),
            "price": money(value[bound] * 0.02),
            "brand_share": np.full(len(bound), 0.5),
        },
        "exclusivity": {
            "agreement": text(names[covered]),
            "months_after": np.full(len(covered), 2.0),
        },
        "tooling": {
            "agreement": text(names),
            "tool": ["moulds"] * len(host),
            "amount": tool,
            "payment": text(payment),
            "units": pl.Series(
                [
                    units if kind == "per_unit" else None
                    for units, kind in zip(np.round(monthly * 6) + 1.0, payment, strict=True)
                ],
                dtype=pl.Float64,
            ),
            "months": pl.Series([None if kind == "up_front" else 12.0 for kind in payment], dtype=pl.Float64),
            "rate": [0.05 if kind == "annuity" else 0.0 for kind in payment],
        },
        "security": securities(
            names, np.asarray(tool, dtype=np.float64), np.asarray(monthly * horizon_months), integers, horizon.at(0.4)
        ),
    }


def securities(names: NDArray[np.object_], tool: Floats, units: Floats, integers: bool, day: np.datetime64) -> Table:
    """Write a deposit with each host; with every other one a prepayment and a tranche that vests, else a guarantee."""
    first = np.arange(len(names)) % 2 == 0
    kind = np.concatenate([
        np.full(len(names), "deposit"), np.where(first, "prepayment", "guarantee"), np.full(first.sum(), "vesting")
    ])  # fmt: skip
    owner = np.concatenate([np.arange(len(names)), np.arange(len(names)), np.flatnonzero(first)])
    amount = np.repeat([0.2, 0.3, 0.1], [len(names), len(names), first.sum()]) * tool[owner]
    expected = units[owner]
    prepaid, vests = kind == "prepayment", kind == "vesting"
    # To be built up to a milestone is a whole-number decision; the first host's tranche vests on a day.
    by_units = vests & integers & (owner > 0)

    def only(where: NDArray[np.bool_], values: NDArray[np.floating[Any]] | float) -> pl.Series:
        spread = np.broadcast_to(values, kind.shape)
        return pl.Series([float(value) if here else None for here, value in zip(where, spread, strict=True)])

    return {
        "agreement": text(names[owner]),
        "security": text(list(kind)),
        "kind": text(list(kind)),
        "amount": money(amount),
        "draw_per_unit": only(prepaid, money(amount / (0.6 * expected))),
        "fee_rate": only(kind == "guarantee", 0.02),
        "milestone_date": dates(np.where(vests & ~by_units, day, np.datetime64("NaT", "D"))),
        "milestone_units": only(by_units, np.maximum(np.round(0.4 * expected), 1.0)),
        "forfeited_share": np.where(np.isin(kind, ["deposit", "prepayment"]), 0.5, 0.0),
    }
