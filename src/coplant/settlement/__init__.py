"""Settlement: what each agreement costs on what really happened."""

from __future__ import annotations

from coplant.settlement.planned import carried_out
from coplant.settlement.quotes import Quote, quote
from coplant.settlement.result import Settlement
from coplant.settlement.settling import pro_forma, settle
from coplant.settlement.steady import steady

__all__ = ["Quote", "Settlement", "carried_out", "pro_forma", "quote", "settle", "steady"]
