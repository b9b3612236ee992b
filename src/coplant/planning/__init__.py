"""Planning: from a case to a plan. One file for each family of constraints; `plan` is the table of contents."""

from __future__ import annotations

from coplant.planning.plan import formulate, plan
from coplant.planning.result import Plan

__all__ = ["Plan", "formulate", "plan"]
