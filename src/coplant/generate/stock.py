"""Tables of stock, receipts and safety stock."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.generate.bill import Bill
from coplant.generate.flow import Flow
from coplant.generate.horizon import Horizon
from coplant.generate.places import Places
from coplant.generate.values import Table, dates, money, text


def stock_tables(
    draw: np.random.Generator, horizon: Horizon, places: Places, bill: Bill, flow: Flow
) -> dict[str, Table]:
    """Lay out opening stock and goods under way so that the first weeks run before anything ordered arrives."""
    family = bill.family[flow.demand_item]
    cover = flow.passage[family, 1] + draw.uniform(7, 21, len(family))
    store = flow.demand_market % len(places.warehouses)
    kept, keeper = np.unique(np.stack([flow.demand_item, store], axis=1), axis=0, return_inverse=True)
    kept_rate = np.bincount(keeper.reshape(-1), flow.demand_rate, minlength=len(kept))
    kept_cover = flow.passage[bill.family[kept[:, 0]], 0] + 14.0
    need_cover = np.where(flow.need_item < bill.made, 20.0, np.minimum(flow.lead[flow.need_item], 14.0) + 10.0)
    # Parts of a long lead time are under way already, a delivery every two weeks.
    deliveries = np.ceil(np.maximum(flow.lead[flow.need_item], 0.0) / 14.0).astype(np.int64)
    pair = np.repeat(np.arange(len(deliveries)), deliveries)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(deliveries) - deliveries, deliveries)
    day = horizon.start + (7 + 14 * number).astype("timedelta64[D]")
    inside = day < horizon.bounds[-1]
    pair, day = pair[inside], day[inside]
    item = np.concatenate([flow.demand_item, kept[:, 0], flow.need_item])
    site = np.concatenate(
        [places.markets[flow.demand_market], places.warehouses[kept[:, 1]], places.plants[flow.need_plant]]
    )
    quantity = np.concatenate([flow.demand_rate * cover, kept_rate * kept_cover, flow.need_rate * need_cover])
    guarded = draw.random(len(flow.demand_item)) < 0.6
    kept_guarded = draw.random(len(kept)) < 0.5
    target: list[float | None] = [*[None] * int(guarded.sum())]
    target += np.round(kept_rate[kept_guarded] * 7.0, 1).tolist()
    days = [*np.round(draw.uniform(4, 15, int(guarded.sum()))).tolist(), *[None] * int(kept_guarded.sum())]
    safe_item = np.concatenate([flow.demand_item[guarded], kept[kept_guarded, 0]])
    return {
        "stock": {"item": text(bill.names[item]), "site": text(site), "quantity": np.round(quantity, 1)},
        "receipts": {
            "item": text(bill.names[flow.need_item[pair]]),
            "site": text(places.plants[flow.need_plant[pair]]),
            "date": dates(day),
            "quantity": np.round(flow.need_rate[pair] * 14.0, 1),
        },
        "safety_stock": {
            "item": text(bill.names[safe_item]),
            "site": text(
                np.concatenate([places.markets[flow.demand_market[guarded]], places.warehouses[kept[kept_guarded, 1]]])
            ),
            "from": dates(np.full(len(safe_item), horizon.start)),
            "quantity": pl.Series(target, dtype=pl.Float64),
            "days": pl.Series(days, dtype=pl.Float64),
            "penalty": money(bill.value[safe_item] * 0.04),
        },
    }
