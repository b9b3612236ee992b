"""Planning: from a case to a plan. One file for each family of constraints; `plan` is the table of contents."""

from __future__ import annotations

from coplant.planning.formulation import formulate
from coplant.planning.hedge import Hedge
from coplant.planning.hedging import hedge
from coplant.planning.plan import plan
from coplant.planning.result import Plan

__all__ = ["Hedge", "Plan", "formulate", "hedge", "plan"]
