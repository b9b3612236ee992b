"""Tornado: what the plan would earn if one input after the other were lower, or higher."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.case.changes import Change
from coplant.errors import CaseError, InfeasibleError, Problem
from coplant.insight.what_if import what_if
from coplant.planning.result import Plan
from coplant.schema import TABLES

Progress = Callable[[str], None]

BY = 10.0
"""Per cent by which an input is lower and higher where nothing else is asked for."""

MOST_APART = 12
"""Names up to which each is an input by itself; those of a table with more are one input."""

INPUTS = (
    ("demand", "quantity", "item"),
    ("prices", "price", None),
    ("offer_prices", "price", None),
    ("allotments", "quantity", "allotment"),
    ("resource_capacity", "quantity", None),
    ("routes", "cost", None),
    ("lanes", "cost", None),
    ("processing_fees", "fee", "agreement"),
    ("reservations", "fee", "agreement"),
    ("fixed_charges", "amount", None),
)
"""Inputs that are tried where none are named: table, column, and the column by whose names it is taken apart."""


def tornado(
    plan: Plan, by: float = BY, inputs: Sequence[str] | None = None, progress: Progress | None = None
) -> pl.DataFrame:
    """Rank inputs by what the plan would earn if each by itself were lower, and higher, and the plan made anew.

    Parameters
    ----------
    plan : Plan
        The plan.
    by : float
        Per cent by which each is lower and higher.
    inputs : sequence of str, optional
        The inputs, such as ``prices[car].price``; by default those that most cases have.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    DataFrame
        A row for each ``input``, those that make the most difference first: what the plan would earn more if it were
        lower (``lower``) and higher (``higher``) [money, present value], empty where no plan then keeps the rules; the
        ``swing``, how far these and the plan lie apart; and agreements about which the lower and the higher one make
        another decision (``turned_by_lower``, ``turned_by_higher``).

    Raises
    ------
    CaseError
        An input cannot be read, means no row, or is no number; or a change of it makes mistakes of the case.
    NumericalError, SolverError
        As for `plan`.
    """
    if not 0.0 < by < 100.0:
        problem = Problem("question", None, "by", by, "per cent between 0 and 100", "Say 10 for 10 %")
        raise CaseError([problem], "the question")
    rows = [_row(plan, name, by, progress) for name in (inputs_of(plan.case) if inputs is None else inputs)]
    table = pl.DataFrame(rows, schema=_COLUMNS)
    return table.sort("swing", "input", descending=[True, False], nulls_last=False)


_COLUMNS: dict[str, Any] = {
    "input": pl.String, "lower": pl.Float64, "higher": pl.Float64, "swing": pl.Float64, "turned_by_lower": pl.String,
    "turned_by_higher": pl.String,
}  # fmt: skip


def inputs_of(case: Case) -> list[str]:
    """Inputs that the case has, of those that most cases have.

    Parameters
    ----------
    case : Case
        The case.
    """
    found = []
    for table, column, apart in INPUTS:
        rows = case[table].filter(pl.col(column).fill_null(0.0) != 0.0)
        if rows.is_empty():
            continue
        names = rows[apart].drop_nulls().unique(maintain_order=True).to_list() if apart else []
        if 1 < len(names) <= MOST_APART:
            first = apart == TABLES[table].key[0]
            found += [f"{table}[{name if first else f'{apart}={name}'}].{column}" for name in names]
        else:
            found.append(f"{table}.{column}")
    return found


def _row(plan: Plan, name: str, by: float, progress: Progress | None) -> dict[str, object]:
    row: dict[str, object] = {"input": name}
    sides = (("lower", 1.0 - by / 100.0), ("higher", 1.0 + by / 100.0))
    before = _signed(plan)
    for side, factor in sides:
        if progress is not None:
            progress(f"{name}, {side}")
        try:
            other = what_if(plan, [Change.read(f"{name} *= {factor!r}")], progress)
        except InfeasibleError:
            row |= {side: None, f"turned_by_{side}": None}
            continue
        row |= {side: other.gain, f"turned_by_{side}": ", ".join(sorted(before ^ _signed(other.plan)))}
    found = [amount for side, _ in sides if isinstance(amount := row[side], float)]
    row["swing"] = max(*found, 0.0) - min(*found, 0.0) if len(found) == len(sides) else None
    return row


def _signed(plan: Plan) -> set[str]:
    return set(plan["signed"].filter("signed")["agreement"])
