"""Weighing: what it is worth to hedge and to know, and what care costs."""

from __future__ import annotations

from coplant.weighing.result import Worth
from coplant.weighing.worth import worth

__all__ = ["Worth", "worth"]
