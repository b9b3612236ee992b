"""Make a case on disk, and beside it what peers get ready made: the objective, and the rows of mix and clauses."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from pieces import network_of

from coplant.generate import generate
from coplant.planning.formulation import formulate

BUILT_BY_PEERS = {
    "stock_balance", "safety_stock", "capacity", "launch_gate", "lane_capacity", "allotment", "sales",
}  # fmt: skip


def prepare(folder: Path, items: int, buckets: int, hosts: int, seed: int) -> None:
    """Write ``folder/case`` and ``folder/prepared.npz``."""
    generate(items, buckets, hosts, seed, integers=False).write(folder / "case")
    program = formulate(network_of(folder / "case")).program
    blocks = sorted(
        ((int(block.index[block.index >= 0].min()), name, int((block.index >= 0).sum()))
         for name, block in program.column_blocks.items() if (block.index >= 0).any()),
    )  # fmt: skip
    assert sum(size for _, _, size in blocks) == program.column_count
    assert not program.integer.any(), "the case is meant to be a pure linear program"
    ready = {
        name: block.index[block.index >= 0]
        for name, block in program.row_blocks.items()
        if name not in BUILT_BY_PEERS and (block.index >= 0).any()
    }
    rows = np.concatenate(list(ready.values()))
    matrix = program.matrix()[rows].tocoo()
    sizes = [len(block) for block in ready.values()]
    np.savez(
        folder / "prepared.npz",
        block_name=np.array([name for _, name, _ in blocks]),
        block_size=np.array([size for _, _, size in blocks]),
        lower=program.lower,
        upper=program.upper,
        objective=program.objective(),
        family_name=np.array(list(ready)),
        family_begin=np.cumsum([0, *sizes[:-1]]),
        family_end=np.cumsum(sizes),
        entry_row=matrix.row,
        entry_column=matrix.col,
        entry_value=matrix.data,
        row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name in ("items", "buckets", "hosts", "seed"):
        parser.add_argument(name, type=int)
    prepare(**vars(parser.parse_args()))
