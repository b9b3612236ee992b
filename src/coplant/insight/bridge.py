"""The way from the money of one plan to that of another, cause by cause."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.planning.reader import Reader, named
from coplant.program.money import Floats
from coplant.program.relay import Layout, matching

OF = ("family", "agreement", "item", "site")
"""What an amount belongs to."""


def bridge(one: Reader, other: Reader) -> pl.DataFrame:
    """Take apart what another plan earns more than one, in present value.

    With a the amounts of money per unit and x the quantities of the two plans, what differs is a'x' - ax = (a' - a) x +
    a' (x' - x), cell by cell: what the other case charges for what the one plan does, and what the other plan does
    otherwise. Both parts of all lines add up to the difference, whatever differs between the two cases; what can be
    done in one of them only counts as done otherwise where that is the other, and else as charged.

    Parameters
    ----------
    one, other : Reader
        The program of each plan, solved.

    Returns
    -------
    DataFrame
        A row for each ``line`` and what it belongs to: ``charged`` and ``decided``, the two parts, and ``difference``,
        their sum [money, present value].
    """
    found = matching(other.draft.program, Layout.of(one.draft.program))
    before = one.solution.columns if found is None else found.values(one.solution.columns)
    parts = [
        _summed(one, -one.solution.columns, np.zeros_like(one.solution.columns)),
        _summed(other, before, other.solution.columns - before),
    ]
    return (
        pl.concat(parts)
        .group_by("line", *OF, maintain_order=True)
        .agg(pl.col("charged", "decided").sum())
        .with_columns(difference=pl.col("charged") + pl.col("decided"))
        .sort(pl.col("difference").abs(), "line", *OF, descending=[True, *[False] * 5])
    )


def _summed(reader: Reader, charged: Floats, decided: Floats) -> pl.DataFrame:
    """Present value of money lines at some quantities of the columns, and at others, by what it belongs to."""
    lines = reader.draft.program.money_lines
    due = [line.entries() for line in lines]
    codes = {tag: np.concatenate([entries.tags[tag] for entries in due]) for tag in OF}
    column = np.concatenate([entries.column for entries in due])
    each = np.concatenate([entries.coefficient * entries.discount for entries in due])
    sums = (
        pl.DataFrame(
            {
                "line": np.repeat(np.arange(len(due)), [len(entries.column) for entries in due]),
                **codes,
                "charged": each * charged[column],
                "decided": each * decided[column],
            }
        )
        .group_by("line", *OF, maintain_order=True)
        .agg(pl.col("charged", "decided").sum())
    )
    names = {"family": "families", "agreement": "agreements", "item": "items", "site": "sites"}
    return sums.with_columns(
        named(tuple(line.name for line in lines), sums["line"].to_numpy()).alias("line"),
        *(reader.names(names[tag], sums[tag].to_numpy()).alias(tag) for tag in OF),
    )
