"""Exit terms: how an agreement can be left before its term is over, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from coplant.case import Case
from coplant.clauses.record import Exit, Record
from coplant.clauses.scope import Scope
from coplant.program import LinearProgram, term
from coplant.program.money import Integers
from coplant.timeline import add_months, periods
from coplant.tree import Tree


@dataclass(frozen=True)
class ExitTerms:
    """Leave early, at a price.

    The side that leaves without cause, or whose default makes the other leave, pays `fee` and `fee_per_month` for every
    month of the term that is left. Moving production costs the brand `relocation`, which a host at fault pays back. Of
    unpaid tooling `tooling_share` is due at once if that side is the brand, nothing if it is the host; the rest is
    written off.

    In a plan the brand may leave at the start of any node e that begins while the clause holds, at least `notice` after
    the horizon begins. With y_e = 1 if it does,

    - ``leave``: sum_e y_e <= z along every branch, y binary;
    - ``running[n]``: r_n = r_{a(n)} - y_n is 1 while the agreement runs; every clause is owed while it does.

    An exit is decided `notice` before it takes place: branches that part in between share y_e.

    Parameters
    ----------
    valid_from, valid_until : datetime64[D]
        First day, and day after the last; NaT for the agreement's own.
    notice : float
        Months between notice and exit.
    fee : float
        Money.
    fee_per_month : float
        Money per month of the term that is left.
    tooling_share : float
        Share of the unpaid tooling that the brand pays.
    relocation : float
        Money.
    """

    valid_from: np.datetime64
    valid_until: np.datetime64
    notice: float
    fee: float
    fee_per_month: float
    tooling_share: float
    relocation: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[ExitTerms]:
        """Read the exit terms of an agreement, one for each validity."""
        return [
            cls(
                np.datetime64(row["valid_from"], "D"),
                np.datetime64(row["valid_until"], "D"),
                row["notice"],
                row["fee"],
                row["fee_per_month"],
                row["tooling_share"],
                row["relocation"],
            )
            for row in case["exit_terms"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def hold_on(self, day: np.datetime64) -> bool:
        """Whether an exit on a day is by these terms."""
        begun = np.isnat(self.valid_from) or self.valid_from <= day
        return bool(begun and (np.isnat(self.valid_until) or day < self.valid_until))

    def owed(self, day: np.datetime64, ends: np.datetime64) -> float:
        """What the side at fault pays for an exit on a day, relocation left out."""
        return self.fee + self.fee_per_month * float(periods(ends, "month") - periods(day, "month"))

    def price(self, scope: Scope) -> None:
        """Charge what leaving costs, on the last day on which the agreement runs."""
        for node in np.flatnonzero(scope.leaving >= 0):
            day = scope.tree.timeline.bounds[scope.tree.bucket[node]]
            if self.hold_on(day):
                before, chance = scope.tree.parent[node], scope.chance(node)
                scope.pay("exit", scope.leaving[node], chance * self.owed(day, scope.ends), before)
                scope.pay("relocation", scope.leaving[node], chance * self.relocation, before)
        if scope.exit is not None and self.hold_on(scope.exit.day):
            last = scope.nodes_on(scope.ends - np.timedelta64(1, "D"))
            owed = self.owed(scope.exit.day, scope.term_ends)
            scope.pay("exit", scope.signed, owed if scope.exit.brand_pays else -owed - self.relocation, last)
            scope.pay("relocation", scope.signed, self.relocation, last)

    def settle(self, record: Record) -> None:
        """Bill an exit on the last day on which the agreement is in force."""
        if record.exit is None or not self.hold_on(record.exit.day):
            return
        last = record.over - np.timedelta64(1, "D")
        sign = 1.0 if record.exit.brand_pays else -1.0
        left = periods(record.ends, "month") - periods(record.over, "month")
        record.charge("exit_terms", "exit", "exit.fee", last, sign, self.fee, part="fee")
        record.charge("exit_terms", "exit", "exit.months", last, sign * left, self.fee_per_month, part="months left")
        if not record.exit.brand_pays:
            record.charge("exit_terms", "exit", "exit.relocation", last, -1.0, self.relocation, part="relocation")


def exit_of(case: Case, agreement: str) -> Exit | None:
    """How an agreement ended before its term, and by which terms, if it did or notice was given."""
    rows = case["exits"].filter(agreement=agreement)
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    day = np.datetime64(row["exit"], "D")
    ended = Exit(day, np.datetime64(row["notice"], "D"), row["by"], row["cause"] == "default")
    return replace(
        ended, tooling_share=tooling_share(ExitTerms.read(case, agreement), day) if ended.brand_pays else 0.0
    )


def tooling_share(terms: Sequence[ExitTerms], day: np.datetime64) -> float:
    """Share of the unpaid tooling that the brand pays when it leaves on a day; all of it where no terms say."""
    return next((clause.tooling_share for clause in terms if clause.hold_on(day)), 1.0)


class Leaving(NamedTuple):
    """When an agreement runs and where it can be left."""

    running: Integers
    """Column that is one while the agreement runs, for each node, shape (N,)."""
    leaving: Integers
    """Column that is one if the brand leaves at the start of a node, -1 where it cannot, shape (N,)."""


def exits(
    program: LinearProgram,
    tree: Tree,
    name: str,
    terms: Sequence[ExitTerms],
    signed: int,
    sign_node: int,
    starts: np.datetime64,
    ends: np.datetime64,
) -> Leaving:
    """Add the decision to leave an agreement to a program; see `ExitTerms`.

    Without exit terms an agreement that is signed runs. Whether it does in a bucket before the signature is decided
    with the signature.
    """
    bounds = tree.timeline.bounds
    begin = bounds[:-1][tree.bucket]
    decided = np.full(len(tree), -1, dtype=np.int64)
    for clause in terms:
        noticed = add_months(begin, -clause.notice)
        held = (tree.parent >= 0) & (begin > starts) & (begin < ends) & (noticed >= bounds[0])
        for node in np.flatnonzero(held):
            if clause.hold_on(begin[node]):
                step = np.searchsorted(bounds, noticed[node], side="right") - 1
                decided[node] = tree.path[node, step]
    nodes = np.flatnonzero(decided >= 0)
    if not len(nodes):
        return Leaving(np.full(len(tree), signed), np.full(len(tree), -1))
    # One decision for all nodes of a bucket that its notice cannot tell apart.
    keys, place = np.unique(np.stack([decided[nodes], tree.bucket[nodes]]), axis=1, return_inverse=True)
    labels = tuple(f"{tree.timeline.labels[step]}.{tree.labels[node]}" for node, step in keys.T)
    leave = program.columns(f"leave/{name}", (labels,), upper=1.0, integer=True, decisive=True, node=keys[0])
    leaving = np.full(len(tree), -1)
    leaving[nodes] = leave.index[place.reshape(-1)]
    every = np.arange(len(tree))
    running = program.columns(f"running/{name}", (tree.labels,), upper=1.0, node=np.maximum(every, sign_node))
    before = np.where(tree.parent >= 0, running.index[tree.parent], signed)
    program.rows(
        f"running/{name}",
        (tree.labels,),
        [term(every, running.index), term(every, leaving), term(every, before, -1.0)],
        lower=0.0,
        upper=0.0,
    )
    return Leaving(running.index, leaving)
