"""Tables of offers, their prices and allotments."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow
from coplant.generate.horizon import MONTH, Horizon
from coplant.generate.places import Places
from coplant.generate.values import Table, dates, money, named, text


def offer_tables(
    draw: np.random.Generator, horizon: Horizon, places: Places, bill: Bill, flow: Flow, integers: bool
) -> dict[str, Table]:
    """Tables of offers, of their prices and of allotments."""
    part = flow.need_item >= bill.made
    item, plant, rate = flow.need_item[part], flow.need_plant[part], flow.need_rate[part]
    second = draw.random(len(item)) < 0.1
    source = np.concatenate([np.arange(len(item)), np.flatnonzero(second)])
    dear = np.arange(len(source)) >= len(item)
    offered = item[source]
    parts = len(bill.names) - bill.made
    supplier = named("supplier", 12)
    names = np.array(
        [
            f"{bill.names[i]}-{'spot' if late else 'contract'}-{p + 1}"
            for i, p, late in zip(offered, plant[source], dear, strict=True)
        ],
        dtype=object,
    )
    # Popular parts are the scarce ones: one in twenty, and at least one, draws on one allotment in all plants.
    use = np.bincount(item - bill.made, minlength=parts)
    total = np.bincount(item - bill.made, rate, minlength=parts)
    scarce = np.argsort(-use, kind="stable")[: max(1, parts // 20)] + bill.made
    rank = np.full(len(bill.names), -1)
    rank[scarce] = np.arange(len(scarce))
    allotments = np.array([f"{bill.names[number]}-allotment" for number in scarce], dtype=object)
    steps = horizon.steps(3)
    relief = np.linspace(0.0, 0.4, len(steps))[None, :]
    granted = total[scarce - bill.made, None] * MONTH * (draw.uniform(0.7, 1.05, (len(scarce), len(steps))) + relief)
    price_steps = horizon.steps(6)
    drift = 1.0 + np.clip(np.cumsum(draw.normal(0.0, 0.03, (len(source), len(price_steps))), axis=1), -0.12, 0.2)
    price = bill.value[offered, None] * drift * np.where(dear, 1.35, 1.0)[:, None]
    in_lots = np.flatnonzero(~dear & (rank[offered] < 0))[: 3 if integers else 0]
    moq, multiple = np.zeros(len(source)), np.full(len(source), np.nan)
    moq[in_lots] = np.maximum(1, np.round(rate[source[in_lots]] * 10))
    multiple[in_lots[1:2]] = 100.0
    return {
        "offers": {
            "offer": text(names),
            "item": text(bill.names[offered]),
            "site": text(places.plants[plant[source]]),
            "supplier": text(supplier[(offered + dear) % len(supplier)]),
            "lead_time": np.where(dear, np.round(flow.lead[offered] / 3), flow.lead[offered]),
            "moq": moq,
            "multiple": pl.Series(multiple).fill_nan(None),
            "allotment": text(
                [allotments[r] if r >= 0 and not late else None for r, late in zip(rank[offered], dear, strict=True)]
            ),
        },
        "offer_prices": {
            "offer": text(np.repeat(names, len(price_steps))),
            "from": dates(np.tile(price_steps, len(source))),
            "price": money(price.reshape(-1)),
        },
        "allotments": {
            "allotment": text(np.repeat(allotments, len(steps))),
            "from": dates(np.tile(steps, len(scarce))),
            "quantity": np.round(granted.reshape(-1), 1),
            "per": ["month"] * granted.size,
        },
    }
