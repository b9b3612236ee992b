"""Launching: when production can start, how sure that is, and what decides it."""

from __future__ import annotations

from coplant.launching.acceleration import acceleration_curve, worth_paying_for
from coplant.launching.branches import Branches
from coplant.launching.launch import drawn_starts, launch
from coplant.launching.result import Launch

__all__ = ["Branches", "Launch", "acceleration_curve", "drawn_starts", "launch", "worth_paying_for"]
