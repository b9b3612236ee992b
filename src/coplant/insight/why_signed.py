"""Why an agreement is signed, or is not: what it is worth, and at which fee that would turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coplant.case.changes import Change
from coplant.insight.comparison import Comparison
from coplant.insight.turning import GAP, Sides, Turn, sides, turning_point
from coplant.planning.result import Plan

Progress = Callable[[str], None]

_DOUBLED = 20
"""How often a fee that is raised is doubled until the agreement is not worth it."""


@dataclass(frozen=True, eq=False, repr=False)
class WhySigned:
    """Why an agreement is signed, or is not.

    Parameters
    ----------
    plan : Plan
        The plan.
    agreement : str
        The agreement, an option.
    with_it, without_it : Plan or None
        The best plan that signs it, and the best that does not; None where no plan keeps the rules.
    fee : Turn or None
        By how much more the fee for each good unit could be, or less would have to be, so that both were as good
        [money/unit]; None where the agreement has no such fee, or where not even a fee of nothing would make it so.
    free : float or None
        What it would be worth if that fee were nothing [money]; None where that was not looked at.
    """

    plan: Plan
    agreement: str
    with_it: Plan | None
    without_it: Plan | None
    fee: Turn | None
    free: float | None

    @property
    def signed(self) -> bool:
        """Whether the plan signs it."""
        return self.agreement in self.plan["signed"].filter("signed")["agreement"]

    @property
    def worth(self) -> float | None:
        """What signing it earns more than not [money, present value]; None where one of the two is not possible."""
        if self.with_it is None or self.without_it is None:
            return None
        return self.with_it.objective - self.without_it.objective

    @property
    def comparison(self) -> Comparison | None:
        """The two plans side by side, without it first; None where one of the two is not possible."""
        if self.with_it is None or self.without_it is None:
            return None
        return Comparison.of({"without it": self.without_it, "with it": self.with_it})

    def __repr__(self) -> str:
        return f"<WhySigned of {self.agreement!r}: {self.worth}>"

    def __str__(self) -> str:
        return self.text()

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        both = self.comparison
        return {
            "currency": self.plan.settings.currency,
            "agreement": self.agreement,
            "signed": self.signed,
            "worth": self.worth,
            "fee_changes_by": None if self.fee is None else self.fee.at,
            "worth_without_fee": self.free,
            "bridge": [] if both is None else both["bridge"].to_dicts(),
        }

    def text(self, language: str = "en") -> str:
        """Say it in sentences.

        Parameters
        ----------
        language : {"en", "fr"}
            The language.
        """
        from coplant.report.explained import signature_in_words

        return signature_in_words(self, language)


def why_signed(plan: Plan, agreement: str, gap: float = GAP, progress: Progress | None = None) -> WhySigned:
    """Say why an agreement is signed, or is not.

    What it is worth falls as its fee rises, for the plan without it does not hang on that. So there is one fee at which
    both are as good, and it is found by solving again.

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
    NumericalError, SolverError
        As for `plan`.
    """
    both = sides(plan, agreement, gap, progress)
    with_it, without_it = both.with_it(), both.without_it()
    fees = plan.case["processing_fees"].filter(agreement=agreement)["fee"].to_list()
    if with_it is None or without_it is None or not fees:
        return WhySigned(plan, agreement, with_it, without_it, None, None)
    worth = with_it.objective - without_it.objective
    more = _worth_by_fee(both, without_it.objective)
    if worth >= 0.0:
        high = max(*fees, 1.0)
        for _ in range(_DOUBLED):
            if more(high) < 0.0:
                break
            high *= 2.0
        return WhySigned(plan, agreement, with_it, without_it, turning_point(more, 0.0, high), None)
    least = -min(fees)
    free = more(least)
    fee = turning_point(more, 0.0, least) if free > 0.0 else None
    return WhySigned(plan, agreement, with_it, without_it, fee, free)


def _worth_by_fee(both: Sides[Plan], without_it: float) -> Callable[[float], float]:
    """What the agreement is worth if its fee for each good unit is larger by so much, or smaller."""

    def more(by: float) -> float:
        change = Change("processing_fees", both.agreement, "fee", "plus", repr(by))
        plan = both.with_it(change) if by else both.with_it()
        return -float("inf") if plan is None else plan.objective - without_it

    return more
