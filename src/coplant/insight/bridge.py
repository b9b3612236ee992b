"""The way from the money of one plan to that of another, cause by cause."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.planning.reader import Reader, frame
from coplant.program.money import Floats, Integers
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
        _summed(one, one.solution.columns, "charged", -1.0),
        _summed(other, before, "charged", 1.0),
        _summed(other, before, "decided", -1.0),
        _summed(other, other.solution.columns, "decided", 1.0),
    ]
    return (
        pl.concat(parts, how="diagonal")
        .group_by("line", *OF, maintain_order=True)
        .agg(pl.col("charged", "decided").sum())
        .with_columns(difference=pl.col("charged") + pl.col("decided"))
        .sort(pl.col("difference").abs(), "line", *OF, descending=[True, *[False] * 5])
    )


def _summed(reader: Reader, columns: Floats, part: str, sign: float) -> pl.DataFrame:
    """Present value of each money line by what it belongs to, at some values of the columns."""
    found = []
    for line in reader.draft.program.money_lines:
        due = line.entries()
        amount = sign * due.coefficient * due.discount * columns[due.column]
        codes = np.stack([due.tags[tag] for tag in OF])
        kinds, place = np.unique(codes, axis=1, return_inverse=True)
        sums = np.bincount(place.reshape(-1), amount, minlength=kinds.shape[1]).astype(np.float64)
        found.append(_named(reader, line.name, kinds).with_columns(pl.Series(part, sums)))
    return pl.concat(found)


def _named(reader: Reader, line: str, kinds: Integers) -> pl.DataFrame:
    names = {"family": "families", "agreement": "agreements", "item": "items", "site": "sites"}
    of = {tag: reader.names(names[tag], kind) for tag, kind in zip(OF, kinds, strict=True)}
    return frame({"line": pl.Series([line] * kinds.shape[1], dtype=pl.String), **of})
