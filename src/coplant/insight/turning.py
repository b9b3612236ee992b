"""Where a choice turns: the number at which another decision about an agreement is as good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import polars as pl

from coplant.case import Case
from coplant.case.changes import Change, with_changes
from coplant.case.edits import matching, where_of
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, InfeasibleError, Problem
from coplant.planning.hedge import Hedge
from coplant.planning.hedging import hedge
from coplant.planning.plan import plan as planned
from coplant.planning.result import Plan
from coplant.schema import TABLES

Progress = Callable[[str], None]

SIGNED, ENDED = "signed", "ended"
"""Status of an agreement that is signed for certain, and of one that cannot be."""

GAP = 1e-5
"""Gap of plans whose difference is looked at."""

_TRIES = 40
_CLOSE = 1e-4
"""Share of the span at which the number is close enough."""


Asked = TypeVar("Asked", bound=Plan | Hedge)
"""What is asked: a plan, or the plans of several futures."""


def sides(plan: Plan, agreement: str, gap: float = GAP, progress: Progress | None = None) -> Sides[Plan]:
    """Prepare to plan with and without an agreement.

    Parameters
    ----------
    plan : Plan
        The plan.
    agreement : str
        The agreement, an option.
    gap : float
        Gap of the plans that are made.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Raises
    ------
    CaseError
        There is no such agreement, or it is no option.
    """
    check_option(plan.case, agreement)
    options = {**plan.options, "gap": min(gap, plan.options["gap"])}
    return Sides(plan, agreement, lambda case, like: planned(case, **options, like=like, progress=progress))


def hedged_sides(plans: Hedge, agreement: str, gap: float = GAP, progress: Progress | None = None) -> Sides[Hedge]:
    """The same where there are several futures.

    Parameters
    ----------
    plans : Hedge
        The plans.
    agreement, gap, progress
        As for `sides`.

    Raises
    ------
    CaseError
        As for `sides`.
    """
    check_option(plans.case, agreement)
    given = plans.plans[0].options
    options = {**given, "gap": min(gap, given["gap"])}
    return Sides(plans, agreement, lambda case, _: hedge(case, **options, progress=progress))


def check_option(case: Case, agreement: str) -> None:
    """Check that an agreement is there and an option; CaseError if not."""
    table = case["agreements"]
    names = table.filter(status="option")["agreement"].to_list()
    if agreement not in names:
        known = agreement in table["agreement"]
        mend = did_you_mean(agreement, names, f"Options are {', '.join(names) or 'none'}")
        expected = "an agreement that is an option" if known else "an agreement"
        raise CaseError([Problem("agreements", None, "agreement", agreement, expected, mend)], "the question")


@dataclass(eq=False)
class Sides(Generic[Asked]):
    """A plan with an agreement, and one without it.

    Parameters
    ----------
    plan : Plan or Hedge
        The plan.
    agreement : str
        The agreement, an option.
    made : callable
        Plans a case, like another plan.
    """

    plan: Asked
    agreement: str
    made: Callable[[Case, Asked], Asked]
    _last: dict[str, Asked] = field(default_factory=dict)

    def with_it(self, *changes: Change) -> Asked | None:
        """The plan that signs it, with changes of the case; None if no plan then keeps the rules."""
        return self._side(SIGNED, changes)

    def without_it(self, *changes: Change) -> Asked | None:
        """The plan that cannot sign it, with changes of the case; None if no plan then keeps the rules."""
        return self._side(ENDED, changes)

    def more(self, *changes: Change) -> float:
        """What signing it earns more than not, with changes of the case [money, present value]."""
        both = self.with_it(*changes), self.without_it(*changes)
        if both[0] is None or both[1] is None:
            return -float("inf") if both[0] is None else float("inf")
        return both[0].objective - both[1].objective

    def _side(self, status: str, changes: tuple[Change, ...]) -> Asked | None:
        decided = Change("agreements", self.agreement, "status", "set", status)
        case = with_changes(self.plan.case, [decided, *changes])
        try:
            self._last[status] = self.made(case, self._last.get(status, self.plan))
        except InfeasibleError:
            return None
        return self._last[status]


class Turn(NamedTuple):
    """Where a choice turns."""

    at: float
    """The number."""
    more: float
    """What signing earns more than not there: nothing but for the gap of the plans [money]."""
    tried: tuple[tuple[float, float], ...]
    """The numbers that were tried, and what signing earns more at each."""


def turning_point(more: Callable[[float], float], low: float, high: float) -> Turn | None:
    """Find where a difference changes its sign, by false position (Dowell and Jarratt, 1971, the Illinois way).

    Parameters
    ----------
    more : callable
        The difference at a number.
    low, high : float
        Numbers between which to look.

    Returns
    -------
    Turn or None
        None if the difference has the same sign at both.
    """
    tried = {low: more(low), high: more(high)}
    left, right = (low, tried[low]), (high, tried[high])
    if left[1] * right[1] > 0.0:
        return None
    span = abs(high - low)
    left_weight, right_weight, last = 1.0, 1.0, ""
    for _ in range(_TRIES):
        if abs(right[0] - left[0]) <= _CLOSE * span or 0.0 in (left[1], right[1]):
            break
        one, other = left[1] * left_weight, right[1] * right_weight
        finite = abs(one) != float("inf") and abs(other) != float("inf")
        at = (left[0] * other - right[0] * one) / (other - one) if finite else 0.5 * (left[0] + right[0])
        tried[at] = value = more(at)
        # An end that stays twice counts half, so that it is left behind.
        if value * left[1] > 0.0:
            left, left_weight, right_weight = (at, value), 1.0, right_weight * (0.5 if last == "left" else 1.0)
            last = "left"
        else:
            right, right_weight, left_weight = (at, value), 1.0, left_weight * (0.5 if last == "right" else 1.0)
            last = "right"
    best = min((left, right), key=lambda pair: abs(pair[1]))
    return Turn(best[0], best[1], tuple(sorted(tried.items())))


@dataclass(frozen=True, eq=False, repr=False)
class Turning:
    """At which number a choice about an agreement turns.

    Parameters
    ----------
    plan : Plan or Hedge
        The plan.
    agreement : str
        The agreement.
    vary : str
        What is otherwise, with X for the number.
    turn : Turn or None
        Where it turns; None if signing is better, or worse, at both ends.
    ends : tuple of (float, float)
        The two ends, and what signing earns more than not there [money].
    """

    plan: Plan | Hedge
    agreement: str
    vary: str
    turn: Turn | None
    ends: tuple[tuple[float, float], tuple[float, float]]

    def __repr__(self) -> str:
        return f"<Turning of {self.agreement!r} by {self.vary!r}: {None if self.turn is None else self.turn.at}>"

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Say in a few lines where it turns, and what was tried."""
        currency = self.plan.case.settings.currency
        title = self.plan.case["agreements"].filter(agreement=self.agreement)["title"].item() or self.agreement
        (low, at_low), (high, at_high) = self.ends
        if self.turn is None:
            told = "worth it" if at_low > 0.0 else "not worth it"
            lines = [f"{title} is {told} at X = {low:g} and at X = {high:g} in {self.vary}."]
        else:
            after, before = ("is", "is not") if at_high > at_low else ("is not", "is")
            turns = f"{title} turns at X = {self.turn.at:.5g} in {self.vary}"
            lines = [f"{turns}: below it {before} worth signing, above it {after}."]
        tried = self.turn.tried if self.turn else self.ends
        return "\n".join([*lines, *(f"  X = {at:.6g}: {more:+z,.0f} {currency}" for at, more in tried)])


def turning(
    plan: Plan | Hedge,
    agreement: str,
    vary: str,
    low: float,
    high: float,
    gap: float = GAP,
    progress: Progress | None = None,
) -> Turning:
    """Find the number at which signing an agreement becomes as good as not.

    Plans with it and without it are made at numbers between two, until they are as good. Where what it is worth rises
    or falls with the number all the way there is no other such number between; of a fee or a charge of the agreement
    itself that is so. Where the number is the probability of an outcome, what is left to one is shared by the other
    outcomes of its branch as it is in the case.

    Parameters
    ----------
    plan : Plan or Hedge
        The plan.
    agreement : str
        The agreement, an option.
    vary : str
        A change with X for the number, such as ``demand[car].quantity *= X``.
    low, high : float
        Numbers between which to look.
    gap : float
        Gap of the plans.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Raises
    ------
    CaseError
        There is no such agreement, the change cannot be read, or it makes mistakes of the case.
    NumericalError, SolverError
        As for `plan`.
    """
    head, _, value = vary.rpartition("=")
    words = value.split()
    if not head or not words or words[0] != "X":
        problem = Problem("change", None, None, vary, "a change to X", "Write it like 'demand[car].quantity *= X'")
        raise CaseError([problem], "the question")
    ask = (agreement, gap, progress)
    both = hedged_sides(plan, *ask) if isinstance(plan, Hedge) else sides(plan, *ask)
    rest = " ".join(words[1:])

    def more(number: float) -> float:
        change = Change.read(f"{head}= {number!r} {rest}".rstrip())
        return both.more(change, *_others(plan.case, change))

    ends = ((low, more(low)), (high, more(high)))
    known = dict(ends)
    turn = turning_point(lambda at: known[at] if at in known else more(at), low, high)
    return Turning(plan, agreement, vary, turn, ends)


def _others(case: Case, change: Change) -> list[Change]:
    """What else changes with a probability: those of the other outcomes of its branch; nothing with anything else."""
    if (change.table, change.column) != ("branches", "probability"):
        return []
    table = case["branches"]
    mine = matching(TABLES["branches"], table, where_of(TABLES["branches"], change.key))
    outcomes = table.filter(mine)
    if outcomes.height != 1 or change.operation != "set":
        expected = "one outcome whose probability is set: branches[deal, announced].probability = X"
        problem = Problem("branches", None, "probability", str(change), expected, "Name the branch and the outcome")
        raise CaseError([problem], "the question")
    branch, outcome, before = outcomes.select("branch", "outcome", "probability").row(0)
    rest, left = 1.0 - before, 1.0 - float(str(change.value))
    siblings = table.filter(pl.col("branch") == branch, pl.col("outcome") != outcome)["outcome"].to_list()
    if rest <= 0.0:
        share = left / len(siblings)
        return [Change("branches", f"{branch}, {name}", "probability", "set", repr(share)) for name in siblings]
    return [Change("branches", f"{branch}, {name}", "probability", "times", repr(left / rest)) for name in siblings]
