"""Annuities: revenue that follows a sale."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from coplant.planning.draft import Draft
from coplant.program.money import Floats
from coplant.timeline import add_months, periods
from coplant.timeline.calendar import DAYS_PER_YEAR


def annuity(draft: Draft) -> None:
    """Follow every sale with what it earns and costs later.

    A unit sold earns `amount` per month for `months`, of which the share `retention` stays from month to month, so that
    a months after the sale it earns amount x retention^a. Sales are spread evenly over their bucket. What falls into
    the horizon is on the lines ``annuity`` and ``annuity_cost``; what comes after it, discounted month by month, on the
    line ``annuity_after_end``, which is not cash. Units sold before the start have ages spread evenly over `months`.
    """
    network, program, tree = draft.network, draft.program, draft.tree
    case, timeline = network.case, tree.timeline
    clock = periods(timeline.bounds, "month")
    for row in case["annuities"].iter_rows(named=True):
        item = network.items.index(row["item"])
        family = network.families.index(row["family"]) if row["family"] else int(network.family[item])
        after_end = add_months(timeline.bounds[-1], np.arange(1, int(np.ceil(row["months"])) + 2))
        longer = np.concatenate([clock, periods(after_end, "month")])
        active = active_months(longer, row["months"], row["retention"])[: len(timeline)]
        within = tree.along(sparse.csr_array(active[:, : len(timeline)])).tocoo()
        bounds = np.concatenate([timeline.bounds, after_end])
        discount = _discount_factors(bounds, case.settings.discount_rate)[len(timeline) :]
        left = active[:, len(timeline) :]
        left_months, left_value = left.sum(axis=1), left @ discount
        opening = row["opening_units"] * opening_months(longer - longer[0], row["months"], row["retention"])
        demands = np.flatnonzero(network.demands.item == item)
        owner = {"item": item, "family": family}
        tags = owner | {"site": network.demands.site[demands][:, None]}
        for line, each in (("annuity", row["amount"]), ("annuity_cost", -row["cost"])):
            sold = draft.sold.index[demands]
            program.money(line, sold[:, within.row], each * within.data, within.col, tags=tags)
            if row["opening_units"] and each:
                program.money(line, program.constant(), each * opening[tree.bucket], draft.nodes, tags=owner)
        margin = row["amount"] - row["cost"]
        bucket, leaf = np.nonzero(tree.path[tree.leaves].T >= 0)
        start = tree.path[tree.leaves[leaf], bucket]
        program.money(
            "annuity_after_end",
            draft.sold.index[demands][:, start],
            margin * left_months[bucket],
            tree.leaves[leaf],
            cash=False,
            discount=np.divide(left_value, left_months, out=np.zeros_like(left_value), where=left_months > 0.0)[bucket],
            tags=tags,
        )
        rest = opening[len(timeline) :]
        if margin * rest.sum():
            program.money(
                "annuity_after_end",
                program.constant(),
                margin * rest.sum(),
                tree.leaves,
                cash=False,
                discount=float(rest @ discount / rest.sum()),
                tags=owner,
            )


def active_months(clock: Floats, months: float, retention: float) -> Floats:
    """Active months in each bucket of a unit sold at any time of each bucket.

    Parameters
    ----------
    clock : ndarray, shape (T + 1,)
        Months passed at the bounds of the buckets.
    months : float
        How long a unit stays active.
    retention : float
        Share still active a month later.

    Returns
    -------
    ndarray, shape (T, T)
        Row: bucket of the sale; column: bucket in which the months fall. The double integral of retention^age over
        both buckets, divided by the months of the bucket of sale.
    """
    age = clock[None, :] - clock[:, None]
    twice = _integral_of_integral(age, months, retention)
    spread = twice[:-1, 1:] - twice[1:, 1:] - twice[:-1, :-1] + twice[1:, :-1]
    return np.asarray(np.where(np.triu(np.ones_like(spread)) > 0, spread, 0.0) / np.diff(clock)[:, None])


def opening_months(clock: Floats, months: float, retention: float) -> Floats:
    """Active months in each bucket of a unit that is active at the start, its age anywhere in [0, months).

    Parameters
    ----------
    clock : ndarray, shape (T + 1,)
        Months since the start at the bounds of the buckets.
    months, retention : float
        As for `active_months`.

    Returns
    -------
    ndarray, shape (T,)
        Integral of retention^u (1 - u / months) over each bucket.
    """
    until = np.minimum(clock, months)
    fading = -np.log(retention)
    if fading < 1e-9:
        total = until - until**2 / (2.0 * months)
    else:
        gone = np.exp(-fading * until)
        total = (1.0 - gone) / fading - (1.0 - gone * (1.0 + fading * until)) / (fading**2 * months)
    return np.asarray(np.diff(total))


def _integral_of_integral(age: Floats, months: float, retention: float) -> Floats:
    """Integral over [0, age] of the active months up to an age; zero before the sale."""
    inside = np.clip(age, 0.0, months)
    beyond = np.maximum(age - months, 0.0)
    fading = -np.log(retention)
    if fading < 1e-9:
        return np.asarray(inside**2 / 2.0 + months * beyond)
    active = -np.expm1(-fading * months) / fading
    return np.asarray((inside + np.expm1(-fading * inside) / fading) / fading + active * beyond)


def _discount_factors(bounds: np.ndarray, rate: float) -> Floats:
    years = (bounds - bounds[0]).astype(np.float64) / DAYS_PER_YEAR
    return np.asarray((1.0 + rate) ** -((years[1:] + years[:-1]) / 2.0))
