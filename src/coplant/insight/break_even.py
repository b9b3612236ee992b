"""Break-even: for each agreement that is an option, the fee, price, volume and need at which signing it turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from coplant.case.changes import Change
from coplant.insight.turning import GAP, Sides, sides, turning_point
from coplant.insight.why_signed import why_signed
from coplant.planning.result import Plan

Progress = Callable[[str], None]

LOW, HIGH = 0.5, 2.0
"""Times what it is, between which a price or a demand is looked for."""

FEE = "fee"
"""What the fee for each good unit of an agreement is called."""

INPUTS = (("prices", "price"), ("demand", "quantity"))
"""Inputs that count for what is sold of the products of an agreement: table and column."""


def break_even(plan: Plan, agreements: Sequence[str] | None = None, progress: Progress | None = None) -> pl.DataFrame:
    """Find for each agreement at which fee, price and demand signing it becomes as good as not.

    Parameters
    ----------
    plan : Plan
        The plan.
    agreements : sequence of str, optional
        Agreements that are options; all of them by default.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    DataFrame
        A row for each ``agreement`` and ``input``: whether the plan signs it (``signed``), what signing it earns more
        than not (``worth``) [money, present value]; and where that would be nothing: by how much more each fee would
        have to be (``more``), or how many times as much each price or demand of what it builds (``times``). Empty where
        it does not turn: between half and twice as much, or not even at a fee of nothing. An agreement without which,
        or with which, no plan keeps the rules has one row, without a worth.

    Raises
    ------
    CaseError
        There is no such agreement, or it is no option.
    NumericalError, SolverError
        As for `plan`.
    """
    options = plan.case["agreements"].filter(status="option")["agreement"].to_list()
    names = options if agreements is None else list(agreements)
    every = {name: sides(plan, name, GAP, progress) for name in names}
    rows = [row for name in names for row in _rows(plan, every[name], progress)]
    return pl.DataFrame([{name: row.get(name) for name in _COLUMNS} for row in rows], schema=_COLUMNS)


_COLUMNS: dict[str, Any] = {
    "agreement": pl.String, "signed": pl.Boolean, "worth": pl.Float64, "input": pl.String, "more": pl.Float64,
    "times": pl.Float64,
}  # fmt: skip


def _rows(plan: Plan, both: Sides[Plan], progress: Progress | None) -> Iterator[dict[str, object]]:
    why = why_signed(plan, both.agreement, progress=progress)
    head: dict[str, object] = {"agreement": both.agreement, "signed": why.signed, "worth": why.worth}
    if why.worth is None:
        yield head
        return
    if plan.case["processing_fees"].filter(agreement=both.agreement).height:
        yield head | {"input": FEE, "more": None if why.fee is None else why.fee.at}
    for table, column in INPUTS:
        changes = _changes(plan, both.agreement, table, column)
        if changes:
            yield head | {"input": f"{table}.{column}", "times": _times(both, changes, why.worth)}


def _changes(plan: Plan, agreement: str, table: str, column: str) -> Callable[[float], list[Change]] | None:
    """How the prices, or the demand, of what an agreement builds are made so many times as large; None if nobody buys
    it.
    """
    items = plan.products(agreement)
    streams = plan.case["demand"].filter(pl.col("item").is_in(items))["demand"].unique(maintain_order=True)
    known = [name for name in streams.to_list() if plan.case[table].filter(demand=name).height]
    if not known:
        return None
    return lambda times: [Change(table, name, column, "times", repr(times)) for name in known]


def _times(both: Sides[Plan], changes: Callable[[float], list[Change]], worth: float) -> float | None:
    """Number of times at which signing is as good as not, looked for below and above what it is."""
    known = {1.0: worth}

    def more(times: float) -> float:
        if times not in known:
            known[times] = both.more(*changes(times))
        return known[times]

    for end in (LOW, HIGH):
        if more(end) * worth <= 0.0:
            turn = turning_point(more, 1.0, end)
            return None if turn is None else turn.at
    return None
