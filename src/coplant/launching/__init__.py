"""Launching: when production can start, how sure that is, and what decides it."""

from __future__ import annotations

from coplant.launching.acceleration import acceleration_curve, worth_paying_for
from coplant.launching.launch import drawn_starts, launch
from coplant.launching.levels import Levels
from coplant.launching.result import Launch

__all__ = ["Launch", "Levels", "acceleration_curve", "drawn_starts", "launch", "worth_paying_for"]
