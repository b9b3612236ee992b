"""Clauses: executable rules of an agreement, one file each."""

from __future__ import annotations

from coplant.clauses import reservation
from coplant.clauses.fixed_charge import FixedCharge
from coplant.clauses.processing_fee import ProcessingFee
from coplant.clauses.reservation import Reservation
from coplant.clauses.scope import Scope
from coplant.clauses.take_or_pay import TakeOrPay
from coplant.clauses.tooling import Tooling

__all__ = ["FixedCharge", "ProcessingFee", "Reservation", "Scope", "TakeOrPay", "Tooling", "reservation"]
