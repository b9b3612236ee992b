"""Piecewise linear functions, exact by binaries where a solver would otherwise pick the cheap end first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coplant.program.linear import Axes, Columns, LinearProgram, Term, term
from coplant.program.money import Floats, Integers


def filled_in_order(
    program: LinearProgram,
    name: str,
    axes: Axes,
    quantity: Term,
    least: ArrayLike,
    most: ArrayLike,
    edges: Floats,
    node: ArrayLike,
    follows: Integers | None = None,
) -> Columns:
    """Split quantities into segments that fill one after the other.

    Adds for each quantity q_c, the sum of its terms, the columns s_{c,i} with q_c = sum_i s_{c,i}, 0 <= s_{c,i} <= w_i,
    and binaries y_{c,i} so that segment i + 1 is used only when i is full: w_i y_{c,i} <= s_{c,i} and s_{c,i+1} <=
    w_{i+1} y_{c,i} (the incremental formulation of Markowitz & Manne, 1957). Known bounds on q_c narrow the segments,
    which makes the relaxation tight.

    Parameters
    ----------
    program : LinearProgram
        Where to add them.
    name : str
        Name of the block; the columns are ``name``, the rows ``name.sum``, ``name.full`` and ``name.next``.
    axes : tuple of sequences of str
        Labels of the C quantities, along one axis.
    quantity : Term
        Contributions to each quantity; their row is the position of the quantity.
    least, most : array_like, shape (C,)
        Bounds that each quantity keeps.
    edges : ndarray, shape (I + 1,)
        Ends of the segments, ascending from 0; the last is not below any of `most`.
    node : array_like of int, shape (C,)
        Node at which each quantity is known.
    follows : ndarray of int, shape (C,), optional
        For a quantity that never falls below another, which one; -1 for none. A segment that was full stays full
        (rows ``name.grows``), which a search would otherwise find out one by one.

    Returns
    -------
    Columns
        Shape (C, I): how much of each segment is used.
    """
    program.account(name, *(f"{name}.{part}" for part in ("sum", "full", "next", "grows")))
    count, widths = len(axes[0]), np.diff(edges)
    floor = np.broadcast_to(least, (count,))[:, None]
    ceiling = np.broadcast_to(most, (count,))[:, None]
    segments = tuple(str(piece + 1) for piece in range(len(widths)))
    upper = np.clip(ceiling - edges[:-1], 0.0, widths)
    at = np.broadcast_to(node, (count,))[:, None]
    low = np.clip(floor - edges[:-1], 0.0, widths)
    part = program.columns(name, (*axes, segments), lower=low, upper=upper, node=at)
    spread = np.arange(count)[:, None]
    program.rows(
        f"{name}.sum",
        axes,
        [term(spread, part.index), Term(quantity.row, quantity.column, -quantity.value)],
        lower=0.0,
        upper=0.0,
    )
    if len(widths) == 1:
        return part
    between = (*axes, segments[:-1])
    full = program.columns(
        f"{name}.full", between, lower=(floor >= edges[1:-1]) * 1.0, upper=(ceiling >= edges[1:-1]) * 1.0,
        integer=True, node=at,
    )  # fmt: skip
    program.complete_by(full, lambda columns: (part.values(columns).sum(axis=1)[:, None] >= edges[1:-1]) * 1.0)
    cell = np.arange(full.index.size).reshape(full.index.shape)
    program.rows(
        f"{name}.full",
        between,
        [term(cell, part.index[:, :-1]), term(cell, full.index, -widths[:-1])],
        lower=0.0,
    )
    program.rows(
        f"{name}.next",
        between,
        [term(cell, part.index[:, 1:]), term(cell, full.index, -upper[:, 1:])],
        upper=0.0,
    )
    if follows is not None and (follows >= 0).any():
        grown = np.flatnonzero(follows >= 0)
        program.rows(
            f"{name}.grows",
            between,
            [term(cell, full.index), term(cell[grown], full.index[follows[grown]], -1.0)],
            lower=0.0,
            where=(follows >= 0)[:, None],
        )
    return part


def one_of(
    program: LinearProgram, name: str, axes: Axes, quantity: Term, least: Floats, most: Floats, node: ArrayLike
) -> Columns:
    """Put each quantity wholly into one of several ranges, or let it be nothing.

    Adds the columns p_{c,i} and binaries y_{c,i} with q_c = sum_i p_{c,i}, least_i y_{c,i} <= p_{c,i} <= most_i y_{c,i}
    and sum_i y_{c,i} <= 1.

    Parameters
    ----------
    program, name, axes, quantity, node
        As for `filled_in_order`.
    least, most : ndarray, shape (I,)
        Ends of each range.

    Returns
    -------
    Columns
        Shape (C, I): the quantity, in the column of its range.
    """
    program.account(name, *(f"{name}.{part}" for part in ("sum", "chosen", "least", "most", "one")))
    count, ranges = len(axes[0]), len(least)
    labels, at = tuple(str(piece + 1) for piece in range(ranges)), np.broadcast_to(node, (count,))[:, None]
    part = program.columns(name, (*axes, labels), upper=most, node=at)
    chosen = program.columns(f"{name}.chosen", (*axes, labels), upper=1.0, integer=True, node=at)
    spread = np.arange(count)[:, None]

    def reached(columns: Floats) -> Floats:
        total = part.values(columns).sum(axis=1)
        place = np.searchsorted(least, total, side="right") - 1
        return np.asarray((np.arange(ranges) == place[:, None]) * 1.0)

    program.complete_by(chosen, reached)
    cell: Integers = np.arange(count * ranges).reshape(count, ranges)
    program.rows(
        f"{name}.sum",
        axes,
        [term(spread, part.index), Term(quantity.row, quantity.column, -quantity.value)],
        lower=0.0,
        upper=0.0,
    )
    program.rows(
        f"{name}.least", (*axes, labels), [term(cell, part.index), term(cell, chosen.index, -least)], lower=0.0
    )
    program.rows(f"{name}.most", (*axes, labels), [term(cell, part.index), term(cell, chosen.index, -most)], upper=0.0)
    program.rows(f"{name}.one", axes, [term(spread, chosen.index)], upper=1.0)
    return part
