"""Mix: what the portfolio's revenue must look like in a year."""

from __future__ import annotations

import numpy as np

from coplant.network.frames import floats, indices
from coplant.planning.draft import Draft
from coplant.program import term

REVENUE = ("revenue", "annuity")
"""Money lines that count as revenue."""


def mix(draft: Draft) -> None:
    """Hold a family's share of a year's revenue between bounds.

    ``mix_most[f,y]``: revenue_{f,y} - most x revenue_y <= 0 and ``mix_least[f,y]``: revenue_{f,y} - least x revenue_y
    >= 0, revenue [money, undiscounted] being read off the money lines ``revenue`` and ``annuity``; a bucket that lies
    in
    two years counts by its days. On a tree each branch keeps its own.
    """
    table, program = draft.network.case["mix"], draft.program
    if table.is_empty():
        return
    year = table["year"].to_numpy()
    first = (year - 1970).astype("datetime64[Y]")
    windows = draft.tree.windows(first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]"))
    weight = np.zeros((len(windows.span), len(draft.tree)))
    weight[windows.window, windows.node] = windows.share
    family = indices(table["family"], draft.network.families)[windows.span]
    names = table["family"].to_list()
    label = (tuple(f"{names[row]},{year[row]}" for row in windows.span),)
    revenue = [line.entries() for line in program.money_lines if line.name in REVENUE]
    for bound in ("most_share", "least_share"):
        share = floats(table[bound])[windows.span]
        binding = share < 1.0 if bound == "most_share" else share > 0.0
        if not binding.any():
            continue
        terms = [
            term(
                row,
                earned.column,
                earned.coefficient * weight[row, earned.node] * ((earned.tags["family"] == family[row]) - share[row]),
            )
            for earned in revenue
            for row in np.flatnonzero(binding)
        ]
        if bound == "most_share":
            program.rows("mix_most", label, terms, upper=0.0, where=binding)
        else:
            program.rows("mix_least", label, terms, lower=0.0, where=binding)
