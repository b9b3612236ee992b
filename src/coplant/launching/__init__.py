"""Launching: when production can start, how sure that is, and what decides it."""

from __future__ import annotations

from coplant.launching.branches import Branches
from coplant.launching.launch import drawn_starts, launch
from coplant.launching.result import Launch

__all__ = ["Branches", "Launch", "drawn_starts", "launch"]
