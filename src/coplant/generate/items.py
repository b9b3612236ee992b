"""The table of items."""

from __future__ import annotations

import numpy as np

from coplant.generate.bill import Bill
from coplant.generate.values import Table, text


def item_tables(draw: np.random.Generator, bill: Bill) -> dict[str, Table]:
    """Table of items, with families, values and rates of holding."""
    count = len(bill.names)
    families = [f"family-{number + 1:0{len(str(bill.family.max() + 1))}d}" for number in bill.family[: bill.products]]
    return {
        "items": {
            "item": text(bill.names),
            "family": text([*families, *[None] * (count - bill.products)]),
            "value": bill.value,
            "holding_rate": np.round(draw.uniform(0.1, 0.3, count), 3),
            "end_value_share": np.round(draw.uniform(0.3, 0.6, count), 2),
        }
    }
