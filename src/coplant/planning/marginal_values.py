"""Marginal values: what one more unit of each limit is worth."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.clauses import Reservation
from coplant.planning.reader import Reader, frame, named
from coplant.program.money import Floats

MARGINAL = ("capacity", "lane_capacity", "allotment", "reservation", "launch_gate", "sales", "least_fill")
"""Families of rows whose limits are reported with what one more unit is worth."""


def marginal_values(reader: Reader) -> pl.DataFrame:
    """What one more unit of each limit is worth, in present value, ranked by what one percent of it is."""
    draft, solution = reader.draft, reader.solution
    upper, lower = draft.program.row_upper, draft.program.row_lower
    none = np.empty(0)
    nothing: dict[str, pl.Series | Floats] = {
        "constraint": pl.Series([], dtype=pl.String),
        "thing": pl.Series([], dtype=pl.String),
        **reader.when(np.empty(0, dtype=np.int64)),
        "value": none,
        "unit": pl.Series([], dtype=pl.String),
        "used": none,
        "limit": none,
    }
    parts = [frame(nothing)]
    for name, block in draft.program.row_blocks.items():
        family = name.split("/")[0]
        if family not in MARGINAL:
            continue
        cell = np.flatnonzero(block.index.reshape(-1) >= 0)
        row = block.index.reshape(-1)[cell]
        thing, node = np.divmod(cell, len(draft.tree))
        labels = (name.split("/", 1)[1],) if "/" in name else tuple(block.axes[0])
        limit = np.where(np.isfinite(upper[row]), upper[row], lower[row])
        used, value = solution.row_activity[row], solution.row_dual[row]
        if family == "capacity":
            value = value + _worth_in_ramps(reader)[thing, node]
        if family == "reservation":
            limit = _reserved_units(reader, labels[0])[node]
            used = solution.row_activity[row] + limit
        parts.append(
            frame(
                {
                    "constraint": pl.Series([family] * len(row), dtype=pl.String),
                    "thing": named(labels, thing),
                    **reader.when(node),
                    "value": value,
                    "unit": _unit_of(reader, family, labels).gather(thing),
                    "used": used,
                    "limit": limit,
                }
            )
        )
    table = pl.concat(parts).with_columns(one_percent=(pl.col("value") * pl.col("limit") * 0.01).abs())
    least = 1e-9 * max(float(np.abs(table["value"].to_numpy()).max(initial=0.0)), 1.0)
    return table.filter(pl.col("value").abs() > least).sort(
        "one_percent", "thing", "bucket", descending=[True, False, False]
    )


def _worth_in_ramps(reader: Reader) -> Floats:
    """What one more unit of a resource adds because its routes may rise with it, shape (resources, nodes)."""
    network, program = reader.draft.network, reader.draft.program
    worth = np.zeros((len(network.resources.labels), len(reader.draft.tree)))
    if "launch_gate" in program.row_blocks:
        gate, load = program.row_blocks["launch_gate"].index, network.loads.tocoo()
        dual = np.where(gate >= 0, reader.solution.row_dual[np.maximum(gate, 0)], 0.0)
        np.add.at(worth, load.row, network.activities.open_share[load.col] * dual)
    return worth


def _reserved_units(reader: Reader, agreement: str) -> Floats:
    """Units of capacity reserved in each node."""
    scope = reader.draft.scopes[agreement]
    clauses = Reservation.read(reader.draft.network.case, agreement)
    rates = reader.reserved(agreement)
    return np.asarray(sum(rate * clause.in_nodes(scope) for rate, clause in zip(rates, clauses, strict=True)))


def _unit_of(reader: Reader, family: str, labels: tuple[str, ...]) -> pl.Series:
    """What each thing is counted in."""
    case = reader.draft.network.case
    if family == "capacity":
        return case["resources"]["unit"]
    if family == "launch_gate":
        unit = dict(case["resources"].select("resource", "unit").iter_rows())
        return pl.Series([unit[label.rsplit(",", 1)[1]] for label in labels], dtype=pl.String)
    if family in ("sales", "least_fill"):
        unit = dict(case["items"].select("item", "unit").iter_rows())
        item = reader.draft.network.demands.item
        return pl.Series([unit[reader.draft.network.items[i]] for i in item], dtype=pl.String)
    return pl.Series(["unit"] * len(labels), dtype=pl.String)
