"""Tables of demand and prices."""

from __future__ import annotations

import numpy as np

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow, margins
from coplant.generate.horizon import MONTH, WEEK, Horizon
from coplant.generate.places import Places
from coplant.generate.values import Table, dates, money, text


def demand_tables(
    draw: np.random.Generator, horizon: Horizon, places: Places, bill: Bill, flow: Flow
) -> dict[str, Table]:
    """Tables of demand and of prices."""
    count = len(flow.demand_item)
    names = np.array(
        [
            f"{bill.names[item]}-in-{places.markets[market]}"
            for item, market in zip(flow.demand_item, flow.demand_market, strict=True)
        ],
        dtype=object,
    )
    family = bill.family[flow.demand_item]
    steps = horizon.steps(2)
    month = steps.astype("datetime64[M]").astype(np.int64) % 12
    years = (steps - steps[0]).astype(np.float64) / 365.25
    peak = draw.integers(0, 12, len(places.families))
    swing = draw.uniform(0.05, 0.35, len(places.families))
    growth = draw.uniform(-0.1, 0.2, len(places.families))
    season = 1.0 + swing[family, None] * np.cos((month[None, :] - peak[family, None]) * np.pi / 6)
    noise = draw.lognormal(0.0, 0.1, (count, len(steps)))
    rate = flow.demand_rate[:, None] * season * (1.0 + growth[family, None]) ** years[None, :] * noise
    by_week = draw.random(count) < 0.5
    quantity = np.round(rate * np.where(by_week, WEEK, MONTH)[:, None], 1)
    wait_share = draw.choice([0.0, 0.3, 0.7, 1.0], count)
    first_price = margins(draw, flow, bill)
    price_steps = horizon.steps(6)
    price = first_price[:, None] * (1.0 - 0.03) ** np.arange(len(price_steps))[None, :]
    sold_family = np.flatnonzero(np.bincount(family, minlength=len(places.families)))
    tables: dict[str, Table] = {
        "demand": {
            "demand": text(np.repeat(names, len(steps))),
            "item": text(np.repeat(bill.names[flow.demand_item], len(steps))),
            "site": text(np.repeat(places.markets[flow.demand_market], len(steps))),
            "from": dates(np.tile(steps, count)),
            "quantity": quantity.reshape(-1),
            "per": text(np.repeat(np.where(by_week, "week", "month"), len(steps))),
            "wait_share": np.repeat(wait_share, len(steps)),
            "lost_penalty": np.repeat(money(first_price * draw.uniform(0.0, 0.05, count)), len(steps)),
        },
        "prices": {
            "demand": text(np.repeat(names, len(price_steps))),
            "from": dates(np.tile(price_steps, count)),
            "price": money(price.reshape(-1)),
        },
        "annuities": {
            "annuity": ["service"],
            "item": [bill.names[0]],
            "family": ["services"],
            "amount": [round(float(first_price[0]) * 0.01, 2)],
            "cost": [round(float(first_price[0]) * 0.004, 2)],
            "months": [18.0],
            "retention": [0.97],
            "opening_units": [round(float(flow.demand_rate[0]) * 365.0)],
        },
    }
    if len(sold_family) > 1:
        # No sale is ever forced, so a ceiling on one family's share can always be kept.
        year = int(horizon.at(0.5).astype("datetime64[Y]").astype(np.int64)) + 1970
        tables["mix"] = {
            "family": [places.families[sold_family[-1]]],
            "year": [year],
            "most_share": [0.9 / len(sold_family)],
        }
    return tables
