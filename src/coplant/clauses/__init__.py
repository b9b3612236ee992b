"""Clauses: executable rules of an agreement, one file each.

A clause is one object with two faces: `price` adds what it asks of any plan to a program, and `settle` bills what
happened. Settling the quantities of a plan gives the money lines of the plan.
"""

from __future__ import annotations

from typing import Protocol, Self

from coplant.case import Case
from coplant.clauses.advisory import Advisory
from coplant.clauses.credit import Credit
from coplant.clauses.excess import Excess
from coplant.clauses.exit_terms import ExitTerms, exit_of, exits, tooling_share
from coplant.clauses.fixed_charge import FixedCharge
from coplant.clauses.flexibility import Flexibility
from coplant.clauses.licence import Licence
from coplant.clauses.loss_cover import LossCover
from coplant.clauses.material import Material
from coplant.clauses.processing_fee import ProcessingFee
from coplant.clauses.record import NO_CASH, Balance, Evidence, Exit, Facts, Lines, Record, Texts
from coplant.clauses.reservation import Reservation, Reservations
from coplant.clauses.scope import Scope
from coplant.clauses.security import Security
from coplant.clauses.take_or_pay import TakeOrPay, YearlyMinimum
from coplant.clauses.tooling import Tooling

__all__ = [
    "CLAUSES",
    "NO_CASH",
    "Advisory",
    "Balance",
    "Clause",
    "Credit",
    "Evidence",
    "Excess",
    "Exit",
    "ExitTerms",
    "Facts",
    "FixedCharge",
    "Flexibility",
    "Licence",
    "Lines",
    "LossCover",
    "Material",
    "ProcessingFee",
    "Record",
    "Reservation",
    "Reservations",
    "Scope",
    "Security",
    "TakeOrPay",
    "Texts",
    "Tooling",
    "YearlyMinimum",
    "clauses_of",
    "exit_of",
    "exits",
    "tooling_share",
]


class Clause(Protocol):
    """A rule of an agreement."""

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Self]:
        """Read the clauses of this kind that an agreement has."""

    def price(self, scope: Scope) -> None:
        """Add to a program what the clause asks of a plan and what it costs."""

    def settle(self, record: Record) -> None:
        """Add to a record's bill what the clause charges for what happened."""


CLAUSES: tuple[type[Clause], ...] = (
    Reservations,
    ProcessingFee,
    FixedCharge,
    TakeOrPay,
    Tooling,
    LossCover,
    Advisory,
    Licence,
    Credit,
    Flexibility,
    Excess,
    Material,
    Security,
    ExitTerms,
)
"""Every kind of clause, in the order in which statements list them."""


def clauses_of(case: Case, agreement: str) -> list[Clause]:
    """Read every clause of an agreement."""
    return [clause for kind in CLAUSES for clause in kind.read(case, agreement)]
