"""The same model by linopy, on its sparse path: entries of each family, grouped by row."""

from __future__ import annotations

import sys
from pathlib import Path

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from pieces import Family, Pieces, network_of
from stages import Stages, size_of

linopy.options["semantics"] = "v1"


def add_family(model: linopy.Model, variables: dict[str, linopy.Variable], family: Family) -> None:
    """Add the rows of a family; a family with bounds on both sides has them equal."""
    parts, rows, counted = [], [], 0
    for part in family.entries:
        if len(part.cell):
            entry = pd.RangeIndex(counted, counted + len(part.cell), name="entry")
            cell = xr.DataArray(part.cell, coords=[entry])
            parts.append(variables[part.block].isel(cell=cell, drop=True) * xr.DataArray(part.value, coords=[entry]))
            rows.append(part.row)
            counted += len(part.cell)
    row = np.concatenate(rows)
    expression = linopy.merge(parts, dim="entry") if len(parts) > 1 else parts[0]
    grouped = expression.groupby(pd.Series(row, index=pd.RangeIndex(counted, name="entry"), name="row")).sum()
    reached = np.unique(row)
    low, high = family.low[reached], family.high[reached]
    sign, bound = ("=", low) if (low == high).all() else ("<=", high) if np.isfinite(high).all() else (">=", low)
    right = xr.DataArray(bound, coords={"row": reached}, dims="row")
    model.add_constraints(grouped, sign, right, name=family.name)


def build(pieces: Pieces) -> linopy.Model:
    """Build the model."""
    model = linopy.Model(sparse=True)
    variables = {}
    cost = []
    for block in pieces.blocks():
        cells = pd.RangeIndex(len(block.lower), name="cell")
        variables[block.name] = model.add_variables(block.lower, block.upper, coords=[cells], name=block.name)
        cost.append((variables[block.name] * xr.DataArray(block.cost, dims="cell")).sum())
    for family in pieces.families():
        add_family(model, variables, family)
    model.add_objective(sum(cost[1:], cost[0]), sense="max")
    return model


def main(folder: Path, solving: bool) -> None:
    """Measure each stage."""
    stages = Stages()
    with stages("read, check and network"):
        network = network_of(folder / "case")
    with stages("build"):
        model = build(Pieces(network, folder / "prepared.npz"))
    with stages("hand over"):
        highs = model.to_highspy()
    more = {}
    if solving:
        highs.setOptionValue("output_flag", False)
        with stages("solve"):
            highs.run()
        more = {"objective": highs.getInfo().objective_function_value}
    stages.report(size=size_of(highs), **more)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--solve" in sys.argv)
