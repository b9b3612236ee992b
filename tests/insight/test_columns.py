"""Every table of an answer has the columns that the reference tells of, in order, and no two rows the same key."""

from __future__ import annotations

import polars as pl
from insight.test_frontier import three_families
from insight.test_pegging import two_products
from insight.test_why_short import two_phones
from insight.test_why_signed import two_hosts

from coplant.insight.columns import COLUMNS
from coplant.insight.frontier import share_frontier
from coplant.insight.what_if import what_ifs


def test_tables_are_as_they_are_told() -> None:
    plan = two_phones().plan()
    why = plan.why_short("cheap", "2023-01")
    assert why is not None
    comparison = plan.what_if("prices[cheap].price *= 1.1").comparison
    tables: dict[str, pl.DataFrame] = {
        **why.tables,
        **comparison.tables,
        "scarce": plan.scarce(),
        "pegged": two_products().plan().pegged(item="chip"),
        "points": share_frontier(three_families().plan(), "phones", 2023, [0.5])[1],
        "what_ifs": what_ifs(plan, ["prices[cheap].price *= 1.1"]),
        "ways": plan.why_made("cheap", "2023-01").table,
        "tornado": plan.tornado(inputs=["prices[cheap].price"]),
        "break_even": two_hosts(33.0).plan().break_even(["far"]),
    }
    assert {name: table.columns for name, table in tables.items()} == {
        name: [column.name for column in columns] for name, columns in COLUMNS.items()
    }
    for name, table in tables.items():
        keys = [column.name for column in COLUMNS[name] if column.key]
        assert table.select(keys).is_duplicated().sum() == 0, name
