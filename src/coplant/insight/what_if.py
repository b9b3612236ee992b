"""What if: a plan made anew of a case in which something is otherwise, from where the old one was solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from coplant.case.changes import Change, with_changes
from coplant.errors import CaseError, InfeasibleError, Problem
from coplant.insight.comparison import Comparison
from coplant.planning.plan import plan as planned
from coplant.planning.reopened import timeline_of
from coplant.planning.result import Plan

Progress = Callable[[str], None]

NOW, THEN = "the plan", "the changed plan"
"""What the two plans are called."""


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf:
    """A plan, and what becomes of it if something is otherwise.

    Parameters
    ----------
    changes : tuple of Change
        What is otherwise.
    plan : Plan
        The new plan.
    comparison : Comparison
        The old plan and the new one, side by side.
    """

    changes: tuple[Change, ...]
    plan: Plan
    comparison: Comparison

    @property
    def gain(self) -> float:
        """Present value that the new plan has more [money]."""
        old, new = self.comparison.plans.values()
        return new.objective - old.objective

    def __repr__(self) -> str:
        return f"<WhatIf {', '.join(map(str, self.changes))}: {self.gain:+z,.0f} {self.plan.settings.currency}>"

    def __str__(self) -> str:
        return self.summary()

    def as_dict(self) -> dict[str, Any]:
        """What changes, as plain values."""
        tables = ("plans", "decisions", "bridge", "quantities", "revenues")
        return {
            "currency": self.plan.settings.currency,
            "changes": [str(change) for change in self.changes],
            "gain": self.gain,
            **{name: self.comparison[name].to_dicts() for name in tables},
        }

    def summary(self) -> str:
        """Say in a few lines what changes, and why, in order of money."""
        return "\n".join([f"What if {', '.join(map(str, self.changes))}", self.comparison.summary()])


def what_if(plan: Plan, changes: Sequence[Change | str], progress: Progress | None = None) -> WhatIf:
    """Plan anew with changes of the case, from where the plan was solved.

    Parameters
    ----------
    plan : Plan
        The plan.
    changes : sequence of Change or str
        The changes, such as ``allotments[mcu].quantity *= 1.2``; they are made one after the other.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Raises
    ------
    CaseError
        A change cannot be read, means no row, or no day on which something is planned; or the new case has mistakes.
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    """
    read = tuple(Change.read(change) if isinstance(change, str) else change for change in changes)
    _check_days(plan, read)
    new = planned(with_changes(plan.case, read), **plan.options, like=plan, progress=progress)
    return WhatIf(read, new, Comparison.of({NOW: plan, THEN: new}))


def _check_days(plan: Plan, changes: Sequence[Change]) -> None:
    """Check that changes of dated rows are for days that are planned."""
    begin, end = (day.item() for day in timeline_of(plan).bounds[[0, -1]])
    expected = f"days from {begin} to {end}, which is when the plan ends"
    problems = [
        Problem("change", None, None, str(change), expected, "On other days it changes nothing")
        for change in changes
        if (change.first is not None and change.first >= end) or (change.until is not None and change.until <= begin)
    ]
    if problems:
        raise CaseError(problems, "the question")


def what_ifs(plan: Plan, changes: Sequence[Change | str], progress: Progress | None = None) -> pl.DataFrame:
    """Ask what if for one change after the other, each by itself.

    Parameters
    ----------
    plan, progress
        As for `what_if`.
    changes : sequence of Change or str
        The changes.

    Returns
    -------
    DataFrame
        A row for each ``change``: ``present_value`` of the new plan and what is ``gained`` by it [money], agreements
        that are then ``signed`` and ``not_signed`` otherwise than before, and why there is no plan where there is none
        (``without_plan``); those that make the most difference first.

    Raises
    ------
    CaseError, NumericalError, SolverError
        As for `what_if`.
    """
    rows = []
    for change in [Change.read(change) if isinstance(change, str) else change for change in changes]:
        row: dict[str, object] = {"change": str(change), "present_value": None, "gained": None}
        try:
            found = what_if(plan, [change], progress)
        except InfeasibleError as error:
            rows.append(row | {"signed": None, "not_signed": None, "without_plan": str(error)})
            continue
        before, after = (set(one["signed"].filter("signed")["agreement"]) for one in (plan, found.plan))
        row |= {"present_value": found.plan.objective, "gained": found.gain}
        row |= {"signed": ", ".join(sorted(after - before)), "not_signed": ", ".join(sorted(before - after))}
        rows.append(row | {"without_plan": None})
    types = {"present_value": pl.Float64, "gained": pl.Float64}
    text = dict.fromkeys(("change", "signed", "not_signed", "without_plan"), pl.String)
    order = ("change", "present_value", "gained", "signed", "not_signed", "without_plan")
    table = pl.DataFrame(rows, schema={name: types.get(name) or text[name] for name in order})
    return table.sort(pl.col("gained").abs(), descending=True, nulls_last=False, maintain_order=True)
